//! The conditions under which a tenant answers, for as long as it is told so: how long its answers take, and how many fail.
//!
//! Latencies are log-normal, as those of services are: most near the median, a few many times as long. They are drawn from a seed, one for
//! each request in the order of arrival, so the same requests meet the same luck on every run. Nothing else in the simulator is
//! left to chance.

use std::{
    f64::consts::TAU,
    sync::{Arc, Mutex},
    time::Duration,
};

use fastrand::Rng;
use serde::Deserialize;

use super::{Fault, lock};

/// How many standard deviations lie between the median and the 99th percentile of a normal distribution.
const P99: f64 = 2.326_347_874;
/// No answer takes longer by chance.
const LONGEST_MS: f64 = 600_000.0;

/// The conditions of one tenant. As JSON: `{"median_ms": 400, "p99_ms": 4000, "error_rate": 0.01, "seed": 7}`; `{}` is an answer at once.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// Half of the answers take less.
    pub median_ms: f64,
    /// One in a hundred takes longer; not below the median.
    pub p99_ms: f64,
    /// The share of requests that are answered with 503, from 0 to 1.
    pub error_rate: f64,
    /// Where the sequence of latencies and errors begins.
    pub seed: u64,
}

/// What becomes of one request.
#[derive(Debug, Default)]
pub(super) struct Luck {
    pub(super) latency: Duration,
    pub(super) fault: Option<Fault>,
}

/// The conditions of a tenant, and how far their sequence has come.
#[derive(Clone, Default)]
pub(super) struct Weather(Arc<Mutex<(Conditions, Rng)>>);

impl Weather {
    pub(super) fn set(&self, conditions: Conditions) {
        let rng = Rng::with_seed(conditions.seed);
        *lock(&self.0) = (conditions, rng);
    }

    /// The luck of the request that arrives now.
    pub(super) fn next(&self) -> Luck {
        let (conditions, rng) = &mut *lock(&self.0);
        let latency = conditions.latency(rng);
        let fails = rng.f64() < conditions.error_rate;
        Luck { latency, fault: fails.then(|| Fault::any().status(503)) }
    }
}

impl Conditions {
    fn latency(&self, rng: &mut Rng) -> Duration {
        // Box and Muller's way from two even numbers to a normal one; the first is never 0.
        let normal = (-2.0 * (1.0 - rng.f64()).ln()).sqrt() * (TAU * rng.f64()).cos();
        let spread = (self.p99_ms / self.median_ms.max(f64::MIN_POSITIVE)).max(1.0).ln() / P99;
        Duration::from_secs_f64((self.median_ms * (spread * normal).exp()).clamp(0.0, LONGEST_MS) / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(conditions: &Conditions, count: usize) -> (Vec<Duration>, usize) {
        let weather = Weather::default();
        weather.set(conditions.clone());
        let luck: Vec<_> = (0..count).map(|_| weather.next()).collect();
        let errors = luck.iter().filter(|luck| luck.fault.is_some()).count();
        (luck.into_iter().map(|luck| luck.latency).collect(), errors)
    }

    fn rough() -> Conditions {
        Conditions { median_ms: 400.0, p99_ms: 4000.0, error_rate: 0.01, seed: 7 }
    }

    #[test]
    fn half_are_faster_than_the_median_and_one_in_a_hundred_slower_than_the_99th_percentile() {
        let (mut latencies, errors) = draw(&rough(), 100_000);
        latencies.sort();

        let near = |at: usize, ms: u128| latencies[at].as_millis().abs_diff(ms) < ms / 10;
        assert!(near(50_000, 400) && near(99_000, 4000), "{:?} {:?}", latencies[50_000], latencies[99_000]);
        assert!((900..1100).contains(&errors), "{errors}");
    }

    #[test]
    fn the_same_seed_gives_the_same_luck_and_another_seed_another() {
        let other = Conditions { seed: 8, ..rough() };

        assert_eq!(draw(&rough(), 100), draw(&rough(), 100));
        assert_ne!(draw(&rough(), 100).0, draw(&other, 100).0);
    }

    #[test]
    fn without_conditions_every_answer_comes_at_once() {
        assert_eq!(draw(&Conditions::default(), 100), (vec![Duration::ZERO; 100], 0));
        let even = Conditions { median_ms: 30.0, ..Conditions::default() };
        assert_eq!(draw(&even, 100), (vec![Duration::from_millis(30); 100], 0));
    }
}

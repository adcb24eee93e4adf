//! The lasting conditions of a tenant: the time that its answers take, and the share of them that fails.
//!
//! Latencies are log-normal, as those of services are: most are near the median, a few many times as long. They are drawn from
//! a seed, one for each request in the order of arrival, so the same requests get the same latencies on every run. Nothing else
//! in the simulator is random.

use std::{
    f64::consts::TAU,
    sync::{Arc, Mutex},
    time::Duration,
};

use fastrand::Rng;
use serde::Deserialize;

use super::{Fault, lock};

/// The number of standard deviations between the median and the 99th percentile of a normal distribution.
const P99: f64 = 2.326_347_874;
/// The longest random latency in milliseconds.
const LONGEST_MS: f64 = 600_000.0;

/// The conditions of one tenant. As JSON: `{"median_ms": 400, "p99_ms": 4000, "error_rate": 0.01, "seed": 7}`; `{}` answers at
/// once.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// The median latency in milliseconds.
    pub median_ms: f64,
    /// The 99th percentile of the latency in milliseconds; not below the median.
    pub p99_ms: f64,
    /// The share of requests that are answered with 503, from 0 to 1.
    pub error_rate: f64,
    /// The seed of the sequence of latencies and errors.
    pub seed: u64,
}

/// The latency and error drawn for one request.
#[derive(Debug, Default)]
pub(super) struct Luck {
    pub(super) latency: Duration,
    pub(super) fault: Option<Fault>,
}

/// The conditions of a tenant, and the position in their sequence.
#[derive(Clone, Default)]
pub(super) struct Weather(Arc<Mutex<(Conditions, Rng)>>);

impl Weather {
    pub(super) fn set(&self, conditions: Conditions) {
        let rng = Rng::with_seed(conditions.seed);
        *lock(&self.0) = (conditions, rng);
    }

    /// Draws for the request that arrives now.
    pub(super) fn next(&self) -> Luck {
        let (conditions, rng) = &mut *lock(&self.0);
        let latency = conditions.latency(rng);
        let fails = rng.f64() < conditions.error_rate;
        Luck { latency, fault: fails.then(|| Fault::any().status(503)) }
    }
}

impl Conditions {
    fn latency(&self, rng: &mut Rng) -> Duration {
        // The Box-Muller transform: two uniform numbers give a normal one; the first is never 0.
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

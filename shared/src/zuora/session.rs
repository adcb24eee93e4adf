//! One run's conversation with one customer's Zuora: origin, token, deadline, retry budget, permits for requests, permit for a
//! large body, and meter.
//!
//! A renewed token makes a new session, which shares everything else, because that belongs to the run.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Semaphore, time::Instant};

use super::{
    access::Access,
    error::Operation,
    exchange::Call,
    limiter::{Limiter, MAX_IN_FLIGHT},
    meter::Meter,
};
use crate::domain::base_url::BaseUrl;

/// The time that a run may sleep between repetitions of its requests while none is answered.
pub const RUN_BUDGET: Duration = Duration::from_secs(5);
/// The milliseconds that each good answer returns to that budget: a steady failure rate of up to some 7 % never uses it up, an
/// outage does.
const EARNED_MILLIS: u64 = 25;

/// The time for one request and its response, without waits for the permit of a large export, unless the session sets another.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The origin, access and limits of a run's requests.
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) base: BaseUrl,
    pub(super) access: Access,
    pub(super) track_id: String,
    pub(super) timeout: Duration,
    /// The moment by which all its requests end.
    pub(super) until: Option<Instant>,
    pub(super) limiter: Arc<Limiter>,
    pub(super) budget: Arc<RetryBudget>,
    pub(super) large: Arc<Semaphore>,
    pub(super) meter: Arc<Meter>,
}

impl Session {
    /// A session of a new run. `track_id` (the job's id) reaches Zuora's logs.
    pub fn new(base: BaseUrl, access: Access, track_id: impl Into<String>) -> Self {
        Self {
            base,
            access,
            track_id: track_id.into(),
            timeout: REQUEST_TIMEOUT,
            until: None,
            limiter: Arc::new(Limiter::new(MAX_IN_FLIGHT)),
            budget: Arc::new(RetryBudget::new(RUN_BUDGET)),
            large: Arc::new(Semaphore::new(1)),
            meter: Arc::default(),
        }
    }

    /// The same session with another time limit per request; connection tests use 5 seconds.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The same session whose requests all end by `until`.
    #[must_use]
    pub fn until(self, until: Instant) -> Self {
        Self { until: Some(until), ..self }
    }

    /// The same session with the permits of `limiter`.
    #[must_use]
    pub fn with_limiter(self, limiter: Arc<Limiter>) -> Self {
        Self { limiter, ..self }
    }

    /// The same session, counted by `meter`.
    #[must_use]
    pub fn with_meter(self, meter: Arc<Meter>) -> Self {
        Self { meter, ..self }
    }

    /// The same session with the retry budget `budget`; with an empty one no request is repeated.
    #[must_use]
    pub fn with_budget(self, budget: Arc<RetryBudget>) -> Self {
        Self { budget, ..self }
    }

    /// One exchange of this session.
    pub(super) const fn call(&self, operation: Operation, limit: usize) -> Call<'_> {
        let Access { token, client_secret } = &self.access;
        Call { operation, limit, timeout: self.timeout, secrets: [token, client_secret], large: None }
    }

    /// The time limit of a request that is sent `now`: `timeout`, or the time left until the session's deadline.
    pub(super) fn time_for(&self, timeout: Duration, now: Instant) -> Duration {
        self.until.map_or(timeout, |until| timeout.min(until.saturating_duration_since(now)))
    }

    /// The session of the same run with a new token.
    #[must_use]
    pub fn renewed(&self, access: Access) -> Self {
        Self { access, ..self.clone() }
    }
}

/// The total sleep that a run's repetitions share. Once it is used up, failures are left to the job's own, slower retries.
#[derive(Debug)]
pub struct RetryBudget {
    full: u64,
    millis_left: AtomicU64,
}

impl RetryBudget {
    /// A budget of `total` sleep.
    pub fn new(total: Duration) -> Self {
        let full = u64::try_from(total.as_millis()).unwrap_or(u64::MAX);
        Self { full, millis_left: AtomicU64::new(full) }
    }

    /// Returns a little after a good answer.
    pub(super) fn earn(&self) {
        let more = |left: u64| Some(left.saturating_add(EARNED_MILLIS).min(self.full));
        // The closure always gives a value, so this cannot fail.
        let _ = self.millis_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// Takes a random pause of 0.1 to 0.6 seconds from the budget; none if less is left.
    pub(super) fn draw(&self) -> Option<Duration> {
        let pause = fastrand::u64(100..=600);
        self.millis_left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(pause))
            .ok()
            .map(|_| Duration::from_millis(pause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::base_url::BaseUrlPolicy;

    #[test]
    fn a_request_is_given_what_is_left_of_the_run_and_never_more_than_its_time() {
        let base = BaseUrlPolicy::default().parse("https://rest.zuora.com").unwrap();
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let session = Session::new(base, Access { token: "token".into(), client_secret: "secret".into() }, "track");
        assert_eq!(session.time_for(REQUEST_TIMEOUT, start), REQUEST_TIMEOUT);
        let session = session.until(start + second * 40);

        assert_eq!(session.time_for(REQUEST_TIMEOUT, start), REQUEST_TIMEOUT);
        assert_eq!(session.time_for(REQUEST_TIMEOUT, start + second * 33), second * 7);
        assert_eq!(session.time_for(REQUEST_TIMEOUT, start + second * 66), Duration::ZERO);
    }

    #[test]
    fn all_pauses_of_a_run_stay_within_its_budget() {
        let budget = RetryBudget::new(RUN_BUDGET);

        let pauses: Vec<_> = std::iter::from_fn(|| budget.draw()).collect();

        assert!(pauses.len() >= 8, "{pauses:?}");
        assert!(pauses.iter().sum::<Duration>() <= RUN_BUDGET, "{pauses:?}");
    }

    #[test]
    fn one_failure_in_a_hundred_requests_never_uses_the_budget_up_and_an_outage_after_them_does() {
        let budget = RetryBudget::new(RUN_BUDGET);

        for request in 1..=20_000 {
            if request % 100 == 0 {
                assert!(budget.draw().is_some(), "request {request}");
            } else {
                budget.earn();
            }
        }

        assert!(std::iter::from_fn(|| budget.draw()).sum::<Duration>() <= RUN_BUDGET);
    }

    #[test]
    fn a_budget_of_nothing_earns_nothing() {
        let budget = RetryBudget::new(Duration::ZERO);

        budget.earn();

        assert_eq!(budget.draw(), None);
    }
}

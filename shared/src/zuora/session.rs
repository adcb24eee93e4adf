//! One run's conversation with one customer's Zuora: origin, token, the run's retry budget, its memory bound and its meter.
//!
//! A renewed token goes into a renewed session; all else goes on, because it belongs to the run.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use secrecy::SecretString;
use tokio::sync::Semaphore;

use super::{error::Operation, exchange::Call, meter::Meter};
use crate::domain::base_url::BaseUrl;

/// What a run may sleep between tries of its requests, in all.
pub const RUN_BUDGET: Duration = Duration::from_secs(5);

/// The time for one request and its answer, unless the session says otherwise.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Who asks, where, with which token.
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) base: BaseUrl,
    pub(super) token: SecretString,
    pub(super) track_id: String,
    pub(super) timeout: Duration,
    pub(super) budget: Arc<RetryBudget>,
    pub(super) large: Arc<Semaphore>,
    pub(super) meter: Arc<Meter>,
}

impl Session {
    /// A session of a new run. `track_id` (the job's id) reaches Zuora's logs.
    pub fn new(base: BaseUrl, token: SecretString, track_id: impl Into<String>) -> Self {
        Self {
            base,
            token,
            track_id: track_id.into(),
            timeout: REQUEST_TIMEOUT,
            budget: Arc::new(RetryBudget::new(RUN_BUDGET)),
            large: Arc::new(Semaphore::new(1)),
            meter: Arc::default(),
        }
    }

    /// The same session with another time per request; connection tests use 5 seconds.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The same session counting with `meter`.
    #[must_use]
    pub fn with_meter(self, meter: Arc<Meter>) -> Self {
        Self { meter, ..self }
    }

    /// The same session drawing on `budget`; an empty one means that no request is repeated.
    #[must_use]
    pub fn with_budget(self, budget: Arc<RetryBudget>) -> Self {
        Self { budget, ..self }
    }

    /// One exchange of this session.
    pub(super) const fn call(&self, operation: Operation, limit: usize) -> Call<'_> {
        Call { operation, limit, secret: &self.token, large: Some(&self.large) }
    }

    /// The same run with a new token.
    #[must_use]
    pub fn renewed(&self, token: SecretString) -> Self {
        Self { token, ..self.clone() }
    }
}

/// The sleep that a run's retries share: when it is used up, failures go to the job's own, slower retries.
#[derive(Debug)]
pub struct RetryBudget {
    millis_left: AtomicU64,
}

impl RetryBudget {
    /// A budget of `total` sleep.
    pub fn new(total: Duration) -> Self {
        Self { millis_left: AtomicU64::new(u64::try_from(total.as_millis()).unwrap_or(u64::MAX)) }
    }

    /// Takes a random pause of 0.1 to 0.6 seconds from the budget, or nothing if it is not there.
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

    #[test]
    fn all_pauses_of_a_run_stay_within_its_budget() {
        let budget = RetryBudget::new(RUN_BUDGET);

        let pauses: Vec<_> = std::iter::from_fn(|| budget.draw()).collect();

        assert!(pauses.len() >= 8, "{pauses:?}");
        assert!(pauses.iter().sum::<Duration>() <= RUN_BUDGET, "{pauses:?}");
        assert_eq!(RetryBudget::new(Duration::ZERO).draw(), None);
    }
}

//! The number of concurrent requests of one run to its tenant: as many as Zuora answers well. Pages, exports and checks of
//! single workflows share it. See D-9.
//!
//! It starts at four. A window is as many answers as may be in flight. Each window that took about as long as the fastest
//! window of its kind allows one more; a 429, a 503 or a time-out halves the number, once for all requests that were in flight
//! together.
//!
//! What must stay true, so that nothing waits for ever:
//! - A permit is held for one request and its answer, never while waiting for another permit, and is returned when the request
//!   is dropped.
//! - A request that waits for a permit is polled in one set of futures with the requests that hold one: the check of page 1
//!   that failing exports cause is one more future in that set. A request may hold its permit while its large body waits for
//!   the run's only permit for large bodies; the holder of that one is storing, needs no request for it, and is polled in the
//!   same set.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    error::{Operation, ZuoraError},
    error_kind::ZuoraErrorKind,
};

/// The largest number of concurrent requests to one tenant, unless the deployment sets another.
pub const MAX_IN_FLIGHT: usize = 12;
/// The largest number that a deployment can set: half of the 40 that Zuora allows a tenant, whose own integrations need the
/// rest.
pub const CEILING: usize = 20;
/// The number of concurrent requests at the start of a run.
const START: usize = 4;
/// The factor by which a window may be slower than the fastest of its kind.
const SLOWER: u32 = 2;
/// The duration by which a window may be slower in addition to that factor: the times of short answers vary by that.
const SLACK: Duration = Duration::from_millis(50);

/// The permits of one run.
#[derive(Debug)]
pub struct Limiter {
    permits: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    pace: Pace,
    in_flight: usize,
    /// Permits withdrawn while requests held them: they vanish when those requests end.
    surplus: usize,
}

/// A request's permit; returned when it is dropped.
#[derive(Debug)]
pub(super) struct InFlight<'a> {
    limiter: &'a Limiter,
    permit: Option<SemaphorePermit<'a>>,
    /// The number of halvings when the request was sent.
    halvings: u64,
    /// The number of requests in flight, this one included.
    pub(super) in_flight: usize,
}

impl Limiter {
    /// Permits for at most `ceiling` concurrent requests: at least one, at most [`CEILING`].
    pub fn new(ceiling: usize) -> Self {
        let pace = Pace::new(ceiling);
        Self { permits: Semaphore::new(pace.limit), state: Mutex::new(State { pace, in_flight: 0, surplus: 0 }) }
    }

    /// The number of requests that may be in flight now.
    pub fn limit(&self) -> usize {
        self.state().pace.limit
    }

    /// Waits for a permit.
    pub(super) async fn acquire(&self) -> InFlight<'_> {
        // The semaphore is never closed, so this only waits.
        let permit = self.permits.acquire().await.ok();
        let mut state = self.state();
        state.in_flight += 1;
        InFlight { limiter: self, permit, halvings: state.pace.halvings, in_flight: state.in_flight }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the pace, and adjusts the number of permits to it.
    fn change<T>(&self, change: impl FnOnce(&mut Pace) -> T) -> T {
        let mut state = self.state();
        let before = state.pace.limit;
        let result = change(&mut state.pace);
        let after = state.pace.limit;
        let kept = state.surplus.min(after.saturating_sub(before));
        state.surplus -= kept;
        self.permits.add_permits(after.saturating_sub(before) - kept);
        let fewer = before.saturating_sub(after);
        state.surplus += fewer - self.permits.forget_permits(fewer);
        result
    }
}

impl InFlight<'_> {
    /// Records that Zuora answered well, `after` the request was sent.
    pub(super) fn answered(&self, operation: Operation, after: Duration) {
        self.limiter.change(|pace| pace.answered(operation, after));
    }

    /// Records that the request failed. Returns true if the limit was halved for it.
    pub(super) fn failed(&self, error: &ZuoraError) -> bool {
        is_trouble(error) && self.limiter.change(|pace| pace.troubled(self.halvings))
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        let mut state = self.limiter.state();
        state.in_flight -= 1;
        if state.surplus > 0
            && let Some(permit) = self.permit.take()
        {
            state.surplus -= 1;
            permit.forget();
        }
    }
}

/// True if too many requests may be the cause of a failure.
fn is_trouble(error: &ZuoraError) -> bool {
    matches!(error.kind, ZuoraErrorKind::RateLimited { .. } | ZuoraErrorKind::TimedOut) || error.status == Some(503)
}

/// The decision, without a clock: the limit after the answers seen so far.
#[derive(Debug)]
struct Pace {
    limit: usize,
    ceiling: usize,
    halvings: u64,
    /// One for each kind of request, because their times differ.
    windows: [Window; Operation::COUNT],
}

/// The answers since the last decision, and the time of the fastest window.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    answers: usize,
    took: Duration,
    fastest: Option<Duration>,
}

impl Pace {
    fn new(ceiling: usize) -> Self {
        let ceiling = ceiling.clamp(1, CEILING);
        Self { limit: START.min(ceiling), ceiling, halvings: 0, windows: [Window::default(); Operation::COUNT] }
    }

    fn answered(&mut self, operation: Operation, after: Duration) {
        let window = &mut self.windows[operation as usize];
        window.answers += 1;
        window.took += after;
        if window.answers < self.limit {
            return;
        }
        let mean = window.took / u32::try_from(window.answers).unwrap_or(u32::MAX);
        if window.fastest.is_none_or(|fastest| mean <= fastest * SLOWER + SLACK) {
            self.limit = self.ceiling.min(self.limit + 1);
        }
        let fastest = window.fastest.map_or(mean, |fastest| fastest.min(mean));
        *window = Window { fastest: Some(fastest), ..Window::default() };
    }

    /// Halves the limit, unless that was done since the request was sent, when there had been `halvings`. Returns true if it
    /// did.
    fn troubled(&mut self, halvings: u64) -> bool {
        if halvings < self.halvings {
            return false;
        }
        self.halvings += 1;
        self.limit = (self.limit / 2).max(1);
        for window in &mut self.windows {
            *window = Window { fastest: window.fastest, ..Window::default() };
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPORT: Operation = Operation::ExportWorkflow;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    /// The limit after each of `answers` answers that take `after` milliseconds.
    fn limits(pace: &mut Pace, answers: usize, after: u64) -> Vec<usize> {
        let after = ms(after);
        (0..answers)
            .map(|_| {
                pace.answered(EXPORT, after);
                pace.limit
            })
            .collect()
    }

    #[test]
    fn each_window_of_answers_as_fast_as_before_lets_one_more_in_up_to_the_ceiling() {
        let mut pace = Pace::new(7);

        assert_eq!(limits(&mut pace, 9, 400), [4, 4, 4, 5, 5, 5, 5, 5, 6]);
        assert_eq!(limits(&mut pace, 100, 400).last(), Some(&7));
    }

    #[test]
    fn answers_that_take_more_than_twice_as_long_let_nobody_in_and_faster_ones_do_again() {
        let mut pace = Pace::new(12);
        limits(&mut pace, 4, 400);

        assert_eq!(limits(&mut pace, 50, 851).last(), Some(&5));
        assert_eq!(limits(&mut pace, 5, 850).last(), Some(&6));
    }

    #[test]
    fn a_tenant_that_answers_one_at_a_time_is_asked_for_little_more_than_it_takes() {
        // The tenant serves three requests at a time; more wait their turn.
        let mut pace = Pace::new(20);
        for _ in 0..1000 {
            let after = 300 * pace.limit.max(3) as u64 / 3;
            pace.answered(EXPORT, ms(after));
        }

        assert!((8..=10).contains(&pace.limit), "{}", pace.limit);
    }

    #[test]
    fn pages_and_exports_are_each_compared_with_their_own_kind() {
        let mut pace = Pace::new(12);
        limits(&mut pace, 4, 20);
        (0..5).for_each(|_| pace.answered(Operation::ListWorkflows, ms(5_000)));

        assert_eq!(pace.limit, 6, "pages are slow, and as slow as ever");
    }

    #[test]
    fn a_trouble_halves_once_for_all_that_went_out_before_it_and_never_below_one() {
        let mut pace = Pace::new(12);
        limits(&mut pace, 200, 20);
        assert_eq!(pace.limit, 12);

        let halved: Vec<_> = [0, 0, 0, 1, 0, 2, 3, 4].map(|sent| (pace.troubled(sent), pace.limit)).into();

        let expected = [(true, 6), (false, 6), (false, 6), (true, 3), (false, 3), (true, 1), (true, 1), (true, 1)];
        assert_eq!(halved, expected);
        assert_eq!(limits(&mut pace, 3, 20), [2, 2, 3], "it grows again, from one");
    }

    #[test]
    fn no_deployment_gets_none_or_more_than_half_of_what_a_tenant_has() {
        for (asked, limit) in [(0, 1), (1, 1), (3, 3), (20, 20), (4_000, 20)] {
            let mut pace = Pace::new(asked);
            limits(&mut pace, 500, 20);
            assert_eq!(pace.limit, limit, "{asked}");
        }
    }

    fn timed_out() -> ZuoraError {
        let detail = String::new();
        ZuoraError {
            kind: ZuoraErrorKind::TimedOut,
            operation: EXPORT,
            status: None,
            provenance: None,
            request_id: None,
            detail,
        }
    }

    #[tokio::test]
    async fn places_that_are_taken_away_while_they_are_held_are_not_given_to_others() {
        let limiter = Limiter::new(12);
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(limiter.acquire().await);
        }
        assert_eq!(held.iter().map(|permit| permit.in_flight).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert!(held[0].failed(&timed_out()) && !held[1].failed(&timed_out()));

        held.truncate(2);
        assert_eq!((limiter.limit(), limiter.permits.available_permits()), (2, 0), "two are still out");
        held.clear();
        assert_eq!(limiter.permits.available_permits(), 2);
    }

    #[tokio::test]
    async fn growth_pays_back_first_what_was_taken_away() {
        let limiter = Limiter::new(12);
        let held = [limiter.acquire().await, limiter.acquire().await, limiter.acquire().await, limiter.acquire().await];
        held[0].failed(&timed_out());
        held.iter().take(2).for_each(|permit| permit.answered(EXPORT, ms(20)));

        assert_eq!((limiter.limit(), limiter.permits.available_permits()), (3, 0));
        drop(held);
        assert_eq!(limiter.permits.available_permits(), 3);
    }

    #[test]
    fn only_what_may_come_from_too_many_requests_is_trouble() {
        let error = |kind, status| ZuoraError { kind, status, ..timed_out() };

        assert!(is_trouble(&timed_out()));
        assert!(is_trouble(&error(ZuoraErrorKind::RateLimited { retry_after: None }, Some(429))));
        assert!(is_trouble(&error(ZuoraErrorKind::Transient, Some(503))));
        for (kind, status) in [(ZuoraErrorKind::Transient, Some(500)), (ZuoraErrorKind::NotFound, Some(404))] {
            assert!(!is_trouble(&error(kind, status)));
        }
    }
}

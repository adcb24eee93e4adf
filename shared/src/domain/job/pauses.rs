//! The pauses of a job, after temporary failures and when it is asked to wait, and the end of a row of either. See D-6 and D-7.
//!
//! What must stay true: a row ends with anything newly counted and with a run that ended for lack of time; and no row goes on
//! for ever.

use std::time::Duration;

use super::{AfterFailure, Job, State};
use crate::domain::{
    failure::{ErrorClass, Failure},
    time::Timestamp,
};

/// The number of temporary failures in a row after which a job fails for good.
pub const MAX_ATTEMPTS: u32 = 6;
/// The time for which a job may be asked to wait, with nothing newly counted, before it fails for good.
pub const MAX_WAITING: Duration = Duration::from_secs(24 * 3600);
/// The number of waits in a row after which another one for changed credentials is pointless.
const MAX_WAITS_FOR_CREDENTIALS: u32 = 5;
const BACKOFF_BASE: Duration = Duration::from_secs(30);
const FIRST_WAIT: Duration = Duration::from_secs(1);
const CAP: Duration = Duration::from_secs(900);

impl Job {
    /// Lets the job wait because it was asked to come back after `asked`; this is no attempt. The shortest wait doubles with
    /// each wait in a row, whatever is asked for; a run that counted something new ends the row. After [`MAX_WAITING`] the job
    /// fails for good. A wait for credentials that were just changed is no limit of Zuora's: if they do not arrive, a person
    /// has to act.
    pub fn wait(&mut self, asked: Duration, failure: Failure, now: Timestamp) {
        self.end_rows_if_new_was_counted();
        let since = *self.waiting_since.get_or_insert(now);
        let again = self.error.as_ref() == Some(&failure) && self.waits >= MAX_WAITS_FOR_CREDENTIALS;
        if again && failure.class != ErrorClass::RateLimit {
            let message =
                "The stored secret is not the one of the customer's present credentials. Enter the secret again.";
            return self.fail(Failure::new(ErrorClass::Config, message), now);
        }
        if since.plus(MAX_WAITING) <= now {
            let message = format!("Nothing was stored or counted in 24 hours of waiting. {}", failure.message);
            return self.fail(Failure::new(ErrorClass::RateLimit, message), now);
        }
        let wait = asked.max(shortest_wait(self.waits));
        self.waits += 1;
        self.release(State::Waiting, Some(now.plus(wait)));
        self.error = Some(failure);
    }

    /// Records a temporary failure of an attempt. `roll(n)` returns a random number below `n`.
    pub fn fail_transiently(
        &mut self,
        failure: Failure,
        now: Timestamp,
        roll: impl FnOnce(u64) -> u64,
    ) -> AfterFailure {
        self.end_rows_if_new_was_counted();
        self.attempts += 1;
        self.failures_in_a_row += 1;
        if self.failures_in_a_row >= MAX_ATTEMPTS {
            self.give_up(failure, now);
            return AfterFailure::GivenUp;
        }
        self.release(State::Waiting, Some(now.plus(backoff(self.failures_in_a_row, roll))));
        self.error = Some(failure);
        AfterFailure::Waits
    }

    fn end_rows_if_new_was_counted(&mut self) {
        if self.stats.total > self.counted {
            self.counted = self.stats.total;
            self.end_rows();
        }
    }

    pub(super) fn end_rows(&mut self) {
        self.waits = 0;
        self.waiting_since = None;
        self.failures_in_a_row = 0;
    }
}

/// The pause after `failures` in a row: between half of a ceiling and the whole of it, so that jobs that failed together do not
/// come back together. `roll(n)` returns a random number below `n`.
///
/// The ceilings are 30, 120, 480, 900 and 900 seconds. The five pauses between six attempts are therefore 15 + 60 + 240 + 450 +
/// 450 = 1,215 s at least, and 2,430 s at most: no job fails because of an outage of twenty minutes.
pub(super) fn backoff(failures: u32, roll: impl FnOnce(u64) -> u64) -> Duration {
    let ceiling = BACKOFF_BASE.saturating_mul(4_u32.pow(failures.saturating_sub(1).min(8))).min(CAP).as_secs();
    let half = ceiling / 2;
    Duration::from_secs(half + roll(ceiling - half + 1))
}

/// The shortest wait after `waits` in a row: a server that says "come back at once" every time is not asked every second for
/// ever.
pub(super) fn shortest_wait(waits: u32) -> Duration {
    doubled(FIRST_WAIT, waits)
}

fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1 << times.min(16)).min(CAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_quadruples_up_to_a_quarter_of_an_hour_and_at_least_half_of_it_is_waited() {
        let highest: Vec<_> = (1..=6).map(|n| backoff(n, |below| below - 1).as_secs()).collect();
        let lowest: Vec<_> = (1..=6).map(|n| backoff(n, |_| 0).as_secs()).collect();

        assert_eq!(highest, [30, 120, 480, 900, 900, 900]);
        assert_eq!(lowest, [15, 60, 240, 450, 450, 450]);
        assert_eq!(backoff(u32::MAX, |_| 0), CAP / 2);
    }

    #[test]
    fn the_shortest_wait_doubles_from_a_second_up_to_a_quarter_of_an_hour() {
        let seconds: Vec<_> = (0..12).map(|n| shortest_wait(n).as_secs()).collect();

        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(shortest_wait(u32::MAX), CAP);
    }
}

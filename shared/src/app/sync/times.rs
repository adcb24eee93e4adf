//! Until when a run starts something, asks Zuora, and works at all. See D-10.
//!
//! What must stay true: a run ends by itself, with all that it did counted, before the worker's own limit would drop it. So its last
//! request ends in time to store the answer, and it starts nothing that might not be answered by then.

use std::time::Duration;

use crate::{app::worker::TIME_TO_SETTLE, domain::time::Timestamp};

/// Between the end of a run and the worker's limit.
const MARGIN: Duration = Duration::from_secs(5);
/// To store what was answered last.
const LAST_WRITES: Duration = Duration::from_secs(10);
/// Between a request and its repetition, at most.
const PAUSE: Duration = Duration::from_secs(1);

/// The moments of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    /// Nothing new is started from then on.
    pub(super) starts_until: Timestamp,
    /// No request lasts longer.
    pub(super) asks_until: Timestamp,
    /// Whatever is still under way is left to the next run.
    pub(super) ends: Timestamp,
}

impl Times {
    /// Of a run whose invocation ends at `deadline` and whose requests take `request` at most.
    pub(super) fn of(deadline: Timestamp, request: Duration) -> Self {
        let after_requests = TIME_TO_SETTLE + MARGIN + LAST_WRITES;
        Self {
            starts_until: deadline.minus(wind_down(request)),
            asks_until: deadline.minus(after_requests),
            ends: deadline.minus(TIME_TO_SETTLE + MARGIN),
        }
    }
}

/// How long before its invocation's end a run starts nothing new: a request, its repetition, and what comes after them.
pub(super) fn wind_down(request: Duration) -> Duration {
    request * 2 + PAUSE + LAST_WRITES + MARGIN + TIME_TO_SETTLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zuora::session::REQUEST_TIMEOUT;

    #[test]
    fn whatever_is_started_can_be_repeated_once_stored_and_counted_before_the_worker_loses_patience() {
        let deadline = Timestamp::EPOCH.plus(Duration::from_secs(900));
        let Times { starts_until, asks_until, ends } = Times::of(deadline, REQUEST_TIMEOUT);

        let longest_pause = Duration::from_millis(600);
        assert!(starts_until.plus(REQUEST_TIMEOUT * 2 + longest_pause) < asks_until);
        assert!(asks_until < ends && ends < deadline.minus(TIME_TO_SETTLE));
        assert_eq!(starts_until.until(deadline), Duration::from_secs(91));
    }
}

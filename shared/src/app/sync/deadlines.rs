//! The moments of a run: its last start of work, its last request, and its end. See D-10.
//!
//! What must stay true: a run ends by itself, with all that it did counted, before the worker's own limit would drop it. So its
//! last request ends in time to store the response, and it starts nothing that might not be answered by then.

use std::time::Duration;

use crate::{app::lifecycle::TIME_TO_SETTLE, domain::time::Timestamp};

/// The time between the end of a run and the worker's limit.
const MARGIN: Duration = Duration::from_secs(5);
/// The time to store the last responses.
const LAST_WRITES: Duration = Duration::from_secs(10);
/// The longest time between a request and its repetition.
const PAUSE: Duration = Duration::from_secs(1);

/// The moments of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Deadlines {
    /// The moment from which nothing new is started.
    pub(super) starts_until: Timestamp,
    /// The moment by which every request ends.
    pub(super) asks_until: Timestamp,
    /// The moment from which the rest is left to the next run.
    pub(super) ends: Timestamp,
}

impl Deadlines {
    /// The moments of a run whose invocation ends at `deadline` and whose requests take at most `request`.
    pub(super) fn of(deadline: Timestamp, request: Duration) -> Self {
        let after_requests = TIME_TO_SETTLE + MARGIN + LAST_WRITES;
        Self {
            starts_until: deadline.minus(wind_down(request)),
            asks_until: deadline.minus(after_requests),
            ends: deadline.minus(TIME_TO_SETTLE + MARGIN),
        }
    }
}

/// The time before its invocation's end from which a run starts nothing new: for a request, its repetition, and what follows
/// them.
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
        let Deadlines { starts_until, asks_until, ends } = Deadlines::of(deadline, REQUEST_TIMEOUT);

        let longest_pause = Duration::from_millis(600);
        assert!(starts_until.plus(REQUEST_TIMEOUT * 2 + longest_pause) < asks_until);
        assert!(asks_until < ends && ends < deadline.minus(TIME_TO_SETTLE));
        assert_eq!(starts_until.until(deadline), Duration::from_secs(91));
    }
}

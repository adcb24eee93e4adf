//! The schedule's event, every five minutes: a sync job for every customer that is due.
//!
//! What must stay true: the same event twice enqueues nothing new (the transaction that stores a job moves the customer's
//! `next_sync_at` on), what one event missed the next catches up, and one customer's failure does not stop the others. Only
//! who is due is read, page by page and those first that wait longest: neither cost nor memory grows with the number of
//! customers.

use std::time::Duration;

use super::{
    bulk_sync::{Round, ask_each},
    dispatch::{Dispatcher, SyncRequest},
    error::AppError,
};
use crate::domain::{job::Trigger, time::Timestamp};

/// The number of minutes whose customers one event serves.
const MINUTES: u64 = 5;
/// The time spent on one event: the function is ended after 120 seconds, and the rest is due at the next event too.
const TIME: Duration = Duration::from_secs(100);

/// Enqueues what is due at `time` (the event's own time, so that a late event skips nothing).
///
/// # Errors
/// When it cannot be read to the end who is due; those that were read are served.
pub async fn run(dispatcher: &Dispatcher, time: Timestamp, now: Timestamp) -> Result<Round, AppError> {
    let request = SyncRequest { slot: Some(time), ..SyncRequest::at_once(Trigger::Schedule, None, now) };
    ask_each(dispatcher, dispatcher.customers.due(time), &request, Some(now.plus(TIME))).await
}

/// Returns the number of customers that an event found due, whatever became of them; not those that turned out to be paused.
pub const fn due(round: &Round) -> u64 {
    let Round { asked, remaining } = round;
    asked.placed + asked.joined + asked.failed + *remaining
}

/// Returns the number of token requests per minute that these customers need beyond those available.
///
/// Each sync asks for one, since a token does not live for an hour, and Zuora allows so many for an address; where they do
/// not suffice, syncs wait their turn and come later and later.
pub fn tokens_short(round: &Round, available: u64) -> u64 {
    (round.asked.placed + round.remaining).div_ceil(MINUTES).saturating_sub(available)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::batch::Asked;

    #[test]
    fn due_is_who_waits_for_a_sync_whatever_became_of_the_request() {
        let asked = Asked { placed: 1, joined: 20, skipped: 300, failed: 4000 };

        assert_eq!(due(&Round { asked, remaining: 50_000 }), 54_021);
        assert_eq!(due(&Round::default()), 0);
    }

    #[test]
    fn tokens_are_short_when_more_syncs_a_minute_are_due_than_there_are_tokens() {
        let round = |placed, remaining| Round { asked: Asked { placed, ..Asked::default() }, remaining };

        assert_eq!(tokens_short(&round(390, 0), 78), 0);
        assert_eq!((tokens_short(&round(391, 0), 78), tokens_short(&round(390, 500), 78)), (1, 100));
    }
}

#[cfg(test)]
mod event_tests;

//! The schedule's event, every five minutes: a sync job for every customer that is due.
//!
//! What must stay true: the same event twice enqueues nothing new (the transaction that stores a job moves the customer's
//! `next_sync_at` on), what one event missed the next catches up, and one customer's failure does not stop the others. All customers
//! are read, page by page: memory does not grow with their number.

use std::{future::ready, time::Duration};

use futures::TryStreamExt as _;

use super::{
    dispatch::{Dispatcher, SyncRequest},
    error::AppError,
    many::{Asked, ask_each},
};
use crate::domain::{job::Trigger, time::Timestamp};

/// How long one event is worked on: the function is ended after 120 seconds, and what is left is due at the next event too.
const TIME: Duration = Duration::from_secs(100);

/// Enqueues what is due at `time` (the event's own time, so that a late event skips nothing).
///
/// # Errors
/// When the customers cannot be read to the end; those that were read are served.
pub async fn run(dispatcher: &Dispatcher, time: Timestamp, now: Timestamp) -> Result<Asked, AppError> {
    let request = SyncRequest { slot: Some(time), ..SyncRequest::at_once(Trigger::Schedule, None, now) };
    let due = dispatcher.customers.each().try_filter_map(|customer| {
        let due = customer.is_due(time).then_some(customer.id);
        ready(Ok(due))
    });
    let mut asked = Asked::default();
    ask_each(dispatcher, due, &request, now.plus(TIME), &mut asked).await?;
    Ok(asked)
}

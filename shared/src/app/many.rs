//! A sync of many customers: asked for one by one, several at once.
//!
//! What must stay true: a message is sent as soon as its job is stored, and nobody waits for the others. Whoever is stopped at any
//! point has lost nothing (where a job was stored and not sent, the sweeper sends it), and nothing is doubled when it begins anew:
//! a customer has at most one sync under way. One customer's failure stops nobody.

use futures::{Stream, StreamExt as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    dispatch::{Dispatcher, Requested, SyncRequest, sending},
    error::AppError,
};
use crate::{
    aws::{items::report_unreadable, table::StoreError},
    clock,
    domain::{ids::CustomerId, time::Timestamp},
};

/// Customers that are served at the same time.
const AT_ONCE: usize = 16;

/// What a sync of many customers led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SyncsAskedFor)]
pub struct Asked {
    /// New jobs.
    pub queued: usize,
    /// Customers whose sync was under way already; a running one is followed by one more.
    pub joined: usize,
    /// Customers that are paused, or gone by now, or whose record cannot be read.
    pub skipped: usize,
    /// Customers that could not be served, or whose job is stored and is sent some minutes late.
    pub failed: usize,
    /// Customers for which there was no time. Ask again: those whose sync is not under way come first.
    pub remaining: usize,
}

/// What became of one customer.
enum Answer {
    Queued,
    Joined,
    Skipped,
    Failed,
    NoTime,
    /// The customers could not be read on.
    Ended(StoreError),
}

impl Asked {
    const fn count(&mut self, answer: &Answer) {
        let counter = match answer {
            Answer::Queued => &mut self.queued,
            Answer::Joined => &mut self.joined,
            Answer::Skipped => &mut self.skipped,
            Answer::NoTime => &mut self.remaining,
            Answer::Failed => &mut self.failed,
            Answer::Ended(_) => return,
        };
        *counter += 1;
    }
}

/// Asks for a sync of each customer until `until`, and adds to `asked` what becomes of it.
///
/// # Errors
/// When the customers cannot be read to the end; those that were read are served.
pub(crate) async fn ask_each(
    dispatcher: &Dispatcher,
    customers: impl Stream<Item = Result<CustomerId, StoreError>>,
    request: &SyncRequest,
    until: Timestamp,
    asked: &mut Asked,
) -> Result<(), AppError> {
    let mut answers = Box::pin(customers.map(|id| ask(dispatcher, id, request, until)).buffer_unordered(AT_ONCE));
    let mut result = Ok(());
    while let Some(answer) = answers.next().await {
        asked.count(&answer);
        if let Answer::Ended(error) = answer {
            result = Err(error.into());
        }
    }
    result
}

async fn ask(
    dispatcher: &Dispatcher,
    id: Result<CustomerId, StoreError>,
    request: &SyncRequest,
    until: Timestamp,
) -> Answer {
    let id = match id {
        Ok(id) => id,
        Err(error) => return Answer::Ended(error),
    };
    if clock::now() >= until {
        return Answer::NoTime;
    }
    match place_and_send(dispatcher, &id, request).await {
        Ok(Requested::New(_)) => Answer::Queued,
        Ok(Requested::Joined(_) | Requested::Follows(_)) => Answer::Joined,
        Err(AppError::Conflict(_) | AppError::NotFound(_)) => Answer::Skipped,
        Err(AppError::Store(error @ StoreError::Corrupt { .. })) => {
            report_unreadable(&error);
            Answer::Skipped
        }
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(customer_id = %id, error, "a customer's sync could not be asked for, or not be sent");
            Answer::Failed
        }
    }
}

async fn place_and_send(
    dispatcher: &Dispatcher,
    id: &CustomerId,
    request: &SyncRequest,
) -> Result<Requested, AppError> {
    let (requested, send) = dispatcher.place_sync(id, request).await?;
    if send {
        dispatcher.queue.send(&sending(requested.job(), request.now)).await?;
    }
    Ok(requested)
}

//! A sync of many customers: asked for one by one, several at once.
//!
//! What must stay true: a message is sent as soon as its job is stored, and nobody waits for the others. Whoever is stopped
//! at any point has lost nothing (where a job was stored and not sent, the sweeper sends it), and nothing is doubled when it
//! begins anew: a customer has at most one sync under way. One customer's failure stops nobody.

use super::{
    dispatch::{Dispatcher, Requested, SyncRequest, sending},
    error::AppError,
};
use crate::{
    aws::{items::report_unreadable, table::StoreError},
    clock,
    domain::{batch::Asked, ids::CustomerId, time::Timestamp},
};
use futures::{Stream, StreamExt as _};

/// Customers that are served at the same time.
const AT_ONCE: usize = 16;

/// The results of one round of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Customer by customer.
    pub asked: Asked,
    /// Customers for which there was no time.
    pub remaining: u64,
}

/// The result for one customer.
enum Answer {
    Placed,
    Joined,
    Skipped,
    Failed,
    NoTime,
    /// The customers could not be read on.
    Ended(StoreError),
}

impl Round {
    const fn count(&mut self, answer: &Answer) {
        let counter = match answer {
            Answer::Placed => &mut self.asked.placed,
            Answer::Joined => &mut self.asked.joined,
            Answer::Skipped => &mut self.asked.skipped,
            Answer::NoTime => &mut self.remaining,
            Answer::Failed => &mut self.asked.failed,
            Answer::Ended(_) => return,
        };
        *counter += 1;
    }
}

/// Asks for a sync of each customer, until `until` where there is such a moment.
///
/// # Errors
/// When the customers cannot be read to the end; those that were read are served.
pub(crate) async fn ask_each(
    dispatcher: &Dispatcher,
    customers: impl Stream<Item = Result<CustomerId, StoreError>>,
    request: &SyncRequest,
    until: Option<Timestamp>,
) -> Result<Round, AppError> {
    let mut answers = Box::pin(customers.map(|id| ask(dispatcher, id, request, until)).buffer_unordered(AT_ONCE));
    let mut round = Round::default();
    let mut end = Ok(());
    while let Some(answer) = answers.next().await {
        round.count(&answer);
        if let Answer::Ended(error) = answer {
            end = Err(error.into());
        }
    }
    end.map(|()| round)
}

async fn ask(
    dispatcher: &Dispatcher,
    id: Result<CustomerId, StoreError>,
    request: &SyncRequest,
    until: Option<Timestamp>,
) -> Answer {
    let id = match id {
        Ok(id) => id,
        Err(error) => return Answer::Ended(error),
    };
    if until.is_some_and(|until| clock::now() >= until) {
        return Answer::NoTime;
    }
    match place_and_send(dispatcher, &id, request).await {
        Ok(Requested::New(_)) => Answer::Placed,
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
        dispatcher.queues.send(&sending(requested.job(), request.now)).await?;
    }
    Ok(requested)
}

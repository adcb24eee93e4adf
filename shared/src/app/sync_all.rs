//! A sync of every customer, because somebody asked.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    asking::Asking,
    dispatch::{Dispatcher, Requested, SyncRequest, sending},
    error::AppError,
};

/// What the request led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SyncsAskedFor)]
pub struct Asked {
    /// New jobs.
    pub queued: usize,
    /// Customers whose sync was under way already; a running one is followed by one more.
    pub joined: usize,
    /// Customers that are paused, or gone by now.
    pub skipped: usize,
    /// Customers that could not be served.
    pub failed: usize,
}

/// Asks for a sync of every customer that is not paused.
///
/// # Errors
/// When the customers cannot be read, or messages could not be sent (the sweeper sends those).
pub async fn run(dispatcher: &Dispatcher, asking: &Asking) -> Result<Asked, AppError> {
    let mut asked = Asked::default();
    let mut sendings = Vec::new();
    let request = SyncRequest::of(asking);
    for customer in dispatcher.customers.all().await? {
        match dispatcher.place_sync(&customer.id, &request).await {
            Ok((requested, send)) => {
                match requested {
                    Requested::New(_) => asked.queued += 1,
                    Requested::Joined(_) | Requested::Follows(_) => asked.joined += 1,
                }
                if send {
                    sendings.push(sending(requested.job(), asking.now));
                }
            }
            Err(AppError::Conflict(_) | AppError::NotFound(_)) => asked.skipped += 1,
            Err(error) => {
                asked.failed += 1;
                let error: &dyn std::error::Error = &error;
                tracing::error!(customer_id = %customer.id, error, "a customer's sync could not be asked for");
            }
        }
    }
    dispatcher.queue.send_all(&sendings).await?;
    Ok(asked)
}

//! One action on many customers: each of them by itself, several at once.
//!
//! What must stay true: one customer's refusal or failure stops nobody else's, and every customer has its outcome and its own
//! audit record. However many there are, the request takes one place; their syncs begin spread over minutes, as many in each as
//! people may cause at Zuora in a minute.

use futures::{StreamExt as _, stream};

use super::{CustomerChange, CustomerService};
use crate::{
    app::{
        context::RequestContext,
        dispatch::{Requested, SyncRequest},
        error::AppError,
    },
    domain::{
        actions::CustomerAction,
        batch::ROUND,
        customer::{Customer, SettingsChange},
        ids::{CustomerId, JobId},
        precondition::Precondition,
        schedule::Frequency,
        time::Timestamp,
    },
};

/// Customers that are served at the same time.
const AT_ONCE: usize = 16;

/// An action on many customers.
#[derive(Clone, Copy, Debug)]
pub enum BulkAction {
    /// Sync them.
    Sync,
    /// Pause them.
    Pause,
    /// Resume them, and sync them.
    Resume,
    /// Set the frequency of their syncs.
    SetFrequency(Frequency),
}

/// The outcome for one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkOutcome {
    /// It was done, by this job if one does it.
    Done(Option<JobId>),
    /// There was nothing to do: it is so already, or a job that waits does it.
    Unchanged(Option<JobId>),
}

impl CustomerService {
    /// Does one action with customers, in their order.
    ///
    /// # Errors
    /// `TooMany` for all of them; what went wrong with one is its own result.
    pub async fn bulk(
        &self,
        action: BulkAction,
        ids: Vec<CustomerId>,
        context: &RequestContext,
    ) -> Result<Vec<(CustomerId, Result<BulkOutcome, AppError>)>, AppError> {
        context.acquire_permit(&self.limits, None).await?;
        let each = ids.into_iter().enumerate().map(|(at, id)| async move {
            let result = Box::pin(self.one_of_many(action, &id, self.begins(at, context.now), context)).await;
            (id, result)
        });
        Ok(stream::iter(each).buffered(AT_ONCE).collect().await)
    }

    /// The time at which the sync of the customer in this place begins.
    fn begins(&self, at: usize, now: Timestamp) -> Timestamp {
        let a_minute = self.token_budget.for_people().max(1);
        let minutes = u32::try_from(at as u64 / a_minute).unwrap_or(u32::MAX);
        now.plus(ROUND.saturating_mul(minutes))
    }

    async fn one_of_many(
        &self,
        action: BulkAction,
        id: &CustomerId,
        due: Timestamp,
        context: &RequestContext,
    ) -> Result<BulkOutcome, AppError> {
        if let BulkAction::Sync = action {
            let request = SyncRequest { due, ..SyncRequest::of(context) };
            return Ok(match self.dispatcher.request_sync(id, &request).await? {
                Requested::New(job) | Requested::Follows(job) => BulkOutcome::Done(Some(job.id)),
                Requested::Joined(job) => BulkOutcome::Unchanged(Some(job.id)),
            });
        }
        let customer = self.dispatcher.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?.value;
        if is_done(action, &customer) {
            return Ok(BulkOutcome::Unchanged(None));
        }
        let changed = match action {
            BulkAction::Sync => customer,
            BulkAction::Pause => self.store_paused(id, true, due, context).await?,
            BulkAction::Resume => self.store_paused(id, false, due, context).await?,
            BulkAction::SetFrequency(frequency) => {
                let settings = SettingsChange { sync_frequency: Some(frequency), ..SettingsChange::default() };
                let change = CustomerChange { expected: Precondition::Any, settings, secret: None, verify: false };
                self.change(id, change, context).await?
            }
        };
        Ok(BulkOutcome::Done(changed.sync_job_id.filter(|_| matches!(action, BulkAction::Resume))))
    }
}

fn is_done(action: BulkAction, customer: &Customer) -> bool {
    let applies = |wanted| customer.status.actions().any(|action| action == wanted);
    match action {
        BulkAction::Sync => false,
        BulkAction::Pause => !applies(CustomerAction::Pause),
        BulkAction::Resume => !applies(CustomerAction::Resume),
        BulkAction::SetFrequency(frequency) => customer.settings.sync_frequency == frequency,
    }
}

#[cfg(test)]
mod tests;

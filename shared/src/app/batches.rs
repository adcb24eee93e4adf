//! A sync of all customers: asked for by one request, served in rounds of a minute. See D-57.
//!
//! What must stay true: the request is answered at once, however many customers there are. A round asks for no more than
//! people may cause at Zuora in a minute, so a batch is never refused and leaves syncs their tokens. Whoever serves it may
//! be stopped at any line: the next round goes on where the last one was saved, and a customer that was asked for is known
//! by its mark.

use std::time::Duration;

use futures::stream;

use super::{
    bulk_sync::ask_each,
    conflicts::retry_on_conflict,
    context::RequestContext,
    dispatch::{Dispatcher, SyncRequest},
    error::AppError,
};
use crate::{
    aws::{
        audit::AuditTrail,
        batches::Batches,
        limits::TokenBudget,
        table::{StoreError, Stored},
    },
    clock,
    domain::{
        actor::Actor,
        audit::Action,
        batch::{Batch, ROUND},
        ids::BatchId,
        time::Timestamp,
    },
};

/// Customers between two saves: as many as are asked for at the same time.
const STEP: u64 = 16;

/// Begins batches and serves them.
#[derive(Clone, Debug)]
pub struct BatchService {
    /// Customers and jobs.
    pub dispatcher: Dispatcher,
    /// The audit trail.
    pub trail: AuditTrail,
    /// The token requests that people may cause at Zuora in a minute.
    pub budget: TokenBudget,
}

impl BatchService {
    /// Asks for a sync of every customer, or finds the batch that does so already.
    ///
    /// # Errors
    /// Store failures.
    pub async fn begin(&self, context: &RequestContext) -> Result<Batch, AppError> {
        let batches = &self.dispatcher.batches;
        let entry = context.entry(context.record(Action::CustomerSync));
        retry_on_conflict("last batch", || async {
            let (under_way, fence) = batches.under_way().await?;
            if let Some(found) = under_way {
                self.dispatcher.commit(Vec::new(), Some(&entry)).await?;
                return Ok(found.value);
            }
            let of = self.dispatcher.customers.count().await?;
            let batch = Batch::new(context.actor.clone(), context.request_id.clone(), of, context.now);
            self.dispatcher.commit(Batches::begin(&batch, fence)?, Some(&entry)).await?;
            Ok(batch)
        })
        .await
    }

    /// Reads a batch.
    ///
    /// # Errors
    /// `NotFound`; store failures.
    pub async fn get(&self, id: &BatchId) -> Result<Batch, AppError> {
        Ok(self.dispatcher.batches.get(id).await?.ok_or(AppError::NotFound("batch"))?.value)
    }

    /// Serves the batch under way, if its next round is due, for at most `time`. Returns what it is then; none if there is
    /// nothing to do.
    ///
    /// # Errors
    /// Store failures; the next round goes on.
    pub async fn serve(&self, now: Timestamp, time: Duration) -> Result<Option<Batch>, AppError> {
        let (Some(Stored { value: mut batch, mut rev }), _) = self.dispatcher.batches.under_way().await? else {
            return Ok(None);
        };
        if !batch.is_due(now) {
            return Ok(None);
        }
        let until = clock::now().plus(time);
        let mut left: u64 = self.budget.for_people();
        while left > 0 && batch.finished_at.is_none() && clock::now() < until {
            let placed = batch.asked.placed;
            self.step(&mut batch, left.min(STEP), now).await?;
            left = left.saturating_sub(batch.asked.placed - placed);
            if left == 0 {
                batch.next_round_at = now.plus(ROUND);
            }
            match self.dispatcher.batches.save(&batch, rev).await {
                Ok(()) => rev += 1,
                // Somebody else serves it.
                Err(StoreError::Conflict { .. }) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(batch))
    }

    async fn step(&self, batch: &mut Batch, most: u64, now: Timestamp) -> Result<(), AppError> {
        let ids = self.dispatcher.customers.after(batch.reached.as_ref(), most).await?;
        let Some(last) = ids.last().cloned() else {
            batch.finished_at = Some(now);
            return Ok(());
        };
        let request = SyncRequest { batch: Some(batch.id.clone()), ..SyncRequest::of(&self.context(batch, now)) };
        let ids = stream::iter(ids.into_iter().map(Ok));
        let asked = ask_each(&self.dispatcher, ids, &request, None).await?;
        batch.advance(&asked.asked, last);
        Ok(())
    }

    /// As if whoever asked for the batch asked for each sync.
    fn context(&self, batch: &Batch, now: Timestamp) -> RequestContext {
        let Batch { actor: sub, actor_email: email, request_id, .. } = batch.clone();
        let actor = Actor { sub, email };
        RequestContext { actor, request_id, now, trail: self.trail.clone() }
    }
}

#[cfg(test)]
mod tests;

//! Dismissing what failed and needs nobody any more: a failed job, or a message that nobody could read.
//!
//! What must stay true: nothing is forgotten by it. A job stays in the history as failed, the trail says who dismissed what, and
//! the dead-letter queue loses a letter only after its record.

use super::{conflicts::retry_on_conflict, context::RequestContext, dispatch::Dispatcher, error::AppError};
use crate::{
    aws::{
        dead_letters,
        jobs::Jobs,
        queue::Queue,
        table::{StoreError, Stored},
    },
    domain::{
        actions::JobAction,
        audit::Action,
        change::{BeforeAfter, FieldChange},
        ids::JobId,
        job::Job,
    },
};

impl Dispatcher {
    /// Dismisses a failed job, and clears `queue` of its dead letter. Twice is the same as once.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if it did not fail, or another job settled it.
    pub async fn dismiss(&self, id: &JobId, queue: &Queue, context: &RequestContext) -> Result<Job, AppError> {
        let job = retry_on_conflict("job", || async {
            let Stored { value: mut job, rev } = self.jobs.find(id).await?.ok_or(AppError::NotFound("job"))?;
            job.check(JobAction::Dismiss, None)?;
            if job.dismissed.is_none() {
                let record = context.record(Action::JobDismiss).job(&job);
                job.dismiss(context.actor.clone(), context.now);
                self.commit(Jobs::put(&job, rev)?, Some(&context.entry(record))).await?;
            }
            Ok(job)
        })
        .await?;
        self.clear(queue, id.as_str()).await;
        Ok(job)
    }

    /// Removes a message that nobody could read, from the list and from `queue`.
    ///
    /// # Errors
    /// `NotFound` if there is none of this id.
    pub async fn delete_letter(&self, id: &str, queue: &Queue, context: &RequestContext) -> Result<(), AppError> {
        let mut record = context.record(Action::DeadLetterDelete);
        let values = BeforeAfter { before: Some(id.to_owned()), after: None };
        record.changes = vec![FieldChange { field: "message_id".to_owned(), values }];
        match self.commit(vec![dead_letters::delete(id)], Some(&context.entry(record))).await {
            Err(StoreError::Conflict { .. }) => return Err(AppError::NotFound("dead letter")),
            result => result?,
        }
        self.clear(queue, id).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests;

//! One run of a sync: its parts, its approval, and the checks that it may go on.

use std::collections::HashSet;

use tokio::sync::{OnceCell, Semaphore};

use super::{deadlines::Deadlines, heartbeat::Heartbeat, syncer::Syncer, upstream::Upstream};
use crate::{
    app::interruption::Interruption,
    clock,
    domain::{
        customer::Customer,
        failure::{ErrorClass, Failure},
        ids::WorkflowId,
        job::{HeldKind, Job, Kind, State, list_hash},
        time::Timestamp,
    },
};

/// One run: its customer, its job, and its moments.
pub(super) struct SyncRun<'a> {
    pub(super) syncer: &'a Syncer,
    pub(super) customer: &'a Customer,
    pub(super) job: &'a Job,
    pub(super) upstream: Upstream<'a>,
    pub(super) heartbeat: Heartbeat,
    /// The only permit for a large old definition: memory does not grow with the size of a tenant's workflows.
    pub(super) large_history: Semaphore,
    /// Set once the customer's record says that its copy is being written.
    pub(super) digest_forgotten: OnceCell<()>,
    /// Workflows whose stored definition was found damaged.
    pub(super) damaged: Vec<WorkflowId>,
    pub(super) started_at: Timestamp,
    pub(super) deadlines: Deadlines,
}

/// The list that an approval permits beyond the guard's limits.
#[derive(Default)]
pub(super) struct Allowed {
    pub(super) workflows: HashSet<WorkflowId>,
    pub(super) kind: Option<HeldKind>,
}

impl Allowed {
    /// True if a person approved the deletion of a workflow.
    pub(super) fn covers(&self, id: &WorkflowId) -> bool {
        self.workflows.contains(id)
    }

    /// True if a person approved it knowing that Zuora does not confirm its absence.
    pub(super) fn without_proof(&self, id: &WorkflowId) -> bool {
        self.kind == Some(HeldKind::Unproven) && self.covers(id)
    }
}

impl SyncRun<'_> {
    /// The approved list; empty unless it still has the hash that was approved.
    pub(super) async fn allowed(&self) -> Result<Allowed, Interruption> {
        let Some(approval) = &self.job.approval else {
            return Ok(Allowed::default());
        };
        let list = self.syncer.dispatcher.held.get(&self.customer.id, &approval.held_job_id).await?.unwrap_or_default();
        if list_hash(&list) != approval.list_hash {
            let message = "The list that was approved is gone or was changed. Nothing was deleted.";
            return Err(Interruption::Failed(Failure::new(ErrorClass::Guard, message)));
        }
        Ok(Allowed { workflows: list.into_iter().collect(), kind: Some(approval.kind) })
    }

    /// Does [`SyncRun::check_wanted`] if the last check is some seconds ago: for loops with many steps per second.
    pub(super) async fn check_wanted_throttled(&self) -> Result<(), Interruption> {
        if self.heartbeat.is_check_due(clock::now()) { self.check_wanted().await } else { Ok(()) }
    }

    /// Stops the run if it is no longer wanted: customer paused or deleted, credentials changed, job cancelled or replaced.
    pub(super) async fn check_wanted(&self) -> Result<(), Interruption> {
        self.heartbeat.note_check(clock::now());
        let dispatcher = &self.syncer.dispatcher;
        let id = &self.customer.id;
        let (customer, job) = tokio::join!(dispatcher.customers.standing(id), dispatcher.jobs.get(id, &self.job.id));
        let Some(customer) = customer? else { return Err(Interruption::Cancelled("the customer was deleted")) };
        match job? {
            Some(found) if found.value.cancel_requested => {
                return Err(Interruption::Cancelled("an admin cancelled it"));
            }
            Some(found) if found.value.state == State::Running && found.value.lock_until == self.job.lock_until => {}
            _ => return Err(Interruption::Cancelled("another worker took over")),
        }
        if !customer.status.is_syncable() {
            return Err(Interruption::Cancelled("the customer was paused"));
        }
        if self.job.kind == Kind::Sync && customer.sync_job_id.as_ref() != Some(&self.job.id) {
            return Err(Interruption::Cancelled("another sync took over"));
        }
        if customer.credential_version != self.customer.credential_version {
            // New credentials may lead to another tenant: nothing more is written for the old ones.
            return Err(Interruption::credentials_changed());
        }
        if let Some(progress) = self.heartbeat.due(clock::now())
            && let Err(error) = dispatcher.jobs.show_progress(self.job, &progress).await
        {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(job_id = %self.job.id, error, "the progress of a job was not written");
        }
        Ok(())
    }

    /// True if there is no time to start anything new.
    pub(super) fn is_late(&self) -> bool {
        clock::now() > self.deadlines.starts_until
    }

    /// The result of `work`; none if the run's time ends before.
    pub(super) async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(clock::now().until(self.deadlines.ends), work).await.ok()
    }
}

//! Marks as deleted what a complete listing no longer shows, after Zuora's own 404 for each.
//!
//! A deletion is soft: the workflow is hidden, keeps its last copy for 30 days, and comes back if Zuora lists it again.

use std::{collections::HashSet, time::Duration};

use super::{
    Run, Stop,
    exports::Counts,
    listing::Listing,
    upstream::{Refusal, concerns_the_run},
};
use crate::{
    clock,
    domain::{
        diff::Stored as StoredHead,
        guard::{self, Known, Verdict},
        ids::WorkflowId,
        job::Held,
        stats::Outcome,
        workflow::LastChange,
    },
};

/// How long a deleted workflow is kept.
const TOMBSTONE: Duration = Duration::from_secs(30 * 24 * 3600);

/// What was deleted, or why nothing was.
#[derive(Default)]
pub(super) struct Deleted {
    pub(super) count: u64,
    pub(super) held: Option<Held>,
    /// Some were not asked about for lack of time.
    pub(super) out_of_time: bool,
}

impl Run<'_> {
    /// Judges what is missing and marks what Zuora confirms as gone.
    pub(super) async fn delete_missing(
        &self,
        listing: &Listing,
        heads: &[StoredHead],
        known: &[Known],
        counts: &mut Counts,
    ) -> Result<Deleted, Stop> {
        let seen: HashSet<&WorkflowId> = listing.items.iter().map(|(id, _)| id).collect();
        let missing = match guard::judge(known, &seen) {
            Verdict::Hold(held) => {
                return Ok(Deleted { held: Some(held), ..Deleted::default() });
            }
            Verdict::Confirm(missing) => missing,
        };
        // What an earlier run of this job marked counts for the job too.
        let by_this_job = |head: &&StoredHead| head.deleted_at.is_some() && head.last_change.job_id == *self.job;
        let earlier = heads.iter().filter(by_this_job).filter(|head| !seen.contains(&head.zuora_id)).count();
        let mut deleted = Deleted { count: earlier as u64, ..Deleted::default() };
        for id in missing {
            if self.is_late() {
                return Ok(Deleted { out_of_time: true, ..deleted });
            }
            if self.is_gone(&id).await? && self.bury(&id).await? {
                deleted.count += 1;
                counts.remove(&id);
            }
            self.check_wanted().await?;
        }
        self.forget_old(heads, &seen).await?;
        Ok(deleted)
    }

    /// Only Zuora's 404 counts; a doubt keeps the workflow, and the next sync asks again.
    async fn is_gone(&self, id: &WorkflowId) -> Result<bool, Stop> {
        match self.upstream.has(id).await {
            Ok(there) => Ok(!there),
            Err(Refusal::Stop(stop)) => Err(stop),
            Err(Refusal::Zuora(error)) if concerns_the_run(error.kind) => Err(error.into()),
            Err(Refusal::Zuora(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(workflow_id = %id, error, "a missing workflow could not be confirmed as gone and is kept");
                Ok(false)
            }
        }
    }

    async fn bury(&self, id: &WorkflowId) -> Result<bool, Stop> {
        let Some(found) = self.syncer.workflows.get(&self.customer.id, id).await? else {
            return Ok(false);
        };
        let mut workflow = found.value;
        let now = clock::now();
        workflow.deleted_at = Some(now);
        workflow.written_at = now;
        workflow.last_change = LastChange { job_id: self.job.clone(), kind: Outcome::Updated };
        self.syncer.workflows.put(&self.customer.id, &workflow, found.rev).await?;
        Ok(true)
    }

    /// Removes what was deleted more than 30 days ago, and did not come back in this very run.
    async fn forget_old(&self, heads: &[StoredHead], seen: &HashSet<&WorkflowId>) -> Result<(), Stop> {
        let now = clock::now();
        let old = |head: &&StoredHead| head.deleted_at.is_some_and(|at| at.plus(TOMBSTONE) <= now);
        for head in heads.iter().filter(old).filter(|head| !seen.contains(&head.zuora_id)) {
            self.syncer.workflows.remove(&self.customer.id, head).await?;
        }
        Ok(())
    }
}

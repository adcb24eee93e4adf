//! Marks as deleted what a complete listing no longer shows, after Zuora's own 404 for each.
//!
//! A deletion is soft: the workflow is hidden, keeps its last copy for 30 days, and comes back if Zuora lists it again.

use std::{collections::HashSet, time::Duration};

use futures::{StreamExt, stream};

use super::{
    Run, Stop,
    tally::Tally,
    upstream::{Refusal, concerns_the_run},
};
use crate::{
    clock,
    domain::{change::Change, diff::Stored as StoredHead, ids::WorkflowId, stats::Outcome, workflow::LastChange},
};

/// How long a deleted workflow is kept.
const TOMBSTONE: Duration = Duration::from_secs(30 * 24 * 3600);
/// Questions in flight: a tenant that lost a fifth of 10,000 workflows must not take an hour.
const IN_FLIGHT: usize = 5;
/// How often the run asks whether it is still wanted.
const CHECK_EVERY: usize = 25;

/// What a missing workflow turned out to be.
enum Fate {
    Gone,
    Kept,
    NotAsked,
}

impl Run<'_> {
    /// Marks the `missing` workflows that Zuora confirms as gone.
    pub(super) async fn bury_missing(
        &self,
        missing: &[WorkflowId],
        heads: &[StoredHead],
        seen: &HashSet<&WorkflowId>,
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        // What an earlier run of this job marked counts for the job too.
        let by_this_job = |head: &&StoredHead| head.deleted_at.is_some() && head.last_change.job_id == self.job.id;
        let earlier = heads.iter().filter(by_this_job).filter(|head| !seen.contains(&head.zuora_id)).count();
        tally.stats.deleted = earlier as u64;
        let mut fates = stream::iter(missing)
            .map(async |id| (id, self.bury_if_gone(id).await))
            .buffer_unordered(IN_FLIGHT)
            .enumerate();
        while let Some((at, (id, fate))) = fates.next().await {
            match fate? {
                Fate::Gone => {
                    tally.stats.deleted += 1;
                    tally.counts.remove(id);
                }
                Fate::Kept => {}
                Fate::NotAsked => tally.out_of_time = true,
            }
            if at % CHECK_EVERY == 0 {
                self.check_wanted().await?;
            }
        }
        Ok(())
    }

    /// How many of the missing Zuora confirms as gone, for a dry run.
    pub(super) async fn count_gone(&self, missing: &[WorkflowId]) -> Result<Vec<WorkflowId>, Stop> {
        let mut answers = stream::iter(missing).map(async |id| (id, self.is_gone(id).await)).buffered(IN_FLIGHT);
        let mut gone = Vec::new();
        while let Some((id, answer)) = answers.next().await {
            if answer? {
                gone.push(id.clone());
            }
        }
        Ok(gone)
    }

    async fn bury_if_gone(&self, id: &WorkflowId) -> Result<Fate, Stop> {
        if self.is_late() {
            return Ok(Fate::NotAsked);
        }
        Ok(if self.is_gone(id).await? && self.bury(id).await? { Fate::Gone } else { Fate::Kept })
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
        self.unsettle().await?;
        let Some(found) = self.syncer.workflows.get(&self.customer.id, id).await? else {
            return Ok(false);
        };
        let mut workflow = found.value;
        let now = clock::now();
        workflow.deleted_at = Some(now);
        workflow.written_at = now;
        workflow.last_change = LastChange { job_id: self.job.id.clone(), kind: Outcome::Updated };
        let change = Change::deleted(&workflow);
        self.syncer.workflows.put(&self.customer.id, &workflow, found.rev, None, &change).await?;
        Ok(true)
    }

    /// Removes what was deleted more than 30 days ago, and did not come back in this very run.
    pub(super) async fn forget_old(&self, heads: &[StoredHead], seen: &HashSet<&WorkflowId>) -> Result<(), Stop> {
        let now = clock::now();
        let old = |head: &&StoredHead| head.deleted_at.is_some_and(|at| at.plus(TOMBSTONE) <= now);
        for head in heads.iter().filter(old).filter(|head| !seen.contains(&head.zuora_id)) {
            if self.is_late() {
                return Ok(());
            }
            self.syncer.workflows.remove(&self.customer.id, head).await?;
        }
        Ok(())
    }
}

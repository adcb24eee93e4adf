//! Marks workflows as deleted that a complete listing no longer shows, after Zuora's own 404 for each, or after a person's
//! approval if Zuora does not confirm it.
//!
//! A deletion is soft: the workflow becomes a tombstone, keeps its last copy for 30 days, and comes back if Zuora lists it
//! again.

use std::{cell::Cell, collections::HashSet, time::Duration};

use futures::{StreamExt, stream};

use super::{
    run::{Allowed, SyncRun},
    totals::RunTotals,
    upstream::{UpstreamError, concerns_the_run},
};
use crate::{
    app::interruption::Interruption,
    aws::workflow_writes::Put,
    clock,
    domain::{change::Change, diff::Head, ids::WorkflowId, stats::WorkflowOutcome, workflow::LastChange},
};

/// The retention of a tombstone.
const TOMBSTONE: Duration = Duration::from_secs(30 * 24 * 3600);
/// The number of workflows after which the run checks that it is still wanted.
const CHECK_EVERY: usize = 25;

/// Zuora's answer about a missing workflow.
enum Proof {
    Gone,
    StillThere,
    /// Neither is proven.
    None,
}

/// The result for a missing workflow.
enum Absence {
    Deleted,
    /// It is kept: Zuora still has it, or another run wrote it meanwhile.
    Kept,
    /// It is kept, because nothing proves its deletion.
    Doubtful,
    NotAsked,
}

impl SyncRun<'_> {
    /// Marks the `missing` workflows as deleted that Zuora confirms; however it ends, the totals hold what was done by then.
    pub(super) async fn write_tombstones(
        &self,
        missing: &[WorkflowId],
        heads: &[Head],
        seen: &HashSet<&WorkflowId>,
        allowed: &Allowed,
        totals: &mut RunTotals,
    ) -> Result<(), Interruption> {
        // Tombstones of an earlier run of this job count for the job too.
        let by_this_job = |head: &&Head| head.deleted_at.is_some() && head.last_change.is_of(self.job);
        let earlier = heads.iter().filter(by_this_job).filter(|head| !seen.contains(&head.zuora_id)).count();
        totals.stats.deleted = earlier as u64;
        if !missing.is_empty() {
            // A short run may not have checked since it began.
            self.check_wanted().await?;
        }
        let halted = Cell::new(false);
        let mut doubtful = Vec::new();
        let mut absences = stream::iter(missing)
            .map(async |id| {
                let skip = halted.get() || self.is_late();
                (id, if skip { Ok(Absence::NotAsked) } else { self.write_tombstone_if_gone(id, allowed).await })
            })
            .buffer_unordered(self.upstream.limit())
            .enumerate();
        // Writes in flight are awaited when the run has to stop: an abandoned one might be done and not be counted.
        let mut end = Ok(());
        while let Some((at, (id, absence))) = absences.next().await {
            let taken = match absence {
                Ok(absence) => {
                    self.count_absence(id, absence, &mut doubtful, totals, (at + 1) % CHECK_EVERY == 0 && !halted.get())
                        .await
                }
                Err(interruption) => Err(interruption),
            };
            if taken.is_err() && !halted.replace(true) {
                end = taken;
            }
        }
        drop(absences);
        if end.is_ok() && !totals.out_of_time {
            totals.unproven = Some(self.customer.unproven.after(&doubtful));
        }
        end
    }

    async fn count_absence(
        &self,
        id: &WorkflowId,
        absence: Absence,
        doubtful: &mut Vec<WorkflowId>,
        totals: &mut RunTotals,
        check: bool,
    ) -> Result<(), Interruption> {
        match absence {
            Absence::Deleted => {
                totals.stats.deleted += 1;
                totals.counts.remove(id);
            }
            Absence::Kept => {}
            Absence::Doubtful => doubtful.push(id.clone()),
            Absence::NotAsked => totals.out_of_time = true,
        }
        if check { self.check_wanted().await } else { Ok(()) }
    }

    /// Returns the missing workflows that Zuora confirms as deleted, for a dry run.
    pub(super) async fn confirm_gone(&self, missing: &[WorkflowId]) -> Result<Vec<WorkflowId>, Interruption> {
        let mut answers =
            stream::iter(missing).map(async |id| (id, self.ask_zuora(id).await)).buffered(self.upstream.limit());
        let mut gone = Vec::new();
        while let Some((id, proof)) = answers.next().await {
            if matches!(proof?, Proof::Gone) {
                gone.push(id.clone());
            }
        }
        Ok(gone)
    }

    async fn write_tombstone_if_gone(&self, id: &WorkflowId, allowed: &Allowed) -> Result<Absence, Interruption> {
        let gone = match self.ask_zuora(id).await? {
            Proof::Gone => true,
            Proof::StillThere => false,
            Proof::None if allowed.without_proof(id) => true,
            // The time-out is the run's own.
            Proof::None if self.upstream.is_out_of_time() => return Ok(Absence::NotAsked),
            Proof::None => return Ok(Absence::Doubtful),
        };
        Ok(if gone && self.mark_deleted(id, allowed.covers(id)).await? { Absence::Deleted } else { Absence::Kept })
    }

    /// Asks Zuora about a missing workflow. Only Zuora's own answer counts; without it the workflow is kept, and the next sync
    /// asks again.
    async fn ask_zuora(&self, id: &WorkflowId) -> Result<Proof, Interruption> {
        match self.upstream.has(id).await {
            Ok(true) => Ok(Proof::StillThere),
            Ok(false) => Ok(Proof::Gone),
            Err(UpstreamError::Interruption(interruption)) => Err(interruption),
            Err(UpstreamError::Zuora(error)) if concerns_the_run(error.kind) => Err(error.into()),
            Err(UpstreamError::Zuora(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(workflow_id = %id, error, "a missing workflow could not be confirmed as gone and is kept");
                Ok(Proof::None)
            }
        }
    }

    async fn mark_deleted(&self, id: &WorkflowId, approved: bool) -> Result<bool, Interruption> {
        self.forget_listing_digest().await?;
        let Some(found) = self.syncer.workflows.get(&self.customer.id, id).await? else {
            return Ok(false);
        };
        let mut workflow = found.value;
        let now = clock::now();
        workflow.deleted_at = Some(now);
        workflow.deletion_approved = approved;
        workflow.written_at = now;
        workflow.last_change = LastChange::of(self.job, WorkflowOutcome::Updated);
        let change = Change::deleted(&workflow);
        let put = Put::new(&self.customer.id, workflow, found.rev, None, Some(&change))?;
        self.syncer.workflows.put(&self.customer.id, &put).await?;
        Ok(true)
    }

    /// Removes tombstones older than 30 days, unless this run has seen the workflow again.
    pub(super) async fn forget_old(&self, heads: &[Head], seen: &HashSet<&WorkflowId>) -> Result<(), Interruption> {
        let now = clock::now();
        let old = |head: &&Head| head.deleted_at.is_some_and(|at| at.plus(TOMBSTONE) <= now);
        for head in heads.iter().filter(old).filter(|head| !seen.contains(&head.zuora_id)) {
            if self.is_late() {
                return Ok(());
            }
            self.syncer.workflows.remove(&self.customer.id, head, self.syncer.keep_definitions, now).await?;
        }
        Ok(())
    }
}

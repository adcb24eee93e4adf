//! Marks as deleted what a complete listing no longer shows, after Zuora's own 404 for each, or after a person's approval where Zuora
//! would not say.
//!
//! A deletion is soft: the workflow is hidden, keeps its last copy for 30 days, and comes back if Zuora lists it again.

use std::{cell::Cell, collections::HashSet, time::Duration};

use futures::{StreamExt, stream};

use super::{
    Allowed, Run, Stop,
    tally::Tally,
    upstream::{Refusal, concerns_the_run},
};
use crate::{
    aws::puts::Put,
    clock,
    domain::{change::Change, diff::Stored as StoredHead, ids::WorkflowId, stats::Outcome, workflow::LastChange},
};

/// How long a deleted workflow is kept.
const TOMBSTONE: Duration = Duration::from_secs(30 * 24 * 3600);
/// How often the run asks whether it is still wanted.
const CHECK_EVERY: usize = 25;

/// What Zuora says of a missing workflow.
enum Word {
    Gone,
    StillThere,
    /// Nothing that proves either.
    None,
}

/// What became of a missing workflow.
enum Fate {
    Deleted,
    /// It is kept: Zuora still has it, or somebody wrote it meanwhile.
    Kept,
    /// It is kept, because nothing proves that it is gone.
    Doubtful,
    NotAsked,
}

impl Run<'_> {
    /// Marks the `missing` workflows that are confirmed as gone; the tally holds what was done by then, however it ends.
    pub(super) async fn bury_missing(
        &self,
        missing: &[WorkflowId],
        heads: &[StoredHead],
        seen: &HashSet<&WorkflowId>,
        allowed: &Allowed,
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        // What an earlier run of this job marked counts for the job too.
        let by_this_job = |head: &&StoredHead| head.deleted_at.is_some() && head.last_change.is_of(self.job);
        let earlier = heads.iter().filter(by_this_job).filter(|head| !seen.contains(&head.zuora_id)).count();
        tally.stats.deleted = earlier as u64;
        if !missing.is_empty() {
            // A short run may not have asked since it began.
            self.check_wanted().await?;
        }
        let halted = Cell::new(false);
        let mut doubtful = Vec::new();
        let mut fates = stream::iter(missing)
            .map(async |id| {
                let skip = halted.get() || self.is_late();
                (id, if skip { Ok(Fate::NotAsked) } else { self.bury_if_gone(id, allowed).await })
            })
            .buffer_unordered(self.upstream.limit())
            .enumerate();
        // What is in flight when the run has to stop is waited for: a write that was abandoned might be done and not be counted.
        let mut end = Ok(());
        while let Some((at, (id, fate))) = fates.next().await {
            let taken = match fate {
                Ok(fate) => {
                    self.take_fate(id, fate, &mut doubtful, tally, (at + 1) % CHECK_EVERY == 0 && !halted.get()).await
                }
                Err(stop) => Err(stop),
            };
            if taken.is_err() && !halted.replace(true) {
                end = taken;
            }
        }
        drop(fates);
        if end.is_ok() && !tally.out_of_time {
            tally.unproven = Some(self.customer.unproven.after(&doubtful));
        }
        end
    }

    async fn take_fate(
        &self,
        id: &WorkflowId,
        fate: Fate,
        doubtful: &mut Vec<WorkflowId>,
        tally: &mut Tally,
        check: bool,
    ) -> Result<(), Stop> {
        match fate {
            Fate::Deleted => {
                tally.stats.deleted += 1;
                tally.counts.remove(id);
            }
            Fate::Kept => {}
            Fate::Doubtful => doubtful.push(id.clone()),
            Fate::NotAsked => tally.out_of_time = true,
        }
        if check { self.check_wanted().await } else { Ok(()) }
    }

    /// Which of the missing Zuora confirms as gone, for a dry run.
    pub(super) async fn confirm_gone(&self, missing: &[WorkflowId]) -> Result<Vec<WorkflowId>, Stop> {
        let mut answers =
            stream::iter(missing).map(async |id| (id, self.word_on(id).await)).buffered(self.upstream.limit());
        let mut gone = Vec::new();
        while let Some((id, word)) = answers.next().await {
            if matches!(word?, Word::Gone) {
                gone.push(id.clone());
            }
        }
        Ok(gone)
    }

    async fn bury_if_gone(&self, id: &WorkflowId, allowed: &Allowed) -> Result<Fate, Stop> {
        let gone = match self.word_on(id).await? {
            Word::Gone => true,
            Word::StillThere => false,
            Word::None if allowed.without_proof(id) => true,
            // It was the run that had no time.
            Word::None if self.upstream.is_out_of_time() => return Ok(Fate::NotAsked),
            Word::None => return Ok(Fate::Doubtful),
        };
        Ok(if gone && self.bury(id, allowed.covers(id)).await? { Fate::Deleted } else { Fate::Kept })
    }

    /// Only Zuora's own answer counts; a doubt keeps the workflow, and the next sync asks again.
    async fn word_on(&self, id: &WorkflowId) -> Result<Word, Stop> {
        match self.upstream.has(id).await {
            Ok(true) => Ok(Word::StillThere),
            Ok(false) => Ok(Word::Gone),
            Err(Refusal::Stop(stop)) => Err(stop),
            Err(Refusal::Zuora(error)) if concerns_the_run(error.kind) => Err(error.into()),
            Err(Refusal::Zuora(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(workflow_id = %id, error, "a missing workflow could not be confirmed as gone and is kept");
                Ok(Word::None)
            }
        }
    }

    async fn bury(&self, id: &WorkflowId, approved: bool) -> Result<bool, Stop> {
        self.unsettle().await?;
        let Some(found) = self.syncer.workflows.get(&self.customer.id, id).await? else {
            return Ok(false);
        };
        let mut workflow = found.value;
        let now = clock::now();
        workflow.deleted_at = Some(now);
        workflow.deletion_approved = approved;
        workflow.written_at = now;
        workflow.last_change = LastChange::of(self.job, Outcome::Updated);
        let change = Change::deleted(&workflow);
        let put = Put::new(&self.customer.id, workflow, found.rev, None, Some(&change))?;
        self.syncer.workflows.put(&self.customer.id, &put).await?;
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

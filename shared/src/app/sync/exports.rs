//! Exports what is new, changed or due for its daily look, several at a time, and hands each to the store.
//!
//! What must stay true: a failed export changes nothing and is counted, and the next sync finds that workflow changed again,
//! because its fingerprint stayed old. A few broken workflows do not keep the others from being stored.

use std::{
    cell::Cell,
    collections::{HashMap, HashSet},
};

use futures::{StreamExt, stream};

use super::{
    Run, Stop,
    listing::Listing,
    plan::{Plan, Task},
    tally::Tally,
    upstream::{Refusal, concerns_the_run},
};
use crate::{
    domain::{diff::Stored, failure::Failure, ids::WorkflowId, job::WorkflowError, stats::Outcome, time::Timestamp},
    zuora::{Export, Version, ZuoraErrorKind},
};

/// Exports in flight for one customer. Zuora allows a tenant 40 requests at a time and its own integrations need them.
const IN_FLIGHT: usize = 5;
/// Writes in flight: enough that no export waits for the table, few enough that little is held in memory.
const WRITES: usize = 8;
/// So many failures in a row raise the question whether Zuora is down or the workflows are odd.
const FAILURES_IN_A_ROW: usize = 5;
/// How often the run asks whether it is still wanted.
const CHECK_EVERY: usize = 25;

/// What became of one workflow.
pub(super) enum Done {
    Stored {
        outcome: Outcome,
        tasks: u64,
    },
    /// This workflow failed; the flag says whether Zuora's state may be why.
    Failed(Failure, Suspect),
    OutOfTime,
}

/// What a failed export says about Zuora as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Suspect {
    /// Nothing: it answered, only not well.
    Nothing,
    /// It may be down.
    Outage,
    /// The user's role may not export at all.
    Permission,
}

/// What Zuora answered: an export, none, or no.
enum Answer {
    Export(Option<Export>),
    Not(Done),
}

/// What the loop over the answers keeps in mind.
struct Progressing<'a> {
    tally: &'a mut Tally,
    /// Not dealt with yet, with the moments of their looks.
    open: HashMap<WorkflowId, Option<Timestamp>>,
    failed_looks: Vec<WorkflowId>,
    failures_in_a_row: usize,
    /// At least one export was ever read from this tenant: then the role may export, and it is a workflow that is denied.
    worked: bool,
    done: usize,
}

impl Run<'_> {
    /// Brings every planned workflow up to date. However it ends, the tally holds what was done by then.
    pub(super) async fn store(
        &self,
        listing: &Listing,
        plan: Plan<'_>,
        heads: &[Stored],
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        tally.stats = plan.stats;
        self.watch.planned(plan.tasks.len());
        let open = plan.tasks.iter().map(|task| (task.id.clone(), task.look)).collect();
        let failed_looks = Vec::new();
        let worked = heads.iter().any(|head| head.definition.is_some());
        let mut progressing = Progressing { tally, open, failed_looks, failures_in_a_row: 0, worked, done: 0 };
        let result = self.store_each(listing, plan.tasks, &mut progressing).await;
        let Progressing { open, failed_looks, .. } = progressing;
        let mut skipped: Vec<_> = open.into_iter().filter_map(|(id, look)| Some((id, look?))).collect();
        if !listing.complete {
            skipped.extend(self.unseen_looks(listing, heads));
        }
        tally.looks = self.customer.looks.after(self.started_at, &skipped, failed_looks);
        result
    }

    /// The looks that are due at workflows which a broken listing did not show.
    fn unseen_looks(&self, listing: &Listing, heads: &[Stored]) -> Vec<(WorkflowId, Timestamp)> {
        let seen: HashSet<_> = listing.seen();
        let unseen = heads.iter().filter(|head| head.deleted_at.is_none() && !seen.contains(&head.zuora_id));
        let due = |id: &WorkflowId| self.customer.looks.due_since(id, self.started_at);
        unseen.filter_map(|head| Some((head.zuora_id.clone(), due(&head.zuora_id)?))).collect()
    }

    /// What is in flight when the run has to stop is waited for: a write that was abandoned might be done and not be counted.
    async fn store_each(
        &self,
        listing: &Listing,
        tasks: Vec<Task<'_>>,
        progressing: &mut Progressing<'_>,
    ) -> Result<(), Stop> {
        let halted = Cell::new(false);
        let exported = stream::iter(tasks).map(async |task| {
            let answer = if halted.get() { Ok(Answer::Not(Done::OutOfTime)) } else { self.ask_for(task.id).await };
            (task, answer)
        });
        let mut results = exported
            .buffer_unordered(IN_FLIGHT)
            .map(async |(task, answer)| {
                let done = match answer {
                    Ok(Answer::Export(_)) if halted.get() => Ok(Done::OutOfTime),
                    Ok(Answer::Export(export)) => self.store_one(&task, listing, export).await,
                    Ok(Answer::Not(done)) => Ok(done),
                    Err(stop) => Err(stop),
                };
                (task.id, done)
            })
            .buffer_unordered(WRITES);
        let mut end = Ok(());
        while let Some((id, done)) = results.next().await {
            let taken = match done {
                Ok(done) => self.take(id, done, halted.get(), progressing).await,
                Err(stop) => Err(stop),
            };
            if taken.is_err() && !halted.replace(true) {
                end = taken;
            }
        }
        end
    }

    /// Counts what became of one workflow, and looks up now and then.
    async fn take(
        &self,
        id: &WorkflowId,
        done: Done,
        halted: bool,
        progressing: &mut Progressing<'_>,
    ) -> Result<(), Stop> {
        match done {
            Done::OutOfTime => {
                progressing.tally.out_of_time = true;
                return Ok(());
            }
            Done::Stored { outcome, tasks } => {
                (progressing.failures_in_a_row, progressing.worked) = (0, true);
                progressing.tally.stats.count(outcome);
                progressing.tally.counts.set(id, tasks);
            }
            Done::Failed(failure, suspect) => {
                let in_a_row = if suspect == Suspect::Nothing { 0 } else { progressing.failures_in_a_row + 1 };
                progressing.failures_in_a_row = in_a_row;
                if in_a_row >= FAILURES_IN_A_ROW && !halted {
                    if suspect == Suspect::Permission && !progressing.worked {
                        return Err(Stop::Failed(failure));
                    }
                    // Odd workflows must not stop the others: only if Zuora does not even list any more, the attempt ends.
                    self.upstream.page(1).await?;
                    progressing.failures_in_a_row = 0;
                }
                progressing.tally.stats.count(Outcome::Error);
                let look = progressing.open.get(id).copied().flatten();
                progressing.failed_looks.extend(look.map(|_| id.clone()));
                let (class, message) = (failure.class, failure.message);
                progressing.tally.errors.push(WorkflowError { workflow_id: Some(id.clone()), class, message });
            }
        }
        progressing.open.remove(id);
        self.watch.one_done();
        progressing.done += 1;
        if halted {
            return Ok(());
        }
        if progressing.done.is_multiple_of(CHECK_EVERY) {
            return self.check_wanted().await;
        }
        self.check_wanted_at_times().await
    }

    /// The active version's export; the latest one's when none is active; none when Zuora has none at all.
    async fn ask_for(&self, id: &WorkflowId) -> Result<Answer, Stop> {
        if self.is_late() {
            return Ok(Answer::Not(Done::OutOfTime));
        }
        match self.upstream.export(id, Version::Active).await {
            // It is not published whether "no active version" is a 404 or a 400.
            Err(Refusal::Zuora(error)) if error.says_there_is_none() => {}
            Err(refusal) => return judge(refusal).map(Answer::Not),
            Ok(export) => return Ok(Answer::Export(Some(export))),
        }
        match self.upstream.export(id, Version::Latest).await {
            Err(Refusal::Zuora(error)) if error.kind == ZuoraErrorKind::NotFound => Ok(Answer::Export(None)),
            Err(refusal) => judge(refusal).map(Answer::Not),
            Ok(export) => Ok(Answer::Export(Some(export))),
        }
    }
}

/// Whether a failed export is the workflow's problem or the run's.
fn judge(refusal: Refusal) -> Result<Done, Stop> {
    match refusal {
        Refusal::Stop(stop) => Err(stop),
        Refusal::Zuora(error) if concerns_the_run(error.kind) => Err(error.into()),
        Refusal::Zuora(error) => {
            let suspect = match error.kind {
                ZuoraErrorKind::Transient => Suspect::Outage,
                ZuoraErrorKind::PermissionMissing => Suspect::Permission,
                _ => Suspect::Nothing,
            };
            Ok(Done::Failed(error.failure(), suspect))
        }
    }
}

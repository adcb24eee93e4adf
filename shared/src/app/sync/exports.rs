//! Exports what is new, changed or due for its daily look, several at a time, and hands each to the store.
//!
//! What must stay true: a failed export changes nothing and is counted, and the next sync finds that workflow changed again,
//! because its fingerprint stayed old. A few broken workflows do not keep the others from being stored.

use std::collections::HashMap;

use futures::{StreamExt, stream};

use super::{
    Run, Stop,
    listing::Listing,
    plan::{Plan, Task},
    tally::Tally,
    upstream::{Refusal, concerns_the_run},
};
use crate::{
    domain::{failure::Failure, ids::WorkflowId, job::WorkflowError, stats::Outcome, time::Timestamp},
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

impl Run<'_> {
    /// Brings every planned workflow up to date. However it ends, the tally holds what was done by then.
    pub(super) async fn store(&self, listing: &Listing, plan: Plan<'_>, tally: &mut Tally) -> Result<(), Stop> {
        tally.stats = plan.stats;
        self.watch.planned(plan.tasks.len());
        let mut open: HashMap<WorkflowId, Option<Timestamp>> =
            plan.tasks.iter().map(|task| (task.id.clone(), task.look)).collect();
        let mut failed_looks = Vec::new();
        let result = self.store_each(listing, plan.tasks, tally, &mut open, &mut failed_looks).await;
        let skipped: Vec<_> = open.into_iter().filter_map(|(id, look)| Some((id, look?))).collect();
        tally.looks = self.customer.looks.after(self.started_at, &skipped, failed_looks);
        result
    }

    async fn store_each(
        &self,
        listing: &Listing,
        tasks: Vec<Task<'_>>,
        tally: &mut Tally,
        open: &mut HashMap<WorkflowId, Option<Timestamp>>,
        failed_looks: &mut Vec<WorkflowId>,
    ) -> Result<(), Stop> {
        let exported = stream::iter(tasks).map(async |task| {
            let answer = self.ask_for(task.id).await;
            (task, answer)
        });
        let mut results = exported
            .buffer_unordered(IN_FLIGHT)
            .map(async |(task, answer)| {
                let done = match answer {
                    Ok(Answer::Export(export)) => self.store_one(&task, listing, export).await,
                    Ok(Answer::Not(done)) => Ok(done),
                    Err(stop) => Err(stop),
                };
                (task.id, done)
            })
            .buffer_unordered(WRITES);
        let (mut in_a_row, mut worked, mut seen) = (0, false, 0);
        while let Some((id, done)) = results.next().await {
            match done? {
                Done::OutOfTime => {
                    tally.out_of_time = true;
                    continue;
                }
                Done::Stored { outcome, tasks } => {
                    (in_a_row, worked) = (0, true);
                    tally.stats.count(outcome);
                    tally.counts.set(id, tasks);
                }
                Done::Failed(failure, suspect) => {
                    in_a_row = if suspect == Suspect::Nothing { 0 } else { in_a_row + 1 };
                    if in_a_row >= FAILURES_IN_A_ROW {
                        if suspect == Suspect::Permission && !worked {
                            return Err(Stop::Failed(failure));
                        }
                        // Odd workflows must not stop the others: only if Zuora does not even list any more, the attempt ends.
                        self.upstream.page(1).await?;
                        in_a_row = 0;
                    }
                    tally.stats.count(Outcome::Error);
                    failed_looks.extend(open.get(id).copied().flatten().map(|_| id.clone()));
                    let (class, message) = (failure.class, failure.message);
                    tally.errors.push(WorkflowError { workflow_id: Some(id.clone()), class, message });
                }
            }
            open.remove(id);
            self.watch.one_done();
            seen += 1;
            if seen % CHECK_EVERY == 0 {
                self.check_wanted().await?;
            }
        }
        Ok(())
    }

    /// The active version's export; the latest one's when none is active; none when Zuora has none at all.
    async fn ask_for(&self, id: &WorkflowId) -> Result<Answer, Stop> {
        if self.is_late() {
            return Ok(Answer::Not(Done::OutOfTime));
        }
        for version in [Version::Active, Version::Latest] {
            match self.upstream.export(id, version).await {
                Ok(export) => return Ok(Answer::Export(Some(export))),
                Err(Refusal::Zuora(error)) if error.kind == ZuoraErrorKind::NotFound => {}
                Err(refusal) => return judge(refusal).map(Answer::Not),
            }
        }
        Ok(Answer::Export(None))
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

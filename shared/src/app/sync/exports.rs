//! Stores what is new or changed: export, check, write, for several workflows at a time.
//!
//! What must stay true: a stored copy is replaced by a whole new one or not at all. A workflow whose export fails keeps
//! what it has, is counted as an error, and the next sync finds it changed again, because its fingerprint stayed old.

use std::collections::HashMap;

use futures::{StreamExt, stream};

use super::{
    Run, Stop,
    listing::Listing,
    upstream::{Refusal, concerns_the_run},
};
use crate::{
    aws::{table::StoreError, workflows::Packed},
    clock,
    domain::{
        definition::Definition,
        diff::{self, Step, Stored as StoredHead},
        failure::{ErrorClass, Failure},
        ids::WorkflowId,
        job::WorkflowError,
        listed::ListedWorkflow,
        looks::Looks,
        stats::{Outcome, Stats},
        time::Timestamp,
        workflow::{LastChange, Workflow},
    },
    zuora::{Version, ZuoraErrorKind},
};

/// Exports in flight for one customer. Zuora allows a tenant 40 requests at a time and its own integrations need them.
const IN_FLIGHT: usize = 5;
/// So many failures in a row raise the question whether Zuora is down or the workflows are odd.
const FAILURES_IN_A_ROW: usize = 5;
/// How often the run asks whether the customer still wants it.
const CHECK_EVERY: usize = 25;

/// How many workflows are stored, and with how many tasks: kept up to date during a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts(HashMap<WorkflowId, u64>);

impl Counts {
    fn of(heads: &[StoredHead]) -> Self {
        Self(super::active(heads).map(|head| (head.zuora_id.clone(), head.tasks_count)).collect())
    }

    pub(super) fn remove(&mut self, id: &WorkflowId) {
        self.0.remove(id);
    }

    /// Workflows and tasks.
    pub(super) fn totals(&self) -> (u64, u64) {
        (self.0.len() as u64, self.0.values().sum())
    }
}

/// What became of the listed workflows.
pub(super) struct StoredAll {
    pub(super) stats: Stats,
    pub(super) errors: Vec<WorkflowError>,
    pub(super) counts: Counts,
    /// How far the daily looks have come.
    pub(super) looks: Looks,
    /// Some were not looked at for lack of time.
    pub(super) out_of_time: bool,
}

/// One workflow that needs an export.
struct Task<'a> {
    id: &'a WorkflowId,
    listed: &'a ListedWorkflow,
    stored: Option<&'a StoredHead>,
    step: Step,
    /// Since when its daily look is due, if that is why it is exported.
    look: Option<Timestamp>,
}

/// What became of one.
enum Done {
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
enum Suspect {
    /// Nothing: it answered, only not well.
    Nothing,
    /// It may be down.
    Outage,
    /// The user's role may not export at all.
    Permission,
}

impl Run<'_> {
    /// Brings every listed workflow up to date.
    pub(super) async fn store(&self, listing: &Listing, heads: &[StoredHead]) -> Result<StoredAll, Stop> {
        let by_id: HashMap<_, _> = heads.iter().map(|head| (&head.zuora_id, head)).collect();
        let mut stats = Stats::default();
        let mut errors = Vec::new();
        let mut counts = Counts::of(heads);
        let mut tasks = Vec::new();
        for (id, listed) in &listing.items {
            let stored = by_id.get(id).copied();
            let mut look = None;
            let due = || {
                look = self.customer.looks.due_since(id, self.started_at);
                look.is_some()
            };
            match diff::step(stored, &listed.fingerprint, self.job, due) {
                Step::Keep(outcome) => stats.count(outcome),
                step => tasks.push(Task { id, listed, stored, step, look }),
            }
        }
        // Changes first, then the looks in the order of their moments: `Looks` relies on it.
        tasks.sort_by_key(|task| task.look);
        let (mut in_a_row, mut worked) = (0, false);
        let (mut skipped, mut failed_looks) = (Vec::new(), Vec::new());
        let mut out_of_time = false;
        let mut answers = stream::iter(tasks)
            .map(|task| async move {
                let done = self.store_one(&task).await;
                (task.id, task.look, done)
            })
            .buffer_unordered(IN_FLIGHT);
        let mut seen = 0;
        while let Some((id, look, done)) = answers.next().await {
            match done? {
                Done::OutOfTime => {
                    out_of_time = true;
                    skipped.extend(look.map(|moment| (id.clone(), moment)));
                }
                Done::Stored { outcome, tasks } => {
                    (in_a_row, worked) = (0, true);
                    stats.count(outcome);
                    counts.0.insert(id.clone(), tasks);
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
                    stats.count(Outcome::Error);
                    failed_looks.extend(look.map(|_| id.clone()));
                    let (class, message) = (failure.class, failure.message);
                    errors.push(WorkflowError { workflow_id: Some(id.clone()), class, message });
                }
            }
            seen += 1;
            if seen % CHECK_EVERY == 0 {
                self.check_wanted().await?;
            }
        }
        let looks = self.customer.looks.after(self.started_at, &skipped, failed_looks);
        Ok(StoredAll { stats, errors, counts, looks, out_of_time })
    }

    async fn store_one(&self, task: &Task<'_>) -> Result<Done, Stop> {
        if self.is_late() {
            return Ok(Done::OutOfTime);
        }
        let export = match self.export(task.id).await {
            Ok(export) => export,
            Err(refusal) => return judge(refusal),
        };
        let (packed, tasks_count) = match &export {
            None => (None, 0),
            Some(bytes) => match Definition::parse(bytes).and_then(|d| Ok((Packed::new(bytes)?, d.tasks_count))) {
                Ok((packed, tasks)) => (Some(packed), tasks as u64),
                Err(error) => {
                    let message = format!("The export of workflow {} is no definition: {error}.", task.id);
                    return Ok(Done::Failed(Failure::new(ErrorClass::Transient, message), Suspect::Nothing));
                }
            },
        };
        let stored_hash = task.stored.and_then(|stored| stored.definition.as_ref()).map(|d| d.hash.as_str());
        let same = stored_hash == packed.as_ref().map(Packed::hash);
        let outcome = match task.step {
            Step::Compare if same => {
                return Ok(Done::Stored { outcome: Outcome::Unchanged, tasks: tasks_count });
            }
            Step::Compare => Outcome::Updated,
            Step::Store(outcome) | Step::Keep(outcome) => outcome,
        };
        let (customer, workflows) = (&self.customer.id, &self.syncer.workflows);
        let definition = match packed {
            Some(packed) => Some(workflows.put_definition(customer, task.id, packed).await?),
            None => None,
        };
        let change = LastChange { job_id: self.job.clone(), kind: outcome };
        let listed = task.listed.clone();
        let workflow = Workflow::from_listed(listed, task.id.clone(), definition, tasks_count, change, clock::now());
        match workflows.put(customer, &workflow, task.stored.map_or(0, |stored| stored.rev)).await {
            Ok(()) => {}
            Err(StoreError::TooLarge) => {
                let message = format!("The listed fields of workflow {} are over 400 KB.", task.id);
                return Ok(Done::Failed(Failure::new(ErrorClass::TooLarge, message), Suspect::Nothing));
            }
            Err(error) => return Err(error.into()),
        }
        if let Some(old) = task.stored.and_then(|stored| stored.definition.as_ref()).filter(|_| !same) {
            workflows.delete_definition(customer, task.id, old).await?;
        }
        Ok(Done::Stored { outcome, tasks: tasks_count })
    }

    /// The active version's export; the latest one's when none is active; none when Zuora has none at all.
    async fn export(&self, id: &WorkflowId) -> Result<Option<bytes::Bytes>, Refusal> {
        for version in [Version::Active, Version::Latest] {
            match self.upstream.export(id, version).await {
                Ok(bytes) => return Ok(Some(bytes)),
                Err(Refusal::Zuora(error)) if error.kind == ZuoraErrorKind::NotFound => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(None)
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

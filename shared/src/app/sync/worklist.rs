//! The work of a run, decided from the listing and the stored fingerprints before anything is written.

use std::collections::{HashMap, HashSet};

use super::{
    listing::{Item, Listing},
    packed_listing::ItemRef,
};
use crate::domain::{
    diff::{self, Head, Step},
    ids::WorkflowId,
    job::{self, Job},
    reverification::Reverification,
    stats::{self, Stats},
    time::Timestamp,
};

/// The number of workflows of a kind that a dry run names.
const NAMED: usize = 100;

/// One workflow that needs an export.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task<'a> {
    pub(super) id: &'a WorkflowId,
    /// The reference to its listed fields.
    pub(super) item_ref: ItemRef,
    pub(super) stored: Option<&'a Head>,
    pub(super) step: Step,
    /// The moment since which its reverification is due, if that is the reason for its export.
    pub(super) reverify: Option<Timestamp>,
}

/// The workflows that need nothing, and the work that is left.
#[derive(Debug, Default)]
pub(super) struct Worklist<'a> {
    /// The counts of the workflows that need nothing.
    pub(super) stats: Stats,
    /// The workflows to export. Changes first, in the order of the listing; then the reverifications in the order of their
    /// moments, on which [`Reverification`] relies. Workflows that failed in an
    /// earlier run of the job, and reverifications that failed before, are last: they must not delay the others.
    pub(super) tasks: Vec<Task<'a>>,
}

impl<'a> Worklist<'a> {
    /// Compares a listing with the stored heads.
    pub(super) fn of(
        listing: &'a Listing,
        heads: &'a [Head],
        reverification: &Reverification,
        job: &Job,
        started_at: Timestamp,
    ) -> Self {
        Self::by(listing, heads, job, |id, fingerprint, stored| {
            let mut reverify = None;
            let due = || {
                reverify = reverification.due_since(id, started_at);
                reverify.is_some()
            };
            (diff::step(stored, fingerprint, job, due), reverify)
        })
    }

    /// The worklist if the copy equals the listing: only the due reverifications, for the workflows whose heads were read.
    pub(super) fn of_unchanged(
        listing: &'a Listing,
        heads: &'a [Head],
        reverification: &Reverification,
        job: &Job,
        started_at: Timestamp,
    ) -> Self {
        Self::by(listing, heads, job, |id, _, stored| match stored {
            Some(_) => (Step::Compare, reverification.due_since(id, started_at)),
            None => (Step::Keep(stats::WorkflowOutcome::Unchanged), None),
        })
    }

    /// Counts the workflows of a listing that `decide` keeps, and sorts the rest; `decide` returns each workflow's step, and
    /// the moment of its reverification.
    fn by(
        listing: &'a Listing,
        heads: &'a [Head],
        job: &Job,
        decide: impl Fn(&WorkflowId, &str, Option<&Head>) -> (Step, Option<Timestamp>),
    ) -> Self {
        let by_id: HashMap<_, _> = heads.iter().map(|head| (&head.zuora_id, head)).collect();
        let mut plan = Self::default();
        for Item { id, fingerprint, item_ref, .. } in &listing.items {
            let stored = by_id.get(id).copied();
            match decide(id, fingerprint, stored) {
                (Step::Keep(outcome), _) => plan.stats.count(outcome),
                (step, reverify) => plan.tasks.push(Task { id, item_ref: *item_ref, stored, step, reverify }),
            }
        }
        plan.put_in_order(job);
        plan
    }

    fn put_in_order(&mut self, job: &Job) {
        let failed: HashSet<_> = job.failed_workflows.iter().collect();
        self.tasks.sort_by_key(|task| {
            (failed.contains(task.id) || task.reverify == Some(Reverification::PENDING), task.reverify)
        });
    }

    /// The report of a dry run. A reverification counts as unchanged: only its export would show more.
    pub(super) fn dry_run(&self) -> (Stats, job::Plan) {
        let mut stats = self.stats;
        let mut preview = job::Plan::default();
        for task in &self.tasks {
            let (outcome, ids) = match task.step {
                Step::Store(stats::WorkflowOutcome::Created) => {
                    (stats::WorkflowOutcome::Created, Some(&mut preview.created))
                }
                Step::Store(outcome) => (outcome, Some(&mut preview.updated)),
                Step::Compare | Step::Keep(_) => {
                    preview.reverifications += 1;
                    (stats::WorkflowOutcome::Unchanged, None)
                }
            };
            stats.count(outcome);
            if let Some(ids) = ids.filter(|ids| ids.len() < NAMED) {
                ids.push(task.id.clone());
            }
        }
        (stats, preview)
    }
}

/// The first ids of a list, as many as a dry run names.
pub(super) fn named(ids: &[WorkflowId]) -> Vec<WorkflowId> {
    ids.iter().take(NAMED).cloned().collect()
}

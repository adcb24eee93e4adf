//! What a run has to do, decided from the listing and the stored fingerprints before anything is written.

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

/// How many workflows of a kind a dry run names.
const NAMED: usize = 100;

/// One workflow that needs an export.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task<'a> {
    pub(super) id: &'a WorkflowId,
    /// Where its listed fields are.
    pub(super) place: ItemRef,
    pub(super) stored: Option<&'a Head>,
    pub(super) step: Step,
    /// Since when its daily re-verification is due, if that is why it is exported.
    pub(super) reverify: Option<Timestamp>,
}

/// What is settled already, and what is left to do.
#[derive(Debug, Default)]
pub(super) struct Worklist<'a> {
    /// What needs nothing, counted.
    pub(super) stats: Stats,
    /// Changes first, in the order of the listing; then the re-verifications in the order of their moments, which `Reverification` relies on. What failed in
    /// an earlier run of the job, and re-verifications that failed before, come last: they must not keep the others waiting.
    pub(super) tasks: Vec<Task<'a>>,
}

impl<'a> Worklist<'a> {
    /// Compares a listing with what is stored.
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

    /// The plan when the copy equals the listing: nothing but the daily re-verifications, at the workflows whose heads were read for it.
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

    /// Counts what `decide` keeps of a listing, and puts the rest in order; it gives each workflow's step, and the moment of its re-verification.
    fn by(
        listing: &'a Listing,
        heads: &'a [Head],
        job: &Job,
        decide: impl Fn(&WorkflowId, &str, Option<&Head>) -> (Step, Option<Timestamp>),
    ) -> Self {
        let by_id: HashMap<_, _> = heads.iter().map(|head| (&head.zuora_id, head)).collect();
        let mut plan = Self::default();
        for Item { id, fingerprint, place, .. } in &listing.items {
            let stored = by_id.get(id).copied();
            match decide(id, fingerprint, stored) {
                (Step::Keep(outcome), _) => plan.stats.count(outcome),
                (step, reverify) => plan.tasks.push(Task { id, place: *place, stored, step, reverify }),
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

    /// What a dry run reports of it. A re-verification counts as unchanged: only its export would show more.
    pub(super) fn dry_run(&self) -> (Stats, job::Plan) {
        let mut stats = self.stats;
        let mut told = job::Plan::default();
        for task in &self.tasks {
            let (outcome, ids) = match task.step {
                Step::Store(stats::WorkflowOutcome::Created) => {
                    (stats::WorkflowOutcome::Created, Some(&mut told.created))
                }
                Step::Store(outcome) => (outcome, Some(&mut told.updated)),
                Step::Compare | Step::Keep(_) => {
                    told.reverifications += 1;
                    (stats::WorkflowOutcome::Unchanged, None)
                }
            };
            stats.count(outcome);
            if let Some(ids) = ids.filter(|ids| ids.len() < NAMED) {
                ids.push(task.id.clone());
            }
        }
        (stats, told)
    }
}

/// The first of a list, as a dry run names them.
pub(super) fn named(ids: &[WorkflowId]) -> Vec<WorkflowId> {
    ids.iter().take(NAMED).cloned().collect()
}

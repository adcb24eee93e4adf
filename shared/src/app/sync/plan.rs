//! What a run has to do, decided from the listing and the stored fingerprints before anything is written.

use std::collections::{HashMap, HashSet};

use super::{
    listing::{Item, Listing},
    pages::Place,
};
use crate::domain::{
    diff::{self, Step, Stored},
    ids::WorkflowId,
    job::{self, Job},
    looks::Looks,
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
    pub(super) place: Place,
    pub(super) stored: Option<&'a Stored>,
    pub(super) step: Step,
    /// Since when its daily look is due, if that is why it is exported.
    pub(super) look: Option<Timestamp>,
}

/// What is settled already, and what is left to do.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// What needs nothing, counted.
    pub(super) stats: Stats,
    /// Changes first, in the order of the listing; then the looks in the order of their moments, which `Looks` relies on. What failed in
    /// an earlier run of the job, and looks that failed before, come last: they must not keep the others waiting.
    pub(super) tasks: Vec<Task<'a>>,
}

impl<'a> Plan<'a> {
    /// Compares a listing with what is stored.
    pub(super) fn of(
        listing: &'a Listing,
        heads: &'a [Stored],
        looks: &Looks,
        job: &Job,
        started_at: Timestamp,
    ) -> Self {
        Self::by(listing, heads, job, |id, fingerprint, stored| {
            let mut look = None;
            let due = || {
                look = looks.due_since(id, started_at);
                look.is_some()
            };
            (diff::step(stored, fingerprint, job, due), look)
        })
    }

    /// The plan when the copy equals the listing: nothing but the daily looks, at the workflows whose heads were read for it.
    pub(super) fn of_settled(
        listing: &'a Listing,
        heads: &'a [Stored],
        looks: &Looks,
        job: &Job,
        started_at: Timestamp,
    ) -> Self {
        Self::by(listing, heads, job, |id, _, stored| match stored {
            Some(_) => (Step::Compare, looks.due_since(id, started_at)),
            None => (Step::Keep(stats::Outcome::Unchanged), None),
        })
    }

    /// Counts what `decide` keeps of a listing, and puts the rest in order; it gives each workflow's step, and the moment of its look.
    fn by(
        listing: &'a Listing,
        heads: &'a [Stored],
        job: &Job,
        decide: impl Fn(&WorkflowId, &str, Option<&Stored>) -> (Step, Option<Timestamp>),
    ) -> Self {
        let by_id: HashMap<_, _> = heads.iter().map(|head| (&head.zuora_id, head)).collect();
        let mut plan = Self::default();
        for Item { id, fingerprint, place, .. } in &listing.items {
            let stored = by_id.get(id).copied();
            match decide(id, fingerprint, stored) {
                (Step::Keep(outcome), _) => plan.stats.count(outcome),
                (step, look) => plan.tasks.push(Task { id, place: *place, stored, step, look }),
            }
        }
        plan.put_in_order(job);
        plan
    }

    fn put_in_order(&mut self, job: &Job) {
        let failed: HashSet<_> = job.failed_workflows.iter().collect();
        self.tasks.sort_by_key(|task| (failed.contains(task.id) || task.look == Some(Looks::PENDING), task.look));
    }

    /// What a dry run reports of it. A look counts as unchanged: only its export would show more.
    pub(super) fn rehearse(&self) -> (Stats, job::Plan) {
        let mut stats = self.stats;
        let mut told = job::Plan::default();
        for task in &self.tasks {
            let (outcome, ids) = match task.step {
                Step::Store(stats::Outcome::Created) => (stats::Outcome::Created, Some(&mut told.created)),
                Step::Store(outcome) => (outcome, Some(&mut told.updated)),
                Step::Compare | Step::Keep(_) => {
                    told.looks += 1;
                    (stats::Outcome::Unchanged, None)
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

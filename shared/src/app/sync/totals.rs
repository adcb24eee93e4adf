//! What a run has done so far: whatever stops it, this is what the job and the customer take over.

use std::collections::HashMap;

use crate::{
    app::outcome::Report,
    domain::{
        diff::Head, ids::WorkflowId, job::WorkflowError, reverification::Reverification, stats::Stats,
        unproven::Unproven,
    },
};

/// The running totals.
#[derive(Debug)]
pub(super) struct RunTotals {
    pub(super) stats: Stats,
    pub(super) errors: Vec<WorkflowError>,
    pub(super) counts: Counts,
    /// How far the daily re-verifications have come.
    pub(super) reverification: Reverification,
    /// Absences without proof, once all that is missing was asked about.
    pub(super) unproven: Option<Unproven>,
    /// Workflows that failed or hung.
    pub(super) failed_workflows: Vec<WorkflowId>,
    /// Something was left undone for lack of time.
    pub(super) out_of_time: bool,
    /// Zuora did not export for the moment: the rest was not asked for.
    pub(super) broken_off: bool,
    /// The rest.
    pub(super) left_undone: Vec<WorkflowId>,
}

impl RunTotals {
    /// Nothing is done yet.
    pub(super) fn new(counts: Counts, reverification: Reverification) -> Self {
        Self {
            stats: Stats::default(),
            errors: Vec::new(),
            counts,
            reverification,
            unproven: None,
            failed_workflows: Vec::new(),
            out_of_time: false,
            broken_off: false,
            left_undone: Vec::new(),
        }
    }

    /// What has been done, as a report that says nothing about completeness.
    pub(super) fn report(self) -> Report {
        Report {
            stats: self.stats,
            errors: self.errors,
            failed_workflows: self.failed_workflows,
            counts: Some(self.counts.totals()),
            reverification: Some(self.reverification),
            unproven: self.unproven,
            ..Report::default()
        }
    }
}

/// How many workflows are stored, and with how many tasks: kept up to date during a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    /// Workflows and tasks that the run does not touch.
    others: (u64, u64),
    tasks: HashMap<WorkflowId, u64>,
}

impl Counts {
    /// Of a customer all of whose heads are known.
    pub(super) fn of(heads: &[Head]) -> Self {
        let active = heads.iter().filter(|head| head.deleted_at.is_none());
        Self { others: (0, 0), tasks: active.map(|head| (head.zuora_id.clone(), head.tasks_count)).collect() }
    }

    /// Of a customer with so many workflows and tasks, some of whose heads are known.
    pub(super) fn of_some(heads: &[Head], (workflows, tasks): (u64, u64)) -> Self {
        let known = Self::of(heads);
        let (some, of_some) = known.totals();
        Self { others: (workflows.saturating_sub(some), tasks.saturating_sub(of_some)), ..known }
    }

    /// A workflow is stored with so many tasks.
    pub(super) fn set(&mut self, id: &WorkflowId, tasks: u64) {
        self.tasks.insert(id.clone(), tasks);
    }

    /// A workflow was marked as deleted.
    pub(super) fn remove(&mut self, id: &WorkflowId) {
        self.tasks.remove(id);
    }

    /// Those that are stored, of those whose heads are known.
    pub(super) fn stored(&self) -> impl Iterator<Item = &WorkflowId> {
        self.tasks.keys()
    }

    /// Workflows and tasks.
    pub(super) fn totals(&self) -> (u64, u64) {
        (self.others.0 + self.tasks.len() as u64, self.others.1 + self.tasks.values().sum::<u64>())
    }
}

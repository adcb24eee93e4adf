//! The totals of a run so far: however it stops, the job and the customer take these over.

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
    /// The progress of the reverifications.
    pub(super) reverification: Reverification,
    /// The absences without proof, once Zuora was asked about all missing workflows.
    pub(super) unproven: Option<Unproven>,
    /// Workflows that failed or hung.
    pub(super) failed_workflows: Vec<WorkflowId>,
    /// True if something was left undone for lack of time.
    pub(super) out_of_time: bool,
    /// True if Zuora did not export for the moment, so the rest was not requested.
    pub(super) broken_off: bool,
    /// The workflows of that rest.
    pub(super) left_undone: Vec<WorkflowId>,
}

impl RunTotals {
    /// The totals of a run that has done nothing yet.
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

    /// The report of what was done, without a claim of completeness.
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

/// The numbers of stored workflows and of their tasks, kept up to date during a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    /// The workflows and tasks that the run does not touch.
    others: (u64, u64),
    tasks: HashMap<WorkflowId, u64>,
}

impl Counts {
    /// The counts of a customer, from the heads of all its workflows.
    pub(super) fn of(heads: &[Head]) -> Self {
        let active = heads.iter().filter(|head| head.deleted_at.is_none());
        Self { others: (0, 0), tasks: active.map(|head| (head.zuora_id.clone(), head.tasks_count)).collect() }
    }

    /// The counts of a customer with that many workflows and tasks, from the heads of some workflows.
    pub(super) fn of_some(heads: &[Head], (workflows, tasks): (u64, u64)) -> Self {
        let counted = Self::of(heads);
        let (some, of_some) = counted.totals();
        Self { others: (workflows.saturating_sub(some), tasks.saturating_sub(of_some)), ..counted }
    }

    /// Records that a workflow is stored with `tasks` tasks.
    pub(super) fn set(&mut self, id: &WorkflowId, tasks: u64) {
        self.tasks.insert(id.clone(), tasks);
    }

    /// Records that a workflow was marked as deleted.
    pub(super) fn remove(&mut self, id: &WorkflowId) {
        self.tasks.remove(id);
    }

    /// The stored workflows among those whose heads are known.
    pub(super) fn stored(&self) -> impl Iterator<Item = &WorkflowId> {
        self.tasks.keys()
    }

    /// The numbers of workflows and tasks.
    pub(super) fn totals(&self) -> (u64, u64) {
        (self.others.0 + self.tasks.len() as u64, self.others.1 + self.tasks.values().sum::<u64>())
    }
}

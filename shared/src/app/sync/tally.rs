//! What a run has done so far: whatever stops it, this is what the job and the customer take over.

use std::collections::HashMap;

use crate::{
    app::outcome::Report,
    domain::{diff::Stored, ids::WorkflowId, job::WorkflowError, looks::Looks, stats::Stats},
};

/// The running totals.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) stats: Stats,
    pub(super) errors: Vec<WorkflowError>,
    pub(super) counts: Counts,
    /// How far the daily looks have come.
    pub(super) looks: Looks,
    /// Something was left undone for lack of time.
    pub(super) out_of_time: bool,
}

impl Tally {
    /// Nothing is done yet.
    pub(super) fn new(heads: &[Stored], looks: Looks) -> Self {
        Self { stats: Stats::default(), errors: Vec::new(), counts: Counts::of(heads), looks, out_of_time: false }
    }

    /// What has been done, as a report that says nothing about completeness.
    pub(super) fn report(self) -> Report {
        Report {
            stats: self.stats,
            errors: self.errors,
            counts: Some(self.counts.totals()),
            looks: Some(self.looks),
            ..Report::default()
        }
    }
}

/// How many workflows are stored, and with how many tasks: kept up to date during a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts(HashMap<WorkflowId, u64>);

impl Counts {
    fn of(heads: &[Stored]) -> Self {
        let active = heads.iter().filter(|head| head.deleted_at.is_none());
        Self(active.map(|head| (head.zuora_id.clone(), head.tasks_count)).collect())
    }

    /// A workflow is stored with so many tasks.
    pub(super) fn set(&mut self, id: &WorkflowId, tasks: u64) {
        self.0.insert(id.clone(), tasks);
    }

    /// A workflow was marked as deleted.
    pub(super) fn remove(&mut self, id: &WorkflowId) {
        self.0.remove(id);
    }

    /// Workflows and tasks.
    fn totals(&self) -> (u64, u64) {
        (self.0.len() as u64, self.0.values().sum())
    }
}

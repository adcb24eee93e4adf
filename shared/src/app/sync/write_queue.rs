//! Workflows that are ready to be stored wait here while the table is busy with others, and are then stored together. See D-42.
//!
//! What must stay true: no workflow waits for a transaction to fill. One transaction is under way at a time; a workflow that
//! arrives while there is none is stored at once, alone, and those that arrive meanwhile are stored next, together. So a slow
//! tenant's workflows are stored as they arrive, and a fast one's by the dozen.

use std::collections::VecDeque;

use super::{
    result::{Done, Suspect},
    run::SyncRun,
    worklist::Task,
};
use crate::{
    app::interruption::Interruption,
    aws::{
        table::StoreError,
        workflow_writes::{Load, Put},
    },
    domain::{
        failure::{ErrorClass, Failure},
        ids::WorkflowId,
        stats::WorkflowOutcome,
    },
};

/// The largest number of workflows that wait or are being written: they are packed, so that few bytes are held.
const MOST: usize = 64;

/// A workflow that only has to be written.
pub(super) struct Pending<'t> {
    pub(super) task: Task<'t>,
    pub(super) put: Put,
    /// The outcome that it then counts as.
    pub(super) outcome: WorkflowOutcome,
    pub(super) tasks: u64,
    /// True if the definition's bytes differ and its meaning does not.
    pub(super) rewritten: bool,
}

/// The waiting workflows, and the number of those being written.
#[derive(Default)]
pub(super) struct WriteQueue<'t> {
    waiting: VecDeque<Pending<'t>>,
    being_written: usize,
}

impl<'t> WriteQueue<'t> {
    pub(super) fn push(&mut self, pending: Pending<'t>) {
        self.waiting.push_back(pending);
    }

    /// True if the table keeps up.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() + self.being_written < MOST
    }

    /// The workflows for the next transaction, if none is under way. One that is too large to share a transaction is written
    /// alone.
    pub(super) fn next(&mut self) -> Option<Vec<Pending<'t>>> {
        if self.being_written > 0 || self.waiting.is_empty() {
            return None;
        }
        let mut load = Load::default();
        let together = self.waiting.iter().take_while(|pending| load.takes(&pending.put)).count().max(1);
        self.being_written = together;
        Some(self.waiting.drain(..together).collect())
    }

    /// Records the end of the transaction.
    pub(super) fn written(&mut self) {
        self.being_written = 0;
    }
}

impl SyncRun<'_> {
    /// Writes workflows together; returns the result for each.
    pub(super) async fn write<'t>(&self, together: Vec<Pending<'t>>) -> Vec<(Task<'t>, Result<Done, Interruption>)> {
        let (puts, rest): (Vec<_>, Vec<_>) = together
            .into_iter()
            .map(|Pending { task, put, outcome, tasks, rewritten }| {
                (put, (task, Done::Stored { outcome, tasks, rewritten }))
            })
            .unzip();
        match self.syncer.workflows.put_all(&self.customer.id, &puts).await {
            Ok(results) => {
                let each = rest.into_iter().zip(results);
                each.map(|((task, stored), result)| (task, done(task.id, result, stored))).collect()
            }
            Err(error) => {
                let interruption = Interruption::from(error);
                rest.into_iter().map(|(task, _)| (task, Err(interruption.clone()))).collect()
            }
        }
    }
}

/// The result for one workflow, from the table's answer.
fn done(id: &WorkflowId, result: Result<(), StoreError>, stored: Done) -> Result<Done, Interruption> {
    match result {
        Ok(()) => Ok(stored),
        Err(StoreError::TooLarge) => {
            let message = format!("The listed fields of workflow {id} are over 400 KB.");
            Ok(Done::Failed(Failure::new(ErrorClass::TooLarge, message), Suspect::Nothing))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::sync::packed_listing::PackedListing,
        domain::{
            diff::Step,
            ids::{CustomerId, JobId},
            listed_workflow::ListedWorkflow,
            time::Timestamp,
            workflow::{Content, LastChange, Workflow},
        },
    };

    /// A workflow whose description has `description` characters.
    fn pending(id: &WorkflowId, description: usize) -> Pending<'_> {
        let item = format!(r#"{{"id":{id},"description":"{}"}}"#, "d".repeat(description));
        let listed = ListedWorkflow::parse(item.as_bytes()).unwrap();
        let last_change = LastChange { job_id: JobId::new(), restarts: 0, kind: WorkflowOutcome::Created };
        let workflow = Workflow::from_listed(listed, None, Content::default(), last_change, Timestamp::EPOCH);
        let step = Step::Store(WorkflowOutcome::Created);
        let task = Task { id, item_ref: PackedListing::default().next(0), stored: None, step, reverify: None };
        let put = Put::new(&CustomerId::new(), workflow, 0, None, None).unwrap();
        Pending { task, put, outcome: WorkflowOutcome::Created, tasks: 0, rewritten: false }
    }

    fn together(ready: &mut WriteQueue<'_>) -> Option<usize> {
        ready.next().map(|together| together.len())
    }

    #[test]
    fn who_comes_while_the_table_has_time_goes_at_once_and_those_that_come_meanwhile_go_together() {
        let id: WorkflowId = "1".parse().unwrap();
        let mut ready = WriteQueue::default();
        assert_eq!(together(&mut ready), None);
        ready.push(pending(&id, 1));
        assert_eq!(together(&mut ready), Some(1));
        (0..12).for_each(|_| ready.push(pending(&id, 1)));
        assert_eq!(together(&mut ready), None, "the table is busy");

        ready.written();

        assert_eq!((together(&mut ready), together(&mut ready)), (Some(12), None));
    }

    #[test]
    fn one_that_is_too_large_for_company_goes_alone_and_no_more_wait_than_a_table_that_is_slow_may_hold_back() {
        let id: WorkflowId = "1".parse().unwrap();
        let mut ready = WriteQueue::default();
        ready.push(pending(&id, 2_000_000));
        (1..MOST).for_each(|_| ready.push(pending(&id, 1)));
        assert!(!ready.has_room());

        assert_eq!(together(&mut ready), Some(1));
        assert!(!ready.has_room(), "it is not written yet");
        ready.written();
        assert_eq!((together(&mut ready), ready.has_room()), (Some(MOST - 1), true));
    }
}

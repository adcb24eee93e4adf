//! The state of the loop over a run's exports: the work under way, its results, and what follows.

use std::{
    collections::{HashMap, VecDeque},
    mem,
};

use super::{
    circuit_breaker::{CircuitBreaker, ExportRound, Then},
    result::Done,
    store::Prepared,
    totals::RunTotals,
    worklist::Task,
    write_queue::{Pending, WriteQueue},
};
use crate::{
    app::interruption::Interruption,
    domain::{failure::Failure, ids::WorkflowId, job::WorkflowError, stats::WorkflowOutcome, time::Timestamp},
    zuora::Export,
};

/// The number of exports that may be waiting to be packed: enough to keep the table busy, few enough to hold little memory.
const IN_HAND: usize = 8;
/// The number of workflows after which the run checks that it is still wanted, besides the checks by time.
const CHECK_EVERY: usize = 100;

/// Zuora's response to an export request: an export, none, or a refusal.
pub(super) enum Answer {
    Export(Option<Export>),
    Not(Done),
}

/// A future in the set of a run.
pub(super) enum Work<'t> {
    Ask(Task<'t>, ExportRound),
    Prepare(Task<'t>, Option<Export>),
    Write(Vec<Pending<'t>>),
    /// The check that the run is still wanted.
    CheckWanted,
    /// The check, after failures, that Zuora still lists.
    Doubt,
}

/// The result of such a future.
pub(super) enum Came<'t> {
    Answered(Task<'t>, Result<Answer, Interruption>),
    Prepared(Task<'t>, Result<Prepared<'t>, Interruption>),
    Written(Vec<(Task<'t>, Result<Done, Interruption>)>),
    Checked(Result<(), Interruption>),
    Listed(Result<(), Interruption>),
}

/// The consequence of that result.
pub(super) enum Sorted<'t> {
    /// The next piece of work.
    Next(Work<'t>),
    /// Workflows that are finished in this round; empty to continue without a result.
    Done(Vec<(Task<'t>, Result<Done, Interruption>)>),
    /// A check has ended: continue, or stop.
    Answered(Result<(), Interruption>),
}

/// The state of the loop over the results.
pub(super) struct Exporting<'t, 'r> {
    pub(super) totals: &'r mut RunTotals,
    pub(super) breaker: CircuitBreaker,
    /// The exports to request in this round.
    pub(super) queue: VecDeque<Task<'t>>,
    /// The workflows that did not answer in time in the first round.
    pub(super) hung: Vec<(Task<'t>, Failure)>,
    /// The workflows that are not finished, with the moments of their reverifications.
    pub(super) open: HashMap<WorkflowId, Option<Timestamp>>,
    pub(super) failed_reverifications: Vec<WorkflowId>,
    pub(super) asked: usize,
    in_hand: usize,
    pub(super) write_queue: WriteQueue<'t>,
    /// True during the check that Zuora still lists: no further export is requested meanwhile.
    in_doubt: bool,
    /// The number of workflows finished since the last check that the run is wanted.
    pub(super) done: usize,
    checking: bool,
}

impl Answer {
    /// The result for a workflow whose export this run will not store any more.
    pub(super) fn or_out_of_time(self) -> Done {
        match self {
            Self::Export(_) => Done::OutOfTime,
            Self::Not(done) => done,
        }
    }
}

impl<'t, 'r> Exporting<'t, 'r> {
    /// The state before the `planned` exports; `worked` is true if an export of this tenant was ever read.
    pub(super) fn new(totals: &'r mut RunTotals, planned: Vec<Task<'t>>, worked: bool) -> Self {
        Self {
            totals,
            breaker: CircuitBreaker::new(worked),
            open: planned.iter().map(|task| (task.id.clone(), task.reverify)).collect(),
            queue: planned.into(),
            hung: Vec::new(),
            failed_reverifications: Vec::new(),
            asked: 0,
            in_hand: 0,
            write_queue: WriteQueue::default(),
            in_doubt: false,
            done: 0,
            checking: false,
        }
    }

    /// Records a result and returns the consequence; `goes_on` is true if the run continues.
    pub(super) fn sort(&mut self, came: Came<'t>, goes_on: bool) -> Sorted<'t> {
        match came {
            Came::Answered(task, answer) => {
                self.asked -= 1;
                match answer {
                    Ok(Answer::Export(export)) if goes_on => {
                        if export.is_some() {
                            self.breaker.answered();
                        }
                        self.in_hand += 1;
                        Sorted::Next(Work::Prepare(task, export))
                    }
                    answer => Sorted::Done(vec![(task, answer.map(Answer::or_out_of_time))]),
                }
            }
            Came::Prepared(task, prepared) => {
                self.in_hand -= 1;
                match prepared {
                    Ok(Prepared::Pending(pending)) => {
                        self.write_queue.push(*pending);
                        Sorted::Done(Vec::new())
                    }
                    Ok(Prepared::Done(done)) => Sorted::Done(vec![(task, Ok(done))]),
                    Err(interruption) => Sorted::Done(vec![(task, Err(interruption))]),
                }
            }
            Came::Written(done) => {
                self.write_queue.written();
                Sorted::Done(done)
            }
            Came::Checked(wanted) => {
                self.checking = false;
                Sorted::Answered(wanted)
            }
            Came::Listed(listed) => {
                self.in_doubt = false;
                Sorted::Answered(listed)
            }
        }
    }

    /// True if this run requests no further export.
    pub(super) const fn is_over(&self) -> bool {
        self.totals.out_of_time || self.totals.broken_off
    }

    pub(super) fn has_room(&self, limit: usize) -> bool {
        let may_ask = !self.is_over() && !self.in_doubt && self.asked < limit;
        may_ask && self.asked + self.in_hand < limit + IN_HAND && self.write_queue.has_room()
    }

    /// True if it is time to check that the run is still wanted; `heartbeat_due` is true if a check is due by time.
    pub(super) fn starts_check(&mut self, heartbeat_due: bool) -> bool {
        let is_time = !self.checking && (self.done >= CHECK_EVERY || heartbeat_due);
        if is_time {
            self.checking = true;
            self.done = 0;
        }
        is_time
    }

    /// Applies a consequence; returns true if the list has to be requested.
    pub(super) fn apply(&mut self, then: Then) -> bool {
        match then {
            Then::GoOn | Then::Denied => return false,
            Then::BreakOff => {
                self.totals.broken_off = true;
                return false;
            }
            Then::Mix => fastrand::shuffle(self.queue.make_contiguous()),
            Then::AskForTheList => {}
        }
        !mem::replace(&mut self.in_doubt, true)
    }

    pub(super) fn count_error(&mut self, id: &WorkflowId, Failure { class, message, .. }: Failure) {
        self.totals.stats.count(WorkflowOutcome::Error);
        self.totals.errors.push(WorkflowError { workflow_id: Some(id.clone()), class, message });
        self.totals.failed_workflows.push(id.clone());
        let reverify = self.close(id);
        self.failed_reverifications.extend(reverify.map(|_| id.clone()));
    }

    /// Marks a workflow as finished; returns the moment of its reverification.
    pub(super) fn close(&mut self, id: &WorkflowId) -> Option<Timestamp> {
        self.open.remove(id).flatten()
    }
}

//! What the loop over a run's exports keeps in mind: what is under way, what came of it, and what follows.

use std::{
    collections::{HashMap, VecDeque},
    mem,
};

use super::{
    Interruption,
    ready::{Pending, Ready},
    series::{Round, Series, Then},
    store::Prepared,
    totals::RunTotals,
    worklist::Task,
};
use crate::{
    domain::{failure::Failure, ids::WorkflowId, job::WorkflowError, stats::WorkflowOutcome, time::Timestamp},
    zuora::Export,
};

/// Exports in hand that are not packed yet: enough that none waits for the table, few enough that little is held in memory.
const IN_HAND: usize = 8;
/// After so many workflows, and now and then, the run asks whether it is still wanted.
const CHECK_EVERY: usize = 100;

/// What became of one workflow.
pub(super) enum Done {
    Stored {
        outcome: WorkflowOutcome,
        tasks: u64,
    },
    /// This workflow failed; the flag says whether Zuora's state may be why.
    Failed(Failure, Suspect),
    /// Zuora did not answer in time.
    Hung(Failure),
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
pub(super) enum Answer {
    Export(Option<Export>),
    Not(Done),
}

/// What is under way.
pub(super) enum Work<'t> {
    Ask(Task<'t>, Round),
    Prepare(Task<'t>, Option<Export>),
    Write(Vec<Pending<'t>>),
    /// Is the run still wanted?
    LookUp,
    /// Failures raised doubts: does Zuora still list?
    Doubt,
}

/// What came of it.
pub(super) enum Came<'t> {
    Answered(Task<'t>, Result<Answer, Interruption>),
    Prepared(Task<'t>, Result<Prepared<'t>, Interruption>),
    Written(Vec<(Task<'t>, Result<Done, Interruption>)>),
    LookedUp(Result<(), Interruption>),
    Listed(Result<(), Interruption>),
}

/// What follows from it.
pub(super) enum Sorted<'t> {
    /// The next thing to do.
    Next(Work<'t>),
    /// Workflows that are done with in this round; none if there is nothing but to go on.
    Done(Vec<(Task<'t>, Result<Done, Interruption>)>),
    /// A question was answered: go on, or not.
    Answered(Result<(), Interruption>),
}

/// What the loop over the answers keeps in mind.
pub(super) struct Exporting<'t, 'r> {
    pub(super) totals: &'r mut RunTotals,
    pub(super) series: Series,
    /// To be asked for in this round.
    pub(super) queue: VecDeque<Task<'t>>,
    /// Not answered in time in the first round.
    pub(super) hung: Vec<(Task<'t>, Failure)>,
    /// Not dealt with yet, with the moments of their re-verifications.
    pub(super) open: HashMap<WorkflowId, Option<Timestamp>>,
    pub(super) failed_reverifications: Vec<WorkflowId>,
    pub(super) asked: usize,
    in_hand: usize,
    pub(super) ready: Ready<'t>,
    /// Whether it is being found out if Zuora is down: nothing new is asked for meanwhile.
    in_doubt: bool,
    /// Dealt with since the run last looked up.
    pub(super) done: usize,
    looking_up: bool,
}

impl Answer {
    /// What became of a workflow whose export will not be stored any more in this run.
    pub(super) fn or_out_of_time(self) -> Done {
        match self {
            Self::Export(_) => Done::OutOfTime,
            Self::Not(done) => done,
        }
    }
}

impl<'t, 'r> Exporting<'t, 'r> {
    /// What is planned lies before it; `worked` says whether an export of this tenant was ever read.
    pub(super) fn new(totals: &'r mut RunTotals, planned: Vec<Task<'t>>, worked: bool) -> Self {
        Self {
            totals,
            series: Series::new(worked),
            open: planned.iter().map(|task| (task.id.clone(), task.reverify)).collect(),
            queue: planned.into(),
            hung: Vec::new(),
            failed_reverifications: Vec::new(),
            asked: 0,
            in_hand: 0,
            ready: Ready::default(),
            in_doubt: false,
            done: 0,
            looking_up: false,
        }
    }

    /// Notes what came; what follows from it, if the run `goes_on`.
    pub(super) fn sort(&mut self, came: Came<'t>, goes_on: bool) -> Sorted<'t> {
        match came {
            Came::Answered(task, answer) => {
                self.asked -= 1;
                match answer {
                    Ok(Answer::Export(export)) if goes_on => {
                        if export.is_some() {
                            self.series.answered();
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
                        self.ready.push(*pending);
                        Sorted::Done(Vec::new())
                    }
                    Ok(Prepared::Done(done)) => Sorted::Done(vec![(task, Ok(done))]),
                    Err(stop) => Sorted::Done(vec![(task, Err(stop))]),
                }
            }
            Came::Written(done) => {
                self.ready.written();
                Sorted::Done(done)
            }
            Came::LookedUp(wanted) => {
                self.looking_up = false;
                Sorted::Answered(wanted)
            }
            Came::Listed(listed) => {
                self.in_doubt = false;
                Sorted::Answered(listed)
            }
        }
    }

    /// Whether nothing more is asked for in this run.
    pub(super) const fn is_over(&self) -> bool {
        self.totals.out_of_time || self.totals.broken_off
    }

    pub(super) fn has_room(&self, limit: usize) -> bool {
        let may_ask = !self.is_over() && !self.in_doubt && self.asked < limit;
        may_ask && self.asked + self.in_hand < limit + IN_HAND && self.ready.has_room()
    }

    /// Whether it is time to ask if the run is still wanted, as it is `now_and_then`.
    pub(super) fn looks_up(&mut self, now_and_then: bool) -> bool {
        let is_time = !self.looking_up && (self.done >= CHECK_EVERY || now_and_then);
        if is_time {
            self.looking_up = true;
            self.done = 0;
        }
        is_time
    }

    /// Does what follows; whether Zuora is to be asked for the list.
    pub(super) fn heeds(&mut self, then: Then) -> bool {
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

    /// A workflow is dealt with; the moment of its re-verification.
    pub(super) fn close(&mut self, id: &WorkflowId) -> Option<Timestamp> {
        self.open.remove(id).flatten()
    }
}

//! A job: one requested piece of work, and every rule of its life. Pure: state in, state out. See D-5 and D-39.
//!
//! What must stay true:
//! - **Which message is live**: whoever changes what is to be done raises `seq` and then sends, so of all messages ever sent
//!   for a job only those with the newest number count, and only in the states where somebody is meant to pick the job up
//!   ([`Job::liveness`]). The sweeper alone sends a copy with the same number: the first to come wins, and its claim makes
//!   the others stale. This one rule covers duplicates, stale retries, redrives and reordering.
//! - A running job has `lock_until`; after that moment nobody works on it (Lambda killed the holder at its deadline).
//! - Attempts are claims that ended by themselves, well or badly. A wait that Zuora asked for is not an attempt; but waits in
//!   a row, with nothing new counted between them, grow longer, and after a day of them the job is given up ([`Job::wait`]).
//! - A row of failures or of waits ends with anything new that was counted, and with a run that ended for lack of time.
//! - A job whose state is `failed` has an error; a `succeeded` one has none and counted no errors.

mod held;
mod pauses;
mod run;
mod settled;
mod silence;
mod state;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::{
    held::{Approval, Approved, Held, HeldKind, Hold, list_hash},
    pauses::{MAX_ATTEMPTS, MAX_WAITING},
    run::{MAX_REQUEST_IDS, MAX_RUNS, Plan, Progress, Run, Traffic, WorkflowError},
    settled::Dismissed,
    silence::{EMPTY_SWEEPS, MAX_OPEN_CLAIMS, MAX_SWEEPS, SWEEP_GRACE, SWEEP_PAUSE},
    state::{Kind, State, Trigger},
};
use super::{
    actor::Actor,
    failure::{ErrorClass, Failure},
    ids::{CustomerId, JobId, WorkflowId},
    stats::Stats,
    time::Timestamp,
};

/// Continuations of one job (each a Lambda run that ended for lack of time) until it is given up.
pub const MAX_CONTINUATIONS: u32 = 100;
/// The retention of ended jobs.
pub const RETENTION: Duration = Duration::from_secs(90 * 24 * 3600);
/// The largest number of workflow errors that a job names.
pub const MAX_LISTED_ERRORS: usize = 100;
/// The largest number of failed workflows that a job remembers for its next run.
const MAX_FAILED_WORKFLOWS: usize = 500;

/// One job; [`crate::aws::jobs`] stores it as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its id, kept over retries.
    pub id: JobId,
    /// The customer that it works for.
    pub customer_id: CustomerId,
    /// The kind of its work.
    pub kind: Kind,
    /// Its state.
    pub state: State,
    /// The person or the mechanism that requested it.
    pub trigger: Trigger,
    /// The caller's Cognito `sub`, when a person asked.
    pub actor: Option<String>,
    /// Their e-mail address at the time, if it was verified. (Absent in items of older backups.)
    #[serde(default)]
    pub actor_email: Option<String>,
    /// Raised before every send; see the head of this file.
    pub seq: u64,
    /// Claims that ended by themselves since the job was asked for or retried.
    pub attempts: u32,
    /// Runs that ended for lack of time and were continued.
    pub continuations: u32,
    /// Times the sweeper sent it again since it was last claimed.
    pub sweeps: u32,
    /// While running: when the holder is certainly dead.
    pub lock_until: Option<Timestamp>,
    /// While queued or waiting: when a message is due.
    pub next_attempt_at: Option<Timestamp>,
    /// A trigger came while it ran: exactly one more job afterwards.
    pub follow_up: bool,
    /// The job that does this one's work instead, when a redrive found another already queued.
    pub superseded_by: Option<JobId>,
    /// Counts of what it did.
    pub stats: Stats,
    /// The first hundred workflow errors.
    pub errors: Vec<WorkflowError>,
    /// The failure that ended the last attempt, if any.
    pub error: Option<Failure>,
    /// The deletions that a guard held back.
    pub held: Option<Held>,
    /// The time of the request.
    pub created_at: Timestamp,
    /// The time of its first claim.
    pub started_at: Option<Timestamp>,
    /// The time at which it ended.
    pub finished_at: Option<Timestamp>,
    /// The time at which its dead letter was sent; none after a redrive.
    pub dead_lettered_at: Option<Timestamp>,
    /// While running: when the worker took it. (Absent in items of older backups, as are all below.)
    #[serde(default)]
    pub claimed_at: Option<Timestamp>,
    /// The result of a dry run.
    #[serde(default)]
    pub plan: Option<Plan>,
    /// The deletions that this sync may make beyond the guard's limits.
    #[serde(default)]
    pub approval: Option<Approval>,
    /// Somebody asked to stop it: the run ends at its next look.
    #[serde(default)]
    pub cancel_requested: bool,
    /// While running: how far it has come.
    #[serde(default)]
    pub progress: Option<Progress>,
    /// Its runs so far, the last [`MAX_RUNS`].
    #[serde(default)]
    pub runs: Vec<Run>,
    /// Waits in a row, with nothing new counted between them.
    #[serde(default)]
    pub waits: u32,
    /// Since when it waits with nothing new counted.
    #[serde(default)]
    pub waiting_since: Option<Timestamp>,
    /// Transient failures in a row, with nothing new counted between them.
    #[serde(default)]
    pub failures_in_a_row: u32,
    /// The most workflows that one of its runs had counted when it stopped early.
    #[serde(default, alias = "counted_at_wait")]
    pub counted: u64,
    /// Workflows that failed or hung in its runs so far: its next run takes them last.
    #[serde(default)]
    pub failed_workflows: Vec<WorkflowId>,
    /// The number of restarts after a failure: earlier work does not count as this start's.
    #[serde(default)]
    pub restarts: u32,
    /// Sweeps in a row that found it silent and the queue empty.
    #[serde(default)]
    pub empty_sweeps: u32,
    /// The state in which the dashboard counts it since it was last stored; see [`Job::counts_as`].
    #[serde(default)]
    pub counted_as: Option<State>,
    /// Claims in a row whose run never ended, the present one included: each but that one is a worker that died.
    #[serde(default)]
    pub open_claims: u32,
    /// The person who decided that nothing has to be done about its failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dismissed: Option<Dismissed>,
}

/// The meaning of a message for the job it points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liveness {
    /// Claim the job.
    Live,
    /// Live, but the job still waits.
    TooEarly,
    /// Acknowledge it unseen: a duplicate, or one that a later message replaced.
    Stale,
}

/// The next step of a job that failed transiently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// It waits for `next_attempt_at`.
    Waits,
    /// It was given up: a dead letter is due.
    GivenUp,
}

impl Job {
    /// A new job, queued, due at `due`.
    pub fn new(
        kind: Kind,
        customer_id: CustomerId,
        trigger: Trigger,
        actor: Option<Actor>,
        now: Timestamp,
        due: Timestamp,
    ) -> Self {
        let (actor, actor_email) = actor.map(|actor| (actor.sub, actor.email)).unzip();
        Self {
            id: JobId::new(),
            customer_id,
            kind,
            state: State::Queued,
            trigger,
            actor,
            actor_email: actor_email.flatten(),
            seq: 1,
            attempts: 0,
            continuations: 0,
            sweeps: 0,
            lock_until: None,
            next_attempt_at: Some(due),
            follow_up: false,
            superseded_by: None,
            stats: Stats::default(),
            errors: Vec::new(),
            error: None,
            held: None,
            created_at: now,
            started_at: None,
            finished_at: None,
            dead_lettered_at: None,
            claimed_at: None,
            plan: None,
            approval: None,
            cancel_requested: false,
            progress: None,
            runs: Vec::new(),
            waits: 0,
            waiting_since: None,
            failures_in_a_row: 0,
            counted: 0,
            failed_workflows: Vec::new(),
            restarts: 0,
            empty_sweeps: 0,
            counted_as: None,
            open_claims: 0,
            dismissed: None,
        }
    }

    /// The person who asked for it.
    pub fn requester(&self) -> Option<Actor> {
        Some(Actor { sub: self.actor.clone()?, email: self.actor_email.clone() })
    }

    /// The state in which the dashboard counts it: one that is under way, and a failed one on which somebody can act. The
    /// others count for the hour in which they ended.
    pub fn counts_as(&self) -> Option<State> {
        (!self.state.is_ended() || self.is_open_failure()).then_some(self.state)
    }

    /// True if it works on the customer alone, under its lock: everything that writes workflows.
    pub const fn is_exclusive(&self) -> bool {
        !self.kind.is_question()
    }

    /// True if it holds back deletions that nobody has approved. After a later complete sync, nothing is held any more.
    pub fn awaits_approval(&self) -> bool {
        self.state == State::Held
            && self.kind == Kind::Sync
            && self.held.as_ref().is_some_and(|held| held.approved.is_none())
    }

    /// Decides if a message with `seq` counts now.
    pub fn liveness(&self, seq: u64, now: Timestamp) -> Liveness {
        if seq != self.seq {
            return Liveness::Stale;
        }
        match self.state {
            State::Queued | State::Failed => Liveness::Live,
            State::Waiting => match self.next_attempt_at {
                // SQS delays by whole seconds, so a message may come up to one second before its moment.
                Some(due) if due > now.plus(Duration::from_secs(1)) => Liveness::TooEarly,
                _ => Liveness::Live,
            },
            State::Running if self.lock_until.is_none_or(|until| until <= now) => Liveness::Live,
            State::Running | State::Succeeded | State::Held | State::Incomplete | State::Cancelled => Liveness::Stale,
        }
    }

    /// A worker takes the job until `lock_until`. A failed one starts anew, as after [`Job::requeue`].
    pub fn claim(&mut self, now: Timestamp, lock_until: Timestamp) {
        if self.state == State::Failed {
            self.start_anew();
        }
        self.state = State::Running;
        self.sweeps = 0;
        self.empty_sweeps = 0;
        self.open_claims += 1;
        self.started_at.get_or_insert(now);
        self.lock_until = Some(lock_until);
        self.claimed_at = Some(now);
        self.next_attempt_at = None;
    }

    /// Writes the run that just ended into the job's history; call after the job has moved on.
    pub fn record_run(&mut self, started_at: Timestamp, traffic: Traffic, now: Timestamp) {
        self.open_claims = 0;
        self.runs.push(Run {
            started_at,
            ended_at: now,
            state: self.state,
            traffic,
            waits_until: self.next_attempt_at.filter(|_| self.state == State::Waiting),
            error: self.error.clone(),
        });
        let surplus = self.runs.len().saturating_sub(MAX_RUNS);
        self.runs.drain(..surplus);
    }

    /// The job ended with a result: `succeeded`, `incomplete` or `held`.
    pub fn finish(&mut self, state: State, now: Timestamp) {
        self.attempts += 1;
        self.end(state, now);
        if state == State::Succeeded {
            self.error = None;
        }
    }

    /// The job is no longer wanted.
    pub fn cancel(&mut self, reason: &str, now: Timestamp) {
        self.end(State::Cancelled, now);
        self.error = Some(Failure::new(ErrorClass::Cancelled, reason));
    }

    /// An attempt failed for good: a dead letter is due.
    pub fn fail(&mut self, failure: Failure, now: Timestamp) {
        self.attempts += 1;
        self.give_up(failure, now);
    }

    /// The run ended for lack of time with work left: another goes on at once; false if the job failed instead, at the cap.
    pub fn go_on(&mut self, now: Timestamp) -> bool {
        self.continuations += 1;
        if self.continuations > MAX_CONTINUATIONS {
            let message = format!("The sync was not finished after {MAX_CONTINUATIONS} runs.");
            self.give_up(Failure::new(ErrorClass::TooLarge, message), now);
            return false;
        }
        self.release(State::Queued, Some(now));
        // This run did not fail; what an earlier one failed or waited for is past.
        self.error = None;
        self.end_rows();
        true
    }

    /// Remembers workflows that failed or hung, as many as there is room for.
    pub fn remember_failed(&mut self, ids: impl IntoIterator<Item = WorkflowId>) {
        for id in ids {
            if self.failed_workflows.len() < MAX_FAILED_WORKFLOWS && !self.failed_workflows.contains(&id) {
                self.failed_workflows.push(id);
            }
        }
    }

    /// A message came too early (SQS delays by a quarter of an hour at most): another one takes its place.
    pub fn reschedule(&mut self) {
        self.seq += 1;
    }

    /// The worker could not start yet (a lock is held): the message comes again at `until`.
    pub fn postpone(&mut self, until: Timestamp) {
        self.release(State::Queued, Some(until));
    }

    /// An operator retries or redrives a failed job: it starts anew, under the same id.
    pub fn requeue(&mut self, now: Timestamp) {
        self.start_anew();
        self.release(State::Queued, Some(now));
    }

    fn start_anew(&mut self) {
        self.restarts += 1;
        self.end_rows();
        self.counted = 0;
        self.attempts = 0;
        self.continuations = 0;
        self.sweeps = 0;
        self.empty_sweeps = 0;
        self.open_claims = 0;
        self.started_at = None;
        self.follow_up = false;
        self.error = None;
        self.held = None;
        self.finished_at = None;
        self.dead_lettered_at = None;
        self.superseded_by = None;
        self.dismissed = None;
        self.cancel_requested = false;
    }

    fn release(&mut self, state: State, due: Option<Timestamp>) {
        self.state = state;
        self.seq += 1;
        self.lock_until = None;
        self.claimed_at = None;
        self.progress = None;
        self.next_attempt_at = due;
    }

    fn end(&mut self, state: State, now: Timestamp) {
        self.release(state, None);
        self.failed_workflows.clear();
        self.finished_at = Some(now);
    }

    fn give_up(&mut self, failure: Failure, now: Timestamp) {
        self.end(State::Failed, now);
        self.error = Some(failure.for_good());
        self.dead_lettered_at = (!self.kind.is_question()).then_some(now);
    }
}

#[cfg(test)]
mod tests;

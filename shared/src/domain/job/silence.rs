//! Jobs of which nothing is heard: their message is gone, their worker died, or they wait their turn in a long queue.
//! See D-54.
//!
//! What must stay true: a job that may only be waiting its turn is never given up as lost, and nothing that is done about its silence
//! costs it its place in the queue.

use std::time::Duration;

use super::{AfterFailure, Job, State};
use crate::domain::{
    failure::{ErrorClass, Failure},
    time::Timestamp,
};

/// Times the sweeper sends a silent job again, at least, before it is given up as lost.
pub const MAX_SWEEPS: u32 = 3;
/// Sweeps in a row, the last one included, that must have found the queue empty before a job is given up as lost.
pub const EMPTY_SWEEPS: u32 = 2;
/// Workers that may die over a job, one after the other, until it is given up as lost: two messages' worth of deliveries.
pub const MAX_OPEN_CLAIMS: u32 = 10;
/// How long a job may be overdue, or its lock expired, before the sweeper sends it again.
pub const SWEEP_GRACE: Duration = Duration::from_secs(600);
/// How long the sweeper waits before it sends the same job once more.
pub const SWEEP_PAUSE: Duration = Duration::from_secs(3600);

impl Job {
    /// Whether the sweeper has to act: nothing has happened for [`SWEEP_GRACE`] after something should have, or for
    /// [`SWEEP_PAUSE`] after it was sent again.
    pub fn is_silent(&self, now: Timestamp) -> bool {
        let due = match self.state {
            State::Queued | State::Waiting => self.next_attempt_at.unwrap_or(self.created_at),
            State::Running => self.lock_until.unwrap_or(self.created_at),
            _ => return false,
        };
        due.plus(if self.sweeps == 0 { SWEEP_GRACE } else { SWEEP_PAUSE }) <= now
    }

    /// The sweeper has a silent job sent again, or gives it up as lost. While the queue holds messages the
    /// job's may be among them, so it takes an empty one, and more than one look at it: its depth is approximate. The copy has the
    /// number of the first message, and the first to come wins.
    pub fn sweep(&mut self, queue_is_empty: bool, now: Timestamp) -> AfterFailure {
        self.empty_sweeps = if queue_is_empty { self.empty_sweeps + 1 } else { 0 };
        let vanished = self.sweeps >= MAX_SWEEPS && self.empty_sweeps >= EMPTY_SWEEPS;
        let message = if self.open_claims >= MAX_OPEN_CLAIMS {
            format!("{} workers in a row died over the job.", self.open_claims)
        } else if vanished {
            format!("The job was sent again {} times without an answer.", self.sweeps)
        } else {
            self.sweeps += 1;
            let seq = self.seq;
            self.release(State::Queued, Some(now));
            self.seq = seq;
            return AfterFailure::Waits;
        };
        self.give_up(Failure::new(ErrorClass::Lost, message), now);
        AfterFailure::GivenUp
    }
}

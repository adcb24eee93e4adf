//! Silent jobs: their message is lost, their worker died, or they wait their turn in a long queue. See D-54.
//!
//! What must stay true: a job that may only be waiting its turn is never given up as lost, and no action on its silence costs
//! it its position in the queue.

use std::time::Duration;

use super::{AfterFailure, Job, State};
use crate::domain::{
    failure::{ErrorClass, Failure},
    time::Timestamp,
};

/// The least number of times that the sweeper sends a silent job again before it gives it up as lost.
pub const MAX_SWEEPS: u32 = 3;
/// The number of sweeps in a row, up to the last one, that must have found the queue empty before a job is given up as lost.
pub const EMPTY_SWEEPS: u32 = 2;
/// The number of workers in a row that may die over a job before it is given up as lost: the deliveries of two messages.
pub const MAX_OPEN_CLAIMS: u32 = 10;
/// The time for which a job may be overdue, or its lock expired, before the sweeper sends it again.
pub const SWEEP_GRACE: Duration = Duration::from_secs(600);
/// The time before the sweeper sends the same job once more.
pub const SWEEP_PAUSE: Duration = Duration::from_secs(3600);

impl Job {
    /// True if the sweeper has to act: nothing has happened for [`SWEEP_GRACE`] after something should have, or for
    /// [`SWEEP_PAUSE`] after the job was sent again.
    pub fn is_silent(&self, now: Timestamp) -> bool {
        let due = match self.state {
            State::Queued | State::Waiting => self.next_attempt_at.unwrap_or(self.created_at),
            State::Running => self.lock_until.unwrap_or(self.created_at),
            _ => return false,
        };
        due.plus(if self.sweeps == 0 { SWEEP_GRACE } else { SWEEP_PAUSE }) <= now
    }

    /// Sends a silent job again, or gives it up as lost. While the queue holds messages the job's may be among them, so giving
    /// up takes an empty queue, seen more than once because its depth is approximate. The repeated message has the number of
    /// the first one, and the first to arrive wins.
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

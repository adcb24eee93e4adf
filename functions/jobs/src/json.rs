//! Jobs and dead letters as clients see them.

use serde::Serialize;
use shared::{
    aws::dead_letters::Unreadable,
    domain::{
        failure::Failure,
        ids::{CustomerId, JobId},
        job::{Held, Job, Kind, State, Trigger, WorkflowError},
        stats::Stats,
        time::Timestamp,
    },
};

/// A job. What only the queue rules need (`seq`, `lock_until`) is not shown.
#[derive(Debug, Serialize)]
pub struct JobJson {
    id: JobId,
    customer_id: CustomerId,
    kind: Kind,
    state: State,
    trigger: Trigger,
    actor: Option<String>,
    attempts: u32,
    stats: Stats,
    errors: Vec<WorkflowError>,
    error: Option<Failure>,
    held: Option<Held>,
    follow_up: bool,
    superseded_by: Option<JobId>,
    created_at: Timestamp,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    next_attempt_at: Option<Timestamp>,
    dead_lettered_at: Option<Timestamp>,
}

impl From<Job> for JobJson {
    fn from(job: Job) -> Self {
        Self {
            id: job.id,
            customer_id: job.customer_id,
            kind: job.kind,
            state: job.state,
            trigger: job.trigger,
            actor: job.actor,
            attempts: job.attempts,
            stats: job.stats,
            errors: job.errors,
            error: job.error,
            held: job.held,
            follow_up: job.follow_up,
            superseded_by: job.superseded_by,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            next_attempt_at: job.next_attempt_at,
            dead_lettered_at: job.dead_lettered_at,
        }
    }
}

/// A dead letter: of a job, or a message that nobody could read.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum DeadLetterJson {
    /// A job that was given up.
    OfJob {
        /// The job.
        job_id: JobId,
        /// Whose.
        customer_id: CustomerId,
        /// What it was to do.
        kind: Kind,
        /// Why it was given up.
        error: Option<Failure>,
        /// Attempts made.
        attempts: u32,
        /// When.
        dead_lettered_at: Option<Timestamp>,
    },
    /// An unreadable message.
    Unreadable(Unreadable),
}

impl From<Job> for DeadLetterJson {
    fn from(job: Job) -> Self {
        Self::OfJob {
            job_id: job.id,
            customer_id: job.customer_id,
            kind: job.kind,
            error: job.error,
            attempts: job.attempts,
            dead_lettered_at: job.dead_lettered_at,
        }
    }
}

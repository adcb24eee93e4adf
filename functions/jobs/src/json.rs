//! Jobs and dead letters as clients see them.

use serde::Serialize;
use shared::{
    app::offers::Offer,
    aws::dead_letters::UnreadableLetter,
    domain::{
        actions::JobAction,
        failure::Failure,
        ids::{CustomerId, JobId},
        job::{Approval, Dismissed, Held, Job, Kind, Plan, Progress, Run, State, Trigger, WorkflowError},
        stats::Stats,
        time::Timestamp,
    },
};
use utoipa::ToSchema;

/// The number of workflow errors, and of held workflows, that a list names per job: two hundred jobs must fit one Lambda
/// response of 6 MB.
const NAMED_IN_A_LIST: usize = 10;

/// A job. What only the queue rules need (`seq`, `lock_until`) is not shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobJson {
    id: JobId,
    customer_id: CustomerId,
    kind: Kind,
    state: State,
    trigger: Trigger,
    actor: Option<String>,
    actor_email: Option<String>,
    attempts: u32,
    stats: Stats,
    errors: Vec<WorkflowError>,
    error: Option<Failure>,
    held: Option<Held>,
    approval: Option<Approval>,
    /// True if `kind` is `plan`.
    dry_run: bool,
    /// The result of a dry run; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Plan>,
    progress: Option<Progress>,
    /// The last runs, oldest first; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    runs: Option<Vec<Run>>,
    cancel_requested: bool,
    follow_up: bool,
    superseded_by: Option<JobId>,
    dismissed: Option<Dismissed>,
    created_at: Timestamp,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    next_attempt_at: Option<Timestamp>,
    dead_lettered_at: Option<Timestamp>,
    /// The actions open to the caller now.
    actions: Vec<JobAction>,
    /// Why a failed job cannot be retried now, for callers who may retry it.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_refused: Option<String>,
}

impl JobJson {
    /// A job by itself.
    pub fn new(job: Job, offer: Offer) -> Self {
        Self {
            id: job.id,
            customer_id: job.customer_id,
            kind: job.kind,
            state: job.state,
            trigger: job.trigger,
            actor: job.actor,
            actor_email: job.actor_email,
            attempts: job.attempts,
            stats: job.stats,
            errors: job.errors,
            error: job.error,
            held: job.held,
            approval: job.approval,
            dry_run: job.kind == Kind::Plan,
            plan: job.plan,
            progress: job.progress,
            runs: Some(job.runs),
            cancel_requested: job.cancel_requested,
            follow_up: job.follow_up,
            superseded_by: job.superseded_by,
            dismissed: job.dismissed,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            next_attempt_at: job.next_attempt_at,
            dead_lettered_at: job.dead_lettered_at,
            actions: offer.actions,
            retry_refused: offer.retry_refused,
        }
    }

    /// A job as one of many: its runs and the long lists are shown when it is read by itself.
    pub fn in_list(job: Job, offer: Offer) -> Self {
        let mut short = Self { runs: None, plan: None, ..Self::new(job, offer) };
        short.errors.truncate(NAMED_IN_A_LIST);
        if let Some(held) = &mut short.held {
            held.workflow_ids.truncate(NAMED_IN_A_LIST);
        }
        short
    }
}

/// A dead letter: of a job, or a message that nobody could read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = DeadLetter)]
pub enum DeadLetterJson {
    /// A job that was given up.
    OfJob {
        /// The job.
        job_id: JobId,
        /// The customer that the job belongs to.
        customer_id: CustomerId,
        /// The kind of its work.
        kind: Kind,
        /// The failure with which it was given up.
        error: Option<Failure>,
        /// Attempts made.
        attempts: u32,
        /// The time at which it was given up.
        dead_lettered_at: Option<Timestamp>,
        /// The actions open to the caller on the job now.
        actions: Vec<JobAction>,
        /// Why the job cannot be retried now, for callers who may retry it.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_refused: Option<String>,
    },
    /// An unreadable message.
    Unreadable {
        #[serde(flatten)]
        message: UnreadableLetter,
        /// The actions open to the caller. It goes by itself after 14 days.
        actions: Vec<UnreadableAction>,
    },
}

/// An action on an unreadable message.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnreadableAction {
    /// Remove it.
    Delete,
}

impl DeadLetterJson {
    /// A message that nobody could read.
    pub const fn unreadable(message: UnreadableLetter, actions: Vec<UnreadableAction>) -> Self {
        Self::Unreadable { message, actions }
    }

    /// The dead letter of a job.
    pub fn of_job(job: Job, offer: Offer) -> Self {
        Self::OfJob {
            job_id: job.id,
            customer_id: job.customer_id,
            kind: job.kind,
            error: job.error,
            attempts: job.attempts,
            dead_lettered_at: job.dead_lettered_at,
            actions: offer.actions,
            retry_refused: offer.retry_refused,
        }
    }
}

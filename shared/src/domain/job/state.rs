//! The kinds, states and triggers of a job.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The kind of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobKind)]
pub enum Kind {
    /// Brings the copy of a customer's workflows up to date.
    Sync,
    /// A dry run: reports what a sync would do.
    Plan,
    /// Removes everything of a deleted customer.
    Purge,
    /// Tests the stored credentials.
    Test,
}

impl Kind {
    /// The name in the API and in stored jobs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Plan => "plan",
            Self::Purge => "purge",
            Self::Test => "test",
        }
    }

    /// True for a question: it runs beside all other jobs, a person waits for its answer, and it leaves nothing else behind. A
    /// missing answer is no loss: the person asks again.
    pub const fn is_question(self) -> bool {
        match self {
            Self::Sync | Self::Purge => false,
            Self::Plan | Self::Test => true,
        }
    }
}

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobState)]
pub enum State {
    /// A message is on its way to a worker.
    Queued,
    /// A worker holds it.
    Running,
    /// It continues at `next_attempt_at`.
    Waiting,
    /// Done, without a fault.
    Succeeded,
    /// Done, but deletions (or the whole result) are held for an approval.
    Held,
    /// Done as far as possible: something was not read or not stored; nothing was deleted for it.
    Incomplete,
    /// Failed for good; a dead letter waits to be redriven.
    Failed,
    /// No longer needed: the customer was paused or deleted, or an admin cancelled the job.
    Cancelled,
}

impl State {
    /// Every state, in the order of a job's life.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Running,
        Self::Waiting,
        Self::Succeeded,
        Self::Held,
        Self::Incomplete,
        Self::Failed,
        Self::Cancelled,
    ];

    /// True if nothing more happens by itself.
    pub const fn is_ended(self) -> bool {
        match self {
            Self::Queued | Self::Running | Self::Waiting => false,
            Self::Succeeded | Self::Held | Self::Incomplete | Self::Failed | Self::Cancelled => true,
        }
    }

    /// The name in the API, in logs and in keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Held => "held",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The cause of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The schedule.
    Schedule,
    /// A person, through the API.
    Manual,
    /// The customer was created.
    Created,
    /// The customer's credentials or base URL were changed.
    CredentialsChanged,
    /// A request that arrived while another sync of the customer ran.
    FollowUp,
    /// A person approved what an earlier sync held.
    Approval,
    /// The customer was deleted.
    Deleted,
}

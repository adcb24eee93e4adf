//! The words of a job: what it does, where it stands, who asked.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobKind)]
pub enum Kind {
    /// Brings the copy of a customer's workflows up to date.
    Sync,
    /// A dry run: tells what a sync would do.
    Plan,
    /// Removes everything of a deleted customer.
    Purge,
    /// Tries the stored credentials.
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

    /// Whether it is a question: it works beside all others, somebody waits for its answer, and that is all it leaves behind. An answer
    /// that was not given is no loss: who wanted it asks again.
    pub const fn is_question(self) -> bool {
        match self {
            Self::Sync | Self::Purge => false,
            Self::Plan | Self::Test => true,
        }
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobState)]
pub enum State {
    /// A message is on its way to a worker.
    Queued,
    /// A worker holds it.
    Running,
    /// It goes on at `next_attempt_at`.
    Waiting,
    /// Done, nothing wrong.
    Succeeded,
    /// Done, but a guard held deletions (or the whole result) back for a person to approve.
    Held,
    /// Done as far as possible; something was not read or not stored, nothing was deleted for it.
    Incomplete,
    /// Given up; a dead letter waits to be redriven.
    Failed,
    /// No longer wanted: the customer was paused or deleted, or an admin cancelled it.
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

    /// Whether nothing more happens by itself.
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

/// Who or what asked for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The hourly rule.
    Schedule,
    /// A person, through the API.
    Manual,
    /// The customer was created.
    Created,
    /// The customer's credentials or base URL were changed.
    CredentialsChanged,
    /// A trigger that came while another sync of the customer ran.
    FollowUp,
    /// A person approved what an earlier sync had held back.
    Approval,
    /// The customer was deleted.
    Deleted,
}

//! Failures that need nobody any more: another job did the work, or a person dismissed them. See D-70.
//!
//! What must stay true: the job stays `failed`, with its error; only its dead letter, and its messages, no longer count.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Job, State};
use crate::domain::{actor::Actor, ids::JobId, time::Timestamp};

/// The dismissal of a failed job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Dismissed {
    /// The Cognito `sub` of the person.
    pub actor: String,
    /// Their e-mail address at the time, if it was verified.
    pub actor_email: Option<String>,
    /// The moment.
    pub at: Timestamp,
}

impl Job {
    /// True if it failed and somebody may have to act: no other job did its work meanwhile, and nobody dismissed it.
    pub fn is_open_failure(&self) -> bool {
        self.state == State::Failed && self.dead_lettered_at.is_some()
    }

    /// Another job does this one's work: the failure stays in the history, its dead letter is settled.
    pub fn supersede(&mut self, by: JobId) {
        self.superseded_by = Some(by);
        self.close();
    }

    /// A person says that nothing has to be done about the failure.
    pub fn dismiss(&mut self, actor: Actor, now: Timestamp) {
        self.dismissed = Some(Dismissed { actor: actor.sub, actor_email: actor.email, at: now });
        self.close();
    }

    /// Its messages and its dead letter no longer count.
    fn close(&mut self) {
        self.seq += 1;
        self.dead_lettered_at = None;
    }
}

//! A batch: a sync of all customers that one request asks for, and that is served minute by minute. See D-57.
//!
//! What must stay true: customers are served in the order of their ids, so a place in it stays whatever is edited meanwhile; a batch
//! knows its place, and each customer the last batch that asked for its sync, so whoever is stopped at any line and begins again asks
//! nobody twice.

use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

use super::{
    ids::{BatchId, CustomerId, JobId},
    time::Timestamp,
};

/// How long one round is: what may be asked for in a minute is the measure.
pub const ROUND: Duration = Duration::from_secs(60);
/// How long a batch can be looked at after it was asked for.
pub const RETENTION: Duration = Duration::from_secs(90 * 86_400);

/// What a sync of many customers led to, customer by customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SyncsAskedFor)]
pub struct Asked {
    /// New jobs.
    pub placed: u64,
    /// Customers whose sync was under way already; a running one is followed by one more.
    pub joined: u64,
    /// Customers that are paused, or gone by now, or whose record cannot be read.
    pub skipped: u64,
    /// Customers that could not be served, or whose job is stored and is sent some minutes late.
    pub failed: u64,
}

impl Asked {
    /// How many customers that is.
    pub const fn total(&self) -> u64 {
        self.placed + self.joined + self.skipped + self.failed
    }

    /// Both together.
    #[must_use]
    pub const fn plus(&self, other: &Self) -> Self {
        Self {
            placed: self.placed + other.placed,
            joined: self.joined + other.joined,
            skipped: self.skipped + other.skipped,
            failed: self.failed + other.failed,
        }
    }
}

/// One batch; [`crate::aws::batches`] stores it as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// Who asked: the Cognito `sub`.
    pub actor: String,
    /// With which request.
    pub request_id: String,
    /// When.
    pub created_at: Timestamp,
    /// How many customers there were then.
    pub of: u64,
    /// What became of those that were served.
    pub asked: Asked,
    /// The last customer that was served.
    pub reached: Option<CustomerId>,
    /// When the next round may begin.
    pub next_round_at: Timestamp,
    /// When the last customer was served.
    pub finished_at: Option<Timestamp>,
}

/// That a customer was served, and how; kept with the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// By which batch.
    pub batch_id: BatchId,
    /// The job that does what it asked for.
    pub job_id: JobId,
    /// Whether that one was under way already.
    pub joined: bool,
}

impl Batch {
    /// A batch that begins at once.
    pub fn new(actor: String, request_id: String, of: u64, now: Timestamp) -> Self {
        Self {
            id: BatchId::new(),
            actor,
            request_id,
            created_at: now,
            of,
            asked: Asked::default(),
            reached: None,
            next_round_at: now,
            finished_at: None,
        }
    }

    /// Whether a round may begin.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.finished_at.is_none() && self.next_round_at <= now
    }

    /// The customers up to this one were served.
    pub fn advance(&mut self, asked: &Asked, reached: CustomerId) {
        self.asked = self.asked.plus(asked);
        self.reached = Some(reached);
    }
}

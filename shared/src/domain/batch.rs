//! A batch: a sync of all customers, asked for by one request and served in rounds of a minute. See D-57.
//!
//! What must stay true: customers are served in the order of their ids, so edits do not move the position in it. A batch knows
//! its position, and each customer knows the last batch that asked for its sync. So a round that is stopped at any line and
//! begins again asks for no sync twice.

use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

use super::{
    actor::Actor,
    ids::{BatchId, CustomerId, JobId},
    time::Timestamp,
};

/// The length of one round: the limits of requests count by the minute.
pub const ROUND: Duration = Duration::from_secs(60);
/// The time for which a batch can be read after its creation.
pub const RETENTION: Duration = Duration::from_secs(90 * 86_400);

/// The results of asking for the syncs of many customers, counted by customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SyncsAskedFor)]
pub struct Asked {
    /// New jobs.
    pub placed: u64,
    /// Customers whose sync was under way already; a running one is followed by another.
    pub joined: u64,
    /// Customers that are paused, or gone by now, or whose record cannot be read.
    pub skipped: u64,
    /// Customers that could not be served, or whose job is stored but reaches the queue some minutes late.
    pub failed: u64,
}

impl Asked {
    /// The number of customers.
    pub const fn total(&self) -> u64 {
        self.placed + self.joined + self.skipped + self.failed
    }

    /// The sum of both.
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

/// One batch, in the form that [`crate::aws::batches`] stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// The Cognito `sub` of the person who asked for it.
    pub actor: String,
    /// Their e-mail address at the time, if it was verified. (Absent in items of older backups.)
    #[serde(default)]
    pub actor_email: Option<String>,
    /// The id of the request that asked for it.
    pub request_id: String,
    /// The moment of the request.
    pub created_at: Timestamp,
    /// The number of customers at that moment.
    pub of: u64,
    /// The results for the customers that were served.
    pub asked: Asked,
    /// The last customer that was served; none before the first.
    pub reached: Option<CustomerId>,
    /// The earliest moment of the next round.
    pub next_round_at: Timestamp,
    /// The moment at which the last customer was served.
    pub finished_at: Option<Timestamp>,
}

/// The note, kept with a customer, that a batch served it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// The batch.
    pub batch_id: BatchId,
    /// The sync that the customer got.
    pub job_id: JobId,
    /// True if that sync was under way already.
    pub joined: bool,
}

impl Batch {
    /// A batch that begins at once.
    pub fn new(actor: Actor, request_id: String, of: u64, now: Timestamp) -> Self {
        Self {
            id: BatchId::new(),
            actor: actor.sub,
            actor_email: actor.email,
            request_id,
            created_at: now,
            of,
            asked: Asked::default(),
            reached: None,
            next_round_at: now,
            finished_at: None,
        }
    }

    /// True if a round may begin.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.finished_at.is_none() && self.next_round_at <= now
    }

    /// Records a round: the customers up to `reached` were served.
    pub fn advance(&mut self, asked: &Asked, reached: CustomerId) {
        self.asked = self.asked.plus(asked);
        self.reached = Some(reached);
    }
}

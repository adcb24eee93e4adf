//! What the claims of a job did: one entry a claim, so that an operator sees times, traffic and waits without reading logs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::State;
use crate::domain::{
    failure::{ErrorClass, Failure},
    ids::WorkflowId,
    time::Timestamp,
};

/// How many runs a job remembers; the oldest go first.
pub const MAX_RUNS: usize = 20;
/// How many of Zuora's request ids a run remembers.
pub const MAX_REQUEST_IDS: usize = 10;

/// What was asked of Zuora.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Traffic {
    /// Requests sent, repeated ones included, token requests not.
    pub requests: u64,
    /// Token requests.
    pub token_requests: u64,
    /// Pages of the listing that were read.
    pub pages: u64,
    /// Exports that were read.
    pub exports: u64,
    /// Answers that asked us to wait.
    pub rate_limited: u64,
    /// Requests that were in flight at the same time, at most.
    #[serde(default)]
    #[schema(required = true)]
    pub in_flight: u64,
    /// How often fewer were let in, because Zuora asked for a pause, was overloaded or did not answer in time.
    #[serde(default)]
    #[schema(required = true)]
    pub throttles: u64,
    /// Zuora's ids of requests that failed, which its support asks for; the last few.
    pub zuora_request_ids: Vec<String>,
}

/// One claim of a job, from the moment a worker took it until it let go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// When the worker took the job.
    pub started_at: Timestamp,
    /// When it let go.
    pub ended_at: Timestamp,
    /// What the job was afterwards.
    pub state: State,
    /// What was asked of Zuora meanwhile.
    #[serde(flatten)]
    pub traffic: Traffic,
    /// Until when the job waits then, if it does.
    pub waits_until: Option<Timestamp>,
    /// Why it did not end well.
    pub error: Option<Failure>,
}

/// How far the present run has come. A rough sketch, written every few seconds: stats are exact, and written at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// Pages of the listing read so far.
    pub pages: u64,
    /// Workflows seen in them.
    pub listed: u64,
    /// Workflows that have to be exported, once the listing is read.
    pub to_export: Option<u64>,
    /// Those that are done.
    pub exported: u64,
    /// When this was written.
    pub updated_at: Timestamp,
}

/// What a dry run would have done, besides its stats.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// The first hundred workflows that would be created.
    pub created: Vec<WorkflowId>,
    /// The first hundred that would be updated.
    pub updated: Vec<WorkflowId>,
    /// The first hundred that would be deleted.
    pub deleted: Vec<WorkflowId>,
    /// How many definitions would be looked at though the listing shows no change.
    pub reverifications: u64,
}

/// One workflow that could not be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkflowError {
    /// Zuora's id; absent for a listed item without a usable id.
    pub workflow_id: Option<WorkflowId>,
    /// The class of the failure.
    pub class: ErrorClass,
    /// One sentence for people.
    pub message: String,
}

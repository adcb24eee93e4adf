//! The runs of a job: one entry per claim, so that an operator sees times, traffic and waits without reading logs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::State;
use crate::domain::{
    failure::{ErrorClass, Failure},
    ids::WorkflowId,
    time::Timestamp,
};

/// The number of runs that a job keeps; the oldest are dropped first.
pub const MAX_RUNS: usize = 20;
/// The number of Zuora's request ids that a run keeps.
pub const MAX_REQUEST_IDS: usize = 10;

/// A run's requests to Zuora.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Traffic {
    /// Requests sent, including repetitions, without token requests.
    pub requests: u64,
    /// Token requests.
    pub token_requests: u64,
    /// Pages of the listing that were read.
    pub pages: u64,
    /// Exports that were read.
    pub exports: u64,
    /// Responses that asked us to wait.
    pub rate_limited: u64,
    /// The largest number of concurrent requests.
    #[serde(default)]
    #[schema(required = true)]
    pub in_flight: u64,
    /// The number of times that the limit of concurrent requests was halved, because Zuora asked for a pause, was overloaded or
    /// did not answer in time.
    #[serde(default)]
    #[schema(required = true)]
    pub throttles: u64,
    /// Zuora's ids of the last failed requests, which Zuora's support needs.
    pub zuora_request_ids: Vec<String>,
}

/// One claim of a job, from the moment at which a worker took it until it let go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// The moment at which the worker took the job.
    pub started_at: Timestamp,
    /// The moment at which the worker let the job go.
    pub ended_at: Timestamp,
    /// The state of the job after the run.
    pub state: State,
    /// The requests to Zuora during the run.
    #[serde(flatten)]
    pub traffic: Traffic,
    /// The end of the wait that follows, if any.
    pub waits_until: Option<Timestamp>,
    /// The reason why the run did not end well.
    pub error: Option<Failure>,
}

/// The progress of the present run. An estimate, written every few seconds; the stats are exact and written at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// The number of pages of the listing that were read so far.
    pub pages: u64,
    /// The number of workflows on those pages.
    pub listed: u64,
    /// The number of workflows to export; absent until the listing is read.
    pub to_export: Option<u64>,
    /// The number of these that are finished.
    pub exported: u64,
    /// The moment of this estimate.
    pub updated_at: Timestamp,
}

/// The result of a dry run, besides its stats: what a sync would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// The first hundred workflows that would be created.
    pub created: Vec<WorkflowId>,
    /// The first hundred workflows that would be updated.
    pub updated: Vec<WorkflowId>,
    /// The first hundred workflows that would be deleted.
    pub deleted: Vec<WorkflowId>,
    /// The number of definitions that would be exported although the listing shows no change.
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

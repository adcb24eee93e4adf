//! `POST /v1/customers/{customer_id}/sync`, `POST /v1/sync` and `GET /v1/batches/{batch_id}`

use std::time::Duration;

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    app::{
        context::RequestContext,
        dispatch::{Requested, SyncRequest},
    },
    domain::{
        batch::{Asked, Batch},
        ids::{BatchId, CustomerId, JobId},
        job::State as JobState,
        time::Timestamp,
    },
    http::{
        paging::NoFilter,
        path::Ids,
        permit::{On, OnAll, Operation as _},
        problem::Problem,
        query::{ValidQuery, flag},
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use crate::setup::App;

/// The options of a sync.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SyncOptions {
    /// Plan and report, write nothing.
    #[serde(default, deserialize_with = "flag")]
    #[param(nullable = false, value_type = Option<bool>)]
    dry_run: bool,
}

/// The job that answers a request for a sync.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncRequested {
    job_id: JobId,
    state: JobState,
    /// True if the job is under way already, and one more follows it that does the work of this request.
    follow_up: bool,
}

operation!(SyncCustomer: Sync, CustomerSync, Idempotent; Conflict, TooManyRequests);

/// Asks for a sync: a new job, the one that waits already, or one more after the one that runs.
///
/// A dry run is a job of its own, beside the customer's sync; while one is under way, whoever asks for another gets that one.
#[utoipa::path(
    post,
    path = "/v1/customers/{customer_id}/sync",
    tag = "syncs",
    params(("customer_id" = CustomerId, Path), SyncOptions),
    responses((status = 202, description = "The job that answers the request.", body = SyncRequested)),
    extensions(("x-operation" = json!(SyncCustomer::described()))),
)]
pub async fn sync_customer(
    State(app): State<App>,
    on: On<SyncCustomer>,
    ValidQuery(options): ValidQuery<SyncOptions>,
    context: RequestContext,
) -> Result<(StatusCode, Json<SyncRequested>), Problem> {
    let id = on.customer;
    context.acquire_permit(&app.service.limits, Some(&id)).await?;
    if options.dry_run {
        let job = app.service.dispatcher.request_plan(&id, &context).await?;
        return Ok((StatusCode::ACCEPTED, Json(SyncRequested { job_id: job.id, state: job.state, follow_up: false })));
    }
    let requested = app.service.dispatcher.request_sync(&id, &SyncRequest::of(&context)).await?;
    let job = requested.job();
    let follow_up = matches!(requested, Requested::Follows(_));
    Ok((StatusCode::ACCEPTED, Json(SyncRequested { job_id: job.id.clone(), state: job.state, follow_up })))
}

/// The time that one request serves a batch by itself before it answers (one more step of at most a second may follow). The
/// rest is served minute by minute.
const AT_ONCE: Duration = Duration::from_millis(500);

/// A sync of all customers that one request asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Batch)]
pub struct BatchJson {
    batch_id: BatchId,
    /// The number of customers when it was requested.
    of: u64,
    #[serde(flatten)]
    asked: Asked,
    created_at: Timestamp,
    /// The time at which the last customer was served; null while there are some left.
    finished_at: Option<Timestamp>,
}

impl From<Batch> for BatchJson {
    fn from(batch: Batch) -> Self {
        let Batch { id, of, asked, created_at, finished_at, .. } = batch;
        Self { batch_id: id, of, asked, created_at, finished_at }
    }
}

operation!(SyncAll: Sync, CustomerSync, Idempotent; TooManyRequests, InvalidParameter);

/// Asks for a sync of every customer that is not paused. The answer is the batch that does it, one that is under way already
/// included.
///
/// Every minute it asks for as many syncs as people may cause at Zuora in a minute. Its counts grow until `finished_at` is set.
#[utoipa::path(
    post,
    path = "/v1/sync",
    tag = "syncs",
    responses((status = 202, description = "The batch.", body = BatchJson)),
    extensions(("x-operation" = json!(SyncAll::described()))),
)]
pub async fn sync_all(
    State(app): State<App>,
    _on: OnAll<SyncAll>,
    // Who asks for something else than all is not given all.
    _: ValidQuery<NoFilter>,
    context: RequestContext,
) -> Result<(StatusCode, Json<BatchJson>), Problem> {
    context.acquire_permit(&app.service.limits, None).await?;
    let batches = app.batches(&context);
    let begun = batches.begin(&context).await?;
    let served = batches.serve(context.now, AT_ONCE).await?;
    Ok((StatusCode::ACCEPTED, Json(served.unwrap_or(begun).into())))
}

operation!(GetBatch: Sync, Read, Safe);

/// Reads how far a sync of all customers has come.
#[utoipa::path(
    get,
    path = "/v1/batches/{batch_id}",
    tag = "syncs",
    params(("batch_id" = BatchId, Path)),
    responses((status = 200, description = "The batch.", body = BatchJson)),
    extensions(("x-operation" = json!(GetBatch::described()))),
)]
pub async fn get_batch(
    State(app): State<App>,
    _on: OnAll<GetBatch>,
    ids: Ids,
    context: RequestContext,
) -> Result<Json<BatchJson>, Problem> {
    let id: BatchId = ids.get("batch_id", "batch")?;
    Ok(Json(app.batches(&context).get(&id).await?.into()))
}

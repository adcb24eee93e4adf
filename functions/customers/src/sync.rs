//! `POST /v1/customers/{customer_id}/sync` and `POST /v1/sync`

use axum::{Json, extract::State as Shared};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    app::{
        asking::Asking,
        dispatch::{Requested, SyncRequest},
        many::Asked,
        sync_all,
    },
    domain::{
        ids::{CustomerId, JobId},
        job::State as JobState,
        policy::Verb,
    },
    http::{
        caller::Known,
        path::Ids,
        problem::Problem,
        query::{ValidQuery, flag},
    },
};
use utoipa::{IntoParams, ToSchema};

use crate::setup::State;

/// How to sync.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct How {
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
    /// Whether the job runs already and is followed by one more, which does what was asked.
    follow_up: bool,
}

/// Asks for a sync: a new job, the one that waits already, or one more after the one that runs. A dry run is always a job of its own.
#[utoipa::path(
    post,
    path = "/v1/customers/{customer_id}/sync",
    tag = "syncs",
    params(("customer_id" = CustomerId, Path), How),
    responses((status = 202, description = "Accepted.", body = SyncRequested)),
)]
pub async fn sync_customer(
    Shared(state): Shared<State>,
    known: Known,
    ids: Ids,
    asking: Asking,
    how: ValidQuery<How>,
) -> Result<(StatusCode, Json<SyncRequested>), Problem> {
    let id: CustomerId = ids.get("customer_id", "customer")?;
    known.may(Verb::Sync, &id)?;
    let how = how.0?;
    asking.take_place(&state.desk.limits, Some(&id)).await?;
    if how.dry_run {
        let job = state.desk.dispatcher.request_dry_run(&id, &asking).await?;
        return Ok((StatusCode::ACCEPTED, Json(SyncRequested { job_id: job.id, state: job.state, follow_up: false })));
    }
    let requested = state.desk.dispatcher.request_sync(&id, &SyncRequest::of(&asking)).await?;
    let job = requested.job();
    let follow_up = matches!(requested, Requested::Follows(_));
    Ok((StatusCode::ACCEPTED, Json(SyncRequested { job_id: job.id.clone(), state: job.state, follow_up })))
}

/// Asks for a sync of every customer, as far as the time of one request goes.
///
/// Where `remaining` is not 0, ask again: customers whose sync is not under way come first.
#[utoipa::path(
    post,
    path = "/v1/sync",
    tag = "syncs",
    responses((status = 202, description = "Accepted.", body = Asked)),
)]
pub async fn sync_all(
    Shared(state): Shared<State>,
    known: Known,
    asking: Asking,
) -> Result<(StatusCode, Json<Asked>), Problem> {
    known.may_on_all(Verb::Sync)?;
    asking.take_place(&state.desk.limits, None).await?;
    let asked = sync_all::run(&state.desk.dispatcher, &asking).await?;
    Ok((StatusCode::ACCEPTED, Json(asked)))
}

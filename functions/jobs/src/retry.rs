//! `POST /v1/jobs/{job_id}/retry`

use axum::{Json, extract::State as Shared};
use http::StatusCode;
use shared::{
    app::{asking::Asking, error::AppError},
    domain::{ids::JobId, policy::Verb},
    http::{caller::Known, path::Ids, problem::Problem},
};

use crate::{json::JobJson, setup::State};

/// Starts a failed job anew, under the same id.
#[utoipa::path(
    post,
    path = "/v1/jobs/{job_id}/retry",
    tag = "jobs",
    params(("job_id" = JobId, Path)),
    responses((status = 202, description = "Accepted.", body = JobJson)),
)]
pub async fn retry_job(
    Shared(state): Shared<State>,
    known: Known,
    ids: Ids,
    asking: Asking,
) -> Result<(StatusCode, Json<JobJson>), Problem> {
    let id: JobId = ids.get("job_id", "job")?;
    let job = state.dispatcher.jobs.find(&id).await?.ok_or(AppError::NotFound("job"))?.value;
    known.may_with(Verb::Sync, &job.customer_id, "job")?;
    asking.take_place(&state.limits, Some(&job.customer_id)).await?;
    let job = state.dispatcher.retry(&id, &state.dead_letters, &asking).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

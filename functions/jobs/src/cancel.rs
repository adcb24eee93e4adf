//! `POST /v1/jobs/{job_id}/cancel`

use axum::{Json, extract::State as Shared};
use http::StatusCode;
use shared::{
    app::error::AppError,
    clock,
    domain::{ids::JobId, policy::Verb},
    http::{caller::Known, path::Ids, problem::Problem},
};

use crate::{json::JobJson, setup::State};

/// Cancels a job: one that waits at once, one that runs within moments (`cancel_requested` until then).
pub async fn cancel_job(
    Shared(state): Shared<State>,
    known: Known,
    ids: Ids,
) -> Result<(StatusCode, Json<JobJson>), Problem> {
    let id: JobId = ids.get("job_id", "job")?;
    let job = state.dispatcher.jobs.find(&id).await?.ok_or(AppError::NotFound("job"))?.value;
    known.may(Verb::Sync, Some(&job.customer_id))?;
    let job = state.dispatcher.cancel(&id, clock::now()).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

//! `POST /v1/jobs/{job_id}/retry`

use axum::{Json, extract::State};
use http::StatusCode;
use shared::{
    app::{context::RequestContext, error::AppError},
    domain::{ids::JobId, policy::Verb},
    http::{caller::CurrentUser, path::Ids, problem::Problem},
};

use crate::{json::JobJson, setup::App};

/// Starts a failed job anew, under the same id.
#[utoipa::path(
    post,
    path = "/v1/jobs/{job_id}/retry",
    tag = "jobs",
    params(("job_id" = JobId, Path)),
    responses((status = 202, description = "Accepted.", body = JobJson)),
)]
pub async fn retry_job(
    State(app): State<App>,
    known: CurrentUser,
    ids: Ids,
    context: RequestContext,
) -> Result<(StatusCode, Json<JobJson>), Problem> {
    let id: JobId = ids.get("job_id", "job")?;
    let job = app.dispatcher.jobs.find(&id).await?.ok_or(AppError::NotFound("job"))?.value;
    known.may_with(Verb::Sync, &job.customer_id, "job")?;
    context.acquire_permit(&app.limits, Some(&job.customer_id)).await?;
    let job = app.dispatcher.retry(&id, &app.dead_letters, &context).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

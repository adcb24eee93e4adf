//! `POST /v1/jobs/{job_id}/retry`

use axum::{Json, extract::State};
use http::StatusCode;
use shared::{
    app::context::RequestContext,
    domain::ids::JobId,
    http::{
        permit::{OfJob, Operation as _},
        problem::Problem,
    },
    operation,
};

use crate::{json::JobJson, setup::App};

operation!(RetryJob: Sync, JobRetry, Refused; Conflict, TooManyRequests);

/// Starts a failed job anew, under the same id.
#[utoipa::path(
    post,
    path = "/v1/jobs/{job_id}/retry",
    tag = "jobs",
    params(("job_id" = JobId, Path)),
    responses((status = 202, description = "The job, queued.", body = JobJson)),
    extensions(("x-operation" = json!(RetryJob::described()))),
)]
pub async fn retry_job(
    State(app): State<App>,
    of: OfJob<RetryJob>,
    context: RequestContext,
) -> Result<(StatusCode, Json<JobJson>), Problem> {
    context.acquire_permit(&app.limits, Some(&of.job.customer_id)).await?;
    let job = app.dispatcher.retry(&of.job.id, &app.dead_letters, &context).await?;
    Ok((StatusCode::ACCEPTED, Json(app.answer(job, &of.user).await?)))
}

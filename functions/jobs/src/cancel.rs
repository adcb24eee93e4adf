//! `POST /v1/jobs/{job_id}/cancel`

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

operation!(CancelJob: Sync, JobCancel, Idempotent; Conflict);

/// Cancels a job: one that waits at once, one that runs within moments (`cancel_requested` until then).
#[utoipa::path(
    post,
    path = "/v1/jobs/{job_id}/cancel",
    tag = "jobs",
    params(("job_id" = JobId, Path)),
    responses((status = 202, description = "The job.", body = JobJson)),
    extensions(("x-operation" = json!(CancelJob::described()))),
)]
pub async fn cancel_job(
    State(app): State<App>,
    of: OfJob<CancelJob>,
    context: RequestContext,
) -> Result<(StatusCode, Json<JobJson>), Problem> {
    let job = app.dispatcher.cancel(&of.job.id, &context).await?;
    Ok((StatusCode::ACCEPTED, Json(app.answer(job, &of.user).await?)))
}

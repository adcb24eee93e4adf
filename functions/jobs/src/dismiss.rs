//! `POST /v1/jobs/{job_id}/dismiss`

use axum::{Json, extract::State};
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

operation!(DismissJob: Sync, JobDismiss, Idempotent; Conflict);

/// Dismisses a failed job: it stays in the history and needs nobody any more. It can still be retried.
#[utoipa::path(
    post,
    path = "/v1/jobs/{job_id}/dismiss",
    tag = "jobs",
    params(("job_id" = JobId, Path)),
    responses((status = 200, description = "The job.", body = JobJson)),
    extensions(("x-operation" = json!(DismissJob::described()))),
)]
pub async fn dismiss_job(
    State(app): State<App>,
    of: OfJob<DismissJob>,
    context: RequestContext,
) -> Result<Json<JobJson>, Problem> {
    let job = app.dispatcher.dismiss(&of.job.id, &app.dead_letters, &context).await?;
    Ok(Json(app.answer(job, &of.user).await?))
}

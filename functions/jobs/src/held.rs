//! `GET /v1/jobs/{job_id}/held` and `POST /v1/jobs/{job_id}/approve-deletions`

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    app::{approve::Approving, context::RequestContext},
    domain::ids::{JobId, WorkflowId},
    http::{
        body::{OptionalJson, present},
        paging::{NoFilter, Paged, Paging},
        permit::{OfJob, Operation as _},
        problem::Problem,
    },
    operation,
};
use utoipa::ToSchema;

use crate::{json::JobJson, setup::App};

/// Workflows that a job held back.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldList {
    /// Their Zuora ids.
    items: Vec<WorkflowId>,
    /// The names of those that have one, by Zuora id.
    names: BTreeMap<WorkflowId, String>,
    /// The cursor of the next page; null on the last one.
    next_cursor: Option<String>,
    /// The number of held workflows, over all pages.
    total: u64,
}

operation!(ListHeld: View, Read, Safe);

/// Lists every workflow that a job held back; the job itself names only the first hundred.
#[utoipa::path(
    get,
    path = "/v1/jobs/{job_id}/held",
    tag = "jobs",
    params(("job_id" = JobId, Path), Paging),
    responses((status = 200, description = "A page of the list.", body = HeldList)),
    extensions(("x-operation" = json!(ListHeld::described()))),
)]
pub async fn list_held(
    State(app): State<App>,
    of: OfJob<ListHeld>,
    paged: Paged<NoFilter>,
) -> Result<Json<HeldList>, Problem> {
    let job = of.job;
    let list = app.dispatcher.held.get(&job.customer_id, &job.id).await?;
    let list = list.filter(|_| job.held.is_some()).unwrap_or_default();
    let after = paged.begin(|text| Some(text.to_owned()))?;
    // The list is sorted, so the last id of a page says where the next one begins.
    let from = after.map_or(0, |after| list.partition_point(|id| id.as_str() <= after.as_str()));
    let items: Vec<WorkflowId> = list[from..].iter().take(paged.limit()).cloned().collect();
    let last = items.last().filter(|_| from + items.len() < list.len());
    let next_cursor = last.map(|id| paged.cursor(id.as_str()));
    let names = app.workflows.names_of(&job.customer_id, &items).await?;
    Ok(Json(HeldList { items, names, next_cursor, total: list.len() as u64 }))
}

/// The list that the caller saw.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveRequest {
    /// The job's `held.list_hash`: refused if it is another list by now.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    list_hash: Option<String>,
}

operation!(ApproveDeletions: Approve, JobApproveDeletions, Idempotent; Conflict, TooManyRequests);

/// Queues a sync that may delete what the job held back, and nothing beyond the usual besides it.
#[utoipa::path(
    post,
    path = "/v1/jobs/{job_id}/approve-deletions",
    tag = "jobs",
    params(("job_id" = JobId, Path)),
    request_body = Option<ApproveRequest>,
    responses((status = 202, description = "The sync that acts on the approval.", body = JobJson)),
    extensions(("x-operation" = json!(ApproveDeletions::described()))),
)]
pub async fn approve_deletions(
    State(app): State<App>,
    of: OfJob<ApproveDeletions>,
    context: RequestContext,
    OptionalJson(body): OptionalJson<ApproveRequest>,
) -> Result<(StatusCode, Json<JobJson>), Problem> {
    context.acquire_permit(&app.limits, Some(&of.job.customer_id)).await?;
    let approving = Approving { job: of.job.id, list_hash: body.list_hash };
    let sync = app.dispatcher.approve_deletions(&approving, &context).await?;
    Ok((StatusCode::ACCEPTED, Json(app.answer(sync, &of.user).await?)))
}

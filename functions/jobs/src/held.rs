//! `GET /v1/jobs/{job_id}/held` and `POST /v1/jobs/{job_id}/approve-deletions`

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    app::{approve::Approving, context::RequestContext, error::AppError},
    aws::{held::HeldLists, workflows::Workflows},
    domain::{
        ids::{JobId, WorkflowId},
        policy::Verb,
    },
    http::{
        body::{OptionalJson, present},
        caller::CurrentUser,
        cursor::CursorScope,
        path::Ids,
        problem::Problem,
        query::{Limit, ValidQuery},
    },
};
use utoipa::{IntoParams, ToSchema};

use crate::{json::JobJson, setup::App};

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// How many items at most.
    #[serde(default)]
    #[param(nullable = false, value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// Workflows that a job held back.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldList {
    /// Their Zuora ids.
    items: Vec<WorkflowId>,
    /// What those of them that have a name are called, by Zuora id.
    names: BTreeMap<WorkflowId, String>,
    /// Where the next page starts; none on the last one.
    next_cursor: Option<String>,
    /// How many there are in all.
    total: u64,
}

/// Lists every workflow that a job held back; the job itself tells only the first hundred ids.
#[utoipa::path(
    get,
    path = "/v1/jobs/{job_id}/held",
    tag = "jobs",
    params(("job_id" = JobId, Path), Paging),
    responses((status = 200, description = "Done.", body = HeldList)),
)]
pub async fn list_held(
    State(app): State<App>,
    known: CurrentUser,
    ids: Ids,
    paging: ValidQuery<Paging>,
) -> Result<Json<HeldList>, Problem> {
    let id: JobId = ids.get("job_id", "job")?;
    let job = app.dispatcher.jobs.find(&id).await?.ok_or(AppError::NotFound("job"))?.value;
    known.may_with(Verb::View, &job.customer_id, "job")?;
    let paging = paging.0?;
    let list = HeldLists::new(app.dispatcher.data.clone()).get(&job.customer_id, &id).await?;
    let list = list.filter(|_| job.held.is_some()).unwrap_or_default();
    let scope = CursorScope { caller: &known.0.sub, route: "/v1/jobs/{job_id}/held", filter: id.as_str() };
    let after = app.edge.cursors.open(&scope, paging.cursor.as_deref(), |text| Some(text.to_owned()))?;
    // The list is sorted, so the last id of a page says where the next one begins.
    let from = after.map_or(0, |after| list.partition_point(|id| id.as_str() <= after.as_str()));
    let items: Vec<WorkflowId> = list[from..].iter().take(paging.limit.0).cloned().collect();
    let last = items.last().filter(|_| from + items.len() < list.len());
    let next_cursor = last.map(|id| app.edge.cursors.seal(&scope, id.as_str()));
    let names = Workflows::new(app.dispatcher.data.clone()).names_of(&job.customer_id, &items).await?;
    Ok(Json(HeldList { items, names, next_cursor, total: list.len() as u64 }))
}

/// Which list was seen.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveRequest {
    /// The job's `held.list_hash`: refused if it is another list by now.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    list_hash: Option<String>,
}

/// Queues a sync that may delete what the job held back, and nothing beyond the usual besides it.
#[utoipa::path(
    post,
    path = "/v1/jobs/{job_id}/approve-deletions",
    tag = "jobs",
    params(("job_id" = JobId, Path)),
    request_body = Option<ApproveRequest>,
    responses((status = 202, description = "Accepted.", body = JobJson)),
)]
pub async fn approve_deletions(
    State(app): State<App>,
    known: CurrentUser,
    ids: Ids,
    context: RequestContext,
    body: OptionalJson<ApproveRequest>,
) -> Result<(StatusCode, Json<JobJson>), Problem> {
    let id: JobId = ids.get("job_id", "job")?;
    let job = app.dispatcher.jobs.find(&id).await?.ok_or(AppError::NotFound("job"))?.value;
    known.may_with(Verb::Approve, &job.customer_id, "job")?;
    let body = body.0?;
    context.acquire_permit(&app.limits, Some(&job.customer_id)).await?;
    let approving = Approving { job: id, list_hash: body.list_hash };
    let sync = app.dispatcher.approve_deletions(&approving, &context).await?;
    Ok((StatusCode::ACCEPTED, Json(sync.into())))
}

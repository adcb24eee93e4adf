//! `GET .../workflows/{workflow_id}/changes` and `GET /v1/customers/{customer_id}/changes`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use shared::{
    app::error::AppError,
    aws::{budget::Budget, changes::FeedPosition, index::Position},
    clock,
    domain::{
        change::{Change, ChangeKind},
        ids::{CustomerId, WorkflowId},
        time::Timestamp,
    },
    http::{
        paging::{List, NoFilter, Paged, Paging},
        path::Ids,
        permit::Operation as _,
        problem::Problem,
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use crate::{setup::App, target::OfCustomer};

operation!(ListChangesOfWorkflow: View, Read, Safe);

/// Lists the changes of one workflow, newest first. They outlive the workflow: one that was removed for good still has its
/// history.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/changes",
    tag = "changes",
    operation_id = "list_changes_of_workflow",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), Paging),
    responses((status = 200, description = "A page of changes.", body = List<Change>)),
    extensions(("x-operation" = json!(ListChangesOfWorkflow::described()))),
)]
pub async fn list_of_workflow(
    State(app): State<App>,
    of: OfCustomer<ListChangesOfWorkflow>,
    ids: Ids,
    paged: Paged<NoFilter>,
) -> Result<Json<List<Change>>, Problem> {
    let customer = of.customer.id;
    let id: WorkflowId = ids.get("workflow_id", "workflow")?;
    let begin = paged.begin_at()?;
    let found = app.changes.of_workflow(&customer, &id, begin.as_ref(), paged.limit()).await?;
    // Without any history the workflow has to be there, or the path names nothing.
    if found.items.is_empty() && begin.is_none() && app.workflows.get(&customer, &id).await?.is_none() {
        return Err(AppError::NotFound("workflow").into());
    }
    let (items, next) = found.into_items();
    Ok(Json(paged.page(items, next.as_ref().map(Position::as_str))))
}

/// The filters of a customer's feed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    #[param(nullable = false)]
    kind: Option<ChangeKind>,
    #[param(nullable = false)]
    since: Option<Timestamp>,
}

/// A part of a feed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Feed)]
pub struct FeedJson {
    items: Vec<Change>,
    /// The cursor of the next page; null at the end.
    next_cursor: Option<String>,
    /// The cursor for a later request, present on every page: from the end it continues with changes that come later.
    resume_cursor: String,
}

operation!(ReadChanges: View, Read, Safe);

/// Reads a customer's changes, oldest first. What a running sync has changed appears when the run is over.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/changes",
    tag = "changes",
    operation_id = "read_changes",
    params(("customer_id" = CustomerId, Path), Paging, Filter),
    responses((status = 200, description = "A part of the feed.", body = FeedJson)),
    extensions(("x-operation" = json!(ReadChanges::described()))),
)]
pub async fn read_feed(
    State(app): State<App>,
    of: OfCustomer<ReadChanges>,
    paged: Paged<Filter>,
) -> Result<Json<FeedJson>, Problem> {
    let now = clock::now();
    let customer = of.customer.id;
    let Filter { kind: wanted, since } = paged.filter;
    let begin = paged.begin(|text| FeedPosition::parse(text).ok())?;
    let from = begin.unwrap_or_else(|| FeedPosition::before(since.unwrap_or(Timestamp::EPOCH)));
    let horizon = app.changes.horizon(&customer, now).await?;
    let keep = |change: &Change| wanted.is_none_or(|kind| kind == change.kind);
    let feed = app.changes.feed(&customer, &from, horizon, paged.limit(), &Budget::default(), keep).await?;
    let resume_cursor = paged.cursor(feed.resume.as_str());
    let next_cursor = feed.more.then(|| resume_cursor.clone());
    Ok(Json(FeedJson { items: feed.changes, next_cursor, resume_cursor }))
}

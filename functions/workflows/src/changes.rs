//! `GET .../workflows/{workflow_id}/changes` and `GET /v1/customers/{customer_id}/changes`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use shared::{
    aws::{budget::Budget, changes::FeedPosition, index::Position},
    clock,
    domain::{
        change::{Change, ChangeKind},
        ids::{CustomerId, WorkflowId},
        time::Timestamp,
    },
    http::{
        caller::CurrentUser,
        cursor::CursorScope,
        list::List,
        path::Ids,
        problem::Problem,
        query::{Limit, ValidQuery},
    },
};
use utoipa::{IntoParams, ToSchema};

use crate::setup::App;

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

/// Lists the changes of one workflow, newest first. They outlive the workflow: one that was removed for good still has its history.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/changes",
    tag = "changes",
    operation_id = "list_changes_of_workflow",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), Paging),
    responses((status = 200, description = "Done.", body = List<Change>)),
)]
pub async fn list_of_workflow(
    State(app): State<App>,
    known: CurrentUser,
    ids: Ids,
    paging: ValidQuery<Paging>,
) -> Result<Json<List<Change>>, Problem> {
    let customer = app.customer(&known, &ids).await?;
    let paging = paging.0?;
    let id: WorkflowId = ids.get("workflow_id", "workflow")?;
    let text = format!("{} {id}", customer.id);
    let route = "/v1/customers/{customer_id}/workflows/{workflow_id}/changes";
    let scope = CursorScope { caller: &known.0.sub, route, filter: &text };
    let after = app.edge.cursors.open(&scope, paging.cursor.as_deref(), |text| Position::parse(text).ok())?;
    let found = app.changes.of_workflow(&customer.id, &id, after.as_ref(), paging.limit.0).await?;
    if found.items.is_empty() && after.is_none() {
        // No history: then the workflow has to be there, or the path names nothing.
        app.workflow(&known, &ids).await?;
    }
    let (items, next) = found.into_items();
    let next_cursor = next.map(|position| app.edge.cursors.seal(&scope, position.as_str()));
    Ok(Json(List { items, next_cursor, total: None }))
}

/// What to read of a customer's feed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// How many items at most.
    #[serde(default)]
    #[param(nullable = false, value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
    #[param(nullable = false)]
    kind: Option<ChangeKind>,
    #[param(nullable = false)]
    since: Option<Timestamp>,
}

/// A part of a feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedJson {
    items: Vec<Change>,
    /// Where to read on at once; none at the end.
    next_cursor: Option<String>,
    /// Where to read on at any time: also at the end, for what comes later.
    resume_cursor: String,
}

/// Reads a customer's changes, oldest first. What a running sync has changed appears when the run is over.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/changes",
    tag = "changes",
    operation_id = "read_changes",
    params(("customer_id" = CustomerId, Path), Wanted),
    responses((status = 200, description = "Done.", body = FeedJson)),
)]
pub async fn read_feed(
    State(app): State<App>,
    known: CurrentUser,
    ids: Ids,
    wanted: ValidQuery<Wanted>,
) -> Result<Json<FeedJson>, Problem> {
    let now = clock::now();
    let customer = app.customer(&known, &ids).await?;
    let wanted = wanted.0?;
    let text = format!("{:?}", (&customer.id, wanted.kind, wanted.since));
    let scope = CursorScope { caller: &known.0.sub, route: "/v1/customers/{customer_id}/changes", filter: &text };
    let cursor = app.edge.cursors.open(&scope, wanted.cursor.as_deref(), |text| FeedPosition::parse(text).ok())?;
    let from = cursor.unwrap_or_else(|| FeedPosition::before(wanted.since.unwrap_or(Timestamp::EPOCH)));
    let horizon = app.changes.horizon(&customer.id, now).await?;
    let keep = |change: &Change| wanted.kind.is_none_or(|kind| kind == change.kind);
    let feed = app.changes.feed(&customer.id, &from, horizon, wanted.limit.0, &Budget::default(), keep).await?;
    let resume_cursor = app.edge.cursors.seal(&scope, feed.resume.as_str());
    let next_cursor = feed.more.then(|| resume_cursor.clone());
    Ok(Json(FeedJson { items: feed.changes, next_cursor, resume_cursor }))
}

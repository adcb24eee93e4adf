//! `GET .../workflows/{workflow_id}/changes` and `GET /v1/customers/{customer_id}/changes`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use shared::{
    app::error::AppError,
    aws::{
        budget::Budget,
        changes::{FeedPosition, Span},
        index::Position,
    },
    clock,
    domain::{
        change::{Change, ChangeKind},
        comparison::Class,
        ids::{CustomerId, JobId, WorkflowId},
        time::Timestamp,
    },
    http::{
        paging::{List, Paged, Paging},
        path::Ids,
        permit::Operation as _,
        problem::Problem,
        query::listed,
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use crate::{setup::App, target::OfCustomer};

/// A class of changes, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeClass {
    /// What the workflow does.
    Logic,
    /// What starts it, and when.
    Trigger,
    /// Whom it tells, and what.
    Notification,
    /// Where its parts stand on the canvas.
    Layout,
    /// Versions, descriptions, tags: nothing that it does.
    Bookkeeping,
    /// Every class.
    All,
}

impl ChangeClass {
    /// The classes that were asked for; without any, those that say what a workflow does.
    fn asked(asked: &[Self]) -> Vec<Class> {
        let class = |asked: &Self| match asked {
            Self::Logic => vec![Class::Logic],
            Self::Trigger => vec![Class::Trigger],
            Self::Notification => vec![Class::Notification],
            Self::Layout => vec![Class::Layout],
            Self::Bookkeeping => vec![Class::Bookkeeping],
            Self::All => Class::ALL.into(),
        };
        if asked.is_empty() { Class::SHOWN.into() } else { asked.iter().flat_map(class).collect() }
    }
}

/// The filters of a workflow's changes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ClassFilter {
    /// One class or several, with commas between them, or `all`; all but `layout` and `bookkeeping` by default.
    #[serde(default, deserialize_with = "listed")]
    #[param(nullable = false, value_type = Option<Vec<ChangeClass>>, style = Form, explode = false, min_items = 1)]
    class: Vec<ChangeClass>,
}

operation!(ListChangesOfWorkflow: View, Read, Safe);

/// Lists the changes of one workflow, newest first. They outlive the workflow: one that was removed for good still has its
/// history.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/changes",
    tag = "changes",
    operation_id = "list_changes_of_workflow",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), Paging, ClassFilter),
    responses((status = 200, description = "A page of changes.", body = List<Change>)),
    extensions(("x-operation" = json!(ListChangesOfWorkflow::described()))),
)]
pub async fn list_of_workflow(
    State(app): State<App>,
    of: OfCustomer<ListChangesOfWorkflow>,
    ids: Ids,
    paged: Paged<ClassFilter>,
) -> Result<Json<List<Change>>, Problem> {
    let customer = of.customer.id;
    let id: WorkflowId = ids.get("workflow_id", "workflow")?;
    let begin = paged.begin_at()?;
    let classes = ChangeClass::asked(&paged.filter.class);
    let keep = |change: &Change| change.is_about(&classes);
    let found = app.changes.of_workflow(&customer, &id, begin.as_ref(), paged.limit(), keep).await?;
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
    /// One class or several, with commas between them, or `all`; all but `layout` and `bookkeeping` by default.
    #[serde(default, deserialize_with = "listed")]
    #[param(nullable = false, value_type = Option<Vec<ChangeClass>>, style = Form, explode = false, min_items = 1)]
    class: Vec<ChangeClass>,
    /// Only what this sync changed.
    #[param(nullable = false)]
    job_id: Option<JobId>,
    #[serde(default)]
    #[param(nullable = false, value_type = Option<Order>)]
    order: Order,
}

/// The order of a customer's changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ChangeOrder)]
pub enum Order {
    /// Oldest first: a feed that can be followed.
    #[default]
    Oldest,
    /// Newest first, those of a running sync included.
    Newest,
}

/// A part of a feed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Feed)]
pub struct FeedJson {
    items: Vec<Change>,
    /// The cursor of the next page; null at the end.
    next_cursor: Option<String>,
    /// The cursor for a later request, on every page of the order `oldest`: from the end it continues with changes that come
    /// later.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    resume_cursor: Option<String>,
}

operation!(ReadChanges: View, Read, Safe);

/// Reads a customer's changes. In the order `oldest` what a running sync has changed appears when the run is over.
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
    let Filter { kind, since, ref class, ref job_id, order } = paged.filter;
    let classes = ChangeClass::asked(class);
    let keep = |change: &Change| {
        kind.is_none_or(|kind| kind == change.kind)
            && job_id.as_ref().is_none_or(|job| *job == change.job_id)
            && change.is_about(&classes)
    };
    let since = since.unwrap_or(Timestamp::EPOCH);
    let span = match job_id {
        Some(job) => app.changes.span_of(&customer, job, now).await?.after(since),
        None => Span::since(since, now),
    };
    if order == Order::Newest {
        let begin = paged.begin_at()?;
        let found = app.changes.newest(&customer, &span, begin.as_ref(), paged.limit(), keep).await?;
        let (items, next) = found.into_items();
        let next_cursor = next.map(|next| paged.cursor(next.as_str()));
        return Ok(Json(FeedJson { items, next_cursor, resume_cursor: None }));
    }
    let begin = paged.begin(|text| FeedPosition::parse(text).ok())?;
    let from = begin.unwrap_or_else(|| FeedPosition::before(span.from));
    let horizon = app.changes.horizon(&customer, now).await?.min(span.until);
    let feed = app.changes.feed(&customer, &from, horizon, paged.limit(), &Budget::default(), keep).await?;
    let resume_cursor = paged.cursor(feed.resume.as_str());
    let next_cursor = feed.more.then(|| resume_cursor.clone());
    Ok(Json(FeedJson { items: feed.changes, next_cursor, resume_cursor: Some(resume_cursor) }))
}

//! `GET /v1/customers/{customer_id}/workflows` and `.../workflows/{workflow_id}`

use std::pin::pin;

use axum::{Json, extract::State};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::{
    aws::{
        budget::Budget,
        index::{Found, Position},
    },
    domain::{
        customer::Customer,
        ids::{CustomerId, WorkflowId},
        workflow::Workflow,
    },
    http::{
        paging::{List, Paged, Paging},
        permit::Operation as _,
        problem::{Problem, ProblemKind},
        query::{ValidQuery, flag},
        response_size::{MOST, Room},
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    definition,
    json::WorkflowJson,
    setup::App,
    target::{OfCustomer, OfWorkflow},
};

/// Definitions read at the same time for `include=tasks`.
const AT_ONCE: usize = 8;

/// The filters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    #[param(nullable = false)]
    name: Option<String>,
    #[param(nullable = false)]
    status: Option<String>,
    /// Only those that were deleted.
    #[serde(default, deserialize_with = "flag")]
    #[param(nullable = false, value_type = Option<bool>)]
    deleted: bool,
    /// The optional content of each item.
    #[param(inline, nullable = false)]
    include: Option<Include>,
}

/// The optional content of a workflow.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Include {
    Tasks,
}

/// The options for a single workflow.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct One {
    /// The optional content of the workflow.
    #[param(inline, nullable = false)]
    include: Option<Include>,
}

impl Filter {
    /// Deleted workflows are shown alone, or not at all.
    fn matches(&self, workflow: &Workflow) -> bool {
        workflow.deleted_at.is_some() == self.deleted
            && self
                .status
                .as_ref()
                .is_none_or(|wanted| workflow.status.as_ref().is_some_and(|status| status.eq_ignore_ascii_case(wanted)))
    }
}

operation!(ListWorkflows: View, Read, Safe);

/// Lists a customer's workflows by name.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), Paging, Filter),
    responses((status = 200, description = "A page of workflows.", body = List<WorkflowJson>)),
    extensions(("x-operation" = json!(ListWorkflows::described()))),
)]
pub async fn list_workflows(
    State(app): State<App>,
    of: OfCustomer<ListWorkflows>,
    paged: Paged<Filter>,
) -> Result<Json<List<Box<RawValue>>>, Problem> {
    let (customer, filter) = (of.customer, &paged.filter);
    let begin = paged.begin_at()?;
    let prefix = filter.name.as_deref().unwrap_or_default();
    let keep = |workflow: &Workflow| filter.matches(workflow);
    let found =
        app.workflows.list(&customer.id, prefix, begin.as_ref(), paged.limit(), &Budget::default(), keep).await?;
    let (items, next) = page(&app, &customer, found, filter.include).await?;
    Ok(Json(paged.page(items, next.as_ref().map(Position::as_str))))
}

/// As much of a page as one answer holds, and where the next one starts.
async fn page(
    app: &App,
    customer: &Customer,
    found: Found<Workflow>,
    include: Option<Include>,
) -> Result<(Vec<Box<RawValue>>, Option<Position>), Problem> {
    let mut room = Room::default();
    let mut last = None;
    let shown = found.items.into_iter().map(async |(workflow, position)| {
        show_in_list(app, customer, workflow, include).await.map(|shown| (shown, position))
    });
    let mut shown = pin!(stream::iter(shown).buffered(AT_ONCE));
    while let Some((mut workflow, position)) = shown.try_next().await? {
        if !room.add(&workflow)? {
            if last.is_some() {
                return Ok((room.into_items(), last));
            }
            // Alone it has no room either: then without its tasks.
            workflow.leave_tasks_out();
            room.add(&workflow)?;
        }
        last = Some(position);
    }
    Ok((room.into_items(), found.next))
}

operation!(GetWorkflow: View, Read, Safe; TooLarge, DefinitionDamaged);

/// Reads one workflow.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), One),
    responses((status = 200, description = "The workflow.", body = WorkflowJson)),
    extensions(("x-operation" = json!(GetWorkflow::described()))),
)]
pub async fn get_workflow(
    State(app): State<App>,
    of: OfWorkflow<GetWorkflow>,
    ValidQuery(query): ValidQuery<One>,
) -> Result<Json<WorkflowJson>, Problem> {
    let shown = show(&app, &of.customer, of.workflow, query.include).await?;
    if shown.tasks_left_out {
        let detail = "The tasks are more than one answer can hold. Read them page by page: .../tasks.";
        return Err(Problem::new(ProblemKind::TooLarge, detail));
    }
    Ok(Json(shown))
}

/// As much as can be shown of one of many: tasks that cannot be read do not keep the others of a page from being seen.
async fn show_in_list(
    app: &App,
    customer: &Customer,
    workflow: Workflow,
    include: Option<Include>,
) -> Result<WorkflowJson, Problem> {
    match show(app, customer, workflow.clone(), include).await {
        Err(problem) if problem.kind == ProblemKind::DefinitionDamaged => {
            let mut json = WorkflowJson::new(customer, workflow);
            json.tasks_left_out = true;
            Ok(json)
        }
        shown => shown,
    }
}

/// A workflow, without its tasks where they are more than one answer can hold.
async fn show(
    app: &App,
    customer: &Customer,
    workflow: Workflow,
    include: Option<Include>,
) -> Result<WorkflowJson, Problem> {
    let tasks = match include {
        None => return Ok(WorkflowJson::new(customer, workflow)),
        Some(Include::Tasks) if workflow.definition.as_ref().is_some_and(|it| it.bytes > MOST as u64) => None,
        Some(Include::Tasks) => definition::tasks(app, customer, &workflow).await?,
    };
    let mut json = WorkflowJson::new(customer, workflow);
    json.tasks_left_out = tasks.is_none();
    json.tasks = tasks;
    Ok(json)
}

//! `GET /v1/customers/{customer_id}/workflows` and `.../workflows/{workflow_id}`

use axum::{Json, extract::State as Shared};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use shared::{
    aws::index::Position,
    domain::{
        customer::Customer,
        ids::{CustomerId, WorkflowId},
        workflow::Workflow,
    },
    http::{
        caller::Known,
        cursor::Scope,
        list::List,
        path::Ids,
        problem::Problem,
        query::{Limit, ValidQuery, flag},
    },
};
use utoipa::{IntoParams, ToSchema};

use crate::{definition, json::WorkflowJson, setup::State};

/// Definitions read at the same time for `include=tasks`.
const AT_ONCE: usize = 8;

/// The filters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// How many items at most.
    #[serde(default)]
    #[param(nullable = false, value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
    #[param(nullable = false)]
    name: Option<String>,
    #[param(nullable = false)]
    status: Option<String>,
    /// Only those that were deleted.
    #[serde(default, deserialize_with = "flag")]
    #[param(nullable = false, value_type = Option<bool>)]
    deleted: bool,
    /// What else to show of each.
    #[param(inline, nullable = false)]
    include: Option<Include>,
}

/// What else to show of each.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Include {
    Tasks,
}

/// What to show of one.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct One {
    /// What else to show of each.
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

/// Lists a customer's workflows by name.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), Filter),
    responses((status = 200, description = "Done.", body = List<WorkflowJson>)),
)]
pub async fn list_workflows(
    Shared(state): Shared<State>,
    known: Known,
    ids: Ids,
    filter: ValidQuery<Filter>,
) -> Result<Json<List<WorkflowJson>>, Problem> {
    let customer = state.customer(&known, &ids).await?;
    let filter = filter.0?;
    let text = format!("{:?}", (&customer.id, &filter.name, &filter.status, filter.deleted));
    let scope = Scope { caller: &known.0.sub, route: "/v1/customers/{customer_id}/workflows", filter: &text };
    let after = state.edge.cursors.open(&scope, filter.cursor.as_deref(), |text| Position::parse(text).ok())?;
    let prefix = filter.name.as_deref().unwrap_or_default();
    let keep = |workflow: &Workflow| filter.matches(workflow);
    let found = state.workflows.list(&customer.id, prefix, after.as_ref(), filter.limit.0, keep).await?;
    let next_cursor = found.next.map(|position| state.edge.cursors.seal(&scope, position.as_str()));
    let shown = found.items.into_iter().map(|workflow| show(&state, &customer, workflow, filter.include));
    let items = stream::iter(shown).buffered(AT_ONCE).try_collect().await?;
    Ok(Json(List { items, next_cursor, total: None }))
}

/// Reads one workflow.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), One),
    responses((status = 200, description = "Done.", body = WorkflowJson)),
)]
pub async fn get_workflow(
    Shared(state): Shared<State>,
    known: Known,
    ids: Ids,
    query: ValidQuery<One>,
) -> Result<Json<WorkflowJson>, Problem> {
    let (customer, workflow) = state.workflow(&known, &ids).await?;
    let query = query.0?;
    Ok(Json(show(&state, &customer, workflow, query.include).await?))
}

async fn show(
    state: &State,
    customer: &Customer,
    workflow: Workflow,
    include: Option<Include>,
) -> Result<WorkflowJson, Problem> {
    let tasks = match include {
        Some(Include::Tasks) => Some(definition::tasks(state, customer, &workflow).await?),
        None => None,
    };
    let mut json = WorkflowJson::new(customer, workflow);
    json.tasks = tasks;
    Ok(json)
}

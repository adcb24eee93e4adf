//! `GET .../workflows/{workflow_id}/used-by`: the customer's workflows that run it, or call its run.

use axum::{Json, extract::State};
use serde::Serialize;
use shared::{
    app::search::{
        everywhere::{self, Bounds, Hit, Hits, Place},
        matching::Query,
    },
    domain::{
        ids::{CustomerId, WorkflowId},
        name::folded,
        references::TaskName,
    },
    http::{
        paging::{NoFilter, Paged, Paging},
        permit::Operation as _,
        problem::Problem,
    },
    operation,
};
use utoipa::ToSchema;

use crate::{search::TIME, setup::App, target::OfWorkflow, uses::namesakes};

/// How a workflow names another.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum By {
    Id,
    Name,
}

/// A place that runs the workflow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsedBy)]
struct UserJson {
    workflow_id: WorkflowId,
    workflow_name: Option<String>,
    task_id: Option<String>,
    task_name: Option<String>,
    path: Option<String>,
    snippet: Option<String>,
    #[schema(inline)]
    by: By,
    /// True if it names a name that other workflows of the customer have too: it may mean one of those.
    ambiguous: bool,
}

/// A page of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsedByPage)]
pub struct UsedByJson {
    items: Vec<UserJson>,
    /// True if nothing is missing: there is no next page, and `not_indexed` is 0.
    complete: bool,
    /// The customer's workflows that may be missing, at most; the next sync goes on with them.
    not_indexed: u64,
    /// The cursor of the next page; null at the end.
    next_cursor: Option<String>,
}

operation!(ListUsedBy: View, Read, Safe);

/// Lists the workflows of the same customer that execute a workflow or call its run, by its id or by its name.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/used-by",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), Paging),
    responses((status = 200, description = "A page of places.", body = UsedByJson)),
    extensions(("x-operation" = json!(ListUsedBy::described()))),
)]
pub async fn list_used_by(
    State(app): State<App>,
    of: OfWorkflow<ListUsedBy>,
    paged: Paged<NoFilter>,
) -> Result<Json<UsedByJson>, Problem> {
    let (customer, workflow) = (of.customer.id, of.workflow);
    let start = paged.begin(|text| Place::parse(text).filter(|place| place.customer == customer))?;
    let name = workflow.name.as_deref().filter(|name| !name.trim().is_empty()).map(|name| folded(name.trim()));
    let query = Query::UsedBy(workflow.zuora_id, name);
    let bounds = Bounds::new(paged.limit(), TIME);
    let customers = [customer.clone()];
    let Hits { hits, next, not_indexed } =
        everywhere::search(&app.shelves(), &customers, &query, start.as_ref(), bounds).await?;
    let named = hits.iter().any(|hit| hit.workflow.as_ref().is_some_and(|(.., place)| place.is_by_name));
    let ambiguous = named && namesakes(&app, &customer, workflow.name.as_deref().unwrap_or_default()).await?.len() > 1;
    Ok(Json(UsedByJson {
        items: hits.into_iter().filter_map(|hit| show(hit, ambiguous)).collect(),
        complete: next.is_none() && not_indexed == 0,
        not_indexed,
        next_cursor: next.map(|next| paged.cursor(&next.text())),
    }))
}

fn show(hit: Hit, ambiguous: bool) -> Option<UserJson> {
    let (workflow_id, workflow_name, place) = hit.workflow?;
    let (task_id, task_name) = place.task.map(|TaskName(id, name)| (id, name)).unzip();
    Some(UserJson {
        workflow_id,
        workflow_name,
        task_id,
        task_name: task_name.flatten(),
        path: place.path,
        snippet: place.snippet,
        by: if place.is_by_name { By::Name } else { By::Id },
        ambiguous: place.is_by_name && ambiguous,
    })
}

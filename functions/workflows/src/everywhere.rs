//! GET /v1/workflows?zuora_id= or ?name=: across the customers that the caller may see.

use axum::{Json, extract::State as Shared};
use serde::Deserialize;
use shared::{
    domain::{
        customer::Customer,
        ids::{CustomerId, WorkflowId},
        policy::Verb,
    },
    http::{
        caller::Known,
        cursor::Scope,
        list::List,
        problem::Problem,
        query::{Limit, ValidQuery},
    },
};

use crate::{json::WorkflowJson, list::cursor_problem, setup::State};

/// Keys that one batch read takes.
const BATCH: usize = 100;

/// What to look for: one of the two.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    #[serde(default)]
    limit: Limit,
    cursor: Option<String>,
    zuora_id: Option<String>,
    name: Option<String>,
}

/// Finds workflows by Zuora id or by the beginning of their name.
///
/// Customers are gone through in the order of their ids; a page ends between two customers, so that the cursor is just
/// the last customer that was looked at.
pub async fn find_workflows(
    Shared(state): Shared<State>,
    known: Known,
    ValidQuery(wanted): ValidQuery<Wanted>,
) -> Result<Json<List<WorkflowJson>>, Problem> {
    known.may(Verb::ViewAny, None)?;
    let text = format!("{:?}", (&wanted.zuora_id, &wanted.name));
    let scope = Scope { caller: &known.0.sub, route: "/v1/workflows", filter: &text };
    let after = wanted.cursor.as_ref().map(|cursor| state.edge.cursors.open(&scope, cursor)).transpose()?;
    let after: Option<CustomerId> = after.map(|text| text.parse()).transpose().map_err(|_| cursor_problem())?;
    let mut customers = state.customers.all().await?;
    customers.retain(|customer| after.as_ref().is_none_or(|after| customer.id > *after));
    customers.sort_by(|a, b| a.id.cmp(&b.id));
    let mut items = Vec::new();
    let mut next = None;
    match (&wanted.zuora_id, &wanted.name) {
        (Some(id), None) => {
            // What is no id is nobody's.
            let Ok(id) = id.parse::<WorkflowId>() else {
                return Ok(Json(List { items, next_cursor: None, total: None }));
            };
            for batch in customers.chunks(BATCH) {
                items.extend(by_id(&state, batch, &id).await?);
                if items.len() >= wanted.limit.0 {
                    next = batch.last().map(|customer| customer.id.to_string());
                    break;
                }
            }
        }
        (None, Some(prefix)) => {
            for customer in &customers {
                let keep = |workflow: &shared::domain::workflow::Workflow| workflow.deleted_at.is_none();
                let found = state.workflows.list(&customer.id, prefix, None, wanted.limit.0, keep).await?;
                items.extend(found.items.into_iter().map(|workflow| WorkflowJson::new(customer, workflow)));
                if items.len() >= wanted.limit.0 {
                    next = Some(customer.id.to_string());
                    break;
                }
            }
        }
        _ => return Err(Problem::parameter("zuora_id", "Give either zuora_id or name.")),
    }
    let last = customers.last().map(|customer| customer.id.to_string());
    let next_cursor =
        next.filter(|next| Some(next) != last.as_ref()).map(|next| state.edge.cursors.seal(&scope, &next));
    Ok(Json(List { items, next_cursor, total: None }))
}

async fn by_id(state: &State, customers: &[Customer], id: &WorkflowId) -> Result<Vec<WorkflowJson>, Problem> {
    let ids: Vec<CustomerId> = customers.iter().map(|customer| customer.id.clone()).collect();
    let mut found = state.workflows.get_everywhere(&ids, id).await?;
    found.retain(|(_, workflow)| workflow.deleted_at.is_none());
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let owner = |id: &CustomerId| customers.iter().find(|customer| customer.id == *id);
    Ok(found.into_iter().filter_map(|(id, workflow)| Some(WorkflowJson::new(owner(&id)?, workflow))).collect())
}

//! `GET /v1/workflows`, by `zuora_id`, by the beginning of `name`, or all: across the customers that the caller may see.

use std::collections::BTreeSet;

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::{
    app::search::{self, Hit, Hits, Start},
    aws::budget::Budget,
    domain::ids::CustomerId,
    http::{
        paging::{List, Paged, Paging},
        permit::{Among, Operation as _},
        problem::Problem,
        response_size::Room,
    },
    operation,
};
use utoipa::IntoParams;

use crate::{json::WorkflowJson, setup::App};

/// Customers that one request asks at most: their ids are read before, and each costs a unit of the budget at least.
pub const MOST_CUSTOMERS: usize = 1000;

/// The filters: everything, unless told.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    #[param(nullable = false)]
    zuora_id: Option<String>,
    #[param(nullable = false)]
    name: Option<String>,
}

operation!(FindWorkflows: View, Read, Safe);

/// Finds workflows by Zuora id and by the beginning of their name, customer by customer in the order of their ids.
#[utoipa::path(
    get,
    path = "/v1/workflows",
    tag = "workflows",
    params(Paging, Filter),
    responses((status = 200, description = "A page of workflows.", body = List<WorkflowJson>)),
    extensions(("x-operation" = json!(FindWorkflows::described()))),
)]
pub async fn find_workflows(
    State(app): State<App>,
    among: Among<FindWorkflows>,
    paged: Paged<Filter>,
) -> Result<Json<List<Box<RawValue>>>, Problem> {
    let Filter { zuora_id, name } = &paged.filter;
    let start = paged.begin(Start::parse)?;
    let customers = customers(&app, among.only(), start.as_ref().map(|start| &start.customer)).await?;
    let (asked, behind) = customers.split_at(MOST_CUSTOMERS.min(customers.len()));
    let (workflows, limit, budget) = (&app.workflows, paged.limit(), Budget::default());
    let prefix = name.as_deref().unwrap_or_default();
    let found = match zuora_id.as_deref().map(str::parse) {
        Some(Ok(id)) => search::by_id(workflows, asked, &id, prefix, start.as_ref(), limit, &budget).await?,
        // What is no id is nobody's.
        Some(Err(_)) => return Ok(Json(List::whole(Vec::new()))),
        None => search::by_name(workflows, asked, prefix, start.as_ref(), limit, &budget).await?,
    };
    let (items, next) = page(&app, found).await?;
    let next = next.or_else(|| behind.first().cloned().map(Start::at));
    Ok(Json(paged.page(items, next.map(|next| next.text()).as_deref())))
}

/// The customers from where a page begins on, in the order of their ids: those that the caller may see (none: all), and one
/// more than are asked.
pub async fn customers(
    app: &App,
    only: Option<BTreeSet<CustomerId>>,
    first: Option<&CustomerId>,
) -> Result<Vec<CustomerId>, Problem> {
    if let Some(few) = only {
        return Ok(few.into_iter().filter(|id| first.is_none_or(|first| first <= id)).collect());
    }
    let others = app.customers.after(first, MOST_CUSTOMERS as u64 + 1).await?;
    Ok(first.cloned().into_iter().chain(others).collect())
}

/// Returns as many of them as one answer holds, and the start of the next one. What a customer leaves behind that is being
/// deleted is not shown.
async fn page(app: &App, found: Hits) -> Result<(Vec<Box<RawValue>>, Option<Start>), Problem> {
    let mut ids: Vec<CustomerId> = found.hits.iter().map(|hit| hit.customer.clone()).collect();
    ids.dedup();
    let customers = app.customers.get_all(&ids).await?;
    let mut room = Room::default();
    let mut last = None;
    for Hit { customer, workflow, then } in found.hits {
        let fits = match customers.iter().find(|known| known.id == customer) {
            Some(customer) => room.add(&WorkflowJson::new(customer, workflow))?,
            None => true,
        };
        if !fits && last.is_some() {
            return Ok((room.into_items(), last));
        }
        last = Some(then);
    }
    Ok((room.into_items(), found.next))
}

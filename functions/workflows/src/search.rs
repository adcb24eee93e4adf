//! `GET /v1/workflows`, by `zuora_id`, by the beginning of `name`, or all: across the customers that the caller may see.

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::{
    app::search::{self, Hit, Hits, Start},
    aws::budget::Budget,
    domain::{ids::CustomerId, policy::Verb},
    http::{
        caller::CurrentUser,
        cursor::CursorScope,
        list::List,
        problem::Problem,
        query::{Limit, ValidQuery},
        room::Room,
    },
};
use utoipa::IntoParams;

use crate::{json::WorkflowJson, setup::App};

/// Customers that one request asks at most: their ids are read before, and each costs a unit of the budget at least.
const MOST_CUSTOMERS: usize = 1000;

/// What to look for: everything, unless told.
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
    zuora_id: Option<String>,
    #[param(nullable = false)]
    name: Option<String>,
}

/// Finds workflows by Zuora id and by the beginning of their name, customer by customer in the order of their ids.
#[utoipa::path(
    get,
    path = "/v1/workflows",
    tag = "workflows",
    params(Wanted),
    responses((status = 200, description = "Done.", body = List<WorkflowJson>)),
)]
pub async fn find_workflows(
    State(app): State<App>,
    known: CurrentUser,
    wanted: ValidQuery<Wanted>,
) -> Result<Json<List<Box<RawValue>>>, Problem> {
    let wanted = wanted.0?;
    let text = format!("{:?}", (&wanted.zuora_id, &wanted.name));
    let scope = CursorScope { caller: &known.0.sub, route: "/v1/workflows", filter: &text };
    let start = app.edge.cursors.open(&scope, wanted.cursor.as_deref(), Start::parse)?;
    let customers = customers(&app, &known, start.as_ref()).await?;
    let (asked, behind) = customers.split_at(MOST_CUSTOMERS.min(customers.len()));
    let (workflows, limit, budget) = (&app.workflows, wanted.limit.0, Budget::default());
    let prefix = wanted.name.as_deref().unwrap_or_default();
    let found = match wanted.zuora_id.as_deref().map(str::parse) {
        Some(Ok(id)) => search::by_id(workflows, asked, &id, prefix, start.as_ref(), limit, &budget).await?,
        // What is no id is nobody's.
        Some(Err(_)) => return Ok(Json(List { items: Vec::new(), next_cursor: None, total: None })),
        None => search::by_name(workflows, asked, prefix, start.as_ref(), limit, &budget).await?,
    };
    let (items, next) = page(&app, found).await?;
    let next = next.or_else(|| behind.first().cloned().map(Start::at));
    let next_cursor = next.map(|next| app.edge.cursors.seal(&scope, &next.text()));
    Ok(Json(List { items, next_cursor, total: None }))
}

/// The customers from where the page begins on, in the order of their ids: those that the caller may see, and one more than are asked.
async fn customers(app: &App, known: &CurrentUser, start: Option<&Start>) -> Result<Vec<CustomerId>, Problem> {
    let first = start.map(|start| &start.customer);
    if let Some(few) = known.0.only(Verb::View) {
        return Ok(few.into_iter().filter(|id| first.is_none_or(|first| first <= id)).collect());
    }
    let others = app.customers.after(first, MOST_CUSTOMERS as u64 + 1).await?;
    Ok(first.cloned().into_iter().chain(others).collect())
}

/// As many of them as one answer holds, and where the next one starts. What a customer leaves behind that is being deleted is not shown.
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

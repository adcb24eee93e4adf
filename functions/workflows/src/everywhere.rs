//! `GET /v1/workflows`, by `zuora_id`, by the beginning of `name`, or all: across the customers that the caller may see.

use axum::{Json, extract::State as Shared};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::{
    aws::index::Position,
    domain::{
        customer::Summary,
        ids::{CustomerId, WorkflowId},
        name::begins,
        policy::Verb,
        workflow::Workflow,
    },
    http::{
        caller::Known,
        cursor::Scope,
        list::List,
        problem::Problem,
        query::{Limit, ValidQuery},
        room::Room,
    },
};
use utoipa::IntoParams;

use crate::{json::WorkflowJson, setup::State};

/// Keys that one batch read takes.
const BATCH: usize = 100;

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

/// Where a page begins: at a customer, and within it after a position (none: at its first workflow).
struct Start {
    customer: CustomerId,
    after: Option<Position>,
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
    Shared(state): Shared<State>,
    known: Known,
    wanted: ValidQuery<Wanted>,
) -> Result<Json<List<Box<RawValue>>>, Problem> {
    let wanted = wanted.0?;
    let text = format!("{:?}", (&wanted.zuora_id, &wanted.name));
    let scope = Scope { caller: &known.0.sub, route: "/v1/workflows", filter: &text };
    let start = state.edge.cursors.open(&scope, wanted.cursor.as_deref(), Start::parse)?;
    let mut customers = state.customers.all().await?;
    customers.retain(|customer| {
        known.can(Verb::View, &customer.id) && start.as_ref().is_none_or(|start| customer.id >= start.customer)
    });
    customers.sort_by(|a, b| a.id.cmp(&b.id));
    let limit = wanted.limit.0;
    let prefix = wanted.name.as_deref().unwrap_or_default();
    let (items, next) = match wanted.zuora_id.as_deref().map(str::parse) {
        Some(Ok(id)) => by_id(&state, &customers, &id, prefix, limit).await?,
        // What is no id is nobody's.
        Some(Err(_)) => (Vec::new(), None),
        None => by_name(&state, &customers, prefix, start, limit).await?,
    };
    let next_cursor = next.map(|next| state.edge.cursors.seal(&scope, &next.text()));
    Ok(Json(List { items, next_cursor, total: None }))
}

async fn by_id(
    state: &State,
    customers: &[Summary],
    id: &WorkflowId,
    prefix: &str,
    limit: usize,
) -> Result<(Vec<Box<RawValue>>, Option<Start>), Problem> {
    let mut room = Room::default();
    let mut count = 0;
    for batch in customers.chunks(BATCH) {
        let ids: Vec<CustomerId> = batch.iter().map(|customer| customer.id.clone()).collect();
        let found = state.workflows.get_everywhere(&ids, id).await?;
        for customer in batch {
            let workflow = found.iter().find(|(owner, workflow)| {
                *owner == customer.id
                    && workflow.deleted_at.is_none()
                    && begins(workflow.name.as_deref().unwrap_or_default(), prefix)
            });
            let Some((_, workflow)) = workflow else { continue };
            let Some(whole) = state.customers.get(&customer.id).await? else { continue };
            if count == limit || !room.add(&WorkflowJson::new(&whole.value, workflow.clone()))? {
                return Ok((room.into_items(), Some(Start { customer: customer.id.clone(), after: None })));
            }
            count += 1;
        }
    }
    Ok((room.into_items(), None))
}

async fn by_name(
    state: &State,
    customers: &[Summary],
    prefix: &str,
    start: Option<Start>,
    limit: usize,
) -> Result<(Vec<Box<RawValue>>, Option<Start>), Problem> {
    let mut room = Room::default();
    let mut count = 0;
    let mut start = start;
    for customer in customers {
        if count == limit {
            return Ok((room.into_items(), Some(Start { customer: customer.id.clone(), after: None })));
        }
        // The position belongs to the customer that the page begins in.
        let mut after = start.take().filter(|start| start.customer == customer.id).and_then(|start| start.after);
        let keep = |workflow: &Workflow| workflow.deleted_at.is_none();
        let found = state.workflows.list(&customer.id, prefix, after.as_ref(), limit - count, keep).await?;
        if found.items.is_empty() && found.next.is_none() {
            continue;
        }
        let Some(whole) = state.customers.get(&customer.id).await? else { continue };
        for (workflow, position) in found.items {
            if !room.add(&WorkflowJson::new(&whole.value, workflow))? {
                return Ok((room.into_items(), Some(Start { customer: customer.id.clone(), after })));
            }
            after = Some(position);
            count += 1;
        }
        if found.next.is_some() {
            return Ok((room.into_items(), Some(Start { customer: customer.id.clone(), after: found.next })));
        }
    }
    Ok((room.into_items(), None))
}

impl Start {
    fn text(&self) -> String {
        format!("{}{}", self.customer, self.after.as_ref().map(Position::as_str).unwrap_or_default())
    }

    fn parse(text: &str) -> Option<Self> {
        let (customer, after) = text.split_at_checked(36)?;
        let after = if after.is_empty() { None } else { Some(Position::parse(after).ok()?) };
        Some(Self { customer: customer.parse().ok()?, after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_a_page_round_trips() {
        let customer = CustomerId::new();
        let after = Position::parse(r#"["a","b","c","d"]"#).unwrap();
        for after in [None, Some(after)] {
            let text = Start { customer: customer.clone(), after: after.clone() }.text();
            let parsed = Start::parse(&text).unwrap();
            assert_eq!((parsed.customer, parsed.after), (customer.clone(), after));
        }
        assert!(Start::parse("cus_").is_none() && Start::parse(&"é".repeat(20)).is_none());
    }
}

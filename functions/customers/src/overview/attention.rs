//! `GET /v1/attention`: who needs a person, worst first, the same cause across customers as one group.
//!
//! Only the summaries of customers are read, so an open panel may ask often.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Serialize;
use shared::{
    domain::{
        attention::{Cause, Remedy},
        customer::{HealthState, Summary},
        failure::ErrorClass,
        ids::{CustomerId, JobId},
        time::Timestamp,
    },
    http::{
        caller::CurrentUser,
        paging::List,
        permit::{Among, Operation as _},
        problem::Problem,
    },
    operation,
};
use utoipa::ToSchema;

use crate::setup::App;

/// The customers of a group that are named.
const NAMED: usize = 20;

/// Customers that need a person for the same cause.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttentionGroup)]
pub struct GroupJson {
    health: HealthState,
    class: Option<ErrorClass>,
    /// The cause in a few words.
    cause: &'static str,
    /// The time since which the first of them needs a person.
    since: Option<Timestamp>,
    /// The next step for a person.
    remedy: &'static str,
    /// What mends it, most likely first, as far as the caller may do it for one of the customers.
    actions: Vec<Remedy>,
    /// The number of customers.
    count: usize,
    /// The first 20 of them, longest in need first.
    customers: Vec<InNeedJson>,
}

/// A customer that needs a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerInNeed)]
struct InNeedJson {
    id: CustomerId,
    name: String,
    since: Option<Timestamp>,
    /// The job whose result waits for an approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    held_job_id: Option<JobId>,
}

operation!(ListAttention: ViewAny, Read, Safe);

/// Lists the customers that need a person, grouped by cause, worst first.
#[utoipa::path(
    get,
    path = "/v1/attention",
    tag = "overview",
    responses((status = 200, description = "The groups, on one page.", body = List<GroupJson>)),
    extensions(("x-operation" = json!(ListAttention::described()))),
)]
pub async fn list_attention(
    State(app): State<App>,
    among: Among<ListAttention>,
) -> Result<Json<List<GroupJson>>, Problem> {
    let mut customers = app.service.dispatcher.customers.summaries(among.only().as_ref()).await?;
    customers.retain(|customer| customer.health.needs_person());
    customers.sort_by(|one, other| (one.since, &one.name).cmp(&(other.since, &other.name)));
    let mut groups: BTreeMap<(HealthState, Option<&'static str>), Vec<Summary>> = BTreeMap::new();
    for customer in customers {
        groups.entry((customer.health, customer.class.map(ErrorClass::as_str))).or_default().push(customer);
    }
    Ok(Json(List::whole(groups.into_values().filter_map(|group| GroupJson::new(group, &among.user)).collect())))
}

impl GroupJson {
    /// The group of customers with the same health and class; none if there are none.
    fn new(customers: Vec<Summary>, user: &CurrentUser) -> Option<Self> {
        let Summary { health, class, since, .. } = *customers.first()?;
        let cause = Cause { health, class };
        let may = |remedy: &Remedy| customers.iter().any(|customer| user.can(remedy.verb(), &customer.id));
        Some(Self {
            health,
            class,
            cause: cause.name(),
            since,
            remedy: cause.next_step(),
            actions: cause.remedies().iter().copied().filter(may).collect(),
            count: customers.len(),
            customers: customers.into_iter().take(NAMED).map(InNeedJson::from).collect(),
        })
    }
}

impl From<Summary> for InNeedJson {
    fn from(Summary { id, name, since, held_job_id, .. }: Summary) -> Self {
        Self { id, name, since, held_job_id }
    }
}

//! `GET /health`, `/v1/stats` and `/v1/zuora-hosts`

use std::{collections::BTreeMap, time::Duration};

use axum::{Json, extract::State as Shared, response::IntoResponse};
use http::header;
use serde::Serialize;
use shared::{
    aws::jobs::Selection,
    clock,
    domain::{
        customer::Status,
        job::{Job, Kind, State as JobState},
        known_hosts::KNOWN_HOSTS,
        policy::{Decision, Scope, Verb},
        schedule::Frequency,
        time::Timestamp,
    },
    http::{caller::Known, list::List, problem::Problem},
};
use utoipa::ToSchema;

use crate::setup::State;

/// What ended is counted for so long.
const DAY: Duration = Duration::from_secs(86_400);

/// That all is well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    status: &'static str,
    version: &'static str,
}

/// Says that the function is up: it read its configuration and its app key, or it would not answer.
#[utoipa::path(
    get,
    path = "/health",
    tag = "overview",
    responses((status = 200, description = "Done.", body = Health)),
    security(()),
)]
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// Describes this API in `OpenAPI` 3.1, made from the code.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "overview",
    responses((status = 200, description = "Done.", body = Object)),
    security(()),
)]
pub async fn get_openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], include_str!("../../../docs/openapi.json"))
}

/// The dashboard's counters.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatsJson {
    customers: CustomerCounts,
    workflows: u64,
    tasks: u64,
    /// How many jobs are in each state: of those that ended and did not fail, the ones asked for in the last 24 hours, without dry
    /// runs; of those that failed, the ones with a dead letter, on which somebody can act.
    jobs: BTreeMap<&'static str, u64>,
    /// When the oldest job in a state was asked for, for the states that something has to follow; absent where there is none.
    oldest_jobs: BTreeMap<&'static str, Timestamp>,
    /// How many customers have something held back which nobody has approved and no later complete sync has settled.
    awaiting_approval: u64,
}

/// How many customers there are, by what they need.
#[derive(Debug, Serialize, ToSchema)]
struct CustomerCounts {
    total: usize,
    active: usize,
    paused: usize,
    needs_attention: usize,
}

/// Counts the customers that the caller may see, their workflows, tasks and jobs.
#[utoipa::path(
    get,
    path = "/v1/stats",
    tag = "overview",
    responses((status = 200, description = "Done.", body = StatsJson)),
)]
pub async fn get_stats(Shared(state): Shared<State>, known: Known) -> Result<Json<StatsJson>, Problem> {
    let mut customers = state.desk.dispatcher.customers.all().await?;
    customers.retain(|customer| known.can(Verb::ViewAny, &customer.id));
    let with = |status: Status| customers.iter().filter(|customer| customer.status == status).count();
    let mut jobs = BTreeMap::new();
    let mut oldest_jobs = BTreeMap::new();
    for job_state in JobState::ALL {
        let (count, oldest) = count_jobs(&state, &known, job_state).await?;
        jobs.insert(job_state.as_str(), count);
        oldest_jobs.extend(oldest.map(|oldest| (job_state.as_str(), oldest)));
    }
    let visible = customers.iter().filter(|customer| known.can(Verb::View, &customer.id));
    let awaiting_approval = state.desk.dispatcher.awaiting_approval(visible).await?.len() as u64;
    Ok(Json(StatsJson {
        customers: CustomerCounts {
            total: customers.len(),
            active: with(Status::Active),
            paused: with(Status::Paused),
            needs_attention: with(Status::NeedsAttention),
        },
        workflows: customers.iter().map(|customer| customer.workflows_count).sum(),
        tasks: customers.iter().map(|customer| customer.tasks_count).sum(),
        jobs,
        oldest_jobs,
        awaiting_approval,
    }))
}

/// How many jobs of the caller's customers are in a state, and since when there is one. What ended is counted for one day: a
/// history of 90 days would be read through with every look at the dashboard. A dry run that ended did nothing, whatever it found. What
/// failed is counted while it has a dead letter: failed tests, dry runs and superseded jobs ask nobody to act.
async fn count_jobs(state: &State, known: &Known, wanted: JobState) -> Result<(u64, Option<Timestamp>), Problem> {
    let jobs = &state.desk.dispatcher.jobs;
    let is_history = wanted.is_ended() && wanted != JobState::Failed;
    let since = is_history.then(|| clock::now().minus(DAY));
    let except = is_history.then_some(Kind::Plan);
    let selection = Selection { since, except, ..Selection::in_state(wanted) };
    if wanted != JobState::Failed && known.0.decide(Verb::View, Scope::All) == Decision::Allow {
        let oldest = if is_history { None } else { jobs.oldest(wanted).await? };
        return Ok((jobs.count(&selection).await?, oldest));
    }
    let counts = |job: &Job| {
        known.can(Verb::View, &job.customer_id) && (wanted != JobState::Failed || job.dead_lettered_at.is_some())
    };
    let (found, _) = jobs.list(&selection, usize::MAX - 1, counts).await?;
    let oldest = found.last().filter(|_| !is_history).map(|job| job.created_at);
    Ok((found.len() as u64, oldest))
}

/// One of Zuora's addresses.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZuoraHost {
    base_url: &'static str,
    label: &'static str,
    environment: &'static str,
    /// Whether it is one of the three that most customers use.
    preset: bool,
    /// How often customers there are best synced.
    recommended_frequency: Frequency,
}

/// Lists Zuora's addresses, with the frequency recommended for each environment.
#[utoipa::path(
    get,
    path = "/v1/zuora-hosts",
    tag = "overview",
    responses((status = 200, description = "Done.", body = List<ZuoraHost>)),
)]
pub async fn list_zuora_hosts() -> Json<List<ZuoraHost>> {
    let hosts = KNOWN_HOSTS.iter().map(|host| ZuoraHost {
        base_url: host.base_url,
        label: host.label,
        environment: host.environment,
        preset: host.preset,
        recommended_frequency: match host.environment {
            "production" => Frequency::Hourly,
            "development" => Frequency::Manual,
            _ => Frequency::EveryTwoHours,
        },
    });
    Json(List { items: hosts.collect(), next_cursor: None, total: None })
}

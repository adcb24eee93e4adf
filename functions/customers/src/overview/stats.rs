//! `GET /v1/stats`
//!
//! Who may see everything reads the numbers that are kept; who may see some customers reads those and their jobs of one day.
//! Neither costs more when there are more customers of others, or more history.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use axum::{Json, extract::State};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use shared::{
    aws::{budget::Budget, jobs::JobSelection, table::StoreError},
    clock,
    domain::{
        counts::{Outcomes, Totals},
        ids::CustomerId,
        job::{Job, Kind, State as JobState},
        policy::Verb,
        time::Timestamp,
    },
    http::{
        permit::{Among, Operation as _},
        problem::Problem,
    },
    operation,
};
use utoipa::ToSchema;

use crate::setup::App;

/// The age up to which ended jobs are counted.
const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3600);
/// The states that somebody has to follow.
const FOLLOWED: [JobState; 4] = [JobState::Queued, JobState::Waiting, JobState::Running, JobState::Failed];
/// The number of jobs that the budget of a list allows to read.
const MOST: usize = 10_000;
/// Customers whose jobs are read at the same time.
const AT_ONCE: usize = 8;

/// The dashboard's counters.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Counters)]
pub struct StatsJson {
    customers: CustomerCounts,
    workflows: i64,
    tasks: i64,
    /// The number of jobs by state. Jobs under way count in their state; failed ones if they have a dead letter, on which
    /// somebody can act; the other states count the syncs of `jobs_by_hour`.
    jobs: BTreeMap<&'static str, i64>,
    /// The creation time of the oldest job by state, for the states that need a follow-up; a state without jobs is absent.
    oldest_jobs: BTreeMap<&'static str, Timestamp>,
    /// The results of the syncs of the last 24 hours, by hour, oldest first; hours in which none ended are left out.
    jobs_by_hour: Vec<HourJson>,
    /// The number of customers with held deletions that nobody has approved and no later complete sync has settled.
    awaiting_approval: i64,
}

/// The numbers of customers, by their needs.
#[derive(Debug, Serialize, ToSchema)]
struct CustomerCounts {
    total: i64,
    active: i64,
    paused: i64,
    /// Not scheduled until an admin acts.
    needs_attention: i64,
    /// Those that need a person, as `GET /v1/customers?needs_person=true` lists them.
    need_person: i64,
    /// The numbers of customers by health.
    by_health: BTreeMap<&'static str, i64>,
}

/// The results of the syncs that ended within one hour.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutcomesOfHour)]
struct HourJson {
    /// The start of the hour.
    hour: Timestamp,
    succeeded: i64,
    incomplete: i64,
    held: i64,
    failed: i64,
    cancelled: i64,
}

/// The jobs of some customers, or of all.
#[derive(Default)]
struct Jobs {
    /// Those in the states that somebody follows, and what is held back.
    now: Totals,
    hours: BTreeMap<Timestamp, Outcomes>,
    oldest: BTreeMap<&'static str, Timestamp>,
}

operation!(GetStats: ViewAny, Read, Safe);

/// Counts the customers that the caller may see, their workflows, tasks and jobs.
#[utoipa::path(
    get,
    path = "/v1/stats",
    tag = "overview",
    responses((status = 200, description = "The counters.", body = StatsJson)),
    extensions(("x-operation" = json!(GetStats::described()))),
)]
pub async fn get_stats(State(app): State<App>, among: Among<GetStats>) -> Result<Json<StatsJson>, Problem> {
    let (listed, viewed) = (among.only(), among.user.caller().only(Verb::View));
    let customers = totals_of(&app, listed.as_ref()).await?;
    // Mostly the same customers: they are read once.
    let now = if viewed == listed { customers } else { totals_of(&app, viewed.as_ref()).await? };
    let jobs = match viewed {
        None => all_jobs(&app, now).await?,
        Some(viewed) => jobs_of(&app, &viewed, now).await?,
    };
    Ok(Json(StatsJson::new(&customers, jobs)))
}

/// Returns the totals of some customers, without their jobs; for all customers the kept ones, jobs included.
async fn totals_of(app: &App, only: Option<&BTreeSet<CustomerId>>) -> Result<Totals, StoreError> {
    if only.is_none() {
        return app.service.dispatcher.counts.totals().await;
    }
    let summaries = app.service.dispatcher.customers.summaries(only).await?;
    Ok(summaries.iter().map(Totals::of_customer).fold(Totals::default(), |sum, one| sum.plus(&one)))
}

async fn all_jobs(app: &App, now: Totals) -> Result<Jobs, StoreError> {
    let jobs = &app.service.dispatcher.jobs;
    let hours = app.service.dispatcher.counts.outcomes(clock::now().minus(DAY)).await?;
    let mut oldest = BTreeMap::new();
    for followed in FOLLOWED {
        oldest.extend(jobs.oldest(followed).await?.map(|since| (followed.as_str(), since)));
    }
    Ok(Jobs { now, hours, oldest })
}

async fn jobs_of(app: &App, customers: &BTreeSet<CustomerId>, now: Totals) -> Result<Jobs, StoreError> {
    let mut jobs = Jobs { now, ..Jobs::default() };
    for followed in FOLLOWED {
        let counts = |job: &Job| job.counts_as() == Some(followed) && customers.contains(&job.customer_id);
        let selection = JobSelection::in_state(followed);
        let found = app.service.dispatcher.jobs.list(&selection, MOST, &Budget::default(), counts).await?.jobs;
        jobs.oldest.extend(found.last().map(|job| (followed.as_str(), job.created_at)));
        let counted = found.iter().map(|job| Totals::of_job(job.counts_as()));
        jobs.now = counted.fold(jobs.now, |sum, one| sum.plus(&one));
    }
    let since = clock::now().minus(DAY).floor(HOUR);
    let ended = stream::iter(customers.clone()).map(|customer| ended_since(app, customer, since));
    for job in ended.buffer_unordered(AT_ONCE).try_concat().await? {
        let Some(end) = job.finished_at else { continue };
        let hour = jobs.hours.entry(end.floor(HOUR)).or_default();
        *hour = hour.plus(&Outcomes::of(job.state));
    }
    Ok(jobs)
}

async fn ended_since(app: &App, customer: CustomerId, since: Timestamp) -> Result<Vec<Job>, StoreError> {
    let selection = JobSelection { customers: Some([customer].into()), since: Some(since), ..JobSelection::default() };
    let ended = |job: &Job| job.kind == Kind::Sync && job.finished_at.is_some_and(|end| since <= end);
    Ok(app.service.dispatcher.jobs.list(&selection, MOST, &Budget::default(), ended).await?.jobs)
}

impl StatsJson {
    fn new(customers: &Totals, jobs: Jobs) -> Self {
        let Totals { active, paused, needs_attention, workflows, tasks, .. } = *customers;
        let ended = jobs.hours.values().fold(Outcomes::default(), |sum, hour| sum.plus(hour));
        let by_state = [
            (JobState::Queued, jobs.now.queued),
            (JobState::Waiting, jobs.now.waiting),
            (JobState::Running, jobs.now.running),
            (JobState::Failed, jobs.now.failed),
            (JobState::Succeeded, ended.succeeded),
            (JobState::Incomplete, ended.incomplete),
            (JobState::Held, ended.held),
            (JobState::Cancelled, ended.cancelled),
        ];
        let by_health = customers.by_health();
        let need_person = by_health.iter().filter(|(health, _)| health.needs_person()).map(|(_, count)| count).sum();
        let by_health = by_health.into_iter().map(|(health, count)| (health.as_str(), count)).collect();
        Self {
            customers: CustomerCounts {
                total: customers.customers(),
                active,
                paused,
                needs_attention,
                need_person,
                by_health,
            },
            workflows,
            tasks,
            jobs: by_state.into_iter().map(|(state, count)| (state.as_str(), count)).collect(),
            oldest_jobs: jobs.oldest,
            jobs_by_hour: jobs.hours.into_iter().map(HourJson::from).collect(),
            awaiting_approval: jobs.now.held,
        }
    }
}

impl From<(Timestamp, Outcomes)> for HourJson {
    fn from((hour, outcomes): (Timestamp, Outcomes)) -> Self {
        let Outcomes { succeeded, incomplete, held, failed, cancelled } = outcomes;
        Self { hour, succeeded, incomplete, held, failed, cancelled }
    }
}

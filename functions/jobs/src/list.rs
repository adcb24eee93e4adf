//! `GET /v1/jobs` and `GET /v1/jobs/{job_id}`

use axum::{Json, extract::State};
use serde::Deserialize;
use shared::{
    app::error::AppError,
    aws::{
        budget::Budget,
        jobs::{JobSelection, Listed},
    },
    domain::{
        failure::ErrorClass,
        ids::{CustomerId, JobId},
        job::{Job, Kind, State as JobState},
        policy::Verb,
        time::Timestamp,
    },
    http::{
        caller::CurrentUser,
        cursor::CursorScope,
        list::List,
        path::Ids,
        problem::Problem,
        query::{Limit, ValidQuery, flag, listed},
    },
};
use utoipa::IntoParams;

use crate::{json::JobJson, setup::App};

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
    customer_id: Option<CustomerId>,
    /// One state or several, with commas between them.
    #[serde(default, deserialize_with = "listed")]
    #[param(nullable = false, value_type = Option<Vec<JobState>>, style = Form, explode = false, min_items = 1)]
    state: Vec<JobState>,
    #[param(nullable = false)]
    kind: Option<Kind>,
    #[param(nullable = false)]
    error_class: Option<ErrorClass>,
    /// Asked for at or after this moment.
    #[param(nullable = false)]
    since: Option<Timestamp>,
    /// Asked for before this moment.
    #[param(nullable = false)]
    until: Option<Timestamp>,
    /// `true`: only those that hold something back which nobody has approved and no later complete sync has settled.
    #[serde(default, deserialize_with = "flag")]
    #[param(nullable = false, value_type = Option<bool>)]
    awaiting_approval: bool,
}

impl Filter {
    fn matches(&self, job: &Job) -> bool {
        self.kind.is_none_or(|kind| kind == job.kind)
            && self.error_class.is_none_or(|class| job.error.as_ref().is_some_and(|error| error.class == class))
    }
}

/// Lists the jobs of customers that the caller may view, newest first.
#[utoipa::path(
    get,
    path = "/v1/jobs",
    tag = "jobs",
    params(Filter),
    responses((status = 200, description = "Done.", body = List<JobJson>)),
)]
pub async fn list_jobs(
    State(app): State<App>,
    known: CurrentUser,
    filter: ValidQuery<Filter>,
) -> Result<Json<List<JobJson>>, Problem> {
    let filter = filter.0?;
    if let Some(customer) = &filter.customer_id {
        known.may(Verb::View, customer)?;
    }
    let Filter { customer_id, state: states, kind, error_class, since, until, awaiting_approval, .. } = &filter;
    let text = format!("{:?}", (customer_id, states, kind, error_class, since, until, awaiting_approval));
    let scope = CursorScope { caller: &known.0.sub, route: "/v1/jobs", filter: &text };
    let before: Option<JobId> = app.edge.cursors.open(&scope, filter.cursor.as_deref(), |text| text.parse().ok())?;
    let customers = customer_id.clone().map(|one| [one].into()).or_else(|| known.0.only(Verb::View));
    let selection = JobSelection { customers, states: states.clone(), before, since: *since, until: *until };
    let dispatcher = &app.dispatcher;
    let keep = |job: &Job| known.can(Verb::View, &job.customer_id) && filter.matches(job);
    let Listed { jobs, next } = if *awaiting_approval {
        // At most one job a customer.
        let wanted = dispatcher.customers.summaries(selection.customers.as_ref()).await?;
        let mut jobs = dispatcher.awaiting_approval(wanted.iter()).await?;
        jobs.retain(|job| selection.takes(job) && keep(job));
        Listed::newest_of(jobs, filter.limit.0)
    } else {
        dispatcher.jobs.list(&selection, filter.limit.0, &Budget::default(), keep).await?
    };
    let next_cursor = next.map(|next| app.edge.cursors.seal(&scope, next.as_str()));
    Ok(Json(List { items: jobs.into_iter().map(JobJson::in_list).collect(), next_cursor, total: None }))
}

/// Reads one job.
#[utoipa::path(
    get,
    path = "/v1/jobs/{job_id}",
    tag = "jobs",
    params(("job_id" = JobId, Path)),
    responses((status = 200, description = "Done.", body = JobJson)),
)]
pub async fn get_job(State(app): State<App>, known: CurrentUser, ids: Ids) -> Result<Json<JobJson>, Problem> {
    let id: JobId = ids.get("job_id", "job")?;
    let job = app.dispatcher.jobs.find(&id).await?.ok_or(AppError::NotFound("job"))?.value;
    known.may_with(Verb::View, &job.customer_id, "job")?;
    Ok(Json(job.into()))
}

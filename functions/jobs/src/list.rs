//! `GET /v1/jobs` and `GET /v1/jobs/{job_id}`

use axum::{Json, extract::State};
use serde::Deserialize;
use shared::{
    aws::{
        budget::Budget,
        jobs::{JobSelection, Listed},
    },
    domain::{
        failure::ErrorClass,
        ids::{CustomerId, JobId},
        job::{Job, Kind, State as JobState},
        time::Timestamp,
    },
    http::{
        paging::{List, Paged, Paging},
        permit::{Among, OfJob, Operation as _},
        problem::Problem,
        query::{flag, listed},
    },
    operation,
};
use utoipa::IntoParams;

use crate::{json::JobJson, setup::App};

/// The filters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
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
    /// Ended at or after this moment.
    #[param(nullable = false)]
    finished_since: Option<Timestamp>,
    /// Ended before this moment.
    #[param(nullable = false)]
    finished_until: Option<Timestamp>,
    /// `true`: only those that hold something back which nobody has approved and no later complete sync has settled.
    #[serde(default, deserialize_with = "flag")]
    #[param(nullable = false, value_type = Option<bool>)]
    awaiting_approval: bool,
}

impl Filter {
    fn matches(&self, job: &Job) -> bool {
        self.kind.is_none_or(|kind| kind == job.kind)
            && self.error_class.is_none_or(|class| job.error.as_ref().is_some_and(|error| error.class == class))
            && self.finished_since.is_none_or(|since| job.finished_at.is_some_and(|finished| since <= finished))
            && self.finished_until.is_none_or(|until| job.finished_at.is_some_and(|finished| finished < until))
    }

    /// The moment before which the jobs were asked for: none ends before that.
    fn asked_until(&self) -> Option<Timestamp> {
        [self.until, self.finished_until].into_iter().flatten().min()
    }
}

operation!(ListJobs: View, Read, Safe; NotFound);

/// Lists the jobs of customers that the caller may view, newest first.
#[utoipa::path(
    get,
    path = "/v1/jobs",
    tag = "jobs",
    params(Paging, Filter),
    responses((status = 200, description = "A page of jobs.", body = List<JobJson>)),
    extensions(("x-operation" = json!(ListJobs::described()))),
)]
pub async fn list_jobs(
    State(app): State<App>,
    among: Among<ListJobs>,
    paged: Paged<Filter>,
) -> Result<Json<List<JobJson>>, Problem> {
    let filter = &paged.filter;
    let customers = among.narrowed(filter.customer_id.as_ref())?;
    let before: Option<JobId> = paged.begin(|text| text.parse().ok())?;
    let (since, until) = (filter.since, filter.asked_until());
    let selection = JobSelection { customers, states: filter.state.clone(), before, since, until };
    let dispatcher = &app.dispatcher;
    let keep = |job: &Job| among.includes(&job.customer_id) && filter.matches(job);
    let Listed { jobs, next } = if filter.awaiting_approval {
        // At most one job a customer.
        let wanted = dispatcher.customers.summaries(selection.customers.as_ref()).await?;
        let mut jobs = dispatcher.awaiting_approval(wanted.iter()).await?;
        jobs.retain(|job| selection.takes(job) && keep(job));
        Listed::newest_of(jobs, paged.limit())
    } else {
        dispatcher.jobs.list(&selection, paged.limit(), &Budget::default(), keep).await?
    };
    let jobs = app.offered(jobs, &among.user).await?;
    let items = jobs.into_iter().map(|(job, offer)| JobJson::in_list(job, offer)).collect();
    Ok(Json(paged.page(items, next.as_ref().map(JobId::as_str))))
}

operation!(GetJob: View, Read, Safe);

/// Reads one job.
#[utoipa::path(
    get,
    path = "/v1/jobs/{job_id}",
    tag = "jobs",
    params(("job_id" = JobId, Path)),
    responses((status = 200, description = "The job.", body = JobJson)),
    extensions(("x-operation" = json!(GetJob::described()))),
)]
pub async fn get_job(State(app): State<App>, of: OfJob<GetJob>) -> Result<Json<JobJson>, Problem> {
    Ok(Json(app.answer(of.job, &of.user).await?))
}

//! `POST /v1/customers/bulk`

use std::collections::BTreeSet;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use shared::{
    app::{
        context::RequestContext,
        customers::{BulkAction, BulkOutcome},
        error::AppError,
    },
    domain::{
        customer::Summary,
        ids::{CustomerId, JobId},
        invalid::Invalid,
        schedule::Frequency,
    },
    http::{
        body::{ValidJson, present},
        permit::{Among, Operation},
        problem::Problem,
    },
    operation,
};
use utoipa::ToSchema;

use super::list::Filter;
use crate::setup::App;

/// The most customers of one call.
const MOST: usize = 200;

/// An action on several customers: those that are named, or those that match.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = BulkRequest)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    action: Action,
    /// With `set_frequency`, and only then.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    sync_frequency: Option<Frequency>,
    #[schema(nullable = false, value_type = Option<Vec<CustomerId>>, min_items = 1, max_items = 200)]
    #[serde(default, deserialize_with = "present")]
    customer_ids: Option<Vec<CustomerId>>,
    /// Instead of ids: all customers that match and that the caller may do it with, 200 at most.
    #[schema(nullable = false, value_type = Option<Filter>)]
    #[serde(default, deserialize_with = "present")]
    filter: Option<Filter>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[schema(as = BulkAction)]
#[serde(rename_all = "snake_case")]
enum Action {
    Sync,
    Pause,
    Resume,
    SetFrequency,
}

/// The outcomes, in the order of the request, or of the filter's sorting.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = BulkResult)]
pub struct BulkJson {
    items: Vec<OutcomeJson>,
    /// Customers with which it was done.
    done: usize,
    /// Customers of which it was true already.
    unchanged: usize,
    /// Customers with which it was not done; each says why.
    refused: usize,
}

/// The outcome for one customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkOutcome)]
struct OutcomeJson {
    customer_id: CustomerId,
    /// Its name; null if there is no such customer.
    customer_name: Option<String>,
    outcome: Outcome,
    /// The sync that it led to.
    job_id: Option<JobId>,
    /// The reason of a refusal.
    problem: Option<ReasonJson>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = BulkOutcomeKind)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Done,
    Unchanged,
    Refused,
}

/// The reason why it was not done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkRefusal)]
struct ReasonJson {
    title: &'static str,
    detail: String,
}

operation!(BulkSync: Sync, CustomerSync, Idempotent; NotFound, TooManyRequests);
operation!(BulkUpdate: Update, CustomerUpdate, Idempotent; NotFound, TooManyRequests);

/// Syncs, pauses, resumes or reschedules several customers. One that refuses stops no other.
///
/// `sync` needs the verb `sync`, the other actions need `update`, on every customer that is named. The syncs of many customers
/// begin over some minutes.
#[utoipa::path(
    post,
    path = "/v1/customers/bulk",
    tag = "customers",
    request_body = BulkRequest,
    responses((status = 200, description = "What became of each.", body = BulkJson)),
    extensions(("x-operation" = json!(BulkUpdate::described()))),
)]
pub async fn bulk_customers(
    State(app): State<App>,
    sync: Among<BulkSync>,
    update: Among<BulkUpdate>,
    context: RequestContext,
    ValidJson(body): ValidJson<BulkRequest>,
) -> Result<Json<BulkJson>, Problem> {
    let (action, selected) = body.validate()?;
    let customers = match action {
        BulkAction::Sync => customers(&app, &sync, selected).await?,
        BulkAction::Pause | BulkAction::Resume | BulkAction::SetFrequency(_) => {
            customers(&app, &update, selected).await?
        }
    };
    let ids = customers.iter().map(|(id, _)| id.clone()).collect();
    let results = app.service.bulk(action, ids, &context).await?;
    let mut answer = BulkJson::default();
    for ((id, result), (_, name)) in results.into_iter().zip(customers) {
        answer.add(id, name, result);
    }
    Ok(Json(answer))
}

/// The customers of a request.
enum Selected {
    Ids(Vec<CustomerId>),
    Matching(Filter),
}

impl BulkRequest {
    fn validate(self) -> Result<(BulkAction, Selected), Invalid> {
        let action = match (self.action, self.sync_frequency) {
            (Action::Sync, None) => BulkAction::Sync,
            (Action::Pause, None) => BulkAction::Pause,
            (Action::Resume, None) => BulkAction::Resume,
            (Action::SetFrequency, Some(frequency)) => BulkAction::SetFrequency(frequency),
            (Action::SetFrequency, None) => {
                return Err(Invalid::one("/sync_frequency", "Choose the frequency to set."));
            }
            (_, Some(_)) => return Err(Invalid::one("/sync_frequency", "Only set_frequency takes a frequency.")),
        };
        match (self.customer_ids, self.filter) {
            (Some(mut ids), None) if (1..=MOST).contains(&ids.len()) => {
                let mut seen = BTreeSet::new();
                ids.retain(|id| seen.insert(id.clone()));
                Ok((action, Selected::Ids(ids)))
            }
            (Some(_), None) => Err(Invalid::one("/customer_ids", format!("Name 1 to {MOST} customers."))),
            (None, Some(filter)) => Ok((action, Selected::Matching(filter))),
            (Some(_), Some(_)) => Err(Invalid::one("/filter", "Name customers, or give a filter, not both.")),
            (None, None) => Err(Invalid::one("/customer_ids", "Name the customers, or give a filter.")),
        }
    }
}

/// The selected customers with their names, as far as there are such.
async fn customers<O: Operation>(
    app: &App,
    among: &Among<O>,
    selected: Selected,
) -> Result<Vec<(CustomerId, Option<String>)>, Problem> {
    let store = &app.service.dispatcher.customers;
    match selected {
        Selected::Ids(ids) => {
            among.check(&ids)?;
            let found = store.summaries(Some(&ids.iter().cloned().collect())).await.map_err(AppError::from)?;
            let name = |id: &CustomerId| found.iter().find(|one| one.id == *id).map(|one| one.name.clone());
            Ok(ids.into_iter().map(|id| (id.clone(), name(&id))).collect())
        }
        Selected::Matching(filter) => {
            let mut found = store.summaries(among.only().as_ref()).await.map_err(AppError::from)?;
            found.retain(|customer| filter.matches(customer));
            if found.len() > MOST {
                let why = format!("{} customers match, and one call takes {MOST}. Narrow the filter.", found.len());
                return Err(Invalid::one("/filter", why).into());
            }
            found.sort_by_cached_key(|customer| filter.sort.place(customer));
            Ok(found.into_iter().map(|Summary { id, name, .. }| (id, Some(name))).collect())
        }
    }
}

impl BulkJson {
    fn add(&mut self, customer_id: CustomerId, customer_name: Option<String>, result: Result<BulkOutcome, AppError>) {
        let (count, outcome, job_id, problem) = match result {
            Ok(BulkOutcome::Done(job)) => (&mut self.done, Outcome::Done, job, None),
            Ok(BulkOutcome::Unchanged(job)) => (&mut self.unchanged, Outcome::Unchanged, job, None),
            Err(error) => {
                if !matches!(error, AppError::Conflict(_) | AppError::NotFound(_)) {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(%customer_id, error, "a bulk action failed for a customer");
                }
                (&mut self.refused, Outcome::Refused, None, Some(Problem::from(error).into()))
            }
        };
        *count += 1;
        self.items.push(OutcomeJson { customer_id, customer_name, outcome, job_id, problem });
    }
}

impl From<Problem> for ReasonJson {
    fn from(problem: Problem) -> Self {
        let (_, _, title) = problem.kind.parts();
        Self { title, detail: problem.detail().to_owned() }
    }
}

//! `GET /v1/search`: by name, by what a definition refers to, or by any text of it, across the customers that the caller may
//! see. See D-91.

use std::time::Duration;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use shared::{
    app::search::{
        everywhere::{self, Bounds, Hit, Hits, Place},
        matching::Query,
    },
    domain::{
        ids::{CustomerId, JobId, WorkflowId},
        name::{SearchText, folded},
        references::{Kind, TaskName},
        text_search::Needle,
    },
    http::{
        paging::{Paged, Paging},
        permit::{Among, Operation as _},
        problem::Problem,
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    find::{MOST_CUSTOMERS, customers},
    setup::App,
};

/// The most items of a page.
const MOST: usize = 50;
/// The time after which no other page of the table is read: an answer comes within three seconds.
pub const TIME: Duration = Duration::from_secs(2);
/// The characters of a text to look for.
const SHORTEST: usize = 3;
const LONGEST: usize = 200;

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Three characters at least, in any case and normal form; with `kind=name` also a whole Zuora id, or the id of a customer
    /// or job.
    #[param(max_length = 200)]
    q: String,
    /// Where to look; `name` if absent.
    #[serde(default)]
    #[param(inline, nullable = false)]
    kind: Option<SearchKind>,
    /// Only at this customer.
    #[param(nullable = false)]
    customer_id: Option<CustomerId>,
}

/// Where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SearchKind {
    /// Names of customers and workflows, and ids.
    Name,
    /// All texts of definitions.
    Text,
    /// Fields of Zuora objects, as `Account.Name`.
    Field,
    /// Zuora objects.
    Object,
    /// Hosts of literal URLs.
    Host,
    /// Literal e-mail addresses.
    Email,
    /// Constants of the tenant, as `GlobalConstants.Key`.
    Constant,
    /// Workflows that others run, by id or name.
    Workflow,
    /// Kinds of tasks.
    ActionType,
}

/// What was found.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum What {
    Customer,
    Workflow,
    Job,
}

/// A hit. What does not apply to it is null.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchHit)]
struct HitJson {
    #[schema(inline)]
    found: What,
    customer_id: CustomerId,
    customer_name: String,
    workflow_id: Option<WorkflowId>,
    workflow_name: Option<String>,
    task_id: Option<String>,
    task_name: Option<String>,
    /// The path in the task, or in the export if it is in none.
    path: Option<String>,
    /// The text around it, cut.
    snippet: Option<String>,
    job_id: Option<JobId>,
}

/// A page of what a search finds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Search)]
pub struct SearchJson {
    items: Vec<HitJson>,
    /// True if nothing is missing behind or before the items: there is no next page, and `not_indexed` is 0.
    complete: bool,
    /// Workflows of the customers looked at that may be missing, at most: what their definitions refer to is not known yet,
    /// or not wholly. The next sync of their customers goes on with it.
    not_indexed: u64,
    /// The cursor of the next page, also where the time was over before anything was found; null at the end.
    next_cursor: Option<String>,
}

impl HitJson {
    fn new(Hit { customer, customer_name, workflow }: Hit) -> Self {
        let found = if workflow.is_some() { What::Workflow } else { What::Customer };
        let (workflow, place) = workflow.map(|(id, name, place)| ((id, name), place)).unzip();
        let (workflow_id, workflow_name) = workflow.unzip();
        let place = place.unwrap_or_default();
        let (task_id, task_name) = place.task.map(|TaskName(id, name)| (id, name)).unzip();
        Self {
            found,
            customer_id: customer,
            customer_name,
            workflow_id,
            workflow_name: workflow_name.flatten(),
            task_id,
            task_name: task_name.flatten(),
            path: place.path,
            snippet: place.snippet,
            job_id: None,
        }
    }
}

operation!(Search: View, Read, Safe; NotFound);

/// Finds customers, workflows and jobs by name or id, and places in definitions by what they refer to or by their text:
/// customer by customer in the order of their ids. At most five places of each workflow are shown, and at most 50 items.
/// Secrets are neither matched nor shown.
#[utoipa::path(
    get,
    path = "/v1/search",
    tag = "workflows",
    params(Paging, Filter),
    responses((status = 200, description = "A page of hits.", body = SearchJson)),
    extensions(("x-operation" = json!(Search::described()))),
)]
pub async fn search(
    State(app): State<App>,
    among: Among<Search>,
    paged: Paged<Filter>,
) -> Result<Json<SearchJson>, Problem> {
    let only = among.narrowed(paged.filter.customer_id.as_ref())?;
    let query = query(&paged.filter).map_err(|fix| Problem::parameter("q", fix))?;
    let start = paged.begin(Place::parse)?;
    if let Query::Name { id, .. } = &query
        && let Ok(id) = id.parse()
    {
        let found = job(&app, &among, &paged.filter, &id).await?;
        return Ok(Json(SearchJson {
            items: found.into_iter().collect(),
            complete: true,
            not_indexed: 0,
            next_cursor: None,
        }));
    }
    let customers = customers(&app, only, start.as_ref().map(|start| &start.customer)).await?;
    let (asked, behind) = customers.split_at(MOST_CUSTOMERS.min(customers.len()));
    let bounds = Bounds::new(paged.limit().min(MOST), TIME);
    let Hits { hits, next, not_indexed } =
        everywhere::search(&app.shelves(), asked, &query, start.as_ref(), bounds).await?;
    let next = next.or_else(|| behind.first().cloned().map(Place::at));
    Ok(Json(SearchJson {
        items: hits.into_iter().map(HitJson::new).collect(),
        complete: next.is_none() && not_indexed == 0,
        not_indexed,
        next_cursor: next.map(|next| paged.cursor(&next.text())),
    }))
}

/// The job with this id, if its customer is one of those to look at.
async fn job(app: &App, among: &Among<Search>, filter: &Filter, id: &JobId) -> Result<Option<HitJson>, Problem> {
    let is_meant = |id: &CustomerId| among.includes(id) && filter.customer_id.as_ref().is_none_or(|only| only == id);
    let found = app.jobs.find(id).await?.map(|found| found.value.customer_id);
    let Some(customer) = found.filter(is_meant) else { return Ok(None) };
    let summary = app.customers.summaries(Some(&[customer].into())).await?.pop();
    Ok(summary.map(|summary| HitJson {
        found: What::Job,
        job_id: Some(id.clone()),
        ..HitJson::new(Hit { customer: summary.id, customer_name: summary.name, workflow: None })
    }))
}

/// Reads what to look for, or says what to do about it.
fn query(filter: &Filter) -> Result<Query, String> {
    let text = filter.q.trim();
    if text.chars().count() > LONGEST {
        return Err(format!("Use at most {LONGEST} characters."));
    }
    let is_long = |text: &str| text.chars().count() >= SHORTEST;
    let kind = match filter.kind.unwrap_or(SearchKind::Name) {
        SearchKind::Name => {
            let part = is_long(&folded(text)).then(|| SearchText::new(text));
            let is_id = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            return if part.is_some() || is_id {
                Ok(Query::Name { part, id: text.to_owned() })
            } else {
                Err(too_short())
            };
        }
        SearchKind::Text => {
            return if is_long(&folded(text)) { Ok(Query::Text(Needle::new(text))) } else { Err(too_short()) };
        }
        SearchKind::Field => Kind::Field,
        SearchKind::Object => Kind::Object,
        SearchKind::Host => Kind::Host,
        SearchKind::Email => Kind::Email,
        SearchKind::Constant => Kind::Constant,
        SearchKind::Workflow => Kind::Workflow,
        SearchKind::ActionType => Kind::ActionType,
    };
    let needle = kind.needle(text);
    if is_long(&needle) { Ok(Query::Reference(kind, needle)) } else { Err(too_short()) }
}

fn too_short() -> String {
    format!("Use at least {SHORTEST} characters. Fewer are enough only for a whole Zuora id, with kind=name.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(q: &str, kind: SearchKind) -> Result<Query, String> {
        let filter = Filter { q: q.to_owned(), kind: Some(kind), customer_id: None };
        query(&filter)
    }

    #[test]
    fn three_characters_are_needed_and_the_fix_is_named() {
        for (q, kind) in [
            ("ab", SearchKind::Name),
            ("", SearchKind::Name),
            (" a ", SearchKind::Text),
            ("ab", SearchKind::Host),
            ("Data.ab", SearchKind::Field),
            ("48", SearchKind::Workflow),
        ] {
            let refused = ask(q, kind).unwrap_err();
            assert!(refused.contains("at least 3 characters"), "{q}: {refused}");
        }
        assert!(ask(&"x".repeat(201), SearchKind::Text).unwrap_err().contains("at most 200"));
        for (q, kind) in [("48", SearchKind::Name), ("abc", SearchKind::Name), ("ßa", SearchKind::Text)] {
            assert!(ask(q, kind).is_ok(), "{q}");
        }
    }

    #[test]
    fn a_field_is_the_same_with_and_without_data() {
        for q in ["Data.Account.Name", "account.NAME", " Account.Name "] {
            assert!(
                matches!(ask(q, SearchKind::Field).unwrap(), Query::Reference(Kind::Field, needle) if needle == "account.name")
            );
        }
    }
}

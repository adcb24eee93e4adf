//! `GET /v1/customers/{customer_id}/drift`: the workflows of two customers, each with its match and what differs between them.
//!
//! What must stay true: a page is bounded in what it reads and in time, however many workflows there are. First come the left
//! customer's by name, each with its match; then the right one's that are nobody's match.

mod page;
mod rows;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use shared::{
    app::error::AppError,
    domain::{
        comparison::Class,
        ids::{CustomerId, WorkflowId},
        text,
        time::Timestamp,
        workflow::Workflow,
    },
    http::{
        paging::{Paged, Paging},
        permit::{Among, Operation as _},
        problem::Problem,
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use self::{page::Place, rows::Pair};
use crate::{setup::App, target::OfCustomer};

/// The longest name that is shown.
const LONGEST_NAME: usize = 200;

/// The customer to compare with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Against {
    /// The right customer.
    against: CustomerId,
}

/// How far two workflows are from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DriftState {
    /// They mean the same; versions, descriptions and tags may differ.
    Same,
    /// Only their parts stand elsewhere on the canvas.
    LayoutOnly,
    /// They differ.
    Differs,
    /// Only the left customer has it.
    OnlyLeft,
    /// Only the right customer has it.
    OnlyRight,
    /// Several have its name: which is meant, a link says (see `compared-with`).
    Ambiguous,
    /// One of the two has no definition, a damaged one, or one that is too large to be compared.
    Unreadable,
}

/// A workflow in a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriftSide {
    zuora_id: WorkflowId,
    name: Option<String>,
    /// The hash of its definition; null if it has none.
    hash: Option<String>,
    version: Option<String>,
}

/// A workflow and its match.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriftRow {
    state: DriftState,
    left: Option<DriftSide>,
    right: Option<DriftSide>,
    /// With `ambiguous`: the right customer's workflows of its name that are not linked, ten at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    candidates: Vec<DriftSide>,
    /// The number of parts and fields that differ, bookkeeping left out; null if they were not compared.
    edits: Option<usize>,
    /// What the differences are about, the most important first.
    classes: Vec<Class>,
}

/// A page of the differences between two customers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Drift {
    items: Vec<DriftRow>,
    /// The moment at which the left customer was last synced completely.
    left_synced_at: Option<Timestamp>,
    /// The same of the right one.
    right_synced_at: Option<Timestamp>,
    /// True if they were compared as one of them is stored to be compared with the other: see `compared-with`.
    ruled: bool,
    /// True on the last page.
    complete: bool,
    /// The cursor of the next page, also where a page ends early because it had much to compare; null at the end.
    next_cursor: Option<String>,
}

operation!(ReadDrift: View, Read, Safe);

/// Compares all workflows of two customers, page by page. They are matched by link, else by a name that is unique.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/drift",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), Paging, Against),
    responses((status = 200, description = "A page of workflows with their matches.", body = Drift)),
    extensions(("x-operation" = json!(ReadDrift::described()))),
)]
pub async fn read_drift(
    State(app): State<App>,
    of: OfCustomer<ReadDrift>,
    among: Among<ReadDrift>,
    paged: Paged<Against>,
) -> Result<Json<Drift>, Problem> {
    let (left, against) = (of.customer, &paged.filter.against);
    among.check(std::slice::from_ref(against))?;
    if *against == left.id {
        return Err(Problem::parameter("against", "Name another customer than the one in the path."));
    }
    let right = app.customers.get(against).await?.ok_or(AppError::NotFound("customer"))?.value;
    let begin = paged.begin(Place::parse)?.unwrap_or_default();
    let relation = app.comparisons.between(&left.id, &right.id).await?;
    let (left_synced_at, right_synced_at) = (left.last_complete_sync_at, right.last_complete_sync_at);
    let ruled = relation.is_some();
    let pair = Pair::new(&app, left, right, relation.unwrap_or_default());
    let (items, next) = page::read(&pair, begin, paged.limit()).await?;
    let next_cursor = next.map(|next| paged.cursor(&next.text()));
    let complete = next_cursor.is_none();
    Ok(Json(Drift { items, left_synced_at, right_synced_at, ruled, complete, next_cursor }))
}

impl From<&Workflow> for DriftSide {
    fn from(workflow: &Workflow) -> Self {
        Self {
            zuora_id: workflow.zuora_id.clone(),
            name: workflow.name.as_deref().map(|name| text::cut(name, LONGEST_NAME)),
            hash: workflow.definition.as_ref().map(|definition| definition.hash.clone()),
            version: workflow.version.clone(),
        }
    }
}

impl DriftRow {
    /// A row of which only one side is known.
    fn one(state: DriftState, left: Option<&Workflow>, right: Option<&Workflow>) -> Self {
        let (left, right) = (left.map(Into::into), right.map(Into::into));
        Self { state, left, right, candidates: Vec::new(), edits: None, classes: Vec::new() }
    }
}

//! `GET .../workflows/{workflow_id}/uses`: what a workflow runs, calls, reads and writes.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use shared::{
    aws::{budget::Budget, index::Found},
    domain::{
        customer::Customer,
        ids::{CustomerId, WorkflowId},
        name::SearchText,
        references::{Kind, Reference, References, TaskName},
        workflow::Workflow,
    },
    http::{permit::Operation as _, problem::Problem, query::ValidQuery},
    operation,
};
use utoipa::{IntoParams, ToSchema};

use crate::{definition, setup::App, target::OfWorkflow};

/// Workflows that are read at the same time.
const AT_ONCE: usize = 8;
/// The most workflows of one name that are told.
const MOST_NAMESAKES: usize = 10;

/// The filter.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Only references of this kind.
    #[param(inline, nullable = false)]
    kind: Option<Kind>,
}

/// A workflow that is run.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = UsedWorkflow)]
struct TargetJson {
    workflow_id: WorkflowId,
    workflow_name: Option<String>,
    status: Option<String>,
}

/// One reference of a workflow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Use)]
struct UseJson {
    #[schema(inline)]
    kind: Kind,
    /// Its name, in lower case.
    value: String,
    task_id: Option<String>,
    task_name: Option<String>,
    /// The path in the task, or in the export if it is in none.
    path: String,
    /// The text around it, cut; null in a secret.
    snippet: Option<String>,
    /// Of a workflow: those of the customer with this id or name. None: it is not in the copy. Several: the name does not say
    /// which.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    workflows: Option<Vec<TargetJson>>,
    /// Of a workflow: that several have this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ambiguous: Option<bool>,
    /// Of a file: the name of the task that makes it; null if there is no such task.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    made_by: Option<Option<String>>,
}

/// What a workflow refers to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Uses)]
pub struct UsesJson {
    items: Vec<UseJson>,
    /// False if the workflow refers to more than can be told.
    complete: bool,
}

operation!(ListUses: View, Read, Safe; DefinitionDamaged);

/// Lists what a workflow runs and calls, and which fields, objects, constants, addresses and files it uses, in the order of its
/// export.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/uses",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), Filter),
    responses((status = 200, description = "What it uses.", body = UsesJson)),
    extensions(("x-operation" = json!(ListUses::described()))),
)]
pub async fn list_uses(
    State(app): State<App>,
    of: OfWorkflow<ListUses>,
    ValidQuery(filter): ValidQuery<Filter>,
) -> Result<Json<UsesJson>, Problem> {
    let references = references(&app, &of.customer, &of.workflow).await?;
    let shown: Vec<&Reference> =
        references.all.iter().filter(|found| filter.kind.is_none_or(|kind| kind == found.kind)).collect();
    let targets = targets(&app, &of.customer.id, &shown).await?;
    let items = shown.into_iter().map(|found| show(&references, found, &targets)).collect();
    Ok(Json(UsesJson { items, complete: references.complete }))
}

/// What is stored, or, if it is not, as of deleted workflows and those that no sync has come to yet, what the definition says.
async fn references(app: &App, customer: &Customer, workflow: &Workflow) -> Result<References, Problem> {
    let stored = app.references.get(&customer.id, &workflow.zuora_id).await?;
    if let Some(references) = stored.and_then(|stored| stored.references().ok()) {
        return Ok(references);
    }
    match definition::read(app, customer, workflow).await? {
        Some((bytes, _)) => Ok(References::of(&definition::parse(&bytes)?)),
        None => Ok(References::default()),
    }
}

/// The workflows that references of a customer name, by how they name them: by name or not, and the value.
type Targets = BTreeMap<(bool, String), Vec<TargetJson>>;

async fn targets(app: &App, customer: &CustomerId, shown: &[&Reference]) -> Result<Targets, Problem> {
    let named: BTreeMap<_, _> = shown
        .iter()
        .filter(|found| found.kind == Kind::Workflow)
        .map(|found| ((found.is_by_name(), found.value.clone()), ()))
        .collect();
    let each = stream::iter(named.into_keys()).map(async |(by_name, value)| {
        let found =
            if by_name { namesakes(app, customer, &value).await? } else { with_id(app, customer, &value).await? };
        Ok(((by_name, value), found.into_iter().map(TargetJson::from).collect()))
    });
    each.buffer_unordered(AT_ONCE).try_collect().await
}

impl From<Workflow> for TargetJson {
    fn from(workflow: Workflow) -> Self {
        Self { workflow_id: workflow.zuora_id, workflow_name: workflow.name, status: workflow.status }
    }
}

/// A customer's workflows of this name, in any case: more than one, and the name does not say which.
pub async fn namesakes(app: &App, customer: &CustomerId, name: &str) -> Result<Vec<Workflow>, Problem> {
    let name = name.trim();
    let wanted = SearchText::new(name);
    let is_it = |found: &Workflow| {
        found.deleted_at.is_none() && found.name.as_deref().is_some_and(|name| wanted.is(name.trim()))
    };
    let Found { items, .. } =
        app.workflows.list(customer, name, None, MOST_NAMESAKES, &Budget::default(), is_it).await?;
    Ok(items.into_iter().map(|(workflow, _)| workflow).collect())
}

async fn with_id(app: &App, customer: &CustomerId, id: &str) -> Result<Vec<Workflow>, Problem> {
    let Ok(id) = id.parse() else { return Ok(Vec::new()) };
    let found = app.workflows.get(customer, &id).await?.map(|found| found.value);
    Ok(found.filter(|workflow| workflow.deleted_at.is_none()).into_iter().collect())
}

fn show(references: &References, found: &Reference, targets: &Targets) -> UseJson {
    let (task_id, task_name) = references.task(found).map(|TaskName(id, name)| (id.clone(), name.clone())).unzip();
    let workflows = targets.get(&(found.is_by_name(), found.value.clone())).filter(|_| found.kind == Kind::Workflow);
    let maker = |id| references.task_called(id).map(|TaskName(id, name)| name.clone().unwrap_or_else(|| id.clone()));
    UseJson {
        kind: found.kind,
        value: found.value.clone(),
        task_id,
        task_name: task_name.flatten(),
        path: found.path.clone(),
        snippet: Some(found.snippet.clone()).filter(|snippet| !snippet.is_empty()),
        ambiguous: workflows.map(|workflows| workflows.len() > 1),
        workflows: workflows.cloned(),
        made_by: found.maker().map(maker),
    }
}

//! `GET .../workflows/{workflow_id}/tasks` and `.../definition`: read from the export, the only copy.

use axum::{
    Json,
    extract::State as Shared,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::header;
use shared::{
    aws::workflows::DefinitionError,
    domain::{
        customer::Customer,
        definition::{Definition, Task},
        ids::{CustomerId, WorkflowId},
        workflow::Workflow,
    },
    http::{
        caller::Known,
        list::List,
        path::Ids,
        problem::{Kind, Problem},
    },
};

use crate::setup::State;

/// Lambda answers at most 6 MB; JSON in JSON grows on the way.
const MAX_ANSWER: u64 = 4 * 1024 * 1024;

/// Lists a workflow's tasks, in the export's order.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/tasks",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path)),
    responses((status = 200, description = "Done.", body = List<Task>)),
)]
pub async fn list_tasks(Shared(state): Shared<State>, known: Known, ids: Ids) -> Result<Json<List<Task>>, Problem> {
    let (customer, workflow) = state.workflow(&known, &ids).await?;
    let items = tasks(&state, &customer, &workflow).await?;
    Ok(Json(List { items, next_cursor: None, total: Some(workflow.tasks_count) }))
}

/// Answers the export itself, byte for byte.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/definition",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path)),
    responses((status = 200, description = "Zuora's export, byte for byte.", body = Object)),
)]
pub async fn get_definition(Shared(state): Shared<State>, known: Known, ids: Ids) -> Result<Response, Problem> {
    let (customer, workflow) = state.workflow(&known, &ids).await?;
    let Some(definition) = &workflow.definition else {
        return Err(Problem::new(Kind::NotFound, "Zuora had no definition of this workflow to export."));
    };
    if definition.bytes > MAX_ANSWER {
        let detail = format!("The definition has {} bytes; at most {MAX_ANSWER} can be answered.", definition.bytes);
        return Err(Problem::new(Kind::TooLarge, detail));
    }
    let bytes = read(&state, &customer, &workflow).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// A workflow's tasks; none when it has no definition.
pub async fn tasks(state: &State, customer: &Customer, workflow: &Workflow) -> Result<Vec<Task>, Problem> {
    if workflow.definition.is_none() {
        return Ok(Vec::new());
    }
    let bytes = read(state, customer, workflow).await?;
    let definition = Definition::parse(&bytes).map_err(|error| Problem::internal(&error))?;
    Ok(definition.tasks)
}

/// Reads a definition. If its chunks went while they were read, a sync has replaced them: then the workflow names the new ones.
async fn read(state: &State, customer: &Customer, workflow: &Workflow) -> Result<Bytes, Problem> {
    let Some(definition) = &workflow.definition else {
        return Ok(Bytes::new());
    };
    let (workflows, id) = (&state.workflows, &workflow.zuora_id);
    let mut result = workflows.definition(&customer.id, id, definition).await;
    if let Err(DefinitionError::Damaged) = result {
        let now = workflows.get(&customer.id, id).await?.and_then(|found| found.value.definition);
        if let Some(moved) = now.filter(|now| now.hash != definition.hash) {
            result = workflows.definition(&customer.id, id, &moved).await;
        }
    }
    result.map_err(|error| match error {
        DefinitionError::Store(error) => error.into(),
        error @ DefinitionError::Damaged => Problem::internal(&error),
    })
}

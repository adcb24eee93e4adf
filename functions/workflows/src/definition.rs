//! `GET .../workflows/{workflow_id}/tasks` and `.../definition`: read from the export, the only copy.
//!
//! What must stay true: whatever is stored can be had whole, in pages or in parts where one answer cannot hold it, and a
//! copy that is not what was stored is never shown: it is noted, and the next sync exports it anew.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use shared::{
    app::error::AppError,
    aws::workflows::DefinitionReadError,
    clock,
    domain::{
        customer::Customer,
        definition::{Definition, Task},
        ids::{CustomerId, WorkflowId},
        json::Json as JsonText,
        workflow::Workflow,
    },
    http::{
        etag::etag,
        paging::{List, NoFilter, Paged, Paging},
        path::Ids,
        permit::Operation as _,
        problem::{Problem, ProblemKind},
        query::ValidQuery,
        response_size::{MOST, Room, parts},
    },
    operation,
    telemetry::{self, Metric},
};
use utoipa::IntoParams;

use crate::{
    history::{self, Hash},
    setup::App,
    target::{OfCustomer, OfWorkflow},
};

/// What is said of a workflow without a definition.
pub const NO_DEFINITION: &str = "Zuora had no definition of this workflow to export.";
/// The number of parts in which a definition comes.
const PARTS: HeaderName = HeaderName::from_static("definition-parts");

/// The definition, and the part of it, to return.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The hash of one of the workflow's definitions, as `definitions` and `changes` give it; the current one if absent.
    #[param(nullable = false, value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    hash: Option<Hash>,
    /// The number of the part, from 1; the whole definition if absent.
    #[serde(default, deserialize_with = "from_one")]
    #[param(nullable = false, value_type = Option<u32>, minimum = 1)]
    part: Option<usize>,
}

fn from_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    let part = String::deserialize(deserializer)?.parse().ok().filter(|part| *part >= 1);
    part.map(Some).ok_or_else(|| serde::de::Error::custom("expected a whole number from 1 on"))
}

operation!(ListTasks: View, Read, Safe; TooLarge, DefinitionDamaged);

/// Lists a workflow's tasks, in the export's order. A page has as many as one answer holds, unless `limit` says fewer.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/tasks",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), Paging),
    responses((status = 200, description = "A page of tasks.", body = List<Task<'static>>)),
    extensions(("x-operation" = json!(ListTasks::described()))),
)]
pub async fn list_tasks(
    State(app): State<App>,
    of: OfWorkflow<ListTasks>,
    paged: Paged<NoFilter>,
) -> Result<Json<List<Box<RawValue>>>, Problem> {
    let bytes = read(&app, &of.customer, &of.workflow).await?;
    // A place in one definition is none in another.
    let paged = paged.of_version(bytes.as_ref().map(|(_, hash)| hash.as_str()).unwrap_or_default());
    let begin = paged.begin(|text| text.parse::<usize>().ok())?;
    let Some((bytes, _)) = &bytes else { return Ok(Json(List::whole(Vec::new()).of_total(0))) };
    let tasks = parse(bytes)?.tasks;
    let begin = begin.unwrap_or_default().min(tasks.len());
    let mut room = Room::default();
    let mut end = begin;
    for task in tasks.iter().skip(begin).take(paged.asked_limit().unwrap_or(usize::MAX)) {
        if !add(&mut room, task)? {
            break;
        }
        end += 1;
    }
    if end == begin && end < tasks.len() {
        let detail = format!("Task {} by itself is larger than an answer can be. {IN_PARTS}", end + 1);
        return Err(Problem::new(ProblemKind::TooLarge, detail));
    }
    let next = (end < tasks.len()).then(|| end.to_string());
    Ok(Json(paged.page(room.into_items(), next.as_deref()).of_total(tasks.len())))
}

const IN_PARTS: &str = "It is in the workflow's definition, which can be had in parts: .../definition?part=1 and on, as many as its header Definition-Parts says.";

operation!(GetDefinition: View, Read, Safe; TooLarge, DefinitionDamaged);

/// Answers the export itself, byte for byte: whole, or, where one answer cannot hold it, in parts that make it up. With `hash`,
/// a definition that the workflow had before; those outlive the workflow.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/definition",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), Wanted),
    responses((
        status = 200,
        description = "Zuora's export, byte for byte; with `part`, that part of its text.",
        content((Object = "application/json"), (String = "text/plain")),
        headers(
            ("ETag" = String, description = "The hash of the whole definition: parts with another one are of another definition."),
            ("Definition-Parts" = u32, description = "In how many parts it can be had."),
        ),
    )),
    extensions(("x-operation" = json!(GetDefinition::described()))),
)]
pub async fn get_definition(
    State(app): State<App>,
    of: OfCustomer<GetDefinition>,
    ids: Ids,
    ValidQuery(wanted): ValidQuery<Wanted>,
) -> Result<Response, Problem> {
    let id: WorkflowId = ids.get("workflow_id", "workflow")?;
    let (bytes, hash) = match &wanted.hash {
        Some(hash) => (history::read(&app, &of.customer, &id, hash).await?, hash.to_string()),
        None => {
            let found = app.workflows.get(&of.customer.id, &id).await?.ok_or(AppError::NotFound("workflow"))?;
            let read = read(&app, &of.customer, &found.value).await?;
            read.ok_or_else(|| Problem::new(ProblemKind::NotFound, NO_DEFINITION))?
        }
    };
    // An export is JSON, so it is UTF-8.
    let text = std::str::from_utf8(&bytes).map_err(|error| Problem::internal(&error))?;
    let parts = parts(text);
    let (media_type, body) = match wanted.part {
        None if parts.len() == 1 => ("application/json", bytes.clone()),
        None => {
            let detail = format!(
                "The definition is larger than an answer can be. Ask for its {0} parts, ?part=1 to ?part={0}, and put them together.",
                parts.len()
            );
            return Err(Problem::new(ProblemKind::TooLarge, detail).in_parts(parts.len()));
        }
        Some(part) => {
            let text = parts.get(part - 1).ok_or_else(|| {
                Problem::new(
                    ProblemKind::NotFound,
                    format!("There is no such part: the definition has {}.", parts.len()),
                )
            })?;
            ("text/plain; charset=utf-8", bytes.slice_ref(text.as_bytes()))
        }
    };
    let count = HeaderValue::from(parts.len());
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (PARTS, count)];
    Ok((headers, etag(&hash), body).into_response())
}

/// A workflow's tasks as JSON values, for an answer that shows them with the workflow; none when they cannot be shown in it.
pub async fn tasks(app: &App, customer: &Customer, workflow: &Workflow) -> Result<Option<Vec<Box<RawValue>>>, Problem> {
    let Some((bytes, _)) = read(app, customer, workflow).await? else { return Ok(Some(Vec::new())) };
    let mut room = Room::default();
    for task in parse(&bytes)?.tasks.iter() {
        if !add(&mut room, task)? {
            return Ok(None);
        }
    }
    Ok(Some(room.into_items()))
}

/// Adds a task if there is room for it. One whose text is larger than an answer is not taken apart: its fields would take
/// many times as much.
fn add(room: &mut Room, task: JsonText<'_>) -> Result<bool, Problem> {
    if task.raw().len() > MOST { Ok(false) } else { room.add(&Task::read(task)) }
}

/// The structure of a stored definition.
pub fn parse(bytes: &Bytes) -> Result<Definition<'_>, Problem> {
    Definition::parse(bytes).map_err(|error| Problem::internal(&error))
}

/// Reads a definition, and names it. If its chunks went while they were read, a sync has replaced them: then the workflow
/// names the new ones.
pub async fn read(app: &App, customer: &Customer, workflow: &Workflow) -> Result<Option<(Bytes, String)>, Problem> {
    let Some(mut definition) = workflow.definition.clone() else { return Ok(None) };
    let (workflows, id) = (&app.workflows, &workflow.zuora_id);
    let mut result = workflows.definition(&customer.id, id, &definition).await;
    if let Err(DefinitionReadError::Damaged) = result {
        let now = workflows.get(&customer.id, id).await?.and_then(|found| found.value.definition);
        if let Some(moved) = now.filter(|now| now.hash != definition.hash) {
            result = workflows.definition(&customer.id, id, &moved).await;
            definition = moved;
        }
    }
    match result {
        Ok(bytes) => Ok(Some((bytes, definition.hash))),
        Err(DefinitionReadError::Store(error)) => Err(error.into()),
        Err(DefinitionReadError::Damaged) => Err(damaged(app, customer, id).await),
    }
}

/// Tells the operators and the next sync.
pub async fn damaged(app: &App, customer: &Customer, id: &WorkflowId) -> Problem {
    let now = clock::now();
    telemetry::count(Metric::DefinitionDamaged);
    tracing::warn!(customer_id = %customer.id, workflow_id = %id, "a stored definition is damaged; the next sync exports it anew");
    if let Err(error) = app.damaged.note(&customer.id, id, now).await {
        let error: &dyn std::error::Error = &error;
        tracing::error!(customer_id = %customer.id, workflow_id = %id, error, "a damaged definition was not noted; the daily export mends it");
    }
    let detail = "What is stored of this definition is not what Zuora exported: some of it is missing or altered. The next sync of the customer exports it anew.";
    Problem::new(ProblemKind::DefinitionDamaged, detail)
}

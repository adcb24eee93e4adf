//! HTTP: workflows, tasks, definitions, changes, and the search through them. Reads only.

mod changes;
mod compare;
mod definition;
mod diff;
mod drift;
mod find;
mod findings;
mod history;
mod json;
mod lint;
mod list;
mod search;
pub mod setup;
mod target;
mod used_by;
mod uses;

use axum::{
    Router,
    routing::{get, post},
};
use utoipa::OpenApi;

/// The `OpenAPI` description of this function, made from its handlers.
#[derive(OpenApi)]
#[openapi(
    paths(
        find::find_workflows,
        search::search,
        list::list_workflows,
        list::get_workflow,
        definition::list_tasks,
        definition::get_definition,
        history::list_definitions,
        diff::diff_definitions,
        uses::list_uses,
        used_by::list_used_by,
        compare::compare_workflows,
        drift::read_drift,
        changes::list_of_workflow,
        changes::read_feed,
        findings::list_of_workflow,
        findings::list,
        lint::lint_definition,
    ),
    components(schemas(changes::ChangeClass, changes::Order))
)]
pub struct Description;

/// Returns the router with every route of this function.
pub fn routes(state: setup::App) -> Router {
    let workflow = "/v1/customers/{customer_id}/workflows/{workflow_id}";
    Router::new()
        .route("/v1/workflows", get(find::find_workflows))
        .route("/v1/search", get(search::search))
        .route("/v1/customers/{customer_id}/workflows", get(list::list_workflows))
        .route(workflow, get(list::get_workflow))
        .route(&format!("{workflow}/tasks"), get(definition::list_tasks))
        .route(&format!("{workflow}/definition"), get(definition::get_definition))
        .route(&format!("{workflow}/definitions"), get(history::list_definitions))
        .route(&format!("{workflow}/diff"), get(diff::diff_definitions))
        .route(&format!("{workflow}/uses"), get(uses::list_uses))
        .route(&format!("{workflow}/used-by"), get(used_by::list_used_by))
        .route(&format!("{workflow}/changes"), get(changes::list_of_workflow))
        .route("/v1/compare", get(compare::compare_workflows))
        .route("/v1/customers/{customer_id}/drift", get(drift::read_drift))
        .route("/v1/customers/{customer_id}/changes", get(changes::read_feed))
        .route(&format!("{workflow}/findings"), get(findings::list_of_workflow))
        .route("/v1/findings", get(findings::list))
        .route("/v1/lint", post(lint::lint_definition))
        .with_state(state)
}

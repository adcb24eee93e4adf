//! HTTP: workflows, tasks, definitions and changes. Reads only.

mod changes;
mod definition;
mod everywhere;
mod json;
mod list;
mod setup;

use axum::{Router, routing::get};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::telemetry::init();
    let state = setup::state().await?;
    let edge = state.edge.clone();
    shared::http::serve::serve(routes(state), edge).await
}

fn routes(state: setup::State) -> Router {
    let workflow = "/v1/customers/{customer_id}/workflows/{workflow_id}";
    Router::new()
        .route("/v1/workflows", get(everywhere::find_workflows))
        .route("/v1/customers/{customer_id}/workflows", get(list::list_workflows))
        .route(workflow, get(list::get_workflow))
        .route(&format!("{workflow}/tasks"), get(definition::list_tasks))
        .route(&format!("{workflow}/definition"), get(definition::get_definition))
        .route(&format!("{workflow}/changes"), get(changes::list_of_workflow))
        .route("/v1/customers/{customer_id}/changes", get(changes::read_feed))
        .with_state(state)
}

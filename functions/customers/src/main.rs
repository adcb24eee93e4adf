//! HTTP: customers, connection tests, sync triggers, the dashboard's counters, grants, the audit trail.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::telemetry::init();
    let state = customers::setup::state().await?;
    let edge = state.edge.clone();
    shared::http::serve::serve(customers::routes(state), edge).await
}

//! HTTP: workflows, tasks, definitions and changes. Reads only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::telemetry::init();
    let state = workflows::setup::state().await?;
    let edge = state.edge.clone();
    shared::http::serve::serve(workflows::routes(state), edge).await
}

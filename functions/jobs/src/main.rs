//! HTTP: jobs and dead letters; retry, redrive, cancel, and the approval of what a guard held back.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::telemetry::init();
    let state = jobs::setup::state().await?;
    let edge = state.edge.clone();
    shared::http::serve::serve(jobs::routes(state), edge).await
}

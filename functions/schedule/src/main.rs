//! EventBridge -> jobs: every five minutes a sync for each customer that is due, and a sweep of silent jobs; every minute a
//! round of the batch under way, if there is one.

mod handle;
mod setup;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::telemetry::init();
    let state = setup::state().await?;
    run(service_fn(|event: LambdaEvent<_>| handle::event(&state, event))).await
}

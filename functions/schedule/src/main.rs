//! EventBridge -> jobs: every five minutes a sync for each customer that is due, and a look for silent jobs.

mod handle;
mod setup;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::telemetry::init();
    let lifecycle = setup::lifecycle().await?;
    run(service_fn(|event: LambdaEvent<_>| handle::event(&lifecycle, event))).await
}

//! SQS -> Zuora -> DynamoDB: runs jobs of all kinds.
//!
//! The only function whose role may open a client secret.

mod handle;
mod setup;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::telemetry::init();
    let worker = setup::worker().await?;
    run(service_fn(|event: LambdaEvent<_>| handle::batch(&worker, event))).await
}

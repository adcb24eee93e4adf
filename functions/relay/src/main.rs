//! DynamoDB streams -> the audit's archive, the event bus, and an e-mail digest of the bus's events.
//!
//! What is written is the outbox: no other function knows of this one, and none may invoke it. See D-82.

mod digest;
mod handle;
mod record;
mod setup;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::telemetry::init();
    let state = setup::state().await?;
    run(service_fn(|event: LambdaEvent<_>| handle::event(&state, event))).await
}

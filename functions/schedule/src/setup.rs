//! Builds what both tasks need, once.

use std::time::Duration;

use lambda_runtime::Error;
use shared::{
    app::{dispatch::Dispatcher, lifecycle::Lifecycle},
    aws::{clients, keys::token_slot, queue::Queue, table::Table},
    clock,
    config::Settings,
};

/// Init is free of charge for ten seconds; a slow service must not eat them.
const WARM_UP: Duration = Duration::from_secs(2);

/// Reads the configuration and connects.
pub async fn lifecycle() -> Result<Lifecycle, Error> {
    let mut settings = Settings::from_env();
    let data = settings.required("DATA_TABLE");
    let job_queue = settings.required("JOB_QUEUE_URL");
    let dead_letters = settings.required("DEAD_LETTER_QUEUE_URL");
    settings.finish()?;

    let sdk = clients::load().await;
    let sqs = aws_sdk_sqs::Client::new(&sdk);
    let data = Table::new(aws_sdk_dynamodb::Client::new(&sdk), data);
    // The read only opens the connection; what it finds does not matter.
    let _ = tokio::time::timeout(WARM_UP, data.get_item(&token_slot(clock::now()))).await;
    let dispatcher = Dispatcher::new(data, Queue::new(sqs.clone(), job_queue));
    Ok(Lifecycle { dispatcher, dead_letters: Queue::new(sqs, dead_letters) })
}

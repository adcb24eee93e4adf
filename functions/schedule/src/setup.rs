//! Builds what both tasks need, once.

use lambda_runtime::Error;
use shared::{
    app::{dispatch::Dispatcher, lifecycle::Lifecycle},
    aws::{clients, queue::Queue, table::Table},
    config::Settings,
};

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
    let dispatcher = Dispatcher::new(data, Queue::new(sqs.clone(), job_queue));
    Ok(Lifecycle { dispatcher, dead_letters: Queue::new(sqs, dead_letters) })
}

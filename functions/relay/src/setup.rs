//! Builds the destinations, once.

use lambda_runtime::Error;
use shared::{
    aws::{bucket::Bucket, clients, event_bus::EventBus, queue::Queue, topic::Topic},
    config::EnvSettings,
};

/// Where everything goes.
#[derive(Debug)]
pub struct State {
    /// The ARN of the audit table's stream: a record of any other one is no audit record, whatever its key says.
    pub audit_stream: String,
    /// The archive of audit records.
    pub archive: Bucket,
    /// The event bus.
    pub bus: EventBus,
    /// Records that cannot be read.
    pub failures: Queue,
    /// Events since the last digest.
    pub waiting: Queue,
    /// Who gets the digest.
    pub readers: Topic,
    /// The panel's address, for links.
    pub panel: String,
}

/// Reads the configuration and connects.
///
/// # Errors
/// If the configuration is incomplete or invalid, named in the error.
pub async fn state() -> Result<State, Error> {
    let mut settings = EnvSettings::from_env();
    let audit_stream = settings.required("AUDIT_STREAM_ARN");
    let bucket = settings.required("AUDIT_BUCKET");
    let bus = settings.required("EVENT_BUS");
    let failures = settings.required("FAILURE_QUEUE_URL");
    let waiting = settings.required("DIGEST_QUEUE_URL");
    let topic = settings.required("DIGEST_TOPIC_ARN");
    let panel = settings.required("PANEL_URL");
    settings.finish()?;

    let sdk = clients::load().await;
    let sqs = aws_sdk_sqs::Client::new(&sdk);
    Ok(State {
        audit_stream,
        archive: Bucket::new(&sdk, &bucket)?,
        bus: EventBus::new(&sdk, bus)?,
        failures: Queue::new(sqs.clone(), failures),
        waiting: Queue::new(sqs, waiting),
        readers: Topic::new(&sdk, topic)?,
        panel,
    })
}

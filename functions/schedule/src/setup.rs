//! Builds the dependencies of the tasks, once.

use std::time::Duration;

use lambda_runtime::Error;
use shared::{
    app::{batches::BatchService, dispatch::Dispatcher, lifecycle::Lifecycle},
    aws::{
        audit::{AuditTrail, RETENTION_DAYS},
        clients,
        keys::token_slot,
        limits::{TOKEN_REQUESTS_PER_MINUTE, TokenBudget},
        queue::Queue,
        queues::Queues,
        table::Table,
    },
    clock,
    config::EnvSettings,
};

/// The longest time to warm up: init is free of charge for ten seconds, and a slow service must not use them up.
const WARM_UP: Duration = Duration::from_secs(2);

/// The dependencies of the tasks.
#[derive(Debug)]
pub struct State {
    /// Jobs, and the dead-letter queue.
    pub lifecycle: Lifecycle,
    /// Batches (syncs of all customers).
    pub batches: BatchService,
}

/// Reads the configuration and connects.
///
/// # Errors
/// If the configuration is incomplete or invalid, named in the error.
pub async fn state() -> Result<State, Error> {
    let mut settings = EnvSettings::from_env();
    let data = settings.required("DATA_TABLE");
    let queues = Queues::read(&mut settings);
    let dead_letters = settings.required("DEAD_LETTER_QUEUE_URL");
    let audit = settings.required("AUDIT_TABLE");
    let retention = settings.number("AUDIT_RETENTION_DAYS", RETENTION_DAYS);
    let per_minute = settings.number("TOKEN_REQUESTS_PER_MINUTE", TOKEN_REQUESTS_PER_MINUTE);
    settings.finish()?;

    let sdk = clients::load().await;
    let sqs = aws_sdk_sqs::Client::new(&sdk);
    let data = Table::new(aws_sdk_dynamodb::Client::new(&sdk), data);
    // The read only opens the connection; its result does not matter.
    let _ = tokio::time::timeout(WARM_UP, data.get_item(&token_slot(clock::now()))).await;
    let dispatcher = Dispatcher::new(data.clone(), Queues::new(&sqs, queues));
    let batches = BatchService {
        dispatcher: dispatcher.clone(),
        trail: AuditTrail::new(data.beside(&audit), retention),
        budget: TokenBudget::new(data, per_minute),
    };
    Ok(State { lifecycle: Lifecycle { dispatcher, dead_letters: Queue::new(sqs, dead_letters) }, batches })
}

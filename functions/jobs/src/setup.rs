//! Builds what the handlers share, once.

use lambda_http::Error;
use shared::{
    app::dispatch::Dispatcher,
    aws::{
        clients,
        keys::token_slot,
        limits::{REQUESTS_PER_MINUTE, RequestLimits},
        queue::Queue,
        queues::Queues,
        table::Table,
    },
    clock,
    config::Settings,
    http::{Edge, EdgeSettings},
};

/// What every handler gets.
#[derive(Clone, Debug)]
pub struct App {
    /// Jobs and their queues.
    pub dispatcher: Dispatcher,
    /// The dead-letter queue.
    pub dead_letters: Queue,
    /// Places for what people ask for.
    pub limits: RequestLimits,
    /// Authentication and cursors.
    pub edge: Edge,
}

/// Reads the configuration and connects.
///
/// # Errors
/// A setting that is missing or wrong; an AWS that does not give the keys.
pub async fn state() -> Result<App, Error> {
    let mut settings = Settings::from_env();
    let data = settings.required("DATA_TABLE");
    let queues = Queues::read(&mut settings);
    let dead_letters = settings.required("DEAD_LETTER_QUEUE_URL");
    let edge = EdgeSettings::read(&mut settings);
    let per_caller = settings.number("REQUESTS_PER_MINUTE", REQUESTS_PER_MINUTE);
    settings.finish()?;

    let sdk = clients::load().await;
    let data = Table::new(aws_sdk_dynamodb::Client::new(&sdk), data);
    let key = token_slot(clock::now());
    // The read only opens the connection; what it finds does not matter.
    let (edge, _) = tokio::join!(Edge::load(&sdk, &edge, &data), data.get_item(&key));
    let sqs = aws_sdk_sqs::Client::new(&sdk);
    Ok(App {
        dispatcher: Dispatcher::new(data.clone(), Queues::new(&sqs, queues)),
        dead_letters: Queue::new(sqs, dead_letters),
        limits: RequestLimits::new(data, per_caller),
        edge: edge?,
    })
}

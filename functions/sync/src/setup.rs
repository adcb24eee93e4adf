//! Builds the worker once, and opens the connections that the first message will need.

use std::time::Duration;

use lambda_runtime::Error;
use shared::{
    app::{dispatch::Dispatcher, lifecycle::Lifecycle, sync::Syncer, worker::Worker},
    aws::{
        clients,
        findings::AllFindings,
        keys::token_slot,
        limits::{TOKEN_REQUESTS_PER_MINUTE, TokenBudget},
        queue::Queue,
        queues::Queues,
        sealing::{Purpose, Sealer},
        table::Table,
        vault::Vault,
        workflows::Workflows,
    },
    clock,
    config::EnvSettings,
    zuora::{Zuora, limiter::MAX_IN_FLIGHT, session::REQUEST_TIMEOUT},
};

/// The usual value of the parameter `KeepDefinitionsDays`.
const KEEP_DEFINITIONS_DAYS: u64 = 400;
/// The longest time to warm up: init is free of charge for ten seconds, and a slow service must not use them up.
const WARM_UP: Duration = Duration::from_secs(2);

/// Reads the configuration and builds the worker.
///
/// # Errors
/// If the configuration is incomplete or invalid, named in the error.
pub async fn worker() -> Result<Worker, Error> {
    let mut settings = EnvSettings::from_env();
    let data = settings.required("DATA_TABLE");
    let vault = settings.required("VAULT_TABLE");
    let queues = Queues::read(&mut settings);
    let dead_letters = settings.required("DEAD_LETTER_QUEUE_URL");
    let secrets_key = settings.required("SECRETS_KEY_ID");
    let token_key = settings.required("TOKEN_KEY_ID");
    let policy = settings.base_url_policy();
    let per_minute = settings.number("TOKEN_REQUESTS_PER_MINUTE", TOKEN_REQUESTS_PER_MINUTE);
    let max_in_flight = settings.number("MAX_ZUORA_CONCURRENCY", MAX_IN_FLIGHT as u64);
    let keep_definitions = settings.days("KEEP_DEFINITIONS_DAYS", KEEP_DEFINITIONS_DAYS);
    settings.finish()?;
    let policy = policy.ok_or("no base URL policy")?;

    let sdk = clients::load().await;
    let dynamodb = aws_sdk_dynamodb::Client::new(&sdk);
    let sqs = aws_sdk_sqs::Client::new(&sdk);
    let kms = aws_sdk_kms::Client::new(&sdk);
    let data = Table::new(dynamodb.clone(), data);
    let dispatcher = Dispatcher::new(data.clone(), Queues::new(&sqs, queues));
    let syncer = Syncer {
        workflows: Workflows::new(data.clone()),
        findings: AllFindings::new(data.clone()),
        vault: Vault::new(Table::new(dynamodb, vault)),
        secrets: Sealer::new(kms.clone(), secrets_key, Purpose::ClientSecret),
        tokens: Sealer::new(kms, token_key, Purpose::AccessToken),
        zuora: Zuora::new(policy.clone())?,
        policy,
        token_budget: TokenBudget::new(data.clone(), per_minute),
        max_in_flight: usize::try_from(max_in_flight).unwrap_or(MAX_IN_FLIGHT),
        keep_definitions,
        request_timeout: REQUEST_TIMEOUT,
        dispatcher: dispatcher.clone(),
    };
    // A read of any key opens the connection; its result does not matter.
    let _ = tokio::time::timeout(WARM_UP, data.get_item(&token_slot(clock::now()))).await;
    Ok(Worker { syncer, lifecycle: Lifecycle { dispatcher, dead_letters: Queue::new(sqs, dead_letters) } })
}

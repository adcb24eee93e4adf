//! Builds what the handlers share, once, and opens the connections that the first request will need.

use axum::extract::FromRef;
use lambda_http::Error;
use shared::{
    app::{
        access::AccessService, batches::BatchService, compared_with::ComparisonService, context::RequestContext,
        customers::CustomerService, dispatch::Dispatcher, suppress::SuppressionService,
    },
    aws::{
        clients,
        compared_with::Comparisons,
        keys::token_slot,
        limits::{REQUESTS_PER_MINUTE, RequestLimits, TOKEN_REQUESTS_PER_MINUTE, TokenBudget},
        queues::Queues,
        sealing::{Purpose, Sealer},
        suppressions::Suppressions,
        table::Table,
        user_pool::UserPool,
        vault::Vault,
        workflows::Workflows,
    },
    clock,
    config::EnvSettings,
    domain::listed_hosts::ListedHosts,
    http::{Edge, EdgeSettings},
    zuora::Zuora,
};

/// The state that every handler shares.
#[derive(Clone, Debug)]
pub struct App {
    /// The use cases.
    pub service: CustomerService,
    /// Who may do what.
    pub access: AccessService,
    /// Which findings are meant to be so.
    pub suppressions: SuppressionService,
    /// With which customers others are compared.
    pub comparisons: ComparisonService,
    /// Authentication and cursors.
    pub edge: Edge,
    /// The hosts that a search for a data center tries.
    pub listed_hosts: ListedHosts,
}

impl App {
    /// Syncs of all customers.
    pub fn batches(&self, context: &RequestContext) -> BatchService {
        let (dispatcher, budget) = (self.service.dispatcher.clone(), self.service.token_budget.clone());
        BatchService { dispatcher, trail: context.trail.clone(), budget }
    }
}

impl FromRef<App> for Edge {
    fn from_ref(app: &App) -> Self {
        app.edge.clone()
    }
}

/// Reads the configuration and connects.
///
/// # Errors
/// A setting that is missing or wrong; an AWS that does not give the keys.
pub async fn state() -> Result<App, Error> {
    let mut settings = EnvSettings::from_env();
    let data = settings.required("DATA_TABLE");
    let vault = settings.required("VAULT_TABLE");
    let queues = Queues::read(&mut settings);
    let secrets_key = settings.required("SECRETS_KEY_ID");
    let pool = settings.required("USER_POOL_ID");
    let edge = EdgeSettings::read(&mut settings);
    let policy = settings.base_url_policy();
    let listed_hosts = policy.as_ref().and_then(|policy| settings.listed_hosts(policy));
    let per_minute = settings.number("TOKEN_REQUESTS_PER_MINUTE", TOKEN_REQUESTS_PER_MINUTE);
    let per_caller = settings.number("REQUESTS_PER_MINUTE", REQUESTS_PER_MINUTE);
    settings.finish()?;
    let policy = policy.ok_or("no base URL policy")?;
    let listed_hosts = listed_hosts.ok_or("no list of hosts")?;

    let sdk = clients::load().await;
    let dynamodb = aws_sdk_dynamodb::Client::new(&sdk);
    let data = Table::new(dynamodb.clone(), data);
    let key = token_slot(clock::now());
    // The app key must be there; the read of any item only opens the connection, what it finds does not matter.
    let (edge, _) = tokio::join!(Edge::load(&sdk, &edge, &data), data.get_item(&key));
    let edge = edge?;
    let dispatcher = Dispatcher::new(data.clone(), Queues::new(&aws_sdk_sqs::Client::new(&sdk), queues));
    let (grants, users) = (edge.grants.clone(), UserPool::new(&sdk, pool)?);
    let access = AccessService { dispatcher: dispatcher.clone(), grants: grants.clone(), users };
    let suppressions = SuppressionService {
        dispatcher: dispatcher.clone(),
        workflows: Workflows::new(data.clone()),
        suppressions: Suppressions::new(data.clone()),
    };
    let comparisons = ComparisonService { dispatcher: dispatcher.clone(), comparisons: Comparisons::new(data.clone()) };
    let service = CustomerService {
        dispatcher,
        grants,
        vault: Vault::new(Table::new(dynamodb, vault)),
        secrets: Sealer::new(aws_sdk_kms::Client::new(&sdk), secrets_key, Purpose::ClientSecret),
        zuora: Zuora::new(policy.clone())?,
        policy,
        token_budget: TokenBudget::new(data.clone(), per_minute),
        limits: RequestLimits::new(data, per_caller),
    };
    Ok(App { service, access, suppressions, comparisons, edge, listed_hosts })
}

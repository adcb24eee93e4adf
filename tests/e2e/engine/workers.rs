//! Workers and the admin's services over a given connection to AWS, and the inputs for them.

use std::time::Duration;

use aws_config::SdkConfig;
use shared::{
    app::{
        context::RequestContext,
        customers::{Creation, CustomerService},
        dispatch::Dispatcher,
        lifecycle::Lifecycle,
        sync::Syncer,
        worker::Worker,
    },
    aws::{
        audit::AuditTrail,
        findings::AllFindings,
        grants::GrantStore,
        limits::{RequestLimits, TokenBudget},
        queue::Queue,
        queues::Queues,
        sealing::{Purpose, Sealer},
        table::Table,
        vault::Vault,
        workflows::Workflows,
    },
    clock,
    domain::{
        actor::Actor,
        base_url::BaseUrlPolicy,
        customer::{Environment, Settings},
        guard::Limits,
        schedule::Frequency,
    },
    zuora::{Zuora, limiter::MAX_IN_FLIGHT, session::REQUEST_TIMEOUT},
};
use tests::simulator::Tenant;

use crate::world::{Stack, World};

/// As in a deployment that sets nothing.
const KEEP_DEFINITIONS: Duration = Duration::from_secs(400 * 24 * 3600);

/// The tables and queues of a worker.
pub(super) struct Places<'a> {
    pub(super) stack: &'a Stack,
    pub(super) data: &'a str,
    pub(super) vault: &'a str,
    pub(super) queues: &'a Queues<String>,
}

impl Places<'_> {
    pub(super) fn worker(&self, sdk: &SdkConfig, dead_letters: &str, zuora: &Zuora, token_requests: u64) -> Worker {
        let dynamodb = aws_sdk_dynamodb::Client::new(sdk);
        let kms = aws_sdk_kms::Client::new(sdk);
        let sqs = aws_sdk_sqs::Client::new(sdk);
        let data = Table::new(dynamodb.clone(), self.data);
        let dispatcher = Dispatcher::new(data.clone(), Queues::new(&sqs, self.queues.clone()));
        let syncer = Syncer {
            dispatcher: dispatcher.clone(),
            workflows: Workflows::new(data.clone()),
            findings: AllFindings::new(data.clone()),
            vault: Vault::new(Table::new(dynamodb, self.vault)),
            secrets: Sealer::new(kms.clone(), &self.stack.secrets_key_id, Purpose::ClientSecret),
            tokens: Sealer::new(kms, &self.stack.token_key_id, Purpose::AccessToken),
            zuora: zuora.clone(),
            policy: policy(),
            token_budget: TokenBudget::new(data, token_requests),
            max_in_flight: MAX_IN_FLIGHT,
            keep_definitions: Some(KEEP_DEFINITIONS),
            request_timeout: REQUEST_TIMEOUT,
        };
        Worker { syncer, lifecycle: Lifecycle { dispatcher, dead_letters: Queue::new(sqs, dead_letters) } }
    }
}

/// A worker on the deployed tables. It sends to the given queues, which nothing reads.
pub fn worker_on_the_stack(world: &World, queues: &Queues<String>) -> Worker {
    let World { stack, sdk, .. } = world;
    let places = Places { stack, data: &stack.table_name, vault: &stack.vault_table_name, queues };
    places.worker(sdk, &queues.jobs, &Zuora::new(policy()).unwrap(), 100_000)
}

/// The customer service over a worker's connections; users have no limit of requests.
pub fn service(worker: &Worker) -> CustomerService {
    let syncer = &worker.syncer;
    CustomerService {
        dispatcher: syncer.dispatcher.clone(),
        // Whoever asks here holds no grants: the table is only named.
        grants: GrantStore::new(syncer.dispatcher.data.clone()),
        vault: syncer.vault.clone(),
        secrets: syncer.secrets.clone(),
        zuora: syncer.zuora.clone(),
        policy: syncer.policy.clone(),
        token_budget: syncer.token_budget.clone(),
        limits: RequestLimits::new(syncer.dispatcher.data.clone(), 100_000),
    }
}

/// The creation of a customer with the tenant's credentials, unverified.
pub fn creation(tenant: &Tenant, base_url: &str) -> Creation {
    let base = policy().parse(base_url).unwrap();
    let settings = Settings {
        name: tenant.name().to_owned(),
        zuora_client_id: tenant.client_id(),
        zuora_base_url: base.as_str().to_owned(),
        environment: Environment::Test,
        sync_frequency: Frequency::Hourly,
        delete_guard: Limits::default(),
        tags: Vec::new(),
        owner: None,
        notes: None,
    };
    Creation { settings, base, secret: tenant.client_secret().into(), verify: false, creator: None }
}

/// The context of a person's request; its audit records go to the same table.
pub fn context(data: &Table) -> RequestContext {
    let trail = AuditTrail::new(data.clone(), 1);
    RequestContext {
        actor: Actor { sub: "test".to_owned(), email: None },
        request_id: "test".to_owned(),
        now: clock::now(),
        trail,
    }
}

/// A policy that admits simulators, which are on loopback.
pub(super) fn policy() -> BaseUrlPolicy {
    BaseUrlPolicy::new("http://127.0.0.1:*").unwrap()
}

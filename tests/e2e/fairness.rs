//! One user or one tenant, however greedy, slows down nobody else. Rows R148 to R152 of docs/reliability.md.
//!
//! What must stay true: nothing here depends on the speed of anything. A slot of token requests lies within one minute of a
//! user's permits, so all that one user may cause in a minute fits, together with the fleet, into one slot.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{StreamExt, future::join_all, stream};
use reqwest::Method;
use serde_json::json;
use shared::{
    app::{
        context::RequestContext,
        customers::{Creation, CustomerChange, CustomerService},
        error::AppError,
    },
    aws::{keys, limits::RequestLimits},
    clock,
    domain::{
        actor::Actor,
        customer::{Customer, SettingsChange},
        failure::ErrorClass,
        ids::CustomerId,
        job::{Job, State},
        precondition::Precondition,
        time::Timestamp,
    },
};
use tests::simulator::{Fault, Route, Simulator, Tenant};

use crate::{
    engine::{Engine, LAMBDA, context, creation, service},
    world::World,
};

/// The token requests a minute: forty in each slot.
const BUDGET: u64 = 240;
const SLOT: u64 = 40;
/// The number of other customers.
const OTHERS: usize = 19;

/// Customers whose first syncs are queued, all without a token.
async fn others(engine: &Engine, simulator: &Simulator) -> Vec<Job> {
    let mut jobs = Vec::new();
    for number in 0..OTHERS {
        let tenant = simulator.tenant(&format!("other {number}"));
        tenant.seed(1);
        jobs.push(engine.add_customer(&tenant, &simulator.base_url()).await.1);
    }
    jobs
}

/// Delivers each job once, some concurrently.
async fn deliver(engine: &Engine, jobs: Vec<Job>) -> Vec<Job> {
    let runs = stream::iter(jobs).map(async |job: Job| {
        drop(engine.deliver(&engine.worker, &job.id, LAMBDA).await.unwrap());
        engine.job(&job.id).await
    });
    runs.buffer_unordered(5).collect().await
}

fn assert_nobody_waited(jobs: &[Job]) {
    assert_eq!(jobs.len(), OTHERS);
    for job in jobs {
        assert_eq!((job.state, job.attempts), (State::Succeeded, 1), "{job:?}");
    }
}

/// A user who tries credentials.
struct Greedy<'a> {
    engine: &'a Engine,
    service: CustomerService,
    tenant: Tenant,
    base_url: String,
}

impl<'a> Greedy<'a> {
    /// A user who may make `per_minute` requests a minute.
    fn new(engine: &'a Engine, simulator: &Simulator, per_minute: u64) -> Self {
        let limits = RequestLimits::new(engine.worker.lifecycle.dispatcher.data.clone(), per_minute);
        let tenant = simulator.tenant("greedy");
        tenant.seed(1);
        Self {
            engine,
            service: CustomerService { limits, ..service(&engine.worker) },
            tenant,
            base_url: simulator.base_url(),
        }
    }

    fn context(&self) -> RequestContext {
        RequestContext {
            actor: Actor { sub: "greedy".to_owned(), email: None },
            ..context(&self.engine.worker.lifecycle.dispatcher.data)
        }
    }

    /// Tests credentials that are not stored, as the handler does.
    async fn test(&self, secret: &str) -> Result<(), AppError> {
        let (context, new) = (self.context(), creation(&self.tenant, &self.base_url));
        let client_id = &new.settings.zuora_client_id;
        self.service.test(&new.base, client_id, &secret.to_owned().into(), &context).await.map(drop)
    }

    /// Creates a customer, which tests its credentials first.
    async fn create(&self, secret: &str) -> Result<Customer, AppError> {
        let new = creation(&self.tenant, &self.base_url);
        let new = Creation { secret: secret.to_owned().into(), verify: true, ..new };
        self.service.create(new, &self.context()).await
    }

    /// Enters the secret again, which tests it first.
    async fn patch(&self, customer: &CustomerId) -> Result<Customer, AppError> {
        let change = CustomerChange {
            expected: Precondition::Any,
            settings: SettingsChange::default(),
            secret: Some(self.tenant.client_secret().into()),

            verify: true,
        };
        self.service.change(customer, change, &self.context()).await
    }

    /// Runs the sync that a change of a customer has queued.
    async fn sync(&self, customer: &Customer) {
        if let Some(job) = &customer.sync_job_id {
            drop(self.engine.deliver(&self.engine.worker, job, LAMBDA).await);
        }
    }

    /// Creates, patches and tests, and runs the syncs that follow; returns true if all of it was refused by a limit.
    async fn grab(&self) -> bool {
        let secret = self.tenant.client_secret();
        let created = self.create(&secret).await;
        let patched = match &created {
            Ok(customer) => {
                self.sync(customer).await;
                let patched = self.patch(&customer.id).await;
                if let Ok(customer) = &patched {
                    self.sync(customer).await;
                }
                is_too_many(&patched)
            }
            Err(_) => true,
        };
        is_too_many(&self.test(&secret).await) && patched && is_too_many(&created)
    }
}

/// This minute and the next two, any of which a test may meet.
fn minutes() -> [Timestamp; 3] {
    const MINUTE: Duration = Duration::from_secs(60);
    let this = clock::now().floor(MINUTE);
    [this, this.plus(MINUTE), this.plus(2 * MINUTE)]
}

fn is_too_many<T>(result: &Result<T, AppError>) -> bool {
    matches!(result, Err(AppError::TooMany { .. }))
}

#[tokio::test]
async fn people_who_try_credentials_as_fast_as_they_can_leave_half_of_each_slot_to_syncs() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let engine = Engine::start_with_budget(&world, BUDGET).await;
    let jobs = others(&engine, &simulator).await;
    // Unlimited permits for the user: only the slot bounds them. The secret is wrong, so that no sync follows.
    let greedy = Greedy::new(&engine, &simulator, 100_000);
    let since = clock::now();
    let grab = async || {
        let created = (0..2).map(async |_| is_too_many(&greedy.create("wrong").await));
        let tested = (0..2).map(async |_| is_too_many(&greedy.test("wrong").await));
        let (created, tested) = tokio::join!(join_all(created), join_all(tested));
        created.into_iter().chain(tested).any(|refused| refused)
    };
    while !grab().await {}

    let jobs = tokio::select! {
        jobs = deliver(&engine, jobs) => jobs,
        () = async { loop { grab().await; } } => unreachable!(),
    };

    assert_nobody_waited(&jobs);
    let slots = engine.forget_token_slots(since).await;
    assert!(slots.iter().all(|requests| *requests <= SLOT), "{slots:?}");
    let taken = greedy.tenant.count(Route::Token) as u64;
    assert!((SLOT / 2..=SLOT / 2 * slots.len() as u64).contains(&taken), "{taken} in {slots:?}");
    engine.stop().await;
}

#[tokio::test]
async fn one_user_who_creates_patches_and_tests_as_fast_as_they_can_delays_no_other_sync() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let engine = Engine::start_with_budget(&world, BUDGET).await;
    let jobs = others(&engine, &simulator).await;
    // Each permit costs two token requests at most: one to try the credentials, one for the sync that follows.
    let greedy = Greedy::new(&engine, &simulator, 10);
    while !greedy.grab().await {}

    let jobs = tokio::select! {
        jobs = deliver(&engine, jobs) => jobs,
        () = async { loop { greedy.grab().await; } } => unreachable!(),
    };

    assert_nobody_waited(&jobs);
    engine.stop().await;
}

#[tokio::test]
async fn one_tenant_that_refuses_every_token_delays_no_other_sync() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let engine = Engine::start_with_budget(&world, BUDGET).await;
    let jobs = others(&engine, &simulator).await;
    let greedy = simulator.tenant("greedy");
    greedy.fault(Fault::list().always().status(401));
    let (_, refused) = engine.add_customer(&greedy, &simulator.base_url()).await;

    let (jobs, refused) = tokio::join!(deliver(&engine, jobs), engine.run(&refused));

    assert_nobody_waited(&jobs);
    let error = refused.error.unwrap();
    assert_eq!((refused.state, error.class), (State::Failed, ErrorClass::Transient), "{error:?}");
    // The first attempt has no token yet; each replaces the one that is refused.
    assert_eq!(greedy.count(Route::Token) as u64, u64::from(refused.attempts) + 1);
    engine.stop().await;
}

#[tokio::test]
async fn what_makes_zuora_answer_takes_a_place_of_its_user_whatever_it_is() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let engine = Engine::start(&world).await;
    let greedy = Greedy::new(&engine, &simulator, 1);
    let customer = engine.add_customer(&greedy.tenant, &simulator.base_url()).await.0;
    for now in minutes() {
        RequestContext { now, ..greedy.context() }.acquire_permit(&greedy.service.limits, None).await.unwrap();
    }

    assert!(is_too_many(&greedy.create("any").await));
    assert!(is_too_many(&greedy.patch(&customer).await));
    assert!(is_too_many(&greedy.service.set_paused(&customer, false, &greedy.context()).await));
    assert_eq!(greedy.tenant.requests().len(), 0, "nothing reached Zuora");
    greedy.service.set_paused(&customer, true, &greedy.context()).await.unwrap();
    engine.stop().await;
}

#[tokio::test]
async fn what_makes_zuora_answer_takes_a_place_of_its_customer_whatever_it_is() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("sought-after");
    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let job = job["id"].as_str().unwrap().to_owned();
    let customer: CustomerId = id.parse().unwrap();
    for minute in minutes() {
        let key = keys::requests_about(&customer, minute);
        world.set(&key.pk, &key.sk, &[("n", AttributeValue::N("20".to_owned()))]).await;
    }
    tenant.reset_requests();

    let path = format!("/v1/customers/{id}");
    let secret = json!({"zuora_client_secret": tenant.client_secret()});
    let another_client = json!({"zuora_client_id": "another", "zuora_client_secret": "another", "verify": false});
    for (method, path, body) in [
        (Method::POST, format!("{path}/sync"), json!({})),
        (Method::POST, format!("{path}/sync?dry_run=true"), json!({})),
        (Method::POST, format!("{path}/connection-test"), json!({})),
        (Method::POST, format!("{path}/resume"), json!({})),
        (Method::PATCH, path.clone(), secret),
        (Method::PATCH, path.clone(), another_client),
        (Method::POST, format!("/v1/jobs/{job}/retry"), json!({})),
        (Method::POST, format!("/v1/jobs/{job}/approve-deletions"), json!({})),
        (Method::POST, "/v1/dead-letters/redrive".to_owned(), json!({"customer_id": id})),
    ] {
        let answer = match method {
            Method::PATCH => world.api.patch(&path, &body).await,
            _ => world.api.post(&path, &body).await,
        };
        assert_eq!(
            (answer.status, &answer.body["type"]),
            (429, &json!("/problems/too-many-requests")),
            "{path} {body}"
        );
        let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
    assert_eq!(tenant.requests().len(), 0, "nothing reached Zuora");
    world.api.patch(&path, &json!({"sync_frequency": "every_two_hours"})).await.expect(200);
    world.api.post(&format!("{path}/pause"), &json!({})).await.expect(200);
    world.remove(&id).await;
}

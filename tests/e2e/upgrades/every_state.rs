//! Customers in every state, and records of every kind, as the present code stores them.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    app::{
        approve::Approving, batches::BatchService, context::RequestContext, lifecycle::Claim, recount, worker::Delivery,
    },
    aws::{
        grants::{Grant, GrantStore},
        items::Item,
        keys,
        limits::TokenBudget,
        table::Table,
    },
    clock,
    domain::{
        audit::{Action, AuditOutcome, Record},
        ids::{CustomerId, WorkflowId},
        job::{Job, Progress, State},
        message::Message,
        policy::Verb,
        workflow::Workflow,
    },
};
use tests::simulator::{Fault, Odd, Simulator, Tenant};

use crate::{
    engine::{Engine, LAMBDA, context, creation, service},
    world::World,
};

/// Fills the tables of an engine. Its audit records and grants stand in its data table.
pub async fn fill(world: &World, engine: &Engine) {
    let filling = Filling { world, engine, simulator: &Simulator::start() };
    filling.copied().await;
    filling.held().await;
    filling.approved().await;
    filling.unproven().await;
    filling.failed().await;
    filling.incomplete().await;
    filling.under_way().await;
    filling.paused_and_deleted().await;
    filling.beside_customers().await;
}

struct Filling<'a> {
    world: &'a World,
    engine: &'a Engine,
    simulator: &'a Simulator,
}

impl Filling<'_> {
    fn data(&self) -> &Table {
        &self.engine.worker.lifecycle.dispatcher.data
    }

    fn context(&self) -> RequestContext {
        context(self.data())
    }

    /// A customer named as its tenant, with so many workflows; its first sync is queued.
    async fn customer(&self, name: &str, workflows: u64) -> (CustomerId, Tenant, Job) {
        let tenant = self.simulator.tenant(name);
        tenant.seed(workflows);
        for id in tenant.ids() {
            // Small ones: the files are kept for ever.
            tenant.alter(id, |workflow| workflow.tasks = 2);
        }
        let (id, first) = self.engine.add_customer(&tenant, &self.simulator.base_url()).await;
        (id, tenant, first)
    }

    /// One whose first sync has ended.
    async fn synced(&self, name: &str, workflows: u64) -> (CustomerId, Tenant) {
        let (id, tenant, first) = self.customer(name, workflows).await;
        assert_eq!(self.engine.run(&first).await.state, State::Succeeded);
        (id, tenant)
    }

    /// Changes, a tombstone, a definition of two chunks, the note on a damaged one, a dry run, a connection test, grants.
    async fn copied(&self) {
        let (id, tenant) = self.synced("copied", 5).await;
        let ids = tenant.ids();
        tenant.edit(ids[0], |workflow| workflow.name.push_str(", changed"));
        tenant.edit(ids[1], |workflow| workflow.tasks += 1);
        tenant.remove(ids[2]);
        assert_eq!(self.engine.sync(&id).await.stats.deleted, 1);
        self.split_definition(&id, ids[3]).await;
        let dispatcher = &self.engine.worker.lifecycle.dispatcher;
        dispatcher.damaged.note(&id, &workflow(ids[4]), clock::now()).await.unwrap();
        let plan = dispatcher.request_plan(&id, &self.context()).await.unwrap();
        self.engine.run(&plan).await;
        let test = dispatcher.request_test(&id, &self.context()).await.unwrap();
        self.engine.run(&test).await;
        self.grant("operator", Some(&id), &[Verb::ViewAny, Verb::View, Verb::Sync]).await;
        self.grant("admin", None, &Verb::GRANTABLE).await;
    }

    /// Divides a stored definition, as one is whose packed bytes do not fit one item.
    async fn split_definition(&self, customer: &CustomerId, id: u64) {
        let id = workflow(id);
        let stored: Workflow = self.data().get(&keys::workflow(customer, &id)).await.unwrap().unwrap().value;
        let hash = stored.definition.unwrap().hash;
        let first = self.data().get_item(&keys::definition_chunk(customer, &id, &hash, 0)).await.unwrap().unwrap();
        let whole = first["chunk"].as_b().unwrap().clone().into_inner();
        let parts = whole.split_at(whole.len() / 2);
        for (at, part) in [(0, parts.0), (1, parts.1)] {
            let key = keys::definition_chunk(customer, &id, &hash, at);
            let chunk = [("PK", text(&key.pk)), ("SK", text(&key.sk)), ("chunk", AttributeValue::B(part.into()))];
            self.put(chunk).await;
        }
        let key = keys::workflow(customer, &id);
        let update = self.world.dynamodb.update_item().table_name(&self.engine.data);
        update
            .key("PK", text(&key.pk))
            .key("SK", text(&key.sk))
            .update_expression("SET definition_ref.chunks = :two")
            .expression_attribute_values(":two", AttributeValue::N("2".to_owned()))
            .send()
            .await
            .unwrap();
    }

    async fn put<const N: usize>(&self, attributes: [(&str, AttributeValue); N]) {
        let item: Item = attributes.map(|(name, value)| (name.to_owned(), value)).into();
        self.world.dynamodb.put_item().table_name(&self.engine.data).set_item(Some(item)).send().await.unwrap();
    }

    async fn grant(&self, user: &str, customer: Option<&CustomerId>, verbs: &[Verb]) {
        let grant = Grant {
            user: user.parse().unwrap(),
            email: Some(format!("{user}@example.com")),
            customer_id: customer.cloned(),
            verbs: verbs.iter().copied().collect(),
            granted_by: "ada".to_owned(),
            granted_by_email: Some("ada@example.com".to_owned()),
            granted_at: clock::now(),
        };
        self.data().write(vec![GrantStore::put(&grant).unwrap()]).await.unwrap();
    }

    /// Everything is missing from the listing.
    async fn held(&self) {
        let (id, tenant) = self.synced("held", 2).await;
        remove_all(&tenant);
        assert_eq!(self.engine.sync(&id).await.state, State::Held);
    }

    /// The same, approved; the sync that acts on it waits for its worker.
    async fn approved(&self) {
        let (id, tenant) = self.synced("approved", 2).await;
        remove_all(&tenant);
        let held = self.engine.sync(&id).await;
        let approving = Approving { job: held.id, list_hash: None };
        self.engine.worker.lifecycle.dispatcher.approve_deletions(&approving, &self.context()).await.unwrap();
    }

    /// One workflow is missing, and Zuora does not say whether it is gone.
    async fn unproven(&self) {
        let (id, tenant) = self.synced("unproven", 3).await;
        tenant.remove(tenant.ids()[0]);
        tenant.fault(Fault::get().always().odd(Odd::Proxy404));
        self.engine.sync(&id).await;
    }

    /// The credentials are refused: once, and three times; of another failure somebody has decided that nothing is to be done.
    async fn failed(&self) {
        let (_, _, first) = self.refused("failing").await;
        assert_eq!(first.state, State::Failed);
        let (id, _, _) = self.refused("unscheduled").await;
        for _ in 0..2 {
            self.engine.sync(&id).await;
        }
        let (_, _, first) = self.refused("dismissed").await;
        let lifecycle = &self.engine.worker.lifecycle;
        lifecycle.dispatcher.dismiss(&first.id, &lifecycle.dead_letters, &self.context()).await.unwrap();
    }

    async fn refused(&self, name: &str) -> (CustomerId, Tenant, Job) {
        let (id, tenant, first) = self.customer(name, 2).await;
        tenant.set_secret("another");
        let first = self.engine.run(&first).await;
        (id, tenant, first)
    }

    /// One workflow cannot be exported.
    async fn incomplete(&self) {
        let (_, tenant, first) = self.customer("incomplete", 2).await;
        tenant.fault(Fault::export().workflow(tenant.ids()[1]).always().status(500));
        assert_eq!(self.engine.run(&first).await.state, State::Incomplete);
    }

    /// First syncs that are queued, waiting for Zuora, and in the hands of a worker that died.
    async fn under_way(&self) {
        self.customer("queued", 2).await;
        let (_, tenant, first) = self.customer("waiting", 2).await;
        tenant.fault(Fault::list().always().rate_limited(900));
        self.engine.deliver(&self.engine.worker, &first.id, LAMBDA).await.unwrap();
        assert_eq!(self.engine.job(&first.id).await.state, State::Waiting);
        let (_, _, first) = self.customer("running", 2).await;
        let (now, lifecycle) = (clock::now(), &self.engine.worker.lifecycle);
        let claim = Box::pin(lifecycle.claim(&Message::to(&first), now, now.plus(LAMBDA))).await.unwrap();
        let Claim::Ours(claimed) = claim else { panic!("{claim:?}") };
        let progress = Progress { pages: 1, listed: 2, to_export: Some(2), exported: 1, updated_at: now };
        lifecycle.dispatcher.jobs.show_progress(&claimed.job, &progress).await.unwrap();
    }

    async fn paused_and_deleted(&self) {
        let (id, _) = self.synced("paused", 1).await;
        service(&self.engine.worker).set_paused(&id, true, &self.context()).await.unwrap();
        let (id, _) = self.synced("deleted", 1).await;
        self.engine.delete_customer(&id).await;
    }

    /// A message that nobody can read, a creation under an idempotency key, a refused attempt, a batch, a recount.
    async fn beside_customers(&self) {
        let Self { engine, simulator, .. } = self;
        let delivery = Delivery { message_id: "unreadable", body: "hello" };
        Box::pin(engine.worker.handle(delivery, clock::now().plus(LAMBDA))).await.unwrap();
        let tenant = simulator.tenant("created once");
        let new = creation(&tenant, &simulator.base_url());
        engine.create_once(&engine.worker, new, "key", clock::now()).await.unwrap();
        let context = self.context();
        let refused = Record { outcome: AuditOutcome::Refused, ..context.record(Action::Read) };
        self.data().write(vec![context.trail.put(&refused).unwrap()]).await.unwrap();
        let dispatcher = engine.worker.lifecycle.dispatcher.clone();
        let budget = TokenBudget::new(self.data().clone(), 60);
        BatchService { dispatcher: dispatcher.clone(), trail: context.trail.clone(), budget }
            .begin(&context)
            .await
            .unwrap();
        recount::run(&dispatcher, clock::now().plus(Duration::from_secs(60))).await.unwrap();
    }
}

fn remove_all(tenant: &Tenant) {
    for workflow in tenant.ids() {
        tenant.remove(workflow);
    }
}

fn workflow(id: u64) -> WorkflowId {
    id.to_string().parse().unwrap()
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

//! Many customers: a long queue, a schedule that is killed, a batch, unreadable records. Rows R135 to R141 of
//! docs/reliability.md. Hours pass by giving the schedule and the sweeper another time.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use shared::{
    app::{
        batches::BatchService,
        bulk_sync::Round,
        context::RequestContext,
        dispatch::Dispatcher,
        schedule,
        sweep::{self, Swept},
        worker::{Delivery, Handled},
    },
    aws::{budget::Budget, items::Item, jobs::JobSelection, limits::TokenBudget},
    clock,
    domain::{
        batch::{Asked, ROUND},
        ids::{CustomerId, JobId},
        job::{Job, SWEEP_GRACE, SWEEP_PAUSE, State, Trigger},
        message::Message,
        time::Timestamp,
    },
};
use tests::simulator::{Route, Simulator};

use crate::{
    engine::{Death, Engine, LAMBDA, Wire, context},
    upstream::tenant,
    world::World,
};

const HOUR: Duration = Duration::from_secs(3600);

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// Customers of one tenant whose first sync has ended, so that none is under way.
async fn synced_customers(engine: &Engine, simulator: &Simulator, many: usize) -> Vec<CustomerId> {
    let tenant = simulator.tenant("one of many");
    tenant.seed(1);
    let mut customers = Vec::new();
    for _ in 0..many {
        let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
        assert_eq!(engine.run(&first).await.state, State::Succeeded);
        customers.push(customer);
    }
    engine.messages().await;
    customers
}

/// The jobs of all customers that have not ended.
async fn under_way(engine: &Engine) -> Vec<Job> {
    let jobs = &engine.worker.lifecycle.dispatcher.jobs;
    jobs.list(&JobSelection::default(), 1000, &Budget::default(), |job| !job.state.is_ended()).await.unwrap().jobs
}

/// The number of messages for each job.
fn by_job(messages: &[String]) -> BTreeMap<JobId, usize> {
    let mut counts = BTreeMap::new();
    for body in messages {
        let Message::JobV1 { job_id, .. } = Message::parse(body).unwrap();
        *counts.entry(job_id).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn a_schedule_killed_at_any_call_loses_no_customer_and_doubles_none() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let simulator = Simulator::start();
    let customers = synced_customers(&engine, &simulator, 2).await;
    let lifecycle = &engine.worker.lifecycle;
    let dispatcher = &lifecycle.dispatcher;
    let wire = Wire::sound();
    let mut time = clock::now().plus(HOUR);
    let asked = schedule::run(&engine.worker_over(&wire.sdk(&world.sdk)).lifecycle.dispatcher, time, time).await;
    assert_eq!(asked.unwrap().asked, Asked { placed: 2, ..Asked::default() });
    assert_eq!((wire.calls().len(), wire.count(&["SendMessage"])), (9, 2), "{:?}", wire.calls());

    let deaths = [Death::Before(0)].into_iter().chain((0..9).map(Death::After));
    for death in deaths {
        for job in under_way(&engine).await {
            engine.run(&job).await;
        }
        engine.messages().await;
        time = time.plus(HOUR);
        let dying = engine.worker_over(&Wire::dying(death).sdk(&world.sdk));
        drop(schedule::run(&dying.lifecycle.dispatcher, time, time).await);
        assert_eq!(schedule::run(dispatcher, time, time).await.unwrap().asked.failed, 0, "{death:?}");

        let jobs = under_way(&engine).await;
        let mut served: Vec<_> = jobs.iter().map(|job| &job.customer_id).collect();
        served.sort();
        let mut due: Vec<_> = customers.iter().collect();
        due.sort();
        assert_eq!(served, due, "{death:?}: one job each");
        assert!(jobs.iter().all(|job| job.trigger == Trigger::Schedule));
        let sent = by_job(&engine.messages().await);
        assert!(sent.values().all(|count| *count == 1), "{death:?}: {sent:?}");
        sweep::run(dispatcher, lifecycle, time.plus(SWEEP_GRACE)).await.unwrap();
        let swept = by_job(&engine.messages().await);
        assert_eq!(swept.len(), 2, "{death:?}: what was not sent, the sweeper sends");
        assert_eq!(schedule::run(dispatcher, time, time).await.unwrap(), Round::default(), "{death:?}");
    }
    engine.stop().await;
}

#[tokio::test]
async fn a_job_that_waits_its_turn_for_hours_is_not_lost_and_its_first_message_counts() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (simulator, tenant) = tenant("patient", 3);
    let (_, job) = engine.add_customer(&tenant, &simulator.base_url()).await;
    let lifecycle = &engine.worker.lifecycle;

    let mut time = job.created_at.plus(SWEEP_GRACE);
    for _ in 0..6 {
        let swept = sweep::run(&lifecycle.dispatcher, lifecycle, time).await.unwrap();
        assert_eq!(swept, Swept { revived: 1, ..Swept::default() });
        let early = time.plus(SWEEP_PAUSE - Duration::from_secs(1));
        assert_eq!(sweep::run(&lifecycle.dispatcher, lifecycle, early).await.unwrap(), Swept::default());
        time = time.plus(SWEEP_PAUSE);
    }

    let messages = engine.messages().await;
    assert_eq!(messages, vec![Message::to(&job).body(); 7], "copies of the first");
    for (at, body) in messages.iter().enumerate() {
        let delivery = Delivery { message_id: "test", body };
        let handled = Box::pin(engine.worker.handle(delivery, clock::now().plus(LAMBDA))).await.unwrap();
        assert_eq!(matches!(handled, Handled::Nothing(_)), at > 0, "{at}: {handled:?}");
    }
    assert_eq!((engine.job(&job.id).await.state, tenant.count(Route::List)), (State::Succeeded, 1));
    engine.stop().await;
}

#[tokio::test]
async fn a_job_whose_messages_vanish_is_sent_again_and_given_up_only_over_an_empty_queue() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (simulator, tenant) = tenant("vanished", 3);
    let (_, job) = engine.add_customer(&tenant, &simulator.base_url()).await;
    let lifecycle = &engine.worker.lifecycle;

    let mut time = job.created_at.plus(SWEEP_GRACE);
    for _ in 0..3 {
        assert_eq!(engine.messages().await.len(), 1, "gone");
        let swept = sweep::run(&lifecycle.dispatcher, lifecycle, time).await.unwrap();
        assert_eq!(swept, Swept { revived: 1, ..Swept::default() });
        time = time.plus(SWEEP_PAUSE);
    }
    let waiting = sweep::run(&lifecycle.dispatcher, lifecycle, time).await.unwrap();
    assert_eq!(waiting, Swept { revived: 1, ..Swept::default() }, "the last copy is still in the queue");
    engine.messages().await;
    for end in [Swept { revived: 1, ..Swept::default() }, Swept { lost: 1, ..Swept::default() }] {
        time = time.plus(SWEEP_PAUSE);
        assert_eq!(sweep::run(&lifecycle.dispatcher, lifecycle, time).await.unwrap(), end);
        engine.messages().await;
    }

    assert_eq!(engine.job(&job.id).await.state, State::Failed);
    engine.stop().await;
}

/// The batch service, with a budget of which people may use `per_minute` token requests a minute.
fn batches(dispatcher: &Dispatcher, per_minute: u64) -> BatchService {
    let (data, trail) = (dispatcher.data.clone(), context(&dispatcher.data).trail);
    BatchService { dispatcher: dispatcher.clone(), trail, budget: TokenBudget::new(data, 2 * per_minute) }
}

#[tokio::test]
async fn a_sync_of_all_asks_in_a_minute_for_what_people_may_cause_and_asks_nobody_twice() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let simulator = Simulator::start();
    let customers = synced_customers(&engine, &simulator, 8).await;
    engine.request_sync(&customers[1]).await;
    let batches = batches(&engine.worker.lifecycle.dispatcher, 6);
    let now = clock::now();
    let context = RequestContext { now, ..context(&batches.dispatcher.data) };

    let batch = batches.begin(&context).await.unwrap();
    assert_eq!((batch.of, batch.asked, batch.finished_at), (8, Asked::default(), None));
    let round = async |at: Timestamp| batches.serve(at, HOUR).await.unwrap();
    let first = round(now).await.unwrap();
    assert_eq!((first.asked, first.finished_at), (Asked { placed: 6, joined: 1, ..Asked::default() }, None));
    assert_eq!(batches.begin(&context).await.unwrap(), first, "who asks again finds it");
    assert_eq!(round(now.plus(ROUND - Duration::from_secs(1))).await, None, "the minute is not over");
    for job in under_way(&engine).await {
        engine.run(&job).await;
    }
    let last = round(now.plus(ROUND)).await.unwrap();

    assert_eq!(last.asked, Asked { placed: 7, joined: 1, ..Asked::default() });
    assert!(last.finished_at.is_some());
    assert_eq!(batches.get(&last.id).await.unwrap(), last);
    assert_eq!(round(now.plus(HOUR)).await, None);
    assert_ne!(batches.begin(&context).await.unwrap().id, last.id, "a new one");
    engine.stop().await;
}

#[tokio::test]
async fn a_batch_killed_at_any_call_loses_no_customer_and_asks_none_twice() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let simulator = Simulator::start();
    let customers = synced_customers(&engine, &simulator, 3).await;
    let dispatcher = &engine.worker.lifecycle.dispatcher;
    let sound = batches(dispatcher, 600);
    let mut now = clock::now();
    let begin = async |now: Timestamp| {
        sound.begin(&RequestContext { now, ..context(&sound.dispatcher.data) }).await.unwrap();
    };
    let wire = Wire::sound();
    begin(now).await;
    batches(&engine.worker_over(&wire.sdk(&world.sdk)).lifecycle.dispatcher, 600).serve(now, HOUR).await.unwrap();
    let calls = wire.calls().len();
    assert_eq!(wire.count(&["SendMessage"]), 3, "{:?}", wire.calls());

    let deaths = [Death::Before(0)].into_iter().chain((0..calls).map(Death::After));
    for death in deaths {
        for job in under_way(&engine).await {
            engine.run(&job).await;
        }
        engine.messages().await;
        now = now.plus(HOUR);
        begin(now).await;
        let dying = engine.worker_over(&Wire::dying(death).sdk(&world.sdk)).lifecycle.dispatcher;
        drop(batches(&dying, 600).serve(now, HOUR).await);
        // What it had asked for may be over by then.
        for job in under_way(&engine).await {
            engine.run(&job).await;
        }
        let ended = sound.serve(now.plus(ROUND), HOUR).await.unwrap();

        if let Some(batch) = ended {
            let counted = batch.asked.placed + batch.asked.failed;
            assert_eq!((counted, batch.finished_at.is_some()), (3, true), "{death:?}: {batch:?}");
        }
        let (everybodys, budget) = (JobSelection::default(), Budget::default());
        let jobs = dispatcher.jobs.list(&everybodys, 1000, &budget, |job| now <= job.created_at).await.unwrap().jobs;
        let mut served: Vec<_> = jobs.into_iter().map(|job| job.customer_id).collect();
        served.sort();
        assert_eq!(served, customers, "{death:?}: one job each");
    }
    engine.stop().await;
}

#[tokio::test]
#[ignore = "runs alone, after all others: it syncs every customer"]
async fn a_sync_of_all_is_answered_at_once_and_its_rounds_are_the_schedules() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("everybody", 2);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let before = clock::now();

    let batch = world.api.post("/v1/sync", &json!({})).await.expect(202);

    assert!(before.until(clock::now()) < Duration::from_secs(2));
    let path = format!("/v1/batches/{}", batch["batch_id"].as_str().unwrap());
    world
        .wait_until("every customer was asked for", async || {
            world.invoke("schedule", &json!({"task": "batch", "time": clock::now()})).await;
            !world.api.get(&path).await.expect(200)["finished_at"].is_null()
        })
        .await;
    let batch = world.api.get(&path).await.expect(200);
    let counted: u64 = ["placed", "joined", "skipped", "failed"].iter().map(|name| batch[name].as_u64().unwrap()).sum();
    assert!(counted > 0 && batch["of"].as_u64().unwrap() > 0, "{batch}");
    let jobs = world.jobs_of(&id).await;
    assert!(jobs.len() > 1 && jobs.iter().any(|job| job["trigger"] == "manual"), "{jobs:?}");
    let audit = world.api.get(&format!("/v1/customers/{id}/audit")).await.expect(200);
    let actions: Vec<_> = audit["items"].as_array().unwrap().iter().map(|record| &record["action"]).collect();
    assert!(actions.contains(&&json!("customer.sync")), "{actions:?}");
    let nothing = format!("/v1/batches/bat_{}", "0".repeat(32));
    assert_eq!(world.api.get(&nothing).await.status, 404);
    world.remove(&id).await;
}

/// A copy of an item under another key, with a value that this version does not know, as a later one might write it.
fn from_the_future(item: &Item, keys: [(&str, &str); 3], unknown: &str) -> Item {
    let mut copy = item.clone();
    copy.extend(keys.map(|(name, value)| (name.to_owned(), text(value))));
    copy.insert(unknown.to_owned(), text("of-a-later-version"));
    copy
}

/// An unreadable customer and job: the customer in lists and in the schedule.
fn unreadable(summary: &Item, state: &Item, job: &Item) -> [Item; 3] {
    let (customer, other) = (CustomerId::new(), JobId::new());
    let pk = format!("CUSTOMER#{customer}");
    let index = format!("unreadable#{customer}");
    let due = format!("{}#{customer}", state["next_sync_at"].as_s().unwrap());
    let sk = format!("JOB#{other}");
    [
        from_the_future(summary, [("PK", &pk), ("GSI1SK", &index), ("n", "unreadable")], "s"),
        from_the_future(state, [("PK", &pk), ("id", customer.as_str()), ("GSI2SK", &due)], "status"),
        from_the_future(job, [("SK", &sk), ("id", other.as_str()), ("GSI1SK", other.as_str())], "trigger"),
    ]
}

#[tokio::test]
async fn records_that_cannot_be_read_stop_neither_the_schedule_nor_the_sweeper() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let simulator = Simulator::start();
    let customer = synced_customers(&engine, &simulator, 1).await.remove(0);
    let dispatcher = &engine.worker.lifecycle.dispatcher;
    let job = engine.request_sync(&customer).await;
    let items = engine.partition(&customer).await;
    let find = |sk: &str| items.iter().find(|item| item["SK"].as_s().unwrap() == sk).unwrap();
    for item in unreadable(find("SUMMARY"), find("STATE"), find(&format!("JOB#{}", job.id))) {
        world.dynamodb.put_item().table_name(&engine.data).set_item(Some(item)).send().await.unwrap();
    }
    let time = clock::now().plus(HOUR);

    assert_eq!(
        schedule::run(dispatcher, time, time).await.unwrap().asked,
        Asked { joined: 1, skipped: 1, ..Asked::default() }
    );
    let swept = sweep::run(dispatcher, &engine.worker.lifecycle, time).await.unwrap();
    assert_eq!(swept, Swept { revived: 1, ..Swept::default() });
    engine.stop().await;
}

#[tokio::test]
async fn records_that_cannot_be_read_are_left_out_of_lists_and_counts() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("readable", 2);
    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let pk = format!("CUSTOMER#{id}");
    let (summary, state) = (world.item(&pk, "SUMMARY").await.unwrap(), world.item(&pk, "STATE").await.unwrap());
    let job_item = world.item(&pk, &format!("JOB#{}", job["id"].as_str().unwrap())).await.unwrap();
    let unreadable = unreadable(&summary, &state, &job_item);
    for item in &unreadable {
        world.put_item(item.clone()).await;
    }

    let name = world.customer(&id).await["name"].as_str().unwrap().replace(' ', "%20");
    let customers = world.api.get(&format!("/v1/customers?name={name}&limit=200")).await.expect(200);
    assert_eq!((&customers["total"], &customers["items"][0]["id"]), (&json!(1), &json!(id)));
    let jobs = world.jobs_of(&id).await;
    assert_eq!((jobs.len(), &jobs[0]["id"]), (1, &job["id"]));
    let everyones = world.api.get("/v1/jobs?state=succeeded&limit=200").await.expect(200);
    assert!(everyones["items"].as_array().unwrap().iter().any(|listed| listed["id"] == job["id"]));
    assert!(world.api.get("/v1/stats").await.expect(200)["customers"]["active"].as_u64().unwrap() > 0);

    for item in &unreadable {
        let delete = world.dynamodb.delete_item().table_name(&world.stack.table_name);
        delete.key("PK", item["PK"].clone()).key("SK", item["SK"].clone()).send().await.unwrap();
    }
    world.remove(&id).await;
}

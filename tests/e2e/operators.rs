//! Failed, lost and silent jobs and their operators: shown, retried, redriven, each exactly as requested. Rows R50 to R56 of
//! docs/reliability.md.

use std::{sync::Mutex, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::{
    app::{
        lifecycle::Lifecycle,
        sweep::{self, Swept},
    },
    clock,
    domain::{job::State, time::Timestamp},
};
use tests::simulator::{Fault, Route, Simulator, Tenant};

use crate::{
    engine::{Engine, LAMBDA},
    people::Person,
    upstream::{stats, tenant},
    world::{Api, World},
};

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn minutes_ago(minutes: i64) -> String {
    Timestamp::from_millis(clock::now().millis() - minutes * 60_000).to_string()
}

/// Two customers, each with a failed job: `permission`, then `config`. Afterwards Zuora works again. Whoever may see and sync
/// these two and no others sees and redrives their letters alone.
struct TwoFailures {
    operator: Person,
    denied: Failed,
    wrong: Failed,
}

struct Failed {
    customer: String,
    job: String,
    tenant: Tenant,
}

impl TwoFailures {
    async fn make(world: &World, simulator: &Simulator) -> Self {
        let mut failed = Vec::new();
        for (class, fault) in [("permission", Fault::list().status(403)), ("config", Fault::token().status(401))] {
            let tenant = simulator.tenant(class);
            tenant.seed(3);
            let (customer, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
            tenant.fault(fault);
            tenant.revoke_tokens();
            let job = world.sync(&customer).await;
            assert_eq!((&job["state"], &job["error"]["class"]), (&json!("failed"), &json!(class)), "{job}");
            failed.push(Failed { customer, job: job["id"].as_str().unwrap().to_owned(), tenant });
        }
        let (wrong, denied) = (failed.remove(1), failed.remove(0));
        let operator = Person::granted(world, &denied.customer, &["sync"]).await;
        operator.grant(world, &wrong.customer, &["sync"]).await;
        Self { operator, denied, wrong }
    }

    async fn redrive(&self, filter: Value) -> Value {
        self.operator.api.post("/v1/dead-letters/redrive", &filter).await.expect(200)
    }

    async fn letters(&self, filter: &str) -> Vec<Value> {
        letters(&self.operator.api, filter).await
    }

    async fn end(self, world: &World) {
        self.operator.leave(world).await;
        for failed in [self.denied, self.wrong] {
            world.remove(&failed.customer).await;
        }
    }
}

/// The jobs of the dead letters that somebody sees, newest first.
async fn letters(api: &Api, filter: &str) -> Vec<Value> {
    let letters = api.get(&format!("/v1/dead-letters?{filter}")).await.expect(200);
    letters["items"].as_array().unwrap().iter().map(|letter| letter["job_id"].clone()).collect()
}

#[tokio::test]
async fn a_customer_that_the_index_does_not_show_yet_is_read_and_synced_by_its_id() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("unlisted", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let name = world.customer(&id).await["name"].as_str().unwrap().replace(' ', "%20");
    let listed = async || world.api.get(&format!("/v1/customers?name={name}")).await.expect(200)["total"].clone();
    let item = world.item(&format!("CUSTOMER#{id}"), "SUMMARY").await.unwrap();
    let mut unlisted = item.clone();
    unlisted.retain(|attribute, _| !attribute.starts_with("GSI"));
    world.put_item(unlisted).await;
    assert_eq!(listed().await, 0, "as an index that lags behind");

    assert_eq!(world.customer(&id).await["workflows_count"], 3);
    assert_eq!(stats(&world.sync(&id).await), [0, 0, 3, 0, 3, 0]);

    world.put_item(item).await;
    assert_eq!(listed().await, 1);
    world.remove(&id).await;
}

#[tokio::test]
async fn the_sixth_transient_failure_in_a_row_gives_a_job_up_where_operators_see_it() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("sixth", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::list().always().status(500));
    let job = world.ask_for_sync(&id).await;

    while world.wait_for_job_state(&job, &["waiting", "failed"]).await["state"] == "waiting" {
        world.hurry(&id, &job).await;
    }

    let failed = world.wait_for_job(&job).await;
    let ended = (&failed["state"], &failed["attempts"], &failed["error"]["class"]);
    assert_eq!(ended, (&json!("failed"), &json!(6), &json!("transient")), "{failed}");
    assert!(failed["error"]["message"].as_str().unwrap().contains("HTTP 500"), "{failed}");
    assert!(failed["dead_lettered_at"].is_string());
    assert_eq!(letters(&world.api, &format!("customer_id={id}")).await, [json!(job)]);
    let customer = world.customer(&id).await;
    assert_eq!((&customer["status"], &customer["last_sync"]["state"]), (&json!("active"), &json!("failed")));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_job_that_runs_or_waits_is_not_retried() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("busy", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.reset_requests();
    let hold = tenant.hold(Route::List);
    let job = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;

    let retry = async || world.api.post(&format!("/v1/jobs/{job}/retry"), &json!({})).await;
    let running = retry().await;
    tenant.fault(Fault::list().rate_limited(600));
    hold.release();
    world.wait_for_job_state(&job, &["waiting"]).await;
    let waiting = retry().await;

    for (answer, state) in [(running, "running"), (waiting, "waiting")] {
        assert_eq!((answer.status, &answer.body["type"]), (409, &json!("/problems/conflict")));
        assert!(answer.body["detail"].as_str().unwrap().contains(state), "{}", answer.text);
    }
    assert_eq!(tenant.count(Route::List), 1);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_redrive_takes_what_its_filter_names_and_says_what_is_left() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let failures = TwoFailures::make(&world, &simulator).await;
    let (denied, wrong) = (json!(failures.denied.job), json!(failures.wrong.job));
    assert_eq!(failures.letters("").await, [wrong.clone(), denied.clone()]);
    assert_eq!(failures.letters("error_class=permission").await, std::slice::from_ref(&denied));
    assert_eq!(
        failures.letters(&format!("customer_id={}", failures.wrong.customer)).await,
        std::slice::from_ref(&wrong)
    );

    let none = failures.redrive(json!({"older_than": minutes_ago(60)})).await;
    assert_eq!((&none["job_ids"], &none["remaining"]), (&json!([]), &json!(0)));
    let other = failures.redrive(json!({"error_class": "too_large"})).await;
    assert_eq!(other["job_ids"], json!([]));
    assert_eq!(failures.letters("").await.len(), 2, "a filter is never widened");

    let one = failures.redrive(json!({"error_class": "permission"})).await;
    assert_eq!(one["job_ids"], json!([denied]));
    assert_eq!(world.wait_for_job(&failures.denied.job).await["state"], "succeeded");
    assert_eq!(failures.letters("").await, [wrong]);
    failures.end(&world).await;
}

#[tokio::test]
async fn dead_letters_are_listed_page_by_page_first_jobs_then_unreadable_messages() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let failures = TwoFailures::make(&world, &simulator).await;
    let (denied, wrong) = (json!(failures.denied.job), json!(failures.wrong.job));
    let mark = uuid::Uuid::now_v7().simple().to_string();
    for n in 0..3 {
        world.send(&format!("{mark} {n}")).await;
    }
    // One to a page where they are only ours; the others go by while other tests make and redrive letters.
    let walk = async |api: &Api, filter: &str| {
        let mut letters = Vec::new();
        let mut page = api.get(&format!("/v1/dead-letters?{filter}")).await.expect(200);
        loop {
            letters.extend(page["items"].as_array().unwrap().clone());
            let Some(cursor) = page["next_cursor"].as_str() else { return letters };
            page = api.get(&format!("/v1/dead-letters?{filter}&cursor={cursor}")).await.expect(200);
        }
    };

    let ours = walk(&failures.operator.api, "limit=1").await;
    let jobs: Vec<_> = ours.iter().map(|letter| &letter["job_id"]).collect();
    assert_eq!(jobs, [&wrong, &denied]);
    let marked = |letter: &&Value| letter["body"].as_str().is_some_and(|body| body.starts_with(&mark));
    world
        .wait_until("all three are listed once", async || {
            walk(&world.api, "limit=2").await.iter().filter(marked).count() == 3
        })
        .await;
    let all = walk(&world.api, "limit=2").await;
    let first_message = all.iter().position(|letter| letter["message_id"].is_string()).unwrap();
    assert!(all[first_message..].iter().all(|letter| letter["message_id"].is_string()), "jobs come first");
    assert_eq!(all.iter().filter(|letter| letter["job_id"] == wrong).count(), 1);
    let cursor = world.api.get("/v1/dead-letters?limit=1").await.expect(200)["next_cursor"].clone();
    let other = format!("/v1/dead-letters?limit=1&error_class=config&cursor={}", cursor.as_str().unwrap());
    assert_eq!(world.api.get(&other).await.status, 400, "a cursor is good for its filter only");
    failures.end(&world).await;
}

#[tokio::test]
async fn a_redrive_is_bounded_and_leaves_to_a_sync_under_way_what_that_one_does() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let failures = TwoFailures::make(&world, &simulator).await;
    let Failed { customer, job: denied, tenant } = &failures.denied;
    let wrong = &failures.wrong.job;

    let first = failures.redrive(json!({"limit": 1})).await;
    assert_eq!((&first["job_ids"], &first["remaining"]), (&json!([wrong]), &json!(1)), "{first}");
    world.wait_for_job(wrong).await;
    let hold = tenant.hold(Route::List);
    let running = world.ask_for_sync(customer).await;
    hold.wait_for_arrival().await;
    let second = failures.redrive(json!({})).await;
    hold.release();

    assert_eq!((&second["redriven"], &second["superseded"]), (&json!(0), &json!(1)), "{second}");
    assert_eq!(world.job(denied).await["superseded_by"], json!(running));
    assert_eq!(world.wait_for_job(&running).await["state"], "succeeded");
    assert_eq!(failures.letters("").await, [Value::Null; 0]);
    failures.end(&world).await;
}

#[tokio::test]
async fn a_dead_letter_that_the_queue_no_longer_holds_is_listed_and_redriven_all_the_same() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("outlived", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::list().status(403));
    let job = world.sync(&id).await["id"].as_str().unwrap().to_owned();

    take_letter(&world, &job).await;

    assert_eq!(letters(&world.api, &format!("customer_id={id}")).await, [json!(job)]);
    assert_eq!(world.job(&job).await["state"], "failed");
    let redriven = world.api.post("/v1/dead-letters/redrive", &json!({"customer_id": id})).await.expect(200);
    assert_eq!(redriven["job_ids"], json!([job]));
    assert_eq!(world.wait_for_job(&job).await["state"], "succeeded");
    world.remove(&id).await;
}

/// Deletes a job's message from the dead-letter queue, as its retention does after fourteen days. The other messages are hidden
/// for three seconds.
async fn take_letter(world: &World, job: &str) {
    let queue = &world.stack.dead_letter_queue_url;
    let one_round = async || {
        let receive = world.sqs.receive_message().queue_url(queue).max_number_of_messages(10).visibility_timeout(3);
        let messages = receive.send().await.unwrap().messages.unwrap_or_default();
        let mut taken = false;
        for message in messages {
            let receipt = message.receipt_handle.unwrap();
            if message.body.is_some_and(|body| body.contains(job)) {
                world.sqs.delete_message().queue_url(queue).receipt_handle(receipt).send().await.unwrap();
                taken = true;
            }
        }
        taken
    };
    world.wait_until("the dead-letter queue held the job's message", one_round).await;
}

#[tokio::test]
async fn a_job_over_which_every_worker_died_is_given_up_as_lost_and_its_customer_goes_on() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("silent", 3);
    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let job = job["id"].as_str().unwrap();
    // The tenth worker in a row died over it.
    let dead = [
        ("state", text("running")),
        ("lock_until", text(minutes_ago(11))),
        ("open_claims", AttributeValue::N("10".into())),
        ("follow_up", AttributeValue::Bool(true)),
        ("finished_at", AttributeValue::Null(true)),
        ("GSI1PK", text("JOBS#running")),
    ];
    world.set_job(&id, job, &dead).await;
    world.set(&format!("CUSTOMER#{id}"), "STATE", &[("sync_job_id", text(job))]).await;

    world
        .wait_until("the sweeper gives it up", async || {
            world.invoke("schedule", &json!({"task": "sweep", "time": minutes_ago(0)})).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            world.job(job).await["state"] == "failed"
        })
        .await;

    let lost = world.job(job).await;
    assert_eq!(lost["error"]["class"], "lost", "{lost}");
    let next = world.jobs_of(&id).await[0].clone();
    assert_eq!((next["id"] == job, &next["trigger"]), (false, &json!("follow_up")), "what was asked for meanwhile");
    assert_eq!(world.wait_for_job(next["id"].as_str().unwrap()).await["state"], "succeeded");
    assert_eq!(world.customer(&id).await["last_sync"]["job_id"], next["id"]);
    assert_eq!(
        letters(&world.api, &format!("customer_id={id}")).await,
        [Value::Null; 0],
        "its success settles the loss"
    );
    world.remove(&id).await;
}

#[tokio::test]
async fn the_sweeper_removes_the_dead_letters_of_a_deleted_customer_and_leaves_the_others() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("letters", 3);
    tenant.fault(Fault::list().always().status(403));
    let engine = Engine::start(&world).await;
    let Lifecycle { dispatcher, dead_letters } = &engine.worker.lifecycle;
    let sweep = async || sweep::run(dispatcher, &engine.worker.lifecycle, clock::now()).await.unwrap();
    let mut failed = Vec::new();
    for _ in 0..3 {
        let (customer, job) = engine.add_customer(&tenant, &simulator.base_url()).await;
        assert_eq!(engine.run(&job).await.state, State::Failed);
        failed.push((customer, job.id));
    }
    let (deleted, _) = failed.remove(1);
    let purge = engine.delete_customer(&deleted).await;
    engine.deliver(&engine.worker, &purge, LAMBDA).await.unwrap();
    assert!(engine.partition(&deleted).await.is_empty());
    assert_eq!(dead_letters.depth().await.unwrap(), 3);

    assert_eq!(sweep().await, Swept { letters: 1, ..Swept::default() });

    assert_eq!(dead_letters.depth().await.unwrap(), 2);
    // The queue shows them again a moment after the sweeper received them.
    let seen = Mutex::new(String::new());
    world
        .wait_until("the letters of the other customers are there", async || {
            let received = dead_letters.receive(Duration::from_secs(1), Duration::ZERO).await.unwrap();
            let mut seen = seen.lock().unwrap();
            received.into_iter().for_each(|letter| seen.push_str(&letter.body));
            failed.iter().all(|(_, job)| seen.contains(job.as_str()))
        })
        .await;
    assert_eq!(sweep().await, Swept::default(), "nothing more is settled");
    engine.stop().await;
}

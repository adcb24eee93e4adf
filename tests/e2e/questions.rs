//! Connection tests and dry runs: a person waits for the answer, so they do not queue behind syncs. Rows R160 to R164 of
//! docs/reliability.md.

use std::time::Duration;

use futures::{StreamExt, stream};
use serde_json::{Value, json};
use shared::{
    app::{dispatch::SyncRequest, sweep, worker::Worker},
    aws::{
        counts::Counts,
        keys,
        queue::{Queue, Sending},
        queues::Queues,
    },
    domain::{
        failure::ErrorClass,
        ids::{CustomerId, JobId},
        job::{Job, SWEEP_GRACE, SWEEP_PAUSE, State},
        message::Message,
        time::Timestamp,
    },
};
use tests::simulator::{Route, Simulator, Tenant};

use crate::{
    engine::{Engine, context, creation, drain, service, worker_on_the_stack},
    people::Person,
    upstream::tenant,
    world::World,
};

/// The number of first syncs that are queued at once.
const CROWD: usize = 200;
/// The number of syncs that the local stack runs concurrently.
const WORKERS: usize = 10;
/// The time in milliseconds within which a question has to be started.
const SOON: u64 = 5_000;

/// Queues that nothing reads, for messages that a test delivers itself.
async fn idle_queues(world: &World) -> Queues<String> {
    let name = format!("idle-{}", uuid::Uuid::now_v7().simple());
    let url = world.sqs.create_queue().queue_name(name).send().await.unwrap().queue_url.unwrap();
    Queues { jobs: url.clone(), questions: url }
}

/// Customers of one tenant on the deployed stack, whose first syncs are stored and not sent yet.
struct Crowd {
    worker: Worker,
    queues: Queues<String>,
    tenant: Tenant,
    first_syncs: Vec<(CustomerId, JobId)>,
}

impl Crowd {
    async fn gather(world: &World, simulator: &Simulator) -> Self {
        let queues = idle_queues(world).await;
        let worker = worker_on_the_stack(world, &queues);
        let tenant = simulator.tenant("one of many");
        tenant.seed(1);
        let (service, data) = (service(&worker), &worker.lifecycle.dispatcher.data);
        let audit = data.beside(&world.stack.audit_table_name);
        let created = stream::iter(0..CROWD).map(async |_| {
            let new = creation(&tenant, &simulator.base_url());
            let customer = service.create(new, &context(&audit)).await.unwrap();
            (customer.id, customer.sync_job_id.unwrap())
        });
        let first_syncs = created.buffer_unordered(16).collect().await;
        Self { worker, queues, tenant, first_syncs }
    }

    async fn jobs(&self) -> Vec<Job> {
        let wanted: Vec<_> = self.first_syncs.iter().map(|(customer, job)| (customer, job)).collect();
        self.worker.lifecycle.dispatcher.jobs.get_all(&wanted).await.unwrap()
    }

    /// Sends their messages to the queue that the deployed workers read.
    async fn send(&self, world: &World) {
        let queue = Queue::new(world.sqs.clone(), &world.stack.job_queue_url);
        let jobs = self.jobs().await;
        let sendings =
            jobs.iter().map(|job| Sending { kind: job.kind, message: Message::to(job), delay: Duration::ZERO });
        queue.send_all(&sendings.collect::<Vec<_>>()).await.unwrap();
    }

    /// Removes them without a trace: messages still queued then have no effect.
    async fn remove(self, world: &World) {
        let dispatcher = &self.worker.lifecycle.dispatcher;
        let stored = self.first_syncs.iter().flat_map(|(id, job)| {
            let customer = [keys::state(id), keys::profile(id), keys::summary(id), keys::lock(id)];
            customer.into_iter().chain([keys::job(id, job), keys::job_pointer(job)])
        });
        dispatcher.data.delete_all(&stored.collect::<Vec<_>>()).await.unwrap();
        let sealed = self.first_syncs.iter().flat_map(|(id, _)| [keys::credentials(id), keys::token(id)]);
        self.worker.syncer.vault.table().delete_all(&sealed.collect::<Vec<_>>()).await.unwrap();
        world.sqs.delete_queue().queue_url(&self.queues.jobs).send().await.unwrap();
    }
}

fn moment(job: &Value, field: &str) -> Timestamp {
    serde_json::from_value(job[field].clone()).unwrap()
}

#[tokio::test]
async fn a_connection_test_and_a_dry_run_start_at_once_while_two_hundred_first_syncs_are_queued() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("asked about", 2);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let crowd = Crowd::gather(&world, &simulator).await;
    let hold = crowd.tenant.hold(Route::List);
    crowd.send(&world).await;
    hold.wait_for_arrivals(WORKERS).await;

    for question in ["connection-test", "sync?dry_run=true"] {
        let asked = world.api.post(&format!("/v1/customers/{id}/{question}"), &json!({})).await.expect(202);
        let job = world.wait_for_job(asked["job_id"].as_str().unwrap()).await;

        assert_eq!(job["state"], "succeeded", "{job}");
        let waited = moment(&job, "created_at").millis_until(moment(&job, "started_at"));
        println!("{question} started after {waited} ms");
        assert!(waited < SOON, "{question}: {waited} ms");
    }

    let queued = crowd.jobs().await.iter().filter(|job| job.state == State::Queued).count();
    assert_eq!(queued, CROWD - WORKERS, "they were in nobody's way");
    crowd.remove(&world).await;
    hold.release();
    world.remove(&id).await;
}

#[tokio::test]
async fn who_asks_for_a_dry_run_while_one_is_under_way_gets_that_one() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("asked twice", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let hold = tenant.hold(Route::List);
    let ask = async || {
        let asked = world.api.post(&format!("/v1/customers/{id}/sync?dry_run=true"), &json!({})).await.expect(202);
        (asked["job_id"].as_str().unwrap().to_owned(), asked["state"].clone(), asked["follow_up"].clone())
    };

    let (first, second) = tokio::join!(ask(), ask());
    hold.wait_for_arrival().await;
    let third = ask().await;

    assert_eq!((&first.0, &first.0), (&second.0, &third.0));
    assert_eq!((third.1, third.2), (json!("running"), json!(false)));
    hold.release();
    let job = world.wait_for_job(&first.0).await;
    assert_eq!((&job["kind"], &job["dry_run"], &job["state"]), (&json!("plan"), &json!(true), &json!("succeeded")));
    assert_ne!(ask().await.0, first.0, "it is over");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_dry_run_and_a_sync_of_a_customer_neither_join_nor_delay_each_other() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("beside", 3);
    let engine = Engine::start(&world).await;
    let dispatcher = &engine.worker.lifecycle.dispatcher;
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    let plan = dispatcher.request_plan(&customer, &context(&dispatcher.data)).await.unwrap();
    assert_eq!(engine.request_sync(&customer).await.id, first.id);
    let hold = tenant.hold(Route::List);

    let (planned, synced, ()) = tokio::join!(engine.run(&plan), engine.run(&first), async {
        hold.wait_for_arrivals(2).await;
        hold.release();
    });

    assert_eq!((planned.state, planned.stats.created), (State::Succeeded, 3));
    assert_eq!((synced.state, synced.stats.created), (State::Succeeded, 3));
    let customer = engine.customer(&customer).await;
    assert_eq!(customer.last_sync.map(|last| last.job_id), Some(first.id));
    let ended = Counts::new(dispatcher.data.clone()).outcomes(first.created_at).await.unwrap();
    let succeeded: i64 = ended.values().map(|hour| hour.succeeded).sum();
    assert_eq!(succeeded, 1, "a dry run copies nothing");
    engine.stop().await;
}

#[tokio::test]
async fn a_silent_job_is_lost_only_if_the_queue_it_waits_in_is_empty_and_a_lost_question_is_no_dead_letter() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("unanswered", 3);
    let engine = Engine::start(&world).await;
    let lifecycle = &engine.worker.lifecycle;
    let Queues { jobs, questions } = &lifecycle.dispatcher.queues;
    let (customer, sync) = engine.add_customer(&tenant, &simulator.base_url()).await;
    let ask =
        async || lifecycle.dispatcher.request_plan(&customer, &context(&lifecycle.dispatcher.data)).await.unwrap();
    let plan = ask().await;
    let sweep = async |hour: u32| {
        let time = plan.created_at.plus(SWEEP_GRACE + SWEEP_PAUSE * hour);
        sweep::run(&lifecycle.dispatcher, lifecycle, time).await.unwrap();
    };

    for hour in 0..4 {
        drain(questions).await;
        sweep(hour).await;
    }
    let lost = engine.job(&plan.id).await;
    assert_eq!((lost.state, lost.error.map(|error| error.class)), (State::Failed, Some(ErrorClass::Lost)));
    assert_eq!((lost.dead_lettered_at, lifecycle.dead_letters.depth().await.unwrap()), (None, 0));
    assert_eq!(engine.job(&sync.id).await.state, State::Queued, "its messages are there");

    let another = ask().await;
    for hour in 4..10 {
        drain(jobs).await;
        sweep(hour).await;
    }
    assert_eq!(engine.job(&sync.id).await.state, State::Failed);
    assert_eq!(engine.job(&another.id).await.state, State::Queued);
    engine.stop().await;
}

/// Has the deployed worker handle a job's message; returns the end of its log.
async fn work_on(world: &World, job: &Job) -> String {
    let body = Message::to(job).body();
    let record = json!({"messageId": "test", "receiptHandle": "test", "body": body, "eventSource": "aws:sqs"});
    world.invoke_and_log("sync", &json!({"Records": [record]})).await.1
}

#[tokio::test]
async fn a_dry_run_is_in_no_metric_of_syncs_and_not_among_the_syncs_that_are_counted() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("not counted", 20);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let person = Person::granted(&world, &id, &["view"]).await;
    let customer: CustomerId = id.parse().unwrap();
    let queues = idle_queues(&world).await;
    let dispatcher = worker_on_the_stack(&world, &queues).lifecycle.dispatcher;
    let context = context(&dispatcher.data.beside(&world.stack.audit_table_name));

    for (state, metric) in [("succeeded", "SyncSucceeded"), ("held", "SyncHeld")] {
        let plan = dispatcher.request_plan(&customer, &context).await.unwrap();
        let log = work_on(&world, &plan).await;
        assert!(log.contains(&format!("the job is {state}")), "{log}");
        assert!(log.contains("\"ZuoraInFlight\":") && !log.contains(metric), "its traffic counts: {log}");

        let sync = dispatcher.request_sync(&customer, &SyncRequest::of(&context)).await.unwrap();
        let log = work_on(&world, sync.job()).await;
        assert!(log.contains(&format!("\"{metric}\":1")), "{log}");
        for workflow in tenant.ids().into_iter().skip(1) {
            tenant.remove(workflow);
        }
    }

    let stats = person.api.get("/v1/stats").await.expect(200);
    assert_eq!((&stats["jobs"]["succeeded"], &stats["jobs"]["held"]), (&json!(2), &json!(1)), "{stats}");
    assert_eq!(world.jobs_of(&id).await.len(), 5);
    world.sqs.delete_queue().queue_url(&queues.jobs).send().await.unwrap();
    person.leave(&world).await;
    world.remove(&id).await;
}

//! One sweep over jobs in memory; what a sweep does to one job is tested with the lifecycle.

use serde_json::json;

use super::*;
use crate::{
    app::fixture::{DATA, DEAD_LETTERS, Fixture, JOBS, Sent, job, now},
    domain::{
        customer::{HealthState, Trouble, Wait},
        failure::{ErrorClass, Failure},
        ids::JobId,
        job::{Kind, SWEEP_GRACE},
        message::Message,
    },
};

async fn sweep(fixture: &Fixture) -> Swept {
    Box::pin(run(&fixture.dispatcher, &fixture.lifecycle, now().plus(SWEEP_GRACE))).await.unwrap()
}

#[tokio::test]
async fn a_sweep_sends_what_fell_silent_once_and_leaves_all_others_alone() {
    let fixture = Fixture::new();
    let (_, silent) = fixture.syncing(|_| {}).await;
    fixture.running(|_| {}).await;
    fixture.syncing(|job| job.finish(State::Succeeded, now())).await;

    assert_eq!(sweep(&fixture).await, Swept { revived: 1, ..Swept::default() });
    assert_eq!(sweep(&fixture).await, Swept::default());

    assert_eq!(fixture.sent(JOBS), [Sent::at_once(&silent)]);
}

#[tokio::test]
async fn a_sweep_removes_the_letters_of_jobs_that_moved_on_and_keeps_those_that_nobody_has_dealt_with() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    let mut failed = job(Kind::Sync, &customer);
    failed.fail(Failure::new(ErrorClass::Transient, "No."), now());
    fixture.store(&failed).await;
    for letter in [&failed, &job(Kind::Sync, &customer)] {
        fixture.lifecycle.dead_letters.send_dead_letter(&Message::to(letter), ErrorClass::Transient).await.unwrap();
    }

    assert_eq!(sweep(&fixture).await, Swept { letters: 1, ..Swept::default() });

    assert_eq!(fixture.sent(DEAD_LETTERS), [Sent::at_once(&failed)]);
}

#[tokio::test]
async fn queues_that_do_not_tell_their_depth_are_counted_and_their_jobs_are_revived_but_never_given_up() {
    let fixture = Fixture::new();
    let (_, job) = fixture.syncing(|job| (job.sweeps, job.empty_sweeps) = (0, 1)).await;
    fixture.cloud.refuse("GetQueueAttributes");

    assert_eq!(sweep(&fixture).await, Swept { revived: 1, failed: 3, ..Swept::default() });

    assert_eq!(fixture.job(&job).await.empty_sweeps, 0, "an unknown queue is no empty one");
}

#[tokio::test]
async fn jobs_that_cannot_be_written_are_counted_and_the_sweep_goes_on() {
    let fixture = Fixture::new();
    for _ in 0..3 {
        fixture.syncing(|_| {}).await;
    }
    fixture.cloud.refuse("TransactWriteItems");

    assert_eq!(sweep(&fixture).await, Swept { failed: 3, ..Swept::default() });

    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn a_customer_whose_sync_waits_for_too_long_is_said_to_wait_although_nothing_else_writes_it() {
    let fixture = Fixture::new();
    let (waiting, sound) = (fixture.customer().await, fixture.customer().await);
    let trouble = Trouble { class: ErrorClass::RateLimit, reason: "Wait.".into(), job_id: JobId::new() };
    let wait = Wait { since: clock::now(), until: None, trouble };
    fixture.change(&waiting.id, |customer| customer.wait = Some(wait)).await;
    // A quarter of an hour passes.
    let tables = fixture.cloud.tables();
    let mut state = tables.items(DATA).into_iter().find(|item| item.get("wait").is_some()).unwrap().clone();
    state["wait"]["M"]["since"]["S"] = json!(clock::now().minus(Duration::from_secs(15 * 60)));
    fixture.cloud.state().tables.put(DATA, state);
    let health_of = async |customer| fixture.stored(customer).await.health_state();
    assert_eq!(health_of(&waiting).await, HealthState::NeverSynced);

    let both = [waiting.id.clone(), sound.id.clone()];
    health::examine(&fixture.dispatcher, &both, clock::now()).await.unwrap();

    assert_eq!(health_of(&waiting).await, HealthState::Waiting);
    assert_eq!(health_of(&sound).await, HealthState::NeverSynced);
}

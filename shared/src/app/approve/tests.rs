//! Approvals: one sync for one list, however it is asked for.

use std::time::Duration;

use super::*;
use crate::{
    app::fixture::{Fixture, JOBS, Sent, after, job, now},
    domain::{
        customer::Customer,
        failure::{ErrorClass, Failure},
        job::{HeldKind, Hold},
    },
};

/// A customer whose last sync held two deletions back.
async fn held(fixture: &Fixture) -> (Customer, Job) {
    let (customer, job) = fixture
        .syncing(|job| {
            job.claim(now(), after(300));
            let ids = vec!["7".parse().unwrap(), "8".parse().unwrap()];
            job.held = Some(Hold::new(HeldKind::Deletions, "Too many.".to_owned(), ids).held);
            job.finish(State::Held, now());
        })
        .await;
    let id = job.id.clone();
    fixture.change(&customer.id, |customer| (customer.sync_job_id, customer.held_job_id) = (None, Some(id))).await;
    (customer, job)
}

/// Another sync of the customer, as `change` makes it.
async fn sync_beside(fixture: &Fixture, customer: &Customer, change: impl FnOnce(&mut Job)) -> Job {
    let mut job = job(Kind::Sync, customer);
    change(&mut job);
    fixture.store(&job).await;
    fixture.change(&customer.id, |customer| customer.sync_job_id = Some(job.id.clone())).await;
    job
}

async fn approve(fixture: &Fixture, job: &Job, list_hash: Option<&str>) -> Result<Job, AppError> {
    let approving = Approving { job: job.id.clone(), list_hash: list_hash.map(str::to_owned) };
    Box::pin(fixture.dispatcher.approve_deletions(&approving, &fixture.context())).await
}

fn approval_of(held: &Job) -> Option<Approval> {
    let Held { kind, list_hash, .. } = held.held.clone().unwrap();
    Some(Approval { held_job_id: held.id.clone(), kind, list_hash })
}

#[tokio::test]
async fn an_approval_is_a_new_sync_for_that_list_and_is_noted_with_the_job_that_held_it() {
    let fixture = Fixture::new();
    let (customer, job) = held(&fixture).await;
    let hash = job.held.as_ref().unwrap().list_hash.clone();

    let sync = approve(&fixture, &job, Some(&hash)).await.unwrap();

    assert_eq!((sync.state, sync.trigger, &sync.approval), (State::Queued, Trigger::Approval, &approval_of(&job)));
    let customer = fixture.stored(&customer).await;
    assert_eq!((customer.sync_job_id, customer.held_job_id), (Some(sync.id.clone()), None));
    let approved = fixture.job(&job).await.held.unwrap().approved.unwrap();
    assert_eq!(
        approved,
        Approved {
            actor: "ada".to_owned(),
            actor_email: Some("ada@example.com".to_owned()),
            at: now(),
            job_id: sync.id.clone()
        }
    );
    assert_eq!(fixture.trail(), ["job.approve_deletions"]);
    assert_eq!(fixture.sent(JOBS), [Sent::at_once(&sync)]);
}

#[tokio::test]
async fn a_queued_sync_takes_the_approval_along_and_one_that_waits_for_zuora_goes_on_waiting() {
    let fixture = Fixture::new();
    let (customer, job) = held(&fixture).await;
    let queued = sync_beside(&fixture, &customer, |_| {}).await;

    let sync = approve(&fixture, &job, None).await.unwrap();
    assert_eq!((&sync.id, &sync.approval), (&queued.id, &approval_of(&job)));
    assert_eq!(fixture.sent(JOBS), [Sent { job: sync.id, seq: queued.seq + 1, delay: 0 }]);

    let fixture = Fixture::new();
    let (customer, job) = held(&fixture).await;
    let failure = Failure::new(ErrorClass::RateLimit, "Wait.");
    let waiting = sync_beside(&fixture, &customer, |job| job.wait(Duration::from_secs(60), failure, now())).await;

    let sync = approve(&fixture, &job, None).await.unwrap();
    assert_eq!((sync.state, sync.next_attempt_at), (State::Waiting, waiting.next_attempt_at));
    assert_eq!(fixture.job(&waiting).await.approval, approval_of(&job));
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn beside_a_running_sync_or_for_a_paused_customer_nothing_is_approved() {
    let fixture = Fixture::new();
    let (customer, job) = held(&fixture).await;
    sync_beside(&fixture, &customer, |job| job.claim(now(), after(300))).await;
    let running = approve(&fixture, &job, None).await.unwrap_err();
    assert!(matches!(&running, AppError::Conflict(why) if why.contains("is running")), "{running:?}");

    fixture.change(&customer.id, Customer::pause).await;
    let before = fixture.cloud.tables();
    let paused = approve(&fixture, &job, None).await.unwrap_err();
    assert!(matches!(&paused, AppError::Conflict(why) if why.contains("paused")), "{paused:?}");

    assert_eq!(fixture.cloud.tables(), before);
    assert_eq!((fixture.trail(), fixture.sent(JOBS)), (vec![], vec![]));
}

#[tokio::test]
async fn approving_twice_makes_one_sync_even_at_the_same_moment() {
    let fixture = Fixture::new();
    let (_, job) = held(&fixture).await;
    let rival = fixture.rival();
    let first = approve(&rival, &job, None).await.unwrap();
    fixture.cloud.is_overtaken_by(&rival.cloud);

    for _ in 0..2 {
        assert_eq!(approve(&fixture, &job, None).await.unwrap().id, first.id);
    }

    assert_eq!((fixture.jobs(), fixture.sent(JOBS)), (2, vec![]));
}

#[tokio::test]
async fn another_list_than_the_one_that_was_seen_is_not_approved() {
    let fixture = Fixture::new();
    let (_, job) = held(&fixture).await;
    let before = fixture.cloud.tables();

    let refused = approve(&fixture, &job, Some("another")).await.unwrap_err();

    assert!(matches!(&refused, AppError::Conflict(why) if why.contains("another list")), "{refused:?}");
    assert_eq!(fixture.cloud.tables(), before);
}

#[tokio::test]
async fn what_a_later_complete_sync_has_settled_cannot_be_approved_any_more() {
    let fixture = Fixture::new();
    let (customer, job) = held(&fixture).await;
    fixture.change(&customer.id, |customer| customer.resolve_doubt(Some(after(60)))).await;

    let refused = approve(&fixture, &job, None).await.unwrap_err();

    assert!(matches!(&refused, AppError::Conflict(why) if why.contains("A later sync was complete")), "{refused:?}");
    assert_eq!((fixture.jobs(), fixture.sent(JOBS)), (1, vec![]));
}

#[tokio::test]
async fn only_holds_that_nobody_has_approved_await_an_approval() {
    let fixture = Fixture::new();
    let (first, job) = held(&fixture).await;
    let (second, approved) = held(&fixture).await;
    let free = fixture.customer().await;
    let second = Customer { held_job_id: Some(approved.id.clone()), ..second };
    approve(&fixture, &approved, None).await.unwrap();

    let first = fixture.stored(&first).await;
    let summaries = [first, second, free].map(|customer| Summary::from(&customer));
    let waiting = fixture.dispatcher.awaiting_approval(summaries.iter()).await.unwrap();

    assert_eq!(waiting.iter().map(|job| &job.id).collect::<Vec<_>>(), [&job.id]);
}

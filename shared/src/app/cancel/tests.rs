//! Cancelling: at once, or at the run's next look; the customer is free for its next sync.

use super::*;
use crate::{
    app::fixture::{Fixture, JOBS, after, job, now},
    aws::table::StoreError,
    domain::{
        failure::ErrorClass,
        job::{Kind, State},
        message::Message,
    },
};

async fn cancel(fixture: &Fixture, job: &Job) -> Result<Job, AppError> {
    Box::pin(fixture.dispatcher.cancel(&job.id, &fixture.context())).await
}

#[tokio::test]
async fn a_job_that_nobody_has_begun_is_over_at_once_and_its_customer_is_free() {
    let fixture = Fixture::new();
    let (customer, job) = fixture.syncing(|_| {}).await;

    let cancelled = cancel(&fixture, &job).await.unwrap();

    assert_eq!((cancelled.state, cancelled.error.unwrap().class), (State::Cancelled, ErrorClass::Cancelled));
    assert_eq!(fixture.job(&job).await.state, State::Cancelled);
    assert_eq!(fixture.stored(&customer).await.sync_job_id, None);
    assert_eq!((fixture.trail(), fixture.sent(JOBS)), (vec!["job.cancel".to_owned()], vec![]));
}

#[tokio::test]
async fn a_running_job_is_asked_to_stop_once_and_nothing_follows_it() {
    let fixture = Fixture::new();
    let (customer, job) = fixture.running(|job| job.follow_up = true).await;

    for _ in 0..2 {
        let asked = cancel(&fixture, &job).await.unwrap();
        assert_eq!((asked.state, asked.cancel_requested, asked.follow_up), (State::Running, true, false));
    }

    assert!(fixture.job(&job).await.cancel_requested);
    assert_eq!(fixture.stored(&customer).await.sync_job_id, Some(job.id));
    assert_eq!(fixture.trail(), ["job.cancel"]);
}

#[tokio::test]
async fn what_is_over_and_a_purge_and_a_running_test_are_not_cancelled() {
    let fixture = Fixture::new();
    let (customer, done) = fixture.syncing(|job| job.finish(State::Succeeded, now())).await;
    let purge = job(Kind::Purge, &customer);
    let mut test = job(Kind::Test, &customer);
    test.claim(now(), after(300));
    fixture.store(&purge).await;
    fixture.store(&test).await;
    let before = fixture.cloud.tables();

    for (job, why) in [(done, "nothing to cancel"), (purge, "cannot be cancelled"), (test, "over in a few seconds")] {
        let refused = cancel(&fixture, &job).await.unwrap_err();
        assert!(matches!(&refused, AppError::Conflict(said) if said.contains(why)), "{refused:?}");
    }

    assert_eq!(fixture.cloud.tables(), before);
}

#[tokio::test]
async fn a_job_that_a_worker_claims_at_the_same_moment_is_asked_to_stop() {
    let fixture = Fixture::new();
    let (_, job) = fixture.syncing(|_| {}).await;
    let rival = fixture.rival();
    let message = Message::to(&job);
    Box::pin(rival.lifecycle.claim(&message, now(), after(300))).await.unwrap();
    fixture.cloud.is_overtaken_by(&rival.cloud);

    let asked = cancel(&fixture, &job).await.unwrap();

    assert_eq!((asked.state, asked.cancel_requested), (State::Running, true));
    assert!(fixture.job(&job).await.cancel_requested);
}

#[tokio::test]
async fn a_question_that_is_cancelled_leaves_its_customers_sync_alone() {
    let fixture = Fixture::new();
    let (customer, sync) = fixture.running(|_| {}).await;
    let plan = fixture.dispatcher.request_plan(&customer.id, &fixture.context()).await.unwrap();

    assert_eq!(cancel(&fixture, &plan).await.unwrap().state, State::Cancelled);

    let customer = fixture.stored(&customer).await;
    assert_eq!((customer.sync_job_id, customer.last_sync), (Some(sync.id), None));
}

#[tokio::test]
async fn a_cancellation_that_cannot_be_recorded_is_not_done() {
    let fixture = Fixture::new();
    let (_, job) = fixture.syncing(|_| {}).await;
    fixture.cloud.refuse("TransactWriteItems");

    let failed = cancel(&fixture, &job).await;

    assert!(matches!(failed, Err(AppError::Store(StoreError::Unavailable(_)))), "{failed:?}");
    assert_eq!((fixture.job(&job).await, fixture.trail()), (job, vec![]));
}

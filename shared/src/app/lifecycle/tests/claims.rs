//! Claims: which messages count, and what stands against a job.

use std::time::Duration;

use crate::{
    app::{
        error::AppError,
        fixture::{self, DATA, Fixture, JOBS, Sent, after, job, now},
        lifecycle::Claim,
    },
    aws::{jobs::Jobs, keys, table::StoreError},
    domain::{
        customer::{Customer, Status, tests},
        failure::{ErrorClass, Failure},
        job::{Job, Kind, State},
        message::Message,
    },
};

/// Claims a job by its message for five minutes.
async fn claim(fixture: &Fixture, job: &Job) -> Result<Claim, AppError> {
    Box::pin(fixture.lifecycle.claim(&Message::to(job), now(), after(300))).await
}

/// Claims it, and returns why there was nothing to do.
async fn nothing(fixture: &Fixture, job: &Job) -> &'static str {
    match claim(fixture, job).await.unwrap() {
        Claim::Nothing(why) => why,
        Claim::Ours(claimed) => panic!("{claimed:?}"),
    }
}

/// Another job of the customer holds the lock until `seconds` after now.
async fn lock(fixture: &Fixture, customer: &Customer, seconds: u64) -> Job {
    let holder = job(Kind::Purge, customer);
    fixture.write(vec![Jobs::take_lock(&holder, after(seconds), now()).unwrap()]).await;
    holder
}

#[tokio::test]
async fn a_claim_is_the_job_its_customers_lock_and_its_customers_sync_at_once() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    let job = job(Kind::Sync, &customer);
    fixture.store(&job).await;

    let Claim::Ours(claimed) = claim(&fixture, &job).await.unwrap() else { panic!("it is live") };

    let stored = fixture.job(&job).await;
    assert_eq!((stored.state, stored.lock_until), (State::Running, Some(after(330))), "the deadline and a margin");
    assert_eq!(claimed.job.lock_until, stored.lock_until);
    let lock = fixture.dispatcher.jobs.lock(&customer.id).await.unwrap().unwrap();
    assert_eq!((lock.job_id, lock.lock_until), (job.id.clone(), after(330)));
    assert_eq!(fixture.stored(&customer).await.sync_job_id, Some(job.id));
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn a_message_that_was_replaced_or_whose_job_is_over_or_gone_changes_nothing() {
    let fixture = Fixture::new();
    let (customer, job) = fixture.syncing(|job| job.seq = 3).await;
    let (_, ended) = fixture.syncing(|job| job.finish(State::Succeeded, now())).await;
    let (_, running) = fixture.running(|_| {}).await;
    let unknown = fixture::job(Kind::Sync, &customer);
    let before = fixture.cloud.tables();

    for (job, why) in [
        (Job { seq: 2, ..job }, "a later message replaced this one, or the job is over"),
        (ended, "a later message replaced this one, or the job is over"),
        (running, "a later message replaced this one, or the job is over"),
        (unknown, "the job is gone"),
    ] {
        assert_eq!(nothing(&fixture, &job).await, why);
    }

    assert_eq!(fixture.cloud.tables(), before);
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn a_job_that_waits_longer_than_a_queue_can_delay_is_sent_again_for_the_rest() {
    let fixture = Fixture::new();
    let failure = Failure::new(ErrorClass::RateLimit, "Wait.");
    let (_, job) = fixture.syncing(|job| job.wait(Duration::from_secs(3600), failure, now())).await;

    assert_eq!(nothing(&fixture, &job).await, "the job still waits");

    let stored = fixture.job(&job).await;
    assert_eq!((stored.state, stored.next_attempt_at), (State::Waiting, Some(after(3600))));
    assert_eq!(fixture.sent(JOBS), [Sent { job: job.id, seq: job.seq + 1, delay: 900 }]);
}

#[tokio::test]
async fn while_another_job_holds_the_customers_lock_a_sync_comes_again_in_a_moment() {
    let fixture = Fixture::new();
    let (customer, job) = fixture.syncing(|_| {}).await;
    let holder = lock(&fixture, &customer, 600).await;

    assert_eq!(nothing(&fixture, &job).await, "somebody else works on the customer");

    let stored = fixture.job(&job).await;
    assert_eq!((stored.state, stored.next_attempt_at), (State::Queued, Some(after(15))));
    assert_eq!(fixture.sent(JOBS), [Sent { job: job.id, seq: job.seq + 1, delay: 15 }]);
    let lock = fixture.dispatcher.jobs.lock(&customer.id).await.unwrap().unwrap();
    assert_eq!(lock.job_id, holder.id);
}

#[tokio::test]
async fn a_lock_whose_holder_is_certainly_dead_is_taken_over() {
    let fixture = Fixture::new();
    let (customer, job) = fixture.syncing(|_| {}).await;
    lock(&fixture, &customer, 0).await;

    assert!(matches!(claim(&fixture, &job).await, Ok(Claim::Ours(_))));

    let lock = fixture.dispatcher.jobs.lock(&customer.id).await.unwrap().unwrap();
    assert_eq!(lock.job_id, job.id);
}

#[tokio::test]
async fn a_question_takes_no_lock_and_waits_for_none() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    let holder = lock(&fixture, &customer, 600).await;
    for kind in [Kind::Test, Kind::Plan] {
        let question = job(kind, &customer);
        fixture.store(&question).await;

        assert!(matches!(claim(&fixture, &question).await, Ok(Claim::Ours(_))), "{kind:?}");
    }

    let lock = fixture.dispatcher.jobs.lock(&customer.id).await.unwrap().unwrap();
    assert_eq!((lock.job_id, fixture.stored(&customer).await.sync_job_id), (holder.id, None));
}

#[tokio::test]
async fn a_sync_of_a_customer_that_is_paused_or_being_deleted_or_gone_is_cancelled_and_says_why() {
    for (status, why) in [
        (Some(Status::Paused), "the customer is paused"),
        (Some(Status::Deleting), "the customer is being deleted"),
        (None, "the customer was deleted"),
    ] {
        let fixture = Fixture::new();
        let stranger = tests::customer(now());
        let customer = if status.is_some() { fixture.customer().await } else { stranger };
        let job = job(Kind::Sync, &customer);
        fixture.store(&job).await;
        if let Some(status) = status {
            fixture.change(&customer.id, |customer| customer.status = status).await;
        }

        assert_eq!(nothing(&fixture, &job).await, why);

        let stored = fixture.job(&job).await;
        assert_eq!((stored.state, stored.error.unwrap().class), (State::Cancelled, ErrorClass::Cancelled), "{why}");
        assert_eq!(fixture.sent(JOBS), []);
    }
}

#[tokio::test]
async fn a_failed_sync_whose_letter_comes_back_gives_way_to_the_running_one_which_is_followed_by_one_more() {
    let fixture = Fixture::new();
    let (customer, running) = fixture.running(|_| {}).await;
    let mut failed = job(Kind::Sync, &customer);
    failed.fail(Failure::new(ErrorClass::Transient, "No."), now());
    fixture.store(&failed).await;

    assert_eq!(nothing(&fixture, &failed).await, "another sync of the customer is under way");

    let stored = fixture.job(&failed).await;
    assert_eq!((stored.state, &stored.superseded_by), (State::Failed, &Some(running.id.clone())));
    assert_eq!(stored.dead_lettered_at, None);
    assert!(fixture.job(&running).await.follow_up);
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn a_claim_that_is_overtaken_by_a_pause_looks_again_and_heeds_it() {
    let fixture = Fixture::new();
    let (customer, job) = fixture.syncing(|_| {}).await;
    let rival = fixture.rival();
    rival.change(&customer.id, Customer::pause).await;
    fixture.cloud.is_overtaken_by(&rival.cloud);

    assert_eq!(nothing(&fixture, &job).await, "the customer is paused");

    assert_eq!(fixture.job(&job).await.state, State::Cancelled);
    assert!(fixture.dispatcher.jobs.lock(&customer.id).await.unwrap().is_none());
}

#[tokio::test]
async fn of_two_workers_with_the_same_message_one_gets_the_job() {
    let fixture = Fixture::new();
    let (_, job) = fixture.syncing(|_| {}).await;
    let rival = fixture.rival();
    assert!(matches!(claim(&rival, &job).await, Ok(Claim::Ours(_))));
    fixture.cloud.is_overtaken_by(&rival.cloud);

    assert_eq!(nothing(&fixture, &job).await, "a later message replaced this one, or the job is over");

    assert_eq!(fixture.cloud.tables(), rival.cloud.tables());
}

#[tokio::test]
async fn a_claim_whose_job_is_written_all_the_time_or_whose_table_fails_is_an_error_and_claims_nothing() {
    let fixture = Fixture::new();
    let (customer, job) = fixture.syncing(|_| {}).await;
    let unavailable = |result| matches!(result, Err(AppError::Store(StoreError::Unavailable(_))));
    fixture.cloud.is_contended_at(DATA, keys::job(&customer.id, &job.id));
    assert!(unavailable(claim(&fixture, &job).await));
    assert_eq!(fixture.job(&job).await, job);
    fixture.cloud.refuse("TransactWriteItems");
    let before = fixture.cloud.tables();

    assert!(unavailable(claim(&fixture, &job).await));

    assert_eq!(fixture.cloud.tables(), before);
    assert!(fixture.dispatcher.jobs.lock(&customer.id).await.unwrap().is_none());
}

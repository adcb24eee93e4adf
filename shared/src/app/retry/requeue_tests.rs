//! Retries and redrives: each failed job starts anew once, and only where nothing stands against it.

use super::*;
use crate::{
    app::{
        fixture::{DEAD_LETTERS, Fixture, JOBS, Sent, after, job, now},
        redrive::{Redrive, Redriven},
    },
    domain::{
        customer::{Customer, Status},
        failure::{ErrorClass, Failure},
        job::Trigger,
    },
};

fn fail(job: &mut Job) {
    job.claim(now(), after(300));
    job.fail(Failure::new(ErrorClass::Transient, "No."), now());
}

/// A customer whose sync has failed, and its dead letter.
async fn failed(fixture: &Fixture) -> (Customer, Job) {
    let (customer, job) = fixture.syncing(fail).await;
    fixture.change(&customer.id, |customer| customer.sync_job_id = None).await;
    let letter = Message::to(&job);
    fixture.lifecycle.dead_letters.send_dead_letter(&letter, ErrorClass::Transient).await.unwrap();
    (customer, job)
}

async fn retry(fixture: &Fixture, job: &Job) -> Result<Job, AppError> {
    Box::pin(fixture.dispatcher.retry(&job.id, &fixture.lifecycle.dead_letters, &fixture.context())).await
}

async fn redrive(fixture: &Fixture) -> Result<Redriven, AppError> {
    let all = Redrive { customers: None, class: None, before: None, limit: 200 };
    let queue = &fixture.lifecycle.dead_letters;
    Box::pin(fixture.dispatcher.redrive(queue, &all, |_| true, &fixture.context())).await
}

#[track_caller]
fn is_refused(result: &Result<Job, AppError>, why: &str) {
    assert!(matches!(result, Err(AppError::Conflict(said)) if said.contains(why)), "{result:?}");
}

#[tokio::test]
async fn a_failed_sync_starts_anew_under_its_id_and_its_dead_letter_is_removed() {
    let fixture = Fixture::new();
    let (customer, job) = failed(&fixture).await;

    let again = retry(&fixture, &job).await.unwrap();

    assert_eq!((&again.id, again.state, again.seq), (&job.id, State::Queued, job.seq + 1));
    assert_eq!((again.restarts, again.error, again.dead_lettered_at), (1, None, None));
    assert_eq!(fixture.stored(&customer).await.sync_job_id, Some(job.id.clone()));
    assert_eq!(fixture.trail(), ["job.retry"]);
    assert_eq!(fixture.sent(JOBS), [Sent { job: job.id, seq: job.seq + 1, delay: 0 }]);
    assert_eq!(fixture.mail(DEAD_LETTERS), []);
}

#[tokio::test]
async fn a_double_click_makes_one_new_attempt() {
    let fixture = Fixture::new();
    let (_, job) = failed(&fixture).await;
    let rival = fixture.rival();
    retry(&rival, &job).await.unwrap();
    fixture.cloud.is_overtaken_by(&rival.cloud);

    is_refused(&retry(&fixture, &job).await, "The job is queued, not failed.");

    assert_eq!(fixture.cloud.tables(), rival.cloud.tables());
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn a_job_that_has_not_failed_or_answers_a_question_is_not_retried() {
    let fixture = Fixture::new();
    let (customer, running) = fixture.running(|_| {}).await;
    let (_, done) = fixture.syncing(|job| job.finish(State::Succeeded, now())).await;
    let mut question = job(Kind::Test, &customer);
    fail(&mut question);
    fixture.store(&question).await;
    let before = fixture.cloud.tables();

    is_refused(&retry(&fixture, &running).await, "The job is running, not failed.");
    is_refused(&retry(&fixture, &done).await, "The job is succeeded, not failed.");
    is_refused(&retry(&fixture, &question).await, "is not retried: ask for another one");
    let unknown = retry(&fixture, &job(Kind::Sync, &customer)).await;
    assert!(matches!(unknown, Err(AppError::NotFound("job"))), "{unknown:?}");

    assert_eq!(fixture.cloud.tables(), before);
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn a_sync_of_a_paused_customer_or_beside_another_one_is_not_retried() {
    let fixture = Fixture::new();
    let (paused, job) = failed(&fixture).await;
    fixture.change(&paused.id, Customer::pause).await;
    is_refused(&retry(&fixture, &job).await, "The customer is paused.");

    let (busy, job) = failed(&fixture).await;
    let mut other = Job::new(Kind::Sync, busy.id.clone(), Trigger::Manual, None, now(), now());
    other.claim(now(), after(300));
    fixture.store(&other).await;
    fixture.change(&busy.id, |customer| customer.sync_job_id = Some(other.id.clone())).await;
    is_refused(&retry(&fixture, &job).await, other.id.as_str());

    assert_eq!((fixture.job(&job).await.state, fixture.trail(), fixture.sent(JOBS)), (State::Failed, vec![], vec![]));
}

#[tokio::test]
async fn a_purge_is_retried_though_its_customer_is_hidden() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    let mut purge = job(Kind::Purge, &customer);
    fail(&mut purge);
    fixture.store(&purge).await;
    fixture.change(&customer.id, |customer| customer.status = Status::Deleting).await;

    assert_eq!(retry(&fixture, &purge).await.unwrap().state, State::Queued);

    assert_eq!(fixture.sent(JOBS).len(), 1);
}

#[tokio::test]
async fn a_retry_whose_queues_refuse_everything_is_stored_all_the_same() {
    let fixture = Fixture::new();
    let (customer, job) = failed(&fixture).await;
    fixture.cloud.refuse("SendMessage");
    fixture.cloud.refuse("ReceiveMessage");

    assert_eq!(retry(&fixture, &job).await.unwrap().state, State::Queued);

    assert_eq!(fixture.stored(&customer).await.sync_job_id, Some(job.id.clone()));
    assert!(fixture.job(&job).await.is_silent(after(600)), "the sweeper will find it");
    assert_eq!(fixture.mail(DEAD_LETTERS).len(), 1, "a later drain takes it");
}

#[tokio::test]
async fn a_redrive_starts_what_failed_supersedes_what_another_sync_does_and_skips_who_is_paused() {
    let fixture = Fixture::new();
    let (_, first) = failed(&fixture).await;
    let (busy, superseded) = failed(&fixture).await;
    let other = job(Kind::Sync, &busy);
    fixture.store(&other).await;
    fixture.change(&busy.id, |customer| customer.sync_job_id = Some(other.id.clone())).await;
    let (paused, skipped) = failed(&fixture).await;
    fixture.change(&paused.id, Customer::pause).await;

    let done = redrive(&fixture).await.unwrap();

    let job_ids = vec![first.id.clone()];
    assert_eq!(done, Redriven { redriven: 1, superseded: 1, skipped: 1, remaining: 0, is_counted: true, job_ids });
    assert_eq!(fixture.sent(JOBS), [Sent { job: first.id, seq: first.seq + 1, delay: 0 }]);
    let superseded = fixture.job(&superseded).await;
    assert_eq!((superseded.state, superseded.superseded_by), (State::Failed, Some(other.id)));
    assert_eq!(fixture.trail(), ["job.redrive"; 2]);
    let left = fixture.sent(DEAD_LETTERS);
    assert_eq!(left, [Sent::at_once(&skipped)], "the letter of the paused customer's job stays");
    assert_eq!(fixture.job(&skipped).await, skipped);
}

#[tokio::test]
async fn a_redrive_whose_queue_refuses_fails_and_has_lost_no_job() {
    let fixture = Fixture::new();
    let (_, job) = failed(&fixture).await;
    fixture.cloud.refuse("SendMessageBatch");

    assert!(matches!(redrive(&fixture).await, Err(AppError::Queue(_))));

    let job = fixture.job(&job).await;
    assert!(job.state == State::Queued && job.is_silent(after(600)), "the sweeper will find it");
}

#[tokio::test]
async fn a_job_that_somebody_else_is_changing_is_left_for_the_next_redrive() {
    let fixture = Fixture::new();
    let (_, job) = failed(&fixture).await;
    let rival = fixture.rival();
    retry(&rival, &job).await.unwrap();
    fixture.cloud.is_overtaken_by(&rival.cloud);

    let done = redrive(&fixture).await.unwrap();

    assert_eq!((done.redriven, done.remaining), (0, 1));
    assert_eq!(fixture.sent(JOBS), []);
}

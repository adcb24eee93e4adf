//! Sweeps of one job each.

use crate::{
    app::{
        fixture::{DEAD_LETTERS, Fixture, JOBS, Sent, after, now},
        lifecycle::Announcement,
    },
    domain::{
        failure::ErrorClass,
        job::{Job, MAX_SWEEPS, State},
    },
};

/// An hour and more after everything else.
const LATER: u64 = 8000;

async fn sweep(fixture: &Fixture, job: &Job, queue_is_empty: bool) -> Option<Announcement> {
    fixture.lifecycle.sweep(job, queue_is_empty, after(LATER)).await.unwrap()
}

/// Sent again as often as may be, over a queue that was seen empty once.
fn unanswered(job: &mut Job) {
    (job.sweeps, job.empty_sweeps) = (MAX_SWEEPS, 1);
}

#[tokio::test]
async fn a_silent_job_is_sent_again_under_the_number_that_it_had() {
    let fixture = Fixture::new();
    let (customer, job) = fixture.syncing(|_| {}).await;

    assert_eq!(sweep(&fixture, &job, true).await, Some(Announcement::Sent));

    let stored = fixture.job(&job).await;
    assert_eq!((stored.state, stored.seq, stored.sweeps), (State::Queued, job.seq, 1));
    assert_eq!(fixture.sent(JOBS), [Sent::at_once(&job)]);
    assert_eq!(fixture.stored(&customer).await.sync_job_id, Some(job.id));
}

#[tokio::test]
async fn a_job_whose_worker_died_is_queued_again_when_its_lock_has_expired() {
    let fixture = Fixture::new();
    let (_, job) = fixture.running(|_| {}).await;

    assert_eq!(fixture.lifecycle.sweep(&job, true, after(3599)).await.unwrap(), None);
    assert_eq!(sweep(&fixture, &job, true).await, Some(Announcement::Sent));

    assert_eq!(fixture.job(&job).await.state, State::Queued);
    assert_eq!(fixture.sent(JOBS), [Sent::at_once(&job)]);
}

#[tokio::test]
async fn a_job_that_is_not_silent_any_more_is_left_alone_whatever_the_list_says() {
    let fixture = Fixture::new();
    let (_, listed) = fixture.syncing(|_| {}).await;
    let (_, job) = fixture.syncing(|job| job.finish(State::Succeeded, now())).await;
    let before = fixture.cloud.tables();

    assert_eq!(sweep(&fixture, &Job { state: State::Queued, ..job }, true).await, None);
    assert_eq!(fixture.lifecycle.sweep(&listed, true, after(599)).await.unwrap(), None);

    assert_eq!(fixture.cloud.tables(), before);
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn over_a_queue_with_messages_nothing_is_given_up() {
    let fixture = Fixture::new();
    let (_, job) = fixture.syncing(unanswered).await;

    assert_eq!(sweep(&fixture, &job, false).await, Some(Announcement::Sent));

    assert_eq!((fixture.job(&job).await.state, fixture.mail(DEAD_LETTERS).len()), (State::Queued, 0));
}

#[tokio::test]
async fn a_lost_sync_leaves_a_dead_letter_and_frees_its_customer_for_the_sync_that_was_asked_for_meanwhile() {
    let fixture = Fixture::new();
    let (customer, job) = fixture
        .syncing(|job| {
            unanswered(job);
            job.follow_up = true;
        })
        .await;

    assert_eq!(sweep(&fixture, &job, true).await, Some(Announcement::DeadLettered));

    let stored = fixture.job(&job).await;
    assert_eq!((stored.state, stored.error.unwrap().class), (State::Failed, ErrorClass::Lost));
    let letters = fixture.mail(DEAD_LETTERS);
    assert_eq!((letters.len(), &letters[0].attributes["error_class"]["StringValue"]), (1, &"lost".into()));
    let next = fixture.find(&fixture.stored(&customer).await.sync_job_id.unwrap()).await;
    assert_eq!(fixture.sent(JOBS), [Sent::at_once(&next)]);
    assert_ne!(next.id, job.id);
}

#[tokio::test]
async fn a_sweep_that_is_overtaken_leaves_the_job_to_whoever_was_first() {
    let fixture = Fixture::new();
    let (_, job) = fixture.syncing(|_| {}).await;
    let rival = fixture.rival();
    rival.lifecycle.sweep(&job, true, after(LATER)).await.unwrap();
    fixture.cloud.is_overtaken_by(&rival.cloud);

    assert_eq!(sweep(&fixture, &job, true).await, None);

    assert_eq!(fixture.cloud.tables(), rival.cloud.tables());
    assert_eq!(fixture.sent(JOBS), []);
}

//! Ends of attempts: job, customer and lock together, then the messages.

use crate::{
    app::{
        dispatch::SyncRequest,
        fixture::{self, DATA, DEAD_LETTERS, Fixture, JOBS, Sent, after, now},
        interruption::Interruption,
        lifecycle::Claimed,
        outcome::{AttemptOutcome, Report},
    },
    aws::{held::HeldLists, keys},
    domain::{
        customer::Customer,
        failure::{ErrorClass, Failure},
        job::{HeldKind, Hold, Job, Kind, State, Traffic, Trigger},
    },
};

fn done() -> AttemptOutcome {
    AttemptOutcome::Ended(Report { counts: Some((7, 21)), undoubted: true, ..Report::default() })
}

fn failed(class: ErrorClass) -> AttemptOutcome {
    Interruption::Failed(Failure::new(class, "No.")).into()
}

/// Ends the attempt of a worker that claimed the job with this customer.
async fn finish(fixture: &Fixture, (customer, job): &(Customer, Job), outcome: AttemptOutcome) -> Option<Job> {
    let claimed = Claimed { job: job.clone(), customer: Some(customer.clone()) };
    Box::pin(fixture.lifecycle.finish_attempt(&claimed, outcome, &Traffic::default(), after(60))).await.unwrap()
}

/// The next sync of a stored customer, in the hands of a worker.
async fn next_sync(fixture: &Fixture, customer: &Customer) -> (Customer, Job) {
    let mut job = fixture::job(Kind::Sync, customer);
    job.claim(now(), after(3600));
    fixture.store(&job).await;
    fixture.change(&customer.id, |customer| customer.sync_job_id = Some(job.id.clone())).await;
    (fixture.stored(customer).await, fixture.job(&job).await)
}

#[tokio::test]
async fn the_end_of_a_sync_settles_job_customer_and_lock_together() {
    let fixture = Fixture::new();
    let ours = fixture.running(|_| {}).await;

    let job = finish(&fixture, &ours, done()).await.unwrap();

    assert_eq!((job.state, job.runs.len(), fixture.job(&job).await.state), (State::Succeeded, 1, State::Succeeded));
    let customer = fixture.stored(&ours.0).await;
    assert_eq!((customer.sync_job_id, customer.workflows_count, customer.tasks_count), (None, 7, 21));
    assert_eq!(customer.last_sync.unwrap().job_id, job.id);
    assert!(fixture.dispatcher.jobs.lock(&customer.id).await.unwrap().is_none());
    assert_eq!((fixture.sent(JOBS), fixture.mail(DEAD_LETTERS)), (vec![], vec![]));
}

#[tokio::test]
async fn a_sync_during_which_another_was_asked_for_is_followed_by_exactly_one() {
    let fixture = Fixture::new();
    let ours = fixture.running(|job| job.follow_up = true).await;

    finish(&fixture, &ours, done()).await.unwrap();

    let next = fixture.find(&fixture.stored(&ours.0).await.sync_job_id.unwrap()).await;
    assert_eq!((next.state, next.trigger, fixture.jobs()), (State::Queued, Trigger::FollowUp, 2));
    assert_eq!(fixture.sent(JOBS), [Sent::at_once(&next)]);
}

#[tokio::test]
async fn nothing_follows_for_a_customer_that_was_paused_meanwhile() {
    let fixture = Fixture::new();
    let ours = fixture.running(|job| job.follow_up = true).await;
    fixture.change(&ours.0.id, Customer::pause).await;

    finish(&fixture, &ours, done()).await.unwrap();

    assert_eq!((fixture.stored(&ours.0).await.sync_job_id, fixture.jobs()), (None, 1));
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn a_follow_up_that_the_queue_refuses_is_stored_all_the_same() {
    let fixture = Fixture::new();
    let ours = fixture.running(|job| job.follow_up = true).await;
    fixture.cloud.refuse("SendMessage");

    assert_eq!(finish(&fixture, &ours, done()).await.unwrap().state, State::Succeeded);

    let next = fixture.find(&fixture.stored(&ours.0).await.sync_job_id.unwrap()).await;
    assert!(next.is_silent(after(60 + 600)), "the sweeper will find it");
}

#[tokio::test]
async fn a_sync_that_was_asked_for_during_the_last_write_is_not_forgotten() {
    let fixture = Fixture::new();
    let ours = fixture.running(|_| {}).await;
    let rival = fixture.rival();
    let request = SyncRequest::at_once(Trigger::Manual, None, now());
    rival.dispatcher.request_sync(&ours.0.id, &request).await.unwrap();
    fixture.cloud.is_overtaken_by(&rival.cloud);

    finish(&fixture, &ours, done()).await.unwrap();

    assert_eq!((fixture.jobs(), fixture.sent(JOBS).len()), (2, 1));
}

#[tokio::test]
async fn a_temporary_failure_keeps_the_customers_sync_and_is_sent_for_its_next_attempt() {
    let fixture = Fixture::new();
    let ours = fixture.running(|_| {}).await;

    let job = finish(&fixture, &ours, failed(ErrorClass::Transient)).await.unwrap();

    assert_eq!((job.state, job.attempts, job.seq), (State::Waiting, 1, ours.1.seq + 1));
    let delay = after(60).until(job.next_attempt_at.unwrap()).as_millis().div_ceil(1000);
    let delay = u64::try_from(delay).unwrap();
    assert_eq!(fixture.sent(JOBS), [Sent { job: job.id.clone(), seq: job.seq, delay }]);
    assert_eq!(fixture.stored(&ours.0).await.sync_job_id, Some(job.id));
    assert!(fixture.dispatcher.jobs.lock(&ours.0.id).await.unwrap().is_none(), "another worker may go on");
}

#[tokio::test]
async fn a_failure_for_good_sends_a_dead_letter_that_names_its_class() {
    let fixture = Fixture::new();
    let ours = fixture.running(|_| {}).await;

    let job = finish(&fixture, &ours, failed(ErrorClass::Permission)).await.unwrap();

    assert_eq!((job.state, job.dead_lettered_at), (State::Failed, Some(after(60))));
    let letters = fixture.mail(DEAD_LETTERS);
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].attributes["error_class"]["StringValue"], "permission");
    assert_eq!(letters[0].attributes["job_id"]["StringValue"], job.id.as_str());
    assert_eq!(fixture.stored(&ours.0).await.config_failures, 1);
}

#[tokio::test]
async fn a_dead_letter_that_the_queue_refuses_is_listed_all_the_same() {
    let fixture = Fixture::new();
    let ours = fixture.running(|_| {}).await;
    fixture.cloud.refuse("SendMessage");

    finish(&fixture, &ours, failed(ErrorClass::Config)).await.unwrap();

    let job = fixture.job(&ours.1).await;
    assert_eq!((job.state, job.dead_lettered_at), (State::Failed, Some(after(60))));
}

#[tokio::test]
async fn a_worker_that_lost_its_job_changes_nothing_any_more() {
    let fixture = Fixture::new();
    let (customer, job) = fixture.running(|_| {}).await;
    let before = fixture.cloud.tables();
    let lost = Job { lock_until: Some(after(1)), ..job };
    let gone = fixture::job(Kind::Sync, &customer);

    for job in [lost, gone] {
        assert!(finish(&fixture, &(customer.clone(), job), done()).await.is_none());
    }

    assert_eq!(fixture.cloud.tables(), before);
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn what_was_refused_to_old_credentials_is_a_wait_for_the_new_ones() {
    let fixture = Fixture::new();
    let ours = fixture.running(|_| {}).await;
    fixture.change(&ours.0.id, |customer| customer.credential_version += 1).await;

    let job = finish(&fixture, &ours, failed(ErrorClass::Config)).await.unwrap();

    assert_eq!((job.state, job.attempts, job.error.unwrap().class), (State::Waiting, 0, ErrorClass::Transient));
    assert_eq!(fixture.stored(&ours.0).await.config_failures, 0);
    assert_eq!((fixture.sent(JOBS).len(), fixture.mail(DEAD_LETTERS).len()), (1, 0));
}

#[tokio::test]
async fn what_a_guard_held_is_stored_whole_and_named_by_the_customer() {
    let fixture = Fixture::new();
    let ours = fixture.running(|_| {}).await;
    let ids: Vec<_> = (0..150).map(|number: u32| number.to_string().parse().unwrap()).collect();
    let hold = Hold::new(HeldKind::Deletions, "Too many.".to_owned(), ids);
    let report = Report { hold: Some(hold.clone()), counts: Some((200, 0)), ..Report::default() };

    let job = finish(&fixture, &ours, AttemptOutcome::Ended(report)).await.unwrap();

    assert_eq!((job.state, job.held), (State::Held, Some(hold.held)));
    assert_eq!(fixture.stored(&ours.0).await.held_job_id, Some(job.id.clone()));
    let list = HeldLists::new(fixture.dispatcher.data.clone()).get(&ours.0.id, &job.id).await.unwrap();
    assert_eq!(list, Some(hold.workflow_ids));
}

#[tokio::test]
async fn an_end_that_cannot_be_written_leaves_the_claim_to_expire() {
    let fixture = Fixture::new();
    let (customer, job) = fixture.running(|job| job.follow_up = true).await;
    fixture.cloud.is_contended_at(DATA, keys::state(&customer.id));
    let claimed = Claimed { job: job.clone(), customer: Some(customer.clone()) };
    let traffic = Traffic::default();

    assert!(Box::pin(fixture.lifecycle.finish_attempt(&claimed, done(), &traffic, after(60))).await.is_err());

    assert_eq!((fixture.job(&job).await, fixture.jobs()), (job.clone(), 1));
    assert_eq!(fixture.dispatcher.jobs.lock(&customer.id).await.unwrap().unwrap().job_id, job.id);
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn of_a_customers_failures_only_the_last_is_open_and_a_success_leaves_none() {
    let fixture = Fixture::new();
    let (customer, first) = fixture.running(|_| {}).await;
    let first = finish(&fixture, &(customer.clone(), first), failed(ErrorClass::Config)).await.unwrap();
    assert!(first.is_open_failure());

    let second = next_sync(&fixture, &customer).await;
    let second = finish(&fixture, &second, failed(ErrorClass::Permission)).await.unwrap();
    let settled = fixture.job(&first).await;
    assert!(second.is_open_failure() && !settled.is_open_failure());
    assert_eq!((settled.state, settled.superseded_by), (State::Failed, Some(second.id.clone())));

    let third = next_sync(&fixture, &customer).await;
    finish(&fixture, &third, done()).await.unwrap();
    assert!(!fixture.job(&second).await.is_open_failure());
    assert_eq!(fixture.stored(&customer).await.failed_job_id, None);
}

//! Requests for syncs and questions: one job each, however many ask at once, and none is lost where its message is not sent.

use super::*;
use crate::{
    app::fixture::{DATA, Fixture, JOBS, QUESTIONS, Sent, after, job, now},
    aws::keys,
    domain::{
        customer::{Status, tests},
        failure::{ErrorClass, Failure},
        job::SWEEP_GRACE,
    },
};

/// Asks as an admin does.
async fn ask(fixture: &Fixture, customer: &Customer) -> Result<Requested, AppError> {
    let request = SyncRequest::of(&fixture.context());
    Box::pin(fixture.dispatcher.request_sync(&customer.id, &request)).await
}

#[tokio::test]
async fn a_request_is_a_job_that_its_customer_names_a_record_and_then_a_message() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;

    let requested = ask(&fixture, &customer).await.unwrap();

    let Requested::New(job) = &requested else { panic!("{requested:?}") };
    assert_eq!((job.trigger, job.requester()), (Trigger::Manual, Some(fixture.context().actor)));
    assert_eq!(fixture.job(job).await.state, State::Queued);
    assert_eq!(fixture.stored(&customer).await.sync_job_id, Some(job.id.clone()));
    assert_eq!(fixture.trail(), ["customer.sync"]);
    assert_eq!(fixture.sent(JOBS), [Sent::at_once(job)]);
}

#[tokio::test]
async fn a_request_joins_the_sync_that_has_not_begun_and_is_recorded() {
    let waiting =
        |job: &mut Job| job.wait(Duration::from_secs(60), Failure::new(ErrorClass::RateLimit, "Wait."), now());
    let states: [fn(&mut Job); 2] = [|_| {}, waiting];
    for change in states {
        let fixture = Fixture::new();
        let (customer, job) = fixture.syncing(change).await;

        let requested = ask(&fixture, &customer).await.unwrap();

        assert!(matches!(&requested, Requested::Joined(joined) if joined.id == job.id), "{requested:?}");
        assert_eq!((fixture.job(&job).await, fixture.jobs()), (job, 1));
        assert_eq!(fixture.trail(), ["customer.sync"]);
        assert_eq!(fixture.sent(JOBS), []);
    }
}

#[tokio::test]
async fn a_running_sync_is_followed_once_however_often_people_ask_and_not_for_the_schedule() {
    let fixture = Fixture::new();
    let (customer, job) = fixture.running(|_| {}).await;
    let by_schedule = SyncRequest::at_once(Trigger::Schedule, None, now());

    let requested = fixture.dispatcher.request_sync(&customer.id, &by_schedule).await.unwrap();
    assert!(matches!(requested, Requested::Follows(_)));
    assert!(!fixture.job(&job).await.follow_up);

    for _ in 0..2 {
        assert!(matches!(ask(&fixture, &customer).await, Ok(Requested::Follows(running)) if running.id == job.id));
        assert!(fixture.job(&job).await.follow_up);
    }
    assert_eq!((fixture.jobs(), fixture.trail().len()), (1, 2));
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn a_customer_that_is_paused_or_gone_gets_no_sync() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    fixture.change(&customer.id, Customer::pause).await;
    let before = fixture.cloud.tables();

    let refused = ask(&fixture, &customer).await.unwrap_err();
    assert!(matches!(&refused, AppError::Conflict(why) if why.contains("paused")), "{refused:?}");
    let stranger = tests::customer(now());
    assert!(matches!(ask(&fixture, &stranger).await, Err(AppError::NotFound("customer"))));

    assert_eq!(fixture.cloud.tables(), before);
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn of_two_requests_at_once_one_makes_the_sync_and_the_other_joins_it() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    let rival = fixture.rival();
    let first = ask(&rival, &customer).await.unwrap();
    fixture.cloud.is_overtaken_by(&rival.cloud);

    let second = ask(&fixture, &customer).await.unwrap();

    assert!(matches!(&second, Requested::Joined(job) if job.id == first.job().id), "{second:?}");
    assert_eq!((fixture.jobs(), fixture.trail().len()), (1, 2));
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn a_request_that_loses_every_race_stores_nothing_and_says_that_it_may_come_again() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    fixture.cloud.is_contended_at(DATA, keys::state(&customer.id));

    let lost = ask(&fixture, &customer).await.unwrap_err();

    assert!(matches!(lost, AppError::Store(StoreError::Unavailable(_))), "{lost:?}");
    assert_eq!((fixture.jobs(), fixture.trail()), (0, vec![]));
    assert_eq!(fixture.sent(JOBS), []);
}

#[tokio::test]
async fn a_job_whose_message_the_queue_refuses_is_stored_and_the_sweeper_sends_it() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    fixture.cloud.refuse("SendMessage");
    let requested = ask(&fixture, &customer).await.unwrap();
    assert!(matches!(requested, Requested::New(_)));

    let later = fixture.rival();
    later.lifecycle.sweep(requested.job(), true, now().plus(SWEEP_GRACE)).await.unwrap();

    assert_eq!(later.sent(JOBS), [Sent::at_once(requested.job())]);
}

#[tokio::test]
async fn a_batch_that_begins_again_finds_the_sync_that_it_asked_for_even_when_that_one_is_over() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    let request = SyncRequest { batch: Some(BatchId::new()), ..SyncRequest::of(&fixture.context()) };
    let first = fixture.dispatcher.request_sync(&customer.id, &request).await.unwrap();
    fixture.change(&customer.id, |customer| customer.sync_job_id = None).await;

    let again = fixture.dispatcher.request_sync(&customer.id, &request).await.unwrap();

    assert!(matches!(&again, Requested::New(job) if job.id == first.job().id), "{again:?}");
    assert_eq!((fixture.jobs(), fixture.sent(JOBS).len()), (1, 1));
}

#[tokio::test]
async fn a_slot_asks_who_is_due_then_and_moves_the_next_sync_on_with_the_job() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    let due = customer.next_sync_at.unwrap();
    let at = |slot| SyncRequest { slot: Some(slot), ..SyncRequest::at_once(Trigger::Schedule, None, now()) };
    let place = async |slot| fixture.dispatcher.place_sync(&customer.id, &at(slot)).await;

    assert!(matches!(place(due.minus(Duration::from_secs(1))).await, Err(AppError::Conflict(_))));
    assert!(matches!(place(due).await, Ok((Requested::New(_), true))));
    assert!(fixture.stored(&customer).await.next_sync_at.unwrap() > due);
    assert!(matches!(place(due).await, Err(AppError::Conflict(_))), "the same event twice");

    assert_eq!(fixture.jobs(), 1);
}

#[tokio::test]
async fn every_connection_test_is_a_job_of_its_own_in_the_queue_of_questions_even_of_a_paused_customer() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    fixture.change(&customer.id, Customer::pause).await;

    let tests = [
        fixture.dispatcher.request_test(&customer.id, &fixture.context()).await.unwrap(),
        fixture.dispatcher.request_test(&customer.id, &fixture.context()).await.unwrap(),
    ];

    assert_ne!(tests[0].id, tests[1].id);
    assert_eq!(tests.each_ref().map(|job| job.kind), [Kind::Test; 2]);
    assert_eq!(fixture.sent(QUESTIONS), tests.each_ref().map(Sent::at_once));
    assert_eq!(fixture.trail(), ["customer.test"; 2]);
    assert_eq!(fixture.stored(&customer).await.sync_job_id, None);
}

#[tokio::test]
async fn a_dry_run_joins_the_one_under_way_until_that_has_ended_and_leaves_syncs_alone() {
    let fixture = Fixture::new();
    let (customer, sync) = fixture.running(|_| {}).await;
    let plan = async || fixture.dispatcher.request_plan(&customer.id, &fixture.context()).await.unwrap();

    let first = plan().await;
    assert_eq!(plan().await.id, first.id);
    assert_eq!((fixture.jobs(), fixture.sent(QUESTIONS)), (2, vec![Sent::at_once(&first)]));
    let found = fixture.dispatcher.jobs.find(&first.id).await.unwrap().unwrap();
    let mut ended = found.value;
    ended.finish(State::Succeeded, after(5));
    fixture.write(Jobs::put(&ended, found.rev).unwrap()).await;

    let second = plan().await;
    assert_ne!(second.id, first.id);
    assert_eq!(fixture.sent(QUESTIONS), [Sent::at_once(&second)]);
    assert_eq!((fixture.job(&sync).await, fixture.trail().len()), (sync, 3));
}

#[tokio::test]
async fn of_two_dry_runs_at_once_one_is_made() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    let rival = fixture.rival();
    let first = rival.dispatcher.request_plan(&customer.id, &rival.context()).await.unwrap();
    fixture.cloud.is_overtaken_by(&rival.cloud);

    let second = fixture.dispatcher.request_plan(&customer.id, &fixture.context()).await.unwrap();

    assert_eq!((second.id, fixture.jobs()), (first.id, 1));
    assert_eq!(fixture.sent(QUESTIONS), []);
}

#[tokio::test]
async fn a_question_about_a_customer_that_is_deleted_meanwhile_is_not_stored() {
    let fixture = Fixture::new();
    let customer = fixture.customer().await;
    let rival = fixture.rival();
    rival.change(&customer.id, |customer| customer.status = Status::Deleting).await;
    fixture.cloud.is_overtaken_by(&rival.cloud);

    let asked = fixture.dispatcher.request_test(&customer.id, &fixture.context()).await;

    assert!(matches!(asked, Err(AppError::NotFound("customer"))), "{asked:?}");
    assert_eq!((fixture.jobs(), fixture.trail(), fixture.sent(QUESTIONS)), (0, vec![], vec![]));
}

#[tokio::test]
async fn a_customer_whose_named_sync_has_ended_or_expired_gets_a_new_one() {
    let fixture = Fixture::new();
    let (ended, old) = fixture.syncing(|job| job.finish(State::Succeeded, now())).await;
    let expired = fixture.customer().await;
    fixture.change(&expired.id, |customer| customer.sync_job_id = Some(job(Kind::Sync, customer).id)).await;

    for customer in [ended, expired] {
        let requested = ask(&fixture, &customer).await.unwrap();

        assert!(matches!(&requested, Requested::New(job) if job.id != old.id), "{requested:?}");
    }
}

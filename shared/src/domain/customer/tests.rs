//! The rules of a customer, one sentence each.

use super::*;
use crate::domain::{
    failure::ErrorClass,
    guard::Limits,
    job::{Kind, Trigger},
    schedule::Frequency,
};

pub(crate) fn customer(now: Timestamp) -> Customer {
    let settings = Settings {
        name: "Acme Corporation".into(),
        zuora_client_id: "client".into(),
        zuora_base_url: "https://rest.zuora.com".into(),
        environment: Environment::Production,
        sync_frequency: Frequency::Hourly,
        delete_guard: Limits::default(),
        tags: Vec::new(),
        owner: None,
        notes: None,
    };
    Customer::new(settings, None, now)
}

fn failed(customer: &Customer, class: ErrorClass, now: Timestamp) -> Job {
    let mut job = Job::new(Kind::Sync, customer.id.clone(), Trigger::Schedule, None, now, now);
    job.fail(Failure::new(class, "no"), now);
    job
}

#[test]
fn three_config_failures_in_a_row_take_a_customer_off_the_schedule_until_an_admin_acts() {
    let now = Timestamp::EPOCH;
    let mut customer = customer(now);

    for _ in 0..2 {
        customer.record(&failed(&customer, ErrorClass::Config, now), now);
        assert_eq!(customer.status, Status::Active);
    }
    customer.record(&failed(&customer, ErrorClass::Permission, now), now);
    assert_eq!(customer.status, Status::NeedsAttention);
    assert!(!customer.is_due(now.plus(Duration::from_secs(7200))));
    assert!(customer.is_syncable(), "a person may still ask");
    customer.record_test(None, now);
    assert_eq!((customer.status, customer.config_failures), (Status::Active, 0));
}

#[test]
fn a_failure_of_another_class_ends_a_row_of_config_failures_but_forgives_nothing() {
    let now = Timestamp::EPOCH;
    let mut customer = customer(now);
    let mut fail = |class| {
        customer.record(&failed(&customer.clone(), class, now), now);
        (customer.status, customer.config_failures)
    };

    for count in [1, 2] {
        assert_eq!(fail(ErrorClass::Config), (Status::Active, count));
    }
    assert_eq!(fail(ErrorClass::Transient), (Status::Active, 0));
    for _ in 0..3 {
        fail(ErrorClass::Permission);
    }
    assert_eq!(fail(ErrorClass::Transient), (Status::NeedsAttention, 0), "an admin has to act");
}

#[test]
fn what_is_held_back_stays_so_until_a_complete_listing_settles_it() {
    let now = Timestamp::EPOCH;
    let mut customer = customer(now);
    let ended = |customer: &Customer, state: State| {
        let mut job = Job::new(Kind::Sync, customer.id.clone(), Trigger::Schedule, None, now, now);
        job.finish(state, now);
        job
    };
    let held = ended(&customer, State::Held);
    customer.record(&held, now);
    for state in [State::Incomplete, State::Failed, State::Cancelled] {
        customer.record(&ended(&customer.clone(), state), now);
        assert_eq!(customer.held_job_id.as_ref(), Some(&held.id), "{state:?}");
    }
    let later = ended(&customer, State::Held);
    customer.record(&later, now);
    assert_eq!(customer.held_job_id, Some(later.id));
    // Whether every export came through says nothing of what was held back.
    customer.resolve_doubt(Some(now));
    customer.record(&ended(&customer.clone(), State::Incomplete), now);
    assert_eq!((customer.held_job_id, customer.undoubted_at), (None, Some(now)));
}

#[test]
fn a_secret_of_half_a_year_is_due_to_be_replaced() {
    let customer = customer(Timestamp::EPOCH);
    let after = |days: u64| Timestamp::EPOCH.plus(Duration::from_secs(days * 24 * 3600));

    assert!(!customer.is_rotation_due(after(181)) && customer.is_rotation_due(after(182)));
}

#[test]
fn every_edit_makes_another_entity_tag_and_no_sync_does() {
    const NOW: Timestamp = Timestamp::EPOCH;
    let original = customer(NOW);
    let edits: [fn(&mut Customer); 4] = [
        |c| c.settings.delete_guard.percent += 1,
        |c| c.credential_version += 1,
        |c| c.secret_updated_at = NOW.plus(Duration::from_secs(1)),
        Customer::pause,
    ];
    for (n, edit) in edits.into_iter().enumerate() {
        let mut edited = original.clone();
        edit(&mut edited);
        assert_ne!(edited.entity_tag(), original.entity_tag(), "{n}");
    }
    let mut synced = original.clone();
    for _ in 0..MAX_CONFIG_FAILURES {
        synced.record(&failed(&synced.clone(), ErrorClass::Config, NOW), NOW);
    }
    synced.workflows_count = 7;
    synced.next_sync_at = None;
    assert_eq!((synced.status, synced.entity_tag()), (Status::NeedsAttention, original.entity_tag()));
}

#[test]
fn a_new_frequency_moves_the_next_sync_and_the_old_one_does_not() {
    let mut customer = customer(Timestamp::EPOCH);
    let due = customer.next_sync_at;
    let later = Timestamp::EPOCH.plus(Duration::from_secs(100 * 3600));

    customer.set(customer.settings.clone(), later);
    assert_eq!(customer.next_sync_at, due);
    customer.set(Settings { sync_frequency: Frequency::Manual, ..customer.settings.clone() }, later);
    assert_eq!(customer.next_sync_at, None);
}

#[test]
fn transient_failures_never_take_a_customer_off_the_schedule() {
    let now = Timestamp::EPOCH;
    let mut customer = customer(now);

    for _ in 0..10 {
        customer.record(&failed(&customer, ErrorClass::Transient, now), now);
    }

    assert_eq!((customer.status, customer.config_failures), (Status::Active, 0));
}

#[test]
fn the_customer_lets_go_of_its_own_job_only() {
    let now = Timestamp::EPOCH;
    let mut customer = customer(now);
    let (mine, other) = (failed(&customer, ErrorClass::Bug, now), failed(&customer, ErrorClass::Bug, now));
    customer.sync_job_id = Some(mine.id.clone());

    customer.record(&other, now);
    assert_eq!(customer.sync_job_id, Some(mine.id.clone()));
    customer.record(&mine, now);
    assert_eq!(customer.sync_job_id, None);
}

#[test]
fn an_answer_without_one_readable_workflow_proves_nothing_about_the_connection() {
    let now = Timestamp::EPOCH;
    let mut customer = customer(now);
    customer.record(&failed(&customer, ErrorClass::Config, now), now);
    let mut job = Job::new(Kind::Sync, customer.id.clone(), Trigger::Schedule, None, now, now);

    job.finish(State::Incomplete, now);
    customer.record(&job, now);
    assert_eq!((customer.config_failures, customer.connection.as_ref().map(|c| c.ok)), (1, Some(false)));

    job.stats.total = 1;
    customer.record(&job, now);
    assert_eq!((customer.config_failures, customer.connection.map(|c| c.ok)), (0, Some(true)));
}

#[test]
fn a_paused_customer_is_neither_due_nor_syncable() {
    let now = Timestamp::EPOCH;
    let mut customer = customer(now);
    let later = now.plus(Duration::from_secs(3600));
    assert!(customer.is_due(later));

    customer.pause();
    assert!(!customer.is_due(later) && !customer.is_syncable());
    customer.resume(later);
    assert!(customer.is_syncable() && customer.is_due(later.plus(Duration::from_secs(3600))));
}

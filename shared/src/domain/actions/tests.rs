//! Every action in every state.

use std::time::Duration;

use super::*;
use crate::domain::{
    failure::{ErrorClass, Failure},
    ids::CustomerId,
    job::{Approved, HeldKind, Hold, Trigger},
};

const STATES: [State; 8] = [
    State::Queued,
    State::Waiting,
    State::Running,
    State::Succeeded,
    State::Incomplete,
    State::Held,
    State::Failed,
    State::Cancelled,
];

fn job(kind: Kind, state: State) -> Job {
    let now = Timestamp::EPOCH;
    let mut job = Job::new(kind, CustomerId::new(), Trigger::Manual, None, now, now);
    job.claim(now, now.plus(Duration::from_secs(60)));
    match state {
        State::Failed => job.fail(Failure::new(ErrorClass::Config, "no"), now),
        State::Held => {
            job.held = Some(Hold::new(HeldKind::Deletions, "many".into(), vec!["7".parse().unwrap()]).held);
            job.finish(state, now);
        }
        _ => job.state = state,
    }
    job
}

fn free() -> Situation {
    Situation { status: Status::Active, undoubted_at: None, active: None }
}

fn offered(job: &Job, customer: &Situation) -> Vec<JobAction> {
    job.actions(Some(customer)).collect()
}

#[test]
fn failures_are_retried_or_dismissed_what_is_under_way_is_cancelled_and_only_held_syncs_are_approved() {
    use JobAction::{ApproveDeletions, Cancel, Dismiss, Retry};
    for kind in [Kind::Sync, Kind::Test, Kind::Plan, Kind::Purge] {
        for state in STATES {
            let expected: &[JobAction] = match (kind, state) {
                (Kind::Sync, State::Failed) => &[Retry, Dismiss],
                // Something of the customer may still be stored.
                (Kind::Purge, State::Failed) => &[Retry],
                (Kind::Sync | Kind::Plan, State::Queued | State::Waiting | State::Running) => &[Cancel],
                (Kind::Test, State::Queued | State::Waiting) => &[Cancel],
                (Kind::Sync, State::Held) => &[ApproveDeletions],
                _ => &[],
            };
            assert_eq!(offered(&job(kind, state), &free()), expected, "{kind:?} {state:?}");
        }
    }
}

#[test]
fn nothing_that_would_sync_a_paused_customer_is_offered() {
    let paused = Situation { status: Status::Paused, ..free() };

    assert_eq!(offered(&job(Kind::Sync, State::Failed), &paused), [JobAction::Dismiss]);
    assert_eq!(offered(&job(Kind::Sync, State::Held), &paused), []);
    assert_eq!(offered(&job(Kind::Sync, State::Queued), &paused), [JobAction::Cancel]);
    let actions: Vec<_> = Status::Paused.actions().collect();
    use CustomerAction::{Delete, Resume, TestConnection, Update};
    assert_eq!(actions, [Update, Resume, Delete, TestConnection]);
}

#[test]
fn a_failure_that_cannot_be_retried_now_says_why() {
    let failed = job(Kind::Sync, State::Failed);
    let other = JobId::new();
    let busy = Situation { active: Some((other.clone(), State::Waiting)), ..free() };
    let paused = Situation { status: Status::Paused, ..free() };

    assert_eq!(failed.retry_refused(Some(&free())), None);
    assert!(failed.retry_refused(Some(&busy)).unwrap().contains(other.as_str()));
    assert_eq!(failed.retry_refused(Some(&paused)).unwrap(), "The customer is paused. Resume it first.");
    assert_eq!(failed.retry_refused(None).unwrap(), "The customer is gone.");
    assert_eq!(job(Kind::Test, State::Failed).retry_refused(Some(&busy)), None);
    assert_eq!(job(Kind::Sync, State::Succeeded).retry_refused(Some(&busy)), None);
}

#[test]
fn a_customer_that_takes_part_is_paused_and_not_resumed() {
    for status in [Status::Active, Status::NeedsAttention] {
        let actions: Vec<_> = status.actions().collect();

        assert_eq!(actions.len(), CustomerAction::ALL.len() - 1);
        assert!(!actions.contains(&CustomerAction::Resume), "{status:?}");
    }
}

#[test]
fn a_sync_under_way_stands_in_for_a_retry_and_a_running_one_keeps_approvals_waiting() {
    let with = |state| Situation { active: Some((JobId::new(), state)), ..free() };

    assert_eq!(offered(&job(Kind::Sync, State::Failed), &with(State::Queued)), [JobAction::Dismiss]);
    assert_eq!(offered(&job(Kind::Sync, State::Held), &with(State::Running)), []);
    assert_eq!(offered(&job(Kind::Sync, State::Held), &with(State::Waiting)), [JobAction::ApproveDeletions]);
}

#[test]
fn what_was_done_is_not_offered_again_and_not_refused_either() {
    let mut cancelled = job(Kind::Sync, State::Running);
    cancelled.cancel_requested = true;
    let mut approved = job(Kind::Sync, State::Held);
    let by = Approved { actor: "s".into(), actor_email: None, at: Timestamp::EPOCH, job_id: JobId::new() };
    approved.held.as_mut().unwrap().approved = Some(by);

    let mut dismissed = job(Kind::Sync, State::Failed);
    dismissed.dismiss(crate::domain::actor::Actor::default(), Timestamp::EPOCH);
    assert_eq!(offered(&dismissed, &free()), [JobAction::Retry], "it may have been a mistake");
    assert_eq!(dismissed.check(JobAction::Dismiss, None), Ok(()));

    for (job, action) in [(cancelled, JobAction::Cancel), (approved, JobAction::ApproveDeletions)] {
        assert_eq!((offered(&job, &free()), job.check(action, Some(&free()))), (Vec::new(), Ok(())));
    }
}

#[test]
fn a_later_complete_sync_leaves_nothing_to_approve() {
    let later = Situation { undoubted_at: Some(Timestamp::EPOCH.plus(Duration::from_secs(1))), ..free() };

    assert_eq!(offered(&job(Kind::Sync, State::Held), &later), []);
}

#[test]
fn a_customer_that_is_gone_leaves_its_purge_to_be_retried() {
    assert_eq!(job(Kind::Purge, State::Failed).actions(None).collect::<Vec<_>>(), [JobAction::Retry]);
    assert_eq!(job(Kind::Sync, State::Failed).actions(None).collect::<Vec<_>>(), [JobAction::Dismiss]);
}

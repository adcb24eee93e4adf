//! The rules of a job, one sentence each.

mod pauses;
mod silence;

use super::*;

const NOW: Timestamp = Timestamp::EPOCH;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn job() -> Job {
    Job::new(Kind::Sync, CustomerId::new(), Trigger::Manual, None, NOW, NOW)
}

fn failure() -> Failure {
    Failure::new(ErrorClass::Transient, "Zuora answered 503.")
}

#[test]
fn only_the_newest_message_counts_and_only_while_a_worker_is_wanted() {
    let mut job = job();

    assert_eq!(job.liveness(1, NOW), Liveness::Live);
    assert_eq!(job.liveness(0, NOW), Liveness::Stale);
    job.claim(NOW, after(930));
    assert_eq!(job.liveness(1, after(929)), Liveness::Stale, "somebody works on it");
    assert_eq!(job.liveness(1, after(930)), Liveness::Live, "the holder is dead");
    job.finish(State::Succeeded, after(60));
    for seq in 0..5 {
        assert_eq!(job.liveness(seq, after(1000)), Liveness::Stale, "it is over");
    }
}

#[test]
fn a_message_that_comes_before_its_moment_is_told_to_wait() {
    let mut job = job();
    job.claim(NOW, after(930));
    job.wait(seconds(1800), failure(), NOW);

    assert_eq!(job.liveness(job.seq, after(900)), Liveness::TooEarly);
    assert_eq!(job.liveness(job.seq, after(1800)), Liveness::Live);
    assert_eq!(job.attempts, 0, "a wait that Zuora asked for is not an attempt");
}

#[test]
fn a_job_counts_how_often_it_was_started_anew() {
    let mut job = job();
    job.fail(failure(), NOW);
    job.requeue(NOW);
    job.claim(NOW, after(930));
    assert_eq!(job.restarts, 1, "once for a retry and the claim after it");
    job.fail(failure(), NOW);
    job.claim(NOW, after(930));
    assert_eq!(job.restarts, 2, "and once for a dead letter that was moved back by hand");
    job.go_on(NOW);
    job.claim(NOW, after(930));
    assert_eq!(job.restarts, 2, "a continuation is no new start");
}

#[test]
fn jobs_of_before_waits_failures_and_restarts_were_counted_can_be_read() {
    let mut stored = serde_json::to_value(job()).unwrap();
    let newer = ["waits", "waiting_since", "failures_in_a_row", "counted", "failed_workflows", "restarts"];
    for field in newer.into_iter().chain(["empty_sweeps", "open_claims"]) {
        stored.as_object_mut().unwrap().remove(field).unwrap();
    }

    assert_eq!(serde_json::from_value::<Job>(stored).unwrap().restarts, 0);
}

#[test]
fn a_job_remembers_the_workflows_that_failed_for_its_next_run_but_not_for_ever_more_of_them() {
    let ids = |numbers: std::ops::Range<u32>| numbers.map(|n| n.to_string().parse::<WorkflowId>().unwrap());
    let mut job = job();
    job.remember_failed(ids(0..3));
    job.remember_failed(ids(2..4));
    assert_eq!(job.failed_workflows, ids(0..4).collect::<Vec<_>>());
    job.remember_failed(ids(0..2000));
    assert_eq!(job.failed_workflows.len(), 500);

    job.finish(State::Incomplete, NOW);
    assert_eq!(job.failed_workflows, [], "it has no next run");
}

#[test]
fn a_job_that_starts_anew_forgets_when_it_began_and_what_was_to_follow() {
    let mut job = job();
    job.claim(NOW, after(930));
    job.follow_up = true;
    job.fail(failure(), after(10));

    job.requeue(after(3600));
    job.claim(after(3601), after(4531));

    assert_eq!((job.started_at, job.follow_up), (Some(after(3601)), false), "the follow-up ran when it failed");
}

#[test]
fn a_dead_letter_that_is_moved_back_by_hand_is_live() {
    let mut job = job();
    job.claim(NOW, after(930));
    job.fail(failure(), NOW);

    assert_eq!(job.liveness(job.seq, after(60)), Liveness::Live);
    job.claim(after(60), after(990));
    assert_eq!((job.attempts, job.error, job.dead_lettered_at), (0, None, None));
}

#[test]
fn a_job_cannot_be_continued_for_ever() {
    let mut job = job();
    let goes = (0..200).take_while(|_| job.go_on(NOW)).count();

    assert_eq!(goes, 100);
    assert_eq!((job.state, job.error.map(|e| e.class)), (State::Failed, Some(ErrorClass::TooLarge)));
}

#[test]
fn every_change_that_sends_a_message_raises_seq() {
    let changes: [fn(&mut Job); 5] = [
        |job| job.wait(seconds(9), failure(), NOW),
        |job| assert!(job.go_on(NOW)),
        |job| job.postpone(NOW),
        |job| job.requeue(NOW),
        |job| job.fail(failure(), NOW),
    ];
    for change in changes {
        let mut job = job();
        change(&mut job);
        assert_eq!(job.seq, 2);
    }
}

#[test]
fn whatever_writes_workflows_works_alone_and_a_dry_run_or_a_test_beside_others() {
    let of = |kind| Job { kind, ..job() };

    assert!(job().is_exclusive() && of(Kind::Purge).is_exclusive());
    assert!(!of(Kind::Plan).is_exclusive() && !of(Kind::Test).is_exclusive());
}

#[test]
fn only_what_works_alone_leaves_a_dead_letter_and_only_a_sync_holds_something_back() {
    for (kind, is_loss) in [(Kind::Sync, true), (Kind::Purge, true), (Kind::Plan, false), (Kind::Test, false)] {
        let mut job = Job { kind, ..job() };
        job.fail(failure(), NOW);
        assert_eq!((job.state, job.dead_lettered_at), (State::Failed, is_loss.then_some(NOW)), "{kind:?}");
        job.state = State::Held;
        job.held = Some(Hold::new(HeldKind::Deletions, "too many".into(), Vec::new()).held);
        assert_eq!(job.awaits_approval(), kind == Kind::Sync, "{kind:?}");
    }
}

#[test]
fn a_message_may_come_a_second_before_its_moment_and_no_more() {
    let mut job = job();
    job.wait(seconds(10), failure(), NOW);

    assert_eq!(job.liveness(job.seq, after(9)), Liveness::Live);
    assert_eq!(job.liveness(job.seq, Timestamp::from_millis(after(9).millis() - 1)), Liveness::TooEarly);
}

#[test]
fn every_end_counts_an_attempt_and_only_success_forgets_what_went_wrong() {
    for state in [State::Succeeded, State::Incomplete, State::Held] {
        let mut job = job();
        job.error = Some(failure());
        job.finish(state, after(5));
        assert_eq!((job.state, job.attempts, job.finished_at), (state, 1, Some(after(5))));
        assert_eq!(job.error.is_none(), state == State::Succeeded, "{state:?}");
    }
    let mut job = job();
    job.fail(failure(), NOW);
    assert_eq!((job.attempts, job.error), (1, Some(failure().for_good())));
}

#[test]
fn a_cancelled_job_is_over_and_says_why() {
    let mut job = job();
    job.claim(NOW, after(930));
    job.cancel("the customer was paused", after(5));

    assert_eq!((job.state, job.finished_at, job.lock_until), (State::Cancelled, Some(after(5)), None));
    assert_eq!(job.error, Some(Failure::new(ErrorClass::Cancelled, "the customer was paused")));
}

#[test]
fn a_message_that_is_replaced_by_another_counts_no_more() {
    let mut job = job();
    job.reschedule();
    assert_eq!((job.seq, job.state), (2, State::Queued));

    job.fail(failure(), NOW);
    let other = JobId::new();
    job.supersede(other.clone());
    assert_eq!((job.seq, job.state, job.superseded_by), (4, State::Failed, Some(other)));
    assert_eq!(
        (job.dead_lettered_at, job.error),
        (None, Some(failure().for_good())),
        "the failure stays in the history"
    );
}

#[test]
fn a_job_remembers_its_last_twenty_runs_and_until_when_each_made_it_wait() {
    let mut job = job();
    for n in 0..25 {
        job.claim(after(n), after(n + 930));
        if n == 24 {
            job.wait(seconds(76), failure(), after(n));
        } else {
            job.go_on(after(n));
        }
        job.record_run(after(n), Traffic::default(), after(n + 1));
    }

    let begun: Vec<_> = job.runs.iter().map(|run| run.started_at).collect();
    assert_eq!(begun, (5..25).map(after).collect::<Vec<_>>());
    let [.., before, last] = &job.runs[..] else { panic!("{:?}", job.runs) };
    assert_eq!((before.state, before.waits_until, before.ended_at), (State::Queued, None, after(24)));
    assert_eq!((last.state, last.waits_until, &last.error), (State::Waiting, Some(after(100)), &Some(failure())));
}

#[test]
fn the_states_that_end_a_job_are_those_in_which_nothing_more_happens_by_itself() {
    let ended: Vec<_> = State::ALL.into_iter().filter(|state| state.is_ended()).collect();

    assert_eq!(ended, [State::Succeeded, State::Held, State::Incomplete, State::Failed, State::Cancelled]);
    for state in State::ALL {
        assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{}\"", state.as_str()));
    }
}

#[test]
fn ended_jobs_are_kept_for_ninety_days() {
    assert_eq!(RETENTION, Duration::from_secs(7_776_000));
}

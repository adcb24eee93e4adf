//! The rules of a job, one sentence each.

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

/// How long a job waits that is asked to come back after `asked`.
fn wait(job: &mut Job, asked: u64) -> u64 {
    job.claim(NOW, after(930));
    job.wait(seconds(asked), Failure::new(ErrorClass::RateLimit, "Zuora asked us to wait."), NOW);
    NOW.until(job.next_attempt_at.unwrap()).as_secs()
}

#[test]
fn waits_in_a_row_grow_whatever_is_asked_for_and_a_longer_wish_counts() {
    let mut job = job();
    let waits: Vec<_> = (0..4).map(|_| wait(&mut job, 0)).collect();
    assert_eq!(waits, [1, 2, 4, 8]);
    assert_eq!((wait(&mut job, 60), wait(&mut job, 0)), (60, 32), "a long wait is one of the row");
    assert_eq!((0..9).map(|_| wait(&mut job, 0)).max(), Some(900));
}

#[test]
fn a_run_that_counted_something_new_a_continuation_and_a_new_start_end_a_row_of_waits() {
    let mut job = job();
    assert_eq!((wait(&mut job, 0), wait(&mut job, 0)), (1, 2));
    job.stats.total = 7;
    assert_eq!((wait(&mut job, 0), wait(&mut job, 0)), (1, 2), "seven more, then none");
    assert!(job.go_on(NOW));
    assert_eq!((wait(&mut job, 0), wait(&mut job, 0)), (1, 2));
    job.fail(failure(), NOW);
    job.requeue(NOW);
    assert_eq!(job.waits, 0);
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

/// A throw of the dice: a number below the one given.
type Roll = fn(u64) -> u64;

/// How many seconds a job waits after a failure, by the highest or the lowest roll.
fn fail(job: &mut Job, roll: Roll) -> Option<u64> {
    job.claim(NOW, after(930));
    job.fail_transiently(failure(), NOW, roll);
    job.next_attempt_at.map(|at| NOW.until(at).as_secs())
}

#[test]
fn six_transient_failures_in_a_row_spread_over_twenty_minutes_give_a_job_up_and_a_redrive_starts_it_anew() {
    let lowest: Roll = |_| 0;
    let highest: Roll = |below| below - 1;
    for (roll, seconds) in [(lowest, 1_215), (highest, 2_430)] {
        let mut job = job();
        let waits: Vec<_> = (1..MAX_ATTEMPTS).map(|_| fail(&mut job, roll).unwrap()).collect();
        assert_eq!((waits.len(), waits.iter().sum::<u64>()), (5, seconds), "{waits:?}");
        assert_eq!(fail(&mut job, roll), None);
        assert_eq!((job.state, job.attempts, job.dead_lettered_at), (State::Failed, 6, Some(NOW)));

        let dead_letter_seq = job.seq;
        job.requeue(after(60));
        assert_eq!((job.state, job.attempts, job.dead_lettered_at), (State::Queued, 0, None));
        assert_eq!(job.liveness(dead_letter_seq, after(60)), Liveness::Stale, "the dead letter was replaced");
        assert_eq!(fail(&mut job, |_| 0), Some(15), "a row of its own");
    }
}

#[test]
fn anything_new_that_was_counted_and_a_continuation_end_a_row_of_failures() {
    let mut job = job();
    assert_eq!((fail(&mut job, |_| 0), fail(&mut job, |_| 0)), (Some(15), Some(60)));
    job.stats.total = 7;
    assert_eq!((fail(&mut job, |_| 0), fail(&mut job, |_| 0)), (Some(15), Some(60)), "seven more, then none");
    job.stats.total = 3;
    assert_eq!(fail(&mut job, |_| 0), Some(240), "less than before is nothing new");
    assert!(job.go_on(NOW));
    assert_eq!((fail(&mut job, |_| 0), job.attempts), (Some(15), 6), "attempts are all that there were");
    assert_eq!(job.state, State::Waiting);
}

/// A job that has been told to wait every hour since `NOW`, and is told so once more after so many.
fn told_to_wait_for(job: &mut Job, hours: u64, class: ErrorClass) {
    for hour in 0..=hours {
        job.claim(after(hour * 3600), after(hour * 3600 + 930));
        job.wait(seconds(60), Failure::new(class, "Zuora asked us to wait."), after(hour * 3600));
    }
}

#[test]
fn a_day_of_waiting_without_anything_new_gives_a_job_up() {
    let mut job = job();
    told_to_wait_for(&mut job, 23, ErrorClass::RateLimit);
    assert_eq!(job.state, State::Waiting);
    job.stats.total = 1;
    told_to_wait_for(&mut job, 23, ErrorClass::RateLimit);
    assert_eq!(job.state, State::Waiting, "it got on meanwhile");

    told_to_wait_for(&mut job, 24, ErrorClass::RateLimit);
    assert_eq!((job.state, job.dead_lettered_at), (State::Failed, Some(after(24 * 3600))));
    let error = job.error.clone().unwrap();
    assert_eq!(error.class, ErrorClass::RateLimit);
    assert!(error.message.ends_with("Zuora asked us to wait."), "{}", error.message);
    job.requeue(NOW);
    told_to_wait_for(&mut job, 1, ErrorClass::RateLimit);
    assert_eq!(job.state, State::Waiting, "a day of its own");
}

#[test]
fn a_wait_for_new_credentials_that_never_come_is_a_matter_of_configuration_after_five() {
    let wait = |job: &mut Job, class| {
        job.claim(NOW, after(930));
        job.wait(seconds(1), Failure::new(class, "The credentials were just changed."), NOW);
        job.state
    };
    let mut job = job();
    for _ in 0..5 {
        assert_eq!(wait(&mut job, ErrorClass::Transient), State::Waiting);
    }
    assert_eq!(wait(&mut job, ErrorClass::Transient), State::Failed);
    let error = job.error.clone().unwrap();
    assert_eq!(error.class, ErrorClass::Config);
    assert!(error.message.contains("Enter the secret again"), "{}", error.message);

    job.requeue(NOW);
    (0..9).for_each(|_| assert_eq!(wait(&mut job, ErrorClass::RateLimit), State::Waiting));
    assert_eq!(wait(&mut job, ErrorClass::Transient), State::Waiting, "changed after a long wait of another kind");
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

/// A sweep every five minutes, from one minute to another; at which minutes it acted, until it gave the job up.
fn sweep_between(job: &mut Job, from: u64, to: u64, queue_is_empty: impl Fn(u64) -> bool) -> Vec<u64> {
    let mut acted = Vec::new();
    for minute in (from..=to).step_by(5) {
        if job.is_silent(after(60 * minute)) {
            acted.push(minute);
            if job.sweep(queue_is_empty(minute), after(60 * minute)) == AfterFailure::GivenUp {
                break;
            }
        }
    }
    acted
}

#[test]
fn a_message_that_is_gone_is_sent_again_within_the_hour_and_lost_after_three_and_an_empty_queue() {
    let mut job = job();
    assert!(!job.is_silent(after(599)) && job.is_silent(after(600)));

    assert_eq!(sweep_between(&mut job, 0, 600, |_| true), [10, 70, 130, 190]);

    assert_eq!((job.state, job.error.map(|e| e.class)), (State::Failed, Some(ErrorClass::Lost)));
}

#[test]
fn a_job_that_waits_its_turn_for_days_is_never_lost_and_its_first_message_still_counts() {
    let mut job = job();
    let seq = job.seq;

    let sent = sweep_between(&mut job, 0, 3 * 24 * 60, |_| false);

    assert_eq!((sent.len(), sent[1] - sent[0]), (72, 60), "once an hour");
    assert_eq!((job.state, job.liveness(seq, after(3 * 24 * 3600))), (State::Queued, Liveness::Live));
    job.claim(after(3 * 24 * 3600), after(3 * 24 * 3600 + 330));
    assert_eq!(job.liveness(seq, after(3 * 24 * 3600)), Liveness::Stale, "the first copy won");
    assert_eq!((job.sweeps, job.empty_sweeps), (0, 0), "it was heard of");
}

#[test]
fn one_look_at_an_empty_queue_loses_no_job() {
    let mut job = job();

    // Only every other of its sweeps finds the queue empty.
    let sent = sweep_between(&mut job, 0, 24 * 60, |minute| minute / 60 % 2 == 0);

    assert_eq!((sent.len(), job.state), (24, State::Queued));
    let ends = sweep_between(&mut job, 24 * 60, 30 * 60, |_| true);
    assert_eq!((ends.len(), job.state), (2, State::Failed), "two in a row do");
}

#[test]
fn a_job_over_which_every_worker_dies_is_given_up_however_long_the_queue_is() {
    let mut job = job();
    let mut minute = 0;
    for _ in 1..MAX_OPEN_CLAIMS {
        job.claim(after(60 * minute), after(60 * (minute + 5)));
        minute += 15;
        assert_eq!(sweep_between(&mut job, minute, minute, |_| false), [minute]);
        assert_eq!(job.state, State::Queued);
    }
    job.claim(after(60 * minute), after(60 * (minute + 5)));

    let mut ended = job.clone();
    ended.go_on(after(60 * minute));
    ended.record_run(after(60 * minute), Traffic::default(), after(60 * minute));
    assert_eq!(ended.open_claims, 0, "a run that ends, ends the row");
    assert_eq!(job.sweep(false, after(60 * (minute + 15))), AfterFailure::GivenUp);
    assert_eq!(job.error.map(|e| e.class), Some(ErrorClass::Lost));
}

#[test]
fn a_running_job_is_silent_only_ten_minutes_after_its_lock_expired() {
    let mut job = job();
    job.claim(NOW, after(930));

    assert!(!job.is_silent(after(1529)));
    assert!(job.is_silent(after(1530)));
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
    let dry_run = Job { dry_run: true, ..job() };
    let of = |kind| Job { kind, ..job() };

    assert!(job().is_exclusive() && of(Kind::Purge).is_exclusive());
    assert!(!dry_run.is_exclusive() && !of(Kind::Test).is_exclusive());
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
    assert_eq!((job.attempts, job.error), (1, Some(failure())));
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
    job.hold_back();
    assert_eq!((job.seq, job.state), (2, State::Queued));

    job.fail(failure(), NOW);
    let other = JobId::new();
    job.supersede(other.clone());
    assert_eq!((job.seq, job.state, job.superseded_by), (4, State::Failed, Some(other)));
    assert_eq!((job.dead_lettered_at, job.error), (None, Some(failure())), "the failure stays in the history");
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

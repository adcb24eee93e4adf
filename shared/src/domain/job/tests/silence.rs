//! Silent jobs: when they are sent again, and when they count as lost.

use super::*;

/// Sweeps every five minutes, from one minute to another; returns the minutes at which the sweeper acted, until it gave the job
/// up.
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

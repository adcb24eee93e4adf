//! Waits and failures in a row: the pauses of a job, and when it fails for good.

use super::*;

/// The wait in seconds of a job that is asked to come back after `asked`.
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

/// A roll of the dice: returns a number below the one given.
type Roll = fn(u64) -> u64;

/// The wait in seconds of a job after a failure, with the highest or the lowest roll.
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

/// A job that was asked to wait every hour since `NOW`, and is asked once more after `hours`.
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

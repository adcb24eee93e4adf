//! The outcome of an attempt, and the state that it gives to its job. Pure: the writes are [`super::lifecycle`]'s.

use super::interruption::Interruption;
use crate::domain::{
    customer::Customer,
    failure::{ErrorClass, Failure},
    ids::WorkflowId,
    job::{Hold, Job, MAX_LISTED_ERRORS, Plan, State, WorkflowError},
    reverification::Reverification,
    stats::Stats,
    time::Timestamp,
    unproven::Unproven,
};

/// The findings and the work of a sync.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The counts.
    pub stats: Stats,
    /// Workflows that could not be stored.
    pub errors: Vec<WorkflowError>,
    /// Those that failed, and those that hung: the job's next run takes them last.
    pub failed_workflows: Vec<WorkflowId>,
    /// The deletions that a guard held back.
    pub hold: Option<Hold>,
    /// The reason why the result is not whole.
    pub failure: Option<Failure>,
    /// Stored, not deleted workflows and their tasks afterwards; none when the run did not get as far as storing.
    pub counts: Option<(u64, u64)>,
    /// The progress of the daily reverifications.
    pub reverification: Option<Reverification>,
    /// True if the listing was proven complete and raised no doubt.
    pub undoubted: bool,
    /// After a complete listing: the workflows that are not brought up to date. None when they cannot be named: then nothing
    /// is known of any workflow that was not written.
    pub behind: Option<Vec<WorkflowId>>,
    /// Absences that Zuora did not confirm; none when none was asked about.
    pub unproven: Option<Unproven>,
    /// The digest of the listing, if the stored copy is exactly what was listed.
    pub listing_digest: Option<String>,
    /// The version up to which everything is derived from the stored definitions; none if something is left.
    pub derived: Option<u32>,
    /// The work that a dry run would have done.
    pub plan: Option<Plan>,
}

/// The outcome of an attempt.
#[derive(Clone, Debug)]
pub enum AttemptOutcome {
    /// With a result.
    Ended(Report),
    /// Out of time with work left; what is done is stored.
    GoOn(Report),
    /// Before its result; what was done by then is stored.
    Stopped {
        /// The reason.
        stop: Interruption,
        /// The work until then.
        so_far: Report,
    },
    /// A connection test's result.
    Tested(Option<Failure>),
    /// A connection test that could not be made, for a fault of ours: it says nothing about the connection.
    Untested(Failure),
    /// A purge removed everything, its own job included.
    Purged,
}

impl From<Interruption> for AttemptOutcome {
    fn from(stop: Interruption) -> Self {
        Self::Stopped { stop, so_far: Report::default() }
    }
}

/// The part of a report that is kept for the customer and for an approval.
#[derive(Debug)]
pub(super) struct CustomerUpdate {
    counts: Option<(u64, u64)>,
    reverification: Option<Reverification>,
    undoubted: bool,
    behind: Option<Vec<WorkflowId>>,
    unproven: Option<Unproven>,
    listing_digest: Option<String>,
    derived: Option<u32>,
    /// The list that the job held back.
    pub(super) hold: Option<Hold>,
}

impl CustomerUpdate {
    /// Hands over to the customer what outlives the job.
    pub(super) fn apply_to(&self, customer: &mut Customer, job: &Job) {
        if let Some(counts) = self.counts {
            (customer.workflows_count, customer.tasks_count) = counts;
        }
        if let Some(reverification) = &self.reverification {
            customer.reverification = reverification.clone();
        }
        if let Some(unproven) = &self.unproven {
            customer.unproven = unproven.clone();
        }
        customer.derived = self.derived.unwrap_or(customer.derived);
        // A job that was retried may have begun before a later one ended.
        if let Some(behind) = self.behind.as_ref().filter(|_| customer.last_complete_sync_at <= job.started_at) {
            customer.last_complete_sync_at = job.started_at;
            customer.behind.clone_from(behind);
        }
        if self.undoubted {
            customer.resolve_doubt(job.started_at);
            customer.listing_digest.clone_from(&self.listing_digest);
        }
    }
}

/// Moves the job on as the outcome says.
pub(super) fn apply(job: &mut Job, outcome: AttemptOutcome, now: Timestamp) -> Option<CustomerUpdate> {
    match outcome {
        AttemptOutcome::Ended(report) | AttemptOutcome::GoOn(report) if !report.stats.adds_up() => {
            // Numbers that contradict each other are worse than none.
            let message = format!("The counts of this sync contradict each other: {:?}.", report.stats);
            stop(job, Interruption::Failed(Failure::new(ErrorClass::Bug, message)), now);
            None
        }
        AttemptOutcome::Ended(report) => Some(end(job, report, now)),
        AttemptOutcome::GoOn(report) => {
            let left = note(job, report);
            job.go_on(now);
            Some(left)
        }
        AttemptOutcome::Stopped { stop: why, so_far } => {
            // An attempt that got nowhere does not hide what an earlier one did.
            let left = so_far.counts.is_some().then(|| note(job, so_far));
            stop(job, why, now);
            left
        }
        AttemptOutcome::Tested(failure) => {
            let state = if failure.is_none() { State::Succeeded } else { State::Failed };
            job.error = failure;
            job.finish(state, now);
            None
        }
        AttemptOutcome::Untested(failure) => {
            job.error = Some(failure);
            job.finish(State::Failed, now);
            None
        }
        AttemptOutcome::Purged => {
            job.finish(State::Succeeded, now);
            None
        }
    }
}

fn stop(job: &mut Job, why: Interruption, now: Timestamp) {
    match why {
        Interruption::Wait(after, failure) => job.wait(after, failure, now),
        Interruption::Failed(failure) | Interruption::Ours(failure) if failure.class.is_permanent() => {
            job.fail(failure, now);
        }
        Interruption::Failed(failure) | Interruption::Ours(failure) => {
            job.fail_transiently(failure, now, |n| fastrand::u64(0..n));
        }
        Interruption::Cancelled(why) => job.cancel(&sentence(why), now),
    }
}

fn end(job: &mut Job, report: Report, now: Timestamp) -> CustomerUpdate {
    let state = if report.hold.is_some() {
        State::Held
    } else if report.undoubted && report.stats.errors == 0 {
        State::Succeeded
    } else {
        State::Incomplete
    };
    let held = report.hold.as_ref().map(|hold| hold.held.clone());
    job.error = report
        .failure
        .clone()
        .or_else(|| held.as_ref().map(|held| Failure::new(ErrorClass::Guard, held.reason.clone())));
    job.held = held;
    job.plan.clone_from(&report.plan);
    let left = note(job, report);
    job.finish(state, now);
    left
}

/// Writes what a run did into its job.
fn note(job: &mut Job, report: Report) -> CustomerUpdate {
    job.stats = report.stats;
    job.remember_failed(report.failed_workflows);
    job.errors = report.errors;
    job.errors.truncate(MAX_LISTED_ERRORS);
    let Report { counts, reverification, undoubted, behind, unproven, listing_digest, derived, hold, .. } = report;
    CustomerUpdate { counts, reverification, undoubted, behind, unproven, listing_digest, derived, hold }
}

/// A reason as a sentence.
pub(super) fn sentence(why: &str) -> String {
    let mut letters = why.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::{
        ids::CustomerId,
        job::{HeldKind, Kind, Trigger},
        stats,
    };

    fn job() -> Job {
        let now = Timestamp::EPOCH;
        let mut job = Job::new(Kind::Sync, CustomerId::new(), Trigger::Manual, None, now, now);
        job.claim(now, now.plus(Duration::from_secs(330)));
        job
    }

    fn report(outcomes: &[stats::WorkflowOutcome]) -> Report {
        let mut report = Report { counts: Some((1, 2)), undoubted: true, ..Report::default() };
        outcomes.iter().for_each(|outcome| report.stats.count(*outcome));
        report
    }

    fn ended(report: Report) -> Job {
        let mut job = job();
        apply(&mut job, AttemptOutcome::Ended(report), Timestamp::EPOCH);
        job
    }

    #[test]
    fn only_a_complete_sync_without_errors_and_doubts_has_succeeded() {
        use stats::WorkflowOutcome::{Created, Error};
        let held = Hold::new(HeldKind::Deletions, "too many".into(), Vec::new());

        assert_eq!(ended(report(&[Created])).state, State::Succeeded);
        assert_eq!(ended(report(&[Created, Error])).state, State::Incomplete);
        assert_eq!(ended(Report { undoubted: false, ..report(&[Created]) }).state, State::Incomplete);
        assert_eq!(ended(Report { hold: Some(held), ..report(&[Created]) }).state, State::Held);
    }

    #[test]
    fn a_held_job_says_why_and_what_to_do() {
        let hold = Hold::new(HeldKind::Deletions, "Too many are missing.".into(), vec!["7".parse().unwrap()]);
        let job = ended(Report { hold: Some(hold.clone()), ..report(&[]) });

        assert_eq!(job.held, Some(hold.held));
        assert_eq!(job.error, Some(Failure::new(ErrorClass::Guard, "Too many are missing.")));
    }

    #[test]
    fn counts_that_contradict_each_other_are_never_shown_as_a_result() {
        let mut wrong = report(&[stats::WorkflowOutcome::Created]);
        wrong.stats.total = 7;
        for outcome in [AttemptOutcome::Ended(wrong.clone()), AttemptOutcome::GoOn(wrong)] {
            let mut job = job();
            assert!(apply(&mut job, outcome, Timestamp::EPOCH).is_none());

            assert_eq!((job.state, job.stats), (State::Waiting, Stats::default()));
            assert_eq!(job.error.unwrap().class, ErrorClass::Bug);
        }
    }

    #[test]
    fn an_attempt_that_got_nowhere_does_not_hide_what_an_earlier_one_did() {
        let mut job = job();
        let failure = Failure::new(ErrorClass::RateLimit, "wait");
        let wait = |so_far| AttemptOutcome::Stopped {
            stop: Interruption::Wait(Duration::from_secs(9), failure.clone()),
            so_far,
        };

        apply(&mut job, wait(report(&[stats::WorkflowOutcome::Created])), Timestamp::EPOCH);
        assert_eq!((job.state, job.stats.created), (State::Waiting, 1));
        assert!(apply(&mut job, wait(Report::default()), Timestamp::EPOCH).is_none());
        assert_eq!(job.stats.created, 1);
    }

    #[test]
    fn what_stops_an_attempt_decides_what_becomes_of_the_job() {
        let failure = |class| Failure::new(class, "no");
        for (stop, state) in [
            (Interruption::Wait(Duration::from_secs(9), failure(ErrorClass::RateLimit)), State::Waiting),
            (Interruption::Failed(failure(ErrorClass::Transient)), State::Waiting),
            (Interruption::Failed(failure(ErrorClass::Config)), State::Failed),
            (Interruption::Failed(failure(ErrorClass::TooLarge)), State::Failed),
            (Interruption::Ours(failure(ErrorClass::Bug)), State::Waiting),
            (Interruption::Cancelled("the customer was paused"), State::Cancelled),
        ] {
            let mut job = job();
            apply(&mut job, stop.clone().into(), Timestamp::EPOCH);
            assert_eq!(job.state, state, "{stop:?}");
        }
    }
}

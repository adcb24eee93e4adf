//! How an attempt ended, and what that makes of its job. Pure: the writes are [`super::lifecycle`]'s.

use std::time::Duration;

use crate::domain::{
    customer::Customer,
    failure::{ErrorClass, Failure},
    job::{Held, Job, MAX_LISTED_ERRORS, State, WorkflowError},
    looks::Looks,
    stats::Stats,
    time::Timestamp,
};

/// What a sync found out, when it got as far as a result.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The counts.
    pub stats: Stats,
    /// Workflows that could not be stored.
    pub errors: Vec<WorkflowError>,
    /// What a guard held back.
    pub held: Option<Held>,
    /// Why the result is not whole.
    pub failure: Option<Failure>,
    /// Stored, not deleted workflows and their tasks afterwards.
    pub counts: Option<(u64, u64)>,
    /// How far the daily looks have come.
    pub looks: Option<Looks>,
    /// Whether the listing was proven complete and everything in it was dealt with.
    pub complete: bool,
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// With a result.
    Ended(Report),
    /// Out of time with exports left; what is done is stored.
    GoOn(Report),
    /// Zuora asked to wait.
    Wait {
        /// For how long.
        after: Duration,
        /// Why.
        failure: Failure,
    },
    /// It failed; the class says whether it is tried again.
    Failed(Failure),
    /// The customer no longer wants it.
    Cancelled(&'static str),
    /// A connection test's result.
    Tested(Option<Failure>),
    /// A connection test that could not be made, for a fault of ours: it says nothing about the connection.
    Untested(Failure),
    /// A purge removed everything, its own job included.
    Purged,
}

/// What a report leaves for the customer.
pub(super) struct Ended {
    pub(super) counts: Option<(u64, u64)>,
    pub(super) looks: Option<Looks>,
    pub(super) complete: bool,
}

impl Ended {
    /// Hands over to the customer what outlives the job.
    pub(super) fn leave_with(self, customer: &mut Customer, job: &Job) {
        if let Some(counts) = self.counts {
            (customer.workflows_count, customer.tasks_count) = counts;
        }
        if let Some(looks) = self.looks {
            customer.looks = looks;
        }
        if self.complete {
            // A job that was retried may have begun before a later one ended.
            customer.last_complete_sync_at = customer.last_complete_sync_at.max(job.started_at);
        }
    }
}

/// Moves the job on as the outcome says.
pub(super) fn apply(job: &mut Job, outcome: Outcome, now: Timestamp) -> Option<Ended> {
    match outcome {
        Outcome::Ended(report) => Some(apply_report(job, report, now)),
        Outcome::GoOn(report) => {
            job.stats = report.stats;
            job.errors = first(report.errors);
            job.go_on(now);
            Some(Ended { counts: report.counts, looks: report.looks, complete: false })
        }
        Outcome::Wait { after, failure } => {
            job.wait(now.plus(after), failure);
            None
        }
        Outcome::Failed(failure) => {
            if failure.class.is_permanent() {
                job.fail(failure, now);
            } else {
                job.fail_transiently(failure, now, fastrand_below);
            }
            None
        }
        Outcome::Cancelled(why) => {
            job.cancel(&sentence(why), now);
            None
        }
        Outcome::Tested(failure) => {
            let state = if failure.is_none() { State::Succeeded } else { State::Failed };
            job.error = failure;
            job.finish(state, now);
            None
        }
        Outcome::Untested(failure) => {
            job.error = Some(failure);
            job.finish(State::Failed, now);
            None
        }
        Outcome::Purged => {
            job.finish(State::Succeeded, now);
            None
        }
    }
}

fn apply_report(job: &mut Job, report: Report, now: Timestamp) -> Ended {
    let state = if report.held.is_some() {
        State::Held
    } else if report.complete && report.stats.errors == 0 {
        State::Succeeded
    } else {
        State::Incomplete
    };
    job.stats = report.stats;
    job.errors = first(report.errors);
    job.error = report
        .failure
        .or_else(|| report.held.as_ref().map(|held| Failure::new(ErrorClass::Guard, held.reason.clone())));
    job.held = report.held;
    job.finish(state, now);
    Ended { counts: report.counts, looks: report.looks, complete: report.complete }
}

fn first(mut errors: Vec<WorkflowError>) -> Vec<WorkflowError> {
    errors.truncate(MAX_LISTED_ERRORS);
    errors
}

/// A reason as a sentence.
pub(super) fn sentence(why: &str) -> String {
    let mut letters = why.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn fastrand_below(n: u64) -> u64 {
    fastrand::u64(0..n)
}

//! The report of a run, and the texts in which it states a failure or a hold.

use super::listing::Listing;
use crate::{
    app::outcome::Report,
    domain::{
        failure::{ErrorClass, Failure},
        guard::Verdict,
        ids::WorkflowId,
        job::{HeldKind, Hold, WorkflowError},
        stats,
        unproven::Unproven,
    },
};

/// The number of workflows that a customer's record names as not up to date.
const MOST_BEHIND: usize = 100;

/// The report of a run that came to its end: complete, held, or incomplete. `left_out` are workflows that are stored and were
/// not listed, or that were listed and not requested.
pub(super) fn conclude(listing: &Listing, verdict: Verdict, left_out: Vec<WorkflowId>, report: Report) -> Report {
    let mut report = listing.count_unreadable(report);
    match verdict {
        _ if !listing.complete => report.failure.clone_from(&listing.failure),
        Verdict::Hold(hold) => report.hold = Some(hold),
        Verdict::Confirm(_) => report.hold = report.unproven.as_ref().and_then(unproven_hold),
    }
    report.undoubted = listing.complete && report.hold.is_none();
    let behind = left_out.into_iter().chain(report.errors.iter().filter_map(|error| error.workflow_id.clone()));
    let behind: Vec<_> = behind.take(MOST_BEHIND + 1).collect();
    // Workflows that are stored and were not listed (they moved in the list, but still exist) have to be checked again.
    let equal = report.undoubted && report.stats.errors == 0 && behind.is_empty();
    report.listing_digest = listing.digest().filter(|_| equal);
    report.behind = (listing.complete && behind.len() <= MOST_BEHIND).then_some(behind);
    if report.failure.is_none() && report.stats.errors > 0 {
        report.failure = Some(summary(&report.errors, report.stats.errors));
    }
    report
}

/// The failure that a job shows if its exports were broken off.
pub(super) fn broken_off_failure(hung: u64) -> Failure {
    let message = format!(
        "Zuora did not answer in time: {hung} workflows could not be stored and keep their old copy, and what was planned after them was not asked for. The next sync goes on with it."
    );
    Failure::new(ErrorClass::Transient, message)
}

/// A hold for the absences that Zuora has not confirmed for too long.
fn unproven_hold(unproven: &Unproven) -> Option<Hold> {
    let ids = unproven.to_ask();
    let reason = format!(
        "Missing from three complete lists in a row, and not confirmed as gone by Zuora's own word: {} of the stored workflows. Something between us and Zuora may answer in its place. They were not deleted; approve it if you know that they are gone.",
        ids.len()
    );
    (!ids.is_empty()).then(|| Hold::new(HeldKind::Unproven, reason, ids))
}

impl Listing {
    /// Counts each unreadable item as listed, and as an error.
    pub(super) fn count_unreadable(&self, mut report: Report) -> Report {
        for error in self.errors() {
            report.stats.count(stats::WorkflowOutcome::Error);
            report.errors.push(error);
        }
        report
    }
}

/// The failure that a job with workflow errors shows: class and text of the first error stand for all.
fn summary(errors: &[WorkflowError], count: u64) -> Failure {
    let class = errors.first().map_or(ErrorClass::Transient, |error| error.class);
    let example = errors.first().map(|error| error.message.clone()).unwrap_or_default();
    Failure::new(class, format!("{count} workflows could not be stored and keep their old copy. The first: {example}"))
}

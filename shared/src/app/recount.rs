//! Once a day the dashboard's numbers are counted, and set right where they are wrong.
//!
//! They change in the transactions of what they count, so they are wrong only after what no transaction tells: a failed job
//! that expired, a restored table, an item edited by hand. What must stay true: a correction is what two counts, minutes
//! apart, agree on; what changes while one of them reads is in that one alone. So no error lives longer than two days.

use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};

use super::{dispatch::Dispatcher, error::AppError};
use crate::{
    aws::{
        counts,
        table::{StoreError, Stored},
    },
    domain::{counts::Totals, job::State, time::Timestamp},
};

/// The time for which the numbers are trusted after a check that found them right or set them right.
const BELIEVED: Duration = Duration::from_secs(86_400);

/// The last check.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Check {
    at: Timestamp,
    /// The difference that the first of two counts found, until the second.
    difference: Option<Totals>,
}

/// Makes the next check, if it is due; returns what was set right.
///
/// # Errors
/// Store failures; the next call tries again.
pub async fn run(dispatcher: &Dispatcher, now: Timestamp) -> Result<Option<Totals>, AppError> {
    let counts = &dispatcher.counts;
    let last = counts.last_check::<Check>().await?;
    let (rev, last) = last.map_or((0, None), |Stored { value, rev }| (rev, Some(value)));
    if last.is_some_and(|last| last.difference.is_none() && now < last.at.plus(BELIEVED)) {
        return Ok(None);
    }
    let kept = counts.totals().await?;
    let difference = count(dispatcher).await?.minus(&kept);
    let before = last.and_then(|last| last.difference);
    let correction = before.map(|before| before.in_common_with(&difference)).unwrap_or_default();
    let is_first_of_two = before.is_none() && difference != Totals::default();
    let check = Check { at: now, difference: is_first_of_two.then_some(difference) };
    match counts.note_check(&check, rev, counts::add(&correction)).await {
        Ok(()) if correction != Totals::default() => Ok(Some(correction)),
        // Somebody else checks.
        Ok(()) | Err(StoreError::Conflict { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Counts the customers, workflows, tasks and jobs that are really stored.
///
/// # Errors
/// Store failures.
pub async fn count(dispatcher: &Dispatcher) -> Result<Totals, StoreError> {
    let customers = dispatcher.customers.each().map_ok(|customer| Totals::of_customer(&customer)).boxed();
    let mut sum = customers.try_fold(Totals::default(), async |sum, one| Ok(sum.plus(&one))).await?;
    for state in [State::Queued, State::Waiting, State::Running, State::Failed] {
        sum = sum.plus(&dispatcher.jobs.counted_in(state).await?);
    }
    Ok(sum)
}

//! Change records of syncs, kept for 400 days: by customer in the order of time, and by workflow. See D-45.
//!
//! What must stay true: a reader who continues a feed from its end misses nothing. A sync writes its changes over minutes, so
//! the feed shows a change only when nothing earlier can be added any more: see [`Changes::horizon`].

use std::time::Duration;

use super::{
    budget::Budget,
    customers::Customers,
    index::{Found, Position, filtered},
    jobs::Jobs,
    keys,
    table::{Item, Range, SortKeys, StoreError, Table, to_item},
};
use crate::domain::{
    change::Change,
    ids::{CustomerId, JobId, WorkflowId},
    job::State,
    time::Timestamp,
};

/// The retention of a change: a year and a month, so that this month can be compared with the same one last year.
const RETENTION: Duration = Duration::from_secs(400 * 24 * 3600);
/// The largest difference between the clocks of two functions.
const CLOCKS_DIFFER: Duration = Duration::from_secs(5);

/// The change records of a data table.
#[derive(Clone, Debug)]
pub struct Changes {
    table: Table,
}

/// One page of a customer's feed.
#[derive(Debug)]
pub struct Feed {
    /// The changes, oldest first.
    pub changes: Vec<Change>,
    /// The position to continue from, now or later.
    pub resume: FeedPosition,
    /// True if more changes are available already.
    pub more: bool,
}

/// A span of time, its end excluded.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// The first moment.
    pub from: Timestamp,
    /// The moment after the last.
    pub until: Timestamp,
}

impl Span {
    /// From a moment until after all changes that are stored by `now`.
    pub fn since(from: Timestamp, now: Timestamp) -> Self {
        Self { from, until: now.plus(CLOCKS_DIFFER) }
    }

    /// The part of it from a moment on.
    #[must_use]
    pub fn after(self, from: Timestamp) -> Self {
        Self { from: self.from.max(from), ..self }
    }
}

/// A position in a customer's feed: everything before it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPosition(String);

/// The error for a text that is not a position in a feed.
#[derive(Debug, thiserror::Error)]
#[error("not a place in a feed")]
pub struct NotAFeedPosition;

impl FeedPosition {
    /// The position before all changes from `at` on.
    pub fn before(at: Timestamp) -> Self {
        Self(keys::changes_before(at))
    }

    /// The position right after the change at a sort key. An id continues with letters, digits, `-` or `_`, which all sort
    /// after `!`.
    fn after(sort_key: &str) -> Self {
        Self(format!("{sort_key}!"))
    }

    /// Parses a position from a cursor's text.
    ///
    /// # Errors
    /// [`NotAFeedPosition`] if [`FeedPosition::as_str`] did not produce the text.
    pub fn parse(text: &str) -> Result<Self, NotAFeedPosition> {
        if text.starts_with(keys::CHANGE_PREFIX) { Ok(Self(text.to_owned())) } else { Err(NotAFeedPosition) }
    }

    /// The position as text for a cursor.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Changes {
    /// The change records in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// A change as an item, for the transaction that stores the workflow.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if it has no storable form; that is a bug.
    pub fn item(customer: &CustomerId, change: &Change) -> Result<Item, StoreError> {
        let key = keys::change(customer, change.at, &change.zuora_id);
        let index = keys::change_by_workflow(customer, change.at, &change.zuora_id);
        let ttl = change.at.plus(RETENTION).seconds();
        to_item(change, &key, Some(&index), 1, Some(ttl))
    }

    /// Lists the changes of one workflow, newest first. The index lags by moments.
    ///
    /// # Errors
    /// As [`filtered`].
    pub async fn of_workflow(
        &self,
        customer: &CustomerId,
        id: &WorkflowId,
        after: Option<&Position>,
        limit: usize,
        keep: impl Fn(&Change) -> bool,
    ) -> Result<Found<Change>, StoreError> {
        let range = Range { descending: true, ..Range::index(keys::changes_of(customer, id), "") };
        filtered(&self.table, &range, after, limit, &Budget::default(), keep).await
    }

    /// Lists a customer's changes of a span, newest first, those of a running sync included.
    ///
    /// # Errors
    /// As [`filtered`].
    pub async fn newest(
        &self,
        customer: &CustomerId,
        span: &Span,
        after: Option<&Position>,
        limit: usize,
        keep: impl Fn(&Change) -> bool,
    ) -> Result<Found<Change>, StoreError> {
        let keys = SortKeys::Between(keys::changes_before(span.from), keys::changes_before(span.until));
        let range = Range { keys, descending: true, ..Range::table(keys::customer_partition(customer), "") };
        filtered(&self.table, &range, after, limit, &Budget::default(), keep).await
    }

    /// The span in which a sync wrote its changes. One that is not known any more may have written until `now`.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn span_of(&self, customer: &CustomerId, job: &JobId, now: Timestamp) -> Result<Span, StoreError> {
        let found = Jobs::new(self.table.clone()).get(customer, job).await?;
        let ended = found.and_then(|job| job.value.finished_at).unwrap_or(now);
        Ok(Span { from: job.made_at().minus(CLOCKS_DIFFER), until: ended.plus(CLOCKS_DIFFER) })
    }

    /// Reads a customer's changes from `from` on, up to the horizon.
    ///
    /// # Errors
    /// As [`Table::page`].
    pub async fn feed(
        &self,
        customer: &CustomerId,
        from: &FeedPosition,
        horizon: Timestamp,
        limit: usize,
        budget: &Budget,
        keep: impl Fn(&Change) -> bool,
    ) -> Result<Feed, StoreError> {
        let until = FeedPosition::before(horizon);
        if from.0 >= until.0 {
            return Ok(Feed { changes: Vec::new(), resume: from.clone(), more: false });
        }
        let keys = SortKeys::Between(from.0.clone(), until.0.clone());
        let range = Range { keys, ..Range::table(keys::customer_partition(customer), "") };
        let found = filtered(&self.table, &range, None, limit, budget, keep).await?;
        let (changes, next) = found.into_items();
        let more = next.is_some();
        let resume = next.map_or(until, |last| FeedPosition::after(last.sort_key()));
        Ok(Feed { changes, resume, more })
    }

    /// Returns the moment up to which a customer's changes are complete: the start of the run that is writing, or just before
    /// `now`.
    ///
    /// The caller takes `now` before the call, so a run that starts during it starts after `now`.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn horizon(&self, customer: &CustomerId, now: Timestamp) -> Result<Timestamp, StoreError> {
        let safe = now.minus(CLOCKS_DIFFER);
        let customers = Customers::new(self.table.clone());
        let Some(standing) = customers.standing(customer).await? else { return Ok(safe) };
        let Some(active) = standing.sync_job_id else { return Ok(safe) };
        let job = Jobs::new(self.table.clone()).get(customer, &active).await?;
        let running = job.filter(|job| job.value.state == State::Running).and_then(|job| job.value.claimed_at);
        Ok(running.map_or(safe, |claimed| safe.min(claimed.minus(CLOCKS_DIFFER))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_after_a_change_is_before_every_later_one_even_of_a_longer_id() {
        let customer = CustomerId::new();
        let key = |at: i64, id: &str| keys::change(&customer, Timestamp::from_millis(at), &id.parse().unwrap()).sk;
        let after = FeedPosition::after(&key(1000, "48"));

        assert!(key(1000, "48") < after.0);
        for later in [key(1000, "480"), key(1000, "48-1"), key(1000, "49"), key(1001, "1")] {
            assert!(after.0 < later, "{later}");
        }
        assert!(FeedPosition::before(Timestamp::from_millis(1000)).0 < key(1000, "1"));
    }

    #[test]
    fn a_place_round_trips_and_anything_else_is_refused() {
        let place = FeedPosition::before(Timestamp::EPOCH);

        assert_eq!(FeedPosition::parse(place.as_str()).unwrap(), place);
        assert!(FeedPosition::parse("PROFILE").is_err() && FeedPosition::parse("").is_err());
    }
}

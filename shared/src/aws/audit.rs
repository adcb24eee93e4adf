//! The audit trail, in a table of its own: no role may delete from it, and a purge does not touch it. See D-32.

use std::time::Duration;

use super::{
    budget::Budget,
    index::{Found, Position, filtered},
    keys,
    table::{Condition, Range, SortKeys, StoreError, Table, Write, to_item},
};
use crate::domain::{
    audit::{AuditOutcome, Record},
    ids::CustomerId,
    time::Timestamp,
};

/// How long records are kept unless the deployment says otherwise.
pub const RETENTION_DAYS: u64 = 400;
/// Refused attempts of one user at one thing within this are one record, so that nobody can fill the trail with them.
const REFUSED_TOGETHER: Duration = Duration::from_secs(60);

/// The trail in its table.
#[derive(Clone, Debug)]
pub struct AuditTrail {
    table: Table,
    retention: Duration,
}

/// Which records a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditSelection<'a> {
    /// Only this customer's.
    pub customer: Option<&'a CustomerId>,
    /// Only from this moment on.
    pub since: Option<Timestamp>,
    /// Only before this moment.
    pub until: Option<Timestamp>,
}

impl AuditTrail {
    /// The trail in `table`, whose records are kept for so many days.
    pub fn new(table: Table, retention_days: u64) -> Self {
        Self { table, retention: Duration::from_secs(retention_days.saturating_mul(86_400)) }
    }

    /// Where it is.
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// The write that stores a record; part of the transaction that does what it tells.
    ///
    /// # Errors
    /// When it has no storable form; that is a bug.
    pub fn put(&self, record: &Record) -> Result<Write, StoreError> {
        let key = match record.outcome {
            AuditOutcome::Done => keys::audit(record.customer_id.as_ref(), record.at, record.id.as_str()),
            AuditOutcome::Refused => {
                let what = serde_json::to_string(&record.action).unwrap_or_default();
                let which = format!("refused#{}#{}", record.actor, what.trim_matches('"'));
                keys::audit(record.customer_id.as_ref(), record.at.floor(REFUSED_TOGETHER), &which)
            }
        };
        let index = keys::audit_by_time(record.at, &record.id);
        let ttl = record.at.plus(self.retention).seconds();
        Ok(Write::Put(Box::new(to_item(record, &key, Some(&index), 1, Some(ttl))?), Condition::None))
    }

    /// Lists records, newest first, until `limit` satisfy `keep` or the budget ends. Across customers the index lags behind by moments.
    pub async fn list(
        &self,
        selection: AuditSelection<'_>,
        after: Option<&Position>,
        limit: usize,
        budget: &Budget,
        keep: impl Fn(&Record) -> bool,
    ) -> Result<Found<Record>, StoreError> {
        let range = match selection.customer {
            Some(customer) => Range::table(keys::audit_of(Some(customer)), ""),
            None => Range::index(keys::AUDIT.to_owned(), ""),
        };
        // Records of one minute's refused attempts stand at its beginning, so the range begins there and `keep` does the rest.
        let from = selection.since.unwrap_or(Timestamp::EPOCH).floor(REFUSED_TOGETHER).to_string();
        let to = selection.until.map_or_else(|| "~".to_owned(), |until| until.to_string());
        let range = Range { keys: SortKeys::Between(from, to), descending: true, ..range };
        let wanted = |record: &Record| {
            selection.since.is_none_or(|since| since <= record.at)
                && selection.until.is_none_or(|until| record.at < until)
                && keep(record)
        };
        filtered(&self.table, &range, after, limit, budget, wanted).await
    }
}

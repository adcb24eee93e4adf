//! The audit trail, in a table of its own: no role may delete from it, and a purge does not touch it. See D-32.
//!
//! What must stay true: a record is written once and never again.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

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

/// The retention of audit records in days, unless the deployment sets another.
pub const RETENTION_DAYS: u64 = 400;
/// The span within which refused attempts of one user at one thing, such as one client at one base URL, are one record, so that
/// nobody can flood the trail with them.
const REFUSED_TOGETHER: Duration = Duration::from_secs(60);

/// The audit trail in its table.
#[derive(Clone, Debug)]
pub struct AuditTrail {
    table: Table,
    retention: Duration,
}

/// The selection of records for a list.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditSelection<'a> {
    /// Only records of this customer.
    pub customer: Option<&'a CustomerId>,
    /// Only records from this moment on.
    pub since: Option<Timestamp>,
    /// Only records before this moment.
    pub until: Option<Timestamp>,
}

impl AuditTrail {
    /// The trail in `table`, whose records are kept for `retention_days`.
    pub fn new(table: Table, retention_days: u64) -> Self {
        Self { table, retention: Duration::from_secs(retention_days.saturating_mul(86_400)) }
    }

    /// The table of the trail.
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// The write that stores a record; it belongs in the transaction that it describes. Its condition is that the record is new:
    /// of a user's refused attempts at one thing the first of each minute is kept.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the record has no storable form; that is a bug.
    pub fn put(&self, record: &Record) -> Result<Write, StoreError> {
        let key = match record.outcome {
            AuditOutcome::Done => keys::audit(record.customer_id.as_ref(), record.at, record.id.as_str()),
            AuditOutcome::Refused => {
                let what = serde_json::to_string(&record.action).unwrap_or_default();
                let tried = serde_json::to_vec(&record.changes).unwrap_or_default();
                let tried = hex::encode(&Sha256::digest(tried)[..8]);
                let which = format!("refused#{}#{}#{tried}", record.actor, what.trim_matches('"'));
                keys::audit(record.customer_id.as_ref(), record.at.floor(REFUSED_TOGETHER), &which)
            }
        };
        let index = keys::audit_by_time(record.at, &record.id);
        let ttl = record.at.plus(self.retention).seconds();
        Ok(Write::Put(Box::new(to_item(record, &key, Some(&index), 1, Some(ttl))?), Condition::Absent))
    }

    /// Lists records, newest first, until `limit` satisfy `keep` or the budget ends. The index across customers lags by
    /// moments.
    ///
    /// # Errors
    /// As [`filtered`].
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        aws::mock_sdk::{Cloud, Tables},
        domain::{actor::Actor, audit::Action},
    };

    #[tokio::test]
    async fn a_record_is_written_once_and_of_refused_attempts_the_first_of_a_minute_stays() {
        let cloud = Cloud::with(Tables::default());
        let table = Table::new(aws_sdk_dynamodb::Client::new(&cloud.sdk), "audit");
        let trail = AuditTrail::new(table.clone(), RETENTION_DAYS);
        let actor = Actor { sub: "ada".to_owned(), email: None };
        let at = Timestamp::from_millis(1_800_000_000_000);
        let done = Record::new(actor.clone(), Action::CustomerCreate, "request".to_owned(), at);
        let attempt = |id: &str| Record {
            outcome: AuditOutcome::Refused,
            ..Record::new(actor.clone(), Action::CustomerDelete, id.to_owned(), at)
        };
        let altered = Record { request_id: "another".to_owned(), ..done.clone() };
        let write = async |record: &Record| table.write(vec![trail.put(record).unwrap()]).await;

        write(&done).await.unwrap();
        write(&attempt("first")).await.unwrap();

        for again in [altered, attempt("second")] {
            assert!(matches!(write(&again).await, Err(StoreError::Conflict { .. })));
        }
        let tables = cloud.tables();
        let mut kept: Vec<_> = tables.items("audit").into_iter().map(|item| item["request_id"]["S"].clone()).collect();
        kept.sort_by_key(ToString::to_string);
        assert_eq!(kept, ["first", "request"]);
    }
}

//! Every table key of the product, and nothing but keys. No other module builds one.
//!
//! | Partition (`PK`) | Sort key (`SK`) | Item |
//! |---|---|---|
//! | `CUSTOMER#<id>` | `PROFILE` | the fields of a customer that people edit |
//! | | `STATE` | the other fields, which syncs write |
//! | | `SUMMARY` | the few fields of both that lists of many customers read |
//! | | `LOCK` | the job that may write its copy, and until when |
//! | | `PLAN` | its last dry run |
//! | | `COMPARED` | the customer that it is compared with, and how |
//! | | `WORKFLOW#<zuora id>` | one workflow, or its tombstone |
//! | | `DEFINITION#<zuora id>#<hash>#<n>` | chunk n of its export |
//! | | `KEPT#<zuora id>#<hash>` | the record of a definition that the workflow had before |
//! | | `REFERENCES#<zuora id>` | what its definition refers to, packed |
//! | | `CHANGE#<time>#<zuora id>` | the record of a change of one workflow by a sync |
//! | | `FINDINGS#<zuora id>`, `FINDINGS#<zuora id>#OTHERS` | the findings of its definition, and those that look at others |
//! | | `SUPPRESSION#<zuora id>#<rule>` | that findings of a rule are meant to be so |
//! | | `NEWS#<time>#<zuora id>` | the record of findings that came or went without a change of the workflow |
//! | | `JOB#<id>` | one job |
//! | | `HELD#<job id>` | the complete list of a job's hold |
//! | `JOB#<id>` | `POINTER` | the customer of a job |
//! | `BATCHES` | `BATCH#<id>`, `LAST` | a batch, and the name of the newest |
//! | `ONCE#<hash of caller and key>` | `ONCE` | a request under an `Idempotency-Key`, and its answer |
//! | `COUNTS` | `TOTAL#<shard>`, `HOUR#<hour>#<shard>`, `CHECK` | the dashboard's counters, and the note of the last recount |
//! | `DAMAGED` | `<customer id>#<zuora id>` | the note on a damaged definition |
//! | `DEADLETTERS` | `DEADLETTER#<message id>` | an unreadable message |
//! | `LIMIT#token#<second>` | `LIMIT` | token requests in the slot that begins at that second |
//! | `LIMIT#caller#<hash>#<second>`, `LIMIT#customer#<id>#<second>` | `LIMIT` | requests in that minute |
//! | `AUDIT#<customer id, or ->` (audit) | `<time>#<id>` | an audit record |
//! | `USER#<sub>` (grants) | `GRANT#<customer id, or *>` | a user's grant |
//! | `CREDENTIALS#<id>`, `TOKEN#<id>` (vault) | `CREDENTIALS`, `TOKEN` | sealed secrets |
//! | `DELETION#<id>` (vault) | `DELETION` | the mark that a customer was deleted, without which nothing is purged |
//!
//! Two sparse indexes. `GSI1` has whole items: `CUSTOMERS` (summaries) by folded name, `JOBS#<state>` by job id (so by age),
//! `WORKFLOWS#<customer>` by folded name, `CHANGES#<customer>#<zuora id>` and `KEPT#<customer>#<zuora id>` by time,
//! `FINDINGS#<customer>` (where there are some) by workflow; in the grants table `GRANTS#<customer, or *>` by user; in the
//! audit table `AUDIT` by time. `GSI2` has keys only: `DUE` (states) by the time of the next sync, `CUSTOMERS` (profiles) by id.

mod definitions;
mod indexes;

use std::time::Duration;

use sha2::{Digest, Sha256};

pub use self::{
    definitions::{
        DEFINITION_PREFIX, FINDINGS_PREFIX, KEPT_PREFIX, NEWS_PREFIX, SUPPRESSION_PREFIX, chunks_after,
        chunks_of_definition, definition_chunk, definition_chunks, definition_of, findings, findings_across,
        kept_between, kept_definition, kept_of_chunk, news, references, references_after, referring, suppression,
    },
    indexes::{
        AUDIT, CUSTOMERS, DUE, GSI1PK, GSI1SK, Index, IndexKey, SortKeys, audit_by_time, change_by_workflow,
        changes_of, customer_by_id, customer_by_name, customer_due, due_until, findings_by_workflow, findings_of,
        grant_by_customer, grants_on, ids_after, job_by_state, jobs_in, kept_by_time, kept_definitions_of, named,
        names, workflow_by_name, workflows_of,
    },
};
use crate::domain::{
    ids::{BatchId, CustomerId, JobId, UserId, WorkflowId},
    time::Timestamp,
};

/// The attribute of the table's partition key.
pub const PK: &str = "PK";
/// The attribute of the table's sort key.
pub const SK: &str = "SK";

/// The full primary key of one item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Partition.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }
}

/// A customer's partition; it holds everything that a purge removes, except job pointers and the vault.
pub fn customer_partition(id: &CustomerId) -> String {
    format!("CUSTOMER#{id}")
}

/// The customer that owns a partition; none if no customer does.
pub fn customer_of(partition: &str) -> Option<CustomerId> {
    partition.strip_prefix("CUSTOMER#")?.parse().ok()
}

/// The fields of a customer that people edit.
pub fn profile(id: &CustomerId) -> Key {
    Key::new(customer_partition(id), "PROFILE")
}

/// The fields of a customer that syncs write.
pub fn state(id: &CustomerId) -> Key {
    Key::new(customer_partition(id), "STATE")
}

/// The fields of a customer that lists of many customers read.
pub fn summary(id: &CustomerId) -> Key {
    Key::new(customer_partition(id), "SUMMARY")
}

/// The lock on a customer.
pub fn lock(id: &CustomerId) -> Key {
    Key::new(customer_partition(id), "LOCK")
}

/// The item that names a customer's last dry run.
pub fn last_plan(id: &CustomerId) -> Key {
    Key::new(customer_partition(id), "PLAN")
}

/// The item that says with which customer another one is compared.
pub fn compared_with(id: &CustomerId) -> Key {
    Key::new(customer_partition(id), "COMPARED")
}

/// Sort key prefix of a customer's workflows.
pub const WORKFLOW_PREFIX: &str = "WORKFLOW#";

/// One workflow.
pub fn workflow(customer: &CustomerId, id: &WorkflowId) -> Key {
    Key::new(customer_partition(customer), format!("{WORKFLOW_PREFIX}{id}"))
}

/// Sort key prefix of a customer's changes: they sort by time.
pub const CHANGE_PREFIX: &str = "CHANGE#";

/// One change record.
pub fn change(customer: &CustomerId, at: Timestamp, id: &WorkflowId) -> Key {
    Key::new(customer_partition(customer), format!("{}#{id}", changes_before(at)))
}

/// A sort key between the changes before a moment and those at it or later.
pub fn changes_before(at: Timestamp) -> String {
    format!("{CHANGE_PREFIX}{at}")
}

/// Sort key prefix of a customer's jobs.
pub const JOB_PREFIX: &str = "JOB#";

/// One job.
pub fn job(customer: &CustomerId, id: &JobId) -> Key {
    Key::new(customer_partition(customer), format!("{JOB_PREFIX}{id}"))
}

/// The job that a sort key belongs to.
pub fn job_of(sort_key: &str) -> Option<JobId> {
    sort_key.strip_prefix(JOB_PREFIX)?.parse().ok()
}

/// Partition of the notes on damaged definitions: a partition of its own, so that a role can be limited to it.
pub const DAMAGED: &str = "DAMAGED";

/// Sort key prefix of the notes on a customer's workflows.
pub fn damaged_of(customer: &CustomerId) -> String {
    format!("{customer}#")
}

/// The note on a damaged definition.
pub fn damaged(customer: &CustomerId, id: &WorkflowId) -> Key {
    Key::new(DAMAGED, format!("{}{id}", damaged_of(customer)))
}

/// The complete list of what a job held.
pub fn held_list(customer: &CustomerId, job: &JobId) -> Key {
    Key::new(customer_partition(customer), format!("HELD#{job}"))
}

/// The item that names a job's customer.
pub fn job_pointer(id: &JobId) -> Key {
    Key::new(format!("JOB#{id}"), "POINTER")
}

/// Partition of the batches.
const BATCHES: &str = "BATCHES";

/// One batch.
pub fn batch(id: &BatchId) -> Key {
    Key::new(BATCHES, format!("BATCH#{id}"))
}

/// The item that names the newest batch.
pub fn last_batch() -> Key {
    Key::new(BATCHES, "LAST")
}

/// Partition of the dashboard's counters.
pub const COUNTS: &str = "COUNTS";

/// The present totals, without a shard.
pub fn totals() -> Key {
    Key::new(COUNTS, "TOTAL")
}

/// One shard of counters.
pub fn shard(numbers: &Key, shard: u64) -> Key {
    Key::new(numbers.pk.clone(), format!("{}#{shard:02}", numbers.sk))
}

/// All shards of the totals.
pub fn all_totals() -> SortKeys {
    SortKeys::Prefix("TOTAL#".to_owned())
}

const HOUR: Duration = Duration::from_secs(3600);

/// The outcomes of an hour's syncs, without a shard.
pub fn outcomes(at: Timestamp) -> Key {
    Key::new(COUNTS, format!("HOUR#{}", at.floor(HOUR)))
}

/// All outcomes from the hour of `since` on.
pub fn outcomes_since(since: Timestamp) -> SortKeys {
    SortKeys::Between(format!("HOUR#{}", since.floor(HOUR)), "HOUR#~".to_owned())
}

/// The hour that a sort key of [`outcomes`] belongs to.
pub fn hour_of(sort_key: &str) -> Option<Timestamp> {
    sort_key.strip_prefix("HOUR#")?.split_once('#')?.0.parse().ok()
}

/// The note of the last recount.
pub fn counts_check() -> Key {
    Key::new(COUNTS, "CHECK")
}

/// A user's partition.
pub fn user_partition(user: &UserId) -> String {
    format!("USER#{user}")
}

/// Sort key prefix of a user's grants.
pub const GRANT_PREFIX: &str = "GRANT#";
/// The text in the place of a customer's id that stands for all customers.
const ALL: &str = "*";

/// A user's grant on one customer, or on all.
pub fn grant(user: &UserId, customer: Option<&CustomerId>) -> Key {
    Key::new(user_partition(user), format!("{GRANT_PREFIX}{}", customer.map_or(ALL, CustomerId::as_str)))
}

/// Audit partition of one customer, or of actions without a customer.
pub fn audit_of(customer: Option<&CustomerId>) -> String {
    format!("AUDIT#{}", customer.map_or("-", CustomerId::as_str))
}

/// One audit record; `which` distinguishes records of the same moment.
pub fn audit(customer: Option<&CustomerId>, at: Timestamp, which: &str) -> Key {
    Key::new(audit_of(customer), format!("{at}#{which}"))
}

/// Partition of the records of unreadable messages.
pub const DEAD_LETTERS: &str = "DEADLETTERS";

/// One record of an unreadable message.
pub fn dead_letter(message_id: &str) -> Key {
    Key::new(DEAD_LETTERS, format!("DEADLETTER#{message_id}"))
}

/// A caller's request under an idempotency key. The key is hashed: it may be any text, from any client.
pub fn once(caller: &str, key: &str) -> Key {
    let name = hex::encode(Sha256::digest(format!("{caller}\n{key}")));
    Key::new(format!("ONCE#{name}"), "ONCE")
}

/// The counter of token requests in the slot that begins at `start`.
pub fn token_slot(start: Timestamp) -> Key {
    Key::new(format!("LIMIT#token#{}", start.seconds()), "LIMIT")
}

/// The counter of a caller's requests in a minute. Hashed, as in [`once`].
pub fn requests_of_caller(caller: &str, minute: Timestamp) -> Key {
    let name = hex::encode(Sha256::digest(caller));
    Key::new(format!("LIMIT#caller#{name}#{}", minute.seconds()), "LIMIT")
}

/// The counter of requests about a customer in a minute.
pub fn requests_about(customer: &CustomerId, minute: Timestamp) -> Key {
    Key::new(format!("LIMIT#customer#{customer}#{}", minute.seconds()), "LIMIT")
}

/// A customer's sealed client secret, in the vault.
pub fn credentials(id: &CustomerId) -> Key {
    Key::new(format!("CREDENTIALS#{id}"), "CREDENTIALS")
}

/// A customer's sealed access token, in the vault.
pub fn token(id: &CustomerId) -> Key {
    Key::new(format!("TOKEN#{id}"), "TOKEN")
}

/// The mark of a customer's deletion, in the vault.
pub fn deletion(id: &CustomerId) -> Key {
    Key::new(format!("DELETION#{id}"), "DELETION")
}

#[cfg(test)]
mod tests;

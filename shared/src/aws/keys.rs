//! Every table key of the product, and nothing but keys. No other module builds one.
//!
//! | Partition (`PK`) | Sort key (`SK`) | What |
//! |---|---|---|
//! | `CUSTOMER#<id>` | `PROFILE` | the customer as people edit it |
//! | | `STATE` | the rest of it, which syncs write |
//! | | `SUMMARY` | the little of both that lists of many customers read |
//! | | `LOCK` | who works on it, until when |
//! | | `PLAN` | its last dry run |
//! | | `WORKFLOW#<zuora id>` | one workflow, or its tombstone |
//! | | `DEFINITION#<zuora id>#<hash>#<n>` | chunk n of its export |
//! | | `CHANGE#<time>#<zuora id>` | what a sync changed about one workflow |
//! | | `JOB#<id>` | one job |
//! | | `HELD#<job id>` | the whole list that a job held back |
//! | `JOB#<id>` | `POINTER` | whose job it is |
//! | `BATCHES` | `BATCH#<id>`, `LAST` | a sync of all customers, and which was asked for last |
//! | `USER#<sub>` | `GRANT#<customer id, or *>` | what a user was granted |
//! | `ONCE#<hash of caller and key>` | `ONCE` | a request under an `Idempotency-Key`, and its answer |
//! | `COUNTS` | `TOTAL#<shard>`, `HOUR#<hour>#<shard>`, `CHECK` | the dashboard's numbers, and when they were counted last |
//! | `DAMAGED` | `<customer id>#<zuora id>` | that a stored definition was found damaged |
//! | `DEADLETTERS` | `DEADLETTER#<message id>` | a message nobody could read |
//! | `LIMIT#token#<second>` | `LIMIT` | token requests in the slot that begins then |
//! | `LIMIT#caller#<hash>#<second>`, `LIMIT#customer#<id>#<second>` | `LIMIT` | what was asked for in the minute that begins then |
//! | `AUDIT#<customer id, or ->` (audit) | `<time>#<id>` | who did what with a customer |
//! | `CREDENTIALS#<id>`, `TOKEN#<id>` (vault) | `CREDENTIALS`, `TOKEN` | sealed secrets |
//!
//! Two sparse indexes. `GSI1` has whole items: `CUSTOMERS` (summaries) by folded name, `JOBS#<state>` by job id (so by age),
//! `WORKFLOWS#<customer>` by folded name, `CHANGES#<customer>#<zuora id>` by time, `GRANTS#<customer, or *>` by user;
//! in the audit table `AUDIT` by time. `GSI2` has keys only: `DUE` (states) by the time of the next sync, `CUSTOMERS` (profiles) by id.

use std::{fmt::Display, time::Duration};

use sha2::{Digest, Sha256};

use super::table::SortKeys;
use crate::domain::{
    ids::{AuditId, BatchId, CustomerId, JobId, UserId, WorkflowId},
    job::State,
    name::folded,
    time::Timestamp,
};

/// The attribute names of the table's and the index's keys.
pub const PK: &str = "PK";
/// See [`PK`].
pub const SK: &str = "SK";
/// See [`PK`].
pub const GSI1PK: &str = "GSI1PK";
/// See [`PK`].
pub const GSI1SK: &str = "GSI1SK";
/// See [`PK`].
const GSI2SK: &str = "GSI2SK";

/// An index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// Whole items.
    Gsi1,
    /// Keys only.
    Gsi2,
}

impl Index {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gsi1 => "GSI1",
            Self::Gsi2 => "GSI2",
        }
    }

    /// The attribute names of its keys.
    pub const fn attributes(self) -> (&'static str, &'static str) {
        match self {
            Self::Gsi1 => (GSI1PK, GSI1SK),
            Self::Gsi2 => ("GSI2PK", GSI2SK),
        }
    }
}

/// The longest part of a name that goes into the index (DynamoDB's bound is 1,024 bytes for the whole key).
const NAME_BYTES: usize = 200;

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

/// A customer's partition; everything that a purge removes is in it (besides job pointers and the vault).
pub fn customer_partition(id: &CustomerId) -> String {
    format!("CUSTOMER#{id}")
}

/// Whose partition it is; none where it is no customer's.
pub fn customer_of(partition: &str) -> Option<CustomerId> {
    partition.strip_prefix("CUSTOMER#")?.parse().ok()
}

/// The customer as people edit it.
pub fn profile(id: &CustomerId) -> Key {
    Key::new(customer_partition(id), "PROFILE")
}

/// What syncs write of a customer.
pub fn state(id: &CustomerId) -> Key {
    Key::new(customer_partition(id), "STATE")
}

/// What lists of many customers read of it.
pub fn summary(id: &CustomerId) -> Key {
    Key::new(customer_partition(id), "SUMMARY")
}

/// The lock on a customer.
pub fn lock(id: &CustomerId) -> Key {
    Key::new(customer_partition(id), "LOCK")
}

/// What names a customer's last dry run.
pub fn last_plan(id: &CustomerId) -> Key {
    Key::new(customer_partition(id), "PLAN")
}

/// Sort key prefix of a customer's workflows.
pub const WORKFLOW_PREFIX: &str = "WORKFLOW#";

/// One workflow.
pub fn workflow(customer: &CustomerId, id: &WorkflowId) -> Key {
    Key::new(customer_partition(customer), format!("{WORKFLOW_PREFIX}{id}"))
}

/// Sort key prefix of a customer's chunks.
pub const DEFINITION_PREFIX: &str = "DEFINITION#";

/// Sort key prefix of all chunks of a workflow, whatever definition they belong to.
pub fn definition_chunks(id: &WorkflowId) -> String {
    format!("{DEFINITION_PREFIX}{id}#")
}

/// Sort key prefix of the chunks of one definition.
pub fn chunks_of_definition(id: &WorkflowId, hash: &str) -> String {
    format!("{DEFINITION_PREFIX}{id}#{hash}#")
}

/// One chunk of a definition.
pub fn definition_chunk(customer: &CustomerId, id: &WorkflowId, hash: &str, chunk: u32) -> Key {
    Key::new(customer_partition(customer), format!("{}{chunk:04}", chunks_of_definition(id, hash)))
}

/// Sort key prefix of a customer's changes: they sort by time.
pub const CHANGE_PREFIX: &str = "CHANGE#";

/// One change.
pub fn change(customer: &CustomerId, at: Timestamp, id: &WorkflowId) -> Key {
    Key::new(customer_partition(customer), format!("{}#{id}", changes_before(at)))
}

/// A sort key between the changes before a moment and those from it on.
pub fn changes_before(at: Timestamp) -> String {
    format!("{CHANGE_PREFIX}{at}")
}

/// Sort key prefix of a customer's jobs.
pub const JOB_PREFIX: &str = "JOB#";

/// One job.
pub fn job(customer: &CustomerId, id: &JobId) -> Key {
    Key::new(customer_partition(customer), format!("{JOB_PREFIX}{id}"))
}

/// Which of a customer's jobs a sort key is of.
pub fn job_of(sort_key: &str) -> Option<JobId> {
    sort_key.strip_prefix(JOB_PREFIX)?.parse().ok()
}

/// Partition of the notes that definitions are damaged: one of its own, so that a role can be let write nothing else.
pub const DAMAGED: &str = "DAMAGED";

/// Sort key prefix of the notes on a customer's workflows.
pub fn damaged_of(customer: &CustomerId) -> String {
    format!("{customer}#")
}

/// The note that the definition of a workflow is damaged.
pub fn damaged(customer: &CustomerId, id: &WorkflowId) -> Key {
    Key::new(DAMAGED, format!("{}{id}", damaged_of(customer)))
}

/// What a job held back.
pub fn held_list(customer: &CustomerId, job: &JobId) -> Key {
    Key::new(customer_partition(customer), format!("HELD#{job}"))
}

/// Whose job it is.
pub fn job_pointer(id: &JobId) -> Key {
    Key::new(format!("JOB#{id}"), "POINTER")
}

/// Partition of the syncs of all customers.
const BATCHES: &str = "BATCHES";

/// One of them.
pub fn batch(id: &BatchId) -> Key {
    Key::new(BATCHES, format!("BATCH#{id}"))
}

/// Which was asked for last.
pub fn last_batch() -> Key {
    Key::new(BATCHES, "LAST")
}

/// Partition of the dashboard's numbers.
pub const COUNTS: &str = "COUNTS";

/// What is there now.
pub fn totals() -> Key {
    Key::new(COUNTS, "TOTAL")
}

/// A shard of numbers.
pub fn shard(numbers: &Key, shard: u64) -> Key {
    Key::new(numbers.pk.clone(), format!("{}#{shard:02}", numbers.sk))
}

/// All shards of it.
pub fn all_totals() -> SortKeys {
    SortKeys::Prefix("TOTAL#".to_owned())
}

const HOUR: Duration = Duration::from_secs(3600);

/// How the syncs of an hour ended.
pub fn outcomes(at: Timestamp) -> Key {
    Key::new(COUNTS, format!("HOUR#{}", at.floor(HOUR)))
}

/// All of the hours from that of `since` on.
pub fn outcomes_since(since: Timestamp) -> SortKeys {
    SortKeys::Between(format!("HOUR#{}", since.floor(HOUR)), "HOUR#~".to_owned())
}

/// The hour that a sort key of [`outcomes`] is of.
pub fn hour_of(sort_key: &str) -> Option<Timestamp> {
    sort_key.strip_prefix("HOUR#")?.split_once('#')?.0.parse().ok()
}

/// When the numbers were counted last.
pub fn counts_check() -> Key {
    Key::new(COUNTS, "CHECK")
}

/// A user's partition.
pub fn user_partition(user: &UserId) -> String {
    format!("USER#{user}")
}

/// Sort key prefix of a user's grants.
pub const GRANT_PREFIX: &str = "GRANT#";
/// Stands for all customers where one's id would.
const ALL: &str = "*";

/// What a user was granted on one customer, or on all.
pub fn grant(user: &UserId, customer: Option<&CustomerId>) -> Key {
    Key::new(user_partition(user), format!("{GRANT_PREFIX}{}", customer.map_or(ALL, CustomerId::as_str)))
}

/// Audit partition of what was done with one customer, or with none.
pub fn audit_of(customer: Option<&CustomerId>) -> String {
    format!("AUDIT#{}", customer.map_or("-", CustomerId::as_str))
}

/// One audit record; `which` tells it from others of the same moment.
pub fn audit(customer: Option<&CustomerId>, at: Timestamp, which: &str) -> Key {
    Key::new(audit_of(customer), format!("{at}#{which}"))
}

/// Partition of the messages nobody could read.
pub const DEAD_LETTERS: &str = "DEADLETTERS";

/// One of them.
pub fn dead_letter(message_id: &str) -> Key {
    Key::new(DEAD_LETTERS, format!("DEADLETTER#{message_id}"))
}

/// What a caller asked under an idempotency key. Hashed: such a key is any text, of anybody's.
pub fn once(caller: &str, key: &str) -> Key {
    let name = hex::encode(Sha256::digest(format!("{caller}\n{key}")));
    Key::new(format!("ONCE#{name}"), "ONCE")
}

/// The counter of token requests in the slot that begins at `start`.
pub fn token_slot(start: Timestamp) -> Key {
    Key::new(format!("LIMIT#token#{}", start.seconds()), "LIMIT")
}

/// The counter of what a caller asked for in a minute. Hashed, as in [`once`].
pub fn requests_of_caller(caller: &str, minute: Timestamp) -> Key {
    let name = hex::encode(Sha256::digest(caller));
    Key::new(format!("LIMIT#caller#{name}#{}", minute.seconds()), "LIMIT")
}

/// The counter of what was asked for about a customer in a minute.
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

/// Where an item stands in an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexKey {
    /// The index.
    pub index: Index,
    /// Index partition.
    pub pk: String,
    /// Index sort key.
    pub sk: String,
}

impl IndexKey {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { index: Index::Gsi1, pk: pk.into(), sk: sk.into() }
    }

    fn of_keys(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { index: Index::Gsi2, ..Self::new(pk, sk) }
    }
}

/// Index partition of all customers.
pub const CUSTOMERS: &str = "CUSTOMERS";

/// A customer among all, by name.
pub fn customer_by_name(name: &str, id: &CustomerId) -> IndexKey {
    IndexKey::new(CUSTOMERS, by_name(name, id))
}

/// A customer among all, by id: a place in this order stays whatever is edited.
pub fn customer_by_id(id: &CustomerId) -> IndexKey {
    IndexKey::of_keys(CUSTOMERS, id.as_str())
}

/// The customers after one, or all, by id.
pub fn ids_after(id: Option<&CustomerId>) -> SortKeys {
    let first = id.map_or_else(|| "cus_".to_owned(), |id| format!("{id}~"));
    SortKeys::Between(first, "cus_~".to_owned())
}

/// Index partition of the customers that the schedule syncs.
pub const DUE: &str = "DUE";

/// A customer among those, by the time of its next sync.
pub fn customer_due(at: Timestamp, id: &CustomerId) -> IndexKey {
    IndexKey::of_keys(DUE, format!("{at}#{id}"))
}

/// Those that are due at `time` or were before.
pub fn due_until(time: Timestamp) -> SortKeys {
    // A year's first digit, and what no id begins with.
    SortKeys::Between("0".to_owned(), format!("{time}~"))
}

/// Index partition of the jobs in one state.
pub fn jobs_in(state: State) -> String {
    format!("JOBS#{}", state.as_str())
}

/// A job among those in its state, by age.
pub fn job_by_state(state: State, id: &JobId) -> IndexKey {
    IndexKey::new(jobs_in(state), id.as_str())
}

/// Index partition of a customer's workflows.
pub fn workflows_of(customer: &CustomerId) -> String {
    format!("WORKFLOWS#{customer}")
}

/// A workflow among its customer's, by name.
pub fn workflow_by_name(customer: &CustomerId, name: Option<&str>, id: &WorkflowId) -> IndexKey {
    IndexKey::new(workflows_of(customer), by_name(name.unwrap_or_default(), id))
}

/// Index partition of one workflow's changes.
pub fn changes_of(customer: &CustomerId, id: &WorkflowId) -> String {
    format!("CHANGES#{customer}#{id}")
}

/// A change among its workflow's, by time.
pub fn change_by_workflow(customer: &CustomerId, at: Timestamp, id: &WorkflowId) -> IndexKey {
    IndexKey::new(changes_of(customer, id), at.to_string())
}

/// Index partition of the grants on one customer, or on all.
pub fn grants_on(customer: Option<&CustomerId>) -> String {
    format!("GRANTS#{}", customer.map_or(ALL, CustomerId::as_str))
}

/// A grant among those on the same customer, by user.
pub fn grant_by_customer(customer: Option<&CustomerId>, user: &UserId) -> IndexKey {
    IndexKey::new(grants_on(customer), user.to_string())
}

/// Index partition of all audit records.
pub const AUDIT: &str = "AUDIT";

/// An audit record among all, by time.
pub fn audit_by_time(at: Timestamp, id: &AuditId) -> IndexKey {
    IndexKey::new(AUDIT, format!("{at}#{id}"))
}

/// The index sort keys among which those of the names are that begin so. Others are there too: compare the names that are read.
///
/// Keys from before names were folded hold them in lower case only, until their item is written again; so where the two differ, what
/// is between them is meant as well.
pub fn names(beginning: &str) -> SortKeys {
    let mut forms = [folded(beginning), beginning.to_lowercase()].map(cut);
    forms.sort_unstable();
    let [from, to] = forms;
    if from == to { SortKeys::Prefix(from) } else { SortKeys::Between(from, format!("{to}{}", char::MAX)) }
}

fn by_name(name: &str, id: &impl Display) -> String {
    format!("{}#{id}", cut(folded(name)))
}

/// A folded name as far as it goes into the index, cut at a character.
fn cut(mut name: String) -> String {
    name.truncate(name.floor_char_boundary(NAME_BYTES));
    name
}

#[cfg(test)]
mod tests;

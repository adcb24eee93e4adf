//! The positions of items in the two indexes; the head of [`super`] lists the contents of each.

use std::fmt::Display;

use super::ALL;
use crate::domain::{
    ids::{AuditId, CustomerId, JobId, UserId, WorkflowId},
    job::State,
    name::folded,
    time::Timestamp,
};

/// The sort keys of a range.
#[derive(Clone, Debug)]
pub enum SortKeys {
    /// Those that start with a text.
    Prefix(String),
    /// Those between two texts, both included.
    Between(String, String),
}

/// The attribute of the first index's partition key.
pub const GSI1PK: &str = "GSI1PK";
/// The attribute of the first index's sort key.
pub const GSI1SK: &str = "GSI1SK";
/// The attribute of the second index's sort key.
const GSI2SK: &str = "GSI2SK";

/// The largest number of bytes of a name in an index key (DynamoDB allows 1,024 bytes for the whole key).
const NAME_BYTES: usize = 200;

/// An index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// The index that holds whole items.
    Gsi1,
    /// The index that holds keys only.
    Gsi2,
}

impl Index {
    /// The index's name in the template.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gsi1 => "GSI1",
            Self::Gsi2 => "GSI2",
        }
    }

    /// The attributes of the index's partition key and sort key.
    pub const fn attributes(self) -> (&'static str, &'static str) {
        match self {
            Self::Gsi1 => (GSI1PK, GSI1SK),
            Self::Gsi2 => ("GSI2PK", GSI2SK),
        }
    }
}

/// The position of an item in an index.
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

/// A customer among all, by id: edits do not move it in this order.
pub fn customer_by_id(id: &CustomerId) -> IndexKey {
    IndexKey::of_keys(CUSTOMERS, id.as_str())
}

/// The sort keys of the customers after `id`, or of all.
pub fn ids_after(id: Option<&CustomerId>) -> SortKeys {
    let first = id.map_or_else(|| "cus_".to_owned(), |id| format!("{id}~"));
    SortKeys::Between(first, "cus_~".to_owned())
}

/// Index partition of the customers that have a next sync.
pub const DUE: &str = "DUE";

/// A customer in that partition, by the time of its next sync.
pub fn customer_due(at: Timestamp, id: &CustomerId) -> IndexKey {
    IndexKey::of_keys(DUE, format!("{at}#{id}"))
}

/// The sort keys of the customers whose next sync was due at `time` or before.
pub fn due_until(time: Timestamp) -> SortKeys {
    // "0" sorts before every year, and "~" after every id.
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

/// Index partition of a customer's findings: of the workflows that have some.
pub fn findings_of(customer: &CustomerId) -> String {
    format!("FINDINGS#{customer}")
}

/// Findings among their customer's, by the sort key that they have in the table.
pub fn findings_by_workflow(customer: &CustomerId, sort_key: &str) -> IndexKey {
    IndexKey::new(findings_of(customer), sort_key)
}

/// Index partition of one workflow's changes.
pub fn changes_of(customer: &CustomerId, id: &WorkflowId) -> String {
    format!("CHANGES#{customer}#{id}")
}

/// A change among its workflow's, by time.
pub fn change_by_workflow(customer: &CustomerId, at: Timestamp, id: &WorkflowId) -> IndexKey {
    IndexKey::new(changes_of(customer, id), at.to_string())
}

/// Index partition of the definitions that one workflow had before.
pub fn kept_definitions_of(customer: &CustomerId, id: &WorkflowId) -> String {
    format!("KEPT#{customer}#{id}")
}

/// A kept definition among those of its workflow, by the time of its replacement.
pub fn kept_by_time(customer: &CustomerId, id: &WorkflowId, replaced_at: Timestamp, hash: &str) -> IndexKey {
    IndexKey::new(kept_definitions_of(customer, id), format!("{replaced_at}#{hash}"))
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

/// The index sort keys of the names that begin with a text. They include others, so the caller compares the names themselves.
///
/// Items not written since names were folded by Unicode rules still have keys in plain lower case. If the two forms differ, the
/// range spans both.
pub fn names(beginning: &str) -> SortKeys {
    beginning_with([folded(beginning), beginning.to_lowercase()].map(cut))
}

/// The index sort keys of one name, in any case and normal form. They include a few others, as those of [`names`] do.
pub fn named(name: &str) -> SortKeys {
    beginning_with([by_name(name, &""), format!("{}#", cut(name.to_lowercase()))])
}

fn beginning_with(mut forms: [String; 2]) -> SortKeys {
    forms.sort_unstable();
    let [from, to] = forms;
    if from == to { SortKeys::Prefix(from) } else { SortKeys::Between(from, format!("{to}{}", char::MAX)) }
}

fn by_name(name: &str, id: &impl Display) -> String {
    format!("{}#{id}", cut(folded(name)))
}

/// A folded name, cut at a character to the length of an index key.
fn cut(mut name: String) -> String {
    name.truncate(name.floor_char_boundary(NAME_BYTES));
    name
}

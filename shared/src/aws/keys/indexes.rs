//! Where items stand in the two indexes; the head of [`super`] lists what is in which.

use std::fmt::Display;

use super::ALL;
use crate::{
    aws::table::SortKeys,
    domain::{
        ids::{AuditId, CustomerId, JobId, UserId, WorkflowId},
        job::State,
        name::folded,
        time::Timestamp,
    },
};

/// The attribute names of the indexes' keys.
pub const GSI1PK: &str = "GSI1PK";
/// See [`GSI1PK`].
pub const GSI1SK: &str = "GSI1SK";
/// See [`GSI1PK`].
const GSI2SK: &str = "GSI2SK";

/// The longest part of a name that goes into the index (DynamoDB's bound is 1,024 bytes for the whole key).
const NAME_BYTES: usize = 200;

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

//! Single writes and their conditions.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    addition::Addition,
    items::{Item, number},
    keys::Key,
};

/// The condition of a write.
#[derive(Clone, Debug)]
pub enum Condition {
    /// No condition.
    None,
    /// The item does not exist.
    Absent,
    /// The item exists.
    Exists,
    /// The item's write number is this one.
    RevIs(u64),
    /// An expression over attributes whose names are not reserved words.
    That(&'static str, Vec<(&'static str, AttributeValue)>),
}

impl Condition {
    /// The condition that the item was not written since it was read at `rev`; 0 = there was none.
    pub const fn unchanged_since(rev: u64) -> Self {
        if rev == 0 { Self::Absent } else { Self::RevIs(rev) }
    }
}

/// One write of a transaction.
#[derive(Clone, Debug)]
pub enum Write {
    /// Stores an item.
    Put(Box<Item>, Condition),
    /// Removes an item.
    Delete(Key, Condition),
    /// Changes nothing; fails if the condition does not hold.
    Check(Key, Condition),
    /// Adds to counters; it has no condition.
    Add(Addition),
}

/// A condition as an expression and its values.
pub(super) fn expression(condition: &Condition) -> (Option<String>, Option<Item>) {
    let values = |values: &[(&'static str, AttributeValue)]| {
        Some(values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    };
    match condition {
        Condition::None => (None, None),
        Condition::Absent => (Some("attribute_not_exists(PK)".to_owned()), None),
        Condition::Exists => (Some("attribute_exists(PK)".to_owned()), None),
        Condition::RevIs(rev) => (Some("rev = :rev".to_owned()), values(&[(":rev", number(*rev))])),
        Condition::That(text, given) => (Some((*text).to_owned()), if given.is_empty() { None } else { values(given) }),
    }
}

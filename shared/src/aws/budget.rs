//! The bound on what all lists of one request may read. See D-59.
//!
//! DynamoDB charges for what a query reads, not for what a filter lets through, and a function has seconds. So a list with few
//! matches ends its page early, when the budget is spent, and returns a cursor, instead of reading on until the page is full.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use aws_sdk_dynamodb::types::AttributeValue;

use super::items::Item;

/// The units that one request may read: a thousand small records, or one megabyte of larger ones.
const OF_A_REQUEST: usize = 1000;
/// The size of one unit in bytes.
const UNIT: usize = 1024;

/// The units left to read, shared by all readers of one request. Pages in flight when it reaches zero may overdraw it.
#[derive(Debug)]
pub struct Budget(AtomicUsize);

impl Default for Budget {
    fn default() -> Self {
        Self::of(OF_A_REQUEST)
    }
}

impl Budget {
    /// A budget of `units`.
    pub const fn of(units: usize) -> Self {
        Self(AtomicUsize::new(units))
    }

    /// True if nothing is left: no reader starts another read then.
    pub fn is_spent(&self) -> bool {
        self.0.load(Relaxed) == 0
    }

    /// Takes the cost of a page: a unit for every begun kilobyte of each item, and one unit for a page without items.
    pub(super) fn spend<'a>(&self, items: impl IntoIterator<Item = &'a Item>) {
        let units: usize = items.into_iter().map(|item| weight(item).div_ceil(UNIT)).sum();
        self.spend_units(units.max(1));
    }

    /// Takes `units`.
    pub fn spend_units(&self, units: usize) {
        // The closure always gives a value, so this cannot fail.
        let _ = self.0.fetch_update(Relaxed, Relaxed, |left| Some(left.saturating_sub(units)));
    }
}

/// The approximate size of an item in bytes, as DynamoDB counts.
fn weight(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + weight_of(value)).sum()
}

fn weight_of(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::L(values) => values.iter().map(weight_of).sum(),
        AttributeValue::M(values) => weight(values),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(bytes: usize) -> Item {
        Item::from([("a".to_owned(), AttributeValue::L(vec![AttributeValue::S("x".repeat(bytes - 1))]))])
    }

    #[test]
    fn a_request_may_read_a_thousand_small_records_or_a_megabyte_of_large_ones() {
        for (many, bytes) in [(1000, 10), (1000, 1024), (500, 1025), (4, 250 * 1024)] {
            let budget = Budget::default();
            budget.spend(&vec![item(bytes); many - 1]);
            assert!(!budget.is_spent(), "{many} of {bytes}");
            budget.spend(&[item(bytes)]);
            assert!(budget.is_spent(), "{many} of {bytes}");
        }
    }

    #[test]
    fn asking_where_nothing_is_costs_too() {
        let budget = Budget::of(2);

        budget.spend(&[]);
        assert!(!budget.is_spent());
        budget.spend(&[]);
        assert!(budget.is_spent());
    }
}

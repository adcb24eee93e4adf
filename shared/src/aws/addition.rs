//! Additions to counters that are kept in the table.
//!
//! What must stay true: a transaction may name an item once, so all that it adds to one counter is summed up first. And
//! transactions that add to one item wait for each other, so each counter is spread over shards, and a transaction picks one of
//! them at random.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{
    error::BuildError,
    types::{AttributeValue, TransactWriteItem, Update},
};

use super::{
    items::{TTL, key_item},
    keys::{self, Key},
};

/// The number of items (shards) over which a counter is spread. One query reads all shards of a day.
const SHARDS: u64 = 32;

/// An addition to the counters of one item.
#[derive(Clone, Debug)]
pub struct Addition {
    /// The key of the item, without its shard.
    pub to: Key,
    /// The counters by attribute name, and the amount to add to each.
    pub numbers: Vec<(&'static str, i64)>,
    /// The moment of removal by DynamoDB, in seconds since the epoch; none to keep the item.
    pub ttl: Option<i64>,
}

/// The additions of one transaction.
#[derive(Debug, Default)]
pub(super) struct Additions(BTreeMap<(String, Key), Sum>);

#[derive(Debug, Default)]
struct Sum {
    numbers: BTreeMap<&'static str, i64>,
    ttl: Option<i64>,
}

impl Additions {
    pub(super) fn add(&mut self, table: &str, addition: Addition) {
        let sum = self.0.entry((table.to_owned(), addition.to)).or_default();
        for (name, number) in addition.numbers {
            *sum.numbers.entry(name).or_default() += number;
        }
        sum.ttl = addition.ttl;
    }

    /// Returns one write for each item whose sum is not zero.
    ///
    /// # Errors
    /// [`BuildError`] if a write lacks a field; that is a bug.
    pub(super) fn into_items(self) -> Result<Vec<TransactWriteItem>, BuildError> {
        let mut items = Vec::new();
        for ((table, to), mut sum) in self.0 {
            sum.numbers.retain(|_, number| *number != 0);
            if !sum.numbers.is_empty() {
                let shard = keys::shard(&to, fastrand::u64(0..SHARDS));
                items.push(TransactWriteItem::builder().update(sum.update(&table, &shard)?).build());
            }
        }
        Ok(items)
    }
}

impl Sum {
    fn update(&self, table: &str, key: &Key) -> Result<Update, BuildError> {
        let mut update = Update::builder().table_name(table).set_key(Some(key_item(key)));
        let mut additions = Vec::new();
        for (at, (name, number)) in self.numbers.iter().enumerate() {
            additions.push(format!("#n{at} :n{at}"));
            update = update.expression_attribute_names(format!("#n{at}"), *name);
            update = update.expression_attribute_values(format!(":n{at}"), AttributeValue::N(number.to_string()));
        }
        let mut expression = format!("ADD {}", additions.join(", "));
        if let Some(ttl) = self.ttl {
            expression.push_str(" SET #ttl = :ttl");
            update = update.expression_attribute_names("#ttl", TTL);
            update = update.expression_attribute_values(":ttl", AttributeValue::N(ttl.to_string()));
        }
        update.update_expression(expression).build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addition(numbers: &[(&'static str, i64)]) -> Addition {
        Addition { to: keys::totals(), numbers: numbers.to_vec(), ttl: None }
    }

    #[test]
    fn what_a_transaction_adds_to_one_number_is_summed_up_and_nothing_is_added_where_that_is_nothing() {
        let mut additions = Additions::default();
        additions.add("data", addition(&[("queued", 1), ("running", -1)]));
        additions.add("data", addition(&[("running", 1), ("active", 1)]));

        let items = additions.into_items().unwrap();

        let [item] = items.as_slice() else { panic!("{items:?}") };
        let names = item.update.as_ref().unwrap().expression_attribute_names.clone().unwrap();
        let mut names: Vec<_> = names.into_values().collect();
        names.sort_unstable();
        assert_eq!(names, ["active", "queued"]);
        let mut nothing = Additions::default();
        nothing.add("data", addition(&[("queued", 1)]));
        nothing.add("data", addition(&[("queued", -1)]));
        assert!(nothing.into_items().unwrap().is_empty());
    }
}

//! For tests: a table that answers queries like one of DynamoDB's, page by page, and counts the reads.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use super::tables::Tables;
use crate::aws::{items::Item, table::Table};

/// The table's name.
const NAME: &str = "data";

/// The table's items, and the reads so far.
pub struct Shelf {
    /// The table for the tested code.
    pub table: Table,
    queries: Arc<AtomicUsize>,
    records: Arc<AtomicUsize>,
}

impl Shelf {
    /// A table that holds these items.
    pub fn of(items: &[Item]) -> Self {
        let mut tables = Tables::default();
        items.iter().for_each(|item| tables.put(NAME, wire_form(item)));
        let (queries, records) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counters = (Arc::clone(&queries), Arc::clone(&records));
        let sdk = super::answering(move |operation, request| {
            assert_eq!(operation, "Query", "nothing else is answered");
            let page = tables.query(&request);
            counters.0.fetch_add(1, SeqCst);
            counters.1.fetch_add(page["Items"].as_array().unwrap().len(), SeqCst);
            (200, page)
        });
        Self { table: Table::new(aws_sdk_dynamodb::Client::new(&sdk), NAME), queries, records }
    }

    /// The number of queries, and of items that they read, since the last call.
    pub fn read(&self) -> (usize, usize) {
        (self.queries.swap(0, SeqCst), self.records.swap(0, SeqCst))
    }
}

/// An item in DynamoDB's wire format.
fn wire_form(item: &Item) -> Value {
    item.iter().map(|(name, value)| (name.clone(), told_value(value))).collect()
}

fn told_value(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Bool(flag) => json!({"BOOL": flag}),
        AttributeValue::L(values) => json!({"L": values.iter().map(told_value).collect::<Vec<_>>()}),
        AttributeValue::M(values) => json!({"M": wire_form(values)}),
        _ => json!({"NULL": true}),
    }
}

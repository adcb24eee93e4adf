//! For tests: a table that answers queries like one of DynamoDB's, page by page, and counts the reads.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use crate::aws::{items::Item, table::Table};

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
        let items: Vec<Value> = items.iter().map(wire_form).collect();
        let (queries, records) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counters = (Arc::clone(&queries), Arc::clone(&records));
        let sdk = super::answering(move |operation, request| {
            assert_eq!(operation, "Query", "nothing else is answered");
            let page = query(&items, &request);
            counters.0.fetch_add(1, SeqCst);
            counters.1.fetch_add(page["Items"].as_array().unwrap().len(), SeqCst);
            (200, page)
        });
        Self { table: Table::new(aws_sdk_dynamodb::Client::new(&sdk), "data"), queries, records }
    }

    /// The number of queries, and of items that they read, since the last call.
    pub fn read(&self) -> (usize, usize) {
        (self.queries.swap(0, SeqCst), self.records.swap(0, SeqCst))
    }
}

fn query(items: &[Value], request: &Value) -> Value {
    let index = !request["IndexName"].is_null();
    let (pk, sk) = if index { ("GSI1PK", "GSI1SK") } else { ("PK", "SK") };
    let value = |name: &str| request["ExpressionAttributeValues"][name]["S"].as_str();
    let key = |item: &Value| item[sk]["S"].as_str().unwrap_or_default().to_owned();
    let is_meant = |key: &str| {
        value(":sk").is_none_or(|prefix| key.starts_with(prefix))
            && value(":from").is_none_or(|from| from <= key)
            && value(":to").is_none_or(|to| key <= to)
    };
    let descending = request["ScanIndexForward"] == false;
    let mut range: Vec<&Value> = items.iter().filter(|item| item[pk]["S"].as_str() == value(":pk")).collect();
    range.retain(|item| is_meant(&key(item)));
    range.sort_by_key(|item| key(item));
    if descending {
        range.reverse();
    }
    let start = request["ExclusiveStartKey"][sk]["S"].as_str();
    let from = start.map_or(0, |start| range.iter().position(|item| key(item) == start).unwrap() + 1);
    let limit = request["Limit"].as_u64().map_or(usize::MAX, |limit| usize::try_from(limit).unwrap());
    let page: Vec<&&Value> = range[from..].iter().take(limit).collect();
    // DynamoDB does not check whether an item follows the last one of a full page.
    let last = page.last().filter(|_| page.len() == limit);
    let last = last.map(|last| json!({"PK": last["PK"], "SK": last["SK"], pk: last[pk], sk: last[sk]}));
    json!({"Items": page, "Count": page.len(), "LastEvaluatedKey": last})
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

//! For tests: DynamoDB's tables, and its answers to the operations of this program. Items are in DynamoDB's wire format.
//!
//! What must stay true: what DynamoDB would refuse is refused or ends the test, and so does what this does not know.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::expression::{holds, updated};
use crate::aws::keys::Key;

/// The parts of requests that are known here; another one would change their meaning.
const KNOWN: [&str; 19] = [
    "ClientRequestToken",
    "ConditionExpression",
    "ConsistentRead",
    "ExclusiveStartKey",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "IndexName",
    "Item",
    "Key",
    "KeyConditionExpression",
    "Keys",
    "Limit",
    "ProjectionExpression",
    "RequestItems",
    "ScanIndexForward",
    "Select",
    "TableName",
    "TransactItems",
    "UpdateExpression",
];
/// The conditions of queries.
const RANGES: [&str; 3] =
    ["#pk = :pk", "#pk = :pk AND begins_with(#sk, :sk)", "#pk = :pk AND #sk BETWEEN :from AND :to"];

/// The table and the key of an item.
type Place = (String, String, String);

/// The items of all tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables(BTreeMap<Place, Value>);

impl Tables {
    /// Stores an item, whatever was there.
    pub fn put(&mut self, table: &str, item: Value) {
        self.0.insert(place(table, &item), item);
    }

    /// Raises the write number of an item, as another writer would.
    pub fn raise_rev(&mut self, table: &str, key: &Key) {
        let item = self.0.get_mut(&(table.to_owned(), key.pk.clone(), key.sk.clone())).unwrap();
        let rev: u64 = item["rev"]["N"].as_str().unwrap().parse().unwrap();
        item["rev"] = json!({"N": (rev + 1).to_string()});
    }

    /// The items of a table.
    pub fn items(&self, table: &str) -> Vec<&Value> {
        self.0.iter().filter(|((of, ..), _)| of == table).map(|(_, item)| item).collect()
    }

    /// Answers one request: a status and a body.
    pub fn answer(&mut self, operation: &str, request: &Value) -> (u16, Value) {
        check(request);
        match operation {
            "GetItem" => (200, self.at(request).map_or_else(|| json!({}), |item| json!({"Item": item}))),
            "BatchGetItem" => (200, self.get_many(request)),
            "Query" => (200, self.query(request)),
            "PutItem" | "UpdateItem" | "DeleteItem" if !holds(self.at(request), request) => {
                (400, json!({"__type": "ConditionalCheckFailedException", "message": "The conditional request failed"}))
            }
            "PutItem" | "UpdateItem" | "DeleteItem" => {
                self.write(operation.trim_end_matches("Item"), request);
                (200, json!({}))
            }
            "BatchWriteItem" => {
                self.write_many(request);
                (200, json!({}))
            }
            "TransactWriteItems" => self.transact(request["TransactItems"].as_array().unwrap()),
            _ => panic!("an unknown operation: {operation} {request}"),
        }
    }

    /// All or nothing.
    fn transact(&mut self, items: &[Value]) -> (u16, Value) {
        let writes: Vec<(&String, &Value)> = items.iter().flat_map(|item| item.as_object().unwrap()).collect();
        writes.iter().for_each(|(_, write)| check(write));
        let places: BTreeSet<Place> = writes.iter().map(|(_, write)| place_of(write)).collect();
        assert!(places.len() == writes.len(), "DynamoDB refuses a transaction that names an item twice: {items:?}");
        assert!(writes.len() <= 100, "DynamoDB refuses a transaction of {} writes", writes.len());
        let reasons: Vec<Value> = writes
            .iter()
            .map(|(_, write)| holds(self.at(write), write))
            .map(|holds| json!({"Code": if holds { "None" } else { "ConditionalCheckFailed" }}))
            .collect();
        if reasons.iter().any(|reason| reason["Code"] != "None") {
            return (400, json!({"__type": "TransactionCanceledException", "CancellationReasons": reasons}));
        }
        for (operation, write) in writes {
            self.write(operation, write);
        }
        (200, json!({}))
    }

    fn write(&mut self, operation: &str, write: &Value) {
        let place = place_of(write);
        match operation {
            "Put" => drop(self.0.insert(place, write["Item"].clone())),
            "Delete" => drop(self.0.remove(&place)),
            "Update" => {
                let item = self.0.get(&place).unwrap_or(&write["Key"]).clone();
                self.0.insert(place, updated(item, write));
            }
            "ConditionCheck" => {}
            _ => panic!("an unknown write: {operation} {write}"),
        }
    }

    /// Deletions only: this program sends no others in batches.
    fn write_many(&mut self, request: &Value) {
        for (table, writes) in request["RequestItems"].as_object().unwrap() {
            let writes = writes.as_array().unwrap();
            assert!(writes.len() <= 25, "DynamoDB refuses a batch of {} writes", writes.len());
            writes.iter().for_each(|write| drop(self.0.remove(&place(table, &write["DeleteRequest"]["Key"]))));
        }
    }

    fn at(&self, request: &Value) -> Option<&Value> {
        self.0.get(&place_of(request))
    }

    fn get_many(&self, request: &Value) -> Value {
        let tables = request["RequestItems"].as_object().unwrap();
        let found = |(table, wanted): (&String, &Value)| {
            check(wanted);
            let keys = wanted["Keys"].as_array().unwrap();
            let items = keys.iter().filter_map(|key| self.0.get(&place(table, key))).cloned().collect();
            (table.clone(), Value::Array(items))
        };
        json!({"Responses": tables.iter().map(found).collect::<serde_json::Map<_, _>>()})
    }

    /// One page of a query.
    pub(super) fn query(&self, request: &Value) -> Value {
        let condition = request["KeyConditionExpression"].as_str().unwrap();
        assert!(RANGES.contains(&condition), "an unknown range: {condition}");
        let index = request["IndexName"].as_str();
        assert!(index.is_none() || request["ConsistentRead"] != true, "an index has no consistent reads");
        let (pk, sk) = match index {
            None => ("PK", "SK"),
            Some("GSI1") => ("GSI1PK", "GSI1SK"),
            Some("GSI2") => ("GSI2PK", "GSI2SK"),
            Some(other) => panic!("an unknown index: {other}"),
        };
        assert_eq!(request["ExpressionAttributeNames"]["#pk"], pk, "the partition of another index");
        let value = |name: &str| request["ExpressionAttributeValues"][name]["S"].as_str();
        let key = |item: &Value| item[sk]["S"].as_str().unwrap_or_default().to_owned();
        let is_meant = |key: &str| {
            value(":sk").is_none_or(|prefix| key.starts_with(prefix))
                && value(":from").is_none_or(|from| from <= key)
                && value(":to").is_none_or(|to| key <= to)
        };
        let items = self.items(request["TableName"].as_str().unwrap()).into_iter();
        let mut range: Vec<&Value> = items.filter(|item| item[pk]["S"].as_str() == value(":pk")).collect();
        range.retain(|item| is_meant(&key(item)));
        range.sort_by_key(|item| key(item));
        if request["ScanIndexForward"] == false {
            range.reverse();
        }
        let start = request["ExclusiveStartKey"][sk]["S"].as_str();
        let from = start.map_or(0, |start| range.iter().position(|item| key(item) == start).unwrap() + 1);
        let limit = request["Limit"].as_u64().map_or(usize::MAX, |limit| usize::try_from(limit).unwrap());
        let page: Vec<&Value> = range[from..].iter().take(limit).copied().collect();
        // DynamoDB does not check whether an item follows the last one of a full page.
        let last = page.last().filter(|_| page.len() == limit);
        let last = last.map(|last| json!({"PK": last["PK"], "SK": last["SK"], pk: last[pk], sk: last[sk]}));
        let count = page.len();
        let shown = match (index, request["ProjectionExpression"].as_str()) {
            (Some("GSI2"), _) => Some(vec!["PK", "SK", pk, sk]),
            (_, Some(names)) => Some(names.split(", ").collect()),
            _ => None,
        };
        let items: Vec<Value> = page.into_iter().map(|item| projected(item, shown.as_deref())).collect();
        let items = if request["Select"] == "COUNT" { None } else { Some(items) };
        json!({"Items": items, "Count": count, "LastEvaluatedKey": last})
    }
}

fn projected(item: &Value, names: Option<&[&str]>) -> Value {
    let Some(names) = names else { return item.clone() };
    let attributes = item.as_object().unwrap().iter().filter(|(name, _)| names.contains(&name.as_str()));
    attributes.map(|(name, value)| (name.clone(), value.clone())).collect::<serde_json::Map<_, _>>().into()
}

/// Ends the test at a part that is not known here.
fn check(request: &Value) {
    for part in request.as_object().unwrap().keys() {
        assert!(KNOWN.contains(&part.as_str()), "an unknown part: {part} of {request}");
    }
}

fn place_of(request: &Value) -> Place {
    let item = if request["Item"].is_null() { &request["Key"] } else { &request["Item"] };
    place(request["TableName"].as_str().unwrap(), item)
}

fn place(table: &str, item: &Value) -> Place {
    let part = |name: &str| item[name]["S"].as_str().unwrap_or_else(|| panic!("no key: {item}")).to_owned();
    (table.to_owned(), part("PK"), part("SK"))
}

//! Records as items and back: fields, keys, and `rev`, the number of the write that stored them.
//!
//! What must stay true: an unreadable item (one that a later version of the program wrote, say) fails no read of many items:
//! those reads use [`readable`].

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    keys::{IndexKey, Key, PK, SK},
    store_error::StoreError,
};
use crate::telemetry::{self, Metric};

/// A stored item.
pub type Item = HashMap<String, AttributeValue>;

/// The attribute that counts an item's writes.
const REV: &str = "rev";
/// The attribute that DynamoDB's TTL reads, in seconds since the epoch.
pub(super) const TTL: &str = "ttl";

/// A record and the number of its last write.
#[derive(Clone, Debug)]
pub struct Stored<T> {
    /// The record.
    pub value: T,
    /// Its write number.
    pub rev: u64,
}

/// Turns a record into an item: its fields, its keys, and `rev`, the number of the write that stores it.
///
/// # Errors
/// [`StoreError::Refused`] if the record has no storable form; that is a bug.
pub fn to_item<T: Serialize>(
    record: &T,
    key: &Key,
    index: Option<&IndexKey>,
    rev: u64,
    ttl: Option<i64>,
) -> Result<Item, StoreError> {
    let mut item = fields(record)?;
    item.extend(key_item(key));
    item.extend(index.into_iter().flat_map(index_attributes));
    item.insert(REV.to_owned(), number(rev));
    if let Some(ttl) = ttl {
        item.insert(TTL.to_owned(), AttributeValue::N(ttl.to_string()));
    }
    Ok(item)
}

/// Turns a record into its fields alone.
///
/// # Errors
/// As [`to_item`].
pub(super) fn fields<T: Serialize>(record: &T) -> Result<Item, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(record).map_err(|error| StoreError::Refused(error.into()))
}

/// Reads a record back from its item.
///
/// # Errors
/// [`StoreError::Corrupt`] if the item does not have the shape of a `T`.
pub fn parse<T: DeserializeOwned>(item: Item) -> Result<Stored<T>, StoreError> {
    let key = key_of(&item);
    let rev = item.get(REV).and_then(|rev| rev.as_n().ok()).and_then(|rev| rev.parse().ok()).unwrap_or_default();
    let value = serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(|error| StoreError::Corrupt {
        pk: key.pk,
        sk: key.sk,
        source: error.into(),
    })?;
    Ok(Stored { value, rev })
}

/// Reads one record of many. An unreadable one is counted, logged with its key, and returned as none.
pub fn readable<T: DeserializeOwned>(item: Item) -> Option<T> {
    match parse(item) {
        Ok(stored) => Some(stored.value),
        Err(error) => {
            report_unreadable(&error);
            None
        }
    }
}

/// Counts an unreadable record that is left out of many, and logs its key.
pub fn report_unreadable(error: &StoreError) {
    telemetry::count(Metric::UnreadableRecord);
    let error: &dyn std::error::Error = error;
    tracing::error!(error, cause = error.source(), "a record cannot be read and is left out");
}

/// The primary key of an item.
pub fn key_of(item: &Item) -> Key {
    let text = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
    Key { pk: text(PK), sk: text(SK) }
}

/// The attributes that put an item into an index.
pub(super) fn index_attributes(key: &IndexKey) -> [(String, AttributeValue); 2] {
    let (pk, sk) = key.index.attributes();
    [(pk.to_owned(), AttributeValue::S(key.pk.clone())), (sk.to_owned(), AttributeValue::S(key.sk.clone()))]
}

/// A number attribute.
pub fn number(n: u64) -> AttributeValue {
    AttributeValue::N(n.to_string())
}

/// The approximate size of an item in bytes, as DynamoDB counts: names and values, and a little for each part of a list or map.
pub(super) fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + size_of_value(value)).sum()
}

fn size_of_value(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::L(parts) => 3 + parts.iter().map(|part| 1 + size_of_value(part)).sum::<usize>(),
        AttributeValue::M(parts) => 3 + parts.len() + size(parts),
        _ => 1,
    }
}

/// The key attributes of an item.
pub(super) fn key_item(key: &Key) -> Item {
    HashMap::from([
        (PK.to_owned(), AttributeValue::S(key.pk.clone())),
        (SK.to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}

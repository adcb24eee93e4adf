//! One DynamoDB table: typed reads, pages, and conditional transactions.
//!
//! What must stay true:
//! - Every stored record carries `rev`, raised by each write and checked by the next ("nobody wrote since I read"). A lost
//!   race is [`StoreError::Conflict`]: read again, decide again.
//! - All state changes are transactions ([`super::write`]).
//! - "No more" is told by the missing `LastEvaluatedKey` alone, never by an empty page.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    operation::query::builders::QueryFluentBuilder,
    types::{AttributeValue, DeleteRequest, KeysAndAttributes, Select, WriteRequest},
};
use futures::future::try_join_all;
use serde::de::DeserializeOwned;

pub use super::{
    items::{Item, Stored, key_of, number, parse, to_item},
    keys::Key,
    store_error::StoreError,
    write::{Condition, Write, write_across},
};
use super::{
    items::{TTL, key_item},
    keys::{GSI1, GSI1PK, GSI1SK, PK, SK},
    store_error::classify,
    write::expression,
};

/// How often a batch is sent of which DynamoDB leaves something over: enough for a hundred items if it does half each time.
const ROUNDS: u32 = 8;
/// Reads in flight where many items are read one by one.
const READS_AT_ONCE: usize = 4;

/// A page of a query, and where the next one starts.
#[derive(Debug)]
pub struct Page {
    /// The items.
    pub items: Vec<Item>,
    /// The last key of this page, when there may be more.
    pub last: Option<Item>,
}

/// The sort keys of a range.
#[derive(Clone, Debug)]
pub enum SortKeys {
    /// Those that start with this.
    Prefix(String),
    /// Those from the first to the second, both included.
    Between(String, String),
}

/// A query within one partition.
#[derive(Clone, Debug)]
pub struct Range {
    /// The partition (of the table, or of the index when `index` is set).
    pub partition: String,
    /// Which sort keys.
    pub keys: SortKeys,
    /// Whether the index is meant.
    pub index: bool,
    /// Newest (largest) first.
    pub descending: bool,
    /// How many items DynamoDB reads for one page.
    pub limit: Option<i32>,
    /// Only these attributes.
    pub projection: Option<&'static str>,
}

impl Range {
    /// All of a partition whose sort keys start with `prefix`, ascending.
    pub fn table(partition: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self {
            partition: partition.into(),
            keys: SortKeys::Prefix(prefix.into()),
            index: false,
            descending: false,
            limit: None,
            projection: None,
        }
    }

    /// The same over the index.
    pub fn index(partition: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self { index: true, ..Self::table(partition, prefix) }
    }
}

/// One table.
#[derive(Clone, Debug)]
pub struct Table {
    client: Client,
    name: String,
}

impl Table {
    /// The table of that name.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// Another table, over the same connections.
    pub fn beside(&self, name: &str) -> Self {
        Self::new(self.client.clone(), name)
    }

    /// Who talks to DynamoDB.
    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    /// The table's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Reads one record, strongly consistent.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<Stored<T>>, StoreError> {
        match self.get_item(key).await? {
            Some(item) => Ok(Some(parse(item)?)),
            None => Ok(None),
        }
    }

    /// Reads one item as it is, strongly consistent.
    pub async fn get_item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key_item(key)))
            .consistent_read(true)
            .send()
            .await
            .map_err(classify)?;
        Ok(answer.item)
    }

    /// Reads items by their keys, strongly consistent, in the order of the keys; none for what is not there.
    pub async fn get_items(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let mut items = Vec::with_capacity(keys.len());
        for some in keys.chunks(READS_AT_ONCE) {
            items.extend(try_join_all(some.iter().map(|key| self.get_item(key))).await?);
        }
        Ok(items)
    }

    /// Reads many records (at most 100 keys), in no order; absent ones are left out. What DynamoDB leaves over is asked for again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it keeps leaving some over: the caller comes back later.
    pub async fn get_many<T: DeserializeOwned>(&self, keys: &[Key]) -> Result<Vec<(Key, T)>, StoreError> {
        let mut found = Vec::new();
        let mut left: Vec<Item> = keys.iter().map(key_item).collect();
        let mut round = 0;
        while !left.is_empty() {
            pause_before(round).await?;
            round += 1;
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(std::mem::take(&mut left)))
                .consistent_read(true)
                .build()
                .map_err(|error| StoreError::Refused(error.into()))?;
            let answer =
                self.client.batch_get_item().request_items(&self.name, wanted).send().await.map_err(classify)?;
            for item in answer.responses.into_iter().flatten().flat_map(|(_, items)| items) {
                let key = key_of(&item);
                found.push((key, parse::<T>(item)?.value));
            }
            left = answer.unprocessed_keys.into_iter().flatten().flat_map(|(_, rest)| rest.keys).collect();
        }
        Ok(found)
    }

    /// Reads one page of a range.
    pub async fn page(&self, range: &Range, after: Option<Item>) -> Result<Page, StoreError> {
        let Some(query) = self.query(range, after) else { return Ok(Page { items: Vec::new(), last: None }) };
        let answer = query
            .set_projection_expression(range.projection.map(str::to_owned))
            .scan_index_forward(!range.descending)
            .set_limit(range.limit)
            .send()
            .await
            .map_err(classify)?;
        Ok(Page {
            items: answer.items.unwrap_or_default(),
            last: answer.last_evaluated_key.filter(|key| !key.is_empty()),
        })
    }

    /// A query for the items of a range, from a position on. None: the range ends before it begins, which DynamoDB would refuse.
    fn query(&self, range: &Range, after: Option<Item>) -> Option<QueryFluentBuilder> {
        let (pk, sk) = if range.index { (GSI1PK, GSI1SK) } else { (PK, SK) };
        let mut condition = "#pk = :pk".to_owned();
        let mut query = self.client.query().table_name(&self.name).expression_attribute_names("#pk", pk);
        match &range.keys {
            SortKeys::Prefix(prefix) if prefix.is_empty() => {}
            SortKeys::Prefix(prefix) => {
                condition.push_str(" AND begins_with(#sk, :sk)");
                query = query
                    .expression_attribute_names("#sk", sk)
                    .expression_attribute_values(":sk", AttributeValue::S(prefix.clone()));
            }
            SortKeys::Between(from, to) if from > to => return None,
            SortKeys::Between(from, to) => {
                condition.push_str(" AND #sk BETWEEN :from AND :to");
                query = query
                    .expression_attribute_names("#sk", sk)
                    .expression_attribute_values(":from", AttributeValue::S(from.clone()))
                    .expression_attribute_values(":to", AttributeValue::S(to.clone()));
            }
        }
        let query = query
            .set_index_name(range.index.then(|| GSI1.to_owned()))
            // An index cannot be read consistently; the table is.
            .consistent_read(!range.index)
            .key_condition_expression(condition)
            .expression_attribute_values(":pk", AttributeValue::S(range.partition.clone()))
            .set_exclusive_start_key(after);
        Some(query)
    }

    /// Reads all of a range.
    pub async fn all(&self, range: &Range) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let page = self.page(range, after).await?;
            items.extend(page.items);
            after = page.last;
            if after.is_none() {
                return Ok(items);
            }
        }
    }

    /// Counts the items of a range without reading them out.
    pub async fn count(&self, range: &Range) -> Result<u64, StoreError> {
        let mut total = 0;
        let mut after = None;
        loop {
            let Some(query) = self.query(range, after) else { return Ok(total) };
            let answer = query.select(Select::Count).send().await.map_err(classify)?;
            total += u64::try_from(answer.count).unwrap_or_default();
            after = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if after.is_none() {
                return Ok(total);
            }
        }
    }

    /// Writes all or nothing, in this table.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] names the writes whose condition did not hold; a collision with another transaction in
    /// flight is tried again, and [`StoreError::Unavailable`] in the end.
    pub async fn write(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        write_across(vec![(self, writes)]).await
    }

    /// Stores one item under a condition. Cheaper than a transaction; a lost answer may look like a conflict.
    pub async fn put(&self, item: Item, condition: &Condition) -> Result<(), StoreError> {
        let (expression, values) = expression(condition);
        self.client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .set_condition_expression(expression)
            .set_expression_attribute_values(values)
            .send()
            .await
            .map_err(classify)?;
        Ok(())
    }

    /// Sets one attribute of an item, under a condition.
    pub async fn set(
        &self,
        key: &Key,
        name: &str,
        value: AttributeValue,
        condition: &Condition,
    ) -> Result<(), StoreError> {
        let (expression, values) = expression(condition);
        let mut values = values.unwrap_or_default();
        values.insert(":value".to_owned(), value);
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key_item(key)))
            .update_expression("SET #name = :value")
            .expression_attribute_names("#name", name)
            .set_expression_attribute_values(Some(values))
            .set_condition_expression(expression)
            .send()
            .await
            .map_err(classify)?;
        Ok(())
    }

    /// Removes one item.
    pub async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.client.delete_item().table_name(&self.name).set_key(Some(key_item(key))).send().await.map_err(classify)?;
        Ok(())
    }

    /// Adds one to the number `n` of an item unless it is at `most` already; says whether it did. `ttl` in seconds.
    pub async fn count_up(&self, key: &Key, most: u64, ttl: i64) -> Result<bool, StoreError> {
        let result = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key_item(key)))
            .update_expression("ADD n :one SET #ttl = :ttl")
            .condition_expression("attribute_not_exists(n) OR n < :most")
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":most", number(most))
            .expression_attribute_values(":ttl", AttributeValue::N(ttl.to_string()))
            .send()
            .await
            .map_err(classify);
        match result {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes items in batches of 25; what DynamoDB leaves over is sent again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it keeps leaving some over: the caller comes back later.
    pub async fn delete_all(&self, keys: &[Key]) -> Result<(), StoreError> {
        let requests = keys.iter().map(|key| {
            let delete = DeleteRequest::builder().set_key(Some(key_item(key))).build();
            delete.map(|delete| WriteRequest::builder().delete_request(delete).build())
        });
        self.write_batches(requests.collect::<Result<_, _>>().map_err(|error| StoreError::Refused(error.into()))?).await
    }

    async fn write_batches(&self, requests: Vec<WriteRequest>) -> Result<(), StoreError> {
        for batch in requests.chunks(25) {
            let mut left = batch.to_vec();
            let mut round = 0;
            while !left.is_empty() {
                pause_before(round).await?;
                round += 1;
                let request = self.client.batch_write_item().request_items(&self.name, std::mem::take(&mut left));
                let answer = request.send().await.map_err(classify)?;
                left = answer.unprocessed_items.into_iter().flatten().flat_map(|(_, rest)| rest).collect();
            }
        }
        Ok(())
    }
}

/// The pause before what was left over is sent again: none before the first round, then full jitter over a doubling ceiling, and an
/// error after the last.
async fn pause_before(round: u32) -> Result<(), StoreError> {
    if round == ROUNDS {
        return Err(StoreError::Unavailable("items were left unprocessed".into()));
    }
    if let Some(doublings) = round.checked_sub(1) {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..(20 << doublings)))).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering::SeqCst},
    };

    use serde_json::{Value, json};

    use super::*;
    use crate::aws::canned;

    /// A table that leaves everything over so many times, then answers `done`; and how often it was asked.
    fn busy(times: u32, over: Value, done: Value) -> (Table, Arc<AtomicU32>) {
        let asked = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&asked);
        let sdk = canned::sdk(move |_| {
            let answer = if counter.fetch_add(1, SeqCst) < times { &over } else { &done };
            (200, answer.clone())
        });
        (Table::new(Client::new(&sdk), "data"), asked)
    }

    fn key() -> Key {
        Key { pk: "A".into(), sk: "B".into() }
    }

    fn over() -> Value {
        let key = json!({"PK": {"S": "A"}, "SK": {"S": "B"}});
        json!({
            "UnprocessedKeys": {"data": {"Keys": [key]}},
            "UnprocessedItems": {"data": [{"DeleteRequest": {"Key": key}}]},
        })
    }

    #[tokio::test]
    async fn what_a_batch_leaves_over_is_asked_for_again_until_it_comes() {
        let item = json!({"PK": {"S": "A"}, "SK": {"S": "B"}, "n": {"N": "7"}});
        let (table, asked) = busy(2, over(), json!({"Responses": {"data": [item]}}));
        let found = table.get_many::<Value>(&[key()]).await.unwrap();
        assert_eq!((found[0].1["n"].as_u64(), asked.load(SeqCst)), (Some(7), 3));

        let (table, asked) = busy(2, over(), json!({}));
        table.delete_all(&[key()]).await.unwrap();
        assert_eq!(asked.load(SeqCst), 3);
    }

    #[tokio::test]
    async fn a_table_that_always_leaves_something_over_is_left_alone_after_eight_rounds() {
        let (table, asked) = busy(u32::MAX, over(), Value::Null);

        for result in [table.get_many::<Value>(&[key()]).await.map(drop), table.delete_all(&[key()]).await] {
            assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
        }
        assert_eq!(asked.load(SeqCst), 2 * ROUNDS);
    }
}

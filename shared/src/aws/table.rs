//! One DynamoDB table: typed reads, pages, and conditional transactions. See D-1.
//!
//! What must stay true:
//! - Every stored record carries `rev`, raised by each write and checked by the next ("unchanged since I read it"). A lost race
//!   is [`StoreError::Conflict`]: read again, decide again.
//! - All state changes are transactions ([`super::transaction`]).
//! - Only the missing `LastEvaluatedKey` says that there are no more items, never an empty page.

use aws_sdk_dynamodb::{
    Client,
    operation::query::builders::QueryFluentBuilder,
    types::{AttributeValue, Select},
};
use futures::future::try_join_all;
use serde::de::DeserializeOwned;

pub use super::{
    items::{Item, Stored, key_of, number, parse, to_item},
    keys::{Key, SortKeys},
    store_error::StoreError,
    write::{Condition, Write},
};
use super::{
    items::{TTL, key_item},
    keys::{Index, PK, SK},
    store_error::classify,
    write::expression,
};

/// The number of concurrent reads when items are read one by one.
const READS_AT_ONCE: usize = 4;

/// A page of a query, and the start of the next one.
#[derive(Debug)]
pub struct QueryPage {
    /// The items.
    pub items: Vec<Item>,
    /// The last key of this page; none if there are no more pages.
    pub last: Option<Item>,
}

/// A query within one partition.
#[derive(Clone, Debug)]
pub struct Range {
    /// The partition (of the table, or of the index).
    pub partition: String,
    /// The sort keys.
    pub keys: SortKeys,
    /// The index to query; none for the table itself.
    pub index: Option<Index>,
    /// True to read the largest sort key (the newest item) first.
    pub descending: bool,
    /// The number of items that DynamoDB reads for one page.
    pub limit: Option<i32>,
    /// The attributes to return; none for all.
    pub projection: Option<&'static str>,
}

impl Range {
    /// The items of a partition whose sort keys start with `prefix`, ascending.
    pub fn table(partition: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self {
            partition: partition.into(),
            keys: SortKeys::Prefix(prefix.into()),
            index: None,
            descending: false,
            limit: None,
            projection: None,
        }
    }

    /// The same over the index of whole items.
    pub fn index(partition: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self { index: Some(Index::Gsi1), ..Self::table(partition, prefix) }
    }

    /// A range of sort keys in the index of keys.
    pub fn of_keys(partition: impl Into<String>, keys: SortKeys) -> Self {
        Self { index: Some(Index::Gsi2), keys, ..Self::table(partition, "") }
    }
}

/// One table.
#[derive(Clone, Debug)]
pub struct Table {
    client: Client,
    name: String,
}

impl Table {
    /// The table called `name`.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// Another table, over the same connections.
    pub fn beside(&self, name: &str) -> Self {
        Self::new(self.client.clone(), name)
    }

    /// The SDK client.
    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    /// The table's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Reads one record, strongly consistent.
    ///
    /// # Errors
    /// As [`Table::get_item`]; [`StoreError::Corrupt`] if the item does not have the shape of a `T`.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<Stored<T>>, StoreError> {
        match self.get_item(key).await? {
            Some(item) => Ok(Some(parse(item)?)),
            None => Ok(None),
        }
    }

    /// Reads one stored item, strongly consistent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Refused`].
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

    /// Reads items by their keys, strongly consistent, in the order of the keys; none for each absent one.
    ///
    /// # Errors
    /// As [`Table::get_item`].
    pub async fn get_items(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let mut items = Vec::with_capacity(keys.len());
        for some in keys.chunks(READS_AT_ONCE) {
            items.extend(try_join_all(some.iter().map(|key| self.get_item(key))).await?);
        }
        Ok(items)
    }

    /// Reads one page of a range.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Refused`].
    pub async fn page(&self, range: &Range, after: Option<Item>) -> Result<QueryPage, StoreError> {
        let Some(query) = self.query(range, after) else { return Ok(QueryPage { items: Vec::new(), last: None }) };
        let answer = query
            .set_projection_expression(range.projection.map(str::to_owned))
            .scan_index_forward(!range.descending)
            .set_limit(range.limit)
            .send()
            .await
            .map_err(classify)?;
        Ok(QueryPage {
            items: answer.items.unwrap_or_default(),
            last: answer.last_evaluated_key.filter(|key| !key.is_empty()),
        })
    }

    /// A query for the items of a range from a position on; none if the range is empty by its bounds, which DynamoDB would
    /// refuse.
    fn query(&self, range: &Range, after: Option<Item>) -> Option<QueryFluentBuilder> {
        let (pk, sk) = range.index.map_or((PK, SK), Index::attributes);
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
            .set_index_name(range.index.map(|index| index.name().to_owned()))
            // DynamoDB reads an index with eventual consistency only; the table is read strongly.
            .consistent_read(range.index.is_none())
            .key_condition_expression(condition)
            .expression_attribute_values(":pk", AttributeValue::S(range.partition.clone()))
            .set_exclusive_start_key(after);
        Some(query)
    }

    /// Reads all of a range.
    ///
    /// # Errors
    /// As [`Table::page`].
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

    /// Counts the items of a range without returning them.
    ///
    /// # Errors
    /// As [`Table::page`].
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

    /// Stores one item under a condition. Cheaper than a transaction; a lost answer may look like a conflict.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the condition does not hold; [`StoreError::TooLarge`], [`StoreError::Unavailable`] or
    /// [`StoreError::Refused`].
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
    ///
    /// # Errors
    /// As [`Table::put`].
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

    /// Removes one item, if it is there.
    ///
    /// # Errors
    /// As [`Table::write`].
    pub async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.client.delete_item().table_name(&self.name).set_key(Some(key_item(key))).send().await.map_err(classify)?;
        Ok(())
    }

    /// Adds one to the number `n` of an item unless it is at `most` already; returns true if it did. `ttl` is in seconds since
    /// the epoch.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Refused`].
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
}

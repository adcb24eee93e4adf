//! One DynamoDB table: typed reads, pages, and conditional transactions.
//!
//! What must stay true:
//! - Every stored record carries `rev`, raised by each write and checked by the next ("nobody wrote since I read"). A lost
//!   race is [`StoreError::Conflict`]: read again, decide again.
//! - All state changes are transactions. The SDK gives each one idempotency token and repeats it on a retry, so a
//!   transaction that won but whose answer was lost is answered as won (R42).
//! - "No more" is told by the missing `LastEvaluatedKey` alone, never by an empty page.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, ConditionCheck, Delete, DeleteRequest, KeysAndAttributes, Put, PutRequest, Select,
        TransactWriteItem, WriteRequest,
    },
};
use serde::{Serialize, de::DeserializeOwned};

use super::keys::{GSI1, GSI1PK, GSI1SK, IndexKey, Key, PK, SK};

/// A stored item.
pub type Item = HashMap<String, AttributeValue>;

/// The attribute that counts writes.
const REV: &str = "rev";
/// The attribute that DynamoDB's TTL reads, in seconds.
const TTL: &str = "ttl";

/// A record and the number of its last write.
#[derive(Clone, Debug)]
pub struct Stored<T> {
    /// The record.
    pub value: T,
    /// Its write number.
    pub rev: u64,
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote first, or a condition of a transaction does not hold; `failed` are the positions of those
    /// writes. Read again, decide again.
    #[error("a condition did not hold (writes {failed:?})")]
    Conflict {
        /// Which writes of the transaction.
        failed: Vec<usize>,
    },
    /// An item is over DynamoDB's 400 KB.
    #[error("an item is too large to store")]
    TooLarge,
    /// Throttled, timed out, unreachable: may pass.
    #[error("the table could not be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The service refused in a way that trying again does not change.
    #[error("the table refused the request")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An item does not have the shape we wrote.
    #[error("the stored item {pk} {sk} cannot be read")]
    Corrupt {
        /// Its partition.
        pk: String,
        /// Its sort key.
        sk: String,
        /// What is wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What has to hold for a write.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Nothing.
    None,
    /// There is no such item.
    Absent,
    /// There is one.
    Exists,
    /// Its write number is this one.
    RevIs(u64),
    /// An expression over attributes whose names are not reserved words.
    That(&'static str, Vec<(&'static str, AttributeValue)>),
}

/// One write of a transaction.
#[derive(Clone, Debug)]
pub enum Write {
    /// Stores an item.
    Put(Box<Item>, Condition),
    /// Removes an item.
    Delete(Key, Condition),
    /// Changes nothing, but the condition has to hold.
    Check(Key, Condition),
}

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

    /// Reads many records (at most 100 keys), in no order; absent ones are left out.
    pub async fn get_many<T: DeserializeOwned>(&self, keys: &[Key]) -> Result<Vec<(Key, T)>, StoreError> {
        let mut found = Vec::new();
        let mut left: Vec<Item> = keys.iter().map(key_item).collect();
        while !left.is_empty() {
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
            SortKeys::Between(from, to) => {
                condition.push_str(" AND #sk BETWEEN :from AND :to");
                query = query
                    .expression_attribute_names("#sk", sk)
                    .expression_attribute_values(":from", AttributeValue::S(from.clone()))
                    .expression_attribute_values(":to", AttributeValue::S(to.clone()));
            }
        }
        let answer = query
            .set_index_name(range.index.then(|| GSI1.to_owned()))
            // An index cannot be read consistently; the table is.
            .consistent_read(!range.index)
            .key_condition_expression(condition)
            .expression_attribute_values(":pk", AttributeValue::S(range.partition.clone()))
            .set_projection_expression(range.projection.map(str::to_owned))
            .scan_index_forward(!range.descending)
            .set_limit(range.limit)
            .set_exclusive_start_key(after)
            .send()
            .await
            .map_err(classify)?;
        Ok(Page {
            items: answer.items.unwrap_or_default(),
            last: answer.last_evaluated_key.filter(|key| !key.is_empty()),
        })
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
        let pk = if range.index { GSI1PK } else { PK };
        let mut total = 0;
        let mut after = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .set_index_name(range.index.then(|| GSI1.to_owned()))
                .key_condition_expression("#pk = :pk")
                .expression_attribute_names("#pk", pk)
                .expression_attribute_values(":pk", AttributeValue::S(range.partition.clone()))
                .select(Select::Count)
                .set_exclusive_start_key(after)
                .send()
                .await
                .map_err(classify)?;
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
    /// flight is [`StoreError::Unavailable`] (the SDK has already tried again).
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

    /// Stores items in batches of 25, without conditions.
    ///
    /// # Errors
    /// As [`Table::delete_all`].
    pub async fn put_all(&self, items: Vec<Item>) -> Result<(), StoreError> {
        let requests = items.into_iter().map(|item| {
            let put = PutRequest::builder().set_item(Some(item)).build();
            put.map(|put| WriteRequest::builder().put_request(put).build())
        });
        self.write_batches(requests.collect::<Result<_, _>>().map_err(|error| StoreError::Refused(error.into()))?).await
    }

    async fn write_batches(&self, requests: Vec<WriteRequest>) -> Result<(), StoreError> {
        for batch in requests.chunks(25) {
            let mut left = batch.to_vec();
            for round in 0..6 {
                let answer = self
                    .client
                    .batch_write_item()
                    .request_items(&self.name, std::mem::take(&mut left))
                    .send()
                    .await
                    .map_err(classify)?;
                left = answer.unprocessed_items.into_iter().flatten().flat_map(|(_, rest)| rest).collect();
                if left.is_empty() {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(fastrand::u64(0..(50 << round)))).await;
            }
            if !left.is_empty() {
                return Err(StoreError::Unavailable("items were left unprocessed".into()));
            }
        }
        Ok(())
    }
}

/// Writes all or nothing across tables.
///
/// # Errors
/// As [`Table::write`]; positions count through the tables in the order given.
pub async fn write_across(parts: Vec<(&Table, Vec<Write>)>) -> Result<(), StoreError> {
    let Some((first, _)) = parts.first() else { return Ok(()) };
    let client = first.client.clone();
    let mut items = Vec::new();
    for (table, writes) in parts {
        for write in writes {
            items.push(transact_item(&table.name, write)?);
        }
    }
    let result = client.transact_write_items().set_transact_items(Some(items)).send().await;
    match result {
        Ok(_) => Ok(()),
        Err(error) => Err(classify_transaction(error)),
    }
}

/// Turns a record into an item: its fields, its keys, and `rev`, the number of the write that stores it.
///
/// # Errors
/// [`StoreError::Refused`] when the record has no storable form; that is a bug.
pub fn to_item<T: Serialize>(
    record: &T,
    key: &Key,
    index: Option<&IndexKey>,
    rev: u64,
    ttl: Option<i64>,
) -> Result<Item, StoreError> {
    let mut item: Item =
        serde_dynamo::aws_sdk_dynamodb_1::to_item(record).map_err(|error| StoreError::Refused(error.into()))?;
    item.extend(key_item(key));
    if let Some(index) = index {
        item.insert(GSI1PK.to_owned(), AttributeValue::S(index.pk.clone()));
        item.insert(GSI1SK.to_owned(), AttributeValue::S(index.sk.clone()));
    }
    item.insert(REV.to_owned(), number(rev));
    if let Some(ttl) = ttl {
        item.insert(TTL.to_owned(), AttributeValue::N(ttl.to_string()));
    }
    Ok(item)
}

/// Reads a record back from its item.
///
/// # Errors
/// [`StoreError::Corrupt`] when it is not what we wrote.
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

/// The primary key of an item.
pub fn key_of(item: &Item) -> Key {
    let text = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
    Key { pk: text(PK), sk: text(SK) }
}

/// A number attribute.
pub fn number(n: u64) -> AttributeValue {
    AttributeValue::N(n.to_string())
}

fn key_item(key: &Key) -> Item {
    HashMap::from([
        (PK.to_owned(), AttributeValue::S(key.pk.clone())),
        (SK.to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}

fn expression(condition: &Condition) -> (Option<String>, Option<Item>) {
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

fn transact_item(table: &str, write: Write) -> Result<TransactWriteItem, StoreError> {
    let bug = |error: aws_sdk_dynamodb::error::BuildError| StoreError::Refused(error.into());
    let builder = TransactWriteItem::builder();
    Ok(match write {
        Write::Put(item, condition) => {
            let (expression, values) = expression(&condition);
            let put = Put::builder()
                .table_name(table)
                .set_item(Some(*item))
                .set_condition_expression(expression)
                .set_expression_attribute_values(values);
            builder.put(put.build().map_err(bug)?).build()
        }
        Write::Delete(key, condition) => {
            let (expression, values) = expression(&condition);
            let delete = Delete::builder()
                .table_name(table)
                .set_key(Some(key_item(&key)))
                .set_condition_expression(expression)
                .set_expression_attribute_values(values);
            builder.delete(delete.build().map_err(bug)?).build()
        }
        Write::Check(key, condition) => {
            let (expression, values) = expression(&condition);
            let check = ConditionCheck::builder()
                .table_name(table)
                .set_key(Some(key_item(&key)))
                .set_condition_expression(expression)
                .set_expression_attribute_values(values);
            builder.condition_check(check.build().map_err(bug)?).build()
        }
    })
}

/// A cancelled transaction is a conflict if a condition failed; a mere collision with another one passes.
fn classify_transaction(error: SdkError<TransactWriteItemsError>) -> StoreError {
    if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() {
        let reasons = cancelled.cancellation_reasons();
        let failed: Vec<usize> = reasons
            .iter()
            .enumerate()
            .filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"))
            .map(|(position, _)| position)
            .collect();
        if !failed.is_empty() {
            return StoreError::Conflict { failed };
        }
        let passes = |code: &str| {
            matches!(code, "None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
        };
        if reasons.iter().all(|reason| reason.code().is_none_or(passes)) {
            return StoreError::Unavailable(error.into());
        }
    }
    classify(error)
}

/// Sorts what the SDK reports: passing faults, lost races, too large items, and refusals.
fn classify<E>(error: SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let SdkError::ServiceError(service) = &error else {
        return match error {
            SdkError::ConstructionFailure(_) => StoreError::Refused(error.into()),
            _ => StoreError::Unavailable(error.into()),
        };
    };
    let code = service.err().code().unwrap_or_default();
    let server_fault = service.raw().status().is_server_error();
    match code {
        "ConditionalCheckFailedException" => StoreError::Conflict { failed: vec![0] },
        "ProvisionedThroughputExceededException"
        | "ThrottlingException"
        | "RequestLimitExceeded"
        | "TransactionInProgressException"
        | "TransactionConflictException"
        | "InternalServerError" => StoreError::Unavailable(error.into()),
        "ItemCollectionSizeLimitExceededException" => StoreError::TooLarge,
        "ValidationException" if service.err().message().is_some_and(|m| m.contains("size")) => StoreError::TooLarge,
        _ if server_fault => StoreError::Unavailable(error.into()),
        _ => StoreError::Refused(error.into()),
    }
}

//! Conditional writes and transactions.
//!
//! The SDK gives each transaction one idempotency token and repeats it on a retry, so a transaction that won but whose answer
//! was lost is answered as won (R42).

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem};

use super::{
    items::{Item, key_item, number},
    keys::Key,
    store_error::{StoreError, classify_transaction, collided},
    table::Table,
};

/// How often a transaction that met another one is tried again.
const MAX_COLLISIONS: u32 = 5;

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

/// Writes all or nothing across tables.
///
/// # Errors
/// As [`Table::write`]; positions count through the tables in the order given.
pub async fn write_across(parts: Vec<(&Table, Vec<Write>)>) -> Result<(), StoreError> {
    let Some((first, _)) = parts.first() else { return Ok(()) };
    let client = first.client().clone();
    let mut items = Vec::new();
    for (table, writes) in parts {
        for write in writes {
            items.push(transact_item(table.name(), write)?);
        }
    }
    if items.is_empty() {
        return Ok(());
    }
    let mut round = 0;
    loop {
        let result = client.transact_write_items().set_transact_items(Some(items.clone())).send().await;
        let Err(error) = result else { return Ok(()) };
        // Two transactions met on an item: neither is wrong, and the SDK does not repeat it.
        if round == MAX_COLLISIONS || !collided(&error) {
            return Err(classify_transaction(error));
        }
        tokio::time::sleep(Duration::from_millis(fastrand::u64(5..(40 << round)))).await;
        round += 1;
    }
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

//! Transactions.
//!
//! The SDK gives each transaction one idempotency token and repeats it on a retry, so a transaction that succeeded but whose
//! answer was lost succeeds again (`docs/reliability.md` R42).

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::BuildError,
    types::{ConditionCheck, Delete, Put, TransactWriteItem},
};

use super::{
    addition::Additions,
    items::{Item, key_item},
    keys::Key,
    store_error::{StoreError, classify_transaction, collided},
    table::Table,
    write::{Condition, Write, expression},
};

/// The number of times that a transaction is tried again after a collision with another one.
const MAX_COLLISIONS: u32 = 5;

impl Table {
    /// Writes all or nothing, in this table.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] names the writes whose condition did not hold. A collision with a concurrent transaction is
    /// tried again, and becomes [`StoreError::Unavailable`] in the end.
    pub async fn write(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        write_across(&[(self, writes)]).await
    }
}

/// Writes all or nothing across tables.
///
/// # Errors
/// As [`Table::write`]; positions count through the tables in the order given, without the additions.
pub async fn write_across<W: AsRef<[Write]>>(parts: &[(&Table, W)]) -> Result<(), StoreError> {
    let Some((first, _)) = parts.first() else { return Ok(()) };
    let client = first.client();
    let mut round = 0;
    loop {
        // Made for each round: few need a second, and what is stored is large.
        let items = transaction(parts)?;
        if items.is_empty() {
            return Ok(());
        }
        let result = client.transact_write_items().set_transact_items(Some(items)).send().await;
        let Err(error) = result else { return Ok(()) };
        // Two transactions collided on an item: neither is wrong, and the SDK does not repeat them.
        if round == MAX_COLLISIONS || !collided(&error) {
            return Err(classify_transaction(error));
        }
        tokio::time::sleep(Duration::from_millis(fastrand::u64(5..(40 << round)))).await;
        round += 1;
    }
}

/// The writes as DynamoDB takes them, the additions last.
fn transaction<W: AsRef<[Write]>>(parts: &[(&Table, W)]) -> Result<Vec<TransactWriteItem>, StoreError> {
    let (mut items, mut additions) = (Vec::new(), Additions::default());
    for (table, writes) in parts {
        for write in writes.as_ref() {
            match write {
                Write::Add(addition) => additions.add(table.name(), addition.clone()),
                Write::Put(item, condition) => items.push(put(table.name(), Item::clone(item), condition)?),
                Write::Delete(key, condition) => items.push(delete(table.name(), key, condition)?),
                Write::Check(key, condition) => items.push(check(table.name(), key, condition)?),
            }
        }
    }
    items.extend(additions.into_items().map_err(bug)?);
    Ok(items)
}

fn put(table: &str, item: Item, condition: &Condition) -> Result<TransactWriteItem, StoreError> {
    let (expression, values) = expression(condition);
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .set_condition_expression(expression)
        .set_expression_attribute_values(values);
    Ok(TransactWriteItem::builder().put(put.build().map_err(bug)?).build())
}

fn delete(table: &str, key: &Key, condition: &Condition) -> Result<TransactWriteItem, StoreError> {
    let (expression, values) = expression(condition);
    let delete = Delete::builder()
        .table_name(table)
        .set_key(Some(key_item(key)))
        .set_condition_expression(expression)
        .set_expression_attribute_values(values);
    Ok(TransactWriteItem::builder().delete(delete.build().map_err(bug)?).build())
}

fn check(table: &str, key: &Key, condition: &Condition) -> Result<TransactWriteItem, StoreError> {
    let (expression, values) = expression(condition);
    let check = ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(key_item(key)))
        .set_condition_expression(expression)
        .set_expression_attribute_values(values);
    Ok(TransactWriteItem::builder().condition_check(check.build().map_err(bug)?).build())
}

fn bug(error: BuildError) -> StoreError {
    StoreError::Refused(error.into())
}

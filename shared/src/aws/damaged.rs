//! Notes on stored definitions that were found damaged. The functions that read definitions may not write them, so they leave a
//! note, and the next sync exports the workflow again. See D-21.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    keys,
    table::{Condition, Item, Range, StoreError, Table, key_of},
};
use crate::domain::{
    ids::{CustomerId, WorkflowId},
    time::Timestamp,
};

/// The number of notes that one sync handles; reverification finds the others.
const MOST: i32 = 100;
/// The retention of a note that no sync handles, such as that of a paused customer.
const KEPT: std::time::Duration = std::time::Duration::from_secs(30 * 24 * 3600);

/// The notes of a data table.
#[derive(Clone, Debug)]
pub struct Damaged {
    table: Table,
}

impl Damaged {
    /// The notes in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Stores a note that the definition of a workflow is damaged.
    ///
    /// # Errors
    /// Store failures.
    pub async fn note(&self, customer: &CustomerId, id: &WorkflowId, now: Timestamp) -> Result<(), StoreError> {
        let key = keys::damaged(customer, id);
        let item = Item::from([
            (keys::PK.to_owned(), AttributeValue::S(key.pk)),
            (keys::SK.to_owned(), AttributeValue::S(key.sk)),
            ("ttl".to_owned(), AttributeValue::N(now.plus(KEPT).seconds().to_string())),
        ]);
        self.table.put(item, &Condition::None).await
    }

    /// Reads the workflows of a customer whose definition was found damaged.
    ///
    /// # Errors
    /// Store failures.
    pub async fn of(&self, customer: &CustomerId) -> Result<Vec<WorkflowId>, StoreError> {
        let of_customer = keys::damaged_of(customer);
        let range = Range { limit: Some(MOST), ..Range::table(keys::DAMAGED, of_customer.as_str()) };
        let page = self.table.page(&range, None).await?;
        let id = |item: &Item| key_of(item).sk.strip_prefix(&of_customer)?.parse().ok();
        Ok(page.items.iter().filter_map(id).collect())
    }

    /// Removes the notes on these workflows.
    ///
    /// # Errors
    /// Store failures.
    pub async fn forget(&self, customer: &CustomerId, ids: &[WorkflowId]) -> Result<(), StoreError> {
        let keys: Vec<_> = ids.iter().map(|id| keys::damaged(customer, id)).collect();
        self.table.delete_all(&keys).await
    }

    /// Removes all notes on a customer's workflows.
    ///
    /// # Errors
    /// Store failures.
    pub async fn forget_customer(&self, customer: &CustomerId) -> Result<(), StoreError> {
        let notes = self.table.all(&Range::table(keys::DAMAGED, keys::damaged_of(customer))).await?;
        self.table.delete_all(&notes.iter().map(key_of).collect::<Vec<_>>()).await
    }
}

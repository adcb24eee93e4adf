//! Customers in the data table.

use std::future::ready;

use futures::{Stream, TryStreamExt as _};

use super::{
    index::records,
    keys,
    table::{Condition, Range, StoreError, Stored, Table, Write, to_item},
};
use crate::domain::{
    customer::{Customer, Status},
    ids::CustomerId,
};

/// The customers of a data table.
#[derive(Clone, Debug)]
pub struct Customers {
    table: Table,
}

impl Customers {
    /// The customers in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Reads a customer that is not being deleted.
    pub async fn get(&self, id: &CustomerId) -> Result<Option<Stored<Customer>>, StoreError> {
        Ok(self.get_any(id).await?.filter(|found| found.value.status != Status::Deleting))
    }

    /// Reads a customer, even one being deleted: for its purge.
    pub async fn get_any(&self, id: &CustomerId) -> Result<Option<Stored<Customer>>, StoreError> {
        self.table.get(&keys::profile(id)).await
    }

    /// Every customer that is not being deleted, by name, page by page. The index lags behind by moments.
    pub fn each(&self) -> impl Stream<Item = Result<Customer, StoreError>> {
        records::<Customer>(&self.table, Range::index(keys::CUSTOMERS, ""))
            .try_filter(|customer| ready(customer.status != Status::Deleting))
    }

    /// All of them at once.
    pub async fn all(&self) -> Result<Vec<Customer>, StoreError> {
        self.each().try_collect().await
    }

    /// The write that stores a customer read at `rev`; 0 = a new one.
    pub fn put(customer: &Customer, rev: u64) -> Result<Write, StoreError> {
        let index = keys::customer_by_name(&customer.name, &customer.id);
        let visible = customer.status != Status::Deleting;
        let item = to_item(customer, &keys::profile(&customer.id), visible.then_some(&index), rev + 1, None)?;
        let condition = if rev == 0 { Condition::Absent } else { Condition::RevIs(rev) };
        Ok(Write::Put(Box::new(item), condition))
    }

    /// The condition that nobody has written a customer since it was read at `rev`.
    pub fn unchanged(id: &CustomerId, rev: u64) -> Write {
        Write::Check(keys::profile(id), Condition::RevIs(rev))
    }

    /// The condition that a customer is there.
    pub fn exists(id: &CustomerId) -> Write {
        Write::Check(keys::profile(id), Condition::Exists)
    }

    /// The write that removes a customer that was read at `rev`.
    pub fn delete(id: &CustomerId, rev: u64) -> Write {
        Write::Delete(keys::profile(id), Condition::RevIs(rev))
    }
}

//! Suppressions of findings, in the data table.
//!
//! What must stay true: only the role of `customers` writes them; syncs read and remove none. They go with their customer's
//! purge.

use super::{
    items::readable,
    keys,
    table::{Condition, Range, StoreError, Table, Write, to_item},
};
use crate::domain::{
    findings::{RuleId, Suppression},
    ids::{CustomerId, WorkflowId},
};

/// The suppressions of a data table.
#[derive(Clone, Debug)]
pub struct Suppressions {
    table: Table,
}

impl Suppressions {
    /// The suppressions in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Reads all suppressions of a customer.
    ///
    /// # Errors
    /// As [`Table::all`].
    pub async fn of_customer(&self, customer: &CustomerId) -> Result<Vec<Suppression>, StoreError> {
        self.under(customer, keys::SUPPRESSION_PREFIX).await
    }

    /// Reads the suppressions of one workflow.
    ///
    /// # Errors
    /// As [`Table::all`].
    pub async fn of_workflow(&self, customer: &CustomerId, id: &WorkflowId) -> Result<Vec<Suppression>, StoreError> {
        self.under(customer, &format!("{}{id}#", keys::SUPPRESSION_PREFIX)).await
    }

    async fn under(&self, customer: &CustomerId, prefix: &str) -> Result<Vec<Suppression>, StoreError> {
        let items = self.table.all(&Range::table(keys::customer_partition(customer), prefix)).await?;
        Ok(items.into_iter().filter_map(readable).collect())
    }

    /// Reads one.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn get(
        &self,
        customer: &CustomerId,
        id: &WorkflowId,
        rule: RuleId,
    ) -> Result<Option<Suppression>, StoreError> {
        let found = self.table.get::<Suppression>(&keys::suppression(customer, id, rule)).await?;
        Ok(found.map(|found| found.value))
    }

    /// The write that stores one in place of the rule's previous one there.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if it has no storable form; that is a bug.
    pub fn put(customer: &CustomerId, suppression: &Suppression) -> Result<Write, StoreError> {
        let key = keys::suppression(customer, &suppression.zuora_id, suppression.rule);
        Ok(Write::Put(Box::new(to_item(suppression, &key, None, 1, None)?), Condition::None))
    }

    /// The write that removes one; its condition is that it exists.
    pub fn delete(customer: &CustomerId, id: &WorkflowId, rule: RuleId) -> Write {
        Write::Delete(keys::suppression(customer, id, rule), Condition::Exists)
    }
}

//! The records of definitions that workflows no longer have. See D-90.
//!
//! What must stay true: the record alone decides whether a definition is kept. Its chunks stay where they are and are not
//! written: a definition without a record, and without a workflow that names it, is an orphan ([`super::orphans`]).

use super::{
    budget::Budget,
    index::{Found, Position, filtered},
    keys,
    table::{Item, Range, StoreError, Table, to_item},
};
use crate::domain::{
    ids::{CustomerId, WorkflowId},
    kept_definition::KeptDefinition,
    time::Timestamp,
};

/// The kept definitions of a data table.
#[derive(Clone, Debug)]
pub struct KeptDefinitions {
    table: Table,
}

impl KeptDefinitions {
    /// The kept definitions in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// A record as an item, for the transaction that replaces the definition or removes its workflow.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if it has no storable form; that is a bug.
    pub fn item(customer: &CustomerId, id: &WorkflowId, kept: &KeptDefinition) -> Result<Item, StoreError> {
        let hash = &kept.definition.hash;
        let index = keys::kept_by_time(customer, id, kept.replaced_at, hash);
        to_item(kept, &keys::kept_definition(customer, id, hash), Some(&index), 1, Some(kept.kept_until.seconds()))
    }

    /// Reads the record of one definition, unless its time is over.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn get(
        &self,
        customer: &CustomerId,
        id: &WorkflowId,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<KeptDefinition>, StoreError> {
        let found = self.table.get::<KeptDefinition>(&keys::kept_definition(customer, id, hash)).await?;
        Ok(found.map(|found| found.value).filter(|kept| kept.is_shown(now)))
    }

    /// Lists the kept definitions of a workflow except its `current` one, the last replaced first. The index lags by moments.
    ///
    /// # Errors
    /// As [`filtered`].
    pub async fn list(
        &self,
        customer: &CustomerId,
        id: &WorkflowId,
        current: Option<&str>,
        after: Option<&Position>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Found<KeptDefinition>, StoreError> {
        let range = Range { descending: true, ..Range::index(keys::kept_definitions_of(customer, id), "") };
        let keep = |kept: &KeptDefinition| kept.is_shown(now) && Some(kept.definition.hash.as_str()) != current;
        filtered(&self.table, &range, after, limit, &Budget::default(), keep).await
    }
}

#[cfg(test)]
mod tests;

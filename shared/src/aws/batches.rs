//! Batches (syncs of all customers) in the data table, and the one under way.
//!
//! What must stay true: at most one is under way. A request that arrives meanwhile gets that one.

use super::{
    keys,
    table::{Condition, StoreError, Stored, Table, Write, to_item},
};
use crate::domain::{
    batch::{Batch, RETENTION},
    ids::BatchId,
};

/// The batches of a data table.
#[derive(Clone, Debug)]
pub struct Batches {
    table: Table,
}

/// The name of the newest batch.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Last {
    batch_id: BatchId,
}

impl Batches {
    /// The batches in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Reads a batch.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn get(&self, id: &BatchId) -> Result<Option<Stored<Batch>>, StoreError> {
        self.table.get(&keys::batch(id)).await
    }

    /// Returns the batch under way, if any, and the fence for beginning another.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn under_way(&self) -> Result<(Option<Stored<Batch>>, Fence), StoreError> {
        let Some(last) = self.table.get::<Last>(&keys::last_batch()).await? else { return Ok((None, Fence(0))) };
        let batch = self.get(&last.value.batch_id).await?;
        Ok((batch.filter(|batch| batch.value.finished_at.is_none()), Fence(last.rev)))
    }

    /// The writes that begin a batch if none has begun since `fence` was read.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the batch has no storable form; that is a bug.
    pub fn begin(batch: &Batch, fence: Fence) -> Result<Vec<Write>, StoreError> {
        let condition = Condition::unchanged_since(fence.0);
        let last = Last { batch_id: batch.id.clone() };
        let last = to_item(&last, &keys::last_batch(), None, fence.0 + 1, None)?;
        Ok(vec![Write::Put(Box::new(last), condition), put(batch, 0)?])
    }

    /// Stores a batch that was read at `rev`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if another caller has stored it since.
    pub async fn save(&self, batch: &Batch, rev: u64) -> Result<(), StoreError> {
        self.table.write(vec![put(batch, rev)?]).await
    }
}

/// The `rev` at which the name of the newest batch was read.
#[derive(Clone, Copy, Debug)]
pub struct Fence(u64);

fn put(batch: &Batch, rev: u64) -> Result<Write, StoreError> {
    let condition = Condition::unchanged_since(rev);
    let kept_until = batch.created_at.plus(RETENTION).seconds();
    let item = to_item(batch, &keys::batch(&batch.id), None, rev + 1, Some(kept_until))?;
    Ok(Write::Put(Box::new(item), condition))
}

//! Batches in the data table, and which of them is under way.
//!
//! What must stay true: at most one is under way. Who asks while one is, gets that one.

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

/// Which batch was asked for last.
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
    pub async fn get(&self, id: &BatchId) -> Result<Option<Stored<Batch>>, StoreError> {
        self.table.get(&keys::batch(id)).await
    }

    /// The batch under way, if one is; and what fences the beginning of another.
    pub async fn under_way(&self) -> Result<(Option<Stored<Batch>>, Fence), StoreError> {
        let Some(last) = self.table.get::<Last>(&keys::last_batch()).await? else { return Ok((None, Fence(0))) };
        let batch = self.get(&last.value.batch_id).await?;
        Ok((batch.filter(|batch| batch.value.finished_at.is_none()), Fence(last.rev)))
    }

    /// The writes that begin a batch where none was under way.
    pub fn begin(batch: &Batch, fence: Fence) -> Result<Vec<Write>, StoreError> {
        let condition = Condition::unchanged_since(fence.0);
        let last = Last { batch_id: batch.id.clone() };
        let last = to_item(&last, &keys::last_batch(), None, fence.0 + 1, None)?;
        Ok(vec![Write::Put(Box::new(last), condition), put(batch, 0)?])
    }

    /// Stores a batch that was read at `rev`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else has served it since.
    pub async fn save(&self, batch: &Batch, rev: u64) -> Result<(), StoreError> {
        self.table.write(vec![put(batch, rev)?]).await
    }
}

/// What was read of the last batch.
#[derive(Clone, Copy, Debug)]
pub struct Fence(u64);

fn put(batch: &Batch, rev: u64) -> Result<Write, StoreError> {
    let condition = Condition::unchanged_since(rev);
    let kept_until = batch.created_at.plus(RETENTION).seconds();
    let item = to_item(batch, &keys::batch(&batch.id), None, rev + 1, Some(kept_until))?;
    Ok(Write::Put(Box::new(item), condition))
}

//! The item beside a customer that names its last dry run. See D-36.
//!
//! What must stay true: a new dry run is named in the transaction that stores it, on condition that the name is still at the
//! `rev` that was read. So of two requests at once one finds the other's dry run, and a customer has at most one under way.

use serde::{Deserialize, Serialize};

use super::{
    keys,
    table::{Condition, StoreError, Stored, Table, Write, to_item},
};
use crate::domain::{
    ids::{CustomerId, JobId},
    job::Job,
};

/// The name of a customer's last dry run.
#[derive(Debug, Serialize, Deserialize)]
pub struct LastPlan {
    /// Its job, which may have ended or expired.
    pub job_id: JobId,
}

impl LastPlan {
    /// Reads the name of a customer's last dry run.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn of(table: &Table, customer: &CustomerId) -> Result<Option<Stored<Self>>, StoreError> {
        table.get(&keys::last_plan(customer)).await
    }

    /// The write that replaces the name read at `rev` (0 = there was none).
    ///
    /// # Errors
    /// [`StoreError::Refused`] if it has no storable form; that is a bug.
    pub fn put(job: &Job, rev: u64) -> Result<Write, StoreError> {
        let last = Self { job_id: job.id.clone() };
        let item = to_item(&last, &keys::last_plan(&job.customer_id), None, rev + 1, None)?;
        let condition = Condition::unchanged_since(rev);
        Ok(Write::Put(Box::new(item), condition))
    }
}

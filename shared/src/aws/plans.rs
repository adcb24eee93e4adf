//! Which dry run a customer was asked for last: an item beside the customer names it. See D-36.
//!
//! What must stay true: whoever makes a new one names it in the transaction that stores it, at the entity tag of the name that was read;
//! so of two who ask at once one finds the other's, and a customer has at most one under way.

use serde::{Deserialize, Serialize};

use super::{
    keys,
    table::{Condition, StoreError, Stored, Table, Write, to_item},
};
use crate::domain::{
    ids::{CustomerId, JobId},
    job::Job,
};

/// The name of a dry run.
#[derive(Debug, Serialize, Deserialize)]
pub struct LastPlan {
    /// Its job, which may be over, or gone.
    pub job_id: JobId,
}

impl LastPlan {
    /// Reads which was the last one.
    pub async fn of(table: &Table, customer: &CustomerId) -> Result<Option<Stored<Self>>, StoreError> {
        table.get(&keys::last_plan(customer)).await
    }

    /// The write that names another one in place of that which was read at `rev` (0 = none was).
    pub fn put(job: &Job, rev: u64) -> Result<Write, StoreError> {
        let last = Self { job_id: job.id.clone() };
        let item = to_item(&last, &keys::last_plan(&job.customer_id), None, rev + 1, None)?;
        let condition = Condition::unchanged_since(rev);
        Ok(Write::Put(Box::new(item), condition))
    }
}

//! Once a day, before anything is written: removes chunks of definitions that no workflow names.
//!
//! A run that dies between a chunk and the workflow that should name it leaves one, if the workflow has changed again by the time of the
//! next run. Nobody reads orphans; they only take room.

use super::{Interruption, SyncRun};
use crate::domain::diff::Head;

impl SyncRun<'_> {
    /// Removes orphans if the day's moment for it has passed. `heads` must be what is stored now: chunks are written only by this run.
    pub(super) async fn remove_orphans(&self, heads: &[Head]) -> Result<(), Interruption> {
        let customer = &self.customer.id;
        if self.customer.reverification.is_full_compare_due(customer, self.started_at) {
            self.syncer.workflows.remove_orphans(customer, heads, || !self.is_late()).await?;
        }
        Ok(())
    }
}

//! Once a day, before anything is written, removes orphans: chunks of definitions that no workflow names.
//!
//! A run that dies between the writes of a chunk and of its workflow leaves an orphan, if the workflow has changed again by the
//! next run. Nothing reads orphans; they only take space.

use super::run::SyncRun;
use crate::{app::interruption::Interruption, domain::diff::Head};

impl SyncRun<'_> {
    /// Removes orphans if the customer's moment of the day for it has passed. `heads` must be the present ones: only this run
    /// writes chunks.
    pub(super) async fn remove_orphans(&self, heads: &[Head]) -> Result<(), Interruption> {
        let customer = &self.customer.id;
        if self.customer.reverification.is_full_compare_due(customer, self.started_at) {
            self.syncer.workflows.remove_orphans(customer, heads, || !self.is_late()).await?;
        }
        Ok(())
    }
}

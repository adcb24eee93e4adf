//! Once a day, before anything is written, removes orphans: chunks of definitions that no workflow names and that are not kept
//! as earlier ones, or no longer.
//!
//! A run that dies between the writes of a chunk and of its workflow leaves an orphan, if the workflow has changed again by the
//! next run. Nothing reads orphans; they only take space.

use super::run::SyncRun;
use crate::{app::interruption::Interruption, clock, domain::diff::Head};

impl SyncRun<'_> {
    /// Removes orphans if the customer's moment of the day for it has passed. `heads` must be the present ones: only this run
    /// writes chunks.
    pub(super) async fn remove_orphans(&self, heads: &[Head]) -> Result<(), Interruption> {
        let customer = &self.customer.id;
        if self.customer.reverification.is_full_compare_due(customer, self.started_at) {
            let (workflows, keep) = (&self.syncer.workflows, self.syncer.keep_definitions);
            workflows.remove_orphans(customer, heads, keep, clock::now(), || !self.is_late()).await?;
        }
        Ok(())
    }
}

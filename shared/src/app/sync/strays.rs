//! Once a day, before anything is written: removes chunks of definitions that no workflow names.
//!
//! A run that dies between a chunk and the workflow that should name it leaves one, if the workflow has changed again by the time of the
//! next run. Nobody reads strays; they only take room.

use super::{Run, Stop};
use crate::domain::diff::Stored;

impl Run<'_> {
    /// Removes strays if the day's moment for it has passed. `heads` must be what is stored now: chunks are written only by this run.
    pub(super) async fn remove_strays(&self, heads: &[Stored]) -> Result<(), Stop> {
        let customer = &self.customer.id;
        if self.customer.looks.is_sweep_due(customer, self.started_at) {
            self.syncer.workflows.remove_strays(customer, heads, || !self.is_late()).await?;
        }
        Ok(())
    }
}

//! Derives anew what an older version derived, or none did, from the stored definitions: nothing is exported for it. The first
//! migration in the background of D-86; see D-91.
//!
//! What must stay true:
//! - It comes last, in the time that is left, and a bounded number of workflows at a time. What is left is for the next run.
//! - The customer's record says up to which version all is derived, so that a sync of one that has nothing left reads nothing.
//! - Each workflow is written on condition that nobody wrote it since, so a run may die at any line, or be repeated.

use std::cell::Cell;

use futures::{StreamExt, stream};

use super::run::SyncRun;
use crate::{
    app::interruption::Interruption,
    aws::{table::StoreError, workflow_writes::Put, workflows::DefinitionReadError},
    clock,
    domain::{
        definition::Definition,
        derived::{Derived, VERSION},
        diff,
        ids::WorkflowId,
        workflow::Workflow,
    },
    telemetry::{self, Metric},
};

/// The most workflows of one run.
const MOST: usize = 1_000;
/// Workflows at the same time.
const AT_ONCE: usize = 4;

impl SyncRun<'_> {
    /// Derives what is left; returns the version up to which all is derived then, if nothing is left. A failure of it is none
    /// of the sync's.
    ///
    /// `heads` are those of all workflows that were stored before this run, which derived what it wrote itself.
    pub(super) async fn derive_rest(&self, heads: &[diff::Head]) -> Option<u32> {
        if self.customer.derived == VERSION || self.is_late() {
            return None;
        }
        match self.in_time(Box::pin(self.derive_some(heads))).await? {
            Ok(all) => all.then_some(VERSION),
            Err(error) => {
                tracing::warn!(customer_id = %self.customer.id, ?error, "what is derived from definitions is not complete");
                None
            }
        }
    }

    async fn derive_some(&self, heads: &[diff::Head]) -> Result<bool, Interruption> {
        let is_missing = |head: &&diff::Head| head.derived != VERSION && head.deleted_at.is_none();
        let missing: Vec<_> = heads.iter().filter(is_missing).map(|head| &head.zuora_id).collect();
        let stopped = Cell::new(false);
        let mut each = stream::iter(missing.iter().take(MOST))
            .map(async |id: &&WorkflowId| {
                if stopped.get() || self.is_late() {
                    return Ok(false);
                }
                self.check_wanted_throttled().await?;
                self.derive(id).await
            })
            .buffer_unordered(AT_ONCE);
        // Writes in flight are awaited when it has to stop.
        let mut end = Ok(missing.len() <= MOST);
        while let Some(derived) = each.next().await {
            if derived.is_err() && !stopped.replace(true) {
                end = derived;
            } else if let (Ok(false), Ok(all)) = (derived, end.as_mut()) {
                *all = false;
            }
        }
        end
    }

    /// Returns true if nothing is left to do for a workflow.
    async fn derive(&self, id: &WorkflowId) -> Result<bool, Interruption> {
        let (workflows, customer) = (&self.syncer.workflows, &self.customer.id);
        let Some(found) = workflows.get(customer, id).await? else { return Ok(true) };
        if found.value.derived == VERSION || found.value.deleted_at.is_some() {
            return Ok(true);
        }
        let workflow = Workflow { derived: VERSION, ..found.value };
        let derived = match &workflow.definition {
            None => Derived::default(),
            Some(definition) => {
                // One large definition at a time: memory stays flat.
                let _permit = self.permit_for(definition.bytes).await;
                match workflows.definition(customer, id, definition).await {
                    Ok(bytes) => {
                        Definition::parse(&bytes).map_or_else(|_| Derived::unread(), |read| Derived::of(&read))
                    }
                    Err(DefinitionReadError::Store(error)) => return Err(error.into()),
                    Err(DefinitionReadError::Damaged) => {
                        telemetry::count(Metric::DefinitionDamaged);
                        tracing::warn!(workflow_id = %id, "a stored definition is damaged; the next sync exports it anew");
                        self.syncer.dispatcher.damaged.note(customer, id, clock::now()).await?;
                        return Ok(false);
                    }
                }
            }
        };
        let put = Put::new(customer, workflow, found.rev, None, None)?.with_derived(customer, &derived)?;
        match workflows.put(customer, &put).await {
            Ok(()) => Ok(true),
            // Somebody wrote it since; what was derived then is the next run's to see.
            Err(StoreError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

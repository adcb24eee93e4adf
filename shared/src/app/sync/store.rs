//! Stores one workflow: definition chunks first, then, in one transaction, the workflow and the record of its change, while the old
//! chunks go.
//!
//! What must stay true: a stored copy is replaced by a whole new one or not at all.

use super::{
    Run, Stop,
    exports::{Done, Suspect},
    listing::Listing,
    plan::Task,
};
use crate::{
    aws::{table::StoreError, workflows::DefinitionError as Unread},
    clock,
    domain::{
        change::{Change, Definitions},
        definition::{DefinitionError, compress, content_hash},
        diff::Step,
        failure::{ErrorClass, Failure},
        ids::WorkflowId,
        outline::Outline,
        stats::Outcome,
        workflow::{DefinitionRef, LastChange, Workflow},
    },
    zuora::Export,
};

/// Old definitions over this size are read one at a time, as large exports are.
const LARGE: u64 = 1024 * 1024;

/// What a change is compared with.
struct Before {
    workflow: Option<Workflow>,
    definitions: Definitions,
}

impl Run<'_> {
    /// Compares the export with what is stored, and stores it if it differs.
    pub(super) async fn store_one(
        &self,
        task: &Task<'_>,
        listing: &Listing,
        export: Option<Export>,
    ) -> Result<Done, Stop> {
        let new = match export.as_ref().map_or(Ok(Outline::default()), |export| Outline::parse(export.as_ref())) {
            Ok(outline) => outline,
            Err(error) => return Ok(malformed(task.id, error)),
        };
        let tasks = new.tasks.len() as u64;
        let (customer, workflows) = (&self.customer.id, &self.syncer.workflows);
        let old = task.stored.and_then(|stored| stored.definition.as_ref());
        if export.is_none() && old.is_some() {
            return Ok(vanished(task.id));
        }
        let hash = export.as_ref().map(|export| content_hash(export.as_ref()));
        let same = old.map(|old| old.hash.as_str()) == hash.as_deref();
        let outcome = match task.step {
            Step::Compare if same => return Ok(Done::Stored { outcome: Outcome::Unchanged, tasks }),
            Step::Compare => Outcome::Updated,
            Step::Store(outcome) | Step::Keep(outcome) => outcome,
        };
        self.unsettle().await?;
        let definition = match &export {
            Some(_) if same => old.cloned(),
            Some(export) => match self.put_definition(task.id, export.as_ref()).await? {
                Ok(definition) => Some(definition),
                Err(error) => return Ok(malformed(task.id, error)),
            },
            None => None,
        };
        // What comes now reads the old definition: two large ones are not held at the same time.
        drop(export);
        let listed = listing.pages.read(task.place).map_err(|error| Stop::bug(&error))?;
        let last_change = LastChange { job_id: self.job.id.clone(), kind: outcome };
        let before = self.before(task, same, new).await?;
        let workflow = Workflow::from_listed(listed, task.id.clone(), definition, tasks, last_change, clock::now());
        let change = Change::between(before.workflow.as_ref(), &workflow, &before.definitions);
        match workflows.put(customer, &workflow, task.stored.map_or(0, |stored| stored.rev), old, &change).await {
            Ok(()) => {}
            Err(StoreError::TooLarge) => {
                let message = format!("The listed fields of workflow {} are over 400 KB.", task.id);
                return Ok(Done::Failed(Failure::new(ErrorClass::TooLarge, message), Suspect::Nothing));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(Done::Stored { outcome, tasks })
    }

    /// What was stored until now, and what is different about the definition.
    async fn before(&self, task: &Task<'_>, same: bool, new: Outline) -> Result<Before, Stop> {
        let Some(stored) = task.stored else {
            return Ok(Before { workflow: None, definitions: Definitions::Differ { old: Outline::default(), new } });
        };
        let (customer, workflows) = (&self.customer.id, &self.syncer.workflows);
        let workflow = workflows.get(customer, task.id).await?.map(|found| found.value);
        let definitions = match &stored.definition {
            _ if same => Definitions::Same,
            None => Definitions::Differ { old: Outline::default(), new },
            Some(reference) => {
                let _place = match reference.bytes > LARGE {
                    true => self.large_history.acquire().await.ok(),
                    false => None,
                };
                match workflows.definition(customer, task.id, reference).await {
                    Ok(bytes) => {
                        Outline::parse(&bytes).map_or(Definitions::Unreadable, |old| Definitions::Differ { old, new })
                    }
                    // The record of a change must not keep the change from being stored.
                    Err(Unread::Damaged) => Definitions::Unreadable,
                    Err(Unread::Store(error)) => return Err(error.into()),
                }
            }
        };
        Ok(Before { workflow, definitions })
    }

    async fn put_definition(
        &self,
        id: &WorkflowId,
        export: &[u8],
    ) -> Result<Result<DefinitionRef, DefinitionError>, Stop> {
        let chunks = match compress(export) {
            Ok(chunks) => chunks,
            Err(error) => return Ok(Err(error)),
        };
        let bytes = export.len() as u64;
        let reference = DefinitionRef { hash: content_hash(export), chunks: chunks.len() as u32, bytes };
        self.syncer.workflows.put_definition(&self.customer.id, id, &reference, chunks).await?;
        Ok(Ok(reference))
    }
}

/// Nothing is no better copy: probably the workflow was deleted after it was listed, which the next sync will find out.
fn vanished(id: &WorkflowId) -> Done {
    let message = format!("Zuora listed workflow {id} and then had no export of it any more.");
    Done::Failed(Failure::new(ErrorClass::Transient, message), Suspect::Nothing)
}

fn malformed(id: &WorkflowId, error: DefinitionError) -> Done {
    let message = format!("The export of workflow {id} is no definition: {error}.");
    Done::Failed(Failure::new(ErrorClass::Transient, message), Suspect::Nothing)
}

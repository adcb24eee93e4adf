//! Prepares one workflow for storage: compares its export with the stored copy, stores the chunks of a large definition, and
//! assembles the writes of one transaction.
//!
//! What must stay true: a stored copy is replaced by a complete new one or not at all, and a definition that a workflow names
//! exists: whenever a workflow is exported, its stored definition is read and compared with its hash, and written again if it
//! is missing or damaged.

use std::collections::BTreeSet;

use tokio::sync::SemaphorePermit;

use super::{
    listing::Listing,
    result::{Done, Suspect},
    run::SyncRun,
    worklist::Task,
    write_queue::Pending,
};
use crate::{
    app::interruption::Interruption,
    aws::{
        workflow_writes::{Put, Replaced, TRAVELS},
        workflows::DefinitionReadError,
    },
    clock,
    domain::{
        change::{Change, DefinitionEdits, Definitions},
        comparison::{Comparison, Extent},
        definition::{Definition, DefinitionError, compress, content_hash},
        derived::Derived,
        diff::Step,
        failure::{ErrorClass, Failure},
        findings::{self, RuleId, Turned},
        ids::WorkflowId,
        listed_workflow::ListedWorkflow,
        stats::WorkflowOutcome,
        workflow::{Content, DefinitionRef, LastChange, Origin, Workflow},
    },
    telemetry::{self, Metric},
    zuora::Export,
};

/// The size in bytes from which old definitions are read one at a time, as large exports are.
const LARGE: u64 = 1024 * 1024;

/// An export from Zuora.
struct Exported {
    export: Option<Export>,
    /// The hash of its bytes.
    hash: Option<String>,
    content: Content,
    /// Its size and what is derived from it, if there was no workflow before it: then it is read once, for all that is stored.
    first: Option<(Extent, Derived)>,
}

/// The stored definition, compared with the export.
struct Kept {
    /// True if it is complete, and its hash is right.
    intact: bool,
    /// True if its bytes are those of the export.
    same: bool,
    definitions: Definitions,
    /// The rules of the health check that it broke, by the present set; none where nothing can have come or gone, or it is
    /// unreadable.
    broken: Option<BTreeSet<RuleId>>,
}

/// The remaining work for a workflow.
pub(super) enum Prepared<'t> {
    /// None.
    Done(Done),
    /// It has to be written.
    Pending(Box<Pending<'t>>),
}

/// The decision about a workflow.
enum Verdict {
    /// The copy is right; write nothing.
    Keep,
    /// Write the copy without a change record: something that was missing.
    Renew,
    /// Write the copy without a change record: other bytes of the same meaning.
    Rewrite,
    /// Store it, count this outcome, and record the change.
    Store(WorkflowOutcome),
}

impl SyncRun<'_> {
    /// Compares the export with the stored copy; returns the writes if they differ.
    pub(super) async fn prepare<'t>(
        &self,
        task: Task<'t>,
        listing: &Listing,
        export: Option<Export>,
    ) -> Result<Prepared<'t>, Interruption> {
        let old = task.stored.and_then(|stored| stored.definition.as_ref());
        if export.is_none() && old.is_some() {
            return Ok(Prepared::Done(vanished(task.id)));
        }
        let new = match Exported::read(export, task.stored.is_none()) {
            Ok(new) => new,
            Err(error) => return Ok(Prepared::Done(malformed(task.id, &error))),
        };
        let listed = listing.pages.read(task.item_ref).map_err(|error| Interruption::bug(&error))?;
        let kept = self.kept(&task, &new).await?;
        let tasks = new.content.tasks_count;
        let verdict = verdict(&task, &listed, &new, &kept);
        if let Verdict::Keep = verdict {
            return Ok(Prepared::Done(Done::Stored { outcome: WorkflowOutcome::Unchanged, tasks, rewritten: false }));
        }
        let rewritten = matches!(verdict, Verdict::Rewrite);
        self.forget_listing_digest().await?;
        let Exported { export, hash, content, first } = new;
        let (definition, chunk) = match (&export, hash) {
            (Some(_), _) if kept.same && kept.intact => (old.cloned(), None),
            (Some(export), Some(hash)) => match self.pack(task.id, export.as_ref(), hash).await? {
                Ok((definition, chunk)) => (Some(definition), chunk),
                Err(error) => return Ok(Prepared::Done(malformed(task.id, &error))),
            },
            _ => (None, None),
        };
        let derived = match (&export, first) {
            (_, Some((_, derived))) => derived,
            (Some(export), None) => Derived::of(&export.definition().map_err(|error| Interruption::bug(&error))?),
            (None, None) => Derived::default(),
        };
        drop(export);
        let before = match task.stored {
            Some(_) => self.syncer.workflows.get(&self.customer.id, task.id).await?.map(|found| found.value),
            None => None,
        };
        let (outcome, last_change) = match (verdict, &before) {
            (Verdict::Store(outcome), _) => (outcome, LastChange::of(self.job, outcome)),
            (_, Some(before)) => (WorkflowOutcome::Unchanged, before.last_change.clone()),
            (_, None) => (WorkflowOutcome::Unchanged, LastChange::of(self.job, WorkflowOutcome::Unchanged)),
        };
        let now = clock::now();
        let origin = Origin { stored_at: now, job_id: self.job.id.clone(), zuora_version: listed.version.clone() };
        let definition = definition.map(|definition| definition.with_origin(old, origin));
        let workflow = Workflow::from_listed(listed, definition, content, last_change, now);
        // A damaged definition could not be read any more.
        let keep = self.syncer.keep_definitions.filter(|_| kept.intact);
        let first_sync = self.customer.last_complete_sync_at.is_none();
        let findings = kept.broken.as_ref().map(|old| Turned::between(old, &derived.findings.rules()));
        let findings = findings.unwrap_or_default();
        let change = Change { first_sync, findings, ..Change::between(before.as_ref(), &workflow, kept.definitions) };
        let recorded = (outcome != WorkflowOutcome::Unchanged).then_some(&change);
        let rev = task.stored.map_or(0, |stored| stored.rev);
        let replaced = old.map(|definition| Replaced { definition, keep });
        let put = Put::new(&self.customer.id, workflow, rev, replaced, recorded)?;
        let put = put.with_derived(&self.customer.id, &derived)?;
        let put = match chunk {
            Some(chunk) => put.with_chunk(&self.customer.id, chunk),
            None => put,
        };
        Ok(Prepared::Pending(Box::new(Pending { task, put, outcome, tasks, rewritten })))
    }

    /// Reads the stored definition, compares it with its hash, and with the export.
    async fn kept(&self, task: &Task<'_>, new: &Exported) -> Result<Kept, Interruption> {
        let nothing = |definitions| {
            let broken = Some(BTreeSet::new());
            Kept { intact: true, same: new.hash.is_none(), definitions, broken }
        };
        let Some(stored) = task.stored else {
            let definitions = new.first.as_ref().map_or(Definitions::Same, |(extent, _)| Definitions::New(*extent));
            return Ok(nothing(definitions));
        };
        let Some(reference) = &stored.definition else {
            return Ok(nothing(compared(None, new)));
        };
        let same = new.hash.as_ref() == Some(&reference.hash);
        let _permit = self.permit_for(reference.bytes).await;
        match self.syncer.workflows.definition(&self.customer.id, task.id, reference).await {
            Ok(_) if same => Ok(Kept { intact: true, same, definitions: Definitions::Same, broken: None }),
            Ok(bytes) => {
                let old = Definition::parse(&bytes).ok();
                let definitions = match &old {
                    Some(old) => compared(Some(old), new),
                    None => Definitions::Incomparable,
                };
                Ok(Kept { intact: true, same, definitions, broken: old.map(|old| findings::check(&old).rules()) })
            }
            Err(DefinitionReadError::Damaged) => {
                telemetry::count(Metric::DefinitionDamaged);
                tracing::warn!(workflow_id = %task.id, "a stored definition was damaged and is written anew");
                let definitions = if same { Definitions::Same } else { Definitions::Incomparable };
                Ok(Kept { intact: false, same, definitions, broken: None })
            }
            Err(DefinitionReadError::Store(error)) => Err(error.into()),
        }
    }

    /// The permit to read a stored definition, if it is a large one.
    pub(super) async fn permit_for(&self, bytes: u64) -> Option<SemaphorePermit<'_>> {
        if bytes > LARGE { self.large_history.acquire().await.ok() } else { None }
    }

    /// Packs a definition with this hash. A small one is returned, to be stored with its workflow; a larger one is stored here.
    async fn pack(
        &self,
        id: &WorkflowId,
        export: &[u8],
        hash: String,
    ) -> Result<Result<(DefinitionRef, Option<Vec<u8>>), DefinitionError>, Interruption> {
        let mut chunks = match compress(export) {
            Ok(chunks) => chunks,
            Err(error) => return Ok(Err(error)),
        };
        let bytes = export.len() as u64;
        let reference = DefinitionRef { hash, chunks: chunks.len() as u32, bytes, origin: None };
        if chunks.len() == 1 && chunks[0].len() <= TRAVELS {
            return Ok(Ok((reference, chunks.pop())));
        }
        self.syncer.workflows.put_definition(&self.customer.id, id, &reference, chunks).await?;
        Ok(Ok((reference, None)))
    }
}

impl Exported {
    fn read(export: Option<Export>, is_new: bool) -> Result<Self, DefinitionError> {
        let Some(bytes) = &export else {
            return Ok(Self { export, hash: None, content: Content::default(), first: None });
        };
        let definition = bytes.definition()?;
        let content = Content::from(&definition);
        let first = is_new.then(|| (Extent::of(&definition), Derived::of(&definition)));
        Ok(Self { hash: Some(content_hash(bytes.as_ref())), content, first, export })
    }

    fn definition(&self) -> Option<Definition<'_>> {
        self.export.as_ref().and_then(|export| export.definition().ok())
    }
}

/// Compares a stored definition with an export.
fn compared(old: Option<&Definition<'_>>, new: &Exported) -> Definitions {
    match Comparison::of(old, new.definition().as_ref()) {
        None => Definitions::Incomparable,
        Some(comparison) if comparison.is_empty() => Definitions::Same,
        Some(comparison) => Definitions::Differ(Box::new(DefinitionEdits::of(&comparison))),
    }
}

/// Decides about a workflow, from the change that the listing showed and from the comparison.
fn verdict(task: &Task<'_>, listed: &ListedWorkflow, new: &Exported, kept: &Kept) -> Verdict {
    let (Step::Compare, Some(stored)) = (task.step, task.stored) else {
        return match task.step {
            Step::Store(outcome) | Step::Keep(outcome) => Verdict::Store(outcome),
            Step::Compare => Verdict::Store(WorkflowOutcome::Updated),
        };
    };
    let event = listed.triggers.event || new.content.has_event_trigger;
    let derived = (stored.tasks_count, stored.has_event_trigger) == (new.content.tasks_count, event);
    match kept {
        Kept { same: true, intact: true, .. } if derived => Verdict::Keep,
        Kept { same: true, .. } => Verdict::Renew,
        Kept { definitions: Definitions::Same, .. } => Verdict::Rewrite,
        _ => Verdict::Store(WorkflowOutcome::Updated),
    }
}

/// The result for a workflow without an export. Keeping the copy is better than emptying it: probably the workflow was deleted
/// after it was listed, which the next sync will find out.
fn vanished(id: &WorkflowId) -> Done {
    let message = format!("Zuora listed workflow {id} and then had no export of it any more.");
    Done::Failed(Failure::new(ErrorClass::Transient, message), Suspect::Nothing)
}

fn malformed(id: &WorkflowId, error: &DefinitionError) -> Done {
    let message = format!("The export of workflow {id} is no definition: {error}.");
    Done::Failed(Failure::new(ErrorClass::Transient, message), Suspect::Nothing)
}

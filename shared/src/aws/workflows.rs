//! Workflows and their definitions in the data table.
//!
//! What must stay true: chunks are written before, or in, the one transaction that points the workflow at them and keeps or
//! removes the old ones ([`super::workflow_writes`]). A reader therefore always finds the definition that its workflow names. A
//! crash between the two leaves at most orphans: the next run writes the same chunks, or the daily clean-up removes them.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;

use super::{
    budget::Budget,
    derived,
    index::{Found, Position, filtered},
    items::{key_item, readable},
    kept_definitions::KeptDefinitions,
    keys,
    table::{Condition, Item, Range, StoreError, Stored, Table, Write, key_of, parse},
};
use crate::domain::{
    definition, diff,
    ids::{CustomerId, WorkflowId},
    kept_definition::KeptDefinition,
    listed_workflow::Triggers,
    name::SearchText,
    text,
    time::Timestamp,
    workflow::{DefinitionRef, LastChange, Workflow},
};

/// The attributes that a diff needs; the listed item itself is not read.
const HEAD: &str = "PK, SK, rev, zuora_id, created_at, fingerprint, definition_ref, tasks_count, triggers, deleted_at, deletion_approved, \
     last_change, written_at, derived";

/// The largest number of characters of a name where it only accompanies an id.
const LONGEST_NAME: usize = 200;

/// The error for a stored definition that cannot be reassembled.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionReadError {
    /// The table failed.
    #[error("the definition could not be read")]
    Store(#[from] StoreError),
    /// Chunks are missing, or their digest is wrong.
    #[error("the stored definition is damaged")]
    Damaged,
}

/// The workflows of a data table.
#[derive(Clone, Debug)]
pub struct Workflows {
    table: Table,
}

/// A head as it is stored.
#[derive(serde::Deserialize)]
struct Head {
    zuora_id: WorkflowId,
    created_at: Option<String>,
    fingerprint: String,
    definition_ref: Option<DefinitionRef>,
    tasks_count: u64,
    triggers: Triggers,
    deleted_at: Option<Timestamp>,
    #[serde(default)]
    deletion_approved: bool,
    last_change: LastChange,
    written_at: Timestamp,
    /// (Absent in items of 0.1.0.)
    #[serde(default)]
    derived: u32,
}

impl Workflows {
    /// The workflows in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The table of the workflows.
    pub(super) const fn table(&self) -> &Table {
        &self.table
    }

    /// Reads the head of every stored workflow of a customer, tombstones included.
    ///
    /// # Errors
    /// As [`Table::page`].
    pub async fn heads(&self, customer: &CustomerId) -> Result<Vec<diff::Head>, StoreError> {
        let range =
            Range { projection: Some(HEAD), ..Range::table(keys::customer_partition(customer), keys::WORKFLOW_PREFIX) };
        let mut heads = Vec::new();
        let mut after = None;
        loop {
            // Page by page: the items themselves take several times the memory of the heads.
            let page = self.table.page(&range, after).await?;
            for item in page.items {
                heads.push(head(item)?);
            }
            after = page.last;
            if after.is_none() {
                return Ok(heads);
            }
        }
    }

    /// Reads the heads of some workflows, in the order of the ids; none for each absent one.
    ///
    /// # Errors
    /// As [`Table::get_items`].
    pub async fn heads_of(
        &self,
        customer: &CustomerId,
        ids: &[WorkflowId],
    ) -> Result<Vec<Option<diff::Head>>, StoreError> {
        let keys: Vec<_> = ids.iter().map(|id| keys::workflow(customer, id)).collect();
        let items = self.table.get_items(&keys).await?;
        items.into_iter().map(|item| item.map(head).transpose()).collect()
    }

    /// Reads the names of some workflows, by Zuora id, long ones cut; workflows without a name are left out.
    ///
    /// # Errors
    /// As [`Table::get_many_items`].
    pub async fn names_of(
        &self,
        customer: &CustomerId,
        ids: &[WorkflowId],
    ) -> Result<BTreeMap<WorkflowId, String>, StoreError> {
        let keys: Vec<_> = ids.iter().map(|id| keys::workflow(customer, id)).collect();
        let mut names = BTreeMap::new();
        for item in self.table.get_items(&keys).await?.into_iter().flatten() {
            let Some(workflow) = readable::<Workflow>(item) else { continue };
            names.extend(workflow.name.map(|name| (workflow.zuora_id, text::cut(&name, LONGEST_NAME))));
        }
        Ok(names)
    }

    /// Reads one workflow, or its tombstone.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn get(&self, customer: &CustomerId, id: &WorkflowId) -> Result<Option<Stored<Workflow>>, StoreError> {
        self.table.get(&keys::workflow(customer, id)).await
    }

    /// Reads the workflow with one Zuora id at many customers (at most 100).
    ///
    /// # Errors
    /// As [`Table::get_many`].
    pub async fn get_everywhere(
        &self,
        customers: &[CustomerId],
        id: &WorkflowId,
    ) -> Result<Vec<(CustomerId, Workflow)>, StoreError> {
        let keys: Vec<_> = customers.iter().map(|customer| keys::workflow(customer, id)).collect();
        let found = self.table.get_many::<Workflow>(&keys).await?;
        let owner = |pk: &str| customers.iter().find(|id| keys::customer_partition(id) == pk).cloned();
        Ok(found.into_iter().filter_map(|(key, workflow)| Some((owner(&key.pk)?, workflow))).collect())
    }

    /// Lists a customer's workflows by name; `prefix` in any case and normal form. The index lags by moments.
    ///
    /// # Errors
    /// As [`filtered`].
    pub async fn list(
        &self,
        customer: &CustomerId,
        prefix: &str,
        after: Option<&Position>,
        limit: usize,
        budget: &Budget,
        keep: impl Fn(&Workflow) -> bool,
    ) -> Result<Found<Workflow>, StoreError> {
        let range = Range { keys: keys::names(prefix), ..Range::index(keys::workflows_of(customer), "") };
        let beginning = SearchText::new(prefix);
        let is_named = |workflow: &Workflow| beginning.begins(workflow.name.as_deref().unwrap_or_default());
        filtered(&self.table, &range, after, limit, budget, |workflow| is_named(workflow) && keep(workflow)).await
    }

    /// Reads the workflows of a customer that have a name, in any case and normal form, tombstones left out: so many at most,
    /// and whether there are more. The index lags by moments.
    ///
    /// # Errors
    /// As [`filtered`].
    pub async fn named(
        &self,
        customer: &CustomerId,
        name: &str,
        most: usize,
        budget: &Budget,
    ) -> Result<(Vec<Workflow>, bool), StoreError> {
        let range = Range { keys: keys::named(name), ..Range::index(keys::workflows_of(customer), "") };
        let whole = SearchText::new(name);
        let keep = |workflow: &Workflow| {
            workflow.deleted_at.is_none() && whole.is(workflow.name.as_deref().unwrap_or_default())
        };
        let (workflows, next) = filtered(&self.table, &range, None, most, budget, keep).await?.into_items();
        Ok((workflows, next.is_some()))
    }

    /// Stores the chunks of a definition, before the workflow that will name it.
    ///
    /// # Errors
    /// As [`Table::put`].
    pub async fn put_definition(
        &self,
        customer: &CustomerId,
        id: &WorkflowId,
        definition: &DefinitionRef,
        chunks: Vec<Vec<u8>>,
    ) -> Result<(), StoreError> {
        for (at, chunk) in (0..).zip(chunks) {
            self.table.put(chunk_item(customer, id, &definition.hash, at, chunk), &Condition::None).await?;
        }
        Ok(())
    }

    /// Replaces the fingerprint of a head by that of a new formula, unless the workflow was written since.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it was.
    pub async fn put_fingerprint(&self, customer: &CustomerId, head: &diff::Head) -> Result<(), StoreError> {
        let fingerprint = AttributeValue::S(head.fingerprint.clone());
        let key = keys::workflow(customer, &head.zuora_id);
        self.table.set(&key, "fingerprint", fingerprint, &Condition::RevIs(head.rev)).await
    }

    /// Reads a definition back, byte for byte, and compares it with its hash.
    ///
    /// # Errors [`DefinitionReadError::Damaged`] if chunks are missing or the hash differs; [`DefinitionReadError::Store`]
    /// as [`Table::page`].
    pub async fn definition(
        &self,
        customer: &CustomerId,
        id: &WorkflowId,
        wanted: &DefinitionRef,
    ) -> Result<Bytes, DefinitionReadError> {
        let keys: Vec<_> =
            (0..wanted.chunks).map(|chunk| keys::definition_chunk(customer, id, &wanted.hash, chunk)).collect();
        let mut chunks = Vec::with_capacity(keys.len());
        for mut item in self.table.get_items(&keys).await? {
            match item.as_mut().and_then(|item| item.remove("chunk")) {
                Some(AttributeValue::B(chunk)) => chunks.push(chunk.into_inner()),
                _ => return Err(DefinitionReadError::Damaged),
            }
        }
        definition::restore(chunks, wanted).map(Bytes::from).map_err(|_| DefinitionReadError::Damaged)
    }

    /// Removes the chunks of a workflow that do not belong to the definition it names: replaced ones, and orphans of a crash.
    ///
    /// # Errors
    /// As [`Table::page`] and [`Table::delete_all`].
    pub async fn tidy_definitions(
        &self,
        customer: &CustomerId,
        id: &WorkflowId,
        named: Option<&DefinitionRef>,
    ) -> Result<(), StoreError> {
        let prefix = keys::definition_chunks(id);
        let keep = named.map(|named| keys::chunks_of_definition(id, &named.hash));
        let range = Range { projection: Some("PK, SK"), ..Range::table(keys::customer_partition(customer), prefix) };
        let chunks = self.table.all(&range).await?;
        let orphans =
            chunks.iter().map(key_of).filter(|key| !keep.as_ref().is_some_and(|keep| key.sk.starts_with(keep)));
        self.table.delete_all(&orphans.collect::<Vec<_>>()).await
    }

    /// Removes a workflow for good, unless it was written since. Its definition is kept for `keep` from the deletion on; none =
    /// it is removed, and before the workflow: after a crash the workflow still names what is left, and the next attempt
    /// removes it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it was written since; as [`Table::delete_all`].
    pub async fn remove(
        &self,
        customer: &CustomerId,
        stored: &diff::Head,
        keep: Option<Duration>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let id = &stored.zuora_id;
        let deleted_at = stored.deleted_at.unwrap_or(now);
        let kept = stored.definition.as_ref().zip(keep);
        let kept = kept.map(|(definition, keep)| KeptDefinition::new(definition, deleted_at, keep));
        let mut writes = vec![Write::Delete(keys::workflow(customer, id), Condition::RevIs(stored.rev))];
        match kept.filter(|kept| kept.is_shown(now)) {
            Some(kept) => {
                let item = KeptDefinitions::item(customer, id, &kept)?;
                writes.push(Write::Put(Box::new(item), Condition::None));
            }
            None => self.tidy_definitions(customer, id, None).await?,
        }
        writes.extend(derived::removals(customer, id));
        self.table.write(writes).await
    }
}

/// One chunk of a definition as it is stored.
pub(super) fn chunk_item(customer: &CustomerId, id: &WorkflowId, hash: &str, at: u32, chunk: Vec<u8>) -> Item {
    let mut item = key_item(&keys::definition_chunk(customer, id, hash, at));
    item.insert("chunk".to_owned(), AttributeValue::B(chunk.into()));
    item
}

fn head(item: Item) -> Result<diff::Head, StoreError> {
    let Stored { value: head, rev } = parse::<Head>(item)?;
    Ok(diff::Head {
        zuora_id: head.zuora_id,
        created_at: head.created_at,
        fingerprint: head.fingerprint,
        definition: head.definition_ref,
        tasks_count: head.tasks_count,
        has_event_trigger: head.triggers.event,
        deleted_at: head.deleted_at,
        deletion_approved: head.deletion_approved,
        last_change: head.last_change,
        written_at: head.written_at,
        derived: head.derived,
        rev,
    })
}

//! Workflows and their definitions in the data table.
//!
//! What must stay true: chunks first, or together with the one transaction that moves the workflow's pointer to them and removes the old
//! ones ([`super::puts`]). A reader therefore always finds the definition its workflow names. A crash between the two leaves at most chunks
//! without a name: the next run writes the same ones, or they are removed as orphans, once a day.

use std::collections::{BTreeMap, HashSet};

use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;

use super::{
    budget::Budget,
    index::{Found, Position, filtered},
    items::key_item,
    keys,
    table::{Condition, Item, Key, Range, StoreError, Stored, Table, Write, key_of, parse},
};
use crate::domain::{
    definition, diff,
    ids::{CustomerId, WorkflowId},
    listed_workflow::Triggers,
    name::begins,
    text,
    time::Timestamp,
    workflow::{DefinitionRef, LastChange, Workflow},
};

/// The attributes that a diff needs; the listed item itself stays in the table.
const HEAD: &str = "PK, SK, rev, zuora_id, created_at, fingerprint, definition_ref, tasks_count, triggers, deleted_at, deletion_approved, \
     last_change, written_at";

/// How many characters of a name are told where it only accompanies an id.
const LONGEST_NAME: usize = 200;

/// A stored definition that cannot be put together again.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// The table failed.
    #[error("the definition could not be read")]
    Store(#[from] StoreError),
    /// Chunks are missing or damaged.
    #[error("the stored definition is damaged")]
    Damaged,
}

/// The workflows of a data table.
#[derive(Clone, Debug)]
pub struct Workflows {
    table: Table,
}

/// One head as it is stored.
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
}

impl Workflows {
    /// The workflows in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Where they are.
    pub(super) const fn table(&self) -> &Table {
        &self.table
    }

    /// What the diff needs of every stored workflow of a customer, tombstones included.
    pub async fn heads(&self, customer: &CustomerId) -> Result<Vec<diff::Head>, StoreError> {
        let range =
            Range { projection: Some(HEAD), ..Range::table(keys::customer_partition(customer), keys::WORKFLOW_PREFIX) };
        let mut heads = Vec::new();
        let mut after = None;
        loop {
            // Page by page: the items themselves take several times the memory of what is kept.
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

    /// The heads of some workflows, in the order of the ids; none for what is not there.
    pub async fn heads_of(
        &self,
        customer: &CustomerId,
        ids: &[WorkflowId],
    ) -> Result<Vec<Option<diff::Head>>, StoreError> {
        let keys: Vec<_> = ids.iter().map(|id| keys::workflow(customer, id)).collect();
        let items = self.table.get_items(&keys).await?;
        items.into_iter().map(|item| item.map(head).transpose()).collect()
    }

    /// The names of some workflows, by Zuora id, long ones cut; what has none is left out.
    pub async fn names_of(
        &self,
        customer: &CustomerId,
        ids: &[WorkflowId],
    ) -> Result<BTreeMap<WorkflowId, String>, StoreError> {
        let keys: Vec<_> = ids.iter().map(|id| keys::workflow(customer, id)).collect();
        let mut names = BTreeMap::new();
        for item in self.table.get_items(&keys).await?.into_iter().flatten() {
            let workflow = parse::<Workflow>(item)?.value;
            names.extend(workflow.name.map(|name| (workflow.zuora_id, text::cut(&name, LONGEST_NAME))));
        }
        Ok(names)
    }

    /// Reads one workflow, or its tombstone.
    pub async fn get(&self, customer: &CustomerId, id: &WorkflowId) -> Result<Option<Stored<Workflow>>, StoreError> {
        self.table.get(&keys::workflow(customer, id)).await
    }

    /// Reads the workflow with one Zuora id at many customers (at most 100).
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

    /// Lists a customer's workflows by name; `prefix` in any case and normal form. The index lags behind by moments.
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
        let is_named = |workflow: &Workflow| begins(workflow.name.as_deref().unwrap_or_default(), prefix);
        filtered(&self.table, &range, after, limit, budget, |workflow| is_named(workflow) && keep(workflow)).await
    }

    /// Stores the chunks of a definition, before the workflow that will name it.
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

    /// Replaces the fingerprint of a head, which says the same by another formula, unless somebody wrote the workflow since.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if somebody did.
    pub async fn put_fingerprint(&self, customer: &CustomerId, head: &diff::Head) -> Result<(), StoreError> {
        let fingerprint = AttributeValue::S(head.fingerprint.clone());
        let key = keys::workflow(customer, &head.zuora_id);
        self.table.set(&key, "fingerprint", fingerprint, &Condition::RevIs(head.rev)).await
    }

    /// Reads a definition back, byte for byte: what comes is compared with its hash.
    pub async fn definition(
        &self,
        customer: &CustomerId,
        id: &WorkflowId,
        wanted: &DefinitionRef,
    ) -> Result<Bytes, DefinitionError> {
        let keys: Vec<_> =
            (0..wanted.chunks).map(|chunk| keys::definition_chunk(customer, id, &wanted.hash, chunk)).collect();
        let mut chunks = Vec::with_capacity(keys.len());
        for mut item in self.table.get_items(&keys).await? {
            match item.as_mut().and_then(|item| item.remove("chunk")) {
                Some(AttributeValue::B(chunk)) => chunks.push(chunk.into_inner()),
                _ => return Err(DefinitionError::Damaged),
            }
        }
        definition::restore(chunks, wanted).map(Bytes::from).map_err(|_| DefinitionError::Damaged)
    }

    /// Removes every chunk of a customer that none of its workflows names, page by page while `go_on` holds.
    pub async fn remove_orphans(
        &self,
        customer: &CustomerId,
        heads: &[diff::Head],
        go_on: impl Fn() -> bool,
    ) -> Result<(), StoreError> {
        let named: HashSet<String> = heads
            .iter()
            .filter_map(|head| Some(keys::chunks_of_definition(&head.zuora_id, &head.definition.as_ref()?.hash)))
            .collect();
        let is_named = |key: &Key| key.sk.rfind('#').is_some_and(|end| named.contains(&key.sk[..=end]));
        let partition = keys::customer_partition(customer);
        let range = Range { projection: Some("PK, SK"), ..Range::table(partition, keys::DEFINITION_PREFIX) };
        let mut after = None;
        while go_on() {
            let page = self.table.page(&range, after).await?;
            let orphans: Vec<Key> = page.items.iter().map(key_of).filter(|key| !is_named(key)).collect();
            self.table.delete_all(&orphans).await?;
            after = page.last;
            if after.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Removes the chunks of a workflow that do not belong to the definition it names: replaced ones, and what a crash left.
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
        let stray = chunks.iter().map(key_of).filter(|key| !keep.as_ref().is_some_and(|keep| key.sk.starts_with(keep)));
        self.table.delete_all(&stray.collect::<Vec<_>>()).await
    }

    /// Removes a workflow for good, unless somebody wrote it since. Its definition goes first: what is left after a crash
    /// still has a name, and goes next time.
    pub async fn remove(&self, customer: &CustomerId, stored: &diff::Head) -> Result<(), StoreError> {
        self.tidy_definitions(customer, &stored.zuora_id, None).await?;
        let key = keys::workflow(customer, &stored.zuora_id);
        self.table.write(vec![Write::Delete(key, Condition::RevIs(stored.rev))]).await
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
        rev,
    })
}

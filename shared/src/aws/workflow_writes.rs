//! Stores workflows, several in one transaction. See D-42.
//!
//! What must stay true:
//! - All or nothing for each workflow: its record, if it was not written since it was read; the record of its change; what is
//!   derived from its definition, which a tombstone does not have; a small definition, and the record that keeps the one that
//!   it replaces, or its removal. A larger definition is stored before
//!   ([`Workflows::put_definition`]), so a reader always finds the definition that a workflow names.
//! - A workflow that cannot be stored does not keep others from it: if a transaction is cancelled, each is written by itself.

use std::time::Duration;

use futures::future::join_all;

use super::{
    changes::Changes,
    derived,
    items::size,
    kept_definitions::KeptDefinitions,
    keys,
    table::{Condition, Item, StoreError, Write, to_item},
    transaction::write_across,
    workflows::{Workflows, chunk_item},
};
use crate::domain::{
    change::Change,
    definition::MAX_CHUNK,
    derived::Derived,
    ids::CustomerId,
    kept_definition::KeptDefinition,
    workflow::{DefinitionRef, Workflow},
};

/// The largest packed definition, in bytes, that is stored in the transaction of its workflow. A transaction costs twice a
/// plain write, but spares a call.
pub const TRAVELS: usize = 32_000;
/// The number of old chunks that are removed in the transaction of their replacement: it may hold 4 MB, and a chunk 350 KB.
/// More are removed after it.
const CHUNKS_IN_A_TRANSACTION: u32 = 8;
/// The largest number of writes in a transaction, as DynamoDB allows.
const MOST_WRITES: usize = 100;
/// The bytes of a transaction with several workflows: DynamoDB allows four times as many, but memory has to stay flat.
const MOST_BYTES: usize = 1_000_000;

/// A workflow to store, and everything that is written for it.
#[derive(Clone, Debug)]
pub struct Put {
    workflow: Workflow,
    /// The definition that it named before, if a different one that is not kept.
    removed: Option<DefinitionRef>,
    writes: Vec<Write>,
    bytes: usize,
}

/// The definition that a workflow named before.
#[derive(Clone, Copy, Debug)]
pub struct Replaced<'a> {
    /// The definition.
    pub definition: &'a DefinitionRef,
    /// For how long it is kept; none = it is removed.
    pub keep: Option<Duration>,
}

/// The writes and bytes of a transaction so far.
#[derive(Debug, Default)]
pub struct Load {
    writes: usize,
    bytes: usize,
}

impl Put {
    /// A workflow that was read at `rev` (0 = there was none), with the record of its change, if any, and what becomes of the
    /// definition that it `replaces`.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if it has no storable form; that is a bug.
    pub fn new(
        customer: &CustomerId,
        workflow: Workflow,
        rev: u64,
        replaces: Option<Replaced<'_>>,
        change: Option<&Change>,
    ) -> Result<Self, StoreError> {
        let id = &workflow.zuora_id;
        let index = keys::workflow_by_name(customer, workflow.name.as_deref(), id);
        let item = to_item(&workflow, &keys::workflow(customer, id), Some(&index), rev + 1, None)?;
        let condition = Condition::unchanged_since(rev);
        let named = workflow.definition.as_ref().map(|named| &named.hash);
        let replaced = replaces.filter(|old| Some(&old.definition.hash) != named);
        let kept = replaced.and_then(|old| Some(KeptDefinition::new(old.definition, workflow.written_at, old.keep?)));
        let kept = kept.map(|kept| KeptDefinitions::item(customer, id, &kept)).transpose()?;
        let removed = replaced.filter(|old| old.keep.is_none()).map(|old| old.definition);
        let few = removed.filter(|old| old.chunks <= CHUNKS_IN_A_TRANSACTION);
        let removals = few.map_or_else(Vec::new, |old| {
            let chunks = (0..old.chunks).map(|at| keys::definition_chunk(customer, id, &old.hash, at));
            chunks.map(|key| Write::Delete(key, Condition::None)).collect()
        });
        let record = change.map(|change| Changes::item(customer, change)).transpose()?;
        let bytes = few.map_or(0, most_bytes);
        let is_deleted = workflow.deleted_at.is_some();
        let mut put = Self { removed: removed.cloned(), workflow, writes: removals, bytes };
        if is_deleted {
            put.writes.extend(derived::removals(customer, &put.workflow.zuora_id));
        }
        put.add(item, condition);
        record.into_iter().chain(kept).for_each(|record| put.add(record, Condition::None));
        Ok(put)
    }

    /// Adds the only chunk of its definition, which is not stored yet.
    #[must_use]
    pub fn with_chunk(mut self, customer: &CustomerId, chunk: Vec<u8>) -> Self {
        let definition = self.workflow.definition.as_ref();
        let item = definition.map(|named| chunk_item(customer, &self.workflow.zuora_id, &named.hash, 0, chunk));
        item.into_iter().for_each(|item| self.add(item, Condition::None));
        self
    }

    /// Adds what is derived from its definition.
    ///
    /// # Errors
    /// As [`Put::new`].
    pub fn with_derived(mut self, customer: &CustomerId, derived: &Derived) -> Result<Self, StoreError> {
        let items = derived::items(customer, &self.workflow, derived)?;
        items.into_iter().for_each(|item| self.add(item, Condition::None));
        Ok(self)
    }

    fn add(&mut self, item: Item, condition: Condition) {
        self.bytes += size(&item);
        self.writes.push(Write::Put(Box::new(item), condition));
    }
}

impl Load {
    /// True if one more workflow fits; it is counted then.
    pub fn takes(&mut self, put: &Put) -> bool {
        let more = Self { writes: self.writes + put.writes.len(), bytes: self.bytes + put.bytes };
        let has_room = more.writes <= MOST_WRITES && more.bytes <= MOST_BYTES;
        if has_room {
            *self = more;
        }
        has_room
    }
}

/// An upper bound for the bytes of a definition's chunks: DynamoDB may count removed items too. Packing adds next to nothing to
/// data that does not shrink.
fn most_bytes(definition: &DefinitionRef) -> usize {
    let unpacked = usize::try_from(definition.bytes).unwrap_or(usize::MAX).saturating_add(1_000);
    unpacked.min(definition.chunks as usize * MAX_CHUNK)
}

impl Workflows {
    /// Stores workflows in one transaction, or each by itself if that is cancelled. Returns one result for each workflow.
    ///
    /// # Errors
    /// If the table cannot be reached; then the result is unknown for all. For one workflow: [`StoreError::Conflict`] if it was
    /// written since it was read, which the customer's lock prevents, and [`StoreError::TooLarge`].
    pub async fn put_all(
        &self,
        customer: &CustomerId,
        puts: &[Put],
    ) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        if let [put] = puts {
            return Ok(vec![self.put(customer, put).await]);
        }
        let parts: Vec<_> = puts.iter().map(|put| (self.table(), &put.writes)).collect();
        match write_across(&parts).await {
            Ok(()) => Ok(join_all(puts.iter().map(|put| self.remove_replaced(customer, put))).await),
            Err(StoreError::Conflict { .. } | StoreError::TooLarge) => {
                Ok(join_all(puts.iter().map(|put| self.put(customer, put))).await)
            }
            Err(error) => Err(error),
        }
    }

    /// Stores one workflow. A write whose answer was lost is recognised as our own when it is repeated (`docs/reliability.md`
    /// R42).
    ///
    /// # Errors
    /// As [`Workflows::put_all`].
    pub async fn put(&self, customer: &CustomerId, put: &Put) -> Result<(), StoreError> {
        match write_across(&[(self.table(), &put.writes)]).await {
            Err(StoreError::Conflict { failed }) => match self.get(customer, &put.workflow.zuora_id).await? {
                Some(found) if found.value == put.workflow => {}
                _ => return Err(StoreError::Conflict { failed }),
            },
            result => result?,
        }
        self.remove_replaced(customer, put).await
    }

    /// Removes a replaced definition that is not kept and had too many chunks for the transaction.
    async fn remove_replaced(
        &self,
        customer: &CustomerId,
        Put { workflow, removed, .. }: &Put,
    ) -> Result<(), StoreError> {
        match removed {
            Some(old) if old.chunks > CHUNKS_IN_A_TRANSACTION => {
                self.tidy_definitions(customer, &workflow.zuora_id, workflow.definition.as_ref()).await
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        ids::JobId, listed_workflow::ListedWorkflow, stats::WorkflowOutcome, time::Timestamp, workflow::Content,
        workflow::LastChange,
    };

    fn reference(hash: &str, chunks: u32) -> DefinitionRef {
        DefinitionRef { hash: hash.into(), chunks, bytes: 1, origin: None }
    }

    /// A workflow whose name has `name` characters, with a definition of one small chunk in the place of another.
    fn put(name: usize, old: Option<&DefinitionRef>, keep: Option<Duration>) -> Put {
        let item = format!(r#"{{"id":1,"name":"{}"}}"#, "n".repeat(name));
        let listed = ListedWorkflow::parse(item.as_bytes()).unwrap();
        let last_change = LastChange { job_id: JobId::new(), restarts: 0, kind: WorkflowOutcome::Created };
        let definition = Some(reference("new", 1));
        let workflow = Workflow::from_listed(listed, definition, Content::default(), last_change, Timestamp::EPOCH);
        let customer = CustomerId::new();
        let replaces = old.map(|definition| Replaced { definition, keep });
        Put::new(&customer, workflow, 0, replaces, None).unwrap().with_chunk(&customer, vec![0; 100])
    }

    fn taken(puts: impl Iterator<Item = Put>) -> usize {
        let mut load = Load::default();
        puts.take_while(|put| load.takes(put)).count()
    }

    #[test]
    fn a_transaction_takes_as_many_workflows_as_have_room_in_its_writes_and_in_its_bytes() {
        let of = |bytes| DefinitionRef { bytes, ..reference("old", 1) };
        let many = |name, old: Option<DefinitionRef>| taken(std::iter::repeat_with(|| put(name, old.as_ref(), None)));

        assert_eq!((many(10, None), many(10, Some(of(1_000)))), (50, 33), "two writes each, or three");
        assert_eq!(many(50_000, None), 9, "a name is stored as itself and as listed");
        assert_eq!(many(10, Some(of(20_000_000))), 2, "an old chunk may be a large one");
    }

    #[test]
    fn an_old_definition_goes_with_its_workflow_unless_it_is_the_same_or_has_many_chunks() {
        let writes = |old| put(10, Some(&old), None).writes.len();

        assert_eq!(
            [("old", 1), ("old", 8), ("old", 9), ("new", 1)].map(|(hash, n)| writes(reference(hash, n))),
            [3, 10, 2, 2]
        );
    }

    #[test]
    fn an_old_definition_that_is_kept_costs_one_small_record_however_large_it_is() {
        let kept = |old| put(10, Some(&old), Some(Duration::from_secs(1)));
        let plain = put(10, None, None);

        for old in [reference("old", 1), DefinitionRef { bytes: 20_000_000, ..reference("old", 58) }] {
            let kept = kept(old);
            assert_eq!((kept.writes.len(), &kept.removed), (plain.writes.len() + 1, &None));
            assert!(kept.bytes - plain.bytes < 500, "{}", kept.bytes - plain.bytes);
            assert!(kept.writes.iter().all(|write| matches!(write, Write::Put(..))), "nothing is removed");
        }
        assert_eq!(kept(reference("new", 1)).writes.len(), plain.writes.len(), "it is the same");
    }
}

//! The stored workflows of a customer: records, changes, definitions, and the chunks of these.

use std::collections::{BTreeMap, BTreeSet};

use shared::{
    aws::{
        items::{self, Item},
        keys,
    },
    domain::{
        change::Change,
        definition,
        ids::{CustomerId, WorkflowId},
        kept_definition::KeptDefinition,
        workflow::{DefinitionRef, Workflow},
    },
};

/// One stored workflow.
#[derive(Clone, Debug, PartialEq)]
pub struct Copy {
    /// Its record.
    pub workflow: Workflow,
    /// Its definition, unpacked; none if it has none.
    pub definition: Option<Vec<u8>>,
}

/// Everything that is stored of a customer's workflows.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Every workflow, tombstones included.
    pub copies: BTreeMap<WorkflowId, Copy>,
    /// The change records, oldest first.
    pub changes: Vec<Change>,
    /// The sort keys of all chunks of definitions.
    pub chunks: BTreeSet<String>,
    /// The sort keys of those chunks that a workflow names.
    pub named: BTreeSet<String>,
    /// The sort keys of those chunks that belong to definitions kept of earlier times.
    pub kept: BTreeSet<String>,
}

impl Stored {
    /// Reads a customer's partition; every definition that a workflow names has to be complete.
    pub(super) fn of(customer: &CustomerId, partition: Vec<Item>) -> Self {
        let mut stored = Self {
            copies: BTreeMap::new(),
            changes: Vec::new(),
            chunks: BTreeSet::new(),
            named: BTreeSet::new(),
            kept: BTreeSet::new(),
        };
        let (mut chunks, mut records) = (BTreeMap::new(), Vec::new());
        for item in partition {
            let sk = items::key_of(&item).sk;
            if sk.starts_with(keys::WORKFLOW_PREFIX) {
                let workflow: Workflow = items::parse(item).unwrap().value;
                stored.copies.insert(workflow.zuora_id.clone(), Copy { workflow, definition: None });
            } else if sk.starts_with(keys::CHANGE_PREFIX) {
                stored.changes.push(items::parse(item).unwrap().value);
            } else if let Some(name) = sk.strip_prefix(keys::KEPT_PREFIX) {
                let id: WorkflowId = name.split('#').next().unwrap().parse().unwrap();
                records.push((id, items::parse::<KeptDefinition>(item).unwrap().value.definition));
            } else if sk.starts_with("DEFINITION#") {
                chunks.insert(sk.clone(), item["chunk"].as_b().unwrap().clone().into_inner());
                stored.chunks.insert(sk);
            }
        }
        let whole = |id: &WorkflowId, wanted: &DefinitionRef| {
            let named: Vec<String> =
                (0..wanted.chunks).map(|n| keys::definition_chunk(customer, id, &wanted.hash, n).sk).collect();
            let parts: Vec<Vec<u8>> = named.iter().filter_map(|sk| chunks.get(sk).cloned()).collect();
            assert_eq!(parts.len(), named.len(), "the definition {} of {id} is not whole", wanted.hash);
            (definition::restore(parts, wanted).unwrap(), named)
        };
        for (id, copy) in &mut stored.copies {
            let Some(wanted) = &copy.workflow.definition else { continue };
            let (bytes, named) = whole(id, wanted);
            copy.definition = Some(bytes);
            stored.named.extend(named);
        }
        stored.kept = records.iter().flat_map(|(id, wanted)| whole(id, wanted).1).collect();
        stored
    }

    /// The workflows that are not deleted.
    pub fn live(&self) -> BTreeMap<&WorkflowId, &Copy> {
        self.copies.iter().filter(|(_, copy)| copy.workflow.deleted_at.is_none()).collect()
    }

    /// The tombstones.
    pub fn tombstones(&self) -> BTreeSet<&WorkflowId> {
        self.copies.iter().filter(|(_, copy)| copy.workflow.deleted_at.is_some()).map(|(id, _)| id).collect()
    }

    /// The orphans: chunks that no workflow names and no record keeps.
    pub fn orphans(&self) -> Vec<&String> {
        self.chunks.difference(&self.named).filter(|chunk| !self.kept.contains(*chunk)).collect()
    }
}

//! What definitions refer to, one item for each workflow: its name and its references, packed.
//!
//! What must stay true: an item belongs to a workflow that is not deleted ([`super::derived`]). One of another version of the
//! formula is not read.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    derived::DERIVED,
    items::key_item,
    keys,
    table::{Item, Range, StoreError, Table, key_of},
};
use crate::domain::{
    definition::DefinitionError,
    derived::VERSION,
    ids::{CustomerId, WorkflowId},
    references::References,
    workflow::Workflow,
};

const NAME: &str = "workflow_name";
const HASH: &str = "content_hash";
const PACKED: &str = "packed";
const IS_WHOLE: &str = "is_whole";

/// What is read where names are enough.
const NAMES: &str = "PK, SK, derived, workflow_name";

/// The references of a workflow, as they are stored.
#[derive(Clone, Debug)]
pub struct Referring {
    /// The workflow.
    pub id: WorkflowId,
    /// Its name.
    pub name: Option<String>,
    /// False if some references had no room, or were not read.
    pub is_whole: bool,
    packed: Vec<u8>,
}

/// Some of a customer's workflows, in the order of their ids as texts.
#[derive(Debug)]
pub struct ReferringPage {
    /// Those that can be read.
    pub items: Vec<Referring>,
    /// The last one that was read; none if there was none.
    pub last: Option<WorkflowId>,
    /// True if there are more behind it.
    pub more: bool,
}

impl Referring {
    /// The references.
    ///
    /// # Errors
    /// If they are damaged.
    pub fn references(&self) -> Result<References, DefinitionError> {
        References::unpack(&self.packed)
    }

    /// The same, if one of the folded texts may be among their values.
    ///
    /// # Errors
    /// If they are damaged.
    pub fn references_with(&self, needles: &[&str]) -> Result<Option<References>, DefinitionError> {
        References::unpack_with(&self.packed, needles)
    }
}

/// The references of a data table.
#[derive(Clone, Debug)]
pub struct AllReferences {
    table: Table,
}

impl AllReferences {
    /// The references in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Reads those of one workflow; none if they are not stored, or by another version.
    ///
    /// # Errors
    /// As [`Table::get_item`].
    pub async fn get(&self, customer: &CustomerId, id: &WorkflowId) -> Result<Option<Referring>, StoreError> {
        Ok(self.table.get_item(&keys::references(customer, id)).await?.and_then(referring))
    }

    /// Reads a page of a customer's, behind those of a workflow; without references if `names_only`.
    ///
    /// # Errors
    /// As [`Table::page`].
    pub async fn page(
        &self,
        customer: &CustomerId,
        after: Option<&WorkflowId>,
        names_only: bool,
    ) -> Result<ReferringPage, StoreError> {
        let range = Range {
            keys: keys::references_after(after),
            projection: names_only.then_some(NAMES),
            ..Range::table(keys::customer_partition(customer), "")
        };
        let page = self.table.page(&range, None).await?;
        let last = page.items.last().and_then(|item| keys::referring(&key_of(item).sk));
        let more = page.last.is_some() && last.is_some();
        Ok(ReferringPage { items: page.items.into_iter().filter_map(referring).collect(), last, more })
    }
}

/// The item of a workflow.
pub(super) fn item(customer: &CustomerId, workflow: &Workflow, references: &References) -> Result<Item, StoreError> {
    let packed = references.pack().map_err(|error| StoreError::Refused(error.into()))?;
    let mut item = key_item(&keys::references(customer, &workflow.zuora_id));
    let text = |text: &String| AttributeValue::S(text.clone());
    item.extend(workflow.name.as_ref().map(|name| (NAME.to_owned(), text(name))));
    item.extend(workflow.definition.as_ref().map(|definition| (HASH.to_owned(), text(&definition.hash))));
    item.insert(IS_WHOLE.to_owned(), AttributeValue::Bool(references.complete));
    item.insert(PACKED.to_owned(), AttributeValue::B(packed.into()));
    Ok(item)
}

fn referring(mut item: Item) -> Option<Referring> {
    let version = item.get(DERIVED).and_then(|version| version.as_n().ok())?;
    let id = keys::referring(&key_of(&item).sk).filter(|_| *version == VERSION.to_string())?;
    let packed = match item.remove(PACKED) {
        Some(AttributeValue::B(packed)) => packed.into_inner(),
        _ => Vec::new(),
    };
    let name = item.remove(NAME).and_then(|name| name.as_s().ok().cloned());
    let is_whole = item.get(IS_WHOLE).and_then(|whole| whole.as_bool().ok()).copied().unwrap_or_default();
    Some(Referring { id, name, is_whole, packed })
}

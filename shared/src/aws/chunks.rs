//! The stored definitions of a customer one after the other, in the order of the table: for a search through all of them.
//!
//! What must stay true: a definition is taken whole, or not at all; and of one workflow all are read before the next one, since
//! beside the present definition there may be older ones, kept for a time, and orphans.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    items::TTL,
    keys,
    table::{Item, Range, StoreError, key_of},
    workflows::Workflows,
};
use crate::domain::{
    definition::{DefinitionError, unpack},
    ids::{CustomerId, WorkflowId},
};

/// A definition as it lies in the table.
#[derive(Debug)]
pub struct Packed {
    /// The workflow.
    pub id: WorkflowId,
    /// The hash under which it is stored: the workflow may name another one.
    pub hash: String,
    chunks: Vec<Vec<u8>>,
}

impl Packed {
    /// Unpacks it.
    ///
    /// # Errors
    /// If it is damaged.
    pub fn bytes(&self) -> Result<Vec<u8>, DefinitionError> {
        unpack(&self.chunks.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }
}

/// Reads a customer's definitions.
#[derive(Debug)]
pub struct Definitions<'w> {
    workflows: &'w Workflows,
    range: Range,
    after: Option<Item>,
    /// The workflow whose chunks the last page ended with.
    open: Vec<Packed>,
    is_over: bool,
}

impl<'w> Definitions<'w> {
    /// All of a customer's, behind those of a workflow.
    pub fn after(workflows: &'w Workflows, customer: &CustomerId, id: Option<&WorkflowId>) -> Self {
        let range = Range { keys: keys::chunks_after(id), ..Range::table(keys::customer_partition(customer), "") };
        Self { workflows, range, after: None, open: Vec::new(), is_over: false }
    }

    /// True if the last part was returned.
    pub const fn is_over(&self) -> bool {
        self.is_over
    }

    /// The definitions of the next workflows, those of a workflow in one part; none at the end. A part may be empty.
    ///
    /// # Errors
    /// As [`super::table::Table::page`].
    pub async fn next(&mut self) -> Result<Option<Vec<Packed>>, StoreError> {
        if self.is_over {
            return Ok(None);
        }
        let page = self.workflows.table().page(&self.range, self.after.take()).await?;
        page.items.into_iter().for_each(|item| self.add(item));
        self.is_over = page.last.is_none();
        self.after = page.last;
        // The next page may begin with more of the last workflow.
        let last = self.open.last().filter(|_| !self.is_over).map(|last| last.id.clone());
        let end = self.open.iter().position(|packed| Some(&packed.id) == last.as_ref());
        Ok(Some(self.open.drain(..end.unwrap_or(self.open.len())).collect()))
    }

    fn add(&mut self, mut item: Item) {
        // One that was replaced is kept for a time, and goes by itself.
        if item.contains_key(TTL) {
            return;
        }
        let sort_key = key_of(&item).sk;
        let Some(AttributeValue::B(chunk)) = item.remove("chunk") else { return };
        let Some((id, hash)) = keys::definition_of(&sort_key) else { return };
        match self.open.last_mut().filter(|open| open.id == id && open.hash == hash) {
            Some(open) => open.chunks.push(chunk.into_inner()),
            None => self.open.push(Packed { id, hash: hash.to_owned(), chunks: vec![chunk.into_inner()] }),
        }
    }
}

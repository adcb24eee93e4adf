//! What is derived from definitions: the items that are stored beside a workflow, and the workflows that lack them.
//!
//! What must stay true: the items are written in the transaction of the workflow whose `derived` says that they are there, and
//! removed in that of its tombstone.

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{TryStreamExt as _, future::ready};
use serde::Deserialize;

use super::{
    findings,
    index::records,
    keys,
    references::item,
    table::{Condition, Item, Range, StoreError, Write},
    workflows::Workflows,
};
use crate::domain::{
    derived::{Derived, VERSION},
    ids::{CustomerId, WorkflowId},
    time::Timestamp,
    workflow::Workflow,
};

/// The attribute of an item that says with which version it was computed.
pub(super) const DERIVED: &str = "derived";

/// The items to store beside a workflow.
pub(super) fn items(customer: &CustomerId, workflow: &Workflow, derived: &Derived) -> Result<Vec<Item>, StoreError> {
    let mut items = vec![
        item(customer, workflow, &derived.references)?,
        findings::item(customer, workflow, &derived.findings, &derived.links)?,
    ];
    for item in &mut items {
        item.insert(DERIVED.to_owned(), AttributeValue::N(VERSION.to_string()));
    }
    Ok(items)
}

/// The writes that remove them.
pub(super) fn removals(customer: &CustomerId, id: &WorkflowId) -> Vec<Write> {
    let references = Write::Delete(keys::references(customer, id), Condition::None);
    [vec![references], findings::removals(customer, id).into()].concat()
}

/// What is read of a workflow to know whether something is missing.
#[derive(Deserialize)]
struct Stored {
    zuora_id: WorkflowId,
    #[serde(default)]
    derived: u32,
    deleted_at: Option<Timestamp>,
}

impl Workflows {
    /// The workflows of a customer for which something has to be derived anew.
    ///
    /// # Errors
    /// As [`super::table::Table::page`].
    pub async fn not_derived(&self, customer: &CustomerId) -> Result<Vec<WorkflowId>, StoreError> {
        let range = Range {
            projection: Some("PK, SK, zuora_id, derived, deleted_at"),
            ..Range::table(keys::customer_partition(customer), keys::WORKFLOW_PREFIX)
        };
        let is_missing = |stored: &Stored| ready(stored.derived != VERSION && stored.deleted_at.is_none());
        let missing = records::<Stored>(self.table(), range).try_filter(is_missing);
        missing.map_ok(|stored| stored.zuora_id).try_collect().await
    }
}

//! What is derived from definitions: the items that are stored beside a workflow.
//!
//! What must stay true: the items are written in the transaction of the workflow whose `derived` says that they are there, and
//! removed in that of its tombstone.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    findings, keys,
    references::item,
    table::{Condition, Item, StoreError, Write},
};
use crate::domain::{
    derived::{Derived, VERSION},
    ids::{CustomerId, WorkflowId},
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

//! Keys of definitions, and of what is known of them: what kept them, what they refer to, what was found in them.

use super::{Key, SortKeys, customer_partition};
use crate::domain::{
    findings::RuleId,
    ids::{CustomerId, WorkflowId},
    time::Timestamp,
};

/// Sort key prefix of a customer's chunks.
pub const DEFINITION_PREFIX: &str = "DEFINITION#";

/// Sort key prefix of all chunks of a workflow, whatever definition they belong to.
pub fn definition_chunks(id: &WorkflowId) -> String {
    format!("{DEFINITION_PREFIX}{id}#")
}

/// Sort key prefix of the chunks of one definition.
pub fn chunks_of_definition(id: &WorkflowId, hash: &str) -> String {
    format!("{DEFINITION_PREFIX}{id}#{hash}#")
}

/// One chunk of a definition.
pub fn definition_chunk(customer: &CustomerId, id: &WorkflowId, hash: &str, chunk: u32) -> Key {
    Key::new(customer_partition(customer), format!("{}{chunk:04}", chunks_of_definition(id, hash)))
}

/// Sort key prefix of a customer's kept definitions: they sort as the chunks do.
pub const KEPT_PREFIX: &str = "KEPT#";

/// The record of one kept definition.
pub fn kept_definition(customer: &CustomerId, id: &WorkflowId, hash: &str) -> Key {
    Key::new(customer_partition(customer), format!("{KEPT_PREFIX}{id}#{hash}"))
}

/// The sort key of the record of the definition that a chunk belongs to, if it is kept.
pub fn kept_of_chunk(chunk: &str) -> Option<String> {
    let (definition, _) = chunk.strip_prefix(DEFINITION_PREFIX)?.rsplit_once('#')?;
    Some(format!("{KEPT_PREFIX}{definition}"))
}

/// The records of the definitions that the chunks from `first` to `last` belong to.
pub fn kept_between(first: &str, last: &str) -> SortKeys {
    let [first, last] = [first, last].map(|chunk| kept_of_chunk(chunk).unwrap_or_default());
    SortKeys::Between(first, last)
}

/// Sort keys of a customer's chunks, behind all those of a workflow.
pub fn chunks_after(id: Option<&WorkflowId>) -> SortKeys {
    after(DEFINITION_PREFIX, id)
}

/// The workflow that a sort key of a chunk belongs to, and the hash of its definition.
pub fn definition_of(sort_key: &str) -> Option<(WorkflowId, &str)> {
    let (id, rest) = sort_key.strip_prefix(DEFINITION_PREFIX)?.split_once('#')?;
    Some((id.parse().ok()?, rest.split('#').next()?))
}

/// Sort key prefix of what a customer's definitions refer to.
const REFERENCES_PREFIX: &str = "REFERENCES#";

/// What the definition of a workflow refers to.
pub fn references(customer: &CustomerId, id: &WorkflowId) -> Key {
    Key::new(customer_partition(customer), format!("{REFERENCES_PREFIX}{id}"))
}

/// Sort keys of a customer's references, behind those of a workflow.
pub fn references_after(id: Option<&WorkflowId>) -> SortKeys {
    after(REFERENCES_PREFIX, id)
}

/// The workflow that a sort key of references belongs to.
pub fn referring(sort_key: &str) -> Option<WorkflowId> {
    sort_key.strip_prefix(REFERENCES_PREFIX)?.parse().ok()
}

/// Sort keys with a prefix and the id of a workflow, behind all of one workflow. No id has a letter between `#` and `-`.
fn after(prefix: &str, id: Option<&WorkflowId>) -> SortKeys {
    let from = id.map_or_else(|| prefix.to_owned(), |id| format!("{prefix}{id}$"));
    SortKeys::Between(from, format!("{prefix}~"))
}

/// Sort key prefix of a customer's findings.
pub const FINDINGS_PREFIX: &str = "FINDINGS#";

/// The findings of a workflow's definition.
pub fn findings(customer: &CustomerId, id: &WorkflowId) -> Key {
    Key::new(customer_partition(customer), format!("{FINDINGS_PREFIX}{id}"))
}

/// The findings of a workflow that look at other workflows.
pub fn findings_across(customer: &CustomerId, id: &WorkflowId) -> Key {
    Key::new(customer_partition(customer), format!("{FINDINGS_PREFIX}{id}#OTHERS"))
}

/// Sort key prefix of a customer's suppressions.
pub const SUPPRESSION_PREFIX: &str = "SUPPRESSION#";

/// The suppression of a rule's findings in a workflow.
pub fn suppression(customer: &CustomerId, id: &WorkflowId, rule: RuleId) -> Key {
    Key::new(customer_partition(customer), format!("{SUPPRESSION_PREFIX}{id}#{rule}"))
}

/// Sort key prefix of the news about a customer's workflows: they sort by time.
pub const NEWS_PREFIX: &str = "NEWS#";

/// News about one workflow.
pub fn news(customer: &CustomerId, at: Timestamp, id: &WorkflowId) -> Key {
    Key::new(customer_partition(customer), format!("{NEWS_PREFIX}{at}#{id}"))
}

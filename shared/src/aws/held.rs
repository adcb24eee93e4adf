//! The complete lists of workflows whose deletion a guard held: an approval covers all of them, and the job itself shows only
//! the first.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    keys,
    table::{Condition, Item, StoreError, Table, Write},
};
use crate::domain::{
    ids::{CustomerId, JobId, WorkflowId},
    job::{Hold, RETENTION},
    time::Timestamp,
};

/// The compression level: fast, and ids are short.
const LEVEL: i32 = 1;

/// The held lists of a data table.
#[derive(Clone, Debug)]
pub struct HeldLists {
    table: Table,
}

impl HeldLists {
    /// The lists in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The write that stores what a job held; a retried job replaces its list.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] when memory runs out.
    pub fn put(customer: &CustomerId, job: &JobId, hold: &Hold, now: Timestamp) -> Result<Write, StoreError> {
        let text: Vec<&str> = hold.workflow_ids.iter().map(WorkflowId::as_str).collect();
        let packed = zstd::encode_all(text.join("\n").as_bytes(), LEVEL).map_err(|_| StoreError::TooLarge)?;
        let key = keys::held_list(customer, job);
        let item = Item::from([
            (keys::PK.to_owned(), AttributeValue::S(key.pk)),
            (keys::SK.to_owned(), AttributeValue::S(key.sk)),
            ("workflow_ids".to_owned(), AttributeValue::B(packed.into())),
            ("ttl".to_owned(), AttributeValue::N(now.plus(RETENTION).seconds().to_string())),
        ]);
        Ok(Write::Put(Box::new(item), Condition::None))
    }

    /// Reads a job's list, sorted; none if there is none.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the stored bytes are not such a list.
    pub async fn get(&self, customer: &CustomerId, job: &JobId) -> Result<Option<Vec<WorkflowId>>, StoreError> {
        let key = keys::held_list(customer, job);
        let Some(item) = self.table.get_item(&key).await? else { return Ok(None) };
        let ids = item.get("workflow_ids").and_then(|value| unpack(value.as_b().ok()?.as_ref()));
        let corrupt = || StoreError::Corrupt { pk: key.pk, sk: key.sk, source: "the list cannot be unpacked".into() };
        ids.ok_or_else(corrupt).map(Some)
    }
}

fn unpack(packed: &[u8]) -> Option<Vec<WorkflowId>> {
    let text = String::from_utf8(zstd::decode_all(packed).ok()?).ok()?;
    text.lines().map(|id| id.parse().ok()).collect()
}

//! Which customers are compared with which others: one item beside the left one, which its purge removes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    keys,
    table::{Condition, StoreError, Stored, Table, Write, to_item},
};
use crate::domain::{
    compared_with::{ComparedWith, Link, Relation, Words},
    ids::{CustomerId, WorkflowId},
};

/// What is stored about pairs of customers.
#[derive(Clone, Debug)]
pub struct Comparisons {
    table: Table,
}

impl Comparisons {
    /// Those in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Reads with which customer another one is compared.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn get(&self, left: &CustomerId) -> Result<Option<Stored<ComparedWith>>, StoreError> {
        let found = self.table.get::<Record>(&keys::compared_with(left)).await?;
        Ok(found.map(|Stored { value, rev }| Stored { value: value.into(), rev }))
    }

    /// Reads how two customers are compared: as the left one says, else as the right one does; none if neither names the other.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn between(&self, left: &CustomerId, right: &CustomerId) -> Result<Option<Relation>, StoreError> {
        let names = |found: Option<Stored<ComparedWith>>, other: &CustomerId| {
            found.map(|found| found.value).filter(|stored| stored.customer_id == *other)
        };
        if let Some(stored) = names(self.get(left).await?, right) {
            return Ok(Some(stored.from_left()));
        }
        Ok(names(self.get(right).await?, left).map(|stored| stored.from_right()))
    }

    /// The write that replaces what was read at `rev` (0 = there was none).
    ///
    /// # Errors
    /// [`StoreError::Refused`] if it has no storable form; that is a bug.
    pub fn put(left: &CustomerId, compared: &ComparedWith, rev: u64) -> Result<Write, StoreError> {
        let item = to_item(&Record::from(compared.clone()), &keys::compared_with(left), None, rev + 1, None)?;
        Ok(Write::Put(Box::new(item), Condition::unchanged_since(rev)))
    }

    /// The write that removes what was read at `rev`.
    pub fn delete(left: &CustomerId, rev: u64) -> Write {
        Write::Delete(keys::compared_with(left), Condition::RevIs(rev))
    }
}

/// The form in which it is stored: a link is one short pair.
#[derive(Serialize, Deserialize)]
struct Record {
    customer_id: CustomerId,
    links: BTreeMap<WorkflowId, WorkflowId>,
    ignore: Vec<String>,
    hosts: BTreeMap<String, String>,
    emails: BTreeMap<String, String>,
    constants: BTreeMap<String, String>,
}

impl From<ComparedWith> for Record {
    fn from(ComparedWith { customer_id, links, ignore, map }: ComparedWith) -> Self {
        let Words { hosts, emails, constants } = map;
        let links = links.into_iter().map(|link| (link.left, link.right)).collect();
        Self { customer_id, links, ignore, hosts, emails, constants }
    }
}

impl From<Record> for ComparedWith {
    fn from(Record { customer_id, links, ignore, hosts, emails, constants }: Record) -> Self {
        let links = links.into_iter().map(|(left, right)| Link { left, right }).collect();
        Self { customer_id, links, ignore, map: Words { hosts, emails, constants } }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::mock_sdk::{Cloud, Tables};

    #[tokio::test]
    async fn it_comes_back_as_it_was_stored_from_whichever_side_names_the_other() {
        let [left, right, third] = [(); 3].map(|()| CustomerId::new());
        let compared: ComparedWith = serde_json::from_value(json!({
            "customer_id": right, "ignore": ["css"], "links": [{"left": "1", "right": "2"}],
            "map": {"hosts": {"a": "b"}, "emails": {"a@b": "c@d"}, "constants": {"A": "B"}},
        }))
        .unwrap();
        let Write::Put(item, Condition::Absent) = Comparisons::put(&left, &compared, 0).unwrap() else {
            panic!("a new item")
        };
        let cloud = Cloud::with(Tables::default());
        let table = Table::new(aws_sdk_dynamodb::Client::new(&cloud.sdk), "data");
        table.put(*item, &Condition::None).await.unwrap();
        let store = Comparisons::new(table);

        let found = store.get(&left).await.unwrap().unwrap();
        assert_eq!((found.value, found.rev), (compared.clone(), 1));
        assert_eq!(store.between(&left, &right).await.unwrap(), Some(compared.from_left()));
        assert_eq!(store.between(&right, &left).await.unwrap(), Some(compared.from_right()));
        assert_eq!(
            store.between(&left, &third).await.unwrap(),
            None,
            "what is said of one customer counts for no other"
        );
    }
}

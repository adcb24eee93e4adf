//! Grants, in a table of their own: read by user on every request, listed by customer.
//!
//! What must stay true: only the role of `customers` writes here, and what counts is listed. See D-74.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::{
    items::{index_attributes, readable},
    keys::{self, GSI1PK, GSI1SK},
    table::{Condition, Item, Range, StoreError, Table, Write, key_of, to_item},
};
use crate::domain::{
    ids::{CustomerId, UserId},
    policy::{Grants, Verbs},
    time::Timestamp,
};

/// The number of actions that DynamoDB takes in one transaction.
const MOST_IN_A_TRANSACTION: usize = 100;

/// The verbs granted to one user on one customer, or on all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Grant {
    /// The user who holds the grant.
    pub user: UserId,
    /// Their e-mail address when it was granted. (Absent in items of older backups.)
    #[serde(default)]
    pub email: Option<String>,
    /// The customer that it covers; none for all customers.
    pub customer_id: Option<CustomerId>,
    /// The granted verbs.
    #[serde(deserialize_with = "known")]
    pub verbs: Verbs,
    /// The `sub` of the super admin who granted it.
    pub granted_by: String,
    /// The e-mail address of that super admin then. (Absent in items of older backups.)
    #[serde(default)]
    pub granted_by_email: Option<String>,
    /// The moment of the grant.
    pub granted_at: Timestamp,
}

/// The grants of a grants table.
#[derive(Clone, Debug)]
pub struct GrantStore {
    table: Table,
}

impl GrantStore {
    /// The grants in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The table, for transactions across tables.
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// Reads all grants of one user, strongly consistent, so that a withdrawn grant stops counting at once.
    ///
    /// # Errors
    /// As [`Table::all`].
    pub async fn of_user(&self, user: &UserId) -> Result<Grants, StoreError> {
        let mut grants = Grants::default();
        for item in self.table.all(&Range::table(keys::user_partition(user), keys::GRANT_PREFIX)).await? {
            let Some(grant) = listed(user, item) else { continue };
            match grant.customer_id {
                Some(customer) => drop(grants.customers.insert(customer, grant.verbs)),
                None => grants.all = grant.verbs,
            }
        }
        Ok(grants)
    }

    /// Lists all grants on one customer (none: on all customers), by user. The index lags by moments.
    ///
    /// # Errors
    /// As [`Table::all`].
    pub async fn on_customer(&self, customer: Option<&CustomerId>) -> Result<Vec<Grant>, StoreError> {
        let items = self.table.all(&Range::index(keys::grants_on(customer), "")).await?;
        Ok(items.into_iter().filter_map(readable).collect())
    }

    /// Reads one grant, strongly consistent.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn get(&self, user: &UserId, customer: Option<&CustomerId>) -> Result<Option<Grant>, StoreError> {
        Ok(self.table.get::<Grant>(&keys::grant(user, customer)).await?.map(|found| found.value))
    }

    /// The write that stores a grant in place of the user's previous one there.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if it has no storable form; that is a bug.
    pub fn put(grant: &Grant) -> Result<Write, StoreError> {
        let customer = grant.customer_id.as_ref();
        let index = keys::grant_by_customer(customer, &grant.user);
        let item = to_item(grant, &keys::grant(&grant.user, customer), Some(&index), 1, None)?;
        Ok(Write::Put(Box::new(item), Condition::None))
    }

    /// The write that withdraws a grant; its condition is that the grant exists.
    pub fn delete(user: &UserId, customer: Option<&CustomerId>) -> Write {
        Write::Delete(keys::grant(user, customer), Condition::Exists)
    }

    /// The writes that withdraw every grant on a customer. The index lags by moments.
    ///
    /// # Errors
    /// As [`Table::all`].
    pub async fn withdrawals(&self, customer: &CustomerId) -> Result<Vec<Write>, StoreError> {
        let grants = self.table.all(&Range::index(keys::grants_on(Some(customer)), "")).await?;
        Ok(grants.iter().map(|item| Write::Delete(key_of(item), Condition::None)).collect())
    }

    /// Withdraws every grant on a customer that is being removed.
    ///
    /// # Errors
    /// As [`GrantStore::withdrawals`] and [`Table::write`].
    pub async fn forget_customer(&self, customer: &CustomerId) -> Result<(), StoreError> {
        for some in self.withdrawals(customer).await?.chunks(MOST_IN_A_TRANSACTION) {
            self.table.write(some.to_vec()).await?;
        }
        Ok(())
    }
}

/// The verbs that this version knows: one that newer code granted counts for nothing here, and the others count.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Verbs, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    Ok(names.into_iter().filter_map(|name| serde_json::from_value(name.into()).ok()).collect())
}

/// A grant of `user` that is listed where it counts. Any other was put there behind the product's back: it counts for nothing.
fn listed(user: &UserId, item: Item) -> Option<Grant> {
    let key = key_of(&item);
    let in_index = [GSI1PK, GSI1SK].map(|name| (name.to_owned(), item.get(name).cloned()));
    let grant: Grant = readable(item)?;
    let customer = grant.customer_id.as_ref();
    let expected = index_attributes(&keys::grant_by_customer(customer, user)).map(|(name, value)| (name, Some(value)));
    if grant.user == *user && key == keys::grant(user, customer) && in_index == expected {
        return Some(grant);
    }
    tracing::error!(pk = key.pk, sk = key.sk, "a grant that no list shows was ignored");
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        aws::mock_sdk::{Cloud, Tables},
        domain::policy::Verb,
    };

    #[tokio::test]
    async fn a_grant_counts_only_where_a_list_shows_it() {
        let cloud = Cloud::with(Tables::default());
        let store = GrantStore::new(Table::new(aws_sdk_dynamodb::Client::new(&cloud.sdk), "grants"));
        let user: UserId = "0199c0de-0000-7000-8000-000000000001".parse().unwrap();
        let customer = CustomerId::new();
        let on = |customer_id: Option<&CustomerId>| Grant {
            user: user.clone(),
            email: None,
            customer_id: customer_id.cloned(),
            verbs: Verbs::from([Verb::View]),
            granted_by: "ada".to_owned(),
            granted_by_email: None,
            granted_at: Timestamp::EPOCH,
        };
        store.table.write(vec![GrantStore::put(&on(Some(&customer))).unwrap()]).await.unwrap();
        // One on all customers that is in no index, and one that stands where another customer's would.
        let hidden = to_item(&on(None), &keys::grant(&user, None), None, 1, None).unwrap();
        let elsewhere = keys::grant(&user, Some(&CustomerId::new()));
        let index = keys::grant_by_customer(Some(&customer), &user);
        let misplaced = to_item(&on(Some(&customer)), &elsewhere, Some(&index), 1, None).unwrap();
        for item in [hidden, misplaced] {
            store.table.put(item, &Condition::None).await.unwrap();
        }

        let counted = store.of_user(&user).await.unwrap();

        assert!(counted.all.is_empty());
        assert_eq!(counted.customers.into_keys().collect::<Vec<_>>(), [customer]);
    }

    #[test]
    fn a_verb_that_only_newer_code_knows_grants_nothing_and_the_others_count() {
        let granted = serde_json::json!({
            "user": "0199c0de-0000-7000-8000-000000000001", "customer_id": null, "granted_by": "ada",
            "granted_at": Timestamp::EPOCH, "verbs": ["view", "from_the_future", "sync"],
        });

        let grant: Grant = serde_json::from_value(granted).unwrap();

        assert_eq!(grant.verbs, Verbs::from([Verb::View, Verb::Sync]));
    }
}

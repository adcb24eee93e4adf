//! Grants in the data table: read by user on every request, listed by customer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    keys,
    table::{Condition, Range, StoreError, Table, Write, parse, to_item},
};
use crate::domain::{
    ids::{CustomerId, UserId},
    policy::{Grants, Verbs},
    time::Timestamp,
};

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
    pub verbs: Verbs,
    /// The `sub` of the super admin who granted it.
    pub granted_by: String,
    /// The e-mail address of that super admin then. (Absent in items of older backups.)
    #[serde(default)]
    pub granted_by_email: Option<String>,
    /// The moment of the grant.
    pub granted_at: Timestamp,
}

/// The grants of a data table.
#[derive(Clone, Debug)]
pub struct GrantStore {
    table: Table,
}

impl GrantStore {
    /// The grants in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Reads all grants of one user, strongly consistent, so that a withdrawn grant stops counting at once.
    ///
    /// # Errors
    /// As [`Table::all`].
    pub async fn of_user(&self, user: &UserId) -> Result<Grants, StoreError> {
        let mut grants = Grants::default();
        for item in self.table.all(&Range::table(keys::user_partition(user), keys::GRANT_PREFIX)).await? {
            let grant: Grant = parse(item)?.value;
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
        items.into_iter().map(|item| Ok(parse::<Grant>(item)?.value)).collect()
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

    /// Withdraws every grant on a customer that is being removed.
    ///
    /// # Errors
    /// As [`Table::all`] and [`Table::delete_all`].
    pub async fn forget_customer(&self, customer: &CustomerId) -> Result<(), StoreError> {
        let grants = self.on_customer(Some(customer)).await?;
        let keys: Vec<_> = grants.iter().map(|grant| keys::grant(&grant.user, Some(customer))).collect();
        self.table.delete_all(&keys).await
    }
}

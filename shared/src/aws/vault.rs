//! The vault table: sealed client secrets and access tokens, and the marks of deletions, apart from all other data.
//!
//! The role of `customers` may write here but never read; only `sync` reads. So only `customers` can delete a customer: a purge
//! needs its mark.

use serde::{Deserialize, Serialize};

use super::{
    keys,
    table::{Condition, StoreError, Table, Write, to_item},
};
use crate::domain::{ids::CustomerId, time::Timestamp};

/// The sealed client secret of a customer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Credentials {
    /// The output of [`super::sealing::Sealer`].
    #[serde(with = "binary")]
    pub ciphertext: Vec<u8>,
    /// The customer's credential version that it belongs to.
    pub secret_version: u64,
}

/// The sealed access token of a customer.
#[derive(Debug, Serialize, Deserialize)]
pub struct CachedToken {
    /// The output of [`super::sealing::Sealer`].
    #[serde(with = "binary")]
    pub ciphertext: Vec<u8>,
    /// The credential version that it was requested with.
    pub credential_version: u64,
    /// The moment after which it is not used: Zuora's expiry less a margin.
    pub expires_at: Timestamp,
}

/// The mark of a customer's deletion.
#[derive(Debug, Serialize)]
struct Deletion {
    deleted_at: Timestamp,
}

/// The vault.
#[derive(Clone, Debug)]
pub struct Vault {
    table: Table,
}

impl Vault {
    /// The vault in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The table, for transactions across tables.
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// Reads a customer's sealed secret.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn credentials(&self, customer: &CustomerId) -> Result<Option<Credentials>, StoreError> {
        Ok(self.table.get(&keys::credentials(customer)).await?.map(|found| found.value))
    }

    /// Reads a customer's cached token.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn token(&self, customer: &CustomerId) -> Result<Option<CachedToken>, StoreError> {
        Ok(self.table.get(&keys::token(customer)).await?.map(|found| found.value))
    }

    /// Stores a cached token.
    ///
    /// # Errors
    /// As [`Table::put`].
    pub async fn put_token(&self, customer: &CustomerId, token: &CachedToken) -> Result<(), StoreError> {
        let item = to_item(token, &keys::token(customer), None, 1, Some(token.expires_at.seconds()))?;
        self.table.put(item, &Condition::None).await
    }

    /// The write that stores a sealed secret.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if it has no storable form; that is a bug.
    pub fn put_credentials(customer: &CustomerId, credentials: &Credentials) -> Result<Write, StoreError> {
        let item = to_item(credentials, &keys::credentials(customer), None, 1, None)?;
        Ok(Write::Put(Box::new(item), Condition::None))
    }

    /// The write that makes a cached token unusable.
    pub fn forget_token(customer: &CustomerId) -> Write {
        Write::Delete(keys::token(customer), Condition::None)
    }

    /// The writes that destroy all secrets of a customer.
    pub fn destroy(customer: &CustomerId) -> Vec<Write> {
        vec![Write::Delete(keys::credentials(customer), Condition::None), Self::forget_token(customer)]
    }

    /// The write that marks a customer as deleted.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if it has no storable form; that is a bug.
    pub fn mark_deletion(customer: &CustomerId, now: Timestamp) -> Result<Write, StoreError> {
        let item = to_item(&Deletion { deleted_at: now }, &keys::deletion(customer), None, 1, None)?;
        Ok(Write::Put(Box::new(item), Condition::None))
    }

    /// True if a customer is marked as deleted.
    ///
    /// # Errors
    /// As [`Table::get_item`].
    pub async fn has_deletion_mark(&self, customer: &CustomerId) -> Result<bool, StoreError> {
        Ok(self.table.get_item(&keys::deletion(customer)).await?.is_some())
    }

    /// The write that removes the mark, together with the last of the customer.
    pub fn remove_deletion_mark(customer: &CustomerId) -> Write {
        Write::Delete(keys::deletion(customer), Condition::None)
    }
}

/// Serializes bytes as a DynamoDB binary, not as a list of numbers.
mod binary {
    use serde::{Deserializer, Serializer, de::Visitor};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }

            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }
        }
        deserializer.deserialize_byte_buf(Bytes)
    }
}

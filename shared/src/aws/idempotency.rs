//! Requests that take effect once, however often they arrive: `Idempotency-Key`, after the IETF draft
//! draft-ietf-httpapi-idempotency-key-header. See D-77.
//!
//! What must stay true: the answer is stored in the transaction of the request's effect, so neither exists without the other. A
//! claim is taken over only when its holder is certainly dead, and from then on that holder can no longer commit.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    keys::{self, Key},
    table::{Condition, Item, StoreError, Table, Write, to_item},
};
use crate::domain::time::Timestamp;

/// The retention of an answer.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// The longest time that a request may be under way: functions behind the API end after 25 s.
const UNDER_WAY: Duration = Duration::from_secs(60);

/// One request under a key.
#[derive(Debug, Serialize, Deserialize)]
struct Record<T> {
    /// The id of the holder.
    claim: String,
    /// The digest of the request.
    fingerprint: String,
    /// The stored answer; none while the request is under way.
    answer: Option<T>,
    /// The end of the record's validity.
    good_until: Timestamp,
}

/// The records of a data table.
#[derive(Clone, Debug)]
pub struct IdempotencyStore {
    table: Table,
}

/// The right to serve one request, held by this caller.
#[derive(Debug)]
pub struct KeyClaim {
    key: Key,
    id: String,
    fingerprint: String,
}

/// The result of [`IdempotencyStore::begin`].
#[derive(Debug)]
pub enum Begun<T> {
    /// The caller holds the claim and has to serve the request.
    New(KeyClaim),
    /// It was served before, with this answer.
    Done(T),
    /// Another caller is serving it at this moment.
    UnderWay,
    /// The key was used for a different request.
    Other,
}

impl IdempotencyStore {
    /// The records in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Claims the request that `caller` sends under `key`; `fingerprint` is its digest.
    ///
    /// # Errors
    /// As [`Table::get`] and [`Table::put`].
    pub async fn begin<T: DeserializeOwned + Serialize>(
        &self,
        caller: &str,
        key: &str,
        fingerprint: String,
        now: Timestamp,
    ) -> Result<Begun<T>, StoreError> {
        let claim = KeyClaim { key: keys::once(caller, key), id: Uuid::now_v7().simple().to_string(), fingerprint };
        let free = Condition::That(
            "attribute_not_exists(PK) OR good_until <= :now",
            vec![(":now", AttributeValue::S(now.to_string()))],
        );
        match self.table.put(claim.item::<T>(None, now.plus(UNDER_WAY))?, &free).await {
            Ok(()) => return Ok(Begun::New(claim)),
            Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
        let Some(found) = self.table.get::<Record<T>>(&claim.key).await? else {
            // Its holder released it between the two calls.
            return Ok(Begun::UnderWay);
        };
        Ok(match found.value {
            // The record is our own write, whose answer was lost.
            Record { claim: id, .. } if id == claim.id => Begun::New(claim),
            Record { fingerprint, .. } if fingerprint != claim.fingerprint => Begun::Other,
            Record { answer: Some(answer), .. } => Begun::Done(answer),
            Record { answer: None, .. } => Begun::UnderWay,
        })
    }

    /// Releases a claim without effect, so that the same key may be used again.
    ///
    /// # Errors
    /// As [`Table::write`].
    pub async fn give_up(&self, claim: KeyClaim) -> Result<(), StoreError> {
        match self.table.write(vec![Write::Delete(claim.key, mine(&claim.id))]).await {
            Err(StoreError::Conflict { .. }) => Ok(()),
            result => result,
        }
    }
}

impl KeyClaim {
    /// The write that stores the answer; it belongs in the transaction of the request's effect.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the answer has no storable form; that is a bug.
    pub fn done<T: Serialize>(&self, answer: &T, now: Timestamp) -> Result<Write, StoreError> {
        Ok(Write::Put(Box::new(self.item(Some(answer), now.plus(KEPT))?), mine(&self.id)))
    }

    fn item<T: Serialize>(&self, answer: Option<&T>, until: Timestamp) -> Result<Item, StoreError> {
        let record =
            Record { claim: self.id.clone(), fingerprint: self.fingerprint.clone(), answer, good_until: until };
        to_item(&record, &self.key, None, 1, Some(until.seconds()))
    }
}

fn mine(id: &str) -> Condition {
    Condition::That("claim = :claim", vec![(":claim", AttributeValue::S(id.to_owned()))])
}

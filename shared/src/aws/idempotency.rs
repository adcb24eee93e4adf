//! Requests that are done once, however often they come: `Idempotency-Key`, after the IETF draft
//! draft-ietf-httpapi-idempotency-key-header. See D-27.
//!
//! What must stay true: the answer is stored in the transaction that does what was asked, so there is never one without the
//! other. A claim whose holder died is taken over when the holder is certainly dead, and then that holder can commit no more.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    keys::{self, Key},
    table::{Condition, Item, StoreError, Table, Write, to_item},
};
use crate::domain::time::Timestamp;

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// How long a request may be under way: functions behind the API end after 25 s.
const UNDER_WAY: Duration = Duration::from_secs(60);

/// One request under a key.
#[derive(Debug, Serialize, Deserialize)]
struct Record<T> {
    /// Who has it.
    claim: String,
    /// Names what was asked.
    fingerprint: String,
    /// What came of it; none while it is under way.
    answer: Option<T>,
    /// Until when the record counts.
    good_until: Timestamp,
}

/// The records of a data table.
#[derive(Clone, Debug)]
pub struct IdempotencyStore {
    table: Table,
}

/// A request that is ours to do.
#[derive(Debug)]
pub struct KeyClaim {
    key: Key,
    id: String,
    fingerprint: String,
}

/// What became of the wish to do something once.
#[derive(Debug)]
pub enum Begun<T> {
    /// It is ours to do.
    New(KeyClaim),
    /// It was done: this came of it.
    Done(T),
    /// Somebody does it at this moment.
    UnderWay,
    /// The key was used for something else.
    Other,
}

impl IdempotencyStore {
    /// The records in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Claims what `caller` asks under `key`; `fingerprint` names what that is.
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
            // It was given up at this very moment.
            return Ok(Begun::UnderWay);
        };
        Ok(match found.value {
            // Our own write, whose answer was lost.
            Record { claim: id, .. } if id == claim.id => Begun::New(claim),
            Record { fingerprint, .. } if fingerprint != claim.fingerprint => Begun::Other,
            Record { answer: Some(answer), .. } => Begun::Done(answer),
            Record { answer: None, .. } => Begun::UnderWay,
        })
    }

    /// Gives a claim up: nothing was done, and the same key may be used again.
    pub async fn give_up(&self, claim: KeyClaim) -> Result<(), StoreError> {
        match self.table.write(vec![Write::Delete(claim.key, mine(&claim.id))]).await {
            Err(StoreError::Conflict { .. }) => Ok(()),
            result => result,
        }
    }
}

impl KeyClaim {
    /// The write that keeps the answer; part of the transaction that does what was asked.
    ///
    /// # Errors
    /// When the answer has no storable form; that is a bug.
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

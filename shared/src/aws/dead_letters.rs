//! The record of messages that nobody could read: the queue hides what is received, so lists read this instead.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    keys,
    table::{Condition, Range, StoreError, Table, parse, to_item},
};
use crate::domain::time::Timestamp;

/// How long SQS keeps a dead letter, and so how long its record is shown.
const DAYS: i64 = 14;
/// How much of an unreadable body is kept.
const BODY_CHARS: usize = 1000;

/// One unreadable message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = UnreadableMessage)]
pub struct Unreadable {
    /// The id SQS gave it.
    pub message_id: String,
    /// What was wrong.
    pub reason: String,
    /// The beginning of its body.
    pub body: String,
    /// When it was set aside.
    pub dead_lettered_at: Timestamp,
}

impl Unreadable {
    /// A record of the message.
    pub fn new(message_id: &str, reason: String, body: &str, now: Timestamp) -> Self {
        let body = body.chars().take(BODY_CHARS).collect();
        Self { message_id: message_id.to_owned(), reason, body, dead_lettered_at: now }
    }
}

/// Stores the record; the same message twice is stored once.
///
/// # Errors
/// As [`Table::put`].
pub async fn record(table: &Table, letter: &Unreadable) -> Result<(), StoreError> {
    let ttl = letter.dead_lettered_at.seconds() + DAYS * 86_400;
    let item = to_item(letter, &keys::dead_letter(&letter.message_id), None, 1, Some(ttl))?;
    table.put(item, &Condition::None).await
}

/// All records that are still shown.
///
/// # Errors
/// As [`Table::all`].
pub async fn list(table: &Table) -> Result<Vec<Unreadable>, StoreError> {
    let items = table.all(&Range::table(keys::DEAD_LETTERS, "")).await?;
    items.into_iter().map(|item| Ok(parse::<Unreadable>(item)?.value)).collect()
}

//! The record of messages that nobody could read: the queue hides what is received, so lists read this instead.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    budget::Budget,
    index::{Found, Position, filtered},
    keys,
    table::{Condition, Range, StoreError, Table, to_item},
};
use crate::domain::time::Timestamp;

/// How long SQS keeps a dead letter, and so how long its record is shown.
const SHOWN: Duration = Duration::from_secs(14 * 86_400);
/// How much of an unreadable body is kept.
const BODY_CHARS: usize = 1000;

/// One unreadable message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = UnreadableMessage)]
pub struct UnreadableLetter {
    /// The id SQS gave it.
    pub message_id: String,
    /// What was wrong.
    pub reason: String,
    /// The beginning of its body.
    pub body: String,
    /// When it was set aside.
    pub dead_lettered_at: Timestamp,
}

impl UnreadableLetter {
    /// A record of the message.
    pub fn new(message_id: &str, reason: String, body: &str, now: Timestamp) -> Self {
        let body = body.chars().take(BODY_CHARS).collect();
        Self { message_id: message_id.to_owned(), reason, body, dead_lettered_at: now }
    }

    /// From then on it is shown no more: DynamoDB removes expired items days later.
    fn shown_until(&self) -> Timestamp {
        self.dead_lettered_at.plus(SHOWN)
    }
}

/// Stores the record; the same message twice is stored once.
///
/// # Errors
/// As [`Table::put`].
pub async fn record(table: &Table, letter: &UnreadableLetter) -> Result<(), StoreError> {
    let ttl = letter.shown_until().seconds();
    let item = to_item(letter, &keys::dead_letter(&letter.message_id), None, 1, Some(ttl))?;
    table.put(item, &Condition::None).await
}

/// Lists the records that are shown at `now`, by their ids, the last first.
///
/// # Errors
/// As [`filtered`].
pub async fn list(
    table: &Table,
    after: Option<&Position>,
    limit: usize,
    budget: &Budget,
    now: Timestamp,
) -> Result<Found<UnreadableLetter>, StoreError> {
    let range = Range { descending: true, ..Range::table(keys::DEAD_LETTERS, "") };
    filtered(table, &range, after, limit, budget, |letter: &UnreadableLetter| now < letter.shown_until()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::mock_sdk;
    use serde_json::json;

    #[tokio::test]
    async fn a_record_is_shown_for_fourteen_days_though_its_item_is_still_there() {
        let sdk = mock_sdk::sdk(|_| {
            let item = json!({
                "PK": {"S": keys::DEAD_LETTERS}, "SK": {"S": "m"}, "message_id": {"S": "m"}, "reason": {"S": "no"},
                "body": {"S": "?"}, "dead_lettered_at": {"S": Timestamp::EPOCH.to_string()},
            });
            (200, json!({"Items": [item], "Count": 1}))
        });
        let table = Table::new(aws_sdk_dynamodb::Client::new(&sdk), "data");
        let shown = async |seconds: u64| {
            let now = Timestamp::EPOCH.plus(Duration::from_secs(seconds));
            list(&table, None, 50, &Budget::default(), now).await.unwrap().items.len()
        };

        assert_eq!((shown(14 * 86_400 - 1).await, shown(14 * 86_400).await), (1, 0));
    }
}

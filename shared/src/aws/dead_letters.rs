//! The records of unreadable messages. SQS hides a message once it is received, so lists read these records instead.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    budget::Budget,
    index::{Found, Position, filtered},
    keys,
    table::{Condition, Range, StoreError, Table, Write, to_item},
};
use crate::domain::time::Timestamp;

/// The retention of a dead letter in SQS, and so of its record in lists.
const SHOWN: Duration = Duration::from_secs(14 * 86_400);
/// The number of characters that are kept of an unreadable body.
const BODY_CHARS: usize = 1000;

/// One unreadable message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = UnreadableMessage)]
pub struct UnreadableLetter {
    /// The id that SQS gave the message.
    pub message_id: String,
    /// The reason why it could not be read.
    pub reason: String,
    /// The first thousand characters of its body.
    pub body: String,
    /// The moment at which it was moved to the dead letter queue.
    pub dead_lettered_at: Timestamp,
}

impl UnreadableLetter {
    /// A record of the message.
    pub fn new(message_id: &str, reason: String, body: &str, now: Timestamp) -> Self {
        let body = body.chars().take(BODY_CHARS).collect();
        Self { message_id: message_id.to_owned(), reason, body, dead_lettered_at: now }
    }

    /// The end of its time in lists: DynamoDB removes expired items only days later.
    fn shown_until(&self) -> Timestamp {
        self.dead_lettered_at.plus(SHOWN)
    }
}

/// Stores the record; a message that arrives twice is stored once.
///
/// # Errors
/// As [`Table::put`].
pub async fn record(table: &Table, letter: &UnreadableLetter) -> Result<(), StoreError> {
    let ttl = letter.shown_until().seconds();
    let item = to_item(letter, &keys::dead_letter(&letter.message_id), None, 1, Some(ttl))?;
    table.put(item, &Condition::None).await
}

/// The write that removes a record; its condition is that there is one.
pub fn delete(message_id: &str) -> Write {
    Write::Delete(keys::dead_letter(message_id), Condition::Exists)
}

/// Lists the records that have not expired at `now`, by message id, descending.
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

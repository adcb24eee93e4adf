//! Many items at once. DynamoDB may leave some of a batch unprocessed: those are sent again, with pauses, a limited number of
//! times.

use std::time::Duration;

use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, WriteRequest};
use serde::de::DeserializeOwned;

use super::{
    items::{Item, key_item, key_of, parse},
    keys::Key,
    store_error::{StoreError, classify},
    table::Table,
};

/// The number of times that a batch is sent: enough for a hundred items if DynamoDB processes half each time.
const ROUNDS: u32 = 8;

impl Table {
    /// Reads many records (at most 100 keys) for display, in no order. Absent ones are left out, and so may be those written a
    /// moment ago (eventually consistent). Keys that DynamoDB leaves unprocessed are sent again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it keeps leaving some unprocessed: the caller may try again later.
    pub async fn get_many<T: DeserializeOwned>(&self, keys: &[Key]) -> Result<Vec<(Key, T)>, StoreError> {
        let items = self.get_many_items(keys).await?.into_iter();
        items.map(|item| Ok((key_of(&item), parse::<T>(item)?.value))).collect()
    }

    /// Reads the same as stored items.
    ///
    /// # Errors
    /// As [`Table::get_many`].
    pub async fn get_many_items(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::new();
        let mut left: Vec<Item> = keys.iter().map(key_item).collect();
        let mut round = 0;
        while !left.is_empty() {
            pause_before(round).await?;
            round += 1;
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(std::mem::take(&mut left)))
                .build()
                .map_err(|error| StoreError::Refused(error.into()))?;
            let answer =
                self.client().batch_get_item().request_items(self.name(), wanted).send().await.map_err(classify)?;
            found.extend(answer.responses.into_iter().flatten().flat_map(|(_, items)| items));
            left = answer.unprocessed_keys.into_iter().flatten().flat_map(|(_, rest)| rest.keys).collect();
        }
        Ok(found)
    }

    /// Removes items in batches of 25; those that DynamoDB leaves unprocessed are sent again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it keeps leaving some unprocessed: the caller may try again later.
    pub async fn delete_all(&self, keys: &[Key]) -> Result<(), StoreError> {
        let requests = keys.iter().map(|key| {
            let delete = DeleteRequest::builder().set_key(Some(key_item(key))).build();
            delete.map(|delete| WriteRequest::builder().delete_request(delete).build())
        });
        self.write_batches(requests.collect::<Result<_, _>>().map_err(|error| StoreError::Refused(error.into()))?).await
    }

    async fn write_batches(&self, requests: Vec<WriteRequest>) -> Result<(), StoreError> {
        for batch in requests.chunks(25) {
            let mut left = batch.to_vec();
            let mut round = 0;
            while !left.is_empty() {
                pause_before(round).await?;
                round += 1;
                let request = self.client().batch_write_item().request_items(self.name(), std::mem::take(&mut left));
                let answer = request.send().await.map_err(classify)?;
                left = answer.unprocessed_items.into_iter().flatten().flat_map(|(_, rest)| rest).collect();
            }
        }
        Ok(())
    }
}

/// Waits before unprocessed items are sent again: not at all before the first round, then with full jitter below a doubling
/// ceiling. Fails after the last round.
async fn pause_before(round: u32) -> Result<(), StoreError> {
    if round == ROUNDS {
        return Err(StoreError::Unavailable("items were left unprocessed".into()));
    }
    if let Some(doublings) = round.checked_sub(1) {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..(20 << doublings)))).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering::SeqCst},
    };

    use aws_sdk_dynamodb::Client;
    use serde_json::{Value, json};

    use super::*;
    use crate::aws::mock_sdk;

    /// A table that leaves `over` unprocessed `times` times, then answers `done`; and the number of requests so far.
    fn busy(times: u32, over: Value, done: Value) -> (Table, Arc<AtomicU32>) {
        let asked = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&asked);
        let sdk = mock_sdk::sdk(move |_| {
            let answer = if counter.fetch_add(1, SeqCst) < times { &over } else { &done };
            (200, answer.clone())
        });
        (Table::new(Client::new(&sdk), "data"), asked)
    }

    fn key() -> Key {
        Key { pk: "A".into(), sk: "B".into() }
    }

    fn over() -> Value {
        let key = json!({"PK": {"S": "A"}, "SK": {"S": "B"}});
        json!({
            "UnprocessedKeys": {"data": {"Keys": [key]}},
            "UnprocessedItems": {"data": [{"DeleteRequest": {"Key": key}}]},
        })
    }

    #[tokio::test]
    async fn what_a_batch_leaves_over_is_asked_for_again_until_it_comes() {
        let item = json!({"PK": {"S": "A"}, "SK": {"S": "B"}, "n": {"N": "7"}});
        let (table, asked) = busy(2, over(), json!({"Responses": {"data": [item]}}));
        let found = table.get_many::<Value>(&[key()]).await.unwrap();
        assert_eq!((found[0].1["n"].as_u64(), asked.load(SeqCst)), (Some(7), 3));

        let (table, asked) = busy(2, over(), json!({}));
        table.delete_all(&[key()]).await.unwrap();
        assert_eq!(asked.load(SeqCst), 3);
    }

    #[tokio::test]
    async fn a_table_that_always_leaves_something_over_is_left_alone_after_eight_rounds() {
        let (table, asked) = busy(u32::MAX, over(), Value::Null);

        for result in [table.get_many::<Value>(&[key()]).await.map(drop), table.delete_all(&[key()]).await] {
            assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
        }
        assert_eq!(asked.load(SeqCst), 2 * ROUNDS);
    }
}

//! One SQS queue. The choice of the queue for a job is in [`super::queues`].

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    types::{
        DeleteMessageBatchRequestEntry, Message as SqsMessage, MessageAttributeValue, QueueAttributeName,
        SendMessageBatchRequestEntry,
    },
};

use crate::domain::{failure::ErrorClass, ids::CustomerId, job::Kind, message::Message};

/// The longest delay that SQS allows; a message with a longer wait is sent again when it arrives.
pub const MAX_DELAY: Duration = Duration::from_secs(900);
const ROUNDS: u32 = 4;
/// The attribute of a dead letter that holds [`Received::unreadable_id`].
const UNREADABLE_ID: &str = "message_id";

/// The error for a queue that could not be reached, or that refused.
#[derive(Debug, thiserror::Error)]
#[error("the queue did not take the request")]
pub struct QueueError(#[source] Box<dyn std::error::Error + Send + Sync>);

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> QueueError {
    QueueError(error.into())
}

/// A message to send, with its delay.
#[derive(Clone, Debug)]
pub struct Sending {
    /// The kind of the job, which decides the queue.
    pub kind: Kind,
    /// The message.
    pub message: Message,
    /// The time for which SQS delays it: at most [`MAX_DELAY`]; more is cut.
    pub delay: Duration,
}

/// A received message.
#[derive(Clone, Debug)]
pub struct Received {
    /// The body.
    pub body: String,
    /// The receipt with which it is deleted.
    pub receipt: String,
    /// Of a dead letter that nobody could read: the id that SQS gave the message at first.
    pub unreadable_id: Option<String>,
}

impl Received {
    fn read(message: SqsMessage) -> Option<Self> {
        let unreadable_id = message.message_attributes.and_then(|mut all| all.remove(UNREADABLE_ID)?.string_value);
        Some(Self { body: message.body?, receipt: message.receipt_handle?, unreadable_id })
    }
}

/// One queue.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// The queue at `url`.
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Sends one message. Its group makes the queue fair: a backlog of one customer does not delay the others.
    ///
    /// # Errors
    /// [`QueueError`] if SQS cannot be reached, or refuses.
    pub async fn send(&self, sending: &Sending) -> Result<(), QueueError> {
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(sending.message.body())
            .message_group_id(group(&sending.message).as_str())
            .delay_seconds(seconds(sending.delay))
            .send()
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Sends many messages, ten at a time. SQS answers 200 even if it refused some: those are sent again.
    ///
    /// # Errors
    /// [`QueueError`] if some still fail after several rounds; all others were sent. The sweeper sends those jobs later.
    pub async fn send_all(&self, sendings: &[Sending]) -> Result<(), QueueError> {
        let mut result = Ok(());
        for batch in sendings.chunks(10) {
            if let Err(error) = self.send_batch(batch).await {
                result = Err(error);
            }
        }
        result
    }

    async fn send_batch(&self, batch: &[Sending]) -> Result<(), QueueError> {
        let mut left: Vec<usize> = (0..batch.len()).collect();
        for round in 0..ROUNDS {
            let entries = left.iter().map(|at| entry(*at, &batch[*at])).collect::<Result<Vec<_>, _>>()?;
            let request = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries));
            let answer = request.send().await.map_err(failed)?;
            left = answer.failed().iter().filter_map(|entry| entry.id().parse().ok()).collect();
            if left.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(fastrand::u64(0..(100 << round)))).await;
        }
        Err(failed(format!("{} messages of a batch were refused", left.len())))
    }

    /// Sends a job's dead letter to this queue, with attributes for operators to filter by.
    ///
    /// # Errors
    /// As [`Queue::send`].
    pub async fn send_dead_letter(&self, message: &Message, class: ErrorClass) -> Result<(), QueueError> {
        let Message::JobV1 { job_id, customer_id, .. } = message;
        let attributes =
            [("error_class", class.as_str()), ("job_id", job_id.as_str()), ("customer_id", customer_id.as_str())];
        self.send_with_attributes(message.body(), customer_id.as_str(), &attributes).await
    }

    /// Sends an unreadable message to this queue, unchanged, with the id that it had.
    ///
    /// # Errors
    /// As [`Queue::send`].
    pub async fn send_unreadable(&self, id: &str, body: &str, reason: &str) -> Result<(), QueueError> {
        let attributes = [("error_class", "bad_message"), ("reason", reason), (UNREADABLE_ID, id)];
        self.send_with_attributes(body.to_owned(), "unreadable", &attributes).await
    }

    async fn send_with_attributes(
        &self,
        body: String,
        group: &str,
        attributes: &[(&str, &str)],
    ) -> Result<(), QueueError> {
        // SQS refuses an empty body.
        let body = if body.is_empty() { "(empty)".to_owned() } else { body };
        let mut request = self.client.send_message().queue_url(&self.url).message_body(body).message_group_id(group);
        for (name, value) in attributes {
            let value = MessageAttributeValue::builder().data_type("String").string_value(*value).build();
            request = request.message_attributes(*name, value.map_err(failed)?);
        }
        request.send().await.map_err(failed)?;
        Ok(())
    }

    /// Receives up to ten messages and hides them for `hidden`. An empty answer after a `wait` of at least a second means that
    /// the queue is empty: without a wait SQS asks only some of its servers.
    ///
    /// # Errors
    /// As [`Queue::send`].
    pub async fn receive(&self, hidden: Duration, wait: Duration) -> Result<Vec<Received>, QueueError> {
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(10)
            .message_attribute_names(UNREADABLE_ID)
            .visibility_timeout(seconds(hidden))
            .wait_time_seconds(seconds(wait))
            .send()
            .await
            .map_err(failed)?;
        let received = answer.messages.unwrap_or_default().into_iter();
        Ok(received.filter_map(Received::read).collect())
    }

    /// Deletes received messages (at most ten).
    ///
    /// # Errors
    /// As [`Queue::send`]. A message that stays in the queue, although SQS answered, is no error: it comes again.
    pub async fn delete(&self, receipts: &[String]) -> Result<(), QueueError> {
        let entries = receipts.iter().enumerate().map(|(at, receipt)| {
            DeleteMessageBatchRequestEntry::builder().id(at.to_string()).receipt_handle(receipt).build()
        });
        let entries = entries.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        if !entries.is_empty() {
            self.client
                .delete_message_batch()
                .queue_url(&self.url)
                .set_entries(Some(entries))
                .send()
                .await
                .map_err(failed)?;
        }
        Ok(())
    }

    /// Reads the approximate number of messages in the queue, including hidden and delayed ones.
    ///
    /// # Errors
    /// As [`Queue::send`].
    pub async fn depth(&self) -> Result<u64, QueueError> {
        let names = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
        ];
        let request = self.client.get_queue_attributes().queue_url(&self.url);
        let answer = request.set_attribute_names(Some(names.to_vec())).send().await.map_err(failed)?;
        let number = |name| answer.attributes()?.get(name)?.parse::<u64>().ok();
        let depth = names.iter().map(number).sum::<Option<u64>>();
        depth.ok_or_else(|| failed("the queue did not say its depth"))
    }
}

fn group(message: &Message) -> &CustomerId {
    let Message::JobV1 { customer_id, .. } = message;
    customer_id
}

fn seconds(delay: Duration) -> i32 {
    // Rounded up: a message must not arrive early.
    i32::try_from(delay.min(MAX_DELAY).as_millis().div_ceil(1000)).unwrap_or(900)
}

fn entry(at: usize, sending: &Sending) -> Result<SendMessageBatchRequestEntry, QueueError> {
    SendMessageBatchRequestEntry::builder()
        .id(at.to_string())
        .message_body(sending.message.body())
        .message_group_id(group(&sending.message).as_str())
        .delay_seconds(seconds(sending.delay))
        .build()
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_rounded_up_and_cut_at_a_quarter_of_an_hour() {
        assert_eq!(seconds(Duration::ZERO), 0);
        assert_eq!(seconds(Duration::from_millis(1)), 1);
        assert_eq!(seconds(Duration::from_millis(1500)), 2);
        assert_eq!(seconds(Duration::from_secs(86_400)), 900);
    }
}

//! For tests: SQS's queues, and its answers to the operations of this program.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A message in a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Mail {
    /// The body.
    pub body: String,
    /// The delay, in seconds.
    pub delay: u64,
    /// The attributes.
    pub attributes: Value,
    is_hidden: bool,
    receipt: String,
}

/// The messages of all queues, by the queues' URLs.
#[derive(Clone, Debug, Default)]
pub struct Mailboxes {
    messages: BTreeMap<String, Vec<Mail>>,
    receipts: u64,
}

impl Mailboxes {
    /// Takes the messages out of a queue.
    pub fn empty(&mut self, url: &str) -> Vec<Mail> {
        self.messages.remove(url).unwrap_or_default()
    }

    /// Answers one request: a status and a body; none if it is not about a queue.
    pub fn answer(&mut self, operation: &str, request: &Value) -> Option<(u16, Value)> {
        let queue = self.messages.entry(request["QueueUrl"].as_str()?.to_owned()).or_default();
        let entries = request["Entries"].as_array();
        let done = |entry: &Value| json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "m"});
        let answer = match operation {
            "SendMessage" | "SendMessageBatch" => {
                for entry in entries.unwrap_or(&vec![request.clone()]) {
                    self.receipts += 1;
                    queue.push(Mail {
                        body: entry["MessageBody"].as_str().unwrap().to_owned(),
                        delay: entry["DelaySeconds"].as_u64().unwrap_or_default(),
                        attributes: entry["MessageAttributes"].clone(),
                        is_hidden: false,
                        receipt: self.receipts.to_string(),
                    });
                }
                json!({"MessageId": "m", "Successful": entries.into_iter().flatten().map(done).collect::<Vec<_>>(), "Failed": []})
            }
            "ReceiveMessage" => {
                let mut received = Vec::new();
                for mail in queue.iter_mut().filter(|mail| !mail.is_hidden).take(10) {
                    mail.is_hidden = true;
                    let attributes = mail.attributes.as_object().cloned().unwrap_or_default();
                    received.push(json!({
                        "Body": mail.body, "ReceiptHandle": mail.receipt, "MessageId": "m", "MessageAttributes": attributes,
                    }));
                }
                json!({"Messages": received})
            }
            "DeleteMessageBatch" => {
                let entries = entries.unwrap();
                queue.retain(|mail| entries.iter().all(|entry| entry["ReceiptHandle"] != mail.receipt.as_str()));
                json!({"Successful": entries.iter().map(done).collect::<Vec<_>>(), "Failed": []})
            }
            "GetQueueAttributes" => {
                let names = request["AttributeNames"].as_array().unwrap();
                let number = |name: &str| match name {
                    "ApproximateNumberOfMessages" => queue.iter().filter(|mail| !mail.is_hidden).count(),
                    "ApproximateNumberOfMessagesNotVisible" => queue.iter().filter(|mail| mail.is_hidden).count(),
                    "ApproximateNumberOfMessagesDelayed" => 0,
                    _ => panic!("an unknown attribute: {name}"),
                };
                let told = names.iter().map(|name| name.as_str().unwrap());
                let told = told.map(|name| (name.to_owned(), number(name).to_string().into()));
                json!({"Attributes": told.collect::<serde_json::Map<_, _>>()})
            }
            _ => panic!("an unknown operation: {operation} {request}"),
        };
        Some((200, answer))
    }
}

//! The event bus of the product, which other programs subscribe to by rules of their own. See docs/events.md.

use aws_config::SdkConfig;
use serde::Deserialize;
use serde_json::{Value, json};

use super::signed_request::{RequestError, SignedRequests};
use crate::domain::event::{Event, SOURCE};

const PUT_EVENTS: &str = "AWSEvents.PutEvents";
/// The most events that one request takes. It may have 256 KB: ten of ours have a tenth of that.
const MOST: usize = 10;

/// The bus.
#[derive(Clone, Debug)]
pub struct EventBus {
    requests: SignedRequests,
    name: String,
}

impl EventBus {
    /// The bus of this name.
    ///
    /// # Errors
    /// If no HTTP client can be built; that is a bug.
    pub fn new(sdk: &SdkConfig, name: impl Into<String>) -> Result<Self, RequestError> {
        Ok(Self { requests: SignedRequests::to("events", sdk)?, name: name.into() })
    }

    /// Publishes events. Returns the places of those that the bus did not take; an answer may refuse some of a request.
    pub async fn put(&self, events: &[Event]) -> Vec<usize> {
        let mut refused = Vec::new();
        for (at, some) in events.chunks(MOST).enumerate() {
            let places = match self.put_some(some).await {
                Ok(places) => places,
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, cause = error.source(), "events could not be published");
                    (0..some.len()).collect()
                }
            };
            refused.extend(places.into_iter().map(|place| at * MOST + place));
        }
        refused
    }

    async fn put_some(&self, events: &[Event]) -> Result<Vec<usize>, RequestError> {
        let entries: Vec<Value> = events.iter().map(|event| self.entry(event)).collect();
        let answer = self.requests.post_json(PUT_EVENTS, json!({"Entries": entries}).to_string()).await?;
        let answer: Answer = serde_json::from_slice(&answer).map_err(|error| self.requests.failed(error))?;
        let codes = answer.entries.into_iter().map(|entry| entry.error_code).enumerate();
        let refused: Vec<_> = codes.filter_map(|(place, code)| Some((place, code?))).collect();
        if let Some((_, code)) = refused.first() {
            tracing::warn!(code, refused = refused.len(), "the bus did not take some events");
        }
        Ok(refused.into_iter().map(|(place, _)| place).collect())
    }

    fn entry(&self, event: &Event) -> Value {
        json!({
            "EventBusName": self.name,
            "Source": SOURCE,
            "DetailType": event.kind.as_str(),
            "Detail": event.detail.to_string(),
            "Time": event.at.seconds(),
        })
    }
}

/// The answer of `PutEvents`: one entry for each that was sent, in the same order.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    entries: Vec<Taken>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Taken {
    #[serde(default)]
    error_code: Option<String>,
}

//! The connection between a worker and AWS: it counts the calls, it can break, and it can do half of every batch.
//!
//! A worker whose connection is broken is as good as dead: its earlier calls took effect, and no later one does.

use std::sync::{Arc, Mutex, PoisonError};

use aws_config::{SdkConfig, retry::RetryConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

/// The moment at which the connection breaks; calls count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// Before this call is sent.
    Before(usize),
    /// After this call took effect, so that its answer is lost.
    After(usize),
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation, such as `PutItem`.
    pub operation: String,
    /// The size of the request's body in bytes.
    pub sent: u64,
}

/// A connection. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Wire {
    death: Option<Death>,
    does_half: bool,
    calls: Arc<Mutex<Vec<Call>>>,
    http: SharedHttpClient,
}

impl Wire {
    /// A healthy connection.
    pub fn sound() -> Self {
        Self { death: None, does_half: false, calls: Arc::default(), http: Builder::new().build_http() }
    }

    /// A connection that breaks.
    pub fn dying(death: Death) -> Self {
        Self { death: Some(death), ..Self::sound() }
    }

    /// A connection on which AWS does only half of every batch of more than one, and says so.
    pub fn doing_half() -> Self {
        Self { does_half: true, ..Self::sound() }
    }

    /// The SDK over this connection. It does not retry, so that each call of the code is one call here.
    pub fn sdk(&self, sound: &SdkConfig) -> SdkConfig {
        sound.clone().into_builder().http_client(self.clone()).retry_config(RetryConfig::disabled()).build()
    }

    /// The calls so far, including those that failed.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of calls of these operations.
    pub fn count(&self, operations: &[&str]) -> usize {
        self.calls().iter().filter(|call| operations.contains(&call.operation.as_str())).count()
    }

    fn begin(&self, request: &HttpRequest) -> usize {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let sent = request.body().bytes().map_or(0, |bytes| bytes.len() as u64);
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(Call { operation, sent });
        calls.len() - 1
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            wire: self.clone(),
            inner: self.http.http_connector(settings, components),
        })
    }
}

#[derive(Debug)]
struct Connector {
    wire: Wire,
    inner: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (wire, number) = (self.wire.clone(), self.wire.begin(&request));
        let dead = || Err(ConnectorError::io("the wire is dead".into()));
        let unsent = match wire.death {
            Some(Death::Before(last)) => number >= last,
            Some(Death::After(last)) => number > last,
            None => false,
        };
        if unsent {
            return HttpConnectorFuture::ready(dead());
        }
        let (request, half_done) = match wire.does_half {
            true => halve(request),
            false => (request, None),
        };
        let answer = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            let mut answer = answer.await?;
            if let Some(told) = half_done {
                answer = HttpResponse::new(answer.status(), SdkBody::from(told.to_string()));
            }
            if wire.death == Some(Death::After(number)) {
                return dead();
            }
            Ok(answer)
        })
    }
}

/// Cuts a batch in half; returns the request to send, and the answer that reports the other half as unprocessed. The emulator
/// does not compare bodies with signatures.
fn halve(mut request: HttpRequest) -> (HttpRequest, Option<Value>) {
    let body: Option<Value> = request.body().bytes().and_then(|bytes| serde_json::from_slice(bytes).ok());
    let Some(mut body) = body else { return (request, None) };
    let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
    let told = match target.rsplit('.').next() {
        Some("BatchWriteItem") => {
            let tables = body["RequestItems"].as_object_mut().unwrap();
            let (table, items) = tables.iter_mut().next().unwrap();
            let items = items.as_array_mut().unwrap();
            let left = items.split_off(items.len().div_ceil(2));
            let unprocessed = if left.is_empty() { json!({}) } else { json!({table: left}) };
            json!({"UnprocessedItems": unprocessed})
        }
        Some("SendMessageBatch") => {
            let entries = body["Entries"].as_array_mut().unwrap();
            let refused = entries.split_off(entries.len().div_ceil(2));
            let taken =
                entries.iter().map(|entry| json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "m"}));
            let refused =
                refused.iter().map(|entry| json!({"Id": entry["Id"], "SenderFault": false, "Code": "InternalError"}));
            json!({"Successful": taken.collect::<Vec<_>>(), "Failed": refused.collect::<Vec<_>>()})
        }
        _ => return (request, None),
    };
    let text = body.to_string();
    request.headers_mut().insert("content-length", text.len().to_string());
    *request.body_mut() = SdkBody::from(text);
    (request, Some(told))
}

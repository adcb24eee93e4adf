//! The wire between a worker and AWS: it counts what goes over it, and it can die.
//!
//! A worker whose wire is dead is a dead worker: what it did before is done, and nothing it does from then on takes effect.

use std::sync::{Arc, Mutex, PoisonError};

use aws_config::{SdkConfig, retry::RetryConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};

/// When the wire dies; calls count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// Before this call is sent.
    Before(usize),
    /// After this call took effect: its answer is lost.
    After(usize),
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Such as `PutItem`.
    pub operation: String,
    /// The request's body in bytes.
    pub sent: u64,
}

/// A wire. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Wire {
    death: Option<Death>,
    calls: Arc<Mutex<Vec<Call>>>,
    http: SharedHttpClient,
}

impl Wire {
    /// A wire that lasts.
    pub fn sound() -> Self {
        Self { death: None, calls: Arc::default(), http: Builder::new().build_http() }
    }

    /// A wire that dies.
    pub fn dying(death: Death) -> Self {
        Self { death: Some(death), ..Self::sound() }
    }

    /// The SDK over this wire. It repeats nothing, so that each call of the code is one call on the wire.
    pub fn sdk(&self, sound: &SdkConfig) -> SdkConfig {
        sound.clone().into_builder().http_client(self.clone()).retry_config(RetryConfig::disabled()).build()
    }

    /// The calls so far, those that failed included.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many calls of these operations there were.
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
        let answer = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            if wire.death == Some(Death::After(number)) {
                return dead();
            }
            Ok(answer)
        })
    }
}

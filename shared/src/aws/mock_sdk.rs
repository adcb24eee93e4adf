//! For tests: an AWS SDK whose responses the test decides, for responses that the emulator cannot give.

mod cloud;
mod expression;
mod mailboxes;
mod shelf;
mod tables;

use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

pub use self::{cloud::Cloud, mailboxes::Mail, shelf::Shelf, tables::Tables};

type Answer = dyn Fn(&str, Value) -> (u16, Value) + Send + Sync;

#[derive(Clone)]
struct Canned(Arc<Answer>);

impl std::fmt::Debug for Canned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Canned")
    }
}

/// An SDK whose every call is answered by `answer`, which receives the operation's name and returns a status and a body.
pub fn sdk(answer: impl Fn(&str) -> (u16, Value) + Send + Sync + 'static) -> SdkConfig {
    answering(move |operation, _| answer(operation))
}

/// The same, with an `answer` that receives the request's body too.
pub fn answering(answer: impl Fn(&str, Value) -> (u16, Value) + Send + Sync + 'static) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("id", "key", None, None, "mock_sdk")))
        .retry_config(RetryConfig::disabled())
        .http_client(SharedHttpClient::new(Canned(Arc::new(answer))))
        .build()
}

impl HttpClient for Canned {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Canned {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let sent = request.body().bytes().and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
        let (status, body) = self.0(target.rsplit('.').next().unwrap_or_default(), sent);
        let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body.to_string()));
        response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
        HttpConnectorFuture::ready(Ok(response))
    }
}

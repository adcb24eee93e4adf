//! Single calls of AWS APIs, signed here and sent by `reqwest`: an SDK's crate for one call takes longer to build than it is
//! worth. See D-71.
//!
//! There are no retries here: whoever asks decides whether it asks again.

use std::time::{Duration, UNIX_EPOCH};

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::{
    http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use bytes::Bytes;
use reqwest::{Client, Method};

use crate::{clock, tls};

const TIMEOUT: Duration = Duration::from_secs(5);

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A service did not answer, or refused.
#[derive(Debug, thiserror::Error)]
#[error("{service} did not take the request")]
pub struct RequestError {
    service: &'static str,
    source: Cause,
}

/// Signs and sends requests to one service.
#[derive(Clone, Debug)]
pub struct SignedRequests {
    http: Client,
    credentials: Option<SharedCredentialsProvider>,
    region: String,
    endpoint: Option<String>,
    service: &'static str,
}

impl SignedRequests {
    /// Requests to the service that signatures call by this name.
    ///
    /// # Errors
    /// If no HTTP client can be built; that is a bug.
    pub fn to(service: &'static str, sdk: &SdkConfig) -> Result<Self, RequestError> {
        let failed = |source: Cause| RequestError { service, source };
        let tls = tls::client_config().map_err(|error| failed(error.into()))?;
        let http = Client::builder().tls_backend_preconfigured(tls).no_proxy().timeout(TIMEOUT).build();
        Ok(Self {
            http: http.map_err(|error| failed(error.into()))?,
            credentials: sdk.credentials_provider(),
            region: sdk.region().map(ToString::to_string).unwrap_or_default(),
            endpoint: sdk.endpoint_url().map(|url| url.trim_end_matches('/').to_owned()),
            service,
        })
    }

    /// The service's own address in this region, without a slash at its end.
    pub fn address(&self) -> String {
        let own = || format!("https://{}.{}.amazonaws.com", self.service, self.region);
        self.endpoint.clone().unwrap_or_else(own)
    }

    /// The address of the whole service if it is another one than AWS's, as on the local stack.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Sends a request of an API that uses JSON; `target` is the operation as in `x-amz-target`.
    ///
    /// # Errors
    /// As [`SignedRequests::send`].
    pub async fn post_json(&self, target: &str, body: String) -> Result<Bytes, RequestError> {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        self.send(Method::POST, &format!("{}/", self.address()), &headers, body.into()).await
    }

    /// Sends a request with these headers and its signature.
    ///
    /// # Errors
    /// [`RequestError`] if there is no answer, or one with another status than 2xx.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Bytes, RequestError> {
        self.try_send(method, url, headers, body).await.map_err(|source| self.failed(source))
    }

    /// The error for an answer that says something else than it should.
    pub fn failed(&self, source: impl Into<Cause>) -> RequestError {
        RequestError { service: self.service, source: source.into() }
    }

    async fn try_send(&self, method: Method, url: &str, headers: &[(&str, &str)], body: Bytes) -> Result<Bytes, Cause> {
        let mut request = self.http.request(method.clone(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        for (name, value) in self.signature(method.as_str(), url, headers, &body).await? {
            request = request.header(name, value);
        }
        let answer = request.body(body).send().await?;
        let (status, text) = (answer.status(), answer.bytes().await?);
        if status.is_success() { Ok(text) } else { Err(format!("{status}: {}", String::from_utf8_lossy(&text)).into()) }
    }

    /// The headers that sign a request.
    async fn signature(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Vec<(String, String)>, Cause> {
        let provider = self.credentials.as_ref().ok_or("no credentials")?;
        let identity = provider.provide_credentials().await?.into();
        // S3 wants the body's hash as a header; the others take it too.
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.service)
            .time(UNIX_EPOCH + Duration::from_millis(clock::now().millis().unsigned_abs()))
            .settings(settings)
            .build()?
            .into();
        let request = SignableRequest::new(method, url, headers.iter().copied(), SignableBody::Bytes(body))?;
        let (signed, _) = sign(request, &params)?.into_parts();
        Ok(signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

//! Sends requests to Zuora and turns every outcome into a value or a [`ZuoraError`].
//!
//! One client serves all customers: it holds no credentials, and connections are pooled by origin.

use std::time::Duration;

use reqwest::{Client, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

use super::{
    error::{Operation, ZuoraError},
    error_kind::ZuoraErrorKind as Kind,
    exchange::{Answer, Call, Export, tracked},
    resolver::{GuardedResolver, Lookup, system_lookup},
    session::Session,
    token::IssuedToken,
    wire::{BodyFault, SMALL_LIMIT, check_workflow},
};
use crate::{
    domain::base_url::{BaseUrl, BaseUrlPolicy},
    tls,
};

/// The number of workflows to request per page: Zuora's maximum.
pub const PAGE_LENGTH: usize = 50;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The time after which an idle connection is closed: a function that was frozen for longer would find it dead.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// The largest number of response headers, with room for those that proxies add.
const MAX_HEADERS: usize = 256;
const MAX_HEADER_BYTES: u32 = 64 * 1024;
const WORKFLOW_LIMIT: usize = 10 * 1024 * 1024;
const EXPORT_LIMIT: usize = 20 * 1024 * 1024;

/// The error for a TLS or HTTP client that could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for Zuora could not be built")]
pub struct SetupError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The version of a workflow to export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// The active one, Zuora's default.
    Active,
    /// The newest one, for workflows without an active version.
    Latest,
}

/// The client of Zuora's API.
#[derive(Clone, Debug)]
pub struct Zuora {
    http: Client,
    policy: BaseUrlPolicy,
}

impl Zuora {
    /// Builds the client; origins outside `policy` are refused at every use.
    ///
    /// # Errors
    /// [`SetupError`] if the TLS setup of this build is unusable.
    pub fn new(policy: BaseUrlPolicy) -> Result<Self, SetupError> {
        Self::with_lookup(policy, system_lookup())
    }

    fn with_lookup(policy: BaseUrlPolicy, lookup: Lookup) -> Result<Self, SetupError> {
        let tls = tls::client_config().map_err(|error| SetupError(error.into()))?;
        let http = Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(GuardedResolver::new(policy.clone(), lookup))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .http1_max_headers(MAX_HEADERS)
            .http2_max_header_list_size(MAX_HEADER_BYTES)
            .user_agent(concat!("zuora-workflow-manager/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| SetupError(error.into()))?;
        Ok(Self { http, policy })
    }

    /// Exchanges a client's credentials for a token.
    ///
    /// Sends exactly one request: Zuora limits token requests by address, so the caller counts them and decides about
    /// repetitions.
    ///
    /// # Errors
    /// `InvalidCredentials` also for a 200 with a JSON object that holds no token; `RateLimited`, `Transient` and the rest as
    /// [`ZuoraErrorKind`](super::error_kind::ZuoraErrorKind) describes.
    pub async fn token(
        &self,
        base: &BaseUrl,
        client_id: &str,
        client_secret: &SecretString,
        track_id: &str,
        timeout: Duration,
    ) -> Result<IssuedToken, ZuoraError> {
        let call =
            Call { operation: Operation::Token, limit: SMALL_LIMIT, timeout, secrets: [client_secret; 2], large: None };
        let form = [
            ("client_id", client_id),
            ("client_secret", client_secret.expose_secret()),
            ("grant_type", "client_credentials"),
        ];
        let request = self.http.post(self.url(base, "/oauth/token", call)?).form(&form);
        let answer = call.send(tracked(request, track_id)).await?;
        IssuedToken::parse(&answer.body, client_secret)
            .ok_or_else(|| call.mark(&answer, call.fail(Kind::InvalidCredentials, "the answer holds no access token")))
    }

    /// Returns true if Zuora has the workflow, false if Zuora itself says that it does not exist. Used to confirm an absence.
    ///
    /// # Errors
    /// As [`ZuoraErrorKind`](super::error_kind::ZuoraErrorKind) describes; an error says nothing about the workflow.
    pub async fn workflow(&self, session: &Session, id: &str) -> Result<bool, ZuoraError> {
        let call = session.call(Operation::GetWorkflow, WORKFLOW_LIMIT);
        let path = format!("/workflows/{}", call.path_id(id)?);
        match self.get(session, call, &path, |answer| check_workflow(&answer.body)).await {
            Ok(()) => Ok(true),
            Err(error) if error.kind == Kind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Reads a workflow's export, byte for byte. [`Definition::parse`](crate::domain::definition::Definition::parse) decides if
    /// the bytes are an export.
    ///
    /// # Errors
    /// `NotFound` or `Rejected` if there is no such version, `TooLarge` over 20 MB.
    pub async fn export(&self, session: &Session, id: &str, version: Version) -> Result<Export, ZuoraError> {
        let call = Call { large: Some(&session.large), ..session.call(Operation::ExportWorkflow, EXPORT_LIMIT) };
        let query = match version {
            Version::Active => "",
            Version::Latest => "?version=latest",
        };
        let path = format!("/workflows/{}/export{query}", call.path_id(id)?);
        self.get(session, call, &path, |answer| Ok(answer.take())).await
    }

    /// Sends a request and reads the body of its response. Both are repeated once after a temporary fault.
    async fn get<T>(
        &self,
        session: &Session,
        call: Call<'_>,
        path: &str,
        read: impl Fn(&mut Answer) -> Result<T, BodyFault>,
    ) -> Result<T, ZuoraError> {
        let url = self.url(&session.base, path, call)?;
        let attempt = async || {
            let permit = session.limiter.acquire().await;
            let request = self.http.get(&url).bearer_auth(session.access.token.expose_secret());
            session.meter.sent(call.operation);
            session.meter.in_flight(permit.in_flight);
            let call = Call { timeout: session.time_for(call.timeout, Instant::now()), ..call };
            match call.send(tracked(request, &session.track_id)).await {
                Ok(mut answer) => {
                    permit.answered(call.operation, answer.after);
                    read(&mut answer).map_err(|fault| call.mark(&answer, call.refuse(&fault)))
                }
                Err(error) => {
                    if permit.failed(&error) {
                        session.meter.throttled();
                    }
                    Err(error)
                }
            }
        };
        let mut outcome = attempt().await;
        if outcome.as_ref().is_err_and(ZuoraError::may_pass)
            && let Some(pause) = session.budget.draw()
        {
            tokio::time::sleep(pause).await;
            outcome = attempt().await;
        }
        match &outcome {
            Ok(_) => {
                session.budget.earn();
                session.meter.answered(call.operation);
            }
            Err(error) => session.meter.failed(error),
        }
        outcome
    }

    fn url(&self, base: &BaseUrl, path: &str, call: Call<'_>) -> Result<String, ZuoraError> {
        let base = self.policy.parse(base.as_str());
        base.map(|base| base.join(path)).map_err(|error| call.fail(Kind::AddressRefused, &error.to_string()))
    }
}

mod pages;
#[cfg(test)]
mod tests;

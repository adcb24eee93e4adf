//! One request and its answer: bounded, classified, without a word too many in its errors.

use std::{error::Error as _, sync::Arc};

use bytes::{Bytes, BytesMut};
use reqwest::{RequestBuilder, Response};
use secrecy::SecretString;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    error::{Operation, ZuoraError, ZuoraErrorKind as Kind, kind_of},
    resolver::AddressRefused,
    retry_after::retry_after,
    scrub::scrub,
    wire::{error_text, oauth_error},
};
use crate::domain::ids::is_plain;

/// The bound for tokens and error bodies.
pub(super) const SMALL_LIMIT: usize = 64 * 1024;
/// From this size on, a run holds one body at a time: five of 20 MB would not fit into a small function.
const LARGE: usize = 1024 * 1024;

/// One exchange: what it is for, how much it may bring, what its errors must not show.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) operation: Operation,
    pub(super) limit: usize,
    pub(super) secret: &'a SecretString,
    /// The run's place for a large body; none where bodies are small.
    pub(super) large: Option<&'a Arc<Semaphore>>,
}

/// What came back: enough to name it in an error, and its body.
pub(super) struct Answer {
    status: u16,
    request_id: Option<String>,
    pub(super) body: Bytes,
    place: Option<OwnedSemaphorePermit>,
}

/// A workflow's export, byte for byte. While a large one is held, no other large body is read by the same run.
#[derive(Debug)]
pub struct Export {
    bytes: Bytes,
    _place: Option<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for Export {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Call<'_> {
    pub(super) async fn send(self, request: RequestBuilder) -> Result<Answer, ZuoraError> {
        let mut response = request.send().await.map_err(|error| self.no_answer(&error))?;
        let mut answer = Answer::head(&response);
        if response.status().is_success() {
            (answer.body, answer.place) = self.body(&mut response).await.map_err(|error| answer.mark(error))?;
            return Ok(answer);
        }
        let kind = kind_of(self.operation, answer.status, retry_after(response.headers()));
        let (body, _) = (Call { limit: SMALL_LIMIT, ..self }).body(&mut response).await.unwrap_or_default();
        let detail = match self.operation {
            Operation::Token => oauth_error(&body),
            _ => error_text(&body),
        };
        Err(answer.mark(self.fail(kind, &detail)))
    }

    /// Reads the body as it unpacks, so that a small answer cannot become a large one.
    async fn body(self, response: &mut Response) -> Result<(Bytes, Option<OwnedSemaphorePermit>), ZuoraError> {
        let mut body = BytesMut::new();
        let mut place = None;
        while let Some(chunk) = response.chunk().await.map_err(|error| self.no_answer(&error))? {
            if body.len() + chunk.len() > self.limit {
                return Err(self.fail(Kind::TooLarge, &format!("more than {} bytes", self.limit)));
            }
            if let (None, Some(large), true) = (&place, self.large, body.len() + chunk.len() > LARGE) {
                // Never closed, so this only waits.
                place = Arc::clone(large).acquire_owned().await.ok();
            }
            body.extend_from_slice(&chunk);
        }
        Ok((body.freeze(), place))
    }

    pub(super) fn path_id(self, id: &str) -> Result<&str, ZuoraError> {
        if is_plain(id) { Ok(id) } else { Err(self.fail(Kind::Unexpected, "not a workflow id; nothing was sent")) }
    }

    /// The transport failed. Its own text is not passed on: it holds addresses and is not for admins.
    fn no_answer(self, error: &reqwest::Error) -> ZuoraError {
        let refused =
            std::iter::successors(error.source(), |&error| error.source()).any(|error| error.is::<AddressRefused>());
        let (kind, detail) = match () {
            () if refused => (Kind::AddressRefused, "the host has no public address"),
            () if error.is_builder() => (Kind::Unexpected, "the request could not be built; nothing was sent"),
            () if error.is_timeout() => (Kind::Transient, "timed out"),
            () if error.is_connect() => (Kind::Transient, "the connection could not be made"),
            () if error.is_body() || error.is_decode() => {
                (Kind::Transient, "the answer ended early or could not be unpacked")
            }
            () => (Kind::Transient, "the connection was lost"),
        };
        self.fail(kind, detail)
    }

    pub(super) fn fail(self, kind: Kind, detail: &str) -> ZuoraError {
        let detail = scrub(detail, &[self.secret]);
        ZuoraError { kind, operation: self.operation, status: None, request_id: None, detail }
    }
}

impl Answer {
    fn head(response: &Response) -> Self {
        let id = response.headers().get("zuora-request-id").and_then(|id| id.to_str().ok()).filter(|id| is_plain(id));
        Self { status: response.status().as_u16(), request_id: id.map(str::to_owned), body: Bytes::new(), place: None }
    }

    /// The body of an export, with its place.
    pub(super) fn take(&mut self) -> Export {
        Export { bytes: std::mem::take(&mut self.body), _place: self.place.take() }
    }

    /// Says in `error` which answer it is about.
    pub(super) fn mark(&self, error: ZuoraError) -> ZuoraError {
        ZuoraError { status: Some(self.status), request_id: self.request_id.clone(), ..error }
    }
}

/// Adds the id that Zuora's logs will show; it takes at most 64 ASCII characters, none of `: ; " '`.
pub(super) fn tracked(request: RequestBuilder, track_id: &str) -> RequestBuilder {
    let allowed = |c: &char| c.is_ascii_graphic() && !matches!(c, ':' | ';' | '"' | '\'');
    let track_id: String = track_id.chars().filter(allowed).take(64).collect();
    request.header("Zuora-Track-Id", track_id).header("Accept", "application/json")
}

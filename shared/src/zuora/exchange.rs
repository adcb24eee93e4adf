//! One request and its response: limited in size and time, classified, with errors that reveal nothing secret.
//!
//! Every response passes through here, so the check of its origin ([`provenance`](super::provenance)) exists only once.

use std::{
    error::Error as _,
    io::{self, ErrorKind, Write as _},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING};
use reqwest::{RequestBuilder, Response};
use secrecy::SecretString;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

use super::{
    coding::{ACCEPTED, Unpacking},
    error::{Operation, ZuoraError, kind_of},
    error_kind::ZuoraErrorKind as Kind,
    provenance::{Members, Provenance, accept},
    resolver::AddressRefused,
    retry_after::retry_after,
    scrub::scrub,
    wire::{BodyFault, SMALL_LIMIT, error_text, oauth_error},
};
use crate::domain::{
    definition::{Definition, DefinitionError},
    ids::is_plain,
};

/// The size in bytes from which a run holds one export at a time: five of 20 MB would not fit into a small function.
const LARGE: usize = 1024 * 1024;
/// The bytes to unpack in one step: they become at most a thousand times as many, so an oversized body is noticed in time.
const PIECE: usize = 1024;

/// One exchange: its operation, its limits, and the secrets that its errors must not show.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) operation: Operation,
    pub(super) limit: usize,
    /// The time for the request and its response, without waits for the permit of a large export.
    pub(super) timeout: Duration,
    /// What the server has been sent and may repeat.
    pub(super) secrets: [&'a SecretString; 2],
    /// The run's permit for a large export. Nothing else takes it: its holder may be waiting for a page.
    pub(super) large: Option<&'a Arc<Semaphore>>,
}

/// A response: enough to name it in an error, and its body.
pub(super) struct Answer {
    status: u16,
    request_id: Option<String>,
    pub(super) body: Bytes,
    members: Members,
    /// The time from the request to the head of the response.
    pub(super) after: Duration,
    permit: Option<OwnedSemaphorePermit>,
}

/// A workflow's export, byte for byte. While a large one is held, the same run reads no other large one.
#[derive(Debug)]
pub struct Export {
    bytes: Bytes,
    members: Members,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Export {
    /// Parses it.
    ///
    /// # Errors
    /// As [`Definition::parse`].
    pub fn definition(&self) -> Result<Definition<'_>, DefinitionError> {
        match &self.members {
            Some(members) => {
                Definition::of_members(&self.bytes, members.iter().map(|(name, value)| Ok((&**name, &**value))))
            }
            None => Definition::parse(&self.bytes),
        }
    }
}

impl AsRef<[u8]> for Export {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Call<'_> {
    pub(super) async fn send(self, request: RequestBuilder) -> Result<Answer, ZuoraError> {
        let (mut left, sent) = (self.timeout, Instant::now());
        let request = request.header(ACCEPT_ENCODING, ACCEPTED);
        let mut response = self.within(&mut left, request.send()).await?;
        let mut answer = Answer::head(&response, sent.elapsed());
        if response.status().is_success() {
            (answer.body, answer.permit) =
                self.body(&mut response, &mut left).await.map_err(|error| self.mark(&answer, error))?;
            answer.members = accept(&answer.body).map_err(|fault| self.mark(&answer, self.refuse(&fault)))?;
            return Ok(answer);
        }
        let (body, _) = (Call { limit: SMALL_LIMIT, ..self }).body(&mut response, &mut left).await.unwrap_or_default();
        Err(self.refusal(&answer, &body, retry_after(response.headers())))
    }

    /// The error for a status other than 2xx, with the text of its body.
    fn refusal(self, answer: &Answer, body: &[u8], retry_after: Option<Duration>) -> ZuoraError {
        let provenance = Provenance::of_refusal(self.request_id(answer), body);
        let kind = kind_of(self.operation, answer.status, provenance, retry_after);
        let detail = match (provenance, self.operation) {
            (Provenance::Other, _) if answer.status < 500 && answer.status != 429 => {
                "the answer is no JSON: something between here and Zuora may have given it".to_owned()
            }
            (_, Operation::Token) => oauth_error(body),
            _ => error_text(body),
        };
        self.mark(answer, ZuoraError { provenance: Some(provenance), ..self.fail(kind, &detail) })
    }

    /// Reads the body and unpacks it on the way, so that a small response cannot become a large one.
    async fn body(
        self,
        response: &mut Response,
        left: &mut Duration,
    ) -> Result<(Bytes, Option<OwnedSemaphorePermit>), ZuoraError> {
        let coded = Unpacking::new(response.headers(), self.limit);
        let mut body = coded.map_err(|unknown| self.fail(Kind::Transient, &unknown.to_string()))?;
        let (mut is_large, mut permit) = (false, None);
        while let Some(chunk) = self.within(left, response.chunk()).await? {
            for piece in chunk.chunks(PIECE) {
                if !is_large && body.len() + piece.len() > LARGE {
                    is_large = true;
                    if let Some(large) = self.large {
                        // The semaphore is never closed, so this only waits.
                        permit = Arc::clone(large).acquire_owned().await.ok();
                    }
                    body.reserve();
                }
                body.write_all(piece).map_err(|error| self.not_unpacked(&error))?;
            }
        }
        let body = body.finish().map_err(|error| self.not_unpacked(&error))?;
        Ok((body.into(), permit))
    }

    /// Waits for a part of the response for the rest of the time limit.
    async fn within<T>(
        self,
        left: &mut Duration,
        part: impl Future<Output = reqwest::Result<T>>,
    ) -> Result<T, ZuoraError> {
        let began = Instant::now();
        let part = timeout(*left, part).await;
        *left = left.saturating_sub(began.elapsed());
        match part {
            Ok(part) => part.map_err(|error| self.no_answer(&error)),
            Err(_) => Err(self.timed_out()),
        }
    }

    pub(super) fn path_id(self, id: &str) -> Result<&str, ZuoraError> {
        if is_plain(id) { Ok(id) } else { Err(self.fail(Kind::Unexpected, "not a workflow id; nothing was sent")) }
    }

    /// The error for a transport failure. The transport's own text is dropped: it holds addresses and means nothing to admins.
    fn no_answer(self, error: &reqwest::Error) -> ZuoraError {
        let refused =
            std::iter::successors(error.source(), |&error| error.source()).any(|error| error.is::<AddressRefused>());
        match () {
            () if refused => self.fail(Kind::AddressRefused, "the host has no public address"),
            () if error.is_builder() => self.fail(Kind::Unexpected, "the request could not be built; nothing was sent"),
            () if error.is_timeout() => self.timed_out(),
            () if error.is_connect() => self.fail(Kind::Transient, "the connection could not be made"),
            () if error.is_body() || error.is_decode() => self.fail(Kind::Transient, "the answer ended early"),
            () => self.fail(Kind::Transient, "the connection was lost"),
        }
    }

    fn timed_out(self) -> ZuoraError {
        self.fail(Kind::TimedOut, "timed out")
    }

    fn not_unpacked(self, error: &io::Error) -> ZuoraError {
        if error.kind() == ErrorKind::FileTooLarge {
            return self.fail(Kind::TooLarge, &format!("more than {} bytes", self.limit));
        }
        self.fail(Kind::Transient, "the answer ended early or could not be unpacked")
    }

    /// The error for a 2xx whose body is not what was requested.
    pub(super) fn refuse(self, fault: &BodyFault) -> ZuoraError {
        // Of an answer to credentials nothing is shown in its own words: see `oauth_error`.
        let detail = if self.operation == Operation::Token { "the answer is no token" } else { &fault.detail };
        self.fail(fault.kind, detail)
    }

    pub(super) fn fail(self, kind: Kind, detail: &str) -> ZuoraError {
        let detail = scrub(detail, &self.secrets);
        ZuoraError { kind, operation: self.operation, status: None, provenance: None, request_id: None, detail }
    }

    /// Adds to `error` which response it is about.
    pub(super) fn mark(self, answer: &Answer, error: ZuoraError) -> ZuoraError {
        ZuoraError { status: Some(answer.status), request_id: self.request_id(answer).map(str::to_owned), ..error }
    }

    /// Zuora's id of the request, unless it repeats a secret. Asked for errors alone: that takes a look for every encoding.
    fn request_id(self, answer: &Answer) -> Option<&str> {
        answer.request_id.as_deref().filter(|id| scrub(id, &self.secrets) == *id)
    }
}

impl Answer {
    fn head(response: &Response, after: Duration) -> Self {
        let id = response.headers().get("zuora-request-id").and_then(|id| id.to_str().ok()).filter(|id| is_plain(id));
        Self {
            status: response.status().as_u16(),
            request_id: id.map(str::to_owned),
            body: Bytes::new(),
            members: None,
            after,
            permit: None,
        }
    }

    /// Returns the body of an export, with its permit.
    pub(super) fn take(&mut self) -> Export {
        let (bytes, members) = (std::mem::take(&mut self.body), std::mem::take(&mut self.members));
        Export { bytes, members, _permit: self.permit.take() }
    }
}

/// Adds the id that Zuora's logs will show; Zuora accepts at most 64 ASCII characters, none of `: ; " '`.
pub(super) fn tracked(request: RequestBuilder, track_id: &str) -> RequestBuilder {
    let allowed = |c: &char| c.is_ascii_graphic() && !matches!(c, ':' | ';' | '"' | '\'');
    let track_id: String = track_id.chars().filter(allowed).take(64).collect();
    request.header("Zuora-Track-Id", track_id).header(ACCEPT, "application/json")
}

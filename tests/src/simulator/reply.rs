//! An answer, and the ways in which it can be sent: complete, cut short, in drips, or not at all.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use flate2::{Compression, read::GzEncoder};
use futures::stream;
use http::{Response, StatusCode, header};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Frame;
use serde_json::Value;

use super::request::Asked;

/// The length in bytes from which Zuora compresses answers for callers that accept it.
const GZIP_FROM: usize = 1000;

pub(super) type Body = UnsyncBoxBody<Bytes, BrokenOff>;

/// The error that ends a connection on purpose.
#[derive(Debug)]
pub(super) struct BrokenOff;

impl std::fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("broken off on purpose")
    }
}

impl std::error::Error for BrokenOff {}

impl From<Infallible> for BrokenOff {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers besides those that the simulator always sends.
    pub headers: Vec<(String, String)>,
    /// The body before compression; sent unaltered if the headers name an encoding.
    pub body: Bytes,
    pub(super) manner: Manner,
    /// True if something other than Zuora answers, and so without Zuora's headers.
    pub(super) foreign: bool,
}

/// The way in which an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    Whole,
    /// Announces the whole length, sends half of it, closes the connection.
    CutShort,
    /// Some bytes at a time, with a pause after each.
    Drip {
        bytes: usize,
        every: Duration,
    },
    /// No answer: the connection is reset.
    Reset,
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    /// An answer of any content type.
    pub fn text(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let headers = vec![(header::CONTENT_TYPE.to_string(), content_type.to_owned())];
        Self { status, headers, body: body.into(), manner: Manner::Whole, foreign: false }
    }

    /// Adds a header, replacing one of the same name.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Replaces the body.
    pub fn with_body(self, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// Makes it the answer of something between Zuora and the caller: without `Zuora-Request-Id` and `Zuora-Track-Id`.
    pub fn foreign(self) -> Self {
        Self { foreign: true, ..self }
    }

    /// Adds Zuora's own headers, which all of its answers have.
    fn signed(self, asked: &Asked) -> Self {
        if self.foreign {
            return self;
        }
        let signed = self.with_header("Zuora-Request-Id", &super::tenant::uuid());
        match asked.header("Zuora-Track-Id") {
            Some(track_id) => signed.with_header("Zuora-Track-Id", track_id),
            None => signed,
        }
    }

    /// The HTTP form of the answer; `None` to reset the connection instead.
    pub(super) fn into_response(mut self, asked: &Asked) -> Option<Response<Body>> {
        self = self.signed(asked);
        let encoding = header::CONTENT_ENCODING.as_str();
        let encoded = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(encoding));
        if asked.accepts_gzip() && self.body.len() > GZIP_FROM && !encoded {
            self.body = gzip(&self.body);
            self = self.with_header(encoding, "gzip");
        }
        let mut response = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        let (length, body) = (self.body.len(), self.body);
        let body = match self.manner {
            Manner::Whole => Full::new(body).map_err(BrokenOff::from).boxed_unsync(),
            Manner::CutShort => {
                response = response.header(header::CONTENT_LENGTH, length);
                cut_short(body.slice(..length / 2))
            }
            Manner::Drip { bytes, every } => {
                response = response.header(header::CONTENT_LENGTH, length);
                drip(body, bytes.max(1), every)
            }
            Manner::Reset => return None,
        };
        Some(response.body(body).unwrap_or_else(|error| unusable(&error)))
    }
}

/// The answer to a scripted fault with an impossible status or header: it must be recognizable as a test's mistake.
fn unusable(error: &http::Error) -> Response<Body> {
    let body = Full::from(format!("the simulator cannot send this answer: {error}"));
    let mut response = Response::new(body.map_err(BrokenOff::from).boxed_unsync());
    *response.status_mut() = StatusCode::NOT_IMPLEMENTED;
    response
}

fn cut_short(sent: Bytes) -> Body {
    let frames = stream::unfold(Some(sent), async |left| match left {
        Some(bytes) if !bytes.is_empty() => Some((Ok(Frame::data(bytes)), Some(Bytes::new()))),
        Some(_) => {
            tokio::task::yield_now().await; // lets the first half be flushed before the connection breaks
            Some((Err(BrokenOff), None))
        }
        None => None,
    });
    BodyExt::boxed_unsync(StreamBody::new(frames))
}

fn drip(body: Bytes, bytes: usize, every: Duration) -> Body {
    let frames = stream::unfold(body, move |mut left: Bytes| async move {
        if left.is_empty() {
            return None;
        }
        tokio::time::sleep(every).await;
        let drop = left.split_to(bytes.min(left.len()));
        Some((Ok(Frame::data(drop)), left))
    });
    BodyExt::boxed_unsync(StreamBody::new(frames))
}

pub(super) fn gzip(body: &[u8]) -> Bytes {
    let mut packed = Vec::new();
    match std::io::copy(&mut GzEncoder::new(body, Compression::fast()), &mut packed) {
        Ok(_) => packed.into(),
        Err(never) => unreachable!("memory to memory: {never}"),
    }
}

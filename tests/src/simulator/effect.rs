//! The effects of faults: every way in which the true answer can go wrong.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Asked, Odd, Reply, reply::Manner};

/// Makes an answer from the request and the true answer.
pub type Bend = dyn Fn(&Asked, Reply) -> Reply + Send + Sync;

/// The effect of a fault on the answer.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// The true answer; with a delay, a slow one.
    #[default]
    Truth,
    /// This answer instead. A string body is sent unaltered, any other as JSON.
    Respond {
        /// The HTTP status.
        status: u16,
        /// The headers; the content type is guessed if it is not among them.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// The body; `null` stands for a short JSON message.
        #[serde(default)]
        body: Value,
    },
    /// An odd answer, by its name.
    Odd(Odd),
    /// The connection is reset without an answer.
    Reset,
    /// Announces the true answer's length, and sends half of it.
    TruncateBody,
    /// Half of the true answer, sent as if it were complete.
    TruncateJson,
    /// A list without workflows and without a next page.
    EmptyList,
    /// The list with this `pagination.next_page`: another host, `null` or `""`, for example.
    NextPage(Value),
    /// Pages without end: there is always a next one, and never an empty one.
    EndlessPages,
    /// The workflows of that page, for every requested page.
    RepeatPage(u32),
    /// The true answer followed by this number of bytes of white space, which is still valid JSON.
    Huge(usize),
    /// The true answer in small parts, with a pause before each.
    Drip {
        /// The bytes of a part.
        bytes: usize,
        /// The pause in milliseconds.
        every_ms: u64,
    },
    /// The result of the test's own function.
    #[serde(skip)]
    With(Arc<Bend>),
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match serde_json::to_string(self) {
            Ok(text) => f.write_str(&text),
            Err(_) => f.write_str("with a closure"),
        }
    }
}

impl Effect {
    /// Applies the effect to the true answer. Effects on lists are applied before: see `api`.
    pub(super) fn apply(&self, asked: &Asked, mut truth: Reply) -> Reply {
        match self {
            Self::Truth | Self::EmptyList | Self::NextPage(_) | Self::EndlessPages | Self::RepeatPage(_) => {}
            Self::Respond { status, headers, body } => return mock_sdk(*status, headers, body),
            Self::Odd(odd) => return odd.bend(truth),
            Self::Reset => truth.manner = Manner::Reset,
            Self::TruncateBody => truth.manner = Manner::CutShort,
            Self::TruncateJson => truth.body.truncate(truth.body.len() / 2),
            Self::Huge(bytes) => truth.body = padded(&truth.body, *bytes),
            Self::Drip { bytes, every_ms } => {
                truth.manner = Manner::Drip { bytes: *bytes, every: Duration::from_millis(*every_ms) };
            }
            Self::With(answer) => return answer(asked, truth),
        }
        truth
    }
}

fn mock_sdk(status: u16, headers: &BTreeMap<String, String>, body: &Value) -> Reply {
    let reply = match body {
        Value::Null => {
            let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
            Reply::json(status, &json!({ "message": reason.unwrap_or("no reason") }))
        }
        Value::String(text) => Reply::text(status, "text/plain", text.clone()),
        json => Reply::json(status, json),
    };
    headers.iter().fold(reply, |reply, (name, value)| reply.with_header(name, value))
}

fn padded(body: &Bytes, padding: usize) -> Bytes {
    let mut padded = BytesMut::with_capacity(body.len() + padding);
    padded.extend_from_slice(body);
    padded.resize(body.len() + padding, b' ');
    padded.freeze()
}

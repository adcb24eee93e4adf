//! How an answer goes wrong: everything that a fault can do to the true answer.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Asked, Odd, Reply, reply::Manner};

/// Makes an answer of the request and the true answer.
pub type Bend = dyn Fn(&Asked, Reply) -> Reply + Send + Sync;

/// How an answer goes wrong.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// The true answer; with a delay, a slow one.
    #[default]
    Truth,
    /// This answer instead. A string body is sent as it stands, anything else as JSON.
    Respond {
        /// The HTTP status.
        status: u16,
        /// Headers; the content type is guessed when it is not among them.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// The body; `null` stands for a short JSON message.
        #[serde(default)]
        body: Value,
    },
    /// An odd answer by its name.
    Odd(Odd),
    /// The connection is reset without an answer.
    Reset,
    /// The true answer's length is announced, half of it is sent.
    TruncateBody,
    /// Half of the true answer, sent as if it were whole.
    TruncateJson,
    /// A list without workflows and without a next page.
    EmptyList,
    /// The list with this `pagination.next_page`, be it another host, `null` or `""`.
    NextPage(Value),
    /// Pages go round for ever: there is always a next one, and never an empty one.
    EndlessPages,
    /// The workflows of that page, whichever was asked for.
    RepeatPage(u32),
    /// The true answer with so many bytes of white space behind it: valid JSON still.
    Huge(usize),
    /// The true answer, so many bytes at a time with a pause before each.
    Drip {
        /// Bytes at a time.
        bytes: usize,
        /// The pause.
        every_ms: u64,
    },
    /// Whatever the test makes of the true answer.
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
    /// Bends the true answer. What concerns only lists is already in it: see `api`.
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

//! Scripted faults: the requests that go wrong, how often, and how.
//!
//! Faults are tried in the order in which they were added, and the first that is due takes the request; nothing is random. A
//! fault strikes once unless told otherwise, and strikes before authentication, as a gateway's would.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Asked, Effect, Odd, Only, Reply, Route, lock};

/// One scripted fault. As JSON: `{"on": {"route": "list", "page": 3}, "times": 2, "effect": {"respond": {"status": 503}}}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    #[serde(default)]
    on: Only,
    /// Matching requests to let pass first.
    #[serde(default)]
    after: u32,
    /// The number of strikes; `None` (JSON `null`) is unlimited.
    #[serde(default = "once")]
    times: Option<u32>,
    #[serde(default)]
    delay_ms: u64,
    /// True to send the answer without Zuora's own headers, as a proxy does.
    #[serde(default)]
    foreign: bool,
    #[serde(default)]
    effect: Effect,
}

fn once() -> Option<u32> {
    Some(1)
}

impl Fault {
    /// A fault on the requests selected, such as `Route::List.page(3)`.
    pub fn on(only: impl Into<Only>) -> Self {
        Self { on: only.into(), after: 0, times: once(), delay_ms: 0, foreign: false, effect: Effect::Truth }
    }

    /// A fault on any request.
    pub fn any() -> Self {
        Self::on(Only::default())
    }

    /// A fault on `POST /oauth/token`.
    pub fn token() -> Self {
        Self::on(Route::Token)
    }

    /// A fault on `GET /workflows`.
    pub fn list() -> Self {
        Self::on(Route::List)
    }

    /// A fault on `GET /workflows/{id}`.
    pub fn get() -> Self {
        Self::on(Route::Get)
    }

    /// A fault on `GET /workflows/{id}/export`.
    pub fn export() -> Self {
        Self::on(Route::Export)
    }

    /// Limits it to this page.
    pub fn page(mut self, page: u32) -> Self {
        self.on.page = Some(page);
        self
    }

    /// Limits it to this workflow.
    pub fn workflow(mut self, id: u64) -> Self {
        self.on.workflow_id = Some(id);
        self
    }

    /// Limits it to this `version` parameter.
    pub fn version(mut self, version: &str) -> Self {
        self.on.version = Some(version.to_owned());
        self
    }

    /// Lets `requests` matching requests pass first.
    pub fn after(mut self, requests: u32) -> Self {
        self.after = requests;
        self
    }

    /// Sets the number of strikes.
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Strikes until it is cleared.
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Delays the answer, whatever it is.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Sends the answer without Zuora's own headers, as a proxy does that answers in Zuora's place.
    pub fn foreign(mut self) -> Self {
        self.foreign = true;
        self
    }

    /// Sets the effect.
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// Answers with this status; see `header` and `body` for the rest.
    pub fn status(self, code: u16) -> Self {
        self.respond(|status, _, _| *status = code)
    }

    /// Adds a header to the answer.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.respond(|_, headers, _| {
            headers.insert(name.to_owned(), value.to_owned());
        })
    }

    /// Sets the body of the answer: a string is sent unaltered, any other value as JSON.
    pub fn body(self, content: impl Into<Value>) -> Self {
        self.respond(|_, _, body| *body = content.into())
    }

    /// Answers 429 with `Retry-After` in seconds and Zuora's code for the rate limit.
    pub fn rate_limited(self, retry_after: u32) -> Self {
        let message = format!("API rate limit exceeded, retry after {retry_after} seconds");
        let body = json!({ "reasons": [{ "code": 70, "message": message }] });
        self.status(429).header("Retry-After", &retry_after.to_string()).body(body)
    }

    /// Answers 200 with `"success": false` and this reason.
    pub fn unsuccessful(self, code: u32, message: &str) -> Self {
        let reasons = json!([{ "code": code, "message": message }]);
        self.status(200).body(json!({ "success": false, "processId": "5A1D0F00D5A1D0F0", "reasons": reasons }))
    }

    /// Answers with an HTML page of this status, as a gateway does.
    pub fn html(self, status: u16) -> Self {
        let page = "<html><body><h1>Gateway</h1></body></html>";
        self.status(status).header("Content-Type", "text/html").body(page).foreign()
    }

    /// Gives an odd answer, by its name.
    pub fn odd(self, odd: Odd) -> Self {
        self.effect(Effect::Odd(odd))
    }

    /// Redirects to another place.
    pub fn redirect(self, location: &str) -> Self {
        self.status(302).header("Location", location)
    }

    /// Answers with the result of a closure over the request and the true answer.
    pub fn with(self, answer: impl Fn(&Asked, Reply) -> Reply + Send + Sync + 'static) -> Self {
        self.effect(Effect::With(Arc::new(answer)))
    }

    fn respond(mut self, change: impl FnOnce(&mut u16, &mut BTreeMap<String, String>, &mut Value)) -> Self {
        if !matches!(self.effect, Effect::Respond { .. }) {
            self.effect = Effect::Respond { status: 200, headers: BTreeMap::new(), body: Value::Null };
        }
        if let Effect::Respond { status, headers, body } = &mut self.effect {
            change(status, headers, body);
        }
        self
    }

    pub(super) fn delayed_by(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    pub(super) fn effect_of(&self) -> &Effect {
        &self.effect
    }

    /// Applies the fault to the true answer.
    pub(super) fn bend(&self, asked: &Asked, truth: Reply) -> Reply {
        let reply = self.effect.apply(asked, truth);
        if self.foreign { reply.foreign() } else { reply }
    }
}

/// The faults of one tenant, or those for all.
#[derive(Clone, Default)]
pub(super) struct Faults(Arc<Mutex<Vec<Fault>>>);

impl Faults {
    pub(super) fn add(&self, fault: Fault) {
        lock(&self.0).push(fault);
    }

    pub(super) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// Takes the fault that is due for this request, and uses up one of its strikes.
    pub(super) fn strike(&self, asked: &Asked) -> Option<Fault> {
        for fault in lock(&self.0).iter_mut().filter(|fault| fault.on.matches(asked)) {
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            match &mut fault.times {
                Some(0) => continue,
                Some(left) => *left -= 1,
                None => {}
            }
            return Some(fault.clone());
        }
        None
    }
}

//! A tenant: its credentials and tokens, its workflows, its faults and holds, its request log.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use time::OffsetDateTime;

use super::{
    Asked, Conditions, Fault, Hold, Only, Paging, Route, Seen, Workflow, conditions::Weather, fault::Faults, generate,
    hold::Gates, lock, record::Log,
};

/// The announced lifetime of a new token, in seconds.
const TOKEN_LIFETIME: u64 = 3599;

/// The first id of added workflows and of published versions, far above those of generated ones.
const FIRST_ADDED_ID: u64 = 5_000_000;
const FIRST_PUBLISHED_ID: u64 = 10_000_000;

/// An OAuth client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// 36 characters, as Zuora's have.
    pub client_id: String,
    /// At most 42 characters, with some that need URL encoding.
    pub client_secret: String,
}

impl Credentials {
    /// Generates new ones.
    pub fn random() -> Self {
        let plain: String = std::iter::repeat_with(fastrand::alphanumeric).take(32).collect();
        Self { client_id: uuid(), client_secret: format!("{plain}+/=&%?#;+=") }
    }
}

/// A Zuora tenant. Clones are handles on the same one.
#[derive(Clone)]
pub struct Tenant {
    name: Arc<str>,
    state: Arc<Mutex<State>>,
    pub(super) log: Log,
    pub(super) faults: Faults,
    pub(super) gates: Gates,
    pub(super) weather: Weather,
}

struct State {
    credentials: Credentials,
    /// Dead tokens are kept, so that their use is logged here.
    tokens: HashMap<String, Token>,
    token_lifetime: u64,
    workflows: BTreeMap<u64, Workflow>,
    generated: u64,
    next_version_id: u64,
    paging: Paging,
}

struct Token {
    expires: Instant,
    revoked: bool,
}

impl Tenant {
    pub(super) fn new(name: &str, credentials: Credentials) -> Self {
        let state = State {
            credentials,
            tokens: HashMap::new(),
            token_lifetime: TOKEN_LIFETIME,
            workflows: BTreeMap::new(),
            generated: 0,
            next_version_id: FIRST_PUBLISHED_ID,
            paging: Paging::default(),
        };
        Self {
            name: name.into(),
            state: Arc::new(Mutex::new(state)),
            log: Log::default(),
            faults: Faults::default(),
            gates: Gates::default(),
            weather: Weather::default(),
        }
    }

    /// Its name, which Zuora's API never shows.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The OAuth client's id.
    pub fn client_id(&self) -> String {
        self.state().credentials.client_id.clone()
    }

    /// The OAuth client's secret.
    pub fn client_secret(&self) -> String {
        self.state().credentials.client_secret.clone()
    }

    /// Replaces the secret; tokens issued under the old one stay valid, as at Zuora.
    pub fn set_secret(&self, secret: &str) {
        secret.clone_into(&mut self.state().credentials.client_secret);
    }

    /// Adds `count` generated workflows after those generated before.
    pub fn seed(&self, count: u64) {
        let key = fnv(&self.name);
        let mut state = self.state();
        for index in state.generated..state.generated + count {
            state.workflows.insert(generate::id(index), generate::workflow(key, index));
        }
        state.generated += count;
    }

    /// Adds a workflow, or replaces the one with its id, and returns that id. An id of 0, also of a version, is replaced by a
    /// free one.
    pub fn add(&self, mut workflow: Workflow) -> u64 {
        let mut state = self.state();
        let after_last = state.workflows.last_key_value().map_or(0, |(id, _)| id + 1);
        if workflow.id == 0 {
            workflow.id = after_last.max(FIRST_ADDED_ID);
            workflow.seed ^= workflow.id;
        }
        for version in workflow.active_version.iter_mut().chain(&mut workflow.inactive_versions) {
            if version.id == 0 {
                version.id = state.take_version_id();
            }
        }
        let id = workflow.id;
        state.workflows.insert(id, workflow);
        id
    }

    /// Edits a workflow as a user does: publishes a new version, moves `updatedAt`, then applies the closure. Returns `false`
    /// if there is no such workflow.
    pub fn edit(&self, id: u64, change: impl FnOnce(&mut Workflow)) -> bool {
        let version_id = self.state().take_version_id();
        self.alter(id, |workflow| {
            workflow.publish(version_id, OffsetDateTime::now_utc());
            change(workflow);
        })
    }

    /// Publishes a clone of a workflow's current version: only the ids of tasks are new, also in texts and file names. A given
    /// [`export`](Workflow::export) is renumbered, a raw one is not. Returns `false` if there is no such workflow.
    pub fn clone_version(&self, id: u64) -> bool {
        let version_id = self.state().take_version_id();
        self.alter(id, |workflow| workflow.publish_clone(version_id, OffsetDateTime::now_utc()))
    }

    /// Changes a workflow behind the API's back: nothing changes but by the closure. Returns `false` if there is no such
    /// workflow.
    pub fn alter(&self, id: u64, change: impl FnOnce(&mut Workflow)) -> bool {
        self.state().workflows.get_mut(&id).map(change).is_some()
    }

    /// Removes a workflow. Returns `false` if there is no such workflow.
    pub fn remove(&self, id: u64) -> bool {
        self.state().workflows.remove(&id).is_some()
    }

    /// The ids of all workflows, in the order of the list.
    pub fn ids(&self) -> Vec<u64> {
        self.state().workflows.keys().copied().collect()
    }

    /// A workflow in its present state.
    pub fn workflow(&self, id: u64) -> Option<Workflow> {
        self.state().workflows.get(&id).cloned()
    }

    /// A workflow in its present state, for an export, which is counted.
    pub(super) fn take_export(&self, id: u64) -> Option<Workflow> {
        self.state().workflows.get_mut(&id).map(|workflow| {
            let found = workflow.clone();
            workflow.exports += 1;
            found
        })
    }

    /// Sets the paging of the list from now on.
    pub fn set_paging(&self, paging: Paging) {
        self.state().paging = paging;
    }

    pub(super) fn paging(&self) -> Paging {
        self.state().paging.clone()
    }

    /// Sets latency and error rate from now on.
    pub fn set_conditions(&self, conditions: Conditions) {
        self.weather.set(conditions);
    }

    /// Every token issued so far, dead ones too.
    pub fn tokens(&self) -> Vec<String> {
        self.state().tokens.keys().cloned().collect()
    }

    /// Revokes every token issued so far: from now on they get a 401.
    pub fn revoke_tokens(&self) {
        self.state().tokens.values_mut().for_each(|token| token.revoked = true);
    }

    /// Sets the lifetime of new tokens, in seconds.
    pub fn set_token_lifetime(&self, seconds: u64) {
        self.state().token_lifetime = seconds;
    }

    /// Scripts a fault for this tenant.
    pub fn fault(&self, fault: Fault) {
        self.faults.add(fault);
    }

    /// Removes this tenant's faults.
    pub fn clear_faults(&self) {
        self.faults.clear();
    }

    /// Holds the selected requests until the hold is dropped.
    pub fn hold(&self, only: impl Into<Only>) -> Hold {
        self.gates.close(only.into(), usize::MAX)
    }

    /// Holds the next of the selected requests until the hold is dropped; those after it pass.
    pub fn hold_next(&self, only: impl Into<Only>) -> Hold {
        self.gates.close(only.into(), 1)
    }

    /// Every request since the start or the last reset, in the order of arrival.
    pub fn requests(&self) -> Vec<Seen> {
        self.log.all()
    }

    /// The number of requests of this operation that have arrived, answered or not.
    pub fn count(&self, route: Route) -> usize {
        self.log.count(route)
    }

    /// The largest number of concurrent requests so far; token requests do not count, as at Zuora.
    pub fn max_in_flight(&self) -> usize {
        self.log.max_in_flight()
    }

    /// Clears the log of requests.
    pub fn reset_requests(&self) {
        self.log.reset();
    }

    pub(super) fn owns(&self, asked: &Asked) -> bool {
        let state = self.state();
        match asked.route {
            Route::Token => asked.form("client_id").as_deref() == Some(&state.credentials.client_id),
            _ => asked.bearer().is_some_and(|token| state.tokens.contains_key(token)),
        }
    }

    pub(super) fn admits(&self, token: &str) -> bool {
        let known = |token: &Token| !token.revoked && Instant::now() < token.expires;
        self.state().tokens.get(token).is_some_and(known)
    }

    /// A new token and its lifetime in seconds.
    pub(super) fn issue_token(&self) -> (String, u64) {
        let mut state = self.state();
        let (text, seconds) = (uuid().replace('-', ""), state.token_lifetime);
        let expires = Instant::now() + Duration::from_secs(seconds);
        state.tokens.insert(text.clone(), Token { expires, revoked: false });
        (text, seconds)
    }

    /// Runs a query over the workflows in the order of the list.
    pub(super) fn query<T>(&self, query: impl FnOnce(&BTreeMap<u64, Workflow>) -> T) -> T {
        query(&self.state().workflows)
    }

    pub(super) fn workflow_count(&self) -> usize {
        self.state().workflows.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    fn take_version_id(&mut self) -> u64 {
        self.next_version_id += 1;
        self.next_version_id
    }
}

/// A random id in the form of a version 4 UUID.
pub(super) fn uuid() -> String {
    let hex = format!("{:032x}", fastrand::u128(..));
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

/// FNV-1a: a hash that is the same on every run.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

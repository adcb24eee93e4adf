//! The control API of the stand-alone simulator, under `/_simulator/`.
//!
//! | request | body | effect |
//! |---|---|---|
//! | `GET tenants` | | lists tenants with their credentials |
//! | `POST tenants` | `{name, workflows?, client_id?, client_secret?}` | creates one |
//! | `GET tenants/{name}/workflows` | | lists the ids |
//! | `POST tenants/{name}/workflows` | `{count}`, or the body of a `PATCH` | adds generated ones, or one, which needs a name |
//! | `PATCH tenants/{name}/workflows/{id}` | the fields to change, see below | edits: a new version |
//! | `POST tenants/{name}/workflows/{id}/clones` | | publishes a version that differs only in the ids of tasks |
//! | `DELETE tenants/{name}/workflows/{id}` | | removes |
//! | `PUT tenants/{name}/paging` | a paging mode, see [`Paging`] | sets how the list is paged; `{}` is Zuora's way |
//! | `PUT tenants/{name}/conditions` | conditions, see [`Conditions`] | sets latency and error rate; `{}` answers at once |
//! | `POST tenants/{name}/faults`, `POST faults` | a fault, see [`Fault`] | scripts it, for one or for all |
//! | `DELETE tenants/{name}/faults`, `DELETE faults` | | clears them |
//! | `GET tenants/{name}/requests` | | counts per operation and status, and the times of the first and last arrival |
//! | `DELETE tenants/{name}/requests` | | resets the counts |
//! | `PUT tenants/{name}/secret` | `{client_secret}` | replaces the secret |
//! | `GET tenants/{name}/tokens` | | lists every token issued so far, dead ones too |
//! | `DELETE tenants/{name}/tokens` | | revokes every live token |
//! | `PUT tenants/{name}/token_lifetime` | `{seconds}` | sets the lifetime of new tokens |
//! | `PUT latency` | `{ms}` | slows down every Zuora request |
//!
//! These fields of a workflow can be set: `name`, `description`, `status`, `tasks` (a count), `shapes` (names, see [`Shape`]),
//! `restless` (see [`Restless`]), and `raw_item` and `raw_export`: texts that are sent unaltered as its item in the list and as
//! its exports; `null` removes such a text.

use std::{
    collections::BTreeMap,
    mem,
    time::{Duration, Instant},
};

use bytes::Bytes;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    Asked, Conditions, Credentials, Fault, Paging, Reply, Restless, Route, Seen, Shape, Tenant, Workflow, lock,
    server::World,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTenant {
    name: String,
    #[serde(default)]
    workflows: u64,
    client_id: Option<String>,
    client_secret: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, untagged)]
enum NewWorkflows {
    Generated { count: u64 },
    One(Edit),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    name: Option<String>,
    description: Option<String>,
    status: Option<String>,
    tasks: Option<usize>,
    shapes: Option<Vec<Shape>>,
    restless: Option<Restless>,
    #[serde(default, deserialize_with = "given")]
    raw_item: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    raw_export: Option<Option<String>>,
}

/// Distinguishes `null` (`Some(None)`) from an absent field (`None`).
fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

impl Edit {
    fn apply(self, workflow: &mut Workflow) {
        let raw = |text: Option<String>| text.map(Bytes::from);
        workflow.name = self.name.unwrap_or_else(|| workflow.name.clone());
        workflow.description = self.description.or_else(|| workflow.description.take());
        workflow.status = self.status.unwrap_or_else(|| workflow.status.clone());
        workflow.tasks = self.tasks.unwrap_or(workflow.tasks);
        workflow.shapes = self.shapes.unwrap_or_else(|| mem::take(&mut workflow.shapes));
        workflow.restless = self.restless.unwrap_or(workflow.restless);
        workflow.raw_item = self.raw_item.map_or_else(|| workflow.raw_item.take(), raw);
        workflow.raw_export = self.raw_export.map_or_else(|| workflow.raw_export.take(), raw);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSecret {
    client_secret: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Latency {
    ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenLifetime {
    seconds: u64,
}

/// The refusal of a control request: status and message.
struct Refusal(u16, String);

type Answer = Result<Value, Refusal>;

pub(super) fn answer(world: &World, path: &str, asked: &Asked) -> Reply {
    match obey(world, path, asked) {
        Ok(body) => Reply::json(200, &body),
        Err(Refusal(status, reason)) => Reply::json(status, &json!({ "error": reason })),
    }
}

fn obey(world: &World, path: &str, asked: &Asked) -> Answer {
    let segments: Vec<&str> = path.split('/').collect();
    match (asked.method.as_str(), segments.as_slice()) {
        ("GET", ["tenants"]) => Ok(world.tenants().iter().map(describe).collect()),
        ("POST", ["tenants"]) => create(world, body(asked)?),
        ("POST", ["faults"]) => {
            world.faults.add(body(asked)?);
            done()
        }
        ("DELETE", ["faults"]) => {
            world.faults.clear();
            done()
        }
        ("PUT", ["latency"]) => {
            *lock(&world.latency) = Duration::from_millis(body::<Latency>(asked)?.ms);
            done()
        }
        (method, ["tenants", name, rest @ ..]) => {
            let tenant = world.find(name).ok_or_else(|| Refusal(404, format!("no tenant {name}")))?;
            obey_for(&tenant, method, rest, asked)
        }
        _ => Err(unknown()),
    }
}

fn obey_for(tenant: &Tenant, method: &str, path: &[&str], asked: &Asked) -> Answer {
    match (method, path) {
        ("GET", ["workflows"]) => Ok(json!(tenant.ids())),
        ("POST", ["workflows"]) => add(tenant, body(asked)?),
        ("PATCH", ["workflows", id]) => {
            let edit: Edit = body(asked)?;
            found(tenant.edit(number(id)?, |workflow| edit.apply(workflow)))
        }
        ("POST", ["workflows", id, "clones"]) => found(tenant.clone_version(number(id)?)),
        ("DELETE", ["workflows", id]) => found(tenant.remove(number(id)?)),
        ("PUT", ["paging"]) => {
            tenant.set_paging(body::<Paging>(asked)?);
            done()
        }
        ("PUT", ["conditions"]) => {
            tenant.set_conditions(body::<Conditions>(asked)?);
            done()
        }
        ("POST", ["faults"]) => {
            tenant.fault(body::<Fault>(asked)?);
            done()
        }
        ("DELETE", ["faults"]) => {
            tenant.clear_faults();
            done()
        }
        ("GET", ["requests"]) => Ok(counts(tenant)),
        ("DELETE", ["requests"]) => {
            tenant.reset_requests();
            done()
        }
        ("PUT", ["secret"]) => {
            tenant.set_secret(&body::<NewSecret>(asked)?.client_secret);
            done()
        }
        ("PUT", ["token_lifetime"]) => {
            tenant.set_token_lifetime(body::<TokenLifetime>(asked)?.seconds);
            done()
        }
        ("GET", ["tokens"]) => Ok(json!(tenant.tokens())),
        ("DELETE", ["tokens"]) => {
            tenant.revoke_tokens();
            done()
        }
        _ => Err(unknown()),
    }
}

fn create(world: &World, new: NewTenant) -> Answer {
    let made_up = Credentials::random();
    let credentials = Credentials {
        client_id: new.client_id.unwrap_or(made_up.client_id),
        client_secret: new.client_secret.unwrap_or(made_up.client_secret),
    };
    let tenant = world.tenant_with(&new.name, credentials).map_err(|error| Refusal(409, error.to_string()))?;
    tenant.seed(new.workflows);
    Ok(describe(&tenant))
}

fn describe(tenant: &Tenant) -> Value {
    json!({
        "name": tenant.name(),
        "client_id": tenant.client_id(),
        "client_secret": tenant.client_secret(),
        "workflows": tenant.workflow_count(),
    })
}

fn add(tenant: &Tenant, new: NewWorkflows) -> Answer {
    match new {
        NewWorkflows::Generated { count } => {
            tenant.seed(count);
            Ok(json!({ "workflows": tenant.workflow_count() }))
        }
        NewWorkflows::One(edit) => {
            let name = edit.name.as_ref().ok_or_else(|| Refusal(400, "a workflow needs a name".to_owned()))?;
            let mut workflow = Workflow::named(name);
            edit.apply(&mut workflow);
            Ok(json!({ "id": tenant.add(workflow) }))
        }
    }
}

fn counts(tenant: &Tenant) -> Value {
    let mut statuses: BTreeMap<String, usize> = BTreeMap::new();
    for seen in tenant.requests() {
        let status = seen.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        *statuses.entry(status).or_default() += 1;
    }
    let workflows = |seen: &&Seen| seen.route != Route::Token;
    let moments: Vec<Instant> = tenant.requests().iter().filter(workflows).map(|seen| seen.at).collect();
    let span = moments.iter().max().zip(moments.iter().min()).map(|(last, first)| *last - *first);
    json!({
        "span_ms": span.unwrap_or_default().as_secs_f64() * 1000.0,
        "token": tenant.count(Route::Token),
        "list": tenant.count(Route::List),
        "get": tenant.count(Route::Get),
        "export": tenant.count(Route::Export),
        "other": tenant.count(Route::Other),
        "statuses": statuses,
        "max_in_flight": tenant.max_in_flight(),
    })
}

fn body<T: DeserializeOwned>(asked: &Asked) -> Result<T, Refusal> {
    serde_json::from_slice(&asked.body).map_err(|error| Refusal(400, error.to_string()))
}

fn number(id: &str) -> Result<u64, Refusal> {
    id.parse().map_err(|_| Refusal(400, format!("{id} is no workflow id")))
}

fn done() -> Answer {
    Ok(json!({ "done": true }))
}

fn found(it_was_there: bool) -> Answer {
    if it_was_there { done() } else { Err(Refusal(404, "no such workflow".to_owned())) }
}

fn unknown() -> Refusal {
    Refusal(404, "no such control request; the table is in tests/src/simulator/control.rs".to_owned())
}

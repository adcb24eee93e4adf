//! `POST /v1/connection-test` with `find`: in which of Zuora's data centers do these credentials work?

use serde::{Deserialize, Serialize};
use shared::{
    app::{
        context::RequestContext,
        finder::{HostResult, Tried},
    },
    domain::{customer::Environment, invalid::Invalid, text},
    http::{body::present, problem::Problem},
};
use utoipa::ToSchema;

use crate::{
    customers::fields::{self, MAX_CLIENT_ID, MAX_SECRET},
    setup::App,
};

/// Credentials to try at each of Zuora's listed data centers in turn. Not `Debug`: it holds a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HostSearch {
    #[schema(schema_with = fields::find)]
    find: bool,
    #[schema(schema_with = fields::client_id)]
    zuora_client_id: String,
    #[schema(schema_with = fields::client_secret)]
    zuora_client_secret: String,
    /// The data centers of this environment are tried first.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    environment: Option<Environment>,
    /// Base URLs that were tried before: they are left out. Those with any other result than `not_tried` go here in the next call,
    /// until an answer is `complete`.
    #[serde(default)]
    skip: Vec<String>,
}

/// What Zuora's data centers said to the credentials, in the order in which they were tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct HostsTried {
    hosts: Vec<HostTried>,
    /// False if one was not tried: ask again, with the others in `skip`.
    complete: bool,
}

/// One of Zuora's data centers, and what it said.
#[derive(Debug, Serialize, ToSchema)]
struct HostTried {
    base_url: String,
    /// Zuora's name for it.
    label: String,
    result: HostResult,
    /// Of one that accepted: true if it listed workflows too, false if it denied that, null if it did not say.
    can_list: Option<bool>,
}

impl From<Tried<'_>> for HostTried {
    fn from(tried: Tried<'_>) -> Self {
        let (base_url, label) = (tried.host.base.to_string(), tried.host.label.clone());
        Self { base_url, label, result: tried.result, can_list: tried.can_list }
    }
}

/// Searches.
pub async fn find(app: &App, body: HostSearch, context: &RequestContext) -> Result<HostsTried, Problem> {
    let mut invalid = Invalid::default();
    if !body.find {
        invalid.check::<()>("/find", Err("Send true to search, or leave it out to test one base URL."));
    }
    let client_id = invalid.check("/zuora_client_id", text::line(&body.zuora_client_id, MAX_CLIENT_ID));
    invalid.check("/zuora_client_secret", text::secret(&body.zuora_client_secret, MAX_SECRET));
    for (at, tried) in body.skip.iter().enumerate() {
        if !app.listed_hosts.contains(tried) {
            invalid.check::<()>(&format!("/skip/{at}"), Err("Name a base URL exactly as a search answers it."));
        }
    }
    let (Some(client_id), true) = (client_id, invalid.0.is_empty()) else {
        return Err(invalid.into());
    };
    let hosts = app.listed_hosts.likely_first(body.environment, &body.skip);
    let secret = body.zuora_client_secret.into();
    let tried = app.service.find(hosts, &client_id, &secret, context).await?;
    let complete = tried.iter().all(|tried| tried.result != HostResult::NotTried);
    Ok(HostsTried { hosts: tried.into_iter().map(Into::into).collect(), complete })
}

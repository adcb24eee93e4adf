//! `POST /v1/customers`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde::Deserialize;
use shared::{
    app::{context::RequestContext, customers::Creation},
    domain::{
        base_url::{BaseUrl, BaseUrlPolicy},
        customer::{Environment, NewCustomer},
        guard::Limits,
        invalid::Invalid,
        known_hosts::KNOWN_HOSTS,
        policy::Verb,
        schedule::Frequency,
        text,
    },
    http::{
        Edge,
        body::{ValidJson, present},
        caller::CurrentUser,
        idempotency::IdempotencyKey,
        problem::Problem,
    },
};
use utoipa::ToSchema;

use crate::{
    delete_guard::DeleteGuardRequest,
    fields::{self, MAX_CLIENT_ID, MAX_NAME, MAX_SECRET},
    json::{CustomerJson, tagged},
    setup::App,
};

/// The body. Not `Debug`: it holds a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCustomerRequest {
    #[schema(schema_with = fields::name)]
    name: String,
    #[schema(schema_with = fields::client_id)]
    zuora_client_id: String,
    #[schema(schema_with = fields::client_secret)]
    zuora_client_secret: String,
    #[schema(schema_with = fields::base_url)]
    zuora_base_url: String,
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    environment: Option<Environment>,
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    sync_frequency: Option<Frequency>,
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    delete_guard: Option<DeleteGuardRequest>,
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    verify: Option<bool>,
}

impl CreateCustomerRequest {
    /// Names the request, secret included, without giving any of it away.
    fn fingerprint(&self, edge: &Edge) -> String {
        let Self { name, zuora_client_id, zuora_client_secret, zuora_base_url, .. } = self;
        let rest = format!("{:?}", (self.environment, self.sync_frequency, self.delete_guard, self.verify));
        edge.fingerprint(&[name, zuora_client_id, zuora_client_secret, zuora_base_url, &rest])
    }

    fn validate(self, policy: &BaseUrlPolicy) -> Result<Creation, Invalid> {
        let mut invalid = Invalid::default();
        let name = invalid.check("/name", text::line(&self.name, MAX_NAME));
        let client_id = invalid.check("/zuora_client_id", text::line(&self.zuora_client_id, MAX_CLIENT_ID));
        let secret = invalid.check("/zuora_client_secret", text::secret(&self.zuora_client_secret, MAX_SECRET));
        let base = invalid.check("/zuora_base_url", policy.parse(&self.zuora_base_url));
        let delete_guard = self.delete_guard.unwrap_or_default().validate(&mut invalid);
        let (Some(name), Some(zuora_client_id), Some(()), Some(base), true) =
            (name, client_id, secret, base, invalid.0.is_empty())
        else {
            return Err(invalid);
        };
        let customer = NewCustomer {
            name,
            zuora_client_id,
            zuora_base_url: base.as_str().to_owned(),
            environment: self.environment.unwrap_or_else(|| environment_of(&base)),
            sync_frequency: self.sync_frequency.unwrap_or_default(),
            delete_guard: delete_guard.over(Limits::default()),
        };
        let secret = self.zuora_client_secret.into();
        Ok(Creation { customer, base, secret, verify: self.verify.unwrap_or(true), owner: None })
    }
}

/// The environment that the list of hosts names for an address; production when it is not on the list.
fn environment_of(base: &BaseUrl) -> Environment {
    let listed = KNOWN_HOSTS.iter().find(|host| host.base_url == base.as_str()).map(|host| host.environment);
    match listed {
        Some("test") => Environment::Test,
        Some("sandbox") => Environment::Sandbox,
        Some("development") => Environment::Development,
        _ => Environment::Production,
    }
}

/// Creates a customer, after its credentials were proven, and queues its first sync.
#[utoipa::path(
    post,
    path = "/v1/customers",
    tag = "customers",
    params(
        (
            "Idempotency-Key" = Option<String>,
            Header,
            description = "May be repeated under the same key for 24 hours: the customer is created once.",
            min_length = 1,
            max_length = 255,
            pattern = "^[\\x21-\\x7E]([\\x20-\\x7E]*[\\x21-\\x7E])?$",
        ),
    ),
    request_body = CreateCustomerRequest,
    responses(
        (
            status = 201,
            description = "Created.",
            body = CustomerJson,
            headers(("ETag" = String), ("Location" = String)),
        ),
    ),
)]
pub async fn create_customer(
    State(app): State<App>,
    known: CurrentUser,
    context: RequestContext,
    key: IdempotencyKey,
    body: ValidJson<CreateCustomerRequest>,
) -> Result<Response, Problem> {
    known.may_on_all(Verb::Create)?;
    let key = key.0?;
    let body = body.0?;
    let fingerprint = body.fingerprint(&app.edge);
    let mut creation = body.validate(&app.service.policy)?;
    // Who creates a customer may work with it.
    creation.owner = known.0.sub.parse().ok().filter(|_| !known.0.is_super_admin());
    let customer = match key {
        Some(key) => app.service.create_once(creation, &key, fingerprint, &context).await?,
        None => app.service.create(creation, &context).await?,
    };
    let location = format!("/v1/customers/{}", customer.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], tagged(customer)).into_response())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn validate(change: &Value) -> Result<Creation, Vec<String>> {
        let mut body = json!({
            "name": "Acme Corporation", "zuora_client_id": "id", "zuora_client_secret": "s", "zuora_base_url": "https://rest.test.zuora.com"
        });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let request: CreateCustomerRequest = serde_json::from_value(body).unwrap();
        let policy = BaseUrlPolicy::new("").unwrap();
        request.validate(&policy).map_err(|Invalid(errors)| errors.into_iter().map(|e| e.pointer).collect())
    }

    #[test]
    fn defaults_are_hourly_verified_and_the_environment_of_the_host() {
        let creation = validate(&json!({})).unwrap_or_else(|_| panic!("valid"));

        assert!(creation.verify);
        assert_eq!(creation.customer.sync_frequency, Frequency::Hourly);
        assert_eq!(creation.customer.environment, Environment::Test);
    }

    #[test]
    fn all_wrong_fields_are_named_at_once() {
        let wrong = json!({"delete_guard": {"count": 0, "percent": 51}, "name": " ", "zuora_client_id": "a\u{0}", "zuora_client_secret": "****", "zuora_base_url": "http://x"});

        let fields = validate(&wrong).err().unwrap();
        assert_eq!(
            fields,
            [
                "/name",
                "/zuora_client_id",
                "/zuora_client_secret",
                "/zuora_base_url",
                "/delete_guard/count",
                "/delete_guard/percent"
            ]
        );
    }
}

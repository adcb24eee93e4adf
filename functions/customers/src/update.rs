//! `PATCH /v1/customers/{customer_id}`, pause and resume

use axum::extract::State as Shared;
use serde::Deserialize;
use shared::{
    app::{asking::Asking, customers::Change},
    domain::{
        base_url::BaseUrlPolicy, customer::Environment, ids::CustomerId, invalid::Invalid, policy::Verb,
        schedule::Frequency, text,
    },
    http::{
        body::{ValidJson, present},
        caller::Known,
        conditional::IfMatch,
        path::Ids,
        problem::Problem,
    },
};
use utoipa::ToSchema;

use crate::{
    create::{MAX_CLIENT_ID, MAX_NAME, MAX_SECRET},
    delete_guard::DeleteGuardRequest,
    json::{CustomerJson, Tagged, tagged},
    setup::State,
};

/// The body: what is absent stays. Not `Debug`: it may hold a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCustomerRequest {
    #[schema(
        nullable = false,
        max_length = 200,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]*[^\\s\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff][^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]*$",
        example = "Acme Corporation"
    )]
    #[serde(default, deserialize_with = "present")]
    name: Option<String>,
    #[schema(
        nullable = false,
        max_length = 100,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]*[^\\s\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff][^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]*$",
        example = "3d2a9c1e-8b4f-4c6d-9e7a-1f2b3c4d5e6f"
    )]
    #[serde(default, deserialize_with = "present")]
    zuora_client_id: Option<String>,
    #[schema(nullable = false, max_length = 200, pattern = "^(?!\\*+$)[^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]*[^\\s\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff][^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]*$", format = Password)]
    #[serde(default, deserialize_with = "present")]
    zuora_client_secret: Option<String>,
    #[schema(
        nullable = false,
        pattern = "^https://([a-z0-9-]+\\.)+zuora\\.com$",
        example = "https://rest.test.zuora.com"
    )]
    #[serde(default, deserialize_with = "present")]
    zuora_base_url: Option<String>,
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

impl UpdateCustomerRequest {
    fn validate(self, policy: &BaseUrlPolicy) -> Result<Change, Invalid> {
        let mut invalid = Invalid::default();
        let name = self.name.and_then(|name| invalid.check("/name", text::line(&name, MAX_NAME)));
        let zuora_client_id =
            self.zuora_client_id.and_then(|id| invalid.check("/zuora_client_id", text::line(&id, MAX_CLIENT_ID)));
        if let Some(secret) = &self.zuora_client_secret {
            invalid.check("/zuora_client_secret", text::secret(secret, MAX_SECRET));
        }
        let base = self.zuora_base_url.and_then(|url| invalid.check("/zuora_base_url", policy.parse(&url)));
        let delete_guard = self.delete_guard.unwrap_or_default().validate(&mut invalid);
        if !invalid.0.is_empty() {
            return Err(invalid);
        }
        Ok(Change {
            name,
            zuora_client_id,
            secret: self.zuora_client_secret.map(Into::into),
            base,
            environment: self.environment,
            sync_frequency: self.sync_frequency,
            delete_guard,
            verify: self.verify.unwrap_or(true),
        })
    }
}

/// Changes a customer.
#[utoipa::path(
    patch,
    path = "/v1/customers/{customer_id}",
    tag = "customers",
    params(
        ("customer_id" = CustomerId, Path),
        (
            "If-Match" = String,
            Header,
            description = "The ETag of the customer as you saw it, or * to overwrite on purpose.",
        ),
    ),
    request_body = UpdateCustomerRequest,
    responses((status = 200, description = "Done.", body = CustomerJson, headers(("ETag" = String)))),
)]
pub async fn update_customer(
    Shared(state): Shared<State>,
    known: Known,
    ids: Ids,
    asking: Asking,
    if_match: IfMatch,
    body: ValidJson<UpdateCustomerRequest>,
) -> Result<Tagged, Problem> {
    let id: CustomerId = ids.get("customer_id", "customer")?;
    known.may(Verb::Update, &id)?;
    let change = body.0?.validate(&state.desk.policy)?;
    let expected = if_match.required()?;
    let customer = state.desk.change(&id, &expected, change, &asking).await?;
    Ok(tagged(customer))
}

/// Pauses a customer.
#[utoipa::path(
    post,
    path = "/v1/customers/{customer_id}/pause",
    tag = "customers",
    params(("customer_id" = CustomerId, Path)),
    responses((status = 200, description = "Done.", body = CustomerJson, headers(("ETag" = String)))),
)]
pub async fn pause_customer(state: Shared<State>, known: Known, ids: Ids, asking: Asking) -> Result<Tagged, Problem> {
    set_paused(state, known, ids, asking, true).await
}

/// Resumes a paused customer.
#[utoipa::path(
    post,
    path = "/v1/customers/{customer_id}/resume",
    tag = "customers",
    params(("customer_id" = CustomerId, Path)),
    responses((status = 200, description = "Done.", body = CustomerJson, headers(("ETag" = String)))),
)]
pub async fn resume_customer(state: Shared<State>, known: Known, ids: Ids, asking: Asking) -> Result<Tagged, Problem> {
    set_paused(state, known, ids, asking, false).await
}

async fn set_paused(
    Shared(state): Shared<State>,
    known: Known,
    ids: Ids,
    asking: Asking,
    paused: bool,
) -> Result<Tagged, Problem> {
    let id: CustomerId = ids.get("customer_id", "customer")?;
    known.may(Verb::Update, &id)?;
    let customer = state.desk.set_paused(&id, paused, &asking).await?;
    Ok(tagged(customer))
}

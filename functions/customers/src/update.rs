//! `PATCH /v1/customers/{customer_id}`, pause and resume

use axum::extract::State;
use serde::Deserialize;
use shared::{
    app::{context::RequestContext, customers::Change},
    domain::{
        base_url::BaseUrlPolicy, customer::Environment, ids::CustomerId, invalid::Invalid, policy::Verb,
        precondition::Precondition, schedule::Frequency, text,
    },
    http::{
        body::{ValidJson, present},
        caller::CurrentUser,
        conditional::IfMatch,
        path::Ids,
        problem::Problem,
    },
};
use utoipa::ToSchema;

use crate::{
    delete_guard::DeleteGuardRequest,
    fields::{self, MAX_CLIENT_ID, MAX_NAME, MAX_SECRET},
    json::{CustomerJson, Tagged, tagged},
    setup::App,
};

/// The body: what is absent stays. Not `Debug`: it may hold a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCustomerRequest {
    #[schema(schema_with = fields::name)]
    #[serde(default, deserialize_with = "present")]
    name: Option<String>,
    #[schema(schema_with = fields::client_id)]
    #[serde(default, deserialize_with = "present")]
    zuora_client_id: Option<String>,
    #[schema(schema_with = fields::client_secret)]
    #[serde(default, deserialize_with = "present")]
    zuora_client_secret: Option<String>,
    #[schema(schema_with = fields::base_url)]
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
            expected: Precondition::Any,
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
    State(app): State<App>,
    known: CurrentUser,
    ids: Ids,
    context: RequestContext,
    if_match: IfMatch,
    body: ValidJson<UpdateCustomerRequest>,
) -> Result<Tagged, Problem> {
    let id: CustomerId = ids.get("customer_id", "customer")?;
    known.may(Verb::Update, &id)?;
    let mut change = body.0?.validate(&app.service.policy)?;
    change.expected = if_match.required()?;
    let customer = app.service.change(&id, change, &context).await?;
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
pub async fn pause_customer(
    state: State<App>,
    known: CurrentUser,
    ids: Ids,
    context: RequestContext,
) -> Result<Tagged, Problem> {
    set_paused(state, known, ids, context, true).await
}

/// Resumes a paused customer.
#[utoipa::path(
    post,
    path = "/v1/customers/{customer_id}/resume",
    tag = "customers",
    params(("customer_id" = CustomerId, Path)),
    responses((status = 200, description = "Done.", body = CustomerJson, headers(("ETag" = String)))),
)]
pub async fn resume_customer(
    state: State<App>,
    known: CurrentUser,
    ids: Ids,
    context: RequestContext,
) -> Result<Tagged, Problem> {
    set_paused(state, known, ids, context, false).await
}

async fn set_paused(
    State(app): State<App>,
    known: CurrentUser,
    ids: Ids,
    context: RequestContext,
    paused: bool,
) -> Result<Tagged, Problem> {
    let id: CustomerId = ids.get("customer_id", "customer")?;
    known.may(Verb::Update, &id)?;
    let customer = app.service.set_paused(&id, paused, &context).await?;
    Ok(tagged(customer))
}

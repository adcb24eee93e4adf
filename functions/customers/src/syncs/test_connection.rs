//! `POST /v1/connection-test` and `POST /v1/customers/{customer_id}/connection-test`

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    app::context::RequestContext,
    domain::{ids::CustomerId, invalid::Invalid, text, time::Timestamp},
    http::{
        body::ValidJson,
        permit::{On, OnAll, Operation as _},
        problem::Problem,
    },
    operation,
};
use utoipa::ToSchema;

use crate::{
    customers::{
        delete::JobQueued,
        fields::{self, MAX_CLIENT_ID, MAX_SECRET},
    },
    setup::App,
};

/// Credentials to try. Not `Debug`: it holds a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionTestRequest {
    #[schema(schema_with = fields::base_url)]
    zuora_base_url: String,
    #[schema(schema_with = fields::client_id)]
    zuora_client_id: String,
    #[schema(schema_with = fields::client_secret)]
    zuora_client_secret: String,
}

/// The result of a successful test of credentials.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionProven {
    ok: bool,
    checked_at: Timestamp,
}

operation!(
    TestCredentials: Create, ConnectionTest, Idempotent;
    TooManyRequests, ZuoraCredentialsInvalid, ZuoraPermissionMissing, ZuoraUnreachable
);

/// Tries credentials that are not stored; stores nothing.
#[utoipa::path(
    post,
    path = "/v1/connection-test",
    tag = "customers",
    request_body = ConnectionTestRequest,
    responses((status = 200, description = "The credentials work.", body = ConnectionProven)),
    extensions(("x-operation" = json!(TestCredentials::described()))),
)]
pub async fn test_unsaved(
    State(app): State<App>,
    _on: OnAll<TestCredentials>,
    context: RequestContext,
    ValidJson(body): ValidJson<ConnectionTestRequest>,
) -> Result<Json<ConnectionProven>, Problem> {
    let mut invalid = Invalid::default();
    let base = invalid.check("/zuora_base_url", app.service.policy.parse(&body.zuora_base_url));
    let client_id = invalid.check("/zuora_client_id", text::line(&body.zuora_client_id, MAX_CLIENT_ID));
    let secret = invalid.check("/zuora_client_secret", text::secret(&body.zuora_client_secret, MAX_SECRET));
    let (Some(base), Some(client_id), Some(())) = (base, client_id, secret) else {
        return Err(invalid.into());
    };
    let secret = body.zuora_client_secret.into();
    let connection = app.service.test(&base, &client_id, &secret, &context).await?;
    Ok(Json(ConnectionProven { ok: connection.ok, checked_at: connection.checked_at }))
}

operation!(TestConnection: Sync, CustomerTest, Idempotent; TooManyRequests);

/// Queues a test of the stored credentials; its result is stored as the customer's `connection`.
#[utoipa::path(
    post,
    path = "/v1/customers/{customer_id}/connection-test",
    tag = "customers",
    params(("customer_id" = CustomerId, Path)),
    responses((status = 202, description = "The job that tests them.", body = JobQueued)),
    extensions(("x-operation" = json!(TestConnection::described()))),
)]
pub async fn test_stored(
    State(app): State<App>,
    on: On<TestConnection>,
    context: RequestContext,
) -> Result<(StatusCode, Json<JobQueued>), Problem> {
    let id = on.customer;
    context.acquire_permit(&app.service.limits, Some(&id)).await?;
    let job = app.service.dispatcher.request_test(&id, &context).await?;
    Ok((StatusCode::ACCEPTED, Json(JobQueued { job_id: job.id })))
}

//! `POST /v1/connection-test` and `POST /v1/customers/{customer_id}/connection-test`

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    app::context::RequestContext,
    domain::{ids::CustomerId, invalid::Invalid, text, time::Timestamp},
    http::{
        body::{ValidJson, read},
        permit::{On, OnAll, Operation as _},
        problem::Problem,
    },
    operation,
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{OneOf, Ref, RefOr, Schema},
};

use super::find_host::{self, HostSearch, HostsTried};
use crate::{
    customers::{
        delete::JobQueued,
        fields::{self, MAX_CLIENT_ID, MAX_SECRET},
    },
    setup::App,
};

/// Credentials to try at one base URL. Not `Debug`: it holds a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialsTest {
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

/// What credentials did.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ConnectionTested {
    /// They work at the base URL.
    Proven(ConnectionProven),
    /// This is where they work.
    Searched(HostsTried),
}

operation!(
    TestCredentials: Create, ConnectionTest, Idempotent;
    TooManyRequests, ZuoraCredentialsInvalid, ZuoraPermissionMissing, ZuoraUnreachable
);

/// Tries credentials that are not stored, at one base URL or, with `find`, at each of Zuora's data centers in turn; stores nothing.
#[utoipa::path(
    post,
    path = "/v1/connection-test",
    tag = "customers",
    request_body = ConnectionTestRequest,
    responses((
        status = 200,
        description = "The credentials work there; or, with `find`, where they work.",
        body = ConnectionTested,
    )),
    extensions(("x-operation" = json!(TestCredentials::described()))),
)]
pub async fn test_unsaved(
    State(app): State<App>,
    _on: OnAll<TestCredentials>,
    context: RequestContext,
    ValidJson(body): ValidJson<Value>,
) -> Result<Json<ConnectionTested>, Problem> {
    let tested = match body.get("find") {
        Some(_) => ConnectionTested::Searched(find_host::find(&app, read(body)?, &context).await?),
        None => ConnectionTested::Proven(test(&app, read(body)?, &context).await?),
    };
    Ok(Json(tested))
}

async fn test(app: &App, body: CredentialsTest, context: &RequestContext) -> Result<ConnectionProven, Problem> {
    let mut invalid = Invalid::default();
    let base = invalid.check("/zuora_base_url", app.service.policy.parse(&body.zuora_base_url));
    let client_id = invalid.check("/zuora_client_id", text::line(&body.zuora_client_id, MAX_CLIENT_ID));
    let secret = invalid.check("/zuora_client_secret", text::secret(&body.zuora_client_secret, MAX_SECRET));
    let (Some(base), Some(client_id), Some(())) = (base, client_id, secret) else {
        return Err(invalid.into());
    };
    let secret = body.zuora_client_secret.into();
    let connection = app.service.test(&base, &client_id, &secret, context).await?;
    Ok(ConnectionProven { ok: connection.ok, checked_at: connection.checked_at })
}

/// The description of a body in either form; `find` tells which.
pub struct ConnectionTestRequest;

impl PartialSchema for ConnectionTestRequest {
    fn schema() -> RefOr<Schema> {
        let says = "Credentials to try, at one base URL or, with `find`, at each of Zuora's data centers in turn.";
        let forms = [CredentialsTest::name(), HostSearch::name()];
        let either = OneOf::builder().description(Some(says));
        forms.iter().fold(either, |either, form| either.item(Ref::from_schema_name(form.as_ref()))).into()
    }
}

impl ToSchema for ConnectionTestRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((CredentialsTest::name().into(), CredentialsTest::schema()));
        schemas.push((HostSearch::name().into(), HostSearch::schema()));
        HostSearch::schemas(schemas);
    }
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

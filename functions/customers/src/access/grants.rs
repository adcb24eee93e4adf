//! `GET`, `PUT` and `DELETE /v1/customers/{customer_id}/grants[/{user}]`
//!
//! `all` in place of a customer's id stands for all customers, those to come too.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::Deserialize;
use shared::{
    app::{access, context::RequestContext, error::AppError},
    aws::grants::Grant,
    domain::{
        ids::UserId,
        policy::{Verb, Verbs},
    },
    http::{
        body::ValidJson,
        paging::List,
        path::Ids,
        permit::{OnOneOrAll, Operation as _},
        problem::Problem,
    },
    operation,
};
use utoipa::ToSchema;

use crate::setup::App;

operation!(ListGrants: Grant, Read, Safe);

/// Lists who was granted what on a customer, or on all.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/grants",
    tag = "access",
    params(("customer_id" = String, Path, description = "A customer's id, or all.")),
    responses((status = 200, description = "The grants.", body = List<Grant>)),
    extensions(("x-operation" = json!(ListGrants::described()))),
)]
pub async fn list_grants(State(app): State<App>, on: OnOneOrAll<ListGrants>) -> Result<Json<List<Grant>>, Problem> {
    let customer = on.customer;
    let dispatcher = &app.service.dispatcher;
    if let Some(id) = &customer {
        dispatcher.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?;
    }
    let items = dispatcher.grants.on_customer(customer.as_ref()).await?;
    let total = items.len();
    Ok(Json(List::whole(items).of_total(total)))
}

/// The body.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRequest {
    #[schema(value_type = Vec<Verb>, min_items = 1)]
    verbs: Verbs,
}

operation!(PutGrant: Grant, GrantPut, Idempotent; Conflict);

/// Grants a user verbs, in place of those granted before.
#[utoipa::path(
    put,
    path = "/v1/customers/{customer_id}/grants/{user}",
    tag = "access",
    params(("customer_id" = String, Path, description = "A customer's id, or all."), ("user" = UserId, Path)),
    request_body = GrantRequest,
    responses((status = 200, description = "The grant.", body = Grant)),
    extensions(("x-operation" = json!(PutGrant::described()))),
)]
pub async fn put_grant(
    State(app): State<App>,
    on: OnOneOrAll<PutGrant>,
    ids: Ids,
    context: RequestContext,
    ValidJson(body): ValidJson<GrantRequest>,
) -> Result<Json<Grant>, Problem> {
    let user: UserId = ids.get("user", "user")?;
    Ok(Json(access::grant(&app.service.dispatcher, user, on.customer, body.verbs, &context).await?))
}

operation!(DeleteGrant: Grant, GrantDelete, Idempotent);

/// Withdraws what a user was granted. It counts from the next request on.
#[utoipa::path(
    delete,
    path = "/v1/customers/{customer_id}/grants/{user}",
    tag = "access",
    params(("customer_id" = String, Path, description = "A customer's id, or all."), ("user" = UserId, Path)),
    responses((status = 204, description = "The grant is gone.")),
    extensions(("x-operation" = json!(DeleteGrant::described()))),
)]
pub async fn delete_grant(
    State(app): State<App>,
    on: OnOneOrAll<DeleteGrant>,
    ids: Ids,
    context: RequestContext,
) -> Result<StatusCode, Problem> {
    let user: UserId = ids.get("user", "grant")?;
    access::withdraw(&app.service.dispatcher, &user, on.customer.as_ref(), &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

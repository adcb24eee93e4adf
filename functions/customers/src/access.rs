//! `GET /v1/me`, and `GET`, `PUT`, `DELETE /v1/customers/{customer_id}/grants[/{user}]`
//!
//! `all` in place of a customer's id stands for all customers, those to come too.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    app::{access, context::RequestContext, error::AppError},
    aws::grants::{Grant, GrantStore},
    domain::{
        ids::{CustomerId, UserId},
        policy::{Target, Verb, Verbs},
    },
    http::{body::ValidJson, caller::CurrentUser, list::List, path::Ids, problem::Problem},
};
use utoipa::ToSchema;

use crate::setup::App;

/// Stands for all customers in a path.
const ALL: &str = "all";

/// The caller, and what the caller may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeJson {
    /// The Cognito `sub`, which grants name.
    user: String,
    groups: Vec<String>,
    super_admin: bool,
    /// What the caller may do with every customer, those to come too.
    verbs: Verbs,
    /// What else the caller may do, by customer.
    customers: Vec<OnCustomer>,
}

/// What a caller may do with one customer.
#[derive(Debug, Serialize, ToSchema)]
struct OnCustomer {
    customer_id: CustomerId,
    verbs: Verbs,
}

/// Says who calls and what they may do.
#[utoipa::path(
    get,
    path = "/v1/me",
    tag = "access",
    responses((status = 200, description = "Done.", body = MeJson)),
)]
pub async fn get_me(CurrentUser(caller): CurrentUser) -> Json<MeJson> {
    let super_admin = caller.is_super_admin();
    let verbs = if super_admin { Verbs::from(Verb::GRANTABLE) } else { caller.grants.all.clone() };
    let on = |customer: &CustomerId| OnCustomer {
        customer_id: customer.clone(),
        verbs: caller.verbs(Target::One(customer)),
    };
    let customers = caller.grants.customers.keys().map(on).collect();
    Json(MeJson { user: caller.sub, groups: caller.groups, super_admin, verbs, customers })
}

/// Lists who was granted what on a customer, or on all.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/grants",
    tag = "access",
    params(("customer_id" = String, Path, description = "A customer's id, or all.")),
    responses((status = 200, description = "Done.", body = List<Grant>)),
)]
pub async fn list_grants(State(app): State<App>, known: CurrentUser, ids: Ids) -> Result<Json<List<Grant>>, Problem> {
    let customer = governed(&known, &ids)?;
    let dispatcher = &app.service.dispatcher;
    if let Some(id) = &customer {
        dispatcher.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?;
    }
    let items = GrantStore::new(dispatcher.data.clone()).on_customer(customer.as_ref()).await?;
    Ok(Json(List { total: Some(items.len() as u64), items, next_cursor: None }))
}

/// The body.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRequest {
    #[schema(value_type = Vec<Verb>, min_items = 1)]
    verbs: Verbs,
}

/// Grants a user verbs, in place of those granted before.
#[utoipa::path(
    put,
    path = "/v1/customers/{customer_id}/grants/{user}",
    tag = "access",
    params(("customer_id" = String, Path, description = "A customer's id, or all."), ("user" = UserId, Path)),
    request_body = GrantRequest,
    responses((status = 200, description = "Done.", body = Grant)),
)]
pub async fn put_grant(
    State(app): State<App>,
    known: CurrentUser,
    ids: Ids,
    context: RequestContext,
    body: ValidJson<GrantRequest>,
) -> Result<Json<Grant>, Problem> {
    let customer = governed(&known, &ids)?;
    let body = body.0?;
    let user: UserId = ids.get("user", "user")?;
    Ok(Json(access::grant(&app.service.dispatcher.data, user, customer, body.verbs, &context).await?))
}

/// Withdraws what a user was granted. It counts from the next request on.
#[utoipa::path(
    delete,
    path = "/v1/customers/{customer_id}/grants/{user}",
    tag = "access",
    params(("customer_id" = String, Path, description = "A customer's id, or all."), ("user" = UserId, Path)),
    responses((status = 204, description = "Done.")),
)]
pub async fn delete_grant(
    State(app): State<App>,
    known: CurrentUser,
    ids: Ids,
    context: RequestContext,
) -> Result<StatusCode, Problem> {
    let customer = governed(&known, &ids)?;
    let user: UserId = ids.get("user", "grant")?;
    access::withdraw(&app.service.dispatcher.data, &user, customer.as_ref(), &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The customer in a path (none: all), if the caller may say who may do what with it.
fn governed(known: &CurrentUser, ids: &Ids) -> Result<Option<CustomerId>, Problem> {
    if ids.is("customer_id", ALL) {
        known.may_on_all(Verb::Grant)?;
        return Ok(None);
    }
    let id: CustomerId = ids.get("customer_id", "customer")?;
    known.may(Verb::Grant, &id)?;
    Ok(Some(id))
}

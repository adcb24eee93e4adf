//! `GET /v1/me`, and `GET`, `PUT`, `DELETE /v1/customers/{customer_id}/grants[/{user}]`
//!
//! `all` in place of a customer's id stands for all customers, those to come too.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    app::{access, context::RequestContext, error::AppError},
    aws::grants::Grant,
    domain::{
        actions::CallerAction,
        ids::{CustomerId, UserId},
        policy::{Target, Verb, Verbs},
    },
    http::{
        body::ValidJson,
        caller::SignedIn,
        paging::List,
        path::Ids,
        permit::{OnOneOrAll, Operation as _},
        problem::Problem,
    },
    operation,
};
use utoipa::ToSchema;

use crate::setup::App;

/// The caller, and what the caller may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeJson {
    /// The Cognito `sub`, which grants name.
    user: String,
    groups: Vec<String>,
    super_admin: bool,
    /// What the caller may do with every customer, those to come too.
    verbs: Verbs,
    /// What else the caller may do, by customer.
    customers: Vec<OnCustomer>,
    /// What the caller can do beside what each customer and job says.
    actions: Vec<CallerAction>,
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
    responses((status = 200, description = "The caller.", body = MeJson)),
)]
pub async fn get_me(SignedIn(caller): SignedIn) -> Json<MeJson> {
    let super_admin = caller.is_super_admin();
    let verbs = if super_admin { Verbs::from(Verb::GRANTABLE) } else { caller.grants.all.clone() };
    let on = |customer: &CustomerId| OnCustomer {
        customer_id: customer.clone(),
        verbs: caller.verbs(Target::One(customer)),
    };
    let customers = caller.grants.customers.keys().map(on).collect();
    let actions = caller.actions().collect();
    Json(MeJson { user: caller.sub, groups: caller.groups, super_admin, verbs, customers, actions })
}

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

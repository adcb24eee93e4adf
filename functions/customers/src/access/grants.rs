//! `GET`, `PUT` and `DELETE /v1/customers/{customer_id}/grants[/{user}]`
//!
//! `all` in place of a customer's id stands for all customers, those to come too.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    app::{context::RequestContext, error::AppError},
    aws::grants::Grant,
    domain::{
        ids::{CustomerId, UserId},
        invalid::Invalid,
        policy::{Role, Target, Verb, Verbs},
    },
    http::{
        body::{ValidJson, present},
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
    responses((status = 200, description = "The grants.", body = List<GrantJson>)),
    extensions(("x-operation" = json!(ListGrants::described()))),
)]
pub async fn list_grants(State(app): State<App>, on: OnOneOrAll<ListGrants>) -> Result<Json<List<GrantJson>>, Problem> {
    let customer = on.customer;
    if let Some(id) = &customer {
        app.service.dispatcher.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?;
    }
    let grants = app.access.grants.on_customer(customer.as_ref()).await?;
    let items: Vec<GrantJson> = grants.into_iter().map(Into::into).collect();
    let total = items.len();
    Ok(Json(List::whole(items).of_total(total)))
}

/// A grant, and the role that it amounts to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
pub struct GrantJson {
    #[serde(flatten)]
    grant: Grant,
    /// The role that has these verbs; null for any other set.
    role: Option<Role>,
}

impl From<Grant> for GrantJson {
    fn from(grant: Grant) -> Self {
        Self { role: Role::of(&grant.verbs, target(grant.customer_id.as_ref())), grant }
    }
}

fn target(customer: Option<&CustomerId>) -> Target<'_> {
    customer.map_or(Target::All, Target::One)
}

/// The body: verbs, or a role that stands for some.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRequest {
    #[schema(value_type = Vec<Verb>, min_items = 1, nullable = false)]
    #[serde(default, deserialize_with = "present")]
    verbs: Option<Verbs>,
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    role: Option<Role>,
}

impl GrantRequest {
    fn verbs(self, customer: Option<&CustomerId>) -> Result<Verbs, Invalid> {
        match (self.verbs, self.role) {
            (Some(verbs), None) => Ok(verbs),
            (None, Some(role)) => Ok(role.verbs(target(customer))),
            (None, None) => Err(Invalid::one("/role", "Choose a role, or name verbs.")),
            (Some(_), Some(_)) => Err(Invalid::one("/role", "Give a role or verbs, not both.")),
        }
    }
}

operation!(PutGrant: Grant, GrantPut, Idempotent; Conflict);

/// Grants a user of the pool a role or verbs, in place of what was granted before.
#[utoipa::path(
    put,
    path = "/v1/customers/{customer_id}/grants/{user}",
    tag = "access",
    params(("customer_id" = String, Path, description = "A customer's id, or all."), ("user" = UserId, Path)),
    request_body = GrantRequest,
    responses((status = 200, description = "The grant.", body = GrantJson)),
    extensions(("x-operation" = json!(PutGrant::described()))),
)]
pub async fn put_grant(
    State(app): State<App>,
    on: OnOneOrAll<PutGrant>,
    ids: Ids,
    context: RequestContext,
    ValidJson(body): ValidJson<GrantRequest>,
) -> Result<Json<GrantJson>, Problem> {
    let user: UserId = ids.get("user", "user")?;
    let verbs = body.verbs(on.customer.as_ref())?;
    let grant = app.access.grant(user, on.customer, verbs, &context).await?;
    Ok(Json(grant.into()))
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
    app.access.withdraw(&user, on.customer.as_ref(), &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

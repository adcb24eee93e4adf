//! `GET /v1/me`

use axum::Json;
use serde::Serialize;
use shared::{
    domain::{
        actions::CallerAction,
        ids::CustomerId,
        policy::{Target, Verb, Verbs},
    },
    http::caller::SignedIn,
};
use utoipa::ToSchema;

/// The caller, and what the caller may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeJson {
    /// The Cognito `sub`, which grants name.
    user: String,
    /// The e-mail address, if it is verified.
    email: Option<String>,
    groups: Vec<String>,
    super_admin: bool,
    /// The verbs that the caller has on every customer, present and future.
    verbs: Verbs,
    /// The verbs by customer, for customers with a grant of their own; they include those on all.
    customers: Vec<OnCustomer>,
    /// The actions open to the caller that are about no single customer or job.
    actions: Vec<CallerAction>,
}

/// The verbs that a caller has on one customer.
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
    Json(MeJson {
        user: caller.sub,
        email: caller.email,
        groups: caller.groups,
        super_admin,
        verbs,
        customers,
        actions,
    })
}

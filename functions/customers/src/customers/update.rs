//! `PATCH /v1/customers/{customer_id}`, pause and resume

use axum::extract::State;
use shared::{
    app::{context::RequestContext, customers::CustomerChange},
    domain::ids::CustomerId,
    http::{
        body::ValidJson,
        conditional::IfMatch,
        permit::{On, Operation as _},
        problem::Problem,
    },
    operation,
};

use super::{
    json::{CustomerJson, Tagged, tagged, with_warnings},
    look_alikes::warn_of_look_alikes,
    request::{CustomerRequest, Entered},
};
use crate::setup::App;

operation!(
    UpdateCustomer: Update, CustomerUpdate, Idempotent;
    PreconditionRequired, PreconditionFailed, TooManyRequests,
    ZuoraCredentialsInvalid, ZuoraPermissionMissing, ZuoraUnreachable
);

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
    request_body = CustomerRequest,
    responses((status = 200, description = "The changed customer.", body = CustomerJson, headers(("ETag" = String)))),
    extensions(("x-operation" = json!(UpdateCustomer::described()))),
)]
pub async fn update_customer(
    State(app): State<App>,
    on: On<UpdateCustomer>,
    context: RequestContext,
    if_match: IfMatch,
    ValidJson(body): ValidJson<CustomerRequest>,
) -> Result<Tagged, Problem> {
    let Entered { settings, secret, verify } = body.validate(&app.service.policy)?;
    let is_named = settings.name.is_some();
    let change = CustomerChange { expected: if_match.required()?, settings, secret, verify };
    let customer = app.service.change(&on.customer, change, &context).await?;
    let warnings = if is_named { warn_of_look_alikes(&app, &on.user, &customer).await } else { Vec::new() };
    Ok(with_warnings(customer, &on.user, warnings))
}

operation!(PauseCustomer: Update, CustomerPause, Idempotent);

/// Pauses a customer.
#[utoipa::path(
    post,
    path = "/v1/customers/{customer_id}/pause",
    tag = "customers",
    params(("customer_id" = CustomerId, Path)),
    responses((status = 200, description = "The paused customer.", body = CustomerJson, headers(("ETag" = String)))),
    extensions(("x-operation" = json!(PauseCustomer::described()))),
)]
pub async fn pause_customer(
    State(app): State<App>,
    on: On<PauseCustomer>,
    context: RequestContext,
) -> Result<Tagged, Problem> {
    Ok(tagged(app.service.set_paused(&on.customer, true, &context).await?, &on.user))
}

operation!(ResumeCustomer: Update, CustomerResume, Idempotent; TooManyRequests);

/// Resumes a paused customer and queues a sync.
#[utoipa::path(
    post,
    path = "/v1/customers/{customer_id}/resume",
    tag = "customers",
    params(("customer_id" = CustomerId, Path)),
    responses((status = 200, description = "The resumed customer.", body = CustomerJson, headers(("ETag" = String)))),
    extensions(("x-operation" = json!(ResumeCustomer::described()))),
)]
pub async fn resume_customer(
    State(app): State<App>,
    on: On<ResumeCustomer>,
    context: RequestContext,
) -> Result<Tagged, Problem> {
    Ok(tagged(app.service.set_paused(&on.customer, false, &context).await?, &on.user))
}

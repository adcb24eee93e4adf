//! `DELETE /v1/customers/{customer_id}?confirm=<name>`

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    app::context::RequestContext,
    domain::ids::{CustomerId, JobId},
    http::{
        conditional::IfMatch,
        permit::{On, Operation as _},
        problem::Problem,
        query::ValidQuery,
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use crate::setup::App;

/// The query.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The customer's name, to the letter.
    confirm: String,
}

/// The job that does what was asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobQueued {
    /// Its id: see `GET /v1/jobs/{job_id}`.
    pub job_id: JobId,
}

operation!(DeleteCustomer: Delete, CustomerDelete, Idempotent; PreconditionFailed, ValidationFailed);

/// Hides a customer at once and has everything of it removed.
#[utoipa::path(
    delete,
    path = "/v1/customers/{customer_id}",
    tag = "customers",
    params(("customer_id" = CustomerId, Path), Confirmation, ("If-Match" = Option<String>, Header)),
    responses((status = 202, description = "The job that removes it.", body = JobQueued)),
    extensions(("x-operation" = json!(DeleteCustomer::described()))),
)]
pub async fn delete_customer(
    State(app): State<App>,
    on: On<DeleteCustomer>,
    ValidQuery(query): ValidQuery<Confirmation>,
    if_match: IfMatch,
    context: RequestContext,
) -> Result<(StatusCode, Json<JobQueued>), Problem> {
    let job_id = app.service.delete(&on.customer, &if_match.optional(), &query.confirm, &context).await?;
    Ok((StatusCode::ACCEPTED, Json(JobQueued { job_id })))
}

//! `GET`, `PUT` and `DELETE /v1/customers/{customer_id}/compared-with`

use axum::{Json, extract::State};
use http::{HeaderName, HeaderValue, StatusCode};
use shared::{
    app::context::RequestContext,
    domain::{compared_with::ComparedWith, ids::CustomerId},
    http::{
        body::ValidJson,
        conditional::IfMatch,
        etag::etag,
        permit::{Among, On, Operation as _},
        problem::Problem,
    },
    operation,
};

use crate::setup::App;

operation!(SeeCompared: View, Read, Safe);

/// What is said, with its `ETag`.
type Tagged = ([(HeaderName, HeaderValue); 1], Json<ComparedWith>);

fn tagged(compared: ComparedWith) -> Tagged {
    (etag(&compared.entity_tag()), Json(compared))
}

operation!(GetComparedWith: View, Read, Safe);

/// Reads with which customer this one is compared, and what differs between the two on purpose.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/compared-with",
    tag = "customers",
    params(("customer_id" = CustomerId, Path)),
    responses((
        status = 200,
        description = "What was said. Not found if nothing was, or if the caller may not view the other customer.",
        body = ComparedWith,
        headers(("ETag" = String)),
    )),
    extensions(("x-operation" = json!(GetComparedWith::described()))),
)]
pub async fn get_compared_with(
    State(app): State<App>,
    on: On<GetComparedWith>,
    others: Among<SeeCompared>,
) -> Result<Tagged, Problem> {
    Ok(tagged(app.comparisons.get(&on.customer, |other| others.includes(other)).await?))
}

operation!(PutComparedWith: Update, ComparedWithPut, Idempotent; PreconditionFailed);

/// Says with which customer, which the caller may view, this one is compared: which workflows are the same, which fields do
/// not count, and what is called otherwise there. It takes the place of what was said before.
#[utoipa::path(
    put,
    path = "/v1/customers/{customer_id}/compared-with",
    tag = "customers",
    params(
        ("customer_id" = CustomerId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag of what is to be replaced, so that nothing unseen is."),
    ),
    request_body = ComparedWith,
    responses((status = 200, description = "What is said now.", body = ComparedWith, headers(("ETag" = String)))),
    extensions(("x-operation" = json!(PutComparedWith::described()))),
)]
pub async fn put_compared_with(
    State(app): State<App>,
    on: On<PutComparedWith>,
    others: Among<SeeCompared>,
    context: RequestContext,
    if_match: IfMatch,
    ValidJson(body): ValidJson<ComparedWith>,
) -> Result<Tagged, Problem> {
    others.check(std::slice::from_ref(&body.customer_id))?;
    let sees = |other: &CustomerId| others.includes(other);
    Ok(tagged(app.comparisons.put(&on.customer, body, &if_match.optional(), sees, &context).await?))
}

operation!(DeleteComparedWith: Update, ComparedWithDelete, Idempotent; PreconditionFailed);

/// Takes back with which customer this one is compared.
#[utoipa::path(
    delete,
    path = "/v1/customers/{customer_id}/compared-with",
    tag = "customers",
    params(
        ("customer_id" = CustomerId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag of what is to be taken back."),
    ),
    responses((status = 204, description = "Nothing is said any more.")),
    extensions(("x-operation" = json!(DeleteComparedWith::described()))),
)]
pub async fn delete_compared_with(
    State(app): State<App>,
    on: On<DeleteComparedWith>,
    others: Among<SeeCompared>,
    context: RequestContext,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    let sees = |other: &CustomerId| others.includes(other);
    app.comparisons.delete(&on.customer, &if_match.optional(), sees, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

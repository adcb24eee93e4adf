//! DELETE /v1/customers/{customer_id}?confirm=<name>

use axum::{Extension, Json, extract::State as Shared};
use http::StatusCode;
use lambda_http::request::RequestContext;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::{
    domain::{ids::CustomerId, policy::Verb},
    http::{caller::Known, path::Ids, problem::Problem, query::ValidQuery},
};

use crate::{json::asking, setup::State};

/// The query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The customer's name, to the letter.
    confirm: String,
}

/// Hides a customer at once and has everything of it removed.
pub async fn delete_customer(
    Shared(state): Shared<State>,
    known: Known,
    ids: Ids,
    ValidQuery(query): ValidQuery<Confirmation>,
    Extension(context): Extension<RequestContext>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id: CustomerId = ids.get("customer_id", "customer")?;
    known.may(Verb::Delete, Some(&id))?;
    let job_id = state.desk.delete(&id, &query.confirm, &asking(&known, &context)).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({"job_id": job_id}))))
}

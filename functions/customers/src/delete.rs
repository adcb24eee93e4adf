//! `DELETE /v1/customers/{customer_id}?confirm=<name>`

use axum::{Json, extract::State as Shared};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::{
    app::asking::Asking,
    domain::{ids::CustomerId, policy::Verb},
    http::{caller::Known, conditional::IfMatch, path::Ids, problem::Problem, query::ValidQuery},
};

use crate::setup::State;

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
    query: ValidQuery<Confirmation>,
    if_match: IfMatch,
    asking: Asking,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id: CustomerId = ids.get("customer_id", "customer")?;
    known.may(Verb::Delete, &id)?;
    let query = query.0?;
    let job_id = state.desk.delete(&id, &if_match.optional()?, &query.confirm, &asking).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({"job_id": job_id}))))
}

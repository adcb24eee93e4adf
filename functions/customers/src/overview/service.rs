//! `GET /health` and `GET /openapi.json`

use axum::{Json, response::IntoResponse};
use http::header;
use serde::Serialize;
use utoipa::ToSchema;

/// The health check's answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    status: &'static str,
    version: &'static str,
}

/// Says that the function is up: it read its configuration and its app key, or it would not answer.
#[utoipa::path(
    get,
    path = "/health",
    tag = "overview",
    responses((status = 200, description = "The function is up.", body = Health)),
    security(()),
)]
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// Describes this API in `OpenAPI` 3.1, made from the code.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "overview",
    responses((status = 200, description = "This document.", body = Object)),
    security(()),
)]
pub async fn get_openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], include_str!("../../../../docs/openapi.json"))
}

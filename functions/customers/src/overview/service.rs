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

/// The cache policy of the description, which changes with a deployment only.
const FOR_MINUTES: &str = "public, max-age=300";

/// Describes this API in `OpenAPI` 3.1, made from the code. It may be cached for five minutes.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "overview",
    responses((status = 200, description = "This document.", body = Object)),
    security(()),
)]
pub async fn get_openapi() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, FOR_MINUTES)],
        include_str!("../../../../docs/openapi.json"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_description_may_be_cached_for_minutes_by_everybody() {
        let response = get_openapi().await.into_response();

        assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=300");
    }
}

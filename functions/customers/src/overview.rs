//! `GET /health`, `/openapi.json` and `/v1/zuora-hosts`

use axum::{Json, response::IntoResponse};
use http::header;
use serde::Serialize;
use shared::{
    domain::{customer::Environment, known_hosts::KNOWN_HOSTS, schedule::Frequency},
    http::permit::{Among, Operation as _},
    operation,
};
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
    ([(header::CONTENT_TYPE, "application/json")], include_str!("../../../docs/openapi.json"))
}

/// One of Zuora's addresses.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZuoraHost {
    base_url: &'static str,
    label: &'static str,
    environment: Environment,
    /// Whether it is one of the three that most customers use.
    preset: bool,
    /// The frequency that suits customers there.
    recommended_frequency: Frequency,
}

/// Zuora's addresses, and what suits each environment.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZuoraHosts {
    items: Vec<ZuoraHost>,
    /// Always null: all of them are on one page.
    next_cursor: Option<String>,
    environments: Vec<RecommendedFrequency>,
}

/// The frequency that suits an environment.
#[derive(Debug, Serialize, ToSchema)]
struct RecommendedFrequency {
    environment: Environment,
    recommended_frequency: Frequency,
}

operation!(ListZuoraHosts: ViewAny, Read, Safe);

/// Lists Zuora's addresses, with the frequency recommended for each environment.
#[utoipa::path(
    get,
    path = "/v1/zuora-hosts",
    tag = "overview",
    responses((status = 200, description = "Zuora's addresses.", body = ZuoraHosts)),
    extensions(("x-operation" = json!(ListZuoraHosts::described()))),
)]
pub async fn list_zuora_hosts(_: Among<ListZuoraHosts>) -> Json<ZuoraHosts> {
    let hosts = KNOWN_HOSTS.iter().map(|host| ZuoraHost {
        base_url: host.base_url,
        label: host.label,
        environment: host.environment,
        preset: host.preset,
        recommended_frequency: host.environment.recommended_frequency(),
    });
    let environments = Environment::ALL.map(|environment| RecommendedFrequency {
        environment,
        recommended_frequency: environment.recommended_frequency(),
    });
    Json(ZuoraHosts { items: hosts.collect(), next_cursor: None, environments: environments.into() })
}

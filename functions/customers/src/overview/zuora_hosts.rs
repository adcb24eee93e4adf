//! `GET /v1/zuora-hosts`

use axum::Json;
use serde::Serialize;
use shared::{
    domain::{customer::Environment, known_hosts::KNOWN_HOSTS, schedule::Frequency},
    http::permit::{Among, Operation as _},
    operation,
};
use utoipa::ToSchema;

/// One of Zuora's addresses.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZuoraHost {
    base_url: &'static str,
    label: &'static str,
    environment: Environment,
    /// True for the three that most customers use.
    preset: bool,
    /// The hosts that the browser shows to people who are signed in there. Each leads to one base URL; any other host under
    /// zuora.com leads to none.
    app_hosts: &'static [&'static str],
    /// False for an address that Zuora does not list. A search (`POST /v1/connection-test` with `find`) leaves it out.
    on_zuoras_list: bool,
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
        app_hosts: host.app_hosts,
        on_zuoras_list: host.on_zuoras_list,
        recommended_frequency: host.environment.recommended_frequency(),
    });
    let environments = Environment::ALL.map(|environment| RecommendedFrequency {
        environment,
        recommended_frequency: environment.recommended_frequency(),
    });
    Json(ZuoraHosts { items: hosts.collect(), next_cursor: None, environments: environments.into() })
}

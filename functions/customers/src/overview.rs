//! GET /health, /v1/stats and /v1/zuora-hosts

use axum::{Json, extract::State as Shared};
use serde_json::{Map, Value, json};
use shared::{
    domain::{customer::Status, job::State as JobState, known_hosts::KNOWN_HOSTS, policy::Verb},
    http::{caller::Known, problem::Problem},
};

use crate::setup::State;

/// Says that the function is up: it read its configuration and its app key, or it would not answer.
pub async fn health() -> Json<Value> {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
}

/// Counts customers, workflows, tasks and jobs.
pub async fn get_stats(Shared(state): Shared<State>, known: Known) -> Result<Json<Value>, Problem> {
    known.may(Verb::ViewAny, None)?;
    let customers = state.desk.dispatcher.customers.all().await?;
    let with = |status: Status| customers.iter().filter(|customer| customer.status == status).count();
    let mut jobs = Map::new();
    for job_state in JobState::ALL {
        jobs.insert(job_state.as_str().to_owned(), state.desk.dispatcher.jobs.count(job_state).await?.into());
    }
    Ok(Json(json!({
        "customers": {
            "total": customers.len(),
            "active": with(Status::Active),
            "paused": with(Status::Paused),
            "needs_attention": with(Status::NeedsAttention),
        },
        "workflows": customers.iter().map(|customer| customer.workflows_count).sum::<u64>(),
        "tasks": customers.iter().map(|customer| customer.tasks_count).sum::<u64>(),
        "jobs": jobs,
    })))
}

/// Lists Zuora's addresses, with the frequency recommended for each environment.
pub async fn list_zuora_hosts(known: Known) -> Result<Json<Value>, Problem> {
    known.may(Verb::ViewAny, None)?;
    let items = KNOWN_HOSTS.iter().map(|host| {
        let frequency = match host.environment {
            "production" => "hourly",
            "development" => "manual",
            _ => "every_two_hours",
        };
        json!({
            "base_url": host.base_url,
            "label": host.label,
            "environment": host.environment,
            "preset": host.preset,
            "recommended_frequency": frequency,
        })
    });
    Ok(Json(json!({"items": items.collect::<Vec<_>>(), "next_cursor": null})))
}

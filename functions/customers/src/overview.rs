//! `GET /health`, `/v1/stats` and `/v1/zuora-hosts`

use axum::{Json, extract::State as Shared};
use serde_json::{Map, Value, json};
use shared::{
    aws::jobs::Selection,
    domain::{
        customer::Status,
        job::State as JobState,
        known_hosts::KNOWN_HOSTS,
        policy::{Decision, Scope, Verb},
    },
    http::{caller::Known, problem::Problem},
};

use crate::setup::State;

/// Says that the function is up: it read its configuration and its app key, or it would not answer.
pub async fn health() -> Json<Value> {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
}

/// Counts the customers that the caller may see, their workflows, tasks and jobs.
pub async fn get_stats(Shared(state): Shared<State>, known: Known) -> Result<Json<Value>, Problem> {
    let mut customers = state.desk.dispatcher.customers.all().await?;
    customers.retain(|customer| known.can(Verb::ViewAny, &customer.id));
    let with = |status: Status| customers.iter().filter(|customer| customer.status == status).count();
    let mut jobs = Map::new();
    for job_state in JobState::ALL {
        jobs.insert(job_state.as_str().to_owned(), count_jobs(&state, &known, job_state).await?.into());
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

/// How many jobs of the caller's customers are in a state.
async fn count_jobs(state: &State, known: &Known, wanted: JobState) -> Result<u64, Problem> {
    let jobs = &state.desk.dispatcher.jobs;
    if known.0.decide(Verb::View, Scope::All) == Decision::Allow {
        return Ok(jobs.count(wanted).await?);
    }
    let selection = Selection { state: Some(wanted), ..Selection::default() };
    let (found, _) = jobs.list(&selection, usize::MAX - 1, |job| known.can(Verb::View, &job.customer_id)).await?;
    Ok(found.len() as u64)
}

/// Lists Zuora's addresses, with the frequency recommended for each environment.
pub async fn list_zuora_hosts() -> Result<Json<Value>, Problem> {
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

//! HTTP: jobs and dead letters; retry, redrive, cancel, and the approval of what a guard held back.

mod cancel;
mod dead_letters;
mod dismiss;
mod held;
mod json;
mod list;
mod retry;
pub mod setup;

use axum::{
    Router,
    routing::{delete, get, post},
};
use utoipa::OpenApi;

/// The `OpenAPI` description of this function, made from its handlers.
#[derive(OpenApi)]
#[openapi(paths(
    list::list_jobs,
    list::get_job,
    retry::retry_job,
    cancel::cancel_job,
    dismiss::dismiss_job,
    held::list_held,
    held::approve_deletions,
    dead_letters::list_dead_letters,
    dead_letters::redrive_dead_letters,
    dead_letters::delete_dead_letter,
))]
pub struct Description;

/// Returns the router with every route of this function.
pub fn routes(state: setup::App) -> Router {
    Router::new()
        .route("/v1/jobs", get(list::list_jobs))
        .route("/v1/jobs/{job_id}", get(list::get_job))
        .route("/v1/jobs/{job_id}/retry", post(retry::retry_job))
        .route("/v1/jobs/{job_id}/cancel", post(cancel::cancel_job))
        .route("/v1/jobs/{job_id}/dismiss", post(dismiss::dismiss_job))
        .route("/v1/jobs/{job_id}/held", get(held::list_held))
        .route("/v1/jobs/{job_id}/approve-deletions", post(held::approve_deletions))
        .route("/v1/dead-letters", get(dead_letters::list_dead_letters))
        .route("/v1/dead-letters/redrive", post(dead_letters::redrive_dead_letters))
        .route("/v1/dead-letters/{message_id}", delete(dead_letters::delete_dead_letter))
        .with_state(state)
}

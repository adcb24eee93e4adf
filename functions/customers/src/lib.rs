//! HTTP: customers, connection tests, sync triggers, the dashboard's counters, grants, the audit trail.
//!
//! May seal client secrets, never open them.

mod access;
mod audit;
mod create;
mod delete;
mod delete_guard;
mod fields;
mod json;
mod list;
mod overview;
mod request;
pub mod setup;
mod stats;
mod sync;
mod test_connection;
mod update;

use axum::{
    Router,
    routing::{get, post, put},
};
use shared::domain::invalid::FieldError;
use utoipa::OpenApi;

/// What this function answers, described from its handlers.
#[derive(OpenApi)]
#[openapi(
    components(schemas(FieldError)),
    paths(
        list::list_customers,
        create::create_customer,
        list::get_customer,
        update::update_customer,
        delete::delete_customer,
        update::pause_customer,
        update::resume_customer,
        sync::sync_customer,
        sync::sync_all,
        sync::get_batch,
        test_connection::test_stored,
        test_connection::test_unsaved,
        access::list_grants,
        access::put_grant,
        access::delete_grant,
        access::get_me,
        audit::list_all,
        audit::list_of_customer,
        stats::get_stats,
        overview::list_zuora_hosts,
        overview::health,
        overview::get_openapi,
    )
)]
pub struct Description;

/// Who answers what.
pub fn routes(state: setup::App) -> Router {
    let customer = get(list::get_customer).patch(update::update_customer).delete(delete::delete_customer);
    Router::new()
        .route("/health", get(overview::health))
        .route("/openapi.json", get(overview::get_openapi))
        .route("/v1/stats", get(stats::get_stats))
        .route("/v1/zuora-hosts", get(overview::list_zuora_hosts))
        .route("/v1/customers", get(list::list_customers).post(create::create_customer))
        .route("/v1/customers/{customer_id}", customer)
        .route("/v1/customers/{customer_id}/pause", post(update::pause_customer))
        .route("/v1/customers/{customer_id}/resume", post(update::resume_customer))
        .route("/v1/customers/{customer_id}/sync", post(sync::sync_customer))
        .route("/v1/customers/{customer_id}/connection-test", post(test_connection::test_stored))
        .route("/v1/customers/{customer_id}/audit", get(audit::list_of_customer))
        .route("/v1/customers/{customer_id}/grants", get(access::list_grants))
        .route("/v1/customers/{customer_id}/grants/{user}", put(access::put_grant).delete(access::delete_grant))
        .route("/v1/audit", get(audit::list_all))
        .route("/v1/me", get(access::get_me))
        .route("/v1/connection-test", post(test_connection::test_unsaved))
        .route("/v1/sync", post(sync::sync_all))
        .route("/v1/batches/{batch_id}", get(sync::get_batch))
        .with_state(state)
}

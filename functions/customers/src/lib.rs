//! HTTP: customers, connection tests, sync triggers, the dashboard's counters, grants, the audit trail.
//!
//! May seal client secrets, never open them.

mod access;
mod audit;
mod customers;
mod findings;
mod overview;
pub mod setup;
mod syncs;

use axum::{
    Router,
    routing::{get, post, put},
};
use shared::domain::invalid::FieldError;
use utoipa::OpenApi;

use self::{
    access::{grants, me, users},
    customers::{bulk, compared_with, create, delete, list, update},
    overview::{attention, service, stats, zuora_hosts},
    syncs::{sync, test_connection},
};

/// The `OpenAPI` description of this function, made from its handlers.
#[derive(OpenApi)]
#[openapi(
    components(schemas(FieldError, list::Sort)),
    paths(
        list::list_customers,
        create::create_customer,
        list::get_customer,
        update::update_customer,
        delete::delete_customer,
        update::pause_customer,
        update::resume_customer,
        bulk::bulk_customers,
        compared_with::get_compared_with,
        compared_with::put_compared_with,
        compared_with::delete_compared_with,
        sync::sync_customer,
        sync::sync_all,
        sync::get_batch,
        test_connection::test_stored,
        test_connection::test_unsaved,
        grants::list_grants,
        grants::put_grant,
        grants::delete_grant,
        me::get_me,
        users::list_users,
        audit::list_all,
        audit::list_of_customer,
        stats::get_stats,
        attention::list_attention,
        findings::suppress,
        findings::unsuppress,
        zuora_hosts::list_zuora_hosts,
        service::health,
        service::get_openapi,
    )
)]
pub struct Description;

/// Returns the router with every route of this function.
pub fn routes(state: setup::App) -> Router {
    let customer = get(list::get_customer).patch(update::update_customer).delete(delete::delete_customer);
    let compared_with = get(compared_with::get_compared_with)
        .put(compared_with::put_compared_with)
        .delete(compared_with::delete_compared_with);
    Router::new()
        .route("/health", get(service::health))
        .route("/openapi.json", get(service::get_openapi))
        .route("/v1/stats", get(stats::get_stats))
        .route("/v1/attention", get(attention::list_attention))
        .route("/v1/zuora-hosts", get(zuora_hosts::list_zuora_hosts))
        .route("/v1/customers", get(list::list_customers).post(create::create_customer))
        .route("/v1/customers/bulk", post(bulk::bulk_customers))
        .route("/v1/customers/{customer_id}", customer)
        .route("/v1/customers/{customer_id}/pause", post(update::pause_customer))
        .route("/v1/customers/{customer_id}/resume", post(update::resume_customer))
        .route("/v1/customers/{customer_id}/sync", post(sync::sync_customer))
        .route("/v1/customers/{customer_id}/connection-test", post(test_connection::test_stored))
        .route("/v1/customers/{customer_id}/compared-with", compared_with)
        .route("/v1/customers/{customer_id}/audit", get(audit::list_of_customer))
        .route("/v1/customers/{customer_id}/grants", get(grants::list_grants))
        .route("/v1/customers/{customer_id}/grants/{user}", put(grants::put_grant).delete(grants::delete_grant))
        .route(
            "/v1/customers/{customer_id}/workflows/{workflow_id}/findings/{rule}/suppression",
            put(findings::suppress).delete(findings::unsuppress),
        )
        .route("/v1/audit", get(audit::list_all))
        .route("/v1/me", get(me::get_me))
        .route("/v1/users", get(users::list_users))
        .route("/v1/connection-test", post(test_connection::test_unsaved))
        .route("/v1/sync", post(sync::sync_all))
        .route("/v1/batches/{batch_id}", get(sync::get_batch))
        .with_state(state)
}

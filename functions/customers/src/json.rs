//! Customers as clients see them. No type here has a field for a secret.

use axum::Json;
use http::{HeaderName, HeaderValue};
use serde::Serialize;
use shared::{
    clock,
    domain::{
        customer::{Connection, Customer, Environment, LastSync, Status},
        failure::Failure,
        guard::Limits,
        ids::CustomerId,
        schedule::Frequency,
        time::Timestamp,
    },
    http::conditional::etag,
};
use utoipa::ToSchema;

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerJson {
    id: CustomerId,
    name: String,
    zuora_client_id: String,
    zuora_base_url: String,
    environment: Environment,
    sync_frequency: Frequency,
    delete_guard: Limits,
    status: Status,
    workflows_count: u64,
    tasks_count: u64,
    zuora_client_secret: SecretJson,
    connection: ConnectionJson,
    last_sync: Option<LastSync>,
    /// When the last complete sync began: the copy is what Zuora had then, or newer.
    last_complete_sync_at: Option<Timestamp>,
    next_sync_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// That a secret is set, and since when; never what it is.
#[derive(Debug, Serialize, ToSchema)]
struct SecretJson {
    set: bool,
    updated_at: Timestamp,
    /// Whether it is older than half a year and should be replaced, here and at Zuora.
    rotation_due: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct ConnectionJson {
    status: &'static str,
    checked_at: Option<Timestamp>,
    error: Option<Failure>,
}

impl From<Customer> for CustomerJson {
    fn from(customer: Customer) -> Self {
        let rotation_due = customer.is_rotation_due(clock::now());
        Self {
            id: customer.id,
            name: customer.name,
            zuora_client_id: customer.zuora_client_id,
            zuora_base_url: customer.zuora_base_url,
            environment: customer.environment,
            sync_frequency: customer.sync_frequency,
            delete_guard: customer.delete_guard,
            status: customer.status,
            workflows_count: customer.workflows_count,
            tasks_count: customer.tasks_count,
            zuora_client_secret: SecretJson { set: true, updated_at: customer.secret_updated_at, rotation_due },
            connection: customer.connection.into(),
            last_sync: customer.last_sync,
            last_complete_sync_at: customer.last_complete_sync_at,
            next_sync_at: customer.next_sync_at,
            created_at: customer.created_at,
            updated_at: customer.updated_at,
        }
    }
}

impl From<Option<Connection>> for ConnectionJson {
    fn from(connection: Option<Connection>) -> Self {
        match connection {
            None => Self { status: "unknown", checked_at: None, error: None },
            Some(Connection { ok: true, checked_at, .. }) => {
                Self { status: "ok", checked_at: Some(checked_at), error: None }
            }
            Some(Connection { ok: false, checked_at, error }) => {
                Self { status: "failed", checked_at: Some(checked_at), error }
            }
        }
    }
}

/// A customer with the `ETag` that a change of it has to name.
pub type Tagged = ([(HeaderName, HeaderValue); 1], Json<CustomerJson>);

/// A customer with its `ETag`.
pub fn tagged(customer: Customer) -> Tagged {
    (etag(&customer.entity_tag()), Json(customer.into()))
}

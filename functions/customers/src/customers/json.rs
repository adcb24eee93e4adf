//! Customers as clients see them. No type here has a field for a secret.

use axum::Json;
use http::{HeaderName, HeaderValue};
use serde::Serialize;
use shared::{
    clock,
    domain::{
        actions::CustomerAction,
        attention::{Cause, Remedy},
        customer::{Connection, Customer, Health, LastSync, Settings, Status},
        failure::Failure,
        ids::CustomerId,
        time::Timestamp,
    },
    http::{caller::CurrentUser, etag::etag},
};
use utoipa::ToSchema;

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Customer)]
pub struct CustomerJson {
    id: CustomerId,
    #[serde(flatten)]
    settings: Settings,
    status: Status,
    health: HealthJson,
    /// True while a sync of it is queued, waiting or running.
    syncing: bool,
    workflows_count: u64,
    tasks_count: u64,
    zuora_client_secret: SecretJson,
    connection: ConnectionJson,
    last_sync: Option<LastSync>,
    /// The start of the last complete sync: the copy is as Zuora was then, or newer.
    last_complete_sync_at: Option<Timestamp>,
    next_sync_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// The actions open to the caller now.
    actions: Vec<CustomerAction>,
    /// What to look at again, of a customer that was just entered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    warnings: Vec<String>,
}

/// The state of a secret: set, and since when; never its value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SecretStatus)]
struct SecretJson {
    set: bool,
    updated_at: Timestamp,
    /// True if it is older than half a year and should be replaced, here and at Zuora.
    rotation_due: bool,
}

/// The health, and what mends it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerHealth)]
struct HealthJson {
    #[serde(flatten)]
    health: Health,
    /// The next step for a person; none if nobody is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
    /// What mends it, most likely first, as far as the caller may do it.
    actions: Vec<Remedy>,
}

/// The result of the last connection test, or of the last sync that reached Zuora.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ConnectionStatus {
    /// Nobody has tried yet.
    Unknown,
    /// Zuora accepted the credentials and listed workflows.
    Ok,
    /// It did not; `error` says why.
    Failed,
}

/// The state of the connection to Zuora.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Connection)]
struct ConnectionJson {
    status: ConnectionStatus,
    checked_at: Option<Timestamp>,
    error: Option<Failure>,
}

impl CustomerJson {
    /// A customer as the user sees it.
    pub fn new(customer: Customer, user: &CurrentUser) -> Self {
        let may = |action: &CustomerAction| user.can(action.verb(), &customer.id);
        let actions = customer.status.actions().filter(may).collect();
        let rotation_due = customer.is_rotation_due(clock::now());
        let health = HealthJson::new(customer.health.unwrap_or_default(), user, &customer.id);
        Self {
            id: customer.id,
            settings: customer.settings,
            status: customer.status,
            health,
            syncing: customer.sync_job_id.is_some(),
            workflows_count: customer.workflows_count,
            tasks_count: customer.tasks_count,
            zuora_client_secret: SecretJson { set: true, updated_at: customer.secret_updated_at, rotation_due },
            connection: customer.connection.into(),
            last_sync: customer.last_sync,
            last_complete_sync_at: customer.last_complete_sync_at,
            next_sync_at: customer.next_sync_at,
            created_at: customer.created_at,
            updated_at: customer.updated_at,
            actions,
            warnings: Vec::new(),
        }
    }
}

impl HealthJson {
    fn new(health: Health, user: &CurrentUser, customer: &CustomerId) -> Self {
        let cause = Cause::from(&health);
        Self {
            remedy: health.state.needs_person().then(|| cause.next_step()),
            actions: cause.remedies().iter().copied().filter(|one| user.can(one.verb(), customer)).collect(),
            health,
        }
    }
}

impl From<Option<Connection>> for ConnectionJson {
    fn from(connection: Option<Connection>) -> Self {
        match connection {
            None => Self { status: ConnectionStatus::Unknown, checked_at: None, error: None },
            Some(Connection { ok: true, checked_at, .. }) => {
                Self { status: ConnectionStatus::Ok, checked_at: Some(checked_at), error: None }
            }
            Some(Connection { ok: false, checked_at, error }) => {
                Self { status: ConnectionStatus::Failed, checked_at: Some(checked_at), error }
            }
        }
    }
}

/// A customer with the `ETag` that a change of it has to name.
pub type Tagged = ([(HeaderName, HeaderValue); 1], Json<CustomerJson>);

/// A customer with its `ETag`.
pub fn tagged(customer: Customer, user: &CurrentUser) -> Tagged {
    with_warnings(customer, user, Vec::new())
}

/// The same of a customer that was just entered.
pub fn with_warnings(customer: Customer, user: &CurrentUser, warnings: Vec<String>) -> Tagged {
    (etag(&customer.entity_tag()), Json(CustomerJson { warnings, ..CustomerJson::new(customer, user) }))
}

//! The HTTP edge, shared by the functions behind API Gateway: who calls, what they sent, and what they get back.
//!
//! What must stay true: every route but the open ones needs an ID token of ours; every error is a problem (RFC 9457) that
//! shows no cause of ours; every request leaves exactly one log line.

mod base_path;
pub mod body;
pub mod caller;
pub mod conditional;
pub mod cursor;
pub mod etag;
mod gateway_path;
mod id_token;
pub mod idempotency;
pub mod paging;
pub mod path;
pub mod permit;
pub mod problem;
pub mod query;
mod refusal;
mod refusal_audit;
mod request_line;
pub mod response_size;
pub mod serve;
mod unique_keys;

use std::sync::Arc;

use secrecy::SecretString;

use crate::{
    aws::{
        app_key::{self, AppKeyError},
        audit::{AuditTrail, RETENTION_DAYS},
        customers::Customers,
        grants::GrantStore,
        table::Table,
    },
    config::EnvSettings,
};

/// The dependencies of the edge.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The user pool client that ID tokens must be made for.
    pub audience: Arc<str>,
    /// Signs cursors.
    pub cursors: cursor::CursorKey,
    /// The grants of all users.
    pub grants: GrantStore,
    /// The audit trail.
    pub trail: AuditTrail,
    /// The customers that refused attempts are about.
    customers: Customers,
}

/// The edge's part of a function's configuration.
#[derive(Debug)]
pub struct EdgeSettings {
    app_key_secret_id: String,
    audience: String,
    grants_table: String,
    audit_table: String,
    audit_days: u64,
}

impl EdgeSettings {
    /// Reads it.
    pub fn read(settings: &mut EnvSettings<'_>) -> Self {
        Self {
            app_key_secret_id: settings.required("APP_KEY_SECRET_ID"),
            audience: settings.required("USER_POOL_CLIENT_ID"),
            grants_table: settings.required("GRANTS_TABLE"),
            audit_table: settings.required("AUDIT_TABLE"),
            audit_days: settings.number("AUDIT_RETENTION_DAYS", RETENTION_DAYS),
        }
    }
}

impl Edge {
    /// Reads the app key and builds the edge over the data table.
    ///
    /// # Errors
    /// When the app key cannot be read: the process must not start without it.
    pub async fn load(sdk: &aws_config::SdkConfig, settings: &EdgeSettings, data: &Table) -> Result<Self, AppKeyError> {
        let secrets = aws_sdk_secretsmanager::Client::new(sdk);
        let key = app_key::load(&secrets, &settings.app_key_secret_id).await?;
        Ok(Self::over(settings, key, data))
    }

    fn over(settings: &EdgeSettings, app_key: SecretString, data: &Table) -> Self {
        Self {
            audience: settings.audience.as_str().into(),
            cursors: cursor::CursorKey::new(app_key),
            grants: GrantStore::new(data.beside(&settings.grants_table)),
            trail: AuditTrail::new(data.beside(&settings.audit_table), settings.audit_days),
            customers: Customers::new(data.clone()),
        }
    }

    /// An edge whose callers were granted nothing.
    #[cfg(test)]
    fn for_tests() -> Self {
        let sdk = crate::aws::mock_sdk::sdk(|_| (200, serde_json::json!({"Items": [], "Count": 0})));
        let data = Table::new(aws_sdk_dynamodb::Client::new(&sdk), "data");
        let settings = EdgeSettings {
            app_key_secret_id: String::new(),
            audience: "client".into(),
            grants_table: "grants".into(),
            audit_table: "audit".into(),
            audit_days: 1,
        };
        Self::over(&settings, "k".repeat(32).into(), &data)
    }
}

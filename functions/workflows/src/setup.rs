//! Builds what the handlers share, once.

use axum::extract::FromRef;
use lambda_http::Error;
use shared::{
    aws::{
        changes::Changes, clients, customers::Customers, damaged::Damaged, kept_definitions::KeptDefinitions,
        keys::token_slot, table::Table, workflows::Workflows,
    },
    clock,
    config::EnvSettings,
    http::{Edge, EdgeSettings},
};

/// The state that every handler shares.
#[derive(Clone, Debug)]
pub struct App {
    /// Customers.
    pub customers: Customers,
    /// Their workflows.
    pub workflows: Workflows,
    /// The definitions that they had before.
    pub kept: KeptDefinitions,
    /// The changes that syncs made.
    pub changes: Changes,
    /// Notes on damaged definitions.
    pub damaged: Damaged,
    /// Authentication and cursors.
    pub edge: Edge,
}

/// Reads the configuration and connects.
///
/// # Errors
/// A setting that is missing or wrong; an AWS that does not give the keys.
pub async fn state() -> Result<App, Error> {
    let mut settings = EnvSettings::from_env();
    let data = settings.required("DATA_TABLE");
    let edge = EdgeSettings::read(&mut settings);
    settings.finish()?;

    let sdk = clients::load().await;
    let data = Table::new(aws_sdk_dynamodb::Client::new(&sdk), data);
    let key = token_slot(clock::now());
    // The read only opens the connection; what it finds does not matter.
    let (edge, _) = tokio::join!(Edge::load(&sdk, &edge, &data), data.get_item(&key));
    Ok(App {
        customers: Customers::new(data.clone()),
        workflows: Workflows::new(data.clone()),
        kept: KeptDefinitions::new(data.clone()),
        changes: Changes::new(data.clone()),
        damaged: Damaged::new(data),
        edge: edge?,
    })
}

impl FromRef<App> for Edge {
    fn from_ref(app: &App) -> Self {
        app.edge.clone()
    }
}

//! Builds what the handlers share, once.

use axum::extract::FromRef;
use lambda_http::Error;
use shared::{
    app::{findings::FindingsReader, search::everywhere::Shelves},
    aws::{
        changes::Changes, clients, compared_with::Comparisons, customers::Customers, damaged::Damaged,
        findings::AllFindings, jobs::Jobs, kept_definitions::KeptDefinitions, keys::token_slot,
        references::AllReferences, suppressions::Suppressions, table::Table, workflows::Workflows,
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
    /// What their definitions refer to.
    pub references: AllReferences,
    /// Jobs, which a search finds by their ids.
    pub jobs: Jobs,
    /// The changes that syncs made.
    pub changes: Changes,
    /// With which customers others are compared.
    pub comparisons: Comparisons,
    /// Notes on damaged definitions.
    pub damaged: Damaged,
    /// What the health check found.
    pub findings: FindingsReader,
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
        references: AllReferences::new(data.clone()),
        jobs: Jobs::new(data.clone()),
        changes: Changes::new(data.clone()),
        comparisons: Comparisons::new(data.clone()),
        damaged: Damaged::new(data.clone()),
        findings: FindingsReader {
            customers: Customers::new(data.clone()),
            findings: AllFindings::new(data.clone()),
            suppressions: Suppressions::new(data),
        },
        edge: edge?,
    })
}

impl App {
    /// What a search reads.
    pub fn shelves(&self) -> Shelves {
        Shelves {
            customers: self.customers.clone(),
            workflows: self.workflows.clone(),
            references: self.references.clone(),
        }
    }
}

impl FromRef<App> for Edge {
    fn from_ref(app: &App) -> Self {
        app.edge.clone()
    }
}

//! Builds what the handlers share, once.

use lambda_http::Error;
use shared::{
    app::error::AppError,
    aws::{
        changes::Changes, clients, customers::Customers, damaged::Damaged, keys::token_slot, table::Table,
        workflows::Workflows,
    },
    clock,
    config::Settings,
    domain::{
        customer::Customer,
        ids::{CustomerId, WorkflowId},
        policy::Verb,
        workflow::Workflow,
    },
    http::{Edge, EdgeSettings, caller::CurrentUser, path::Ids, problem::Problem},
};

/// What every handler gets.
#[derive(Clone, Debug)]
pub struct App {
    /// Customers.
    pub customers: Customers,
    /// Their workflows.
    pub workflows: Workflows,
    /// What syncs changed.
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
    let mut settings = Settings::from_env();
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
        changes: Changes::new(data.clone()),
        damaged: Damaged::new(data),
        edge: edge?,
    })
}

impl App {
    /// The customer that a path names, if the caller may see it.
    ///
    /// # Errors
    /// The problem of an id that is none, of a caller who may not see it, or of a customer that is not there; store failures.
    pub async fn customer(&self, known: &CurrentUser, ids: &Ids) -> Result<Customer, Problem> {
        let id: CustomerId = ids.get("customer_id", "customer")?;
        known.may(Verb::View, &id)?;
        Ok(self.customers.get(&id).await?.ok_or(AppError::NotFound("customer"))?.value)
    }

    /// The customer and the workflow that a path names; a deleted workflow is still there to be read.
    ///
    /// # Errors
    /// As [`App::customer`], and where the customer has no such workflow.
    pub async fn workflow(&self, known: &CurrentUser, ids: &Ids) -> Result<(Customer, Workflow), Problem> {
        let customer = self.customer(known, ids).await?;
        let id: WorkflowId = ids.get("workflow_id", "workflow")?;
        let found = self.workflows.get(&customer.id, &id).await?;
        Ok((customer, found.ok_or(AppError::NotFound("workflow"))?.value))
    }
}

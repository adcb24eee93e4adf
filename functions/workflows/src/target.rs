//! The object that a path names: a customer, or one of its workflows, read for a caller who may do the operation.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::request::Parts;
use shared::{
    app::error::AppError,
    domain::{customer::Customer, ids::WorkflowId, workflow::Workflow},
    http::{
        path::Ids,
        permit::{On, Operation},
        problem::Problem,
    },
};

use crate::setup::App;

/// The customer that the path names.
#[derive(Debug)]
pub struct OfCustomer<O> {
    /// The customer.
    pub customer: Customer,
    operation: PhantomData<O>,
}

impl<O: Operation> FromRequestParts<App> for OfCustomer<O> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let on = On::<O>::from_request_parts(parts, app).await?;
        let found = app.customers.get(&on.customer).await?;
        Ok(Self { customer: found.ok_or(AppError::NotFound("customer"))?.value, operation: PhantomData })
    }
}

/// The workflow that the path names, and its customer; a deleted workflow is still there to be read.
#[derive(Debug)]
pub struct OfWorkflow<O> {
    /// The customer.
    pub customer: Customer,
    /// The workflow.
    pub workflow: Workflow,
    operation: PhantomData<O>,
}

impl<O: Operation> FromRequestParts<App> for OfWorkflow<O> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let OfCustomer { customer, .. } = OfCustomer::<O>::from_request_parts(parts, app).await?;
        let id: WorkflowId = Ids::from_request_parts(parts, app).await?.get("workflow_id", "workflow")?;
        let found = app.workflows.get(&customer.id, &id).await?;
        let workflow = found.ok_or(AppError::NotFound("workflow"))?.value;
        Ok(Self { customer, workflow, operation: PhantomData })
    }
}

//! Workflows as clients see them.

use serde::Serialize;
use shared::domain::{
    customer::Customer,
    definition::Task,
    ids::{CustomerId, WorkflowId},
    listed::Triggers,
    time::Timestamp,
    workflow::Workflow,
};
use utoipa::ToSchema;

/// A workflow.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkflowJson {
    customer_id: CustomerId,
    zuora_id: WorkflowId,
    name: Option<String>,
    description: Option<String>,
    status: Option<String>,
    version: Option<String>,
    triggers: Triggers,
    interval: Option<String>,
    timezone: Option<String>,
    tasks_count: u64,
    created_at: Option<String>,
    updated_at: Option<String>,
    last_synced_at: Timestamp,
    deleted_at: Option<Timestamp>,
    /// Only with `include=tasks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Vec<Task>>,
}

impl WorkflowJson {
    /// A customer's workflow.
    pub fn new(customer: &Customer, workflow: Workflow) -> Self {
        Self {
            customer_id: customer.id.clone(),
            last_synced_at: workflow.last_synced_at(customer),
            zuora_id: workflow.zuora_id,
            name: workflow.name,
            description: workflow.description,
            status: workflow.status,
            version: workflow.version,
            triggers: workflow.triggers,
            interval: workflow.interval,
            timezone: workflow.timezone,
            tasks_count: workflow.tasks_count,
            created_at: workflow.created_at,
            updated_at: workflow.updated_at,
            deleted_at: workflow.deleted_at,
            tasks: None,
        }
    }
}

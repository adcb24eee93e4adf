//! Workflows and findings as clients see them.

use serde::Serialize;
use serde_json::value::RawValue;
use shared::domain::{
    customer::Customer,
    definition::Task,
    findings::{Finding, Level, Rule, RuleId, TaskRef},
    ids::{CustomerId, WorkflowId},
    listed_workflow::Triggers,
    time::Timestamp,
    workflow::Workflow,
};
use utoipa::ToSchema;

/// A workflow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Workflow)]
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
    #[schema(value_type = Option<Vec<Task<'static>>>, nullable = false)]
    pub tasks: Option<Vec<Box<RawValue>>>,
    /// With `include=tasks`: that the tasks are not here, because they are too many for one answer, or cannot be read just
    /// now. `/tasks` of the workflow has them, or says why not.
    #[serde(skip_serializing_if = "is_false")]
    #[schema(required = false)]
    pub tasks_left_out: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
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
            tasks_left_out: false,
        }
    }

    /// Shows it without its tasks, which have no room.
    pub fn leave_tasks_out(&mut self) {
        self.tasks_left_out = self.tasks.take().is_some();
    }
}

/// One fault of a definition, and what to do about it. Never shows a value of the definition.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Finding)]
pub struct FindingJson {
    /// The rule that was broken.
    rule: RuleId,
    /// How bad it is.
    level: Level,
    /// What is wrong.
    title: &'static str,
    /// Why that is wrong.
    why: &'static str,
    /// The task with the fault; null for the workflow itself.
    task: Option<TaskRef>,
    /// The path of the fault: in the task, or else in the export.
    path: String,
    /// What to do about it.
    remedy: &'static str,
    /// Where the rule is known from.
    source: &'static str,
}

impl From<Finding> for FindingJson {
    fn from(Finding { rule, level, task, path, .. }: Finding) -> Self {
        let Rule { title, why, remedy, source, .. } = *rule.rule();
        Self { rule, level, title, why, task, path, remedy, source }
    }
}

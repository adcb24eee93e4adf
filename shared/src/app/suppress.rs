//! Suppressing findings, and taking that back.
//!
//! What must stay true: what a person says and the record of it are one transaction; saying it twice is saying it once.

use super::{
    context::{RequestContext, commit},
    dispatch::Dispatcher,
    error::AppError,
};
use crate::{
    aws::{customers::Customers, suppressions::Suppressions, table::StoreError, workflows::Workflows},
    domain::{
        audit::{Action, Record},
        change::{BeforeAfter, FieldChange},
        findings::{RuleId, Suppression},
        ids::{CustomerId, WorkflowId},
        time::Timestamp,
    },
};

/// Suppressions of findings.
#[derive(Clone, Debug)]
pub struct SuppressionService {
    /// Customers.
    pub dispatcher: Dispatcher,
    /// Their workflows.
    pub workflows: Workflows,
    /// What was said.
    pub suppressions: Suppressions,
}

/// The findings of a rule in a workflow.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The customer that has the workflow.
    pub customer: CustomerId,
    /// The workflow.
    pub workflow: WorkflowId,
    /// The rule.
    pub rule: RuleId,
}

impl SuppressionService {
    /// Says that findings are meant to be so, in place of what was said before.
    ///
    /// # Errors
    /// `NotFound` when the workflow is not there, `Invalid` for a reason or an end that cannot be.
    pub async fn suppress(
        &self,
        of: Suppressed,
        reason: &str,
        until: Option<Timestamp>,
        context: &RequestContext,
    ) -> Result<Suppression, AppError> {
        let record = self.record(Action::FindingSuppress, &of, context).await?;
        let Suppressed { customer, workflow, rule } = of;
        let new = Suppression::new(workflow.clone(), rule, reason, until, context.actor.clone(), context.now)
            .map_err(AppError::Invalid)?;
        self.workflows.get(&customer, &workflow).await?.ok_or(AppError::NotFound("workflow"))?;
        let before = self.suppressions.get(&customer, &workflow, rule).await?;
        let record = told(record, before.as_ref(), Some(&new));
        let writes = vec![Suppressions::put(&customer, &new)?, Customers::exists(&customer)];
        match commit(vec![(&self.dispatcher.data, writes)], Some(&context.entry(record))).await {
            Ok(()) => Ok(new),
            Err(StoreError::Conflict { .. }) => Err(AppError::NotFound("customer")),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes it back.
    ///
    /// # Errors
    /// `NotFound` when nothing was said.
    pub async fn take_back(&self, of: Suppressed, context: &RequestContext) -> Result<(), AppError> {
        let record = self.record(Action::FindingUnsuppress, &of, context).await?;
        let Suppressed { customer, workflow, rule } = of;
        let before = self.suppressions.get(&customer, &workflow, rule).await?;
        let before = before.ok_or(AppError::NotFound("suppression"))?;
        let record = told(record, Some(&before), None);
        let writes = vec![Suppressions::delete(&customer, &workflow, rule)];
        match commit(vec![(&self.dispatcher.data, writes)], Some(&context.entry(record))).await {
            Err(StoreError::Conflict { .. }) => Err(AppError::NotFound("suppression")),
            result => Ok(result?),
        }
    }

    /// The beginning of the record; makes sure that the customer is there.
    async fn record(&self, action: Action, of: &Suppressed, context: &RequestContext) -> Result<Record, AppError> {
        let found = self.dispatcher.customers.get(&of.customer).await?.ok_or(AppError::NotFound("customer"))?;
        let mut record = context.record(action).about(&found.value);
        for (field, value) in [("workflow", of.workflow.to_string()), ("rule", of.rule.to_string())] {
            let values = BeforeAfter { before: None, after: Some(value) };
            record.changes.push(FieldChange { field: field.to_owned(), values });
        }
        Ok(record)
    }
}

/// Adds what was said before, and what is said now.
fn told(mut record: Record, before: Option<&Suppression>, after: Option<&Suppression>) -> Record {
    let reason = |of: Option<&Suppression>| of.map(|of| of.reason.clone());
    let until = |of: Option<&Suppression>| of.and_then(|of| of.until).map(|until| until.to_string());
    for (field, before, after) in [("reason", reason(before), reason(after)), ("until", until(before), until(after))] {
        if before != after {
            record.changes.push(FieldChange { field: field.to_owned(), values: BeforeAfter { before, after } });
        }
    }
    record
}

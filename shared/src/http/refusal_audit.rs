//! Attempts that the policy refused are counted and written down: who tried what, on which customer.

use super::{Edge, refusal::Refusal};
use crate::{
    app::context::{RequestContext, commit},
    aws::store_error::StoreError,
    domain::audit::AuditOutcome,
    telemetry::{self, Metric},
};

/// Counts a refused attempt and writes it to the trail. A failure is logged only: the attempt stays refused.
pub(super) async fn record(edge: &Edge, context: &RequestContext, refusal: &Refusal) {
    telemetry::count(Metric::RefusedAttempts);
    if let Err(error) = try_write(edge, context, refusal).await {
        let error: &dyn std::error::Error = &error;
        tracing::error!(caller = context.actor.sub, error, "a refused attempt was not recorded");
    }
}

async fn try_write(edge: &Edge, context: &RequestContext, refusal: &Refusal) -> Result<(), StoreError> {
    let mut record = context.record(refusal.action);
    record.outcome = AuditOutcome::Refused;
    // Ids that somebody made up are no customers': all attempts at those are one record.
    if let Some(id) = &refusal.customer
        && let Some(customer) = edge.customers.get(id).await?
    {
        record = record.about(&customer.value);
    }
    match commit(Vec::new(), Some(&context.entry(record))).await {
        // The same was refused within this minute, and is recorded.
        Err(StoreError::Conflict { .. }) => Ok(()),
        result => result,
    }
}

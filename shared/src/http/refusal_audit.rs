//! Attempts that the policy refused are counted and written down: who tried what, on which customer.

use super::{Edge, refusal::Refusal};
use crate::{
    app::context::RequestContext,
    aws::store_error::StoreError,
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
    // Ids that somebody made up are no customers': all attempts at those are one record.
    if let Some(id) = &refusal.customer
        && let Some(customer) = edge.customers.get(id).await?
    {
        record = record.about(&customer.value);
    }
    context.record_refusal(record).await
}

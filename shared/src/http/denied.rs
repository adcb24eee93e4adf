//! Attempts that the policy refused are written down: who tried what, on which customer.

use http::Method;

use super::{Edge, caller::Refusal};
use crate::{
    app::context::{RequestContext, commit},
    aws::store_error::StoreError,
    domain::audit::{Action, AuditOutcome},
};

/// Writes a refused attempt to the trail. A failure is logged only: the attempt stays refused.
pub(super) async fn write_down(edge: &Edge, context: &RequestContext, refusal: &Refusal, method: &Method, route: &str) {
    if let Err(error) = try_write(edge, context, refusal, action(method, route)).await {
        let error: &dyn std::error::Error = &error;
        tracing::error!(
            request_id = context.request_id,
            caller = context.actor,
            error,
            "a refused attempt was not recorded"
        );
    }
}

async fn try_write(edge: &Edge, context: &RequestContext, refusal: &Refusal, action: Action) -> Result<(), StoreError> {
    let mut record = context.record(action);
    record.outcome = AuditOutcome::Refused;
    // Ids that somebody made up are no customers': all attempts at those are one record.
    if let Some(id) = &refusal.customer
        && let Some(customer) = edge.customers.get(id).await?
    {
        record = record.about(&customer.value);
    }
    commit(Vec::new(), Some(&context.entry(record))).await
}

/// What a request would have done.
fn action(method: &Method, route: &str) -> Action {
    let last = route.rsplit('/').next().unwrap_or_default();
    match (method.as_str(), last) {
        ("POST", "customers") => Action::CustomerCreate,
        ("PATCH", _) => Action::CustomerUpdate,
        ("POST", "pause") => Action::CustomerPause,
        ("POST", "resume") => Action::CustomerResume,
        ("POST", "sync") => Action::CustomerSync,
        ("POST", "connection-test") => Action::CustomerTest,
        ("POST", "retry") => Action::JobRetry,
        ("POST", "cancel") => Action::JobCancel,
        ("POST", "approve-deletions") => Action::JobApproveDeletions,
        ("POST", "redrive") => Action::JobRedrive,
        ("PUT", _) => Action::GrantPut,
        ("DELETE", "{user}") => Action::GrantDelete,
        ("DELETE", _) => Action::CustomerDelete,
        _ => Action::Read,
    }
}

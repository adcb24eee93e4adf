//! `PUT` and `DELETE .../workflows/{workflow_id}/findings/{rule}/suppression`
//!
//! Here and not with the findings: the function `workflows` only reads.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    app::{context::RequestContext, suppress::Suppressed},
    domain::{
        findings::{RuleId, Suppression},
        ids::{CustomerId, WorkflowId},
        time::Timestamp,
    },
    http::{
        body::ValidJson,
        path::Ids,
        permit::{On, Operation},
        problem::Problem,
    },
    operation,
};
use utoipa::ToSchema;

use crate::setup::App;

/// Why findings are meant to be so, and until when that counts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuppressionRequest {
    /// 1 to 500 characters, on one line or several.
    reason: String,
    /// A moment in the future; null or absent: always.
    until: Option<Timestamp>,
}

/// A suppression.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suppression)]
pub struct SuppressionJson {
    rule: RuleId,
    reason: String,
    until: Option<Timestamp>,
    /// The `sub` of whoever said so.
    by: String,
    by_email: Option<String>,
    at: Timestamp,
}

impl From<Suppression> for SuppressionJson {
    fn from(Suppression { rule, reason, until, by, by_email, at, .. }: Suppression) -> Self {
        Self { rule, reason, until, by, by_email, at }
    }
}

fn suppressed<O: Operation>(on: On<O>, ids: &Ids) -> Result<Suppressed, Problem> {
    let workflow: WorkflowId = ids.get("workflow_id", "workflow")?;
    let rule: RuleId = ids.get("rule", "rule")?;
    Ok(Suppressed { customer: on.customer, workflow, rule })
}

operation!(SuppressFinding: Update, FindingSuppress, Idempotent);

/// Says that a rule's findings in a workflow are meant to be so: they are shown with the reason, and left out of the list over
/// all customers.
#[utoipa::path(
    put,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/findings/{rule}/suppression",
    tag = "findings",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), ("rule" = RuleId, Path)),
    request_body = SuppressionRequest,
    responses((status = 200, description = "The suppression.", body = SuppressionJson)),
    extensions(("x-operation" = json!(SuppressFinding::described()))),
)]
pub async fn suppress(
    State(app): State<App>,
    on: On<SuppressFinding>,
    ids: Ids,
    context: RequestContext,
    ValidJson(SuppressionRequest { reason, until }): ValidJson<SuppressionRequest>,
) -> Result<Json<SuppressionJson>, Problem> {
    let of = suppressed(on, &ids)?;
    let suppression = app.suppressions.suppress(of, &reason, until, &context).await?;
    Ok(Json(suppression.into()))
}

operation!(UnsuppressFinding: Update, FindingUnsuppress, Idempotent);

/// Takes that back.
#[utoipa::path(
    delete,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/findings/{rule}/suppression",
    tag = "findings",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), ("rule" = RuleId, Path)),
    responses((status = 204, description = "The suppression is gone.")),
    extensions(("x-operation" = json!(UnsuppressFinding::described()))),
)]
pub async fn unsuppress(
    State(app): State<App>,
    on: On<UnsuppressFinding>,
    ids: Ids,
    context: RequestContext,
) -> Result<StatusCode, Problem> {
    let of = suppressed(on, &ids)?;
    app.suppressions.take_back(of, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

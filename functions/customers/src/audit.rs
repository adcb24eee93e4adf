//! `GET /v1/audit` and `GET /v1/customers/{customer_id}/audit`

use axum::{Json, extract::State};
use serde::Deserialize;
use shared::{
    aws::{audit::AuditSelection, budget::Budget, index::Position},
    domain::{
        audit::{Action, AuditOutcome, Record},
        ids::CustomerId,
        policy::Verb,
        time::Timestamp,
    },
    http::{
        caller::CurrentUser,
        paging::{List, Paged, Paging},
        permit::{Among, On, Operation as _},
        problem::Problem,
    },
    operation,
};
use utoipa::IntoParams;

use crate::setup::App;

/// The filters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The actor's `sub`.
    #[param(nullable = false)]
    actor: Option<String>,
    #[param(nullable = false)]
    action: Option<Action>,
    #[param(nullable = false)]
    outcome: Option<AuditOutcome>,
    #[param(nullable = false)]
    since: Option<Timestamp>,
    #[param(nullable = false)]
    until: Option<Timestamp>,
}

impl Filter {
    fn matches(&self, record: &Record) -> bool {
        self.actor.as_ref().is_none_or(|actor| *actor == record.actor)
            && self.action.is_none_or(|action| action == record.action)
            && self.outcome.is_none_or(|outcome| outcome == record.outcome)
    }
}

operation!(ListAudit: View, Read, Safe);

/// Lists what was done, newest first: with the customers that the caller may view, and, for callers who may view all, with none.
#[utoipa::path(
    get,
    path = "/v1/audit",
    tag = "access",
    operation_id = "list_audit",
    params(Paging, Filter),
    responses((status = 200, description = "A page of audit records.", body = List<Record>)),
    extensions(("x-operation" = json!(ListAudit::described()))),
)]
pub async fn list_all(
    State(app): State<App>,
    among: Among<ListAudit>,
    paged: Paged<Filter>,
) -> Result<Json<List<Record>>, Problem> {
    let of_all = among.includes_all();
    let may = |record: &Record| record.customer_id.as_ref().map_or(of_all, |id| among.includes(id));
    list(&app, None, &paged, &among.user, may).await
}

/// Lists what was done with one customer, newest first; also with one that was deleted.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/audit",
    tag = "access",
    operation_id = "list_audit_of_customer",
    params(("customer_id" = CustomerId, Path), Paging, Filter),
    responses((status = 200, description = "A page of audit records.", body = List<Record>)),
    extensions(("x-operation" = json!(ListAudit::described()))),
)]
pub async fn list_of_customer(
    State(app): State<App>,
    on: On<ListAudit>,
    paged: Paged<Filter>,
) -> Result<Json<List<Record>>, Problem> {
    list(&app, Some(&on.customer), &paged, &on.user, |_| true).await
}

async fn list(
    app: &App,
    customer: Option<&CustomerId>,
    paged: &Paged<Filter>,
    user: &CurrentUser,
    may: impl Fn(&Record) -> bool,
) -> Result<Json<List<Record>>, Problem> {
    let filter = &paged.filter;
    let selection = AuditSelection { customer, since: filter.since, until: filter.until };
    // Who was granted what is for super admins alone, as the grants themselves are.
    let sees_grants = user.caller().is_super_admin();
    let shown = |record: &Record| sees_grants || !record.action.is_about_grants();
    let names_seen = |record: &Record| record.others().all(|other| user.can(Verb::View, &other));
    let keep = |record: &Record| filter.matches(record) && may(record) && shown(record) && names_seen(record);
    let begin = paged.begin_at()?;
    let found = app.edge.trail.list(selection, begin.as_ref(), paged.limit(), &Budget::default(), keep).await?;
    let (items, next) = found.into_items();
    Ok(Json(paged.page(items, next.as_ref().map(Position::as_str))))
}

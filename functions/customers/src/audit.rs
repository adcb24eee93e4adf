//! `GET /v1/audit` and `GET /v1/customers/{customer_id}/audit`

use axum::{Json, extract::State};
use serde::Deserialize;
use shared::{
    aws::{audit::AuditSelection, budget::Budget, index::Position},
    domain::{
        audit::{Action, AuditOutcome, Record},
        ids::CustomerId,
        policy::{Decision, Target, Verb},
        time::Timestamp,
    },
    http::{
        caller::CurrentUser,
        cursor::CursorScope,
        list::List,
        path::Ids,
        problem::Problem,
        query::{Limit, ValidQuery},
    },
};
use utoipa::IntoParams;

use crate::setup::App;

/// The filters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// How many items at most.
    #[serde(default)]
    #[param(nullable = false, value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
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

/// Lists what was done, newest first: with the customers that the caller may view, and, for who may view all, with none.
#[utoipa::path(
    get,
    path = "/v1/audit",
    tag = "access",
    operation_id = "list_audit",
    params(Filter),
    responses((status = 200, description = "Done.", body = List<Record>)),
)]
pub async fn list_all(
    State(app): State<App>,
    known: CurrentUser,
    filter: ValidQuery<Filter>,
) -> Result<Json<List<Record>>, Problem> {
    let filter = filter.0?;
    let of_all = known.0.decide(Verb::View, Target::All) == Decision::Allow;
    let may = |record: &Record| record.customer_id.as_ref().map_or(of_all, |id| known.can(Verb::View, id));
    list(&app, &known, "/v1/audit", None, &filter, may).await
}

/// Lists what was done with one customer, newest first; also with one that was deleted.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/audit",
    tag = "access",
    operation_id = "list_audit_of_customer",
    params(("customer_id" = CustomerId, Path), Filter),
    responses((status = 200, description = "Done.", body = List<Record>)),
)]
pub async fn list_of_customer(
    State(app): State<App>,
    known: CurrentUser,
    ids: Ids,
    filter: ValidQuery<Filter>,
) -> Result<Json<List<Record>>, Problem> {
    let id: CustomerId = ids.get("customer_id", "customer")?;
    known.may(Verb::View, &id)?;
    let filter = filter.0?;
    list(&app, &known, "/v1/customers/{customer_id}/audit", Some(&id), &filter, |_| true).await
}

async fn list(
    app: &App,
    known: &CurrentUser,
    route: &'static str,
    customer: Option<&CustomerId>,
    filter: &Filter,
    may: impl Fn(&Record) -> bool,
) -> Result<Json<List<Record>>, Problem> {
    let Filter { actor, action, outcome, since, until, .. } = filter;
    let text = format!("{:?}", (customer, actor, action, outcome, since, until));
    let scope = CursorScope { caller: &known.0.sub, route, filter: &text };
    let after = app.edge.cursors.open(&scope, filter.cursor.as_deref(), |text| Position::parse(text).ok())?;
    let selection = AuditSelection { customer, since: *since, until: *until };
    let keep = |record: &Record| filter.matches(record) && may(record);
    let found = app.edge.trail.list(selection, after.as_ref(), filter.limit.0, &Budget::default(), keep).await?;
    let (items, next) = found.into_items();
    let next_cursor = next.map(|position| app.edge.cursors.seal(&scope, position.as_str()));
    Ok(Json(List { items, next_cursor, total: None }))
}

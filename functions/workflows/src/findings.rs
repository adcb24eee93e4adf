//! `GET .../workflows/{workflow_id}/findings`, and `GET /v1/findings` over all customers that the caller may view.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use shared::{
    app::findings::{Start, Told, Wanted},
    aws::budget::Budget,
    clock,
    domain::{
        findings::{self, Finding, Findings, Level, RULES_VERSION, RuleId, Suppression},
        ids::{CustomerId, WorkflowId},
        time::Timestamp,
    },
    http::{
        paging::{Paged, Paging},
        permit::{Among, Operation as _},
        problem::Problem,
        query::flag,
        response_size::Room,
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    definition,
    find::{MOST_CUSTOMERS, customers},
    json::FindingJson,
    setup::App,
    target::OfWorkflow,
};

/// That a finding is meant to be so.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suppressed)]
struct SuppressedJson {
    reason: String,
    until: Option<Timestamp>,
    /// Who said so: the e-mail address then, or else the `sub`.
    by: String,
}

impl From<Suppression> for SuppressedJson {
    fn from(Suppression { reason, until, by, by_email, .. }: Suppression) -> Self {
        Self { reason, until, by: by_email.unwrap_or(by) }
    }
}

/// A finding of a stored workflow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowFinding)]
pub struct WorkflowFindingJson {
    #[serde(flatten)]
    finding: FindingJson,
    /// Why it is meant to be so; null if nobody has said so.
    suppressed: Option<SuppressedJson>,
}

/// The findings of one workflow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowFindings)]
pub struct WorkflowFindingsJson {
    /// The worst first.
    items: Vec<WorkflowFindingJson>,
    /// The version of the rules.
    rules_version: u32,
    /// False if there are more findings than these, ten of each rule, or the definition has too many parts for some rules.
    complete: bool,
}

operation!(ListFindingsOfWorkflow: View, Read, Safe; DefinitionDamaged);

/// Lists the findings of one workflow. What looks at other workflows is as of the last sync.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/findings",
    tag = "findings",
    operation_id = "list_findings_of_workflow",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path)),
    responses((status = 200, description = "Its findings.", body = WorkflowFindingsJson)),
    extensions(("x-operation" = json!(ListFindingsOfWorkflow::described()))),
)]
pub async fn list_of_workflow(
    State(app): State<App>,
    of: OfWorkflow<ListFindingsOfWorkflow>,
) -> Result<Json<WorkflowFindingsJson>, Problem> {
    let (customer, id) = (&of.customer, &of.workflow.zuora_id);
    let [own, across] = app.findings.findings.of_workflow(&customer.id, id).await?;
    let Findings { mut items, complete } = match own.filter(|own| own.rules_version == RULES_VERSION) {
        Some(own) => own.findings,
        // An older set of rules has judged it, or none: the next sync stores what is judged here.
        None => match definition::read(&app, customer, &of.workflow).await? {
            Some((bytes, _)) => findings::check(&definition::parse(&bytes)?),
            None => Findings { items: Vec::new(), complete: true },
        },
    };
    items.extend(across.into_iter().flat_map(|across| across.findings.items));
    for finding in &mut items {
        finding.level = finding.level_at(&customer.settings.zuora_base_url);
    }
    items.sort_by_key(|finding| (finding.level, finding.rule));
    let suppressions = app.findings.suppressions.of_workflow(&customer.id, id).await?;
    let now = clock::now();
    let told = |finding: Finding| {
        let suppression = suppressions.iter().find(|it| it.rule == finding.rule && it.counts(now));
        WorkflowFindingJson { suppressed: suppression.cloned().map(SuppressedJson::from), finding: finding.into() }
    };
    Ok(Json(WorkflowFindingsJson {
        items: items.into_iter().map(told).collect(),
        rules_version: RULES_VERSION,
        complete,
    }))
}

/// The filters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    #[param(nullable = false)]
    rule: Option<RuleId>,
    #[param(nullable = false)]
    level: Option<Level>,
    /// Only at this customer.
    #[param(nullable = false)]
    customer_id: Option<CustomerId>,
    /// True: also those that are meant to be so.
    #[serde(default, deserialize_with = "flag")]
    #[param(nullable = false, value_type = Option<bool>)]
    suppressed: bool,
}

/// A page of findings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Findings)]
pub struct FindingsJson {
    #[schema(value_type = Vec<ListedFindingJson>)]
    items: Vec<Box<RawValue>>,
    /// The cursor of the next page; null at the end.
    next_cursor: Option<String>,
    /// The version of the rules. What was stored before it came is judged anew by the next sync.
    rules_version: u32,
}

/// A finding, and where it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedFinding)]
pub struct ListedFindingJson {
    customer_id: CustomerId,
    customer_name: String,
    zuora_id: WorkflowId,
    workflow_name: Option<String>,
    #[serde(flatten)]
    finding: FindingJson,
    /// Why it is meant to be so; null if nobody has said so.
    suppressed: Option<SuppressedJson>,
}

operation!(ListFindings: View, Read, Safe; NotFound);

/// Lists the findings of all workflows, customer by customer in the order of their ids: as they were stored by syncs, those
/// that are meant to be so left out.
#[utoipa::path(
    get,
    path = "/v1/findings",
    tag = "findings",
    params(Paging, Filter),
    responses((status = 200, description = "A page of findings.", body = FindingsJson)),
    extensions(("x-operation" = json!(ListFindings::described()))),
)]
pub async fn list(
    State(app): State<App>,
    among: Among<ListFindings>,
    paged: Paged<Filter>,
) -> Result<Json<FindingsJson>, Problem> {
    let Filter { rule, level, customer_id, suppressed } = &paged.filter;
    let only = among.narrowed(customer_id.as_ref())?;
    let start = paged.begin(Start::parse)?;
    let customers = customers(&app, only, start.as_ref().map(|start| &start.customer)).await?;
    let (asked, behind) = customers.split_at(MOST_CUSTOMERS.min(customers.len()));
    let wanted = Wanted { rule: *rule, level: *level, suppressed: *suppressed };
    let (limit, budget) = (paged.limit(), Budget::default());
    let (told, next) = app.findings.list(asked, start.as_ref(), limit, &budget, wanted, clock::now()).await?;
    let mut next = next.or_else(|| behind.first().cloned().map(Start::at));
    let mut room = Room::default();
    let mut last = None;
    for Told { customer_id, customer_name, zuora_id, workflow_name, finding, suppression, then } in told {
        let suppressed = suppression.map(SuppressedJson::from);
        let finding = finding.into();
        let shown = ListedFindingJson { customer_id, customer_name, zuora_id, workflow_name, finding, suppressed };
        if !room.add(&shown)? && last.is_some() {
            next = last;
            break;
        }
        last = Some(then);
    }
    let next_cursor = next.map(|next| paged.cursor(&next.text()));
    Ok(Json(FindingsJson { items: room.into_items(), next_cursor, rules_version: RULES_VERSION }))
}

//! `POST /v1/lint`: judges an export that somebody sends, before or without its being stored.
//!
//! What must stay true: nothing of the body is stored, logged or repeated in the answer, but the names of tasks and paths.

use axum::{Json, extract::State};
use serde::Serialize;
use shared::{
    domain::{
        definition::{Definition, DefinitionError},
        findings::{self, Findings, Needs, RULES, RULES_VERSION, RuleId},
        invalid::Invalid,
    },
    http::{
        body::DefinitionBody,
        permit::{Among, Operation as _},
        problem::Problem,
    },
    operation,
};
use utoipa::ToSchema;

use crate::{json::FindingJson, setup::App};

/// What was found in an export.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lint)]
pub struct LintJson {
    /// The worst first, then by rule, then in the order of the export; at most ten of each rule.
    findings: Vec<FindingJson>,
    /// The version of the rules.
    rules_version: u32,
    /// False if there are more findings, or the export has too many parts for some rules.
    complete: bool,
    /// The rules that need more than the export: the customer that has it, or its other workflows.
    not_checked: Vec<RuleId>,
}

operation!(LintDefinition: ViewAny, Read, Safe);

/// Judges an export by the rules of the health check and stores nothing. For a pipeline that is about to import it, say.
#[utoipa::path(
    post,
    path = "/v1/lint",
    tag = "findings",
    request_body(content = Object, description = "An export of a workflow, as Zuora gives it; at most 4 MB.", content_type = "application/json"),
    responses((status = 200, description = "What was found.", body = LintJson)),
    extensions(("x-operation" = json!(LintDefinition::described()))),
)]
pub async fn lint_definition(
    State(_): State<App>,
    _: Among<LintDefinition>,
    DefinitionBody(export): DefinitionBody,
) -> Result<Json<LintJson>, Problem> {
    let definition = Definition::parse(&export).map_err(|error| fault(&error))?;
    let Findings { items, complete } = findings::check(&definition);
    let left_out = RULES.iter().filter(|rule| rule.needs != Needs::Nothing);
    let sure = items.into_iter().filter(|finding| finding.rule.rule().needs == Needs::Nothing);
    Ok(Json(LintJson {
        findings: sure.map(FindingJson::from).collect(),
        rules_version: RULES_VERSION,
        complete,
        not_checked: left_out.map(|rule| rule.id).collect(),
    }))
}

/// Says where the body is no export. The parser's sentence names places and characters that JSON needs, never a value.
fn fault(error: &DefinitionError) -> Problem {
    Problem::invalid(Invalid::one("", format!("Send an export of a workflow: {error}.")))
}

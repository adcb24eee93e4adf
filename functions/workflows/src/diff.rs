//! `GET .../workflows/{workflow_id}/diff`: two of a workflow's definitions, compared when somebody asks, and never stored.

use axum::{Json, extract::State};
use serde::{Deserialize, Deserializer, Serialize, de::IntoDeserializer};
use shared::{
    app::error::AppError,
    domain::{
        comparison::{Comparison, DefinitionDiff, Rules},
        definition::Definition,
        ids::{CustomerId, WorkflowId},
    },
    http::{
        path::Ids,
        permit::Operation as _,
        problem::{Problem, ProblemKind},
        query::ValidQuery,
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    definition::{self, NO_DEFINITION},
    history::{self, Hash},
    setup::App,
    target::OfCustomer,
};

/// The definitions to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Sides {
    /// The hash of the old one.
    #[param(value_type = String, pattern = "^[0-9a-f]{32}$")]
    from: Hash,
    /// The hash of the new one, or `current`, which it is if absent.
    #[serde(default)]
    #[param(nullable = false, value_type = Option<String>, pattern = "^([0-9a-f]{32}|current)$")]
    to: To,
}

/// The new one of two definitions.
#[derive(Debug, Default)]
enum To {
    /// The one that the workflow has now.
    #[default]
    Current,
    /// The one with this hash.
    Hash(Hash),
}

impl<'de> Deserialize<'de> for To {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "current" { Ok(Self::Current) } else { Hash::deserialize(text.into_deserializer()).map(Self::Hash) }
    }
}

/// The differences between two definitions of a workflow.
#[derive(Debug, Serialize, ToSchema)]
pub struct Diff {
    /// The hash of the old definition.
    from: String,
    /// The hash of the new one.
    to: String,
    #[serde(flatten)]
    diff: DefinitionDiff,
}

operation!(DiffDefinitions: View, Read, Safe; TooLarge, DefinitionDamaged);

/// Compares two definitions that a workflow has or had, by their meaning: parts that were added, removed, renamed or edited,
/// and each field with its values and what it is about. Credentials are masked.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/diff",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), Sides),
    responses((status = 200, description = "The differences; none if the two mean the same.", body = Diff)),
    extensions(("x-operation" = json!(DiffDefinitions::described()))),
)]
pub async fn diff_definitions(
    State(app): State<App>,
    of: OfCustomer<DiffDefinitions>,
    ids: Ids,
    ValidQuery(sides): ValidQuery<Sides>,
) -> Result<Json<Diff>, Problem> {
    let (customer, id): (_, WorkflowId) = (of.customer, ids.get("workflow_id", "workflow")?);
    let (new, to) = match sides.to {
        To::Hash(hash) => (history::read(&app, &customer, &id, &hash).await?, hash.to_string()),
        To::Current => {
            let found = app.workflows.get(&customer.id, &id).await?.ok_or(AppError::NotFound("workflow"))?;
            let current = definition::read(&app, &customer, &found.value).await?;
            current.ok_or_else(|| Problem::new(ProblemKind::NotFound, NO_DEFINITION))?
        }
    };
    let old = history::read(&app, &customer, &id, &sides.from).await?;
    let (parsed_old, parsed_new) = (definition::parse(&old)?, definition::parse(&new)?);
    let diff = compare(&Rules::NONE, &parsed_old, &parsed_new)?;
    Ok(Json(Diff { from: sides.from.to_string(), to, diff }))
}

/// Compares two definitions under rules.
pub fn compare(rules: &Rules, old: &Definition<'_>, new: &Definition<'_>) -> Result<DefinitionDiff, Problem> {
    let comparison = Comparison::under(rules, Some(old), Some(new)).ok_or_else(|| {
        let detail =
            "One of the two has too many tasks and linkages to be compared. Read both and compare their texts.";
        Problem::new(ProblemKind::TooLarge, detail)
    })?;
    Ok(DefinitionDiff::of(&comparison))
}

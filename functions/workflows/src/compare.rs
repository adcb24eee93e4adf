//! `GET /v1/compare`: the definitions of two workflows, of two customers or of one, compared when somebody asks.
//!
//! What must stay true: the caller may view both customers; one that the caller may not view is answered like one that is not
//! there. This is the one place where two tenants meet, so nothing of it is stored.

use axum::{Json, extract::State};
use bytes::Bytes;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, IntoDeserializer},
};
use shared::{
    app::error::AppError,
    domain::{
        comparison::DefinitionDiff,
        ids::{CustomerId, WorkflowId},
        time::Timestamp,
    },
    http::{
        permit::{Among, Operation as _},
        problem::{Problem, ProblemKind},
        query::ValidQuery,
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    definition::{self, NO_DEFINITION},
    diff::compare,
    history::{self, Hash},
    setup::App,
};

/// The form of an address, as an error tells it.
const FORM: &str = "expected a customer's id, a slash and a workflow's Zuora id, and @ with a definition's hash behind it for an earlier definition";

/// The workflows to compare: `<customer id>/<Zuora id>`, and `@<hash>` behind it for an earlier definition.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Sides {
    #[param(value_type = String, pattern = "^cus_[0-9a-f]{32}/[A-Za-z0-9_-]{1,64}(@[0-9a-f]{32})?$")]
    left: Address,
    #[param(value_type = String, pattern = "^cus_[0-9a-f]{32}/[A-Za-z0-9_-]{1,64}(@[0-9a-f]{32})?$")]
    right: Address,
}

/// The definition that a workflow has, or one that it had.
#[derive(Debug)]
struct Address {
    customer: CustomerId,
    workflow: WorkflowId,
    hash: Option<Hash>,
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (workflow, hash) = text.split_once('@').map_or((text.as_str(), None), |(of, hash)| (of, Some(hash)));
        let hash = hash.map(|hash| Hash::deserialize(hash.into_deserializer())).transpose()?;
        let ids = workflow.split_once('/').and_then(|(customer, id)| Some((customer.parse().ok()?, id.parse().ok()?)));
        let (customer, workflow) = ids.ok_or_else(|| D::Error::custom(FORM))?;
        Ok(Self { customer, workflow, hash })
    }
}

/// One of two workflows that are compared.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedSide {
    customer_id: CustomerId,
    customer_name: String,
    zuora_id: WorkflowId,
    /// The workflow's name; null if it has none, or is gone.
    name: Option<String>,
    /// The hash of the definition that is compared.
    hash: String,
    /// Null if the workflow is gone.
    last_synced_at: Option<Timestamp>,
}

/// The differences between two workflows: the left one is the old one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comparison)]
pub struct ComparisonJson {
    left: ComparedSide,
    right: ComparedSide,
    /// True if it was compared as one of the customers is stored to be compared with the other: see `compared-with`.
    ruled: bool,
    #[serde(flatten)]
    diff: DefinitionDiff,
}

operation!(CompareWorkflows: View, Read, Safe; NotFound, TooLarge, DefinitionDamaged);

/// Compares two workflows by their meaning, those of two customers by what is stored about these (`compared-with`).
/// Credentials are masked.
#[utoipa::path(
    get,
    path = "/v1/compare",
    tag = "workflows",
    params(Sides),
    responses((status = 200, description = "The differences; none if the two mean the same.", body = ComparisonJson)),
    extensions(("x-operation" = json!(CompareWorkflows::described()))),
)]
pub async fn compare_workflows(
    State(app): State<App>,
    among: Among<CompareWorkflows>,
    ValidQuery(Sides { left, right }): ValidQuery<Sides>,
) -> Result<Json<ComparisonJson>, Problem> {
    among.check(&[left.customer.clone(), right.customer.clone()])?;
    let relation = app.comparisons.between(&left.customer, &right.customer).await?;
    let ruled = relation.is_some();
    let rules = relation.unwrap_or_default().rules;
    let (old, left) = read(&app, left).await?;
    let (new, right) = read(&app, right).await?;
    let diff = compare(&rules, &definition::parse(&old)?, &definition::parse(&new)?)?;
    Ok(Json(ComparisonJson { left, right, ruled, diff }))
}

async fn read(app: &App, Address { customer, workflow: id, hash }: Address) -> Result<(Bytes, ComparedSide), Problem> {
    let customer = app.customers.get(&customer).await?.ok_or(AppError::NotFound("customer"))?.value;
    let workflow = app.workflows.get(&customer.id, &id).await?.map(|found| found.value);
    let (bytes, hash) = match (hash, &workflow) {
        (Some(hash), _) => (history::read(app, &customer, &id, &hash).await?, hash.to_string()),
        (None, Some(workflow)) => {
            let current = definition::read(app, &customer, workflow).await?;
            current.ok_or_else(|| Problem::new(ProblemKind::NotFound, NO_DEFINITION))?
        }
        (None, None) => return Err(AppError::NotFound("workflow").into()),
    };
    let side = ComparedSide {
        last_synced_at: workflow.as_ref().map(|workflow| workflow.last_synced_at(&customer)),
        name: workflow.and_then(|workflow| workflow.name),
        customer_id: customer.id,
        customer_name: customer.settings.name,
        zuora_id: id,
        hash,
    };
    Ok((bytes, side))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMER: &str = "cus_0193a1b2c3d4e5f60718293a4b5c6d7e";

    #[test]
    fn an_address_is_a_customer_a_workflow_and_perhaps_a_hash() {
        let read = |text: String| serde_json::from_value::<Address>(text.into()).map_err(|error| error.to_string());
        let hash = "ba7816bf8f01cfea414140de5dae2223";

        let current = read(format!("{CUSTOMER}/48")).unwrap();
        assert_eq!((current.customer.as_str(), current.workflow.as_str(), current.hash), (CUSTOMER, "48", None));
        assert_eq!(read(format!("{CUSTOMER}/48@{hash}")).unwrap().hash.unwrap().as_str(), hash);
        for wrong in [
            "",
            "48",
            "/",
            "48/48",
            CUSTOMER,
            &format!("{CUSTOMER}/"),
            &format!("{CUSTOMER}/4/8"),
            &format!("{CUSTOMER}/48#"),
        ] {
            assert_eq!(read((*wrong).to_owned()).unwrap_err(), FORM, "{wrong}");
        }
        for wrong in ["@", "@current", &format!("@{hash}@{hash}")] {
            assert!(read(format!("{CUSTOMER}/48{wrong}")).unwrap_err().starts_with("expected the hash"), "{wrong}");
        }
    }
}

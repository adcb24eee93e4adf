//! `GET .../workflows/{workflow_id}/definitions`: the definitions that a workflow has and had.
//!
//! What must stay true: a definition is found by its hash only below the customer and the workflow that had it.

use std::fmt;

use axum::{Json, extract::State};
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize};
use shared::{
    app::error::AppError,
    aws::{index::Position, workflows::DefinitionReadError},
    clock,
    domain::{
        customer::Customer,
        ids::{CustomerId, JobId, WorkflowId},
        kept_definition::KeptDefinition,
        time::Timestamp,
        workflow::DefinitionRef,
    },
    http::{
        paging::{List, NoFilter, Paged, Paging},
        path::Ids,
        permit::Operation as _,
        problem::{Problem, ProblemKind},
    },
    operation,
    telemetry::{self, Metric},
};
use utoipa::ToSchema;

use crate::{definition, setup::App, target::OfCustomer};

/// The hash of a definition, as a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hash(String);

/// A definition that a workflow has or had.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredDefinition {
    /// Its hash: the `ETag` of the definition, and what `hash` of `.../definition` takes.
    hash: String,
    /// The moment since which the workflow had it, the last time; null if it was stored before definitions were kept.
    stored_at: Option<Timestamp>,
    /// The moment at which another one took its place, or the workflow was found deleted; null for the current one.
    replaced_at: Option<Timestamp>,
    /// The moment until which it can be read; null for the current one.
    kept_until: Option<Timestamp>,
    /// The active version at Zuora when it was stored.
    zuora_version: Option<String>,
    /// Its size in bytes.
    bytes: u64,
    /// The sync that stored it; null if it was stored before definitions were kept.
    job_id: Option<JobId>,
}

impl Hash {
    /// The hash itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_hash = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let wrong = "expected the hash of a definition: 32 of the characters 0 to 9 and a to f";
        if is_hash { Ok(Self(text)) } else { Err(serde::de::Error::custom(wrong)) }
    }
}

impl StoredDefinition {
    /// A definition that the workflow still has.
    fn current(definition: DefinitionRef) -> Self {
        let (stored_at, job_id, zuora_version) = definition
            .origin
            .map(|origin| (Some(origin.stored_at), Some(origin.job_id), origin.zuora_version))
            .unwrap_or_default();
        let DefinitionRef { hash, bytes, .. } = definition;
        Self { hash, stored_at, replaced_at: None, kept_until: None, zuora_version, bytes, job_id }
    }

    fn kept(kept: KeptDefinition) -> Self {
        let (replaced_at, kept_until) = (Some(kept.replaced_at), Some(kept.kept_until));
        Self { replaced_at, kept_until, ..Self::current(kept.definition) }
    }
}

operation!(ListDefinitions: View, Read, Safe);

/// Lists the definitions that a workflow has and had, the current one first, then the last replaced. One that it had several
/// times is listed once, with the last of these times. They outlive the workflow, as its changes do.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}/workflows/{workflow_id}/definitions",
    tag = "workflows",
    params(("customer_id" = CustomerId, Path), ("workflow_id" = WorkflowId, Path), Paging),
    responses((status = 200, description = "A page of definitions, without their contents.", body = List<StoredDefinition>)),
    extensions(("x-operation" = json!(ListDefinitions::described()))),
)]
pub async fn list_definitions(
    State(app): State<App>,
    of: OfCustomer<ListDefinitions>,
    ids: Ids,
    paged: Paged<NoFilter>,
) -> Result<Json<List<StoredDefinition>>, Problem> {
    let (customer, now) = (of.customer.id, clock::now());
    let id: WorkflowId = ids.get("workflow_id", "workflow")?;
    let (begin, limit) = (paged.begin_at()?, paged.limit());
    let workflow = app.workflows.get(&customer, &id).await?;
    let (is_known, first) = (workflow.is_some() || begin.is_some(), begin.is_none());
    let current = workflow.and_then(|found| found.value.definition);
    let hash = current.as_ref().map(|current| current.hash.as_str());
    let mut found = app.kept.list(&customer, &id, hash, begin.as_ref(), limit, now).await?;
    if found.items.is_empty() && !is_known {
        return Err(AppError::NotFound("workflow").into());
    }
    let current = current.filter(|_| first);
    if current.is_some() && found.items.len() == limit {
        // It takes the place of the last one, with which the next page begins.
        found.items.pop();
        found.next = Some(found.items.last().map_or_else(Position::start_of_descending, |(_, last)| last.clone()));
    }
    let (kept, next) = found.into_items();
    let items = current.map(StoredDefinition::current).into_iter().chain(kept.into_iter().map(StoredDefinition::kept));
    Ok(Json(paged.page(items.collect(), next.as_ref().map(Position::as_str))))
}

/// Where a definition is found.
enum Found {
    /// The workflow has it.
    Current(DefinitionRef),
    /// The workflow had it.
    Kept(DefinitionRef),
}

/// Reads one of a workflow's definitions, its current one or a kept one.
pub async fn read(app: &App, customer: &Customer, id: &WorkflowId, hash: &Hash) -> Result<Bytes, Problem> {
    let (Found::Current(wanted) | Found::Kept(wanted)) = find(app, customer, id, hash).await?.ok_or_else(unknown)?;
    match app.workflows.definition(&customer.id, id, &wanted).await {
        Ok(bytes) => Ok(bytes),
        Err(DefinitionReadError::Store(error)) => Err(error.into()),
        // Or it went while it was read.
        Err(DefinitionReadError::Damaged) => Err(match find(app, customer, id, hash).await? {
            Some(Found::Current(_)) => definition::damaged(app, customer, id).await,
            Some(Found::Kept(_)) => damaged(customer, id),
            None => unknown(),
        }),
    }
}

async fn find(app: &App, customer: &Customer, id: &WorkflowId, hash: &Hash) -> Result<Option<Found>, Problem> {
    let workflow = app.workflows.get(&customer.id, id).await?;
    let current = workflow.and_then(|found| found.value.definition).filter(|current| current.hash == hash.as_str());
    if let Some(current) = current {
        return Ok(Some(Found::Current(current)));
    }
    let kept = app.kept.get(&customer.id, id, hash.as_str(), clock::now()).await?;
    Ok(kept.map(|kept| Found::Kept(kept.definition)))
}

fn unknown() -> Problem {
    let detail = "The workflow has no definition with this hash, or it is no longer kept. Those that there are: .../definitions.";
    Problem::new(ProblemKind::NotFound, detail)
}

/// Tells the operators. No sync can mend it: Zuora exports only what is there now.
fn damaged(customer: &Customer, id: &WorkflowId) -> Problem {
    telemetry::count(Metric::DefinitionDamaged);
    tracing::warn!(customer_id = %customer.id, workflow_id = %id, "a kept definition is damaged");
    let detail = "What is stored of this earlier definition is not what Zuora exported: some of it is missing or altered. Zuora does not export it any more.";
    Problem::new(ProblemKind::DefinitionDamaged, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_thirty_two_small_hexadecimal_digits_and_nothing_else() {
        let read = |text: &str| serde_json::from_value::<Hash>(text.into());
        let hash = "ba7816bf8f01cfea414140de5dae2223";

        assert_eq!(read(hash).unwrap().as_str(), hash);
        for wrong in
            ["", "current", &hash[1..], &hash.to_uppercase(), &format!("{hash}0"), "ba7816bf8f01cfea414140de5dae222#"]
        {
            assert!(read(wrong).unwrap_err().to_string().contains("expected the hash of a definition"), "{wrong}");
        }
    }
}

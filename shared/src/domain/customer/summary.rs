//! The little of a customer that a list of thousands needs: to filter, sort, count and search them.
//!
//! What must stay true: it changes when an edit or the outcome of a sync does, not with every sync; so the hourly sync that finds
//! nothing new writes none. Its stored names are short: a list of thousands is billed by its bytes.

use serde::{Deserialize, Serialize};

use super::{Customer, Environment, HealthState, Status};
use crate::domain::{
    derived,
    failure::ErrorClass,
    ids::{CustomerId, JobId},
    schedule::Frequency,
    time::Timestamp,
};

/// A customer among thousands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Its id.
    pub id: CustomerId,
    /// The organisation's name.
    #[serde(rename = "n")]
    pub name: String,
    /// Zuora's REST origin.
    #[serde(rename = "b")]
    pub zuora_base_url: String,
    /// The kind of its environment.
    #[serde(rename = "e")]
    pub environment: Environment,
    /// The frequency of its syncs.
    #[serde(rename = "f")]
    pub sync_frequency: Frequency,
    /// Its status: active or paused.
    #[serde(rename = "s")]
    pub status: Status,
    /// Stored workflows that are not deleted.
    #[serde(rename = "w")]
    pub workflows_count: u64,
    /// Tasks of those workflows.
    #[serde(rename = "t")]
    pub tasks_count: u64,
    /// The last sync that held something back which nobody has approved or settled.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub held_job_id: Option<JobId>,
    /// Its health.
    #[serde(rename = "y", default, skip_serializing_if = "is_ok")]
    pub health: HealthState,
    /// Since when it is not well.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The class of the failure that is the reason.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub class: Option<ErrorClass>,
    /// True if everything is derived from its stored definitions: a search then misses nothing.
    #[serde(rename = "d", default, skip_serializing_if = "is_false")]
    pub derived: bool,
    /// Words by which people group it.
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

fn is_ok(health: &HealthState) -> bool {
    *health == HealthState::Ok
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl From<&Customer> for Summary {
    fn from(customer: &Customer) -> Self {
        let health = customer.health.as_ref().filter(|health| health.state != HealthState::Ok);
        Self {
            health: customer.health_state(),
            since: health.and_then(|health| health.since),
            class: health.and_then(|health| health.class),
            id: customer.id.clone(),
            name: customer.settings.name.clone(),
            zuora_base_url: customer.settings.zuora_base_url.clone(),
            environment: customer.settings.environment,
            sync_frequency: customer.settings.sync_frequency,
            status: customer.status,
            workflows_count: customer.workflows_count,
            tasks_count: customer.tasks_count,
            held_job_id: customer.held_job_id.clone(),
            derived: customer.derived == derived::VERSION,
            tags: customer.settings.tags.clone(),
        }
    }
}

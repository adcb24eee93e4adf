//! What a guard held back, and a person's approval of it.
//!
//! An approval names one job and, by its hash, one list: nothing that is not on that list may go because of it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::domain::{
    ids::{JobId, WorkflowId},
    time::Timestamp,
};

/// How many ids a job names itself; the whole list is stored beside it.
const NAMED: usize = 100;

/// What kind of doubt it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeldKind {
    /// Too many stored workflows are missing from Zuora's list; everything else was stored.
    #[default]
    Deletions,
    /// Workflows were absent from three complete lists, and Zuora would not say that they are gone; everything else was stored.
    Unproven,
    /// The credentials seem to lead to another tenant; nothing was written.
    DifferentTenant,
}

/// What a guard held back, as the job shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// Which doubt. (Absent in jobs of older backups, as are the two below.)
    #[serde(default)]
    pub kind: HeldKind,
    /// Why, in a sentence.
    pub reason: String,
    /// How many stored workflows would have been deleted.
    pub count: u64,
    /// The first hundred of them.
    pub workflow_ids: Vec<WorkflowId>,
    /// Names the whole list: an approval is for it and no other.
    #[serde(default)]
    pub list_hash: String,
    /// Who approved it, once somebody has.
    #[serde(default)]
    pub approved: Option<Approved>,
}

/// That somebody approved what a job held back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Approved {
    /// The Cognito `sub`.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// The sync that acts on it.
    pub job_id: JobId,
}

/// What a sync was allowed beyond the guard's limits, for this one job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// The job whose held list was approved.
    pub held_job_id: JobId,
    /// The doubt that was overruled.
    pub kind: HeldKind,
    /// The hash of that list.
    pub list_hash: String,
}

/// A decision to hold: what the job shows, and the whole list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// What the job shows.
    pub held: Held,
    /// Every workflow that would have been deleted.
    pub workflow_ids: Vec<WorkflowId>,
}

impl Hold {
    /// Holds `workflow_ids` back.
    pub fn new(kind: HeldKind, reason: String, mut workflow_ids: Vec<WorkflowId>) -> Self {
        workflow_ids.sort_unstable();
        let held = Held {
            kind,
            reason,
            count: workflow_ids.len() as u64,
            workflow_ids: workflow_ids.iter().take(NAMED).cloned().collect(),
            list_hash: list_hash(&workflow_ids),
            approved: None,
        };
        Self { held, workflow_ids }
    }
}

/// The name of a sorted list of workflows: another list, another name.
pub fn list_hash(sorted: &[WorkflowId]) -> String {
    let mut hash = Sha256::new();
    for id in sorted {
        hash.update(id.as_str());
        hash.update("\n");
    }
    let mut hex = hex::encode(hash.finalize());
    hex.truncate(32);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(range: std::ops::Range<u32>) -> Vec<WorkflowId> {
        range.map(|n| n.to_string().parse().unwrap()).collect()
    }

    #[test]
    fn a_hold_shows_the_first_hundred_and_keeps_them_all() {
        let hold = Hold::new(HeldKind::Deletions, "too many".into(), ids(0..300));

        assert_eq!((hold.held.count, hold.held.workflow_ids.len(), hold.workflow_ids.len()), (300, 100, 300));
    }

    #[test]
    fn the_hash_names_the_list_whatever_order_it_was_found_in() {
        let hash = |ids| Hold::new(HeldKind::Deletions, String::new(), ids).held.list_hash;
        let mut reversed = ids(0..10);
        reversed.reverse();

        assert_eq!(hash(ids(0..10)), hash(reversed));
        assert_ne!(hash(ids(0..10)), hash(ids(0..11)));
        assert_ne!(hash(ids(11..12)), hash(ids(1..2)), "11 is not 1");
    }
}

//! The result that a guard held, and a person's approval of it.
//!
//! An approval names one job and, by its hash, one list: nothing outside that list may be deleted because of it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::domain::{
    ids::{JobId, WorkflowId},
    time::Timestamp,
};

/// The number of ids that a job names itself; the complete list is stored beside it.
const NAMED: usize = 100;

/// The kind of doubt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeldKind {
    /// Too many stored workflows are missing from Zuora's list; everything else was stored.
    #[default]
    Deletions,
    /// Workflows were absent from three complete listings, and Zuora did not confirm their deletion; everything else was
    /// stored.
    Unproven,
    /// The credentials seem to lead to another tenant; nothing was written.
    DifferentTenant,
}

/// The held part of a sync, as the job shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// The kind of doubt. (Absent in jobs of older backups, as are `list_hash` and `approved`.)
    #[serde(default)]
    pub kind: HeldKind,
    /// The reason, in a sentence.
    pub reason: String,
    /// The number of stored workflows that would have been deleted.
    pub count: u64,
    /// The first hundred of them.
    pub workflow_ids: Vec<WorkflowId>,
    /// The hash of the complete list: an approval is for this list and no other.
    #[serde(default)]
    pub list_hash: String,
    /// The approval, once there is one.
    #[serde(default)]
    pub approved: Option<Approved>,
}

/// The approval of a held result, as the job shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Approved {
    /// The Cognito `sub` of the person who approved it.
    pub actor: String,
    /// Their e-mail address at the time, if it was verified. (Absent in items of older backups.)
    #[serde(default)]
    pub actor_email: Option<String>,
    /// The moment of the approval.
    pub at: Timestamp,
    /// The sync that acts on the approval.
    pub job_id: JobId,
}

/// The approval that a sync acts on: it permits one list beyond the guard's limits, for this one job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// The job whose held list was approved.
    pub held_job_id: JobId,
    /// The kind of doubt that was overruled.
    pub kind: HeldKind,
    /// The hash of that list.
    pub list_hash: String,
}

/// A decision to hold: the part that the job shows, and the complete list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The part that the job shows.
    pub held: Held,
    /// Every workflow that would have been deleted.
    pub workflow_ids: Vec<WorkflowId>,
}

impl Hold {
    /// A hold of `workflow_ids`.
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

/// The digest of a sorted list of workflows.
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

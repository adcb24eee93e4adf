//! Absences that Zuora did not confirm: a workflow is missing from the listing, and the request for it gets a response that is
//! not Zuora's own, or none. See D-18.
//!
//! Such a workflow is kept. After an absence from three complete listings in a row, a person is asked: an approval deletes it
//! without Zuora's confirmation. A workflow that is listed again, or confirmed either way, is dropped here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids::WorkflowId;

/// The number of complete listings after which a person is asked.
const ENOUGH: u32 = 3;
/// The number of workflows that are remembered: they are part of the customer's record.
const MOST: usize = 500;

/// The number of complete listings in a row in which each workflow was absent without proof.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unproven(BTreeMap<WorkflowId, u32>);

impl Unproven {
    /// The state after another complete listing in which the absence of `doubtful`, and of nothing else, was not confirmed.
    pub fn after(&self, doubtful: &[WorkflowId]) -> Self {
        let mut ids: Vec<_> = doubtful.iter().collect();
        // If there are too many, those with the most listings are kept.
        ids.sort_by_key(|id| (std::cmp::Reverse(self.0.get(id)), *id));
        let times = |id: &WorkflowId| self.0.get(id).copied().unwrap_or_default().saturating_add(1);
        Self(ids.into_iter().take(MOST).map(|id| (id.clone(), times(id))).collect())
    }

    /// The workflows for which a person has to be asked.
    pub fn to_ask(&self) -> Vec<WorkflowId> {
        self.0.iter().filter(|(_, times)| **times >= ENOUGH).map(|(id, _)| id.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(range: std::ops::Range<u32>) -> Vec<WorkflowId> {
        range.map(|n| n.to_string().parse().unwrap()).collect()
    }

    #[test]
    fn a_person_is_asked_after_three_listings_in_a_row_and_a_proof_begins_the_row_anew() {
        let twice = Unproven::default().after(&ids(1..3)).after(&ids(1..3));
        assert_eq!(twice.to_ask(), []);

        let thrice = twice.after(&ids(2..4));

        assert_eq!(thrice.to_ask(), ids(2..3), "1 was proven, 3 is new");
        assert_eq!(thrice.after(&ids(1..2)).to_ask(), []);
    }

    #[test]
    fn only_so_many_are_remembered_and_those_that_wait_longest_first() {
        let long = Unproven::default().after(&ids(9000..9010)).after(&ids(9000..9010));

        let many = long.after(&ids(1000..9010));

        assert_eq!((many.0.len(), many.to_ask()), (MOST, ids(9000..9010)));
    }
}

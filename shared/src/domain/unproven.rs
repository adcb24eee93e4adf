//! Absences that Zuora did not confirm: a workflow is missing from the list, and the question for it is answered by something that is
//! no word of Zuora's, or not at all. See D-18.
//!
//! Such a workflow is kept. When it was absent from three complete listings in a row, a person is asked: an approval deletes it without
//! Zuora's word. Whatever is listed again, or confirmed either way, is forgotten here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids::WorkflowId;

/// After so many complete listings a person is asked.
const ENOUGH: u32 = 3;
/// How many are remembered: they are part of the customer's record.
const MOST: usize = 500;

/// In how many complete listings in a row each workflow was absent without proof.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unproven(BTreeMap<WorkflowId, u32>);

impl Unproven {
    /// What is known after another complete listing: the absence of `doubtful` was not confirmed, and nothing else is in doubt.
    pub fn after(&self, doubtful: &[WorkflowId]) -> Self {
        let mut ids: Vec<_> = doubtful.iter().collect();
        // Those that have waited longest stay, if there are too many.
        ids.sort_by_key(|id| (std::cmp::Reverse(self.0.get(id)), *id));
        let times = |id: &WorkflowId| self.0.get(id).copied().unwrap_or_default().saturating_add(1);
        Self(ids.into_iter().take(MOST).map(|id| (id.clone(), times(id))).collect())
    }

    /// Those about which a person is to be asked.
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

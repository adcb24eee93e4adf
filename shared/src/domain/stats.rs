//! The result of one sync in seven numbers, with checked arithmetic.
//!
//! Always: `total` = workflows in the listing = `created + updated + unchanged + errors`. `deleted` is counted beside it, since
//! deleted workflows are not listed, and so is `rewritten`, which is a part of `unchanged`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The counts of one sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stats {
    /// Workflows stored for the first time, or again after a deletion.
    pub created: u64,
    /// Workflows stored because the listing or the definition changed.
    pub updated: u64,
    /// Listed workflows that are as stored.
    pub unchanged: u64,
    /// Workflows confirmed as deleted at Zuora, and marked so.
    pub deleted: u64,
    /// All listed workflows.
    pub total: u64,
    /// Listed workflows that were not stored.
    pub errors: u64,
    /// Those of the unchanged whose definition came in other bytes of the same meaning, which were stored. (Absent in items of
    /// older versions.)
    #[serde(default)]
    pub rewritten: u64,
}

/// The outcome for one listed workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkflowOutcome {
    /// New, or listed again after a deletion.
    Created,
    /// Changed.
    Updated,
    /// The same as stored.
    Unchanged,
    /// Not stored.
    Error,
}

impl Stats {
    /// Counts one listed workflow.
    pub fn count(&mut self, outcome: WorkflowOutcome) {
        self.total += 1;
        match outcome {
            WorkflowOutcome::Created => self.created += 1,
            WorkflowOutcome::Updated => self.updated += 1,
            WorkflowOutcome::Unchanged => self.unchanged += 1,
            WorkflowOutcome::Error => self.errors += 1,
        }
    }

    /// True if the numbers add up.
    pub fn adds_up(&self) -> bool {
        self.total == self.created + self.updated + self.unchanged + self.errors
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OUTCOMES: [WorkflowOutcome; 4] =
        [WorkflowOutcome::Created, WorkflowOutcome::Updated, WorkflowOutcome::Unchanged, WorkflowOutcome::Error];

    proptest! {
        #[test]
        fn whatever_is_counted_adds_up_each_under_its_own_name(counted in prop::collection::vec(0..4_usize, 0..200), deleted in 0..9_u64) {
            let mut stats = Stats { deleted, ..Stats::default() };
            for n in &counted {
                stats.count(OUTCOMES[*n]);
                prop_assert!(stats.adds_up());
            }

            let [created, updated, unchanged, errors] = [0, 1, 2, 3].map(|n| counted.iter().filter(|one| **one == n).count() as u64);
            prop_assert_eq!(stats, Stats { created, updated, unchanged, errors, deleted, total: counted.len() as u64, rewritten: 0 });
        }

        #[test]
        fn one_number_that_is_off_is_noticed(counts in prop::array::uniform4(0..1000_u64), off in 1..50_u64) {
            let [created, updated, unchanged, errors] = counts;
            let total = counts.iter().sum();
            let right = Stats { created, updated, unchanged, errors, deleted: 3, total, rewritten: 0 };
            prop_assert!(right.adds_up());
            for wrong in [
                Stats { created: created + off, ..right },
                Stats { updated: updated + off, ..right },
                Stats { unchanged: unchanged + off, ..right },
                Stats { errors: errors + off, ..right },
                Stats { total: total + off, ..right },
            ] {
                prop_assert!(!wrong.adds_up(), "{wrong:?}");
            }
        }
    }
}

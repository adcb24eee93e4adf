//! What one sync did, in six numbers, with the arithmetic checked.
//!
//! Always: `total` = workflows seen in the listing = `created + updated + unchanged + errors`. `deleted` stands beside
//! it, since deleted workflows are by nature not seen.

use serde::{Deserialize, Serialize};

/// The counts of one sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Stored for the first time, or again after a deletion.
    pub created: u64,
    /// Stored because something in the listing or the definition changed.
    pub updated: u64,
    /// Seen, and as stored.
    pub unchanged: u64,
    /// Confirmed gone at Zuora and marked as deleted.
    pub deleted: u64,
    /// Everything seen.
    pub total: u64,
    /// Seen, but not stored.
    pub errors: u64,
}

/// What became of one workflow that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// New, or back after a deletion.
    Created,
    /// Changed.
    Updated,
    /// As stored.
    Unchanged,
    /// Not stored.
    Error,
}

impl Stats {
    /// Counts one workflow that was seen.
    pub fn count(&mut self, outcome: Outcome) {
        self.total += 1;
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Error => self.errors += 1,
        }
    }

    /// Whether the arithmetic holds.
    pub fn adds_up(&self) -> bool {
        self.total == self.created + self.updated + self.unchanged + self.errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_counted_adds_up() {
        let mut stats = Stats::default();
        for outcome in [Outcome::Created, Outcome::Updated, Outcome::Unchanged, Outcome::Error, Outcome::Created] {
            stats.count(outcome);
            assert!(stats.adds_up());
        }
        stats.deleted += 3;

        assert!(stats.adds_up());
        assert_eq!(stats, Stats { created: 2, updated: 1, unchanged: 1, deleted: 3, total: 5, errors: 1 });
    }
}

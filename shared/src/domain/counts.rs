//! The counters of the dashboard: the present totals, and how the syncs of each hour ended. See D-58.
//!
//! They are maintained and not counted on demand, since counting would read everything. What must stay true: a counter changes
//! by the difference between a record as it was stored and as it is stored now, in the transaction that stores it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    customer::{HealthState, Status, Summary},
    job::State,
};

/// A set of counters that are added field by field, and stored under the names of the fields.
macro_rules! numbers {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: i64,)*
        }

        impl $name {
            /// The sum of both.
            #[must_use]
            pub const fn plus(&self, other: &Self) -> Self {
                Self { $($field: self.$field + other.$field,)* }
            }

            /// The difference: what has to be added to `other` to get this.
            #[must_use]
            pub const fn minus(&self, other: &Self) -> Self {
                Self { $($field: self.$field - other.$field,)* }
            }

            /// Combines the two field by field with `pick`, which gets this one's value first.
            #[must_use]
            pub fn zip(&self, other: &Self, pick: impl Fn(i64, i64) -> i64) -> Self {
                Self { $($field: pick(self.$field, other.$field),)* }
            }

            /// The fields that are not 0, by name.
            pub fn named(&self) -> Vec<(&'static str, i64)> {
                [$((stringify!($field), self.$field),)*].into_iter().filter(|(_, number)| *number != 0).collect()
            }
        }
    };
}

numbers! {
    /// The present totals.
    Totals {
        /// Customers that are synced.
        active,
        /// Customers that are paused.
        paused,
        /// Customers that are not scheduled until an admin acts.
        needs_attention,
        /// Stored workflows that are not deleted.
        workflows,
        /// Tasks of those.
        tasks,
        /// Customers with a hold that is neither approved nor resolved.
        held,
        /// Customers whose health is to be held.
        on_hold,
        /// Customers whose last sync failed.
        failing,
        /// Customers whose last sync left something out.
        incomplete,
        /// Customers whose copy is out of date.
        stale,
        /// Customers whose sync waits for Zuora.
        delayed,
        /// Customers that were never synced.
        never_synced,
        /// Jobs that are queued.
        queued,
        /// Jobs that wait.
        waiting,
        /// Jobs that run.
        running,
        /// Failed jobs with a dead letter.
        failed,
    }
}

numbers! {
    /// The numbers of syncs by how they ended.
    Outcomes {
        /// Complete.
        succeeded,
        /// With a part left out.
        incomplete,
        /// Held for an approval.
        held,
        /// Failed, with no further attempt.
        failed,
        /// Cancelled.
        cancelled,
    }
}

impl Totals {
    /// The contribution of one customer.
    pub fn of_customer(customer: &Summary) -> Self {
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let mut totals = Self {
            workflows: signed(customer.workflows_count),
            tasks: signed(customer.tasks_count),
            held: i64::from(customer.held_job_id.is_some()),
            ..Self::default()
        };
        match customer.health {
            HealthState::Held => totals.on_hold = 1,
            HealthState::Failing => totals.failing = 1,
            HealthState::Incomplete => totals.incomplete = 1,
            HealthState::Stale => totals.stale = 1,
            HealthState::Waiting => totals.delayed = 1,
            HealthState::NeverSynced => totals.never_synced = 1,
            // Counted by their status; the rest is well.
            HealthState::Paused | HealthState::Ok => {}
        }
        match customer.status {
            Status::Active => totals.active = 1,
            Status::Paused => totals.paused = 1,
            Status::NeedsAttention => totals.needs_attention = 1,
            // No list shows it any more.
            Status::Deleting => return Self::default(),
        }
        totals
    }

    /// The numbers of customers by health: what [`Totals::of_customer`] adds up. Whoever is counted in no other state is well.
    pub fn by_health(&self) -> BTreeMap<HealthState, i64> {
        let mut by_health = BTreeMap::from([
            (HealthState::Held, self.on_hold),
            (HealthState::Failing, self.failing),
            (HealthState::Incomplete, self.incomplete),
            (HealthState::Stale, self.stale),
            (HealthState::Waiting, self.delayed),
            (HealthState::NeverSynced, self.never_synced),
            (HealthState::Paused, self.paused),
        ]);
        by_health.insert(HealthState::Ok, self.customers() - by_health.values().sum::<i64>());
        by_health
    }

    /// The number of customers.
    pub const fn customers(&self) -> i64 {
        self.active + self.paused + self.needs_attention
    }

    /// The contribution of one job in the state in which it is counted; none for a job that is over and needs no action.
    pub fn of_job(counted_as: Option<State>) -> Self {
        let mut totals = Self::default();
        match counted_as {
            Some(State::Queued) => totals.queued = 1,
            Some(State::Waiting) => totals.waiting = 1,
            Some(State::Running) => totals.running = 1,
            Some(State::Failed) => totals.failed = 1,
            _ => {}
        }
        totals
    }

    /// The part that two recounts in a row agree on: the smaller of two differences in the same direction, and zero where they
    /// contradict each other. A record that changes between two reads of one recount distorts only that recount.
    #[must_use]
    pub fn in_common_with(&self, other: &Self) -> Self {
        self.zip(other, |a, b| if a.signum() == b.signum() { a.signum() * a.abs().min(b.abs()) } else { 0 })
    }
}

impl Outcomes {
    /// The count of one sync that ended in `state`.
    pub fn of(state: State) -> Self {
        let mut outcomes = Self::default();
        match state {
            State::Succeeded => outcomes.succeeded = 1,
            State::Incomplete => outcomes.incomplete = 1,
            State::Held => outcomes.held = 1,
            State::Failed => outcomes.failed = 1,
            State::Cancelled => outcomes.cancelled = 1,
            State::Queued | State::Waiting | State::Running => {}
        }
        outcomes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_is_what_two_counts_agree_on() {
        let count = |active, failed, queued| Totals { active, failed, queued, ..Totals::default() };

        assert_eq!(count(2, -3, 5).in_common_with(&count(1, -4, -5)), count(1, -3, 0));
        assert_eq!(count(2, 0, 0).in_common_with(&count(0, 1, 0)), count(0, 0, 0));
    }

    #[test]
    fn only_what_changes_is_written() {
        let before = Totals::of_job(Some(State::Queued));
        let after = Totals::of_job(Some(State::Running));

        assert_eq!(after.minus(&before).named(), [("queued", -1), ("running", 1)]);
        assert_eq!(Totals::of_job(None).named(), []);
    }
}

//! The reverification: each workflow's definition is exported once a day even if the listing shows no change. See D-33.
//!
//! It is unproven that Zuora's listing changes on every edit; the reverification finds edits that it would hide. Each workflow
//! has a fixed second of the day, so a day's reverifications are spread over its syncs. The progress is one moment on the
//! customer, not a write per workflow: reverifications are done in the order of their moments, and everything up to `until` is
//! done. It advances however the sync ends, so that one broken workflow or a held deletion does not make every later sync
//! export everything again.

use serde::{Deserialize, Serialize};

use super::{
    ids::{CustomerId, WorkflowId},
    schedule::stable_hash,
    time::Timestamp,
};

const DAY: i64 = 86_400;
/// The number of failed reverifications that are kept for the next sync; the others are due again at their next moment.
const MAX_PENDING: usize = 100;

/// The progress of a customer's reverifications.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reverification {
    /// The moment up to which all reverifications are done, except the pending ones; none before the first sync.
    pub until: Option<Timestamp>,
    /// The workflows whose reverification failed: the next sync tries them again.
    pub pending: Vec<WorkflowId>,
}

impl Reverification {
    /// The moment since which a failed or requested reverification counts as due.
    pub const PENDING: Timestamp = Timestamp::EPOCH;

    /// The moment since which a workflow's reverification is due at `now`; none if it is done.
    pub fn due_since(&self, id: &WorkflowId, now: Timestamp) -> Option<Timestamp> {
        if self.pending.contains(id) {
            return Some(Self::PENDING);
        }
        Some(latest_slot(id.as_str(), now)).filter(|slot| self.until.is_some_and(|until| *slot > until))
    }

    /// The same progress, with the reverifications of these workflows due at once.
    #[must_use]
    pub fn with(&self, ids: &[WorkflowId]) -> Self {
        let new = ids.iter().filter(|id| !self.pending.contains(id)).cloned();
        Self { until: self.until, pending: self.pending.iter().cloned().chain(new).collect() }
    }

    /// True if the daily full compare of a customer is due: its fixed second of the day has passed since the last sync.
    pub fn is_full_compare_due(&self, customer: &CustomerId, now: Timestamp) -> bool {
        self.until.is_some_and(|until| latest_slot(customer.as_str(), now) > until)
    }

    /// The progress after a sync that began at `now`. `skipped` holds the moments of reverifications for which there was no
    /// time, `failed` the workflows whose reverification failed.
    pub fn after(&self, now: Timestamp, skipped: &[(WorkflowId, Timestamp)], failed: Vec<WorkflowId>) -> Self {
        let earliest = skipped.iter().map(|(_, moment)| *moment).filter(|moment| *moment > Self::PENDING).min();
        let until = earliest.map_or(now, |moment| Timestamp::from_millis(moment.millis() - 1));
        let still = skipped.iter().map(|(id, _)| id).filter(|id| self.pending.contains(id)).cloned();
        let pending = failed.into_iter().chain(still).take(MAX_PENDING).collect();
        Self { until: Some(until), pending }
    }
}

/// The latest moment at or before `now` at the second of the day that belongs to an id.
fn latest_slot(id: &str, now: Timestamp) -> Timestamp {
    let slot = i64::try_from(stable_hash(id) % DAY.unsigned_abs()).unwrap_or_default();
    let now = now.seconds();
    Timestamp::from_millis((now - (now - slot).rem_euclid(DAY)) * 1000)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn id(n: u32) -> WorkflowId {
        n.to_string().parse().unwrap()
    }

    fn start() -> Timestamp {
        "2026-01-31T00:17:00Z".parse().unwrap()
    }

    fn hours(n: u64) -> Timestamp {
        start().plus(Duration::from_secs(n * 3600))
    }

    #[test]
    fn every_workflow_is_looked_at_exactly_once_a_day() {
        for n in 0..50 {
            let mut reverification = Reverification::default().after(start(), &[], Vec::new());
            let mut taken = 0;
            for hour in 1..=24 {
                taken += usize::from(reverification.due_since(&id(n), hours(hour)).is_some());
                reverification = reverification.after(hours(hour), &[], Vec::new());
            }
            assert_eq!(taken, 1, "{n}");
        }
    }

    #[test]
    fn nothing_is_due_before_the_first_sync_and_everything_after_a_day_away() {
        assert_eq!(
            Reverification::default().due_since(&id(1), hours(0)),
            None,
            "the first sync exports everything anyway"
        );
        let reverification = Reverification { until: Some(start()), pending: Vec::new() };

        assert!((0..100).all(|n| reverification.due_since(&id(n), hours(24)).is_some()));
    }

    #[test]
    fn what_there_was_no_time_for_is_due_again_and_what_was_done_is_not() {
        let reverification = Reverification { until: Some(start()), pending: Vec::new() };
        let mut due: Vec<_> = (0..100).map(|n| (id(n), reverification.due_since(&id(n), hours(24)).unwrap())).collect();
        due.sort_by_key(|(_, moment)| *moment);
        let (done, skipped) = due.split_at(60);

        let reverification = reverification.after(hours(24), skipped, Vec::new());

        assert!(skipped.iter().all(|(id, _)| reverification.due_since(id, hours(24)).is_some()));
        assert!(
            done.iter()
                .filter(|(_, moment)| *moment < skipped[0].1)
                .all(|(id, _)| reverification.due_since(id, hours(24)).is_none())
        );
    }

    #[test]
    fn a_failed_look_is_taken_again_by_the_next_sync_and_holds_nothing_else_up() {
        let reverification =
            Reverification { until: Some(start()), pending: Vec::new() }.after(hours(24), &[], vec![id(7)]);

        assert!(reverification.due_since(&id(7), hours(24)).is_some());
        assert!((0..100).filter(|n| *n != 7).all(|n| reverification.due_since(&id(n), hours(24)).is_none()));
        assert_eq!(reverification.after(hours(25), &[], Vec::new()).pending, []);
    }

    #[test]
    fn a_failed_look_that_there_was_no_time_for_waits_on_and_makes_nothing_else_due_again() {
        let reverification = Reverification { until: Some(start()), pending: vec![id(7)] };
        let skipped = (id(7), reverification.due_since(&id(7), hours(24)).unwrap());

        let reverification = reverification.after(hours(24), &[skipped], Vec::new());

        assert_eq!(reverification, Reverification { until: Some(hours(24)), pending: vec![id(7)] });
    }

    #[test]
    fn a_workflow_that_somebody_names_is_due_at_once_and_once() {
        let reverification = Reverification { until: Some(start()), pending: vec![id(7)] }.with(&[id(7), id(8)]);

        assert_eq!(
            (reverification.due_since(&id(8), start()), reverification.pending.len()),
            (Some(Timestamp::EPOCH), 2)
        );
        assert_eq!(reverification.after(hours(1), &[], Vec::new()).due_since(&id(8), hours(1)), None);
    }

    #[test]
    fn a_look_that_was_taken_at_its_very_second_is_done() {
        let second = latest_slot("48", hours(24));
        let reverification =
            |until: i64| Reverification { until: Some(Timestamp::from_millis(until)), pending: Vec::new() };

        assert_eq!(reverification(second.millis()).due_since(&"48".parse().unwrap(), hours(24)), None);
        assert_eq!(reverification(second.millis() - 1).due_since(&"48".parse().unwrap(), hours(24)), Some(second));
    }

    #[test]
    fn what_is_needed_once_a_day_is_due_once_a_day_but_not_before_the_first_sync() {
        let customer = CustomerId::new();
        assert!(!Reverification::default().is_full_compare_due(&customer, start()));
        let mut reverification = Reverification::default().after(start(), &[], Vec::new());
        let mut due = 0;
        for hour in 1..=48 {
            due += usize::from(reverification.is_full_compare_due(&customer, hours(hour)));
            reverification = reverification.after(hours(hour), &[], Vec::new());
        }

        assert_eq!(due, 2);
        let second = latest_slot(customer.as_str(), start());
        assert!(!Reverification { until: Some(second), pending: Vec::new() }.is_full_compare_due(&customer, start()));
    }

    #[test]
    fn the_second_of_the_day_of_an_id_is_the_same_in_every_version() {
        let day = Timestamp::from_millis(DAY * 1000 * 20_000);
        let end = Timestamp::from_millis(day.millis() + (DAY - 1) * 1000);

        let second = (latest_slot("abc", end).millis() - day.millis()) / 1000;

        assert_eq!(second, i64::try_from(0xba78_16bf_8f01_cfea_u64 % 86_400).unwrap());
    }
}

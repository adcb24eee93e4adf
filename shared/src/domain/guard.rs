//! The delete guard: whether what is missing from a listing may be deleted.
//!
//! Zuora has no list of deleted workflows; every deletion is inferred from absence. So absence counts only after a
//! complete listing, never when the listing is empty while something is stored, never when too much is missing at once,
//! and never when the workflows seen are not the ones we knew (a different tenant behind the same name).
//! Source: reliability.md section 8, design.md section 5.

use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;

use serde::{Deserialize, Serialize};

use super::{
    ids::WorkflowId,
    job::{HeldKind, Hold},
};

/// From how many workflows on each side "not one in common" means another tenant.
const ENOUGH_TO_COMPARE: usize = 5;

/// How much may vanish at once: the larger of the two.
///
/// Every customer may have limits of its own, within bounds: a guard that lets everything pass would be none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DeleteGuard)]
pub struct Limits {
    /// A number of workflows, however few are stored.
    pub count: u64,
    /// A share of the stored workflows, in percent.
    pub percent: u64,
}

impl Limits {
    /// The most that `count` can be set to; the least is 1.
    pub const MAX_COUNT: u64 = 50;
    /// The most that `percent` can be set to; the least is 1.
    pub const MAX_PERCENT: u64 = 50;

    /// How many of `stored` workflows may go at once.
    pub fn allowed(self, stored: usize) -> usize {
        // Clamped at use too: an item may have been written by an older version or by hand.
        let count = usize::try_from(self.count.clamp(1, Self::MAX_COUNT)).unwrap_or(1);
        let percent = usize::try_from(self.percent.clamp(1, Self::MAX_PERCENT)).unwrap_or(1);
        count.max(stored * percent / 100)
    }
}

/// New limits; what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitsChange {
    /// See [`Limits::count`].
    pub count: Option<u64>,
    /// See [`Limits::percent`].
    pub percent: Option<u64>,
}

impl LimitsChange {
    /// The limits with what is changed.
    #[must_use]
    pub fn over(self, limits: Limits) -> Limits {
        Limits { count: self.count.unwrap_or(limits.count), percent: self.percent.unwrap_or(limits.percent) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { count: 5, percent: 20 }
    }
}

/// One stored, not deleted workflow, as far as the guard cares.
#[derive(Clone, Debug)]
pub struct Known {
    /// Zuora's id.
    pub id: WorkflowId,
    /// Zuora's creation time as it was listed; with the id it makes a workflow's identity.
    pub created_at: Option<String>,
}

/// One workflow of the listing, as far as the guard cares.
pub type Seen<'a> = (&'a WorkflowId, Option<&'a str>);

/// What may be done about the missing workflows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// These may go, each after Zuora has confirmed with a 404.
    Confirm(Vec<WorkflowId>),
    /// Nothing may be deleted until a person approves.
    Hold(Hold),
}

/// Decides about what is `known` but not `seen` in a complete listing.
///
/// What is on the `approved` list does not count against the limits: a person has looked at exactly these. Everything else is
/// judged as ever.
pub fn judge(known: &[Known], seen: &HashSet<&WorkflowId>, limits: Limits, approved: &HashSet<WorkflowId>) -> Verdict {
    let missing: Vec<WorkflowId> =
        known.iter().filter(|known| !seen.contains(&known.id)).map(|known| known.id.clone()).collect();
    let surprising = missing.iter().filter(|id| !approved.contains(*id)).count();
    if seen.is_empty() && surprising > 0 {
        let reason = format!("Zuora listed no workflow at all, but {} are stored. Nothing was deleted.", known.len());
        return Verdict::Hold(Hold::new(HeldKind::Deletions, reason, missing));
    }
    let allowed = limits.allowed(known.len());
    if surprising > allowed {
        let reason = format!(
            "{} of {} stored workflows are missing from Zuora's list, more than the {allowed} that may go at once. Nothing was deleted.",
            missing.len(),
            known.len()
        );
        return Verdict::Hold(Hold::new(HeldKind::Deletions, reason, missing));
    }
    Verdict::Confirm(missing)
}

/// Looks for signs that the credentials lead to a different tenant; if so, nothing at all may be written.
pub fn looks_foreign(known: &[Known], seen: &[Seen<'_>]) -> Option<Hold> {
    let by_id: HashMap<_, _> = known.iter().map(|known| (&known.id, known)).collect();
    let common: Vec<_> = seen.iter().filter_map(|(id, created)| Some((*by_id.get(id)?, *created))).collect();
    let other = common.iter().filter(|(known, created)| differs(known.created_at.as_deref(), *created)).count();
    let strangers = common.is_empty() && known.len() >= ENOUGH_TO_COMPARE && seen.len() >= ENOUGH_TO_COMPARE;
    if other * 2 <= common.len() && !strangers {
        return None;
    }
    let reason = if strangers {
        "This looks like a different tenant: not one of the stored workflows is in Zuora's list. Nothing was written."
            .to_owned()
    } else {
        format!(
            "This looks like a different tenant: {other} of {} known workflow ids carry another creation time. Nothing was written.",
            common.len()
        )
    };
    let ids = known.iter().map(|known| known.id.clone()).collect();
    Some(Hold::new(HeldKind::DifferentTenant, reason, ids))
}

/// Two creation times contradict each other only when both are there.
fn differs(stored: Option<&str>, listed: Option<&str>) -> bool {
    matches!((stored, listed), (Some(stored), Some(listed)) if stored != listed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(n: usize) -> WorkflowId {
        n.to_string().parse().unwrap()
    }

    fn known(n: usize) -> Vec<Known> {
        (0..n).map(|n| Known { id: id(n), created_at: Some(format!("2026-01-01T00:00:{n:02}Z")) }).collect()
    }

    fn verdict(stored: usize, missing: usize) -> Verdict {
        with_approved(stored, missing, 0, Limits::default())
    }

    fn with_approved(stored: usize, missing: usize, approved: usize, limits: Limits) -> Verdict {
        let known = known(stored);
        let seen = known[missing..].iter().map(|known| &known.id).collect();
        judge(&known, &seen, limits, &(0..approved).map(id).collect())
    }

    #[test]
    fn an_empty_listing_deletes_nothing_even_if_only_one_is_stored() {
        for stored in [1, 5, 120] {
            assert!(
                matches!(verdict(stored, stored), Verdict::Hold(hold) if hold.held.count == stored as u64),
                "{stored}"
            );
        }
        assert_eq!(verdict(0, 0), Verdict::Confirm(vec![]));
    }

    #[test]
    fn up_to_five_or_a_fifth_may_go_and_one_more_is_held() {
        for (stored, allowed) in [(6, 5), (20, 5), (25, 5), (30, 6), (100, 20), (1000, 200)] {
            assert!(matches!(verdict(stored, allowed), Verdict::Confirm(ids) if ids.len() == allowed), "{stored}");
            assert!(matches!(verdict(stored, allowed + 1), Verdict::Hold(_)), "{stored}");
        }
    }

    #[test]
    fn a_hold_says_how_many_of_how_many_are_missing() {
        let Verdict::Hold(hold) = verdict(1000, 300) else { panic!("not held") };

        assert_eq!((hold.held.count, hold.workflow_ids.len()), (300, 300));
        assert!(hold.held.reason.contains("300 of 1000"), "{}", hold.held.reason);
    }

    #[test]
    fn what_was_approved_may_go_and_nothing_beyond_it_but_the_usual() {
        let limits = Limits::default();

        assert!(matches!(with_approved(30, 20, 20, limits), Verdict::Confirm(ids) if ids.len() == 20));
        assert!(matches!(with_approved(30, 26, 20, limits), Verdict::Confirm(ids) if ids.len() == 26));
        assert!(matches!(with_approved(30, 27, 20, limits), Verdict::Hold(hold) if hold.held.count == 27));
        assert!(matches!(with_approved(7, 7, 7, limits), Verdict::Confirm(ids) if ids.len() == 7), "even all of them");
        assert!(matches!(with_approved(7, 7, 6, limits), Verdict::Hold(_)), "an empty list surprises by one");
    }

    #[test]
    fn a_customers_own_limits_count_within_their_bounds() {
        let limits = |count, percent| Limits { count, percent };

        assert_eq!(limits(1, 1).allowed(1000), 10);
        assert_eq!(limits(30, 1).allowed(100), 30);
        assert_eq!(limits(1, 50).allowed(101), 50);
        assert_eq!(limits(0, 0).allowed(50), 1, "a guard that holds everything would hold the copy's truth");
        assert_eq!(limits(u64::MAX, u64::MAX).allowed(1000), 500, "never off");
    }

    #[test]
    fn known_ids_with_other_creation_times_are_a_different_tenant() {
        let known = known(10);
        let with = |other: usize| -> Vec<(WorkflowId, String)> {
            (0..10)
                .map(|n| (id(n), if n < other { "2020".to_owned() } else { known[n].created_at.clone().unwrap() }))
                .collect()
        };
        let foreign = |listed: &[(WorkflowId, String)]| {
            looks_foreign(&known, &listed.iter().map(|(id, at)| (id, Some(at.as_str()))).collect::<Vec<_>>()).is_some()
        };

        assert!(!foreign(&with(5)), "half is not more than half");
        assert!(foreign(&with(6)));
    }

    #[test]
    fn nothing_in_common_is_a_different_tenant_unless_there_is_little_to_compare() {
        let strangers: Vec<_> = (100..110).map(id).collect();
        let seen: Vec<_> = strangers.iter().map(|id| (id, None)).collect();

        assert!(looks_foreign(&known(10), &seen).is_some());
        assert!(looks_foreign(&known(4), &seen).is_none());
        assert!(looks_foreign(&known(10), &seen[..4]).is_none());
        assert!(looks_foreign(&[], &seen).is_none(), "a first sync has nothing to compare");
    }

    #[test]
    fn a_change_of_the_limits_leaves_what_it_does_not_name() {
        let limits = Limits { count: 7, percent: 30 };
        let change = |count, percent| LimitsChange { count, percent }.over(limits);

        assert_eq!(change(None, None), limits);
        assert_eq!(change(Some(9), None), Limits { count: 9, ..limits });
        assert_eq!(change(None, Some(9)), Limits { percent: 9, ..limits });
    }

    proptest! {
        #[test]
        fn it_names_exactly_what_is_missing_and_lets_go_no_more_than_allowed_and_approved(
            stored in prop::collection::btree_set(0..120_usize, 0..80), seen in prop::collection::btree_set(0..120_usize, 0..80),
            approved in prop::collection::btree_set(0..120_usize, 0..40), count in 0..80_u64, percent in 0..120_u64,
        ) {
            let known: Vec<_> = stored.iter().map(|n| Known { id: id(*n), created_at: None }).collect();
            let listed: Vec<_> = seen.iter().map(|n| id(*n)).collect();
            let limits = Limits { count, percent };
            let approved: HashSet<WorkflowId> = approved.into_iter().map(id).collect();

            let verdict = judge(&known, &listed.iter().collect(), limits, &approved);

            let mut missing: Vec<_> = stored.difference(&seen).map(|n| id(*n)).collect();
            missing.sort_unstable();
            let surprising = missing.iter().filter(|id| !approved.contains(*id)).count();
            let (mut told, goes) = match verdict {
                Verdict::Confirm(ids) => (ids, true),
                Verdict::Hold(hold) => (hold.workflow_ids, false),
            };
            told.sort_unstable();
            prop_assert_eq!(told, missing);
            let most = (stored.len() / 2).max(50);
            prop_assert_eq!(goes, surprising == 0 || (!seen.is_empty() && surprising <= limits.allowed(stored.len())));
            prop_assert!(!goes || surprising <= most, "never off");
        }
    }
}

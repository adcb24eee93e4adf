//! The delete guard decides if workflows that are missing from a listing may be deleted. See D-16 and D-38.
//!
//! Zuora has no list of deleted workflows; every deletion is inferred from absence. So absence counts only after a complete
//! listing. It never counts when the listing is empty while something is stored, when too much is deleted within a day, in one
//! listing or bit by bit, when half of the tenant is missing, or when the listed workflows are not the stored ones (a different
//! tenant behind the same name).

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use utoipa::ToSchema;

use serde::{Deserialize, Serialize};

use super::{
    ids::WorkflowId,
    job::{HeldKind, Hold},
    zuora_time,
};

/// The time for which a deletion counts against the limit.
pub const MEMORY: Duration = Duration::from_secs(24 * 3600);
/// The number of workflows on each side from which "not one in common" means another tenant.
const ENOUGH_TO_COMPARE: usize = 5;
/// The number of stored ids with other creation times that means another tenant; fewer may be restored or repaired workflows.
const ENOUGH_TO_DIFFER: usize = 3;
/// The number of missing workflows from which "half of the tenant" means anything.
const ENOUGH_TO_HALVE: usize = 2;

/// The number of workflows that may be deleted within 24 hours: the larger of the two limits, and always less than half of the
/// tenant.
///
/// Every customer may have limits of its own, within bounds: a guard without a bound would be none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DeleteGuard)]
pub struct Limits {
    /// A number of workflows, however few are stored.
    pub count: u64,
    /// A share of the stored workflows, in percent.
    pub percent: u64,
}

impl Limits {
    /// The largest value of `count`; the smallest is 1.
    pub const MAX_COUNT: u64 = 50;
    /// The largest value of `percent`; the smallest is 1.
    pub const MAX_PERCENT: u64 = 50;

    /// The number of `stored` workflows that may be deleted within a day.
    pub fn allowed(self, stored: usize) -> usize {
        // Clamped at use too: an item may have been written by an older version or by hand.
        let count = usize::try_from(self.count.clamp(1, Self::MAX_COUNT)).unwrap_or(1);
        let percent = usize::try_from(self.percent.clamp(1, Self::MAX_PERCENT)).unwrap_or(1);
        count.max(stored * percent / 100)
    }
}

/// New limits; an absent one stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitsChange {
    /// The new [`Limits::count`].
    pub count: Option<u64>,
    /// The new [`Limits::percent`].
    pub percent: Option<u64>,
}

impl LimitsChange {
    /// Applies the change to limits.
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

/// One stored, not deleted workflow: the fields that the guard needs.
#[derive(Clone, Debug)]
pub struct StoredWorkflow {
    /// Zuora's id.
    pub id: WorkflowId,
    /// Zuora's creation time as it was listed; with the id it makes a workflow's identity.
    pub created_at: Option<String>,
}

/// One listed workflow: id and creation time.
pub type Seen<'a> = (&'a WorkflowId, Option<&'a str>);

/// The decision about the missing workflows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// These may be deleted, each after Zuora has confirmed it with a 404.
    Confirm(Vec<WorkflowId>),
    /// Nothing may be deleted until a person approves.
    Hold(Hold),
}

/// Decides about workflows that are `known` but not `seen` in a complete listing, when `gone` others were deleted within the
/// last [`MEMORY`].
///
/// The limit is a share of all workflows stored at any time of that day. Workflows that a person approved do not count against
/// it: neither those on the `approved` list now nor those deleted by an earlier approval (which are not among the `gone`). A
/// person has seen exactly these. All others are judged as usual.
pub fn judge(
    known: &[StoredWorkflow],
    seen: &HashSet<&WorkflowId>,
    limits: Limits,
    gone: usize,
    approved: &HashSet<WorkflowId>,
) -> Verdict {
    let missing: Vec<WorkflowId> =
        known.iter().filter(|known| !seen.contains(&known.id)).map(|known| known.id.clone()).collect();
    let surprising = missing.iter().filter(|id| !approved.contains(*id)).count();
    match doubt(known.len(), seen.is_empty(), surprising, gone, limits) {
        Some(doubt) => {
            let reason = format!("{doubt} Nothing was deleted.");
            Verdict::Hold(Hold::new(HeldKind::Deletions, reason, missing))
        }
        None => Verdict::Confirm(missing),
    }
}

/// The reason, in a sentence, why so many may not be deleted; none if they may.
fn doubt(stored: usize, nothing_seen: bool, surprising: usize, gone: usize, limits: Limits) -> Option<String> {
    if surprising == 0 {
        return None;
    }
    if nothing_seen {
        return Some(format!("Zuora listed no workflow at all, but {stored} are stored."));
    }
    let (all, going) = (stored + gone, surprising + gone);
    let before = if gone == 0 { String::new() } else { format!(" ({gone} of them were deleted before)") };
    let allowed = limits.allowed(all);
    if going > allowed {
        return Some(format!(
            "{going} of {all} workflows are missing from Zuora's list within 24 hours{before}, more than the {allowed} that may go in that time."
        ));
    }
    if going >= ENOUGH_TO_HALVE && going * 2 >= all {
        return Some(format!(
            "{going} of {all} workflows are missing from Zuora's list within 24 hours{before}: half of the tenant or more never goes without approval."
        ));
    }
    None
}

/// Detects that the credentials seem to lead to a different tenant; then nothing at all may be written.
pub fn is_different_tenant(known: &[StoredWorkflow], seen: &[Seen<'_>]) -> Option<Hold> {
    let by_id: HashMap<_, _> = known.iter().map(|known| (&known.id, known)).collect();
    let common: Vec<_> = seen.iter().filter_map(|(id, created)| Some((*by_id.get(id)?, *created))).collect();
    let other = common.iter().filter(|(known, created)| differs(known.created_at.as_deref(), *created)).count();
    let strangers = common.is_empty() && known.len() >= ENOUGH_TO_COMPARE && seen.len() >= ENOUGH_TO_COMPARE;
    let others = other >= ENOUGH_TO_DIFFER && other * 2 > common.len();
    if !others && !strangers {
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

/// True if two creation times contradict each other: both can be parsed and are a second or more apart. Zuora writes them with
/// and without fractions.
fn differs(stored: Option<&str>, listed: Option<&str>) -> bool {
    let moment = |text: Option<&str>| text.and_then(zuora_time::parse);
    let apart = moment(stored).zip(moment(listed)).map(|(stored, listed)| (stored - listed).abs());
    apart.is_some_and(|apart| apart >= Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(n: usize) -> WorkflowId {
        n.to_string().parse().unwrap()
    }

    fn known(n: usize) -> Vec<StoredWorkflow> {
        (0..n).map(|n| StoredWorkflow { id: id(n), created_at: Some(format!("2026-01-01T00:00:{n:02}Z")) }).collect()
    }

    fn verdict(stored: usize, missing: usize) -> Verdict {
        with_approved(stored, missing, 0, Limits::default())
    }

    fn after(gone: usize, stored: usize, missing: usize) -> Verdict {
        let known = known(stored);
        let seen = known[missing..].iter().map(|known| &known.id).collect();
        judge(&known, &seen, Limits::default(), gone, &HashSet::new())
    }

    fn with_approved(stored: usize, missing: usize, approved: usize, limits: Limits) -> Verdict {
        let known = known(stored);
        let seen = known[missing..].iter().map(|known| &known.id).collect();
        judge(&known, &seen, limits, 0, &(0..approved).map(id).collect())
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
        for (stored, allowed) in [(11, 5), (20, 5), (25, 5), (30, 6), (100, 20), (1000, 200)] {
            assert!(matches!(verdict(stored, allowed), Verdict::Confirm(ids) if ids.len() == allowed), "{stored}");
            assert!(matches!(verdict(stored, allowed + 1), Verdict::Hold(_)), "{stored}");
        }
    }

    #[test]
    fn half_of_a_tenant_never_goes_by_itself_but_one_of_two_workflows_does() {
        for (stored, may_go) in [(1, 0), (2, 1), (3, 1), (4, 1), (5, 2), (6, 2), (7, 3), (10, 4)] {
            assert!(matches!(verdict(stored, may_go), Verdict::Confirm(_)), "{may_go} of {stored}");
            assert!(matches!(verdict(stored, may_go + 1), Verdict::Hold(_)), "{} of {stored}", may_go + 1);
        }
        let most = Limits { count: 50, percent: 50 };
        assert!(matches!(with_approved(100, 49, 0, most), Verdict::Confirm(_)));
        assert!(matches!(with_approved(100, 50, 0, most), Verdict::Hold(_)), "whatever the limits are");
    }

    #[test]
    fn what_went_within_a_day_counts_against_the_limit() {
        assert!(matches!(after(0, 40, 8), Verdict::Confirm(_)));
        let Verdict::Hold(hold) = after(8, 32, 1) else { panic!("not held") };
        assert!(hold.held.reason.contains("9 of 40") && hold.held.reason.contains("8 of them"), "{}", hold.held.reason);
        assert!(matches!(after(5, 35, 3), Verdict::Confirm(_)), "eight of forty in all");
        assert!(matches!(after(5, 35, 4), Verdict::Hold(_)));
        assert!(matches!(after(20, 32, 0), Verdict::Confirm(ids) if ids.is_empty()), "nothing is missing now");
    }

    #[test]
    fn a_tenant_that_shrinks_by_a_fifth_each_hour_is_held_at_the_second_step() {
        let mut stored = 40;
        let mut gone = 0;
        for listed in [32, 26, 21, 16, 11, 6, 1] {
            if let Verdict::Confirm(ids) = after(gone, stored, stored - listed) {
                gone += ids.len();
                stored = listed;
            }
        }
        assert_eq!((stored, gone), (32, 8));
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
                .map(|n| {
                    let moved = "2020-01-01T00:00:00Z".to_owned();
                    (id(n), if n < other { moved } else { known[n].created_at.clone().unwrap() })
                })
                .collect()
        };
        let foreign = |listed: &[(WorkflowId, String)]| {
            is_different_tenant(&known, &listed.iter().map(|(id, at)| (id, Some(at.as_str()))).collect::<Vec<_>>())
                .is_some()
        };

        assert!(!foreign(&with(5)), "half is not more than half");
        assert!(foreign(&with(6)));
    }

    #[test]
    fn a_different_tenant_takes_three_workflows_a_second_apart_and_no_text_that_is_no_time() {
        let foreign = |count: usize, stored: &str, listed: &str| {
            let known: Vec<_> =
                (0..count).map(|n| StoredWorkflow { id: id(n), created_at: Some(stored.to_owned()) }).collect();
            let ids: Vec<_> = (0..count).map(id).collect();
            is_different_tenant(&known, &ids.iter().map(|id| (id, Some(listed))).collect::<Vec<_>>()).is_some()
        };
        let stored = "2019-05-31T14:52:38.000Z";

        assert!(!foreign(2, stored, "2020-01-01T00:00:00Z") && foreign(3, stored, "2020-01-01T00:00:00Z"));
        assert!(foreign(3, stored, "2019-05-31T14:52:39Z") && foreign(3, stored, "2019-05-31 14:52:37 UTC"));
        for same in ["2019-05-31T14:52:38.171Z", "2019-05-31T22:52:38+08:00", "soon", "", "1559314358"] {
            assert!(!foreign(3, stored, same), "{same}");
        }
        assert!(!foreign(3, "whenever", stored));
    }

    #[test]
    fn nothing_in_common_is_a_different_tenant_unless_there_is_little_to_compare() {
        let strangers: Vec<_> = (100..110).map(id).collect();
        let seen: Vec<_> = strangers.iter().map(|id| (id, None)).collect();

        assert!(is_different_tenant(&known(10), &seen).is_some());
        assert!(is_different_tenant(&known(4), &seen).is_none());
        assert!(is_different_tenant(&known(10), &seen[..4]).is_none());
        assert!(is_different_tenant(&[], &seen).is_none(), "a first sync has nothing to compare");
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
            stored in prop::collection::btree_set(0..120_usize, 0..80), gone in 0..30_usize, seen in prop::collection::btree_set(0..120_usize, 0..80),
            approved in prop::collection::btree_set(0..120_usize, 0..40), count in 0..80_u64, percent in 0..120_u64,
        ) {
            let known: Vec<_> = stored.iter().map(|n| StoredWorkflow { id: id(*n), created_at: None }).collect();
            let listed: Vec<_> = seen.iter().map(|n| id(*n)).collect();
            let limits = Limits { count, percent };
            let approved: HashSet<WorkflowId> = approved.into_iter().map(id).collect();

            let verdict = judge(&known, &listed.iter().collect(), limits, gone, &approved);

            let mut missing: Vec<_> = stored.difference(&seen).map(|n| id(*n)).collect();
            missing.sort_unstable();
            let surprising = missing.iter().filter(|id| !approved.contains(*id)).count();
            let (mut told, goes) = match verdict {
                Verdict::Confirm(ids) => (ids, true),
                Verdict::Hold(hold) => (hold.workflow_ids, false),
            };
            told.sort_unstable();
            prop_assert_eq!(told, missing);
            let (all, going) = (stored.len() + gone, surprising + gone);
            let few = going <= limits.allowed(all) && (going < 2 || going * 2 < all);
            prop_assert_eq!(goes, surprising == 0 || (!seen.is_empty() && few));
        }
    }
}

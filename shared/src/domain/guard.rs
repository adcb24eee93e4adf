//! The delete guard: whether what is missing from a listing may be deleted.
//!
//! Zuora has no list of deleted workflows; every deletion is inferred from absence. So absence counts only after a
//! complete listing, never when the listing is empty while something is stored, never when too much is missing at once,
//! and never when the workflows seen are not the ones we knew (a different tenant behind the same name).
//! Source: reliability.md section 8, design.md section 5.

use std::collections::HashSet;

use super::{ids::WorkflowId, job::Held};

/// A share of the stored workflows that may vanish at once, in percent.
const MAX_MISSING_PERCENT: usize = 20;
/// A number that may vanish at once however few are stored.
const ALWAYS_ALLOWED: usize = 5;
/// From how many workflows on each side "not one in common" means another tenant.
const ENOUGH_TO_COMPARE: usize = 5;

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
    Hold(Held),
}

/// Decides about what is `known` but not `seen` in a complete listing.
pub fn judge(known: &[Known], seen: &HashSet<&WorkflowId>) -> Verdict {
    let missing: Vec<WorkflowId> =
        known.iter().filter(|known| !seen.contains(&known.id)).map(|known| known.id.clone()).collect();
    if seen.is_empty() && !known.is_empty() {
        let reason = format!("Zuora listed no workflow at all, but {} are stored. Nothing was deleted.", known.len());
        return Verdict::Hold(held(reason, &missing));
    }
    let allowed = ALWAYS_ALLOWED.max(known.len() * MAX_MISSING_PERCENT / 100);
    if missing.len() > allowed {
        let reason = format!(
            "{} of {} stored workflows are missing from Zuora's list, more than the {allowed} that may go at once. Nothing was deleted.",
            missing.len(),
            known.len()
        );
        return Verdict::Hold(held(reason, &missing));
    }
    Verdict::Confirm(missing)
}

/// Looks for signs that the credentials lead to a different tenant; if so, nothing at all may be written.
pub fn looks_foreign(known: &[Known], seen: &[Seen<'_>]) -> Option<Held> {
    let by_id: std::collections::HashMap<_, _> = known.iter().map(|known| (&known.id, known)).collect();
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
    let ids: Vec<_> = known.iter().map(|known| known.id.clone()).collect();
    Some(held(reason, &ids))
}

/// Two creation times contradict each other only when both are there.
fn differs(stored: Option<&str>, listed: Option<&str>) -> bool {
    matches!((stored, listed), (Some(stored), Some(listed)) if stored != listed)
}

fn held(reason: String, ids: &[WorkflowId]) -> Held {
    Held { reason, count: ids.len() as u64, workflow_ids: ids.iter().take(100).cloned().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> WorkflowId {
        n.to_string().parse().unwrap()
    }

    fn known(n: usize) -> Vec<Known> {
        (0..n).map(|n| Known { id: id(n), created_at: Some(format!("2026-01-01T00:00:{n:02}Z")) }).collect()
    }

    fn verdict(stored: usize, missing: usize) -> Verdict {
        let known = known(stored);
        let seen = known[missing..].iter().map(|known| &known.id).collect();
        judge(&known, &seen)
    }

    #[test]
    fn an_empty_listing_deletes_nothing_even_if_only_one_is_stored() {
        for stored in [1, 5, 120] {
            assert!(matches!(verdict(stored, stored), Verdict::Hold(held) if held.count == stored as u64), "{stored}");
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
    fn a_hold_names_the_first_hundred() {
        let Verdict::Hold(held) = verdict(1000, 300) else { panic!("not held") };

        assert_eq!((held.count, held.workflow_ids.len()), (300, 100));
        assert!(held.reason.contains("300 of 1000"), "{}", held.reason);
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
}

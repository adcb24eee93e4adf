//! A person's word that the findings of a rule in a workflow are known, and meant to be so.

use serde::{Deserialize, Serialize};

use super::rules::RuleId;
use crate::domain::{actor::Actor, ids::WorkflowId, invalid::Invalid, text, time::Timestamp};

/// The largest number of characters of a reason.
const LONGEST: usize = 500;

/// One suppression. It belongs to the workflow's id, not to a copy of it: it outlives syncs, and the workflow's deletion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The workflow.
    pub zuora_id: WorkflowId,
    /// The rule.
    pub rule: RuleId,
    /// Why its findings are meant to be so.
    pub reason: String,
    /// The moment from which it no longer counts; none: always.
    pub until: Option<Timestamp>,
    /// The `sub` of whoever said so.
    pub by: String,
    /// Their e-mail address then, if it was verified.
    pub by_email: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Suppression {
    /// Makes one.
    ///
    /// # Errors
    /// [`Invalid`] names the field that is wrong.
    pub fn new(
        zuora_id: WorkflowId,
        rule: RuleId,
        reason: &str,
        until: Option<Timestamp>,
        by: Actor,
        at: Timestamp,
    ) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let reason = invalid.check("/reason", text::lines(reason, LONGEST));
        if until.is_some_and(|until| until <= at) {
            invalid.0.extend(Invalid::one("/until", "Name a moment in the future, or null for always.").0);
        }
        match reason {
            Some(reason) if invalid.0.is_empty() => {
                Ok(Self { zuora_id, rule, reason, until, by: by.sub, by_email: by.email, at })
            }
            _ => Err(invalid),
        }
    }

    /// True if it counts at this moment.
    pub fn counts(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(reason: &str, until: Option<i64>) -> Result<Suppression, Vec<String>> {
        let by = Actor { sub: "ada".to_owned(), email: None };
        let (until, at) = (until.map(Timestamp::from_millis), Timestamp::from_millis(1_000));
        Suppression::new("48".parse().unwrap(), RuleId::S1, reason, until, by, at)
            .map_err(|Invalid(faults)| faults.into_iter().map(|fault| fault.pointer).collect())
    }

    #[test]
    fn a_suppression_has_a_reason_and_ends_in_the_future_if_at_all() {
        assert_eq!(make(" a test tenant\n", None).unwrap().reason, "a test tenant");
        assert_eq!(make("", Some(1_000)).unwrap_err(), ["/reason", "/until"]);
        assert_eq!(make(&"x".repeat(501), None).unwrap_err(), ["/reason"]);
    }

    #[test]
    fn it_counts_until_its_end() {
        let (always, ends) = (make("x", None).unwrap(), make("x", Some(2_000)).unwrap());

        assert_eq!([1_999, 2_000].map(|now| ends.counts(Timestamp::from_millis(now))), [true, false]);
        assert!(always.counts(Timestamp::from_millis(i64::MAX / 2)));
    }
}

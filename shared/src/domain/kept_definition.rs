//! A definition that a workflow no longer has, kept for a time. See D-90.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{time::Timestamp, workflow::DefinitionRef};

/// The record of a definition that was replaced, or whose workflow was removed. A definition that a workflow had several times
/// has one record, of the last time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDefinition {
    /// The reference to it. (`definition` is a reserved word in DynamoDB.)
    #[serde(rename = "definition_ref")]
    pub definition: DefinitionRef,
    /// The moment at which another one took its place, or its workflow was found deleted.
    pub replaced_at: Timestamp,
    /// The moment from which it is no longer shown.
    pub kept_until: Timestamp,
}

impl KeptDefinition {
    /// A definition that was replaced at a moment and is kept for `keep`.
    pub fn new(definition: &DefinitionRef, replaced_at: Timestamp, keep: Duration) -> Self {
        Self { definition: definition.clone(), replaced_at, kept_until: replaced_at.plus(keep) }
    }

    /// True if it is still shown. DynamoDB removes an expired record within days, so it may still be there.
    pub fn is_shown(&self, now: Timestamp) -> bool {
        now < self.kept_until
    }

    /// True if it still has to be kept when definitions are kept for `keep`: a shorter time than at its replacement applies to
    /// it too.
    pub fn is_kept(&self, keep: Duration, now: Timestamp) -> bool {
        self.is_shown(now) && now < self.replaced_at.plus(keep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_for_the_time_of_its_replacement_or_for_a_shorter_one_set_since() {
        let days = |days: u64| Duration::from_secs(days * 24 * 3600);
        let at = |day: u64| Timestamp::EPOCH.plus(days(day));
        let definition = DefinitionRef { hash: "a".into(), chunks: 1, bytes: 1, origin: None };

        let kept = KeptDefinition::new(&definition, at(10), days(400));

        assert_eq!([0, 409, 410].map(|day| kept.is_shown(at(day))), [true, true, false]);
        assert_eq!([(400, 409), (500, 410)].map(|(keep, day)| kept.is_kept(days(keep), at(day))), [true, false]);
        assert_eq!([39, 40].map(|day| kept.is_kept(days(30), at(day))), [true, false]);
    }
}

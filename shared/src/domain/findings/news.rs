//! What came and went: the rules that a workflow has begun to break, and those that it no longer breaks.
//!
//! Both sides are judged by the same version of the rules, so that a new rule is never news.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use super::rules::RuleId;
use crate::domain::{
    ids::{JobId, WorkflowId},
    time::Timestamp,
};

/// The rules that a change has a workflow break, and those that it mends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FindingsTurned)]
pub struct Turned {
    /// Broken now, and not before.
    #[serde(deserialize_with = "known")]
    pub raised: Vec<RuleId>,
    /// Broken before, and not now.
    #[serde(deserialize_with = "known")]
    pub resolved: Vec<RuleId>,
}

/// The record of what came and went of a workflow without a change of its own: another workflow changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// The workflow.
    pub zuora_id: WorkflowId,
    /// Its name.
    pub name: Option<String>,
    /// The moment at which the sync found it.
    pub at: Timestamp,
    /// The sync.
    pub job_id: JobId,
    /// Always false: of a first sync nothing is news.
    pub first_sync: bool,
    /// What came and went.
    pub findings: Turned,
}

impl Turned {
    /// Compares the rules that were broken before with those that are broken now.
    pub fn between(before: &BTreeSet<RuleId>, now: &BTreeSet<RuleId>) -> Self {
        Self { raised: (now - before).into_iter().collect(), resolved: (before - now).into_iter().collect() }
    }

    /// True if nothing came or went.
    pub const fn is_empty(&self) -> bool {
        self.raised.is_empty() && self.resolved.is_empty()
    }
}

/// The entries that this version knows: one by a rule of newer code is left out, and the others count.
pub(super) fn known<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let entries = Vec::<serde_json::Value>::deserialize(deserializer)?;
    Ok(entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_and_went_is_the_difference_of_the_rules() {
        let rules = |ids: &[RuleId]| ids.iter().copied().collect();
        let turned = Turned::between(&rules(&[RuleId::S1, RuleId::G1]), &rules(&[RuleId::G1, RuleId::T2]));

        assert_eq!(turned, Turned { raised: vec![RuleId::T2], resolved: vec![RuleId::S1] });
        assert!(Turned::between(&rules(&[RuleId::S1]), &rules(&[RuleId::S1])).is_empty());
    }

    #[test]
    fn a_rule_of_newer_code_is_left_out_and_the_others_are_read() {
        let turned: Turned = serde_json::from_str(r#"{"raised":["S1","X99"],"resolved":[7]}"#).unwrap();

        assert_eq!(turned, Turned { raised: vec![RuleId::S1], resolved: Vec::new() });
    }
}

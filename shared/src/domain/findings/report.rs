//! The findings of one definition: collected, bounded, in order.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    news::known,
    rules::{Level, RULES, RuleId},
};
use crate::domain::{json::Json, text};

/// The findings of one rule that are kept; the others are counted. A definition that breaks a rule a thousand times is
/// mended in one place, or not at all.
const MOST_OF_A_RULE: usize = 10;
/// The largest number of characters of a name, and of a path.
const LONGEST: usize = 200;

/// One fault of a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule that was broken.
    pub rule: RuleId,
    /// How bad it is, whatever customer has it; see [`Finding::level_at`].
    pub level: Level,
    /// The task with the fault; none for the workflow itself.
    pub task: Option<TaskRef>,
    /// The path of the fault: in the task, or else in the export.
    pub path: String,
    /// Zuora's host, where the fault is that it is written there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

impl Finding {
    /// How bad it is at a customer: another data center's host is worse than its own.
    pub fn level_at(&self, base_url: &str) -> Level {
        let own = base_url.split_once("://").map_or(base_url, |(_, host)| host);
        match &self.host {
            Some(host) if !host.eq_ignore_ascii_case(own) => Level::Error,
            _ => self.level,
        }
    }
}

/// A task, as findings name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FindingTask)]
pub struct TaskRef {
    /// The id, which is valid for one version of the workflow.
    pub id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The kind of work, such as `Callout`.
    pub action_type: Option<String>,
}

/// Everything that was found in one definition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// The worst first, then by rule, then in the order of the definition; at most ten of each rule.
    #[serde(deserialize_with = "known")]
    pub items: Vec<Finding>,
    /// False if there are more than these, or parts of the definition were too many to be judged.
    pub complete: bool,
}

impl Findings {
    /// The rules that were broken.
    pub fn rules(&self) -> BTreeSet<RuleId> {
        self.items.iter().map(|finding| finding.rule).collect()
    }
}

impl TaskRef {
    /// Names a task of an export.
    pub(super) fn of(task: Json<'_>) -> Self {
        let get = |key: &str| task.get(key).and_then(Json::text).map(|text| text::cut(&text, LONGEST));
        Self { id: get("id"), name: get("name"), action_type: get("action_type") }
    }
}

/// The findings so far.
#[derive(Default)]
pub(super) struct Report<'a> {
    items: Vec<Finding>,
    counts: [usize; RULES.len()],
    is_incomplete: bool,
    task: Option<Json<'a>>,
}

impl<'a> Report<'a> {
    /// The findings from here on are about a task.
    pub(super) fn enter(&mut self, task: Json<'a>) {
        self.task = Some(task);
    }

    /// The findings from here on are about the workflow.
    pub(super) fn leave(&mut self) {
        self.task = None;
    }

    /// Adds a finding of the rule's level.
    pub(super) fn add(&mut self, rule: RuleId, path: &str) {
        self.add_as(rule, rule.rule().level, path);
    }

    /// Adds a finding of a level.
    pub(super) fn add_as(&mut self, rule: RuleId, level: Level, path: &str) {
        self.push(rule, level, path, None);
    }

    /// Adds a finding about a host of Zuora's.
    pub(super) fn add_host(&mut self, rule: RuleId, path: &str, host: &str) {
        self.push(rule, rule.rule().level, path, Some(text::cut(host, LONGEST)));
    }

    fn push(&mut self, rule: RuleId, level: Level, path: &str, host: Option<String>) {
        let count = &mut self.counts[rule as usize];
        *count += 1;
        if *count > MOST_OF_A_RULE {
            self.is_incomplete = true;
            return;
        }
        let task = self.task.map(TaskRef::of);
        self.items.push(Finding { rule, level, task, path: text::cut(path, LONGEST), host });
    }

    /// Notes that not everything could be judged.
    pub(super) fn give_up(&mut self) {
        self.is_incomplete = true;
    }

    pub(super) fn into_findings(self) -> Findings {
        let mut items = self.items;
        items.sort_by_key(|finding| (finding.level, finding.rule));
        Findings { items, complete: !self.is_incomplete }
    }
}

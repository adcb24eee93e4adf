//! G6: whether the branches of a Case task fit its conditions.
//!
//! The conditions of `Case_1`, `Case_2` ... stand in `case_condition` under these names; `Case_Else` has none.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    graph::Link,
    report::Report,
    rules::{Level, RuleId},
};
use crate::domain::json::Json;

const CONDITIONS: &str = "case_condition";

/// `kinds` are the kinds of the tasks.
pub(super) fn check<'a>(tasks: &[Json<'a>], kinds: &[Option<Json<'a>>], links: &[Link], report: &mut Report<'a>) {
    let mut branches: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for link in links.iter().filter(|link| is_case(&link.kind)) {
        if let Some((_, Some(source))) = link.source {
            branches.entry(source).or_default().insert(&link.kind);
        }
    }
    for (at, (task, kind)) in tasks.iter().zip(kinds).enumerate() {
        if kind.and_then(Json::shown).is_none_or(|kind| kind != "Logic::Case") {
            continue;
        }
        let conditions = task.get("parameters").and_then(|parameters| parameters.get(CONDITIONS));
        let conditions: BTreeSet<_> = conditions.iter().flat_map(|it| it.members()).map(|(name, _)| name).collect();
        // Conditions under other names are those of another form, of which nothing is known.
        if conditions.is_empty() || !conditions.iter().all(|name| is_case(name)) {
            continue;
        }
        let branches = branches.get(&at).cloned().unwrap_or_default();
        report.enter(*task);
        let path = |case: &str| format!("parameters.{CONDITIONS}.{case}");
        for branch in branches.iter().filter(|branch| !conditions.contains(**branch)) {
            report.add(RuleId::G6, &path(branch));
        }
        for condition in conditions.iter().filter(|condition| !branches.contains(condition.as_ref())) {
            report.add_as(RuleId::G6, Level::Warning, &path(condition));
        }
    }
}

/// True for `Case_` and a number.
fn is_case(name: &str) -> bool {
    let number = name.strip_prefix("Case_").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::findings::tests::{Fixture, found, graph};

    fn case(conditions: &str, kinds: &[&str]) -> String {
        let tasks = format!(
            r#"{{"id":1,"action_type":"Logic::Case","parameters":{{"case_condition":{conditions}}}}},{{"id":2,"action_type":"Delay"}}"#
        );
        let links: String = kinds
            .iter()
            .map(|kind| format!(r#",{{"source_task_id":1,"target_task_id":2,"linkage_type":"{kind}"}}"#))
            .collect();
        let start = r#"{"source_workflow_id":9,"target_task_id":1,"linkage_type":"Start"}"#;
        graph("", &tasks, &format!("{start}{links}"))
    }

    pub(in crate::domain::findings) fn fixtures() -> Vec<Fixture> {
        let one = r#"{"Case_1":"a"}"#;
        vec![
            Fixture::new(
                RuleId::G6,
                case(one, &["Case_1", "Case_2", "Case_Else"]),
                case(one, &["Case_1", "Case_Else", "Failure"]),
            ),
            Fixture::new(
                RuleId::G6,
                case(r#"{"Case_1":"a","Case_2":"b"}"#, &["Case_1"]),
                case(r#"{"gold":"a","Case_2":"b"}"#, &["Case_1"]),
            ),
        ]
    }

    #[test]
    fn a_branch_without_condition_is_an_error_and_a_condition_without_branch_a_warning() {
        let found = found(&case(r#"{"Case_1":"a","Case_3":"b"}"#, &["Case_1", "Case_2"]));
        let told: Vec<_> = found.iter().map(|finding| (finding.level, finding.path.as_str())).collect();

        assert_eq!(
            told,
            [(Level::Error, "parameters.case_condition.Case_2"), (Level::Warning, "parameters.case_condition.Case_3")]
        );
    }
}

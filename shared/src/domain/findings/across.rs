//! R14, H5: the rules that look at a customer's other workflows. Only we can: no linter of one export has them.

use std::collections::{BTreeMap, HashMap};

use super::{
    links::{Execute, Links},
    report::Finding,
    rules::{Level, RuleId},
};
use crate::domain::ids::WorkflowId;

/// One of a customer's workflows, with what others need to know of it.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its id.
    pub id: WorkflowId,
    /// Its name.
    pub name: Option<String>,
    /// True if Zuora lists it as inactive.
    pub is_inactive: bool,
    /// The ids of its versions, as far as they are listed.
    pub versions: Vec<String>,
    /// What its definition says of others; none if it has none, or it is not read yet.
    pub links: Option<Links>,
}

/// The findings about each workflow that has some. `members` are all of the customer's workflows: what is not among them is
/// not there.
pub fn across(members: &[Member]) -> BTreeMap<WorkflowId, Vec<Finding>> {
    let mut by_id = HashMap::new();
    let mut by_name: HashMap<&str, Vec<&Member>> = HashMap::new();
    for member in members {
        // A task may name a workflow or one of its versions.
        by_id.extend(member.versions.iter().map(|version| (version.as_str(), member)));
        by_name.entry(member.name.as_deref().unwrap_or_default()).or_default().push(member);
    }
    by_id.extend(members.iter().map(|member| (member.id.as_str(), member)));
    let mut found: BTreeMap<WorkflowId, Vec<Finding>> = BTreeMap::new();
    for member in members {
        let mut findings = Vec::new();
        for execute in member.links.iter().flat_map(|links| &links.executes) {
            let level = if execute.by_name {
                match by_name.get(execute.target.as_str()).map(Vec::as_slice) {
                    None => Some(Level::Warning),
                    Some([target]) => judge(execute, target),
                    // Which of several it executes is Zuora's to say.
                    Some(_) => None,
                }
            } else {
                by_id.get(execute.target.as_str()).map_or(Some(Level::Warning), |target| judge(execute, target))
            };
            let task = Some(execute.task.clone());
            let path = execute.path().to_owned();
            findings.extend(level.map(|level| Finding { rule: RuleId::R14, level, task, path, host: None }));
        }
        let namesakes = member.name.as_deref().and_then(|name| by_name.get(name)).map_or(0, Vec::len);
        if namesakes > 1 {
            let (rule, level) = (RuleId::H5, Level::Info);
            findings.push(Finding { rule, level, task: None, path: "workflow.name".to_owned(), host: None });
        }
        if !findings.is_empty() {
            found.insert(member.id.clone(), findings);
        }
    }
    found
}

/// How bad it is to execute this workflow; none if it is not.
fn judge(execute: &Execute, target: &Member) -> Option<Level> {
    let cannot_answer = target
        .links
        .as_ref()
        .is_some_and(|links| (execute.wants_formatter && !links.has_formatter) || (execute.awaits && links.waits));
    (target.is_inactive || cannot_answer).then_some(Level::Error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        definition::Definition,
        findings::tests::{graph, with_task},
    };

    fn links(export: &str) -> Links {
        Links::of(&Definition::parse(export.as_bytes()).unwrap())
    }

    fn executes(parameters: &str) -> Links {
        links(&with_task(&format!(
            r#""name":"Run","action_type":"Execute::WorkflowTask","parameters":{{{parameters}}}"#
        )))
    }

    fn member(id: &str, name: &str, links: Links) -> Member {
        let (id, name) = (id.parse().unwrap(), Some(name.to_owned()));
        Member { id, name, is_inactive: false, versions: vec!["91".to_owned()], links: Some(links) }
    }

    /// The findings about a workflow that executes another one so.
    fn told(parameters: &str, target: &Member) -> Vec<(RuleId, Level, String)> {
        let caller = Member { versions: Vec::new(), ..member("1", "Caller", executes(parameters)) };
        let found = across(&[caller.clone(), target.clone()]);
        let of_caller = found.get(&caller.id).cloned().unwrap_or_default();
        of_caller.into_iter().map(|finding| (finding.rule, finding.level, finding.path)).collect()
    }

    #[test]
    fn a_workflow_that_is_executed_has_to_be_there_and_active() {
        let there = member("48", "Target", Links::default());
        let inactive = Member { is_inactive: true, ..there.clone() };
        let by_id = |level| vec![(RuleId::R14, level, "parameters.workflow_id".to_owned())];
        let by_name = |level| vec![(RuleId::R14, level, "parameters.workflow_name".to_owned())];

        assert_eq!(told(r#""workflow_id":48"#, &there), []);
        assert_eq!(told(r#""workflow_id":"91""#, &there), [], "the id of a version");
        assert_eq!(told(r#""workflow_id":"{{ Data.Workflow.next }}""#, &there), []);
        assert_eq!(told(r#""workflow_id":"","workflow_name":"Target""#, &there), []);
        assert_eq!(told(r#""workflow_id":49"#, &there), by_id(Level::Warning));
        assert_eq!(told(r#""workflow_name":"target""#, &there), by_name(Level::Warning));
        assert_eq!(told(r#""workflow_id":48"#, &inactive), by_id(Level::Error));
        assert_eq!(told(r#""workflow_name":"Target""#, &inactive), by_name(Level::Error));
    }

    #[test]
    fn an_answer_that_is_awaited_needs_a_formatter_only_where_it_is_taken_from_one_and_nobody_else_to_wait_for() {
        let task = |kind: &str| format!(r#"{{"id":1,"action_type":"{kind}"}}"#);
        let with = |kind: &str| member("48", "Target", links(&graph("", &task(kind), "")));
        let (plain, formats, waits) = (with("Query"), with("Logic::ResponseFormatter"), with("Approval"));
        let wants = r#""workflow_id":48,"enable_polling":"true","target_workflow_response":"last_response_formatter""#;
        let last_task = r#""workflow_id":48,"enable_polling":true,"target_workflow_response":"last_task""#;
        let forgets =
            r#""workflow_id":48,"enable_polling":"false","target_workflow_response":"last_response_formatter""#;
        let unread = Member { links: None, ..plain.clone() };

        let is_found = |parameters: &str, target: &Member| !told(parameters, target).is_empty();

        assert_eq!([&plain, &formats, &waits, &unread].map(|it| is_found(wants, it)), [true, false, true, false]);
        assert_eq!([&plain, &formats, &waits].map(|it| is_found(last_task, it)), [false, false, true]);
        assert_eq!([&plain, &formats, &waits].map(|it| is_found(forgets, it)), [false, false, false]);
    }

    #[test]
    fn two_of_a_name_are_told_and_whoever_executes_one_of_them_by_name_is_not_judged() {
        let twin =
            |id: &str| Member { is_inactive: true, versions: Vec::new(), ..member(id, "Twin", Links::default()) };
        let caller = Member { versions: Vec::new(), ..member("1", "Caller", executes(r#""workflow_name":"Twin""#)) };
        let nameless = |id: &str| Member { name: None, ..twin(id) };

        let found = across(&[caller, twin("2"), twin("3"), nameless("4"), nameless("5")]);
        let rules: Vec<_> =
            found.iter().map(|(id, findings)| (id.as_str(), findings[0].rule, findings.len())).collect();

        assert_eq!(rules, [("2", RuleId::H5, 1), ("3", RuleId::H5, 1)]);
    }
}

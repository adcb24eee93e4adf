//! G1, G2, G3, G8: whether the linkages join what is there, and lead everywhere. Several tasks may start at once.

use std::collections::{HashMap, HashSet};

use super::{cases, report::Report, rules::RuleId};
use crate::domain::{definition::Definition, json::Json};

/// The tasks and linkages that are looked at: more than any real workflow has, and little memory.
const MOST: usize = 50_000;

/// A linkage; its ends are places in the list of tasks, where they are there.
pub(super) struct Link {
    /// True if the workflow itself is a source.
    from_start: bool,
    /// The source that is a task: its id, and its place.
    pub(super) source: Option<(String, Option<usize>)>,
    target: Option<usize>,
    pub(super) kind: String,
    key: (Option<String>, Option<String>, Option<String>, String),
}

pub(super) fn check<'a>(definition: &Definition<'a>, report: &mut Report<'a>) {
    if definition.tasks.len() + definition.linkages.len() > MOST {
        return report.give_up();
    }
    let tasks: Vec<Json<'a>> = definition.tasks.iter().collect();
    let picked: Vec<_> = tasks.iter().map(|task| task.pick(["id", "action_type"])).collect();
    let id = |value: Option<Json<'_>>| value.and_then(Json::text).filter(|id| !id.is_empty());
    let places: HashMap<String, usize> =
        picked.iter().enumerate().filter_map(|(at, [task, _])| Some((id(*task)?, at))).collect();
    let links: Vec<Link> = definition
        .linkages
        .iter()
        .map(|linkage| {
            let keys = ["source_workflow_id", "source_task_id", "target_task_id", "linkage_type"];
            let [start, source, target, kind] = linkage.pick(keys);
            let (start, source, target) = (id(start), id(source), id(target));
            let kind = kind.and_then(Json::text).unwrap_or_default();
            Link {
                from_start: start.is_some(),
                source: source.clone().map(|id| (id.clone(), places.get(&id).copied())),
                target: target.as_ref().and_then(|id| places.get(id).copied()),
                kind: kind.clone(),
                key: (start, source, target, kind),
            }
        })
        .collect();
    check_links(&links, report);
    let kinds: Vec<_> = picked.iter().map(|[_, kind]| *kind).collect();
    cases::check(&tasks, &kinds, &links, report);
    report.leave();
    if !has_pages(definition.workflow) {
        check_reached(&tasks, &links, report);
    }
}

/// True for a workflow with pages, whose tasks are started by what people do on them.
fn has_pages(workflow: Json<'_>) -> bool {
    let is_called_by_pages = workflow.get("call_type").and_then(Json::text).is_some_and(|kind| kind.contains("UI"));
    is_called_by_pages || workflow.get("ui_pages").is_some_and(|pages| pages.members().next().is_some())
}

/// G3 and G8.
fn check_links(links: &[Link], report: &mut Report<'_>) {
    let mut seen = HashSet::new();
    for (at, link) in links.iter().enumerate() {
        let path = format!("linkages[{at}]");
        let has_one_source = link.from_start != link.source.is_some();
        let source_is_there = link.source.as_ref().is_none_or(|(_, place)| place.is_some());
        // A workflow may end in nothing: Zuora's own example has a linkage `Finish` from the start.
        let target_is_there = link.target.is_some() || (link.key.2.is_none() && link.kind == "Finish");
        if !has_one_source || !source_is_there || !target_is_there {
            report.add(RuleId::G3, &path);
        } else if !seen.insert(&link.key) {
            report.add(RuleId::G8, &path);
        }
    }
}

/// G1 and G2.
fn check_reached<'a>(tasks: &[Json<'a>], links: &[Link], report: &mut Report<'a>) {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); tasks.len()];
    let mut open = Vec::new();
    for link in links {
        let Some(target) = link.target else { continue };
        match &link.source {
            Some((_, Some(source))) => next[*source].push(target),
            Some((_, None)) => {}
            None => open.push(target),
        }
    }
    if open.is_empty() {
        if !tasks.is_empty() {
            report.add(RuleId::G2, "linkages");
        }
        return;
    }
    let mut reached = vec![false; tasks.len()];
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut reached[at], true) {
            open.append(&mut next[at]);
        }
    }
    for (task, _) in tasks.iter().zip(reached).filter(|(_, reached)| !reached) {
        report.enter(*task);
        report.add(RuleId::G1, "id");
    }
    report.leave();
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::findings::tests::{Fixture, graph};

    const TWO: &str = r#"{"id":1,"name":"A","action_type":"Delay"},{"id":"2","name":"B","action_type":"Delay"}"#;

    fn link(source: &str, target: &str, kind: &str) -> String {
        let (workflow, task) = if source == "start" { ("9", "null") } else { ("null", source) };
        format!(
            r#"{{"source_workflow_id":{workflow},"source_task_id":{task},"target_task_id":{target},"linkage_type":"{kind}"}}"#
        )
    }

    fn links(all: &[(&str, &str, &str)]) -> String {
        let all: Vec<_> = all.iter().map(|(source, target, kind)| link(source, target, kind)).collect();
        graph("", TWO, &all.join(","))
    }

    pub(in crate::domain::findings) fn fixtures() -> Vec<Fixture> {
        let (start, next) = (("start", "1", "Start"), ("1", "2", "Success"));
        let fixture = |rule, hit: &[_], near: &[_]| Fixture::new(rule, links(hit), links(near));
        vec![
            fixture(RuleId::G1, &[start], &[start, ("start", "2", "Start")]),
            fixture(RuleId::G1, &[start, ("2", "1", "Success")], &[start, next, ("2", "1", "Failure")]),
            fixture(RuleId::G2, &[next], &[("start", "\"1\"", "InvoicePosted"), next]),
            fixture(RuleId::G3, &[start, next, ("2", "3", "Success")], &[start, next, ("2", "1", "Success")]),
            fixture(RuleId::G3, &[start, next, ("3", "2", "Success")], &[start, next]),
            fixture(RuleId::G3, &[start, next, ("null", "2", "Success")], &[start, next, ("start", "null", "Finish")]),
            fixture(RuleId::G8, &[start, next, next], &[start, next, ("1", "2", "Failure")]),
            Fixture::new(
                RuleId::G2,
                graph(r#""call_type":"BATCH","ui_pages":{}"#, TWO, ""),
                graph(r#""call_type":"UIACTION""#, TWO, ""),
            ),
        ]
    }

    #[test]
    fn each_linkage_and_each_task_is_named_by_its_own_path() {
        use crate::domain::findings::tests::found;

        let found = found(&links(&[("start", "1", "Start"), ("2", "7", "Success")]));
        let named: Vec<_> = found
            .iter()
            .map(|finding| (finding.path.as_str(), finding.task.as_ref().and_then(|task| task.name.as_deref())))
            .collect();

        assert_eq!(named, [("linkages[1]", None), ("id", Some("B"))]);
    }
}

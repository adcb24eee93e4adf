//! The table of rules over everybody's fixtures.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::json::tests::any_json;

/// A definition in which one rule finds something, and one in which none does, although it looks like it.
pub(super) struct Fixture {
    rule: RuleId,
    hit: String,
    near_miss: String,
}

impl Fixture {
    pub(super) fn new(rule: RuleId, hit: String, near_miss: String) -> Self {
        Self { rule, hit, near_miss }
    }
}

/// A sound workflow of one Callout with these parameters.
pub(super) fn callout(parameters: &str) -> String {
    with_task(&format!(r#""name":"Call","action_type":"Callout","parameters":{{{parameters}}}"#))
}

/// A sound workflow of one task with these fields.
pub(super) fn with_task(fields: &str) -> String {
    let start = r#"{"source_workflow_id":9,"source_task_id":null,"target_task_id":1,"linkage_type":"Start"}"#;
    graph("", &format!(r#"{{"id":1,{fields}}}"#), start)
}

/// A workflow without tasks, with these fields of its own.
pub(super) fn with_workflow(fields: &str) -> String {
    graph(fields, "", "")
}

pub(super) fn graph(workflow: &str, tasks: &str, linkages: &str) -> String {
    let comma = if workflow.is_empty() { "" } else { "," };
    format!(r#"{{"workflow":{{"id":9{comma}{workflow}}},"tasks":[{tasks}],"linkages":[{linkages}]}}"#)
}

pub(super) fn found(export: &str) -> Vec<Finding> {
    let findings = check(&Definition::parse(export.as_bytes()).unwrap());
    assert!(findings.complete, "{export}");
    findings.items
}

fn fixtures() -> Vec<Fixture> {
    [
        secrets::tests::fixtures(),
        transport::tests::fixtures(),
        environment::tests::fixtures(),
        graph::tests::fixtures(),
        cases::tests::fixtures(),
        triggers::tests::fixtures(),
        reliability::tests::fixtures(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn rules_of(export: &str) -> BTreeSet<RuleId> {
    found(export).into_iter().map(|finding| finding.rule).collect()
}

#[test]
fn each_rule_finds_its_own_fixture_and_no_rule_finds_a_near_miss() {
    for Fixture { rule, hit, near_miss } in fixtures() {
        assert_eq!(rules_of(&hit), [rule].into(), "{rule}: {hit}");
        assert_eq!(rules_of(&near_miss), BTreeSet::new(), "{rule}: {near_miss}");
    }
}

#[test]
fn each_rule_has_a_fixture_and_stands_at_the_place_of_its_id() {
    let tried: BTreeSet<_> = fixtures().into_iter().map(|fixture| fixture.rule).collect();
    for (at, rule) in RULES.iter().enumerate() {
        assert!(tried.contains(&rule.id) || rule.needs == Needs::Others, "{} has no fixture", rule.id);
        assert_eq!(rule.id as usize, at, "{}", rule.id);
        for text in [rule.title, rule.why, rule.remedy, rule.source] {
            assert!(!text.is_empty() && !text.contains(['|', '\n']), "{}: {text}", rule.id);
        }
    }
}

#[test]
fn the_help_has_the_same_table() {
    let help = include_str!("../../../../docs/help.md");
    let level = |level| serde_json::to_value(level).unwrap().as_str().unwrap().to_owned();
    for Rule { id, level: of, title, why, remedy, .. } in &RULES {
        let row = format!("| {id} | {} | {title}. {why} | {remedy} |", level(*of));
        assert!(help.contains(&row), "docs/help.md lacks {row}");
    }
    let has_level =
        |row: &&str| [" error ", " warning ", " info "].contains(&row.split('|').nth(2).unwrap_or_default());
    assert_eq!(help.lines().filter(has_level).count(), RULES.len());
}

#[test]
fn an_address_of_another_data_center_is_worse_than_the_customers_own() {
    let level =
        |host: &str| found(&callout(&format!(r#""url":"https://{host}/v1/x""#)))[0].level_at("https://rest.zuora.com");

    assert_eq!([level("rest.zuora.com"), level("rest.test.zuora.com")], [Level::Warning, Level::Error]);
}

#[test]
fn of_each_rule_ten_findings_are_kept_and_the_worst_come_first() {
    let tasks: Vec<_> =
        (1..=30).map(|id| format!(r#"{{"id":{id},"disable_validation":true,"password":"hunter2"}}"#)).collect();
    let export = graph(r#""call_type":"UIACTION""#, &tasks.join(","), "");
    let findings = check(&Definition::parse(export.as_bytes()).unwrap());
    let rules: Vec<_> = findings.items.iter().map(|finding| finding.rule).collect();

    assert_eq!(rules, [[RuleId::S1; 10], [RuleId::R4; 10]].concat());
    assert!(!findings.complete);
}

#[test]
fn a_definition_with_very_many_parts_is_judged_as_far_as_memory_allows() {
    let tasks = vec![r#"{"id":1}"#; 60_000].join(",");
    let findings = check(&Definition::parse(graph("", &tasks, "").as_bytes()).unwrap());

    assert_eq!((findings.items, findings.complete), (Vec::new(), false));
}

/// Fields where rules look, with `N` for a needle.
const PLANTED: &str = r#"{"password":"N","basic_auth":{"username":"N","password":"N"},"client_secret":"{{ 'N' }}","object_id":
    "N 2c92c0f96bd69165016bdcbf55ad5e62","headers":[{"key":"Authorization","value":"Bearer N"},{"key":"N","value":"N"}],
    "url":"http://N:N@rest.eu.zuora.com/v1/v1/N?token=NNNNNNNN&N=N","where_clause":"N = '2c92c0f96bd69165016bdcbf55ad5e62'",
    "authorization":{"type":"saved_provider:N"},"template":"-----BEGIN PRIVATE KEY-----N","raw_body":"N","deep":[[{"a":"N"}]],
    "disable_validation":"true","skip_ssl_cert_verification":true,"case_condition":{"Case_1":"N"}}"#;

#[test]
fn no_finding_contains_a_value() {
    let task =
        format!(r#"{{"id":1,"name":"Call","action_type":"Logic::Case","object_id":"N","parameters":{PLANTED}}}"#);
    let workflow =
        format!(r#""scheduled_trigger":true,"interval":"N","timezone":"N","name":"N","parameters":{PLANTED}"#);
    let link = r#"{"source_workflow_id":"N","source_task_id":1,"target_task_id":"N","linkage_type":"Case_7"}"#;
    let export = graph(&workflow, &task, &format!("{link},{link}")).replace('N', "needle0123");
    let findings = found(&export);
    let told = serde_json::to_string(&findings).unwrap();

    assert!(findings.len() >= 20, "{told}");
    assert!(!told.contains("needle") && !told.contains("2c92c0f9"), "{told}");
}

/// Names that rules look for.
fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "id",
        "action_type",
        "parameters",
        "password",
        "url",
        "headers",
        "object_id",
        "fields",
        "case_condition",
        "required",
        "default",
        "interval",
        "timezone",
        "scheduled_trigger",
        "source_task_id",
        "source_workflow_id",
        "target_task_id",
        "linkage_type",
    ])
}

fn object() -> impl Strategy<Value = String> {
    let member =
        (name(), prop_oneof![any_json(), Just("true".to_owned()), Just("1".to_owned()), Just("\"Case_1\"".to_owned())]);
    prop::collection::vec(member, 0..8).prop_map(|members| {
        let members: Vec<_> = members.iter().map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
        format!("{{{}}}", members.join(","))
    })
}

proptest! {
    #[test]
    fn no_definition_panics(workflow in object(), parameters in object(), link in object(), more in object(), text in ".{0,60}") {
        let text = serde_json::to_string(&text).unwrap();
        let export = format!(
            r#"{{"workflow":{workflow},"tasks":[{{"id":1,"action_type":"Logic::Case","parameters":{parameters}}},
                {{"id":2,"url":{text},"password":{text},"query":{text},"parameters":{more}}}],"linkages":[{link},{more}]}}"#
        );
        let _ = found(&export);
    }

    #[test]
    fn no_text_panics(text in ".{0,80}") {
        let _ = (cron::is_sound(&text), time_zones::is_known(&text), literals::written(&text), addresses::Address::read(&text));
    }
}

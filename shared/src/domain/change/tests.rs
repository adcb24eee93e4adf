//! Change records: what two states of a workflow make of them.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::{
    definition::Definition,
    listed_workflow::ListedWorkflow,
    stats::WorkflowOutcome,
    workflow::{Content, DefinitionRef, LastChange},
};

fn workflow(listed: &Value, hash: &str) -> Workflow {
    let definition = DefinitionRef { hash: hash.to_owned(), chunks: 1, bytes: 1, origin: None };
    let change = LastChange { job_id: JobId::new(), restarts: 0, kind: WorkflowOutcome::Updated };
    let at = Timestamp::from_millis(1000);
    let listed = ListedWorkflow::parse(listed.to_string().as_bytes()).unwrap();
    Workflow::from_listed(listed, Some(definition), Content::default(), change, at)
}

fn export(tasks: &Value, linkages: &Value) -> String {
    json!({"workflow": {"id": 1, "priority": "High"}, "tasks": tasks, "linkages": linkages}).to_string()
}

fn differences(old: &str, new: &str) -> Definitions {
    let [old, new] = [old, new].map(|export| Definition::parse(export.as_bytes()).unwrap());
    Definitions::Differ(Box::new(DefinitionEdits::of(&Comparison::of(Some(&old), Some(&new)).unwrap())))
}

fn task(id: u32, name: &str, url: &str) -> Value {
    json!({"id": id, "name": name, "action_type": "Callout", "parameters": {"url": url}})
}

fn compared(old: &str, new: &str) -> Change {
    let listed = json!({"id": 48, "name": "Dunning"});
    let (before, after) = (workflow(&listed, "a"), workflow(&listed, "b"));
    Change::between(Some(&before), &after, differences(old, new))
}

fn names(tasks: &[TaskName]) -> Vec<&str> {
    tasks.iter().filter_map(|task| task.name.as_deref()).collect()
}

#[test]
fn listed_fields_that_differ_are_shown_before_and_after_unknown_ones_too() {
    let old = workflow(
        &json!({"id": 48, "name": "A", "same": [1, {"b": 1, "a": 2}], "gone": "x", "active_version": {"version": "0.0.1"}}),
        "a",
    );
    let new = workflow(
        &json!({"id": 48, "name": "B", "same": [1, {"a": 2, "b": 1}], "new": null, "active_version": {"version": "0.0.2"}}),
        "a",
    );

    let change = Change::between(Some(&old), &new, Definitions::Same);

    assert_eq!(
        (change.kind, change.name.as_deref(), change.definition_changed),
        (ChangeKind::Updated, Some("B"), false)
    );
    assert_eq!((change.version.before.as_deref(), change.version.after.as_deref()), (Some("0.0.1"), Some("0.0.2")));
    let fields: Vec<_> = change.fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["active_version", "gone", "name", "new"]);
    assert_eq!(change.fields[0].values.after.as_deref(), Some(r#"{"version":"0.0.2"}"#));
    assert_eq!(
        (change.fields[2].values.before.as_deref(), change.fields[2].values.after.as_deref()),
        (Some("A"), Some("B"))
    );
    assert_eq!((change.tasks, change.linkages), (None, None));
}

#[test]
fn a_change_names_the_definitions_before_and_after_it() {
    let listed = json!({"id": 48, "name": "Dunning"});
    let (old, new) = (workflow(&listed, "a"), workflow(&listed, "b"));
    let named = |change: Change| (change.definition.before, change.definition.after);
    let hashes = |before: Option<&str>, after: Option<&str>| (before.map(str::to_owned), after.map(str::to_owned));

    let created = Change::between(None, &old, Definitions::Incomparable);
    assert_eq!(named(created), hashes(None, Some("a")));
    let edited = Change::between(Some(&old), &new, Definitions::Incomparable);
    assert_eq!(named(edited), hashes(Some("a"), Some("b")));
    assert_eq!(named(Change::deleted(&new)), hashes(Some("b"), None));
    // A record of the time before it named them.
    let mut json = serde_json::to_value(Change::deleted(&new)).unwrap();
    json.as_object_mut().unwrap().remove("definition");
    assert_eq!(named(serde_json::from_value(json).unwrap()), hashes(None, None));
}

#[test]
fn tasks_are_matched_by_name_and_kind_whatever_their_ids() {
    let old = export(&json!([task(1, "Get", "a"), task(2, "Send", "a"), task(3, "Old", "a")]), &json!([]));
    let new = export(&json!([task(901, "New", "z"), task(902, "Get", "a"), task(903, "Send", "b")]), &json!([]));

    let tasks = compared(&old, &new).tasks.unwrap();

    assert_eq!((names(&tasks.added), names(&tasks.removed)), (vec!["New"], vec!["Old"]));
    assert_eq!(
        (tasks.edited[0].name.name.as_deref(), &tasks.edited[0].fields),
        (Some("Send"), &vec!["parameters.url".to_owned()])
    );
    assert_eq!(tasks.counts, EditCounts { added: 1, removed: 1, renamed: 0, edited: 1 });
}

#[test]
fn every_edit_that_is_named_has_its_class() {
    let listed = |name: &str| json!({"id": 48, "name": name, "updatedAt": name});
    let export = |version: &str, top: u32, url: &str| {
        let mut moved = task(1, "Get", url);
        moved["css"] = json!({"top": top});
        json!({"workflow": {"version": version, "interval": url}, "tasks": [moved], "linkages": []}).to_string()
    };
    let definitions = differences(&export("1", 1, "a"), &export("2", 2, "b"));

    let change = Change::between(Some(&workflow(&listed("A"), "a")), &workflow(&listed("B"), "b"), definitions);

    let named = |name: &str, class| (name.to_owned(), class);
    assert_eq!(
        change.class_of.into_iter().collect::<Vec<_>>(),
        [
            named("name", Class::Logic),
            named("updatedAt", Class::Bookkeeping),
            named("workflow.interval", Class::Trigger),
            named("workflow.version", Class::Bookkeeping),
        ]
    );
    let edited = &change.tasks.unwrap().edited[0];
    assert_eq!(
        (edited.class, edited.class_of.clone().into_iter().collect::<Vec<_>>()),
        (Some(Class::Logic), vec![named("css.top", Class::Layout), named("parameters.url", Class::Logic)])
    );
}

#[test]
fn of_tasks_with_the_same_name_the_unchanged_ones_are_matched_first() {
    let old = export(&json!([task(1, "Call", "a"), task(2, "Call", "b"), task(3, "Call", "c")]), &json!([]));
    let new = export(
        &json!([task(4, "Call", "b"), task(5, "Call", "c"), task(6, "Call", "d"), task(7, "Call", "e")]),
        &json!([]),
    );

    let tasks = compared(&old, &new).tasks.unwrap();

    assert_eq!(tasks.counts, EditCounts { added: 1, removed: 0, renamed: 0, edited: 1 }, "a became d, e is new");
}

#[test]
fn linkages_are_matched_by_the_tasks_at_their_ends() {
    let tasks =
        |from: u32| json!([task(from, "Get", "a"), task(from + 1, "Send", "a"), task(from + 2, "Interruption", "a")]);
    let link =
        |from: u32, to: u32, kind: &str| json!({"source_task_id": from, "target_task_id": to, "linkage_type": kind});
    let old = export(&tasks(1), &json!([link(1, 2, "Success"), link(2, 3, "Success")]));
    let new = export(&tasks(91), &json!([link(91, 92, "Failure"), link(91, 93, "Success")]));

    let linkages = compared(&old, &new).linkages.unwrap();

    assert_eq!(linkages.counts, EditCounts { added: 1, removed: 1, renamed: 0, edited: 1 });
    assert_eq!(linkages.edited[0].fields, ["linkage_type"]);
    assert_eq!(linkages.edited[0].name.linkage_type.as_deref(), Some("Failure"));
    assert_eq!(linkages.removed[0].from.as_ref().and_then(|task| task.name.as_deref()), Some("Send"));
}

#[test]
fn a_new_workflow_is_told_by_its_counts_and_a_revived_one_by_what_is_different_since() {
    let listed = json!({"id": 48, "name": "Dunning"});
    let new = workflow(&listed, "a");
    let extent = Extent { tasks: 3, linkages: 2, settings: 9 };

    let created = Change::between(None, &new, Definitions::New(extent));
    let (tasks, linkages) = (created.tasks.unwrap(), created.linkages.unwrap());
    assert_eq!((created.kind, created.definition_changed), (ChangeKind::Created, true));
    assert_eq!((tasks.counts.added, linkages.counts.added, created.settings_count), (3, 2, 9));
    assert!(tasks.added.is_empty() && created.settings.is_empty() && created.fields.is_empty());

    let tombstone = Workflow { deleted_at: Some(Timestamp::EPOCH), ..workflow(&json!({"id": 48, "name": "Old"}), "a") };
    let revived = Change::between(Some(&tombstone), &new, Definitions::Same);
    assert_eq!((revived.kind, revived.fields[0].field.as_str()), (ChangeKind::Created, "name"));
}

#[test]
fn a_deletion_shows_the_last_version() {
    let gone = workflow(&json!({"id": 48, "name": "Dunning", "active_version": {"version": "0.0.3"}}), "a");

    let change = Change::deleted(&gone);

    assert_eq!(
        (change.kind, change.version.before.as_deref(), change.version.after),
        (ChangeKind::Deleted, Some("0.0.3"), None)
    );
}

#[test]
fn a_definition_that_cannot_be_read_any_more_is_told_and_stops_nothing() {
    let listed = json!({"id": 48});
    let change = Change::between(Some(&workflow(&listed, "a")), &workflow(&listed, "b"), Definitions::Incomparable);

    assert_eq!((change.definition_changed, change.tasks), (true, None));
}

#[test]
fn a_record_always_fits_an_item_and_keeps_its_counts() {
    let long = |n: u32| "\u{1f9fe}".repeat(250) + &n.to_string();
    let many = |url: &str| {
        let tasks = (0..200).map(|n| {
            let mut task = task(n, &format!("{n}{}", long(n)), url);
            for field in 0..25 {
                task[format!("{field}{}", long(field))] = json!(url);
            }
            task
        });
        json!(tasks.collect::<Vec<_>>())
    };
    let listed = |value: &str| {
        Value::Object(
            (0..200).map(|n| (long(n), json!(value.repeat(300)))).chain([("id".to_owned(), json!(48))]).collect(),
        )
    };
    let definitions = differences(&export(&many("a"), &json!([])), &export(&many("b"), &json!([])));

    let change = Change::between(Some(&workflow(&listed("\u{1f9fe}"), "a")), &workflow(&listed("x"), "b"), definitions);

    assert!(serde_json::to_string(&change).unwrap().len() < 20_000);
    assert_eq!(change.tasks.unwrap().counts.edited, 200);
}

#[test]
fn fifty_of_each_kind_are_named_and_all_are_counted() {
    let many = |n: u32| export(&json!((0..n).map(|n| task(n, &n.to_string(), "a")).collect::<Vec<_>>()), &json!([]));

    for (tasks, named) in [(49, 49), (50, 50), (51, 50)] {
        let added = compared(&export(&json!([]), &json!([])), &many(tasks)).tasks.unwrap();
        assert_eq!((added.added.len(), added.counts.added), (named, u64::from(tasks)));
    }
}

#[test]
fn a_record_is_shortened_only_when_it_is_over_its_size() {
    let padded = |length: usize| {
        let mut change = Change::deleted(&workflow(&json!({"id": 48}), "a"));
        change.settings = vec!["a".to_owned(); 30];
        let rest = length - serde_json::to_string(&change).unwrap().len();
        change.settings[0] = "a".repeat(rest + 1);
        assert_eq!(serde_json::to_string(&change).unwrap().len(), length);
        change.fit().settings.len()
    };

    assert_eq!((padded(LARGEST), padded(LARGEST + 1)), (30, 20));
}

proptest! {
    #[test]
    fn nothing_is_counted_twice_or_forgotten(old in prop::collection::vec((0..4_u8, 0..3_u8), 0..12), new in prop::collection::vec((0..4_u8, 0..3_u8), 0..12)) {
        let tasks = |parts: &[(u8, u8)]| {
            let tasks: Vec<_> = parts.iter().zip(0..).map(|((name, url), id)| task(id, &name.to_string(), &url.to_string())).collect();
            export(&json!(tasks), &json!([]))
        };

        let counts = compared(&tasks(&old), &tasks(&new)).tasks.unwrap().counts;

        let same = old.len() as u64 - counts.removed - counts.edited;
        prop_assert_eq!(same + counts.added + counts.edited, new.len() as u64);
        let back = compared(&tasks(&new), &tasks(&old)).tasks.unwrap().counts;
        prop_assert_eq!((back.added, back.removed, back.edited), (counts.removed, counts.added, counts.edited));
        if old == new {
            prop_assert_eq!(counts, EditCounts::default());
        }
    }
}

#[test]
fn two_long_values_are_cut_so_that_their_difference_is_seen() {
    let common = "x".repeat(5_000);
    let with = |end: &str| workflow(&json!({"id": 48, "description": format!("{common}{end}")}), "a");

    let change = Change::between(Some(&with("before")), &with("after"), Definitions::Same);

    let BeforeAfter { before, after } = &change.fields[0].values;
    let shown = |end: &str| Some(format!("\u{2026}{}{end}", "x".repeat(20)));
    assert_eq!((before, after), (&shown("before"), &shown("after")));
}

#[test]
fn lists_that_are_cut_have_their_counts() {
    let listed = |n: u32| {
        let fields: serde_json::Map<_, _> = (0..300).map(|field| (format!("field_{field}"), json!(n))).collect();
        let mut listed = Value::Object(fields);
        listed["id"] = json!(48);
        workflow(&listed, "a")
    };
    let settings = |n: u32| {
        let other: String = (0..80).map(|part| format!(r#","part_{part}":{n}"#)).collect();
        format!(r#"{{"workflow":{{}},"tasks":[]{other}}}"#)
    };
    let definitions = differences(&settings(1), &settings(2));

    let change = Change::between(Some(&listed(1)), &listed(2), definitions);

    assert_eq!((change.fields_count, change.settings_count), (300, 80));
    assert!(change.fields.len() <= NAMED && change.settings.len() <= NAMED);
    assert_eq!(change.class_of.len(), change.fields.len() + change.settings.len());
}

//! The shapes of real exports, one by one.

use serde_json::{Value, json};

use super::{told, told_of};

fn task(id: u64, name: &str, kind: &str, parameters: &Value) -> Value {
    json!({"id": id, "name": name, "action_type": kind, "parameters": parameters, "css": {"top": "1px", "left": "2px"}})
}

fn link(from: u64, to: u64, kind: &str) -> Value {
    json!({"source_task_id": from, "target_task_id": to, "linkage_type": kind})
}

fn entry(to: u64, kind: &str) -> Value {
    json!({"source_workflow_id": 7, "source_task_id": null, "target_task_id": to, "linkage_type": kind})
}

fn export(workflow: &Value, tasks: &[Value], linkages: &[Value]) -> Value {
    json!({"workflow": workflow, "tasks": tasks, "linkages": linkages})
}

fn plain(tasks: &[Value], linkages: &[Value]) -> Value {
    export(&json!({"id": 7, "version": "1"}), tasks, linkages)
}

/// One task, with this in the place of its parameters.
fn one(parameters: &Value) -> Value {
    plain(&[task(1, "Send", "Callout", parameters)], &[entry(1, "Start")])
}

/// Subscriptions are queried, sent one by one and mailed; the ids of the tasks begin at `first`.
fn with_files(first: u64, version: &str) -> Value {
    let file = format!("Subscription__{first}.csv.zip");
    let mut each = task(first + 1, "Each", "Iterate", &json!({}));
    each["object"] = json!(file);
    let mail = task(first + 2, "Mail", "Email", &json!({"files": {file.as_str(): {"format": "zip"}}}));
    let body = format!("{{{{ Data.Files['{file}'].name }}}}");
    let send = task(first + 3, "Send", "Callout", &json!({"files": [{"key": file}], "raw_body": body}));
    let workflow = json!({"id": first, "version": version, "merge_task_ids": [first + 2, first]});
    let linkages = [
        entry(first, "Start"),
        link(first, first + 1, "Success"),
        link(first + 1, first + 2, "For Each"),
        link(first + 1, first + 3, "Complete"),
    ];
    export(&workflow, &[task(first, "Get", "Export", &json!({"query": "q"})), each, mail, send], &linkages)
}

#[test]
fn p1_a_cloned_version_differs_in_its_version_alone() {
    assert_eq!(told_of(&with_files(101, "1"), &with_files(901, "2")), ["~ workflow.version Bookkeeping"]);
}

#[test]
fn p1_another_file_is_an_edit_and_named_by_its_task() {
    let mut new = with_files(901, "1");
    new["tasks"][2]["parameters"]["files"] = json!({"Subscription__902.csv.zip": {"format": "zip"}});

    let old = with_files(101, "1");
    assert_eq!(
        told_of(&old, &new),
        [
            "~ task Mail [parameters.files.Subscription__Each.csv.zip.format Notification, parameters.files.Subscription__Get.csv.zip.format Notification]"
        ]
    );
    let mut new = with_files(901, "1");
    new["workflow"]["merge_task_ids"] = json!([903, 902]);
    assert_eq!(told_of(&old, &new), ["~ workflow.merge_task_ids Logic"]);
}

#[test]
fn p2_and_p3_order_and_white_space_are_no_edit() {
    let base = r#"{"workflow":{"a":1,"b":2},"workflow_definition":{"x":1,"y":[2]},"tasks":[{"id":1,"name":"a"},{"id":2,"name":"b"}],
        "linkages":[{"target_task_id":1},{"source_task_id":1,"target_task_id":2}]}"#;
    let other = r#"{"tasks":[{"name":"b","id":2},{"name":"a","id":1}],"workflow_definition":{ "y" : [2],"x":1},"workflow":{"b":2,"a":1},
        "linkages":[{"source_task_id":1,"target_task_id":2},{"target_task_id":1}]}"#;

    assert!(told(base, other).is_empty());
    assert_eq!(told(base, &other.replace("[2]", "[3]")), ["~ workflow_definition.y Logic"]);
}

#[test]
fn p4_a_moved_task_is_layout() {
    let mut moved = one(&json!({}));
    moved["tasks"][0]["css"]["top"] = json!("90px");

    assert_eq!(told_of(&one(&json!({})), &moved), ["~ task Send [css.top Layout]"]);
}

#[test]
fn p5_and_p6_line_ends_and_the_types_of_scalars_are_no_edit() {
    let base = json!({"code": "a\r\nb\rc", "strict": "true", "limit": "30", "list": ["1", null]});

    assert!(
        told_of(&one(&base), &one(&json!({"code": "a\nb\nc", "strict": true, "limit": 30, "list": [1, null]})))
            .is_empty()
    );
    assert_eq!(
        told_of(&one(&base), &one(&json!({"code": "a\nb\nd", "strict": false, "limit": 31, "list": ["1", "null"]}))),
        ["~ task Send [parameters.code Logic, parameters.limit Logic, parameters.list Logic, parameters.strict Logic]"]
    );
}

#[test]
fn p7_a_group_of_linkages_is_layout() {
    let mut grouped = one(&json!({}));
    grouped["linkages"][0]["internal_group"] = json!("g1");

    assert_eq!(told_of(&one(&json!({})), &grouped), ["~ linkage start -Start-> Send [internal_group Layout]"]);
}

#[test]
fn p8_p12_and_p13_fields_of_runs_and_absent_values_are_no_edit() {
    let base = one(&json!({"deep": {"list": [], "gone": null}}));
    let mut run = one(&json!({"deep": {"list": [""]}, "other": null}));
    for (field, value) in
        [("data_size", json!(5)), ("restart_at", json!("now")), ("notes", json!(null)), ("error", json!("x"))]
    {
        run["tasks"][0][field] = value;
    }
    run["workflow"]["status"] = json!("Active");
    run["workflow"]["external_track_id"] = json!("x");
    run["workflow"]["updated_by"] = json!({"updated_at": "now"});
    let mut seen = base.clone();
    seen["workflow"]["updated_by"] = json!({"updated_at": "before"});

    assert!(told_of(&seen, &run).is_empty());
    run["tasks"][0]["notes"] = json!("why");
    assert_eq!(told_of(&seen, &run), ["~ task Send [notes Bookkeeping]"]);
    assert_eq!(
        told_of(&base, &one(&json!({"deep": {"list": ["", ""]}}))),
        ["~ task Send [parameters.deep.list Logic]"]
    );
}

/// A decision with two tasks of the same name.
fn twins(to_true: u64, to_false: u64) -> Value {
    let tasks = [
        task(1, "Large?", "If", &json!({})),
        task(2, "Call", "Callout", &json!({"url": "a"})),
        task(3, "Call", "Callout", &json!({"url": "b"})),
    ];
    plain(&tasks, &[entry(1, "Start"), link(1, to_true, "True"), link(1, to_false, "False")])
}

#[test]
fn p9_swapped_branches_between_like_named_tasks_are_two_edits() {
    assert_eq!(
        told_of(&twins(2, 3), &twins(3, 2)),
        [
            "~ linkage Large? -True-> Call #2 [linkage_type Logic]",
            "~ linkage Large? -False-> Call #1 [linkage_type Logic]"
        ]
    );
    assert!(told_of(&twins(2, 3), &twins(2, 3)).is_empty());
}

#[test]
fn p10_a_renamed_task_is_renamed_and_nothing_else() {
    let mut renamed = with_files(901, "1");
    renamed["tasks"][1]["name"] = json!("Every");

    assert_eq!(told_of(&with_files(101, "1"), &renamed), ["= task Each > Every"]);
    let mut one_of_two = twins(2, 3);
    one_of_two["tasks"][2]["name"] = json!("Call again");
    assert_eq!(told_of(&twins(2, 3), &one_of_two), ["= task Call #2 > Call again"]);
    let mut edited_too = twins(2, 3);
    edited_too["tasks"][0] = task(1, "Small?", "If", &json!({"clause": "x"}));
    assert_eq!(
        told_of(&twins(2, 3), &edited_too),
        ["= task Large? > Small?", "~ task Small? [parameters.clause Logic]"]
    );
}

#[test]
fn a_task_in_the_place_of_one_that_is_nothing_like_it_is_not_renamed() {
    let mut other = one(&json!({"a": 1, "b": 2, "c": 3}));
    other["tasks"][0]["name"] = json!("Other");
    other["tasks"][0]["css"] = json!(null);

    let mut old = one(&json!({"d": 1, "e": 2, "f": 3}));
    old["tasks"][0]["css"] = json!(null);
    assert_eq!(
        told_of(&old, &other),
        ["+ task Other", "- task Send", "+ linkage start -Start-> Other", "- linkage start -Start-> Send"]
    );
}

#[test]
fn p11_the_recipient_of_a_mail_is_named_by_its_path() {
    let mail = |to: &str| plain(&[task(1, "Mail", "Email", &json!({"email": {"to": to, "template": "t"}}))], &[]);

    assert_eq!(told_of(&mail("a"), &mail("b")), ["~ task Mail [parameters.email.to Notification]"]);
}

#[test]
fn p14_settings_that_came_as_text_are_read() {
    let base = one(&json!({"url": "a", "n": 1}));

    assert!(told_of(&base, &one(&json!(r#"{"n": 1, "url": "a"}"#))).is_empty());
    assert_eq!(told_of(&base, &one(&json!(r#"{"n": 2, "url": "a"}"#))), ["~ task Send [parameters.n Logic]"]);
    assert_eq!(told_of(&one(&json!("free text")), &one(&json!("other text"))), ["~ task Send [parameters Logic]"]);
}

#[test]
fn p15_a_linkage_from_an_unknown_task_does_not_start_the_workflow() {
    let mut cut = twins(2, 3);
    cut["linkages"].as_array_mut().unwrap().push(link(99, 2, "Success"));

    assert_eq!(told_of(&twins(2, 3), &cut), ["+ linkage missing -Success-> Call #1"]);
}

#[test]
fn p16_a_second_event_that_starts_a_task_is_one_more_linkage() {
    let with = |events: &[&str]| {
        let entries: Vec<_> = events.iter().map(|event| entry(1, event)).collect();
        let workflow = json!({"id": 7, "parameters": {"event_triggers": events}});
        export(&workflow, &[task(1, "Send", "Callout", &json!({}))], &entries)
    };

    assert_eq!(
        told_of(&with(&["InvoicePosted"]), &with(&["InvoicePosted", "PaymentProcessed"])),
        ["+ linkage start -PaymentProcessed-> Send", "~ workflow.parameters.event_triggers Trigger"]
    );
}

#[test]
fn p23_and_p24_long_ids_and_odd_keys_are_what_they_are() {
    let with = |id: &str, other: &str| {
        format!(
            r#"{{"workflow":{{}},"tasks":[{{"id":{id},"name":"a"}},{{"id":{other},"name":"b","parameters":{{"$serde_json::private::RawValue":"1","file":"X__{id}.csv"}}}}],
            "linkages":[{{"source_task_id":{id},"target_task_id":{other}}}]}}"#
        )
    };
    let (one, other) = ("36893488147419103232", "36893488147419103233");

    assert!(told(&with(one, other), &with("1", "2")).is_empty());
    assert!(told(&with(one, other), &with(other, one)).is_empty(), "two ids that are one as floating-point numbers");
    let edited = with("1", "2").replace(r#"RawValue":"1""#, r#"RawValue":"2""#);
    assert_eq!(told(&with(one, other), &edited), ["~ task b [parameters.$serde_json::private::RawValue Logic]"]);
}

#[test]
fn two_equal_branches_stay_together_whatever_their_order() {
    let tasks = |ids: [u64; 5]| -> Vec<Value> {
        let names = ["Split", "Get", "Send", "Get", "Send"];
        ids.iter().zip(names).map(|(id, name)| task(*id, name, name, &json!({}))).collect()
    };
    let links = |[split, get, send, get2, send2]: [u64; 5]| {
        [
            entry(split, "Start"),
            link(split, get, "Success"),
            link(get, send, "Success"),
            link(split, get2, "Success"),
            link(get2, send2, "Success"),
        ]
    };
    let old = plain(&tasks([1, 2, 3, 4, 5]), &links([1, 2, 3, 4, 5]));
    let ids = [21, 24, 23, 22, 25];
    let mut mixed = tasks(ids);
    mixed.swap(2, 4);

    assert!(told_of(&old, &plain(&mixed, &links(ids))).is_empty());
}

#[test]
fn definitions_with_too_many_parts_are_not_compared() {
    let tasks: Vec<_> = (0..=super::super::MAX_PARTS).map(|id| format!(r#"{{"id":{id}}}"#)).collect();
    let export = format!(r#"{{"workflow":{{}},"tasks":[{}]}}"#, tasks.join(","));
    let definition = super::Definition::parse(export.as_bytes()).unwrap();

    assert!(super::Comparison::of(None, Some(&definition)).is_none());
}

#[test]
fn a_part_with_fields_without_number_is_compared_less_finely() {
    let wide = |members: usize, last: u32| {
        let members: Vec<_> = (0..members).map(|n| format!(r#""k{n}":{{"a":1}}"#)).collect();
        format!(
            r#"{{"workflow":{{}},"tasks":[{{"id":1,"name":"t","parameters":{{{},"z":{{"a":{last}}}}}}}]}}"#,
            members.join(",")
        )
    };

    assert_eq!(told(&wide(100, 1), &wide(100, 2)), ["~ task t [parameters.z.a Logic]"]);
    assert_eq!(told(&wide(10_001, 1), &wide(10_001, 2)), ["~ task t [parameters Logic]"]);
}

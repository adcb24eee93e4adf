use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::domain::definition::Definition;

fn of(export: &Value) -> References {
    References::of(&Definition::parse(export.to_string().as_bytes()).unwrap())
}

fn one_task(action: &str, parameters: &Value) -> References {
    let task = json!({"id": 7, "name": "T", "action_type": action, "parameters": parameters});
    of(&json!({"workflow": {"id": 1}, "tasks": [task]}))
}

fn values(references: &References, kind: Kind) -> Vec<&str> {
    references.all.iter().filter(|found| found.kind == kind).map(|found| found.value.as_str()).collect()
}

#[test]
fn each_kind_of_reference_is_found_where_zuora_keeps_it() {
    let callout = one_task(
        "Callout",
        &json!({
            "url": "https://erp.example.com/invoices/{{ Data.Invoice.Id }}",
            "headers": [{"key": "X-API-Key", "value": "{{ GlobalConstants.ErpKey }}"}],
            "raw_body": "{\"to\":\"ann@example.com\",\"name\":\"{{ Account.Name }}\"}",
        }),
    );
    assert_eq!(values(&callout, Kind::Host), ["erp.example.com"]);
    assert_eq!(values(&callout, Kind::Field), ["account.name", "invoice.id"]);
    assert_eq!(values(&callout, Kind::Object), ["account", "invoice"]);
    assert_eq!(values(&callout, Kind::Constant), ["globalconstants.erpkey"]);
    assert_eq!(values(&callout, Kind::Email), ["ann@example.com"]);
    assert_eq!(values(&callout, Kind::ActionType), ["callout"]);

    let query =
        one_task("Query", &json!({"fields": {"Invoice": {"Id": "true", "Balance": "false", "Due__c": "true"}}}));
    assert_eq!(values(&query, Kind::Field), ["invoice.due__c", "invoice.id"]);

    let sftp = one_task("Upload::SFTP", &json!({"host": "files.example.com", "polling_host": "{{ x }}"}));
    assert_eq!(values(&sftp, Kind::Host), ["files.example.com"]);
}

#[test]
fn a_workflow_is_named_by_its_id_by_its_name_or_by_a_call_of_its_run() {
    let by_id = one_task("Execute::WorkflowTask", &json!({"workflow_id": 48, "workflow_name": "Dunning Main"}));
    let named: Vec<_> = by_id.all.iter().filter(|found| found.kind == Kind::Workflow).collect();
    assert_eq!(
        named.iter().map(|found| (found.value.as_str(), found.is_by_name())).collect::<Vec<_>>(),
        [("48", false), ("dunning main", true)]
    );
    let run = one_task("Callout", &json!({"url": "https://rest.zuora.com/workflows/49/run"}));
    assert_eq!(values(&run, Kind::Workflow), ["49"]);

    let template = one_task("Execute::WorkflowTask", &json!({"workflow_id": "{{ Data.Liquid.id }}"}));
    let elsewhere = one_task("Callout", &json!({"workflow_id": "48"}));
    assert!(values(&template, Kind::Workflow).is_empty() && values(&elsewhere, Kind::Workflow).is_empty());
}

#[test]
fn pairs_of_object_and_field_are_fields_in_either_order_and_outside_of_tasks_too() {
    let fields = json!([{"object_name": "Account", "field_name": "Name"}, {"field_name": "Id", "object_name": "Order"}, {"field_name": "x"}]);
    let found = of(&json!({"workflow": {"id": 1, "parameters": {"fields": fields}}, "tasks": []}));

    assert_eq!(values(&found, Kind::Field), ["account.name", "order.id"]);
    assert_eq!(found.all[1].task, None);
    assert_eq!(found.all[1].path, "workflow.parameters.fields[0].object_name");
}

#[test]
fn a_file_names_the_task_that_makes_it() {
    let tasks = json!([
        {"id": 101, "name": "Export", "action_type": "Export", "object": "Subscription"},
        {"id": 102, "name": "Each", "action_type": "Iterate", "object": "Subscription__101.csv.zip"},
    ]);
    let found = of(&json!({"workflow": {"id": 1}, "tasks": tasks}));

    let file = found.all.iter().find(|found| found.kind == Kind::File).unwrap();
    assert_eq!((file.value.as_str(), file.maker()), ("subscription__101", Some("101")));
    assert_eq!(found.task(file).unwrap().1.as_deref(), Some("Each"));
    assert_eq!(found.task_called("101").unwrap().1.as_deref(), Some("Export"));
    assert_eq!(values(&found, Kind::Object), ["subscription"], "the object of the second is a file");
}

#[test]
fn of_a_secret_only_the_names_of_its_constants_are_taken() {
    let secret = "hunter2 {{ GlobalConstants.Key }} https://secret.example.com a@secret.example.com Account.Secret";
    let found =
        one_task("Callout", &json!({"headers": [{"key": "Authorization", "value": secret}], "password": secret}));

    assert_eq!(values(&found, Kind::Constant), ["globalconstants.key"]);
    assert_eq!(found.all.len(), 2, "and the action: {found:?}");
    assert!(!serde_json::to_string(&found).unwrap().contains("hunter2"));
}

#[test]
fn the_user_of_a_url_is_in_no_snippet_and_is_no_address() {
    let found = one_task("Callout", &json!({"url": "https://bob:hunter2@erp.example.com/x"}));

    assert_eq!(values(&found, Kind::Host), ["erp.example.com"]);
    assert!(values(&found, Kind::Email).is_empty());
    assert!(!serde_json::to_string(&found).unwrap().contains("hunter2"));
}

#[test]
fn what_has_no_room_is_left_out_and_it_is_said() {
    let many: Vec<String> = (0..3_000).map(|n| format!("https://host-{n}.example.com")).collect();
    let found = one_task("Callout", &json!({ "urls": many }));
    assert_eq!((found.complete, found.all.len()), (false, MOST));

    let long: Vec<String> = (0..2_000).map(|n| format!("{n}{}@example.com", "ü\u{1}".repeat(300))).collect();
    let tasks: Vec<_> =
        (0..2_500).map(|n| json!({"id": n, "name": "n".repeat(300), "object": long[n % 2_000]})).collect();
    let found = of(&json!({"workflow": {"id": 1}, "tasks": tasks}));
    assert!(!found.complete && found.pack().unwrap().len() < 300_000);
}

#[test]
fn a_real_size_packs_to_about_a_kilobyte() {
    let task = |n: usize| {
        json!({"id": 800 + n, "name": format!("Callout Invoice {n}"), "action_type": "Callout", "object": "Invoice", "parameters": {
            "url": format!("https://erp.example.com/invoice/{{{{ Data.Invoice.Id }}}}?n={n}"),
            "headers": [{"key": "X-API-Key", "value": "{{ GlobalConstants.ERP_KEY }}"}],
            "email": {"to": ["{{ Data.Account.BillToContact.WorkEmail }}"], "from": "billing@example.com"},
        }})
    };
    let found = of(&json!({"workflow": {"id": 1}, "tasks": (0..12).map(task).collect::<Vec<_>>()}));

    assert_eq!(found.all.len(), 12 * 8);
    let packed = found.pack().unwrap().len();
    assert!(packed < 1_200, "{packed}");
}

/// A scalar with what it refers to, by kind; `#` stands for a number that makes it different from all others.
const NEEDLES: [(&str, &[(Kind, &str)]); 7] = [
    ("see https://h#.example.com/x", &[(Kind::Host, "h#.example.com")]),
    ("Mail U#@Example.com!", &[(Kind::Email, "u#@example.com")]),
    ("{{ GlobalConstants.Key# }}", &[(Kind::Constant, "globalconstants.key#")]),
    ("{{ Data.Account.F#__c }}", &[(Kind::Field, "account.f#__c"), (Kind::Object, "account")]),
    ("Invoice.G# > 0", &[(Kind::Field, "invoice.g#"), (Kind::Object, "invoice")]),
    ("{{ Data.Files['Usage__#.csv'] }}", &[(Kind::File, "usage__#")]),
    ("/workflows/#/run", &[(Kind::Workflow, "#")]),
];

fn member() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["url", "raw_body", "template", "code", "to", "value", "data_ü", "query"])
        .prop_map(str::to_owned)
}

/// Puts a value some levels deep.
fn deep(value: Value, levels: &[(String, bool)]) -> Value {
    levels.iter().fold(value, |value, (name, list)| {
        if *list { json!([0, value]) } else { Value::Object(Map::from_iter([(name.clone(), value)])) }
    })
}

proptest! {
    #[test]
    fn what_is_planted_is_found_by_its_kind_in_each_place_and_nothing_else(
        plants in prop::collection::vec((0..NEEDLES.len(), prop::collection::vec((member(), any::<bool>()), 1..6), any::<bool>()), 0..12),
    ) {
        let mut expected = BTreeSet::from([(Kind::ActionType, "x".to_owned(), Some(0))]);
        let mut parameters = Map::new();
        for (n, (which, levels, as_text)) in plants.iter().enumerate() {
            let (text, refers) = NEEDLES[*which];
            let planted = deep(json!(text.replace('#', &n.to_string())), levels);
            // JSON in a text is read as what it is.
            let planted = if *as_text && (planted.is_object() || planted.is_array()) { json!(planted.to_string()) } else { planted };
            parameters.insert(format!("p{n}"), planted);
            expected.extend(refers.iter().map(|(kind, value)| (*kind, value.replace('#', &n.to_string()), Some(0))));
        }
        let export = json!({"workflow": {"id": 1}, "tasks": [{"id": 1, "action_type": "X", "parameters": parameters}]});

        let found = of(&export);
        let stored = References::unpack(&found.pack().unwrap()).unwrap();

        prop_assert_eq!(&stored, &found);
        let all: BTreeSet<_> = found.all.iter().map(|found| (found.kind, found.value.clone(), found.task)).collect();
        prop_assert_eq!(&all, &expected);
        for (kind, value, _) in &expected {
            let needle = kind.needle(&value.to_uppercase());
            let kept = References::unpack_with(&found.pack().unwrap(), &[&needle]).unwrap();
            prop_assert!(kept.is_some_and(|kept| kept.all.iter().any(|found| found.kind == *kind && found.value.contains(&needle))));
        }
        prop_assert!(References::unpack_with(&found.pack().unwrap(), &["\"absent"]).unwrap().is_none());
    }

    #[test]
    fn no_value_of_a_secret_is_in_what_is_stored(
        field in prop::sample::select(vec!["password", "client_secret", "api_key", "Authorization", "private_key", "slackToken", "polling_client_secret"]),
        levels in prop::collection::vec((member(), any::<bool>()), 0..5), as_header: bool, as_text: bool,
    ) {
        let secret = "hunter2 https://hunter2.example.com hunter2@example.com Account.hunter2 /workflows/hunter2/run";
        let held = if as_header { json!([{"key": "Authorization", "value": secret}]) } else { json!({ field: secret }) };
        let held = deep(held, &levels);
        let held = if as_text { json!(held.to_string()) } else { held };

        let found = one_task("Callout", &json!({ "x": held }));

        prop_assert!(!serde_json::to_string(&found).unwrap().contains("hunter2"), "{found:?}");
        let export = json!({"workflow": {"id": 1}, "tasks": [{"id": 1, "parameters": {"x": held}}]}).to_string();
        let places = crate::domain::text_search::Needle::new("hunter2").places(&Definition::parse(export.as_bytes()).unwrap(), 5);
        prop_assert_eq!(places, []);
    }

    #[test]
    fn no_definition_panics(value in crate::domain::json::tests::any_json()) {
        let export = format!(r#"{{"workflow":{{}},"x":{value},"tasks":[{{"id":1,"parameters":{value}}}]}}"#);
        if let Ok(definition) = Definition::parse(export.as_bytes()) {
            let found = References::of(&definition);
            prop_assert_eq!(References::unpack(&found.pack().unwrap()).unwrap(), found);
        }
    }
}

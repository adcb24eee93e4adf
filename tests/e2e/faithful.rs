//! Legal input from Zuora is stored byte for byte and shown unaltered; any other fails alone.

use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use serde_json::json;
use tests::simulator::{Route, Simulator, Workflow};

use crate::{
    upstream::{Reader, stats, tenant},
    world::World,
};

/// A workflow that Zuora lists and exports in exactly these bytes.
fn raw(id: u64, item: Option<Vec<u8>>, export: Option<String>) -> Workflow {
    let (raw_item, raw_export) = (item.map(Bytes::from), export.map(Bytes::from));
    Workflow { id, raw_item, raw_export, ..Workflow::named("Raw") }
}

fn export(task: &str) -> String {
    format!(r#"{{"workflow":{{"id":1}},"tasks":[{{"id":7,"name":"first"}},{task}],"linkages":[]}}"#)
}

#[tokio::test]
async fn a_name_that_ends_in_half_a_character_is_stored_and_hinders_nothing() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("surrogate", 5);
    let item = br#"{"id":2,"name":"Dunning \ud83d","status":"Active"}"#.to_vec();
    tenant.add(raw(2, Some(item), None));

    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [6, 0, 0, 0, 6, 0]), "{job}");
    assert_eq!(world.workflows(&id).await["2"]["name"], "Dunning \u{fffd}");
    tenant.remove(*tenant.ids().last().unwrap());
    assert_eq!(stats(&world.sync(&id).await)[3], 1, "deletions go on");
    world.remove(&id).await;
}

#[tokio::test]
async fn an_item_that_is_no_json_fails_alone_under_its_id_with_the_reason() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("broken-item", 5);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let gone = tenant.ids()[0];
    tenant.remove(gone);
    for (at, (bytes, reason)) in [
        (&b"{\"id\":21,\"name\":\"\xff\"}"[..], "it is not JSON"),
        (b"{\"id\":22,\"limit\":01}", "invalid number"),
        (b"{\"id\":23,\"name\":\"a\nb\"}", "control character"),
    ]
    .into_iter()
    .enumerate()
    {
        let odd = 21 + at as u64;
        tenant.add(raw(odd, Some(bytes.to_vec()), None));

        let job = world.sync(&id).await;

        let deleted = u64::from(at == 0);
        assert_eq!((&job["state"], stats(&job)), (&json!("incomplete"), [0, 0, 4, deleted, 5, 1]), "{job}");
        assert_eq!(job["errors"][0]["workflow_id"], odd.to_string(), "{job}");
        assert!(job["errors"][0]["message"].as_str().unwrap().contains(reason), "{job}");
        tenant.remove(odd);
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn every_legal_task_is_stored_byte_for_byte_and_shown_as_it_was_sent() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("legal");
    let deep = format!("{}{}", "[".repeat(1_500), "]".repeat(1_500));
    let tasks = [
        r#"{"id":8,"parameters":{"limit":1e400}}"#.to_owned(),
        r#"{"id":8,"parameters":{"rate":122.416294033786585,"n":18446744073709551617,"m":-0,"p":100.00}}"#.to_owned(),
        r#"{"id":8,"name":"a","name":"b"}"#.to_owned(),
        r#"{"id":8,"parameters":{"b":1,"2":2,"1":3,"a":"\ud83d"}}"#.to_owned(),
        format!(r#"{{"id":8,"parameters":{deep}}}"#),
        r#"{"id":8,"name":{"en":"x"},"tags":"a,b","concurrent_limit":"{{ Data.Limit }}"}"#.to_owned(),
    ];
    let exports: Vec<_> = tasks.iter().map(|task| export(task)).collect();
    for (at, export) in exports.iter().enumerate() {
        let mark = if at == 0 { "\u{feff}" } else { "" };
        tenant.add(raw(100 + at as u64, None, Some(format!("{mark}{export}"))));
    }

    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [6, 0, 0, 0, 6, 0]), "{job}");
    let reader = Reader::of(&simulator, &tenant).await;
    for (at, task) in tasks.iter().enumerate() {
        let path = format!("/v1/customers/{id}/workflows/{}", 100 + at);
        let original = reader.get(&format!("{}/export", 100 + at)).await;
        assert_eq!(world.api.get(&format!("{path}/definition")).await.text, original, "{task}");
        let shown = world.api.get(&format!("{path}/tasks")).await;
        assert_eq!(shown.status, 200, "{task}: {}", shown.text);
        if let Some((_, parameters)) = task.split_once("\"parameters\":") {
            let parameters = parameters.strip_suffix('}').unwrap();
            assert!(shown.text.contains(&format!("\"parameters\":{parameters}")), "{task}: {}", shown.text);
        }
    }
    let tasks = async |at: u64| world.api.get(&format!("/v1/customers/{id}/workflows/{at}/tasks")).await.expect(200);
    assert_eq!(tasks(102).await["items"][1]["name"], "b", "the last counts");
    let odd = tasks(105).await["items"][1].clone();
    assert_eq!(odd["other"], json!({"concurrent_limit": "{{ Data.Limit }}", "name": {"en": "x"}, "tags": "a,b"}));
    let all = world.api.get(&format!("/v1/customers/{id}/workflows?include=tasks")).await;
    assert!(all.status == 200 && all.text.contains("1e400"), "{}", all.text);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_task_that_cannot_be_read_is_named_by_its_place() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("third", 2);
    tenant.add(raw(50, None, Some(export(r#"{"id":8},{"name":"without_id"}"#))));

    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("incomplete"), [2, 0, 0, 0, 3, 1]), "{job}");
    let message = job["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("task 3: it has no id"), "{message}");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_number_that_only_its_text_tells_apart_is_a_change() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("long-number", 1);
    let item = |number: &str| Some(format!(r#"{{"id":9,"externalRef":{number}}}"#).into_bytes());
    tenant.add(raw(9, item("123456789012345678901"), None));
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    tenant.add(raw(9, item("123456789012345678902"), None));

    assert_eq!(stats(&world.sync(&id).await), [0, 1, 1, 0, 2, 0]);
    world.remove(&id).await;
}

#[tokio::test]
async fn an_event_trigger_is_shown_whether_the_list_or_the_export_tells_it() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("events");
    let listed = br#"{"id":1,"name":"listed","eventTrigger":true}"#.to_vec();
    tenant.add(raw(1, Some(listed), Some(export(r#"{"id":8}"#))));
    let exported = r#"{"workflow":{"id":1,"event_trigger":true},"tasks":[]}"#;
    tenant.add(raw(2, None, Some(exported.to_owned())));
    tenant.add(raw(3, None, Some(export(r#"{"id":8}"#))));

    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    let workflows = world.workflows(&id).await;
    let event = |id: &str| workflows[id]["triggers"]["event"].clone();
    assert_eq!([event("1"), event("2"), event("3")], [json!(true), json!(true), json!(false)]);
    world.remove(&id).await;
}

#[tokio::test]
async fn bytes_that_say_the_same_are_renewed_and_told_as_unchanged() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("noise");
    let with = |noise: &str| raw(4, None, Some(format!(r#"{{"workflow":{{"id":1,{noise}"name":"x"}},"tasks":[]}}"#)));
    tenant.add(with(""));
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}/workflows/4");
    tenant.alter(4, |workflow| {
        *workflow = Workflow { raw_export: with(r#""started_at":"2026-11-26","#).raw_export, ..workflow.clone() }
    });
    world.let_a_day_pass(&id).await;

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 0, 1, 0, 1, 0]), "{job}");
    assert_eq!(job["stats"]["rewritten"], 1);
    assert!(world.api.get(&format!("{path}/definition")).await.text.contains("started_at"), "the new bytes are stored");
    let changes = world.api.get(&format!("{path}/changes")).await.expect(200);
    assert_eq!(changes["items"].as_array().map(Vec::len), Some(1), "and nothing is told: {changes}");
    world.remove(&id).await;
}

#[tokio::test]
async fn fingerprints_of_an_older_formula_are_made_anew_from_what_is_stored() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("formula", 6);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let partition = format!("CUSTOMER#{id}");
    let ids = tenant.ids();
    for workflow in &ids {
        let old = AttributeValue::S("a".repeat(64));
        world.set(&partition, &format!("WORKFLOW#{workflow}"), &[("fingerprint", old)]).await;
    }
    world.set(&partition, "STATE", &[("listing_digest", AttributeValue::S("of the old formula".into()))]).await;
    tenant.edit(ids[2], |workflow| workflow.name = "Edited".into());
    tenant.reset_requests();

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 1, 5, 0, 6, 0]), "{job}");
    let exported = tenant.requests().iter().filter(|seen| seen.route == Route::Export).count();
    assert!((1..4).contains(&exported), "{exported} exports, where one was edited");
    let stored = world.item(&partition, &format!("WORKFLOW#{}", ids[0])).await.unwrap();
    assert!(stored["fingerprint"].as_s().unwrap().starts_with("3:"), "it is kept");
    world.remove(&id).await;
}

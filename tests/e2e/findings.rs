//! The health check: what is found in an export, and in what is stored.

use aws_sdk_dynamodb::types::AttributeValue;
use http::Method;
use serde_json::{Value, json};
use tests::simulator::{Simulator, Tenant, Workflow};

use crate::{people::Person, world::World};

/// The export of a workflow with these tasks, each linked to the start.
fn export(tasks: &[Value]) -> Value {
    let link = |task: &Value| json!({"source_workflow_id": 9, "source_task_id": null, "target_task_id": task["id"], "linkage_type": "Start"});
    json!({"workflow": {"id": 9}, "tasks": tasks, "linkages": tasks.iter().map(link).collect::<Vec<_>>()})
}

fn callout(id: u64, parameters: &Value) -> Value {
    json!({"id": id, "name": format!("Call {id}"), "action_type": "Callout", "parameters": parameters})
}

#[tokio::test]
async fn an_export_is_judged_without_a_word_of_what_it_holds() {
    let world = World::connect().await;
    let outsider = Person::join(&world, None).await;
    let tasks = [
        callout(1, &json!({"url": "http://needle.example.com", "oauth2": {"client_secret": "needle"}})),
        callout(
            2,
            &json!({"url": "https://rest.zuora.com/v1/x", "oauth2": {"client_secret": "{{ GlobalConstants.x }}"}}),
        ),
    ];

    let refused = outsider.api.post("/v1/lint", &export(&tasks)).await;
    let answer = world.api.post("/v1/lint", &export(&tasks)).await;

    assert_eq!(refused.status, 403, "whoever was granted nothing");
    assert!(!answer.text.contains("needle"), "{}", answer.text);
    let body = answer.expect(200);
    let told: Vec<_> =
        body["findings"].as_array().unwrap().iter().map(|it| (&it["rule"], &it["level"], &it["path"])).collect();
    assert_eq!(
        told,
        [
            (&json!("S1"), &json!("error"), &json!("parameters.oauth2.client_secret")),
            (&json!("S5"), &json!("warning"), &json!("parameters.url")),
        ]
    );
    assert_eq!(body["findings"][0]["task"], json!({"id": "1", "name": "Call 1", "action_type": "Callout"}));
    assert_eq!((&body["complete"], &body["not_checked"]), (&json!(true), &json!(["E2", "R14", "H5"])));
    outsider.leave(&world).await;
}

#[tokio::test]
async fn an_export_of_four_megabytes_is_judged_and_a_larger_or_a_broken_one_refused_with_the_place() {
    let world = World::connect().await;
    let headers = [("content-type", "application/json")];
    let send = async |body: Vec<u8>| world.api.raw(Method::POST, "/v1/lint", &headers, body).await;
    let filled = |bytes: usize| export(&[callout(1, &json!({"raw_body": "x".repeat(bytes)}))]).to_string().into_bytes();

    assert_eq!(send(filled(4 * 1024 * 1024 - 1_000)).await.expect(200)["findings"], json!([]));
    assert_eq!(send(filled(4 * 1024 * 1024)).await.status, 413);
    for (body, place) in [
        ("{}", "it has no list of tasks"),
        (r#"{"workflow":{},"tasks":[{"id":1},{"id":"needle","x":01}]}"#, "task 2: invalid number"),
        (r#"{"workflow":{},"tasks":[{"name":"needle"}]}"#, "task 1: it has no id"),
        ("needle", "missing at byte 0"),
    ] {
        let answer = send(body.as_bytes().to_vec()).await;
        assert!(!answer.text.contains("needle"), "{}", answer.text);
        let problem = answer.expect(422);
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(place), "{problem}");
    }
}

/// A workflow of one Callout with these parameters.
fn workflow(name: &str, parameters: &Value) -> Workflow {
    Workflow { export: Some(export(&[callout(1, parameters)])), ..Workflow::named(name) }
}

/// A tenant's workflow that sends without encryption and knows an id, and one in which nothing is found.
fn tenant(simulator: &Simulator) -> (Tenant, [u64; 2]) {
    let tenant = simulator.tenant("findings");
    let faulty = json!({"url": "http://example.com", "where_clause": "Id = '2c92c0f96bd69165016bdcbf55ad5e62'"});
    let ids = [workflow("Faulty", &faulty), workflow("Sound", &json!({}))].map(|workflow| tenant.add(workflow));
    (tenant, ids)
}

/// Rule and workflow of each finding of a list.
fn rules(list: &Value) -> Vec<(String, String)> {
    let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
    list["items"].as_array().unwrap().iter().map(|item| (text(item, "rule"), text(item, "workflow_name"))).collect()
}

fn pair(rule: &str, workflow: &str) -> (String, String) {
    (rule.to_owned(), workflow.to_owned())
}

#[tokio::test]
async fn findings_are_stored_by_a_sync_and_listed_to_those_who_may_view_the_customer() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let (tenant, [faulty, sound]) = tenant(&simulator);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let viewer = Person::granted(&world, &id, &["view"]).await;
    let outsider = Person::join(&world, None).await;
    let path = |workflow: u64| format!("/v1/customers/{id}/workflows/{workflow}/findings");

    let of_faulty = viewer.api.get(&path(faulty)).await.expect(200);
    assert_eq!(rules(&of_faulty), [pair("S5", ""), pair("E1", "")]);
    assert_eq!(of_faulty["items"][0]["suppressed"], json!(null));
    assert_eq!((&of_faulty["complete"], &of_faulty["rules_version"]), (&json!(true), &json!(1)));
    assert_eq!(viewer.api.get(&path(sound)).await.expect(200)["items"], json!([]));
    assert_eq!(viewer.api.get(&path(99)).await.status, 404);

    // Whoever may view one customer sees all of it, page by page, and nobody else's.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = viewer.api.get(&format!("/v1/findings?limit=1{cursor}")).await.expect(200);
        assert!(page["items"].as_array().unwrap().iter().all(|item| item["customer_id"] == json!(id)), "{page}");
        seen.extend(rules(&page));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, [pair("S5", "Faulty"), pair("E1", "Faulty")]);
    assert_eq!(outsider.api.get("/v1/findings").await.status, 403);
    assert_eq!(outsider.api.get(&format!("/v1/findings?customer_id={id}")).await.status, 403);
    let of_rule = world.api.get(&format!("/v1/findings?customer_id={id}&rule=E1")).await.expect(200);
    assert_eq!(rules(&of_rule), [pair("E1", "Faulty")]);
    let errors = world.api.get(&format!("/v1/findings?customer_id={id}&level=error")).await.expect(200);
    assert_eq!(errors["items"], json!([]));
    assert_eq!(world.api.get("/v1/findings?rule=X9").await.status, 400);

    tenant.edit(faulty, |workflow| workflow.export = Some(export(&[callout(1, &json!({}))])));
    tenant.remove(sound);
    world.sync(&id).await;
    assert_eq!(world.api.get(&format!("/v1/findings?customer_id={id}")).await.expect(200)["items"], json!([]));
    let change = world.api.get(&format!("/v1/customers/{id}/workflows/{faulty}/changes")).await.expect(200);
    let findings = &change["items"][0]["findings"];
    assert_eq!(findings, &json!({"raised": [], "resolved": ["S5", "E1"]}), "{change}");
    for person in [viewer, outsider] {
        person.leave(&world).await;
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn a_suppressed_finding_is_shown_with_its_reason_left_out_of_the_list_and_outlives_its_workflow() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let (tenant, [faulty, _]) = tenant(&simulator);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let viewer = Person::granted(&world, &id, &["view"]).await;
    let findings = format!("/v1/customers/{id}/workflows/{faulty}/findings");
    let suppression = format!("{findings}/S5/suppression");
    let list = format!("/v1/findings?customer_id={id}");

    let body = json!({"reason": "a test system", "until": null});
    assert_eq!(viewer.api.put(&suppression, &body).await.status, 403);
    assert_eq!(world.api.put(&format!("{findings}/X9/suppression"), &body).await.status, 404);
    let past = json!({"reason": "", "until": "2020-01-01T00:00:00Z"});
    let wrong = world.api.put(&suppression, &past).await.expect(422);
    assert_eq!(wrong["errors"].as_array().unwrap().len(), 2, "{wrong}");
    assert_eq!(world.api.delete(&suppression).await.status, 404);
    for _ in 0..2 {
        assert_eq!(world.api.put(&suppression, &body).await.expect(200)["reason"], "a test system");
    }

    let shown = viewer.api.get(&findings).await.expect(200);
    assert_eq!(shown["items"][0]["suppressed"]["reason"], "a test system", "{shown}");
    assert_eq!(shown["items"][1]["suppressed"], json!(null));
    assert_eq!(rules(&viewer.api.get(&list).await.expect(200)), [pair("E1", "Faulty")]);
    let all = viewer.api.get(&format!("{list}&suppressed=true")).await.expect(200);
    assert_eq!(rules(&all), [pair("S5", "Faulty"), pair("E1", "Faulty")]);

    // It belongs to the workflow's id: a sync that deletes it, and one that brings it back, leave it alone.
    let removed = tenant.workflow(faulty).unwrap();
    tenant.remove(faulty);
    world.sync(&id).await;
    assert_eq!(world.api.get(&format!("{list}&suppressed=true")).await.expect(200)["items"], json!([]));
    tenant.add(removed);
    world.sync(&id).await;
    assert_eq!(rules(&world.api.get(&list).await.expect(200)), [pair("E1", "Faulty")]);

    assert_eq!(world.api.delete(&suppression).await.status, 204);
    assert_eq!(rules(&world.api.get(&list).await.expect(200)), [pair("S5", "Faulty"), pair("E1", "Faulty")]);
    let audit = world.api.get(&format!("/v1/customers/{id}/audit?limit=200")).await.expect(200);
    let about = |action: &str| {
        let records = audit["items"].as_array().unwrap().iter();
        records.filter(|record| record["action"] == action && record["outcome"] == "done").cloned().collect::<Vec<_>>()
    };
    let (put, taken_back) = (about("finding.suppress"), about("finding.unsuppress"));
    assert_eq!((put.len(), taken_back.len()), (2, 1), "{audit}");
    let workflow = json!({"field": "workflow", "before": null, "after": faulty.to_string()});
    assert!(put.iter().all(|record| record["changes"][0] == workflow), "{audit}");
    viewer.leave(&world).await;
    world.remove(&id).await;
}

#[tokio::test]
async fn what_an_older_set_of_rules_judged_is_judged_anew_by_the_next_sync_and_that_is_no_news() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let (tenant, [faulty, _]) = tenant(&simulator);
    let twin = tenant.add(workflow("Faulty", &json!({})));
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let partition = format!("CUSTOMER#{id}");
    let list = format!("/v1/findings?customer_id={id}");
    let expected = rules(&world.api.get(&list).await.expect(200));
    assert_eq!(expected.len(), 4, "S5, E1, and H5 of both: {expected:?}");

    // As an older version leaves it: nothing was judged.
    let older = ("derived", AttributeValue::N("1".into()));
    world.set(&partition, "STATE", std::slice::from_ref(&older)).await;
    for item in world.partition(&world.stack.table_name, &partition).await {
        let sk = item["SK"].as_s().unwrap();
        if sk.starts_with("WORKFLOW#") {
            world.set(&partition, sk, std::slice::from_ref(&older)).await;
        }
        if sk.starts_with("FINDINGS#") {
            let key = |name: &str| item[name].clone();
            let delete = world.dynamodb.delete_item().table_name(&world.stack.table_name);
            delete.key("PK", key("PK")).key("SK", key("SK")).send().await.unwrap();
        }
    }
    assert_eq!(world.api.get(&list).await.expect(200)["items"], json!([]));
    let of_faulty = world.api.get(&format!("/v1/customers/{id}/workflows/{faulty}/findings")).await.expect(200);
    assert_eq!(rules(&of_faulty).len(), 2, "judged while it is read: {of_faulty}");

    world.sync(&id).await;

    assert_eq!(rules(&world.api.get(&list).await.expect(200)), expected);
    let news = world.partition(&world.stack.table_name, &partition).await;
    assert!(!news.iter().any(|item| item["SK"].as_s().unwrap().starts_with("NEWS#")), "of {twin}");
    world.remove(&id).await;
}

//! The health check: what is found in an export, and in what is stored.

use http::Method;
use serde_json::{Value, json};

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

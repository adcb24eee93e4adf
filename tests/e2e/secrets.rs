//! The plaintext of a client secret is nowhere: not in tables, queues, logs or answers, in no common encoding.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine as _, engine::general_purpose};
use serde_json::json;
use tests::simulator::{Fault, Simulator, Tenant};

use crate::world::World;

/// A secret with every character that some encoding changes.
const CANARY: &str = "Canary+/=&% \"\\ü-7f3a9c51e0";
/// The part that most encodings leave as it is, in case only a part leaks.
const MARK: &str = "7f3a9c51e0";

/// The encodings in which it could be hidden.
fn forms() -> Vec<(&'static str, String)> {
    let url: String = url::form_urlencoded::byte_serialize(CANARY.as_bytes()).collect();
    let json = json!(CANARY).to_string();
    let mut forms = vec![
        ("plain", CANARY.to_owned()),
        ("part of it", MARK.to_owned()),
        ("url with %20", url.replace('+', "%20")),
        ("url", url),
        ("json", json.trim_matches('"').to_owned()),
        ("hex", hex::encode(CANARY)),
        ("upper hex", hex::encode_upper(CANARY)),
    ];
    // Inside a longer text, base64 depends on the position modulo three: compare the stable middle of each.
    for skip in 0..3 {
        let padded = format!("{}{CANARY}", "x".repeat(skip));
        for (form, engine) in
            [("base64", general_purpose::STANDARD_NO_PAD), ("url-safe base64", general_purpose::URL_SAFE_NO_PAD)]
        {
            let encoded = engine.encode(&padded);
            forms.push((form, encoded[4..encoded.len() - 4].to_owned()));
        }
    }
    forms
}

#[track_caller]
fn assert_clean(place: &str, text: &str) {
    for (form, needle) in forms() {
        assert!(!text.contains(&needle), "{place} holds the secret ({form})");
    }
}

/// An item as text, binaries both as text and as base64.
fn text_of(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone(),
        AttributeValue::B(bytes) => {
            let bytes = bytes.as_ref();
            format!("{} {}", String::from_utf8_lossy(bytes), general_purpose::STANDARD.encode(bytes))
        }
        AttributeValue::M(map) => map.iter().map(|(name, value)| format!("{name} {} ", text_of(value))).collect(),
        AttributeValue::L(list) => list.iter().map(text_of).collect::<Vec<_>>().join(" "),
        other => format!("{other:?}"),
    }
}

/// Makes every refusal of Zuora's other answers repeat the client secret, and the token it was sent, plain and encoded.
fn echo_everywhere(tenant: &Tenant) {
    let url: String = url::form_urlencoded::byte_serialize(CANARY.as_bytes()).collect();
    let html = CANARY.replace('&', "&amp;").replace('"', "&quot;");
    let hidden = CANARY.replace('7', "\u{200b}7");
    let text = format!("denied for {CANARY} {url} {html} {hidden} {}", hex::encode(CANARY));
    for fault in [Fault::list(), Fault::get(), Fault::export()] {
        let body = json!({"errors": [{"code": 90_000_010, "title": format!("\u{202e}{text}")}]});
        tenant.fault(fault.status(403).header("zuora-request-id", &hex::encode(CANARY)).body(body).always());
    }
}

/// Makes Zuora's next refusals repeat the secret of the request, plain and encoded, in body and headers.
fn echo(tenant: &Tenant) {
    let url: String = url::form_urlencoded::byte_serialize(CANARY.as_bytes()).collect();
    let basic = general_purpose::STANDARD.encode(CANARY);
    let html = CANARY.replace('&', "&amp;").replace('"', "&quot;");
    let hex = hex::encode(CANARY);
    for text in [CANARY, &url, &basic, &html, &hex] {
        let body = json!({"error": "invalid_client", "error_description": format!("client_secret={text} is wrong")});
        tenant.fault(Fault::token().status(401).header("zuora-request-id", &basic).body(body));
    }
    let page = format!("<html>client_secret={url}</html>");
    tenant.fault(Fault::token().status(401).header("content-type", "text/html").body(page));
}

#[tokio::test]
async fn a_client_secret_is_in_no_table_queue_log_or_answer() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("canary");
    tenant.seed(3);
    tenant.set_secret(CANARY);
    let mut answers = String::new();

    // The secret's whole life: created, used, tested, wrong for a while, changed, wrong once more.
    let creation = World::creation(&tenant, &simulator.base_url());
    let created = world.api.post_once("/v1/customers", &uuid::Uuid::now_v7().to_string(), &creation).await;
    answers.push_str(&created.text);
    let id = created.expect(201)["id"].as_str().unwrap().to_owned();
    let first = world.jobs_of(&id).await[0]["id"].as_str().unwrap().to_owned();
    answers.push_str(&world.wait_for_job(&first).await.to_string());
    let test =
        json!({"zuora_base_url": simulator.base_url(), "zuora_client_id": "wrong", "zuora_client_secret": CANARY});
    answers.push_str(&world.api.post("/v1/connection-test", &test).await.text);
    let search = json!({"find": true, "zuora_client_id": "wrong", "zuora_client_secret": CANARY});
    let found = world.api.post("/v1/connection-test", &search).await;
    answers.push_str(&found.text);
    assert_eq!(found.expect(200)["complete"], true);
    tenant.set_secret("something else");
    tenant.revoke_tokens();
    answers.push_str(&world.sync(&id).await.to_string());
    let path = format!("/v1/customers/{id}");
    for body in [
        json!({"zuora_client_secret": CANARY}),
        json!({"zuora_client_secret": CANARY, "verify": false}),
        json!({"zuora_client_secret": {"value": CANARY}}),
        json!({"zuora_client_secret": CANARY, "unknown": CANARY}),
        json!({"environment": CANARY}),
    ] {
        answers.push_str(&world.api.patch(&path, &body).await.text);
    }
    answers.push_str(&world.sync(&id).await.to_string());

    // Right again, but Zuora answers with what it was sent: to a saved test, an unsaved one, a change and a sync.
    tenant.set_secret(CANARY);
    let right = json!({"zuora_client_secret": CANARY});
    answers.push_str(&world.api.patch(&path, &right).await.text);
    for job in world.jobs_of(&id).await {
        answers.push_str(&world.wait_for_job(job["id"].as_str().unwrap()).await.to_string());
    }
    let unsaved = json!({
        "zuora_base_url": simulator.base_url(), "zuora_client_id": tenant.client_id(), "zuora_client_secret": CANARY,
    });
    echo(&tenant);
    for _ in 0..6 {
        let answer = world.api.post("/v1/connection-test", &unsaved).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        answers.push_str(&answer.text);
    }
    echo(&tenant);
    answers.push_str(&world.api.patch(&path, &right).await.text);
    tenant.revoke_tokens();
    answers.push_str(&world.sync(&id).await.to_string());
    let tested = world.api.post(&format!("{path}/connection-test"), &json!({})).await.expect(202);
    answers.push_str(&world.wait_for_job(tested["job_id"].as_str().unwrap()).await.to_string());
    tenant.clear_faults();

    // Right once more, but every other answer of Zuora repeats the secret: with a new token, with a cached one, and to tests.
    answers.push_str(&world.sync(&id).await.to_string());
    tenant.edit(tenant.ids()[0], |_| {});
    echo_everywhere(&tenant);
    for _ in 0..2 {
        let job = world.sync(&id).await;
        assert!(job["error"]["message"].as_str().unwrap().contains("denied for ***"), "{job}");
        answers.push_str(&job.to_string());
    }
    answers.push_str(&world.api.post("/v1/connection-test", &unsaved).await.text);
    let tested = world.api.post(&format!("{path}/connection-test"), &json!({})).await.expect(202);
    answers.push_str(&world.wait_for_job(tested["job_id"].as_str().unwrap()).await.to_string());
    assert!(!answers.contains('\u{202e}'), "what turns text around is not shown");
    tenant.clear_faults();
    answers.push_str(&world.customer(&id).await.to_string());
    answers.push_str(&world.api.get(&format!("/v1/jobs?customer_id={id}")).await.text);
    answers.push_str(&world.api.get(&format!("/v1/dead-letters?customer_id={id}")).await.text);
    assert_clean("an answer", &answers);

    for table in [&world.stack.table_name, &world.stack.vault_table_name, &world.stack.audit_table_name] {
        let pages = world.dynamodb.scan().table_name(table).into_paginator().send();
        let pages = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
        let items: Vec<_> = pages.into_iter().flat_map(|page| page.items.unwrap_or_default()).collect();
        assert!(!items.is_empty());
        for item in items {
            assert_clean(table, &text_of(&AttributeValue::M(item)));
        }
    }
    let stack = &world.stack;
    for queue in [&stack.job_queue_url, &stack.question_queue_url, &stack.dead_letter_queue_url] {
        check_queue(&world, queue).await;
    }
    let mut lines = 0;
    for group in world.stack.log_groups.values() {
        lines += check_log(&world, group).await;
    }
    assert!(lines > 0, "the logs are read from where they are not kept");
    world.remove(&id).await;
}

/// Checks every message of a queue, and releases each at once, because other tests use them.
async fn check_queue(world: &World, queue: &str) {
    let mut held = Vec::new();
    loop {
        let receive = world.sqs.receive_message().queue_url(queue).max_number_of_messages(10).visibility_timeout(5);
        let messages = receive.message_attribute_names("All").send().await.unwrap().messages.unwrap_or_default();
        if messages.is_empty() {
            break;
        }
        for message in messages {
            assert_clean(queue, &format!("{:?} {:?}", message.body, message.message_attributes));
            held.push(message.receipt_handle.unwrap());
        }
    }
    for receipt in held {
        let release = world.sqs.change_message_visibility().queue_url(queue).receipt_handle(receipt);
        // Somebody may have deleted it meanwhile.
        drop(release.visibility_timeout(0).send().await);
    }
}

#[tokio::test]
async fn a_ciphertext_that_was_moved_to_another_customer_does_not_open_and_is_counted_for_an_alarm() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let (one, _) = world.create_and_sync(&simulator.tenant("moved from"), &simulator.base_url()).await;
    let other = simulator.tenant("moved to");
    let (id, _) = world.create_and_sync(&other, &simulator.base_url()).await;
    let vault = &world.stack.vault_table_name;
    let moved = world.partition(vault, &format!("CREDENTIALS#{one}")).await.remove(0)["ciphertext"].clone();
    let mut item = world.partition(vault, &format!("CREDENTIALS#{id}")).await.remove(0);
    let own = item.insert("ciphertext".to_owned(), moved).unwrap();
    world.dynamodb.put_item().table_name(vault).set_item(Some(item.clone())).send().await.unwrap();
    let token = HashMap::from(["PK", "SK"].map(|name| {
        let value = if name == "PK" { format!("TOKEN#{id}") } else { "TOKEN".to_owned() };
        (name.to_owned(), AttributeValue::S(value))
    }));
    world.dynamodb.delete_item().table_name(vault).set_key(Some(token)).send().await.unwrap();
    other.reset_requests();

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], &job["error"]["class"]), (&json!("failed"), &json!("config")), "{job}");
    assert!(job["error"]["message"].as_str().unwrap().contains("decrypt_failed"), "{job}");
    assert!(other.requests().is_empty(), "nothing was sent to Zuora");
    let group = &world.stack.log_groups["sync"];
    let is_counted = async || world.log(group).await.iter().any(|(_, line)| line.contains("\"DecryptFailed\":1"));
    world.wait_until("it is counted", is_counted).await;
    item.insert("ciphertext".to_owned(), own);
    world.dynamodb.put_item().table_name(vault).set_item(Some(item)).send().await.unwrap();
    assert_eq!(world.sync(&id).await["state"], "succeeded", "its own opens still");
    for id in [one, id] {
        world.remove(&id).await;
    }
}

/// Reads a function's whole log; returns the number of events.
async fn check_log(world: &World, group: &str) -> usize {
    let lines = world.log(group).await;
    for (_, line) in &lines {
        assert_clean(group, line);
    }
    lines.len()
}

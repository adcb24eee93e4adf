//! Edits of a customer that collide, or that send back values from a response. Rows R37 and R38 of docs/reliability.md.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::Person,
    upstream::tenant,
    world::{Answer, World},
};

#[tokio::test]
async fn two_admins_who_change_different_fields_at_once_both_get_what_they_asked_for() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("edited", 1);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}");
    let changes =
        [json!({"name": "A new name"}), json!({"environment": "sandbox"}), json!({"sync_frequency": "manual"})];

    for answer in join_all(changes.iter().map(|change| world.api.patch(&path, change))).await {
        answer.expect(200);
    }

    let customer = world.customer(&id).await;
    for change in &changes {
        for (field, value) in change.as_object().unwrap() {
            assert_eq!(customer[field], *value, "{customer}");
        }
    }
    assert_eq!(customer["next_sync_at"], Value::Null);
    world.remove(&id).await;
}

#[tokio::test]
async fn who_edits_says_what_they_saw_and_nobody_overwrites_what_they_did_not() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("conditional", 1);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}");
    let etag = |answer: &Answer| answer.headers["etag"].to_str().unwrap().to_owned();
    let seen = etag(&world.api.get(&path).await);
    let json = [("content-type", "application/json")];

    let unsaid = world.api.raw(Method::PATCH, &path, &json, br#"{"name":"Unsaid"}"#.to_vec()).await;
    assert_eq!((unsaid.status, &unsaid.body["type"]), (428, &json!("/problems/precondition-required")));
    let malformed = world.api.patch_if(&path, "no-quotes", &json!({"name": "Unsaid"})).await;
    assert_eq!((malformed.status, &malformed.body["errors"][0]["pointer"]), (400, &json!("If-Match")));

    assert_eq!(world.sync(&id).await["state"], "succeeded");
    assert_eq!(etag(&world.api.get(&path).await), seen, "a sync is no edit");
    let mine = world.api.patch_if(&path, &seen, &json!({"name": "Mine"})).await;
    assert_eq!(mine.status, 200, "{}", mine.text);
    assert_ne!(etag(&mine), seen);
    let theirs = world.api.patch_if(&path, &seen, &json!({"name": "Theirs"})).await;
    assert_eq!((theirs.status, &theirs.body["type"]), (412, &json!("/problems/precondition-failed")));
    assert_eq!(etag(&theirs), etag(&mine), "the answer names the present one");
    let stale = [("if-match", seen.as_str())];
    let gone = world.api.raw(Method::DELETE, &format!("{path}?confirm=Mine"), &stale, Vec::new()).await;
    assert_eq!(gone.status, 412);
    let paused = world.api.post(&format!("{path}/pause"), &json!({})).await;
    assert_ne!(etag(&paused), etag(&mine), "a pause is an edit");
    assert_eq!(world.customer(&id).await["name"], "Mine");

    world.remove(&id).await;
}

#[tokio::test]
async fn an_if_match_is_read_as_the_list_that_it_may_be() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("matched", 1);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}");
    let seen = world.api.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
    let rename = async |lines: &[&str], name: &str| {
        let lines = lines.iter().map(|line| ("if-match", *line));
        let headers: Vec<_> = [("content-type", "application/json")].into_iter().chain(lines).collect();
        world.api.raw(Method::PATCH, &path, &headers, json!({"name": name}).to_string().into_bytes()).await
    };

    for (lines, status) in [
        (vec![r#""a","b""#.to_owned()], 412),
        (vec![format!("W/{seen}, \"a\",")], 412),
        (vec![format!("*, {seen}")], 400),
        (vec![format!("{seen} {seen}")], 400),
        (vec!["*".to_owned(), seen.clone()], 400),
    ] {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(rename(&lines, "Never").await.status, status, "{lines:?}");
    }
    let first = rename(&[&format!(r#", "a,b" ,W/"c",{seen},"#)], "In a list").await;
    assert_eq!(first.status, 200, "{}", first.text);
    let second = rename(&[r#""a""#, first.headers["etag"].to_str().unwrap()], "In two lines").await;
    assert_eq!(second.status, 200, "{}", second.text);
    assert_eq!(world.customer(&id).await["name"], "In two lines");

    world.remove(&id).await;
}

#[tokio::test]
async fn of_many_who_edit_the_same_edition_at_once_one_wins_and_the_others_are_told() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("contended", 1);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}");
    let seen = world.api.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
    let changes: Vec<Value> = (0..6).map(|n| json!({"name": format!("Name {n}")})).collect();

    let answers = join_all(changes.iter().map(|change| world.api.patch_if(&path, &seen, change))).await;

    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
    let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
    assert_eq!(world.customer(&id).await["name"], winner.body["name"]);
    world.remove(&id).await;
}

#[tokio::test]
async fn what_stands_for_the_secret_in_an_answer_is_refused_as_a_secret() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("masked", 1);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}");
    let before = world.customer(&id).await;
    tenant.reset_requests();

    for masked in [json!("********"), json!("*"), before["zuora_client_secret"].clone()] {
        let answer = world.api.patch(&path, &json!({"name": "Renamed", "zuora_client_secret": masked})).await;
        assert_eq!(
            (answer.status, &answer.body["errors"][0]["pointer"]),
            (422, &json!("/zuora_client_secret")),
            "{masked}"
        );
    }

    assert_eq!(world.customer(&id).await, before, "nothing of a refused change is stored, the name neither");
    assert!(tenant.requests().is_empty());
    assert_eq!(world.sync(&id).await["state"], "succeeded", "with the secret it had");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_name_that_looks_like_another_customers_is_saved_with_a_warning_to_who_may_see_that_one() {
    let world = World::connect().await;
    let (simulator, first) = tenant("look", 0);
    let name = format!("Acme Corp {}", uuid::Uuid::now_v7().simple());
    let mut body = World::creation(&first, &simulator.base_url());
    body["name"] = json!(name);
    let created = world.api.post("/v1/customers", &body).await.expect(201);
    assert_eq!(created.get("warnings"), None);
    let id = created["id"].as_str().unwrap().to_owned();
    let creator = Person::granted(&world, "all", &["create"]).await;
    // Cyrillic, and another case.
    body["name"] = json!(name.replace("Acme Corp", "\u{410}\u{441}me CORP"));

    let listed = format!("/v1/customers?name={}", name.replace(' ', "%20"));
    world.wait_until("the first one is listed", async || world.api.get(&listed).await.expect(200)["total"] == 1).await;
    let alike = world.api.post("/v1/customers", &body).await.expect(201);
    let unseen = creator.api.post("/v1/customers", &body).await.expect(201);

    let warnings = alike["warnings"].as_array().unwrap();
    assert!(warnings.iter().any(|warning| warning.as_str().unwrap().contains(&format!("{name} ({id})"))), "{alike}");
    assert_eq!(unseen.get("warnings"), None, "what its creator may not see is not told");
    let (alike, unseen) = (alike["id"].as_str().unwrap(), unseen["id"].as_str().unwrap());
    let renamed =
        world.api.patch(&format!("/v1/customers/{alike}"), &json!({"name": "Quite another"})).await.expect(200);
    assert_eq!(renamed.get("warnings"), None);
    let paused = world.api.patch(&format!("/v1/customers/{unseen}"), &json!({"owner": "Ann"})).await.expect(200);
    assert_eq!(paused.get("warnings"), None, "nobody entered its name");
    creator.leave(&world).await;
    for id in [&id, alike, unseen] {
        world.remove(id).await;
    }
}

//! The search for a client's data center. On the local stack the simulator stands for two of them, by two names, and a third
//! does not answer; see `listed_hosts` in `infra/local/settings.py`.

use std::time::{Duration, Instant};

use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{people::Person, world::World};

/// A tenant of the stack's own simulator, at home under both of its names.
struct Tenant {
    name: String,
    id: String,
    secret: String,
}

impl Tenant {
    async fn create(world: &World) -> Self {
        let name = format!("finder-{}", Uuid::now_v7().simple());
        let made = control(world, "tenants", &json!({"name": name, "workflows": 1})).await;
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        Self { id: text("client_id"), secret: text("client_secret"), name }
    }

    /// From now on the simulator answers the tenant's requests of this route so, under this name of its own.
    async fn answer(&self, world: &World, host: &str, route: &str, respond: Value) {
        self.fault(world, json!({"on": {"route": route, "host": host}, "effect": {"respond": respond}})).await;
    }

    async fn fault(&self, world: &World, mut fault: Value) {
        fault["times"] = Value::Null;
        control(world, &format!("tenants/{}/faults", self.name), &fault).await;
    }

    fn search(&self) -> Value {
        json!({"find": true, "zuora_client_id": self.id, "zuora_client_secret": self.secret})
    }
}

async fn control(world: &World, path: &str, body: &Value) -> Value {
    let url = format!("{}/_simulator/{path}", world.stack.simulator_url);
    let request = world.http.post(url).header("content-type", "application/json").body(body.to_string());
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// The three hosts, in the order in which they are tried.
fn hosts(world: &World) -> [String; 3] {
    let simulator = world.stack.simulator_url.clone();
    [simulator.clone(), simulator.replace("127.0.0.1", "localhost"), "http://127.0.0.1:1".to_owned()]
}

/// What each host said.
fn said(answer: &Value) -> Vec<(&str, &str, Option<bool>)> {
    let hosts = answer["hosts"].as_array().unwrap().iter();
    hosts
        .map(|one| (one["base_url"].as_str().unwrap(), one["result"].as_str().unwrap(), one["can_list"].as_bool()))
        .collect()
}

#[tokio::test]
async fn every_data_center_is_asked_and_those_that_accept_are_told_from_those_that_refuse_or_do_not_answer() {
    let world = World::connect().await;
    let tenant = Tenant::create(&world).await;
    let [first, second, silent] = &hosts(&world);

    let copied = world.api.post("/v1/connection-test", &tenant.search()).await.expect(200);
    assert_eq!(
        said(&copied),
        [(&**first, "accepted", Some(true)), (&**second, "accepted", Some(true)), (&**silent, "unreachable", None)]
    );
    assert_eq!(copied["complete"], true);

    let wrong = json!({"status": 401, "body": {"error": "invalid_client"}});
    tenant.answer(&world, "127.0.0.1", "token", wrong).await;
    let denied = json!({"status": 403, "body": {"errors": [{"code": "forbidden", "title": "No access"}]}});
    tenant.answer(&world, "localhost", "list", denied).await;
    let moved = world.api.post("/v1/connection-test", &tenant.search()).await.expect(200);
    assert_eq!(said(&moved)[..2], [(&**first, "refused", None), (&**second, "accepted", Some(false))]);
}

#[tokio::test]
async fn a_data_center_that_hangs_or_is_at_a_limit_is_never_called_the_wrong_one_and_holds_nothing_up() {
    let world = World::connect().await;
    let tenant = Tenant::create(&world).await;
    tenant.fault(&world, json!({"on": {"route": "token", "host": "127.0.0.1"}, "delay_ms": 60_000})).await;
    let limit = json!({"status": 429, "headers": {"Retry-After": "60"}, "body": {"error": "slow down"}});
    tenant.answer(&world, "localhost", "token", limit).await;
    let began = Instant::now();

    let answer = world.api.post("/v1/connection-test", &tenant.search()).await.expect(200);

    assert!(said(&answer).iter().all(|(_, result, _)| *result == "unreachable"), "{answer}");
    assert_eq!(answer["complete"], true);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_search_goes_on_without_the_data_centers_that_were_tried() {
    let world = World::connect().await;
    let tenant = Tenant::create(&world).await;
    let [first, second, silent] = hosts(&world);
    let mut search = tenant.search();
    search["skip"] = json!([first, silent]);
    search["environment"] = json!("test");

    let answer = world.api.post("/v1/connection-test", &search).await.expect(200);

    assert_eq!(said(&answer), [(&*second, "accepted", Some(true))]);
}

#[tokio::test]
async fn a_search_that_is_mixed_with_a_test_is_refused_by_field_and_sends_nothing() {
    let world = World::connect().await;
    let tenant = Tenant::create(&world).await;
    let [first, ..] = hosts(&world);
    let person = Person::granted(&world, "all", &["create"]).await;

    for (field, value, at) in [
        ("zuora_base_url", json!(first), "/zuora_base_url"),
        ("find", json!(false), "/find"),
        ("find", json!("yes"), "/find"),
        ("find", json!(null), "/find"),
        ("environment", json!("moon"), "/environment"),
        ("environment", json!(null), "/environment"),
        ("skip", json!("all"), "/skip"),
        ("skip", json!([first, "https://rest.sandbox.zuora.com"]), "/skip/1"),
        ("skip", json!(["http://127.0.0.1:2"]), "/skip/0"),
        ("zuora_client_id", json!(7), "/zuora_client_id"),
        ("zuora_client_secret", json!("****"), "/zuora_client_secret"),
    ] {
        let mut search = tenant.search();
        search[field] = value.clone();
        let refused = person.api.post("/v1/connection-test", &search).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], at, "{field} = {value}: {refused}");
    }
    let mut test = json!({"zuora_base_url": first, "zuora_client_id": tenant.id, "zuora_client_secret": tenant.secret});
    test["skip"] = json!([]);
    let refused = person.api.post("/v1/connection-test", &test).await.expect(422);
    assert_eq!(refused["errors"][0]["pointer"], "/skip");
    assert!(records(&world, &person).await.is_empty(), "nothing was tried");
    person.leave(&world).await;
}

#[tokio::test]
async fn a_search_leaves_one_record_of_where_the_credentials_were_sent_and_none_of_the_secret() {
    let world = World::connect().await;
    let tenant = Tenant::create(&world).await;
    let person = Person::granted(&world, "all", &["create"]).await;

    person.api.post("/v1/connection-test", &tenant.search()).await.expect(200);
    let mut guess = tenant.search();
    guess["zuora_client_secret"] = json!("a-guess");
    person.api.post("/v1/connection-test", &guess).await.expect(200);

    world.wait_until("the index shows both", async || records(&world, &person).await.len() == 2).await;
    let records = records(&world, &person).await;
    let sent = hosts(&world).join(", ");
    for (record, outcome) in records.iter().zip(["refused", "done"]) {
        assert_eq!((&record["action"], &record["outcome"]), (&json!("connection.test"), &json!(outcome)), "{record}");
        assert_eq!(
            record["changes"],
            json!([
                {"field": "zuora_base_url", "before": null, "after": sent},
                {"field": "zuora_client_id", "before": null, "after": tenant.id},
            ])
        );
    }
    let trail = json!(records).to_string();
    assert!(!trail.contains(&tenant.secret) && !trail.contains("a-guess"), "{trail}");
    person.leave(&world).await;
}

/// What the person is recorded to have tried, newest first.
async fn records(world: &World, person: &Person) -> Vec<Value> {
    let list =
        world.api.get(&format!("/v1/audit?limit=200&actor={}&action=connection.test", person.sub)).await.expect(200);
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_address_of_the_browser_is_refused_with_the_rest_address_that_belongs_to_it() {
    let world = World::connect().await;
    let mut test = json!({"zuora_client_id": "x", "zuora_client_secret": "y"});
    test["zuora_base_url"] = json!("https://eu.zuora.com/platform/webapp?source=x");

    let refused = world.api.post("/v1/connection-test", &test).await.expect(422);

    let error = &refused["errors"][0];
    assert_eq!(error["pointer"], "/zuora_base_url");
    assert!(error["detail"].as_str().unwrap().ends_with("enter its REST address https://rest.eu.zuora.com"), "{error}");
    let hosts = world.api.get("/v1/zuora-hosts").await.expect(200);
    let eu =
        hosts["items"].as_array().unwrap().iter().find(|host| host["base_url"] == "https://rest.eu.zuora.com").unwrap();
    assert_eq!((&eu["app_hosts"], &eu["on_zuoras_list"]), (&json!(["eu.zuora.com"]), &json!(true)));
}

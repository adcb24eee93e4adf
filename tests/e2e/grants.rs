//! A user sees and does exactly what the grants cover, on every way that leads to a customer.

use serde_json::{Value, json};
use tests::simulator::Simulator;

use crate::{
    people::Person,
    world::{Api, World},
};

/// The ids in a list.
fn ids(list: &Value, field: &str) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_user_sees_the_customers_that_were_granted_and_no_trace_of_the_others() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenants = [simulator.tenant("mine"), simulator.tenant("theirs")];
    for tenant in &tenants {
        tenant.seed(3);
    }
    let (mine, my_job) = world.create_and_sync(&tenants[0], &simulator.base_url()).await;
    let (theirs, their_job) = world.create_and_sync(&tenants[1], &simulator.base_url()).await;
    let person = Person::granted(&world, &mine, &["view"]).await;
    let api = &person.api;

    let customers = api.get("/v1/customers?limit=200").await.expect(200);
    assert_eq!((ids(&customers, "id"), &customers["total"]), (vec![mine.clone()], &json!(1)));
    let stats = api.get("/v1/stats").await.expect(200);
    assert_eq!((&stats["customers"]["total"], &stats["workflows"]), (&json!(1), &json!(3)));
    assert_eq!(stats["jobs"]["succeeded"], 1);
    let jobs = api.get("/v1/jobs?limit=200").await.expect(200);
    assert_eq!(ids(&jobs, "customer_id"), std::slice::from_ref(&mine));
    let found = api.get("/v1/workflows?name=").await.expect(200);
    assert!(ids(&found, "customer_id").iter().all(|id| *id == mine) && found["items"].as_array().unwrap().len() == 3);
    let letters = api.get("/v1/dead-letters").await.expect(200);
    assert_eq!((&letters["items"], &letters["depth"]), (&json!([]), &Value::Null));
    let audit = api.get("/v1/audit?limit=200").await.expect(200);
    assert!(ids(&audit, "customer_id").iter().all(|id| *id == mine), "{audit}");

    let workflow = tenants[1].ids()[0];
    let job = their_job["id"].as_str().unwrap();
    for path in [
        format!("/v1/customers/{theirs}"),
        format!("/v1/customers/{theirs}/workflows"),
        format!("/v1/customers/{theirs}/workflows/{workflow}"),
        format!("/v1/customers/{theirs}/workflows/{workflow}/tasks"),
        format!("/v1/customers/{theirs}/workflows/{workflow}/definition"),
        format!("/v1/customers/{theirs}/workflows/{workflow}/changes"),
        format!("/v1/customers/{theirs}/workflows/{workflow}/findings"),
        format!("/v1/findings?customer_id={theirs}"),
        format!("/v1/customers/{theirs}/changes"),
        format!("/v1/customers/{theirs}/compared-with"),
        format!("/v1/customers/{theirs}/drift?against={mine}"),
        format!("/v1/customers/{mine}/drift?against={theirs}"),
        format!("/v1/compare?left={theirs}/{workflow}&right={mine}/{workflow}"),
        format!("/v1/customers/{theirs}/audit"),
        format!("/v1/customers/{theirs}/grants"),
        format!("/v1/jobs?customer_id={theirs}"),
        format!("/v1/dead-letters?customer_id={theirs}"),
        format!("/v1/jobs/{job}"),
        format!("/v1/jobs/{job}/held"),
    ] {
        let answer = api.get(&path).await;
        let unknown = api
            .get(
                &path
                    .replace(&theirs, "cus_00000000000000000000000000000000")
                    .replace(job, "job_00000000000000000000000000000000"),
            )
            .await;
        assert_eq!((answer.status, unknown.status), (404, 404), "{path}: {}", answer.text);
        assert_eq!(answer.body["detail"], unknown.body["detail"], "what is hidden looks like what is not there");
    }
    let mine_read = api.get(&format!("/v1/jobs/{}", my_job["id"].as_str().unwrap())).await;
    assert_eq!(mine_read.status, 200);

    person.leave(&world).await;
    for id in [mine, theirs] {
        world.remove(&id).await;
    }
}

#[tokio::test]
async fn each_verb_opens_its_own_doors_and_counts_from_the_next_request_on() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("verbs");
    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let job = job["id"].as_str().unwrap().to_owned();
    let person = Person::join(&world, None).await;
    let me = || async { person.api.get("/v1/me").await.expect(200) };
    assert_eq!(me().await["customers"], json!([]));
    assert_eq!(person.api.get("/v1/customers").await.status, 403, "nothing was granted yet");

    // What each verb allows: changing, syncing, approving, deleting (refused here for another reason than the policy).
    let customer = format!("/v1/customers/{id}");
    let doors = [
        ("view", format!("GET {customer}"), 200),
        ("update", format!("POST {customer}/resume"), 200),
        ("sync", format!("POST {customer}/connection-test"), 202),
        ("approve", format!("POST /v1/jobs/{job}/approve-deletions"), 409),
        ("delete", format!("DELETE {customer}?confirm=no"), 422),
    ];
    for verb in ["view_any", "view", "update", "sync", "approve", "delete"] {
        person.grant(&world, &id, &[verb]).await;
        for (wanted, door, status) in &doors {
            let (method, path) = door.split_once(' ').unwrap();
            let answer = person.api.raw(method.parse().unwrap(), path, &[], Vec::new()).await;
            let allowed = *wanted == verb || (*wanted == "view" && verb != "view_any");
            let expected = if allowed { *status } else { 403 };
            assert_eq!(answer.status, expected, "{verb}: {door}: {}", answer.text);
        }
        assert_eq!(ids(&person.api.get("/v1/customers").await.expect(200), "id"), std::slice::from_ref(&id), "{verb}");
    }
    assert_eq!(me().await["customers"], json!([{"customer_id": id, "verbs": ["delete"]}]));

    world.api.delete(&format!("{customer}/grants/{}", person.sub)).await.expect(204);
    assert_eq!(person.api.get(&customer).await.status, 403, "withdrawn at once");
    assert_eq!(world.api.delete(&format!("{customer}/grants/{}", person.sub)).await.status, 404);

    person.grant(&world, "all", &["create", "view"]).await;
    assert_eq!(person.api.get(&customer).await.status, 200, "all means every customer");
    person.grant(&world, "all", &["create"]).await;
    let created = person.api.post("/v1/customers", &World::creation(&tenant, &simulator.base_url())).await.expect(201);
    let own = format!("/v1/customers/{}", created["id"].as_str().unwrap());
    assert_eq!(person.api.get(&own).await.status, 200, "who creates a customer may work with it");
    assert_eq!(person.api.post(&format!("{own}/pause"), &json!({})).await.status, 200);
    assert_eq!(person.api.get(&customer).await.status, 404, "and with no other");
    assert_eq!(person.api.post("/v1/sync", &json!({})).await.status, 403);
    assert_eq!(person.api.get("/v1/customers/all/grants").await.status, 403, "grants are a super admin's");
    assert_eq!(person.api.get(&format!("{own}/grants")).await.status, 403);

    person.leave(&world).await;
    for id in [id, created["id"].as_str().unwrap().to_owned()] {
        world.remove(&id).await;
    }
}

#[tokio::test]
async fn grants_are_listed_by_customer_checked_and_gone_with_the_customer() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("granted");
    let id = world.create_customer(&tenant, &simulator.base_url()).await;
    let person = Person::granted(&world, &id, &["sync", "view", "viewAny"]).await;
    let path = format!("/v1/customers/{id}/grants");

    world.wait_until("the grant is listed", async || world.api.get(&path).await.expect(200)["total"] == 1).await;
    let listed = world.api.get(&path).await.expect(200);
    assert_eq!(listed["items"][0]["user"], person.sub.as_str());
    assert_eq!(listed["items"][0]["verbs"], json!(["view_any", "view", "sync"]));
    let audit = format!("/v1/customers/{id}/audit");
    let records = async |api: &Api, path: &str| api.get(path).await.expect(200)["items"].as_array().unwrap().len();
    assert_eq!(records(&world.api, &format!("{audit}?action=grant.put")).await, 1);
    assert_eq!(records(&person.api, &format!("{audit}?action=grant.put")).await, 0, "grants are a super admin's");
    assert_eq!(records(&person.api, "/v1/audit?action=grant.put").await, 0);
    let theirs = person.api.get(&audit).await.expect(200);
    assert!(!theirs["items"].as_array().unwrap().is_empty() && !theirs.to_string().contains(&person.sub), "{theirs}");

    let put = |customer: &str, user: &str, body: Value| {
        let path = format!("/v1/customers/{customer}/grants/{user}");
        let api = world.api.clone();
        async move { api.put(&path, &body).await }
    };
    for (customer, user, body, status, pointer) in [
        (id.as_str(), "u", json!({"verbs": []}), 422, "/verbs"),
        (&id, "u", json!({"verbs": ["create"]}), 422, "/verbs"),
        (&id, "u", json!({"verbs": ["everything"]}), 422, "/verbs/0"),
        (&id, "u", json!({"verbs": ["grant"]}), 422, "/verbs/0"),
        (&id, "u", json!({"verbs": "view"}), 422, "/verbs"),
        (&id, "u", json!({}), 422, "/role"),
        (&id, "u", json!({"verbs": ["view"], "role": "viewer"}), 422, "/role"),
        (&id, "u", json!({"role": "owner"}), 422, "/role"),
        (&id, "u", json!({"verbs": ["view"]}), 404, ""),
        (&id, "u", json!({"verbs": ["view"], "user": "x"}), 422, "/user"),
        (&id, "not%20a%20user", json!({"verbs": ["view"]}), 404, ""),
        ("cus_00000000000000000000000000000000", "u", json!({"verbs": ["view"]}), 404, ""),
    ] {
        let answer = put(customer, user, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        assert!(pointer.is_empty() || answer.body["errors"][0]["pointer"] == pointer, "{body}: {}", answer.text);
    }

    world.remove(&id).await;
    let partition = format!("USER#{}", person.sub);
    let grants = || world.partition(&world.stack.grants_table_name, &partition);
    world.wait_until("the grant is gone", async || grants().await.is_empty()).await;
    person.leave(&world).await;
}

#[tokio::test]
async fn people_are_found_by_their_address_granted_a_role_and_named_in_what_they_do() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("named");
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let person = Person::join(&world, None).await;
    let email = format!("{}@example.com", person.name);
    assert_eq!(person.api.get("/v1/me").await.expect(200)["email"], email.as_str());

    let found = world.api.get(&format!("/v1/users?q={}", person.name)).await.expect(200);
    assert_eq!(found["items"], json!([{"id": person.sub, "email": email, "enabled": true}]));
    assert_eq!(world.api.get("/v1/users?q=%22%20or%20%22").await.expect(200)["items"], json!([]));
    let path = format!("/v1/customers/{id}/grants/{}", person.sub);
    for (role, verbs) in [
        ("viewer", json!(["view_any", "view"])),
        ("admin", json!(["view_any", "view", "update", "delete", "sync", "approve"])),
        ("operator", json!(["view_any", "view", "sync", "approve"])),
    ] {
        let grant = world.api.put(&path, &json!({"role": role})).await.expect(200);
        assert_eq!((&grant["role"], &grant["verbs"]), (&json!(role), &verbs));
        let people = (&grant["email"], &grant["granted_by_email"]);
        assert_eq!(people, (&json!(email), &json!("admin@example.com")));
    }
    assert_eq!(person.api.get("/v1/users").await.status, 403, "the picker is a super admin's");

    let job = person.api.post(&format!("/v1/customers/{id}/sync"), &json!({})).await.expect(202)["job_id"].clone();
    let job = world.wait_for_job(job.as_str().unwrap()).await;
    assert_eq!((&job["actor"], &job["actor_email"]), (&json!(person.sub), &json!(email)));
    let trail = world.api.get(&format!("/v1/audit?actor={}", person.sub)).await.expect(200);
    assert_eq!(trail["items"][0]["actor_email"], email.as_str());
    person.leave(&world).await;
    world.remove(&id).await;
}

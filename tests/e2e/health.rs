//! The health of a customer is the same wherever it is shown, and says what is wrong from the first failure on. Rows R187 to
//! R189 of docs/reliability.md.

use serde_json::{Value, json};
use tests::simulator::{Fault, Simulator};

use crate::{people::Person, upstream::tenant, world::World};

/// The customers that need a person, as the list and the counters tell this person.
async fn in_need(person: &Person) -> (Vec<Value>, i64) {
    let listed = person.api.get("/v1/customers?needs_person=true").await.expect(200);
    let counters = person.api.get("/v1/stats").await.expect(200);
    let ids = listed["items"].as_array().unwrap().iter().map(|customer| customer["id"].clone()).collect();
    (ids, counters["customers"]["need_person"].as_i64().unwrap())
}

/// The health as the customer, the filtered list, the counters and the groups show it to a person who sees only this customer.
async fn shown(person: &Person, id: &str) -> [Value; 4] {
    let customer = person.api.get(&format!("/v1/customers/{id}")).await.expect(200);
    let state = customer["health"]["state"].as_str().unwrap().to_owned();
    let listed = person.api.get(&format!("/v1/customers?health={state}&sort=-health")).await.expect(200);
    let counters = person.api.get("/v1/stats").await.expect(200);
    let counted: Vec<_> = counters["customers"]["by_health"].as_object().unwrap().iter().collect();
    let counted = counted.into_iter().find(|(_, count)| **count == json!(1)).map(|(state, _)| state.clone());
    let groups = person.api.get("/v1/attention").await.expect(200);
    [json!(state), listed["items"][0]["health"]["state"].clone(), json!(counted), groups["items"][0].clone()]
}

#[tokio::test]
async fn a_customer_fails_from_its_first_failure_on_and_is_well_again_after_a_success() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("unwell", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let person = Person::granted(&world, &id, &["view", "sync"]).await;
    assert_eq!(shown(&person, &id).await, [json!("ok"), json!("ok"), json!("ok"), Value::Null]);
    assert_eq!(in_need(&person).await, (Vec::new(), 0));

    tenant.fault(Fault::list().status(403));
    let failed = world.sync(&id).await;
    let [state, listed, counted, group] = shown(&person, &id).await;
    assert_eq!([&state, &listed, &counted], ["failing"; 3]);
    assert_eq!(in_need(&person).await, (vec![json!(id)], 1));
    assert_eq!((&group["health"], &group["class"], &group["count"]), (&state, &json!("permission"), &json!(1)));
    assert_eq!((&group["customers"][0]["id"], &group["actions"][0]), (&json!(id), &json!("test_connection")));
    assert_eq!(group["remedy"], failed["error"]["next_step"]);
    let health = world.customer(&id).await["health"].clone();
    assert_eq!((&health["job_id"], &health["reason"]), (&failed["id"], &failed["error"]["message"]));
    assert_eq!((&group["since"], &group["remedy"]), (&health["since"], &health["remedy"]));
    person.grant(&world, &id, &["view"]).await;
    assert_eq!(shown(&person, &id).await[3]["actions"], json!([]), "nothing is offered that would be refused");

    world.sync(&id).await;
    assert_eq!(shown(&person, &id).await, [json!("ok"), json!("ok"), json!("ok"), Value::Null]);
    person.leave(&world).await;
    world.remove(&id).await;
}

#[tokio::test]
async fn the_same_cause_of_several_customers_is_one_group_and_the_worst_comes_first() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let person = Person::join(&world, None).await;
    let mut ids = Vec::new();
    for name in ["refused-1", "refused-2", "shrinks"] {
        let tenant = simulator.tenant(name);
        tenant.seed(12);
        let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
        match name {
            "shrinks" => {
                for workflow in tenant.ids().into_iter().take(8) {
                    tenant.remove(workflow);
                }
            }
            _ => {
                tenant.set_secret("another-secret");
                tenant.revoke_tokens();
            }
        }
        world.sync(&id).await;
        person.grant(&world, &id, &["view"]).await;
        ids.push(id);
    }

    let groups = person.api.get("/v1/attention").await.expect(200)["items"].clone();
    assert_eq!((&groups[0]["health"], &groups[0]["count"]), (&json!("held"), &json!(1)));
    assert!(groups[0]["customers"][0]["held_job_id"].is_string(), "{groups}");
    assert_eq!((&groups[1]["class"], &groups[1]["count"]), (&json!("config"), &json!(2)));
    let group = person.api.get("/v1/customers?health=failing&error_class=config").await.expect(200);
    assert_eq!(group["total"], 2, "the list of a group");
    let list = person.api.get("/v1/customers?health=failing,held&sort=-health&limit=2").await.expect(200);
    let next = list["next_cursor"].as_str().unwrap();
    let rest = person.api.get(&format!("/v1/customers?health=failing,held&sort=-health&limit=2&cursor={next}")).await;
    let listed =
        |page: &Value| page["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
    assert_eq!(json!([listed(&list), listed(&rest.expect(200))].concat()), json!([ids[2], ids[0], ids[1]]));
    for id in ids {
        world.remove(&id).await;
    }
    person.leave(&world).await;
}

//! Edits of a customer that meet each other, or bring back what was only shown. Rows R37 and R38 of docs/reliability.md.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::{upstream::tenant, world::World};

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

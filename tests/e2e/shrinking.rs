//! A tenant that shrinks: at once, bit by bit, or by half.

use serde_json::json;

use crate::{
    upstream::{stats, tenant},
    world::World,
};

#[tokio::test]
async fn a_tenant_that_shrinks_by_a_fifth_at_every_sync_is_held_at_the_second() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("melting", 40);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    let mut states = Vec::new();
    for left in [32, 26, 21, 16] {
        for gone in tenant.ids().into_iter().skip(left) {
            tenant.remove(gone);
        }
        let job = world.sync(&id).await;
        states.push((job["state"].as_str().unwrap().to_owned(), stats(&job)[3]));
    }

    assert_eq!(states, [("succeeded".into(), 8), ("held".into(), 0), ("held".into(), 0), ("held".into(), 0)]);
    assert_eq!(world.workflows(&id).await.len(), 32);
    let held = world.jobs_of(&id).await.remove(0);
    assert!(held["held"]["reason"].as_str().unwrap().contains("8 of them were deleted before"), "{held}");
    // An approval frees exactly its list; what goes after it is judged as if that had not counted.
    let approve = format!("/v1/jobs/{}/approve-deletions", held["id"].as_str().unwrap());
    let approved = world.api.post(&approve, &json!({})).await.expect(202);
    assert_eq!(stats(&world.wait_for_job(approved["id"].as_str().unwrap()).await), [0, 0, 16, 16, 16, 0]);
    tenant.remove(tenant.ids()[0]);
    let job = world.sync(&id).await;
    assert_eq!(job["state"], "held", "eight of twenty-four went without approval today, this is the ninth: {job}");
    world.remove(&id).await;
}

#[tokio::test]
async fn half_of_a_tenant_is_held_however_few_that_are() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("half", 6);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    for gone in tenant.ids().into_iter().skip(1) {
        tenant.remove(gone);
    }

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("held"), [0, 0, 1, 0, 1, 0]), "{job}");
    assert_eq!((&job["held"]["count"], &job["held"]["kind"]), (&json!(5), &json!("deletions")));
    assert_eq!(world.workflows(&id).await.len(), 6);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_doubt_is_settled_by_a_list_without_one_though_an_export_fails() {
    use tests::simulator::Fault;

    let world = World::connect().await;
    let (simulator, tenant) = tenant("settled", 8);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let all: Vec<_> = tenant.ids().into_iter().map(|id| tenant.workflow(id).unwrap()).collect();
    for gone in &all[..4] {
        tenant.remove(gone.id);
    }
    let broken = all[7].id;
    tenant.edit(broken, |workflow| workflow.name = "Broken".into());
    tenant.fault(Fault::export().workflow(broken).always().status(500));
    assert_eq!(world.sync(&id).await["state"], "held");
    let awaiting = format!("/v1/jobs?customer_id={id}&awaiting_approval=true");
    assert_eq!(world.api.get(&awaiting).await.body["items"].as_array().unwrap().len(), 1);
    for back in &all[..4] {
        tenant.add(back.clone());
    }

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("incomplete"), [0, 0, 7, 0, 8, 1]), "{job}");
    assert_eq!(world.api.get(&awaiting).await.body["items"], json!([]));
    let customer = world.customer(&id).await;
    assert_eq!(customer["last_complete_sync_at"], job["started_at"]);
    let workflows = world.workflows(&id).await;
    let synced = |id: u64| workflows[&id.to_string()]["last_synced_at"].as_str().unwrap().to_owned();
    assert_eq!(synced(all[0].id), job["started_at"].as_str().unwrap());
    assert!(synced(broken) < synced(all[0].id), "the broken one was last brought up to date before");
    world.remove(&id).await;
}

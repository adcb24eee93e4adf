//! Proof by Zuora's own answers: nothing is deleted, blamed or replaced because of an answer from anything else.

use serde_json::{Value, json};
use tests::simulator::{Fault, Odd, Reply, Route, Simulator};

use crate::{
    upstream::{bent, stats, tenant},
    world::World,
};

/// Answers from systems between us and Zuora.
const FOREIGN: [Odd; 4] = [Odd::Proxy404, Odd::Firewall403, Odd::Maintenance200, Odd::Empty200];

#[tokio::test]
async fn what_is_missing_is_deleted_only_on_zuoras_own_word() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("proxy", 10);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.remove(tenant.ids()[3]);

    for odd in FOREIGN.into_iter().take(2).chain([Odd::Json404OfAGateway]) {
        tenant.clear_faults();
        tenant.fault(Fault::get().always().odd(odd));
        let job = world.sync(&id).await;
        assert_eq!(stats(&job), [0, 0, 9, 0, 9, 0], "{odd:?}: {job}");
        assert_eq!(world.workflows(&id).await.len(), 10, "{odd:?}");
    }
    // By now it was absent from three complete lists.
    let held = world.jobs_of(&id).await.remove(0);
    assert_eq!((&held["state"], &held["held"]["kind"]), (&json!("held"), &json!("unproven")), "{held}");
    tenant.clear_faults();
    assert_eq!(stats(&world.sync(&id).await), [0, 0, 9, 1, 9, 0], "Zuora itself says so");
    assert_eq!(world.workflows(&id).await.len(), 9);
    assert_eq!(
        world.api.get(&format!("/v1/jobs?customer_id={id}&awaiting_approval=true")).await.body["items"],
        json!([])
    );
    world.remove(&id).await;
}

#[tokio::test]
async fn what_zuora_will_not_confirm_is_deleted_when_a_person_approves_it_and_nothing_else() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("unproven", 10);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let ids = tenant.ids();
    tenant.remove(ids[0]);
    tenant.fault(Fault::get().always().odd(Odd::Proxy404));
    for _ in 0..2 {
        assert_eq!(world.sync(&id).await["state"], "succeeded", "a doubt is no fault");
    }
    // This one is deleted later, so no person is asked about it yet.
    tenant.remove(ids[1]);
    let held = world.sync(&id).await;
    assert_eq!(
        (&held["state"], &held["held"]["workflow_ids"]),
        (&json!("held"), &json!([ids[0].to_string()])),
        "{held}"
    );

    let path = format!("/v1/jobs/{}/approve-deletions", held["id"].as_str().unwrap());
    let approved = world.api.post(&path, &json!({"list_hash": held["held"]["list_hash"]})).await.expect(202);
    let job = world.wait_for_job(approved["id"].as_str().unwrap()).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 0, 8, 1, 8, 0]), "{job}");
    let left = world.workflows(&id).await;
    assert!(!left.contains_key(&ids[0].to_string()) && left.contains_key(&ids[1].to_string()));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_workflow_that_is_listed_again_is_no_longer_in_doubt() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("doubt", 10);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let gone = tenant.workflow(tenant.ids()[0]).unwrap();
    tenant.fault(Fault::get().always().odd(Odd::Proxy404));
    for round in 0..2 {
        tenant.remove(gone.id);
        world.sync(&id).await;
        assert_eq!(world.sync(&id).await["state"], "succeeded", "round {round}");
        tenant.add(gone.clone());
        assert_eq!(stats(&world.sync(&id).await), [0, 0, 10, 0, 10, 0], "round {round}");
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn a_page_that_is_not_zuoras_ends_the_attempt_and_blames_nobody() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let one = async |route: Route, odd: Odd| {
        let tenant = simulator.tenant(&format!("{route:?} {odd:?}"));
        tenant.seed(3);
        let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
        tenant.revoke_tokens();
        tenant.fault(Fault::on(route).always().odd(odd));
        let before = world.customer(&id).await;

        let asked = world.ask_for_sync(&id).await;
        let job = world.wait_for_job_state(&asked, &["waiting", "failed", "incomplete", "succeeded", "held"]).await;

        assert_eq!(
            (&job["state"], &job["error"]["class"]),
            (&json!("waiting"), &json!("transient")),
            "{route:?} {odd:?}: {job}"
        );
        let after = world.customer(&id).await;
        assert_eq!(
            (&after["connection"], &after["workflows_count"]),
            (&before["connection"], &json!(3)),
            "{route:?} {odd:?}"
        );
        tenant.clear_faults();
        world.hurry(&id, &asked).await;
        assert_eq!(stats(&world.wait_for_job(&asked).await), [0, 0, 3, 0, 3, 0], "{route:?} {odd:?}");
        world.remove(&id).await;
    };
    let ways = [Route::Token, Route::List].into_iter().flat_map(|route| FOREIGN.map(|odd| one(route, odd)));
    futures::future::join_all(ways).await;
}

#[tokio::test]
async fn an_export_that_is_not_zuoras_replaces_no_copy() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("no-export", 6);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let odd = tenant.ids()[2];
    let path = format!("/v1/customers/{id}/workflows/{odd}/definition");
    let before = world.api.get(&path).await;
    tenant.edit(odd, |workflow| workflow.name = "Edited".into());

    for way in FOREIGN.into_iter().chain([Odd::UnsuccessfulEmptyExport]) {
        tenant.clear_faults();
        tenant.fault(Fault::export().workflow(odd).always().odd(way));
        let job = world.sync(&id).await;
        assert_eq!((&job["state"], stats(&job)), (&json!("incomplete"), [0, 0, 5, 0, 6, 1]), "{way:?}: {job}");
        assert_eq!(job["errors"][0]["class"], "transient", "{way:?}");
        assert_eq!(world.api.get(&path).await.text, before.text, "{way:?}");
        assert_eq!(world.customer(&id).await["connection"]["status"], "ok", "{way:?}");
    }
    tenant.clear_faults();
    assert_eq!(stats(&world.sync(&id).await), [0, 1, 5, 0, 6, 0]);
    world.remove(&id).await;
}

#[tokio::test]
async fn five_workflows_that_may_not_be_exported_never_stop_a_tenant_that_was_exported_before() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("denied", 12);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    for denied in tenant.ids().into_iter().take(5) {
        // Changed ones come first in every sync.
        tenant.edit(denied, |workflow| workflow.name = "Restricted".into());
        tenant.fault(Fault::export().workflow(denied).always().status(403));
    }

    for round in 0..4 {
        let job = world.sync(&id).await;
        assert_eq!((&job["state"], stats(&job)), (&json!("incomplete"), [0, 0, 7, 0, 12, 5]), "{round}: {job}");
    }
    let customer = world.customer(&id).await;
    assert_eq!((&customer["status"], &customer["connection"]["status"]), (&json!("active"), &json!("ok")));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_draft_is_exported_by_its_latest_version_whichever_way_zuora_says_that_none_is_active() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("drafts", 3);
    let draft = tenant.ids()[1];
    for status in [400, 404] {
        tenant.clear_faults();
        tenant.fault(Fault::export().workflow(draft).always().with(move |asked, truth: Reply| {
            let no = json!({"errors": [{"status": 400, "code": "invalid", "title": "No active version."}]});
            if asked.version.is_none() { Reply::json(status, &no) } else { truth }
        }));
        let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
        assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [3, 0, 0, 0, 3, 0]), "{status}: {job}");
        let path = format!("/v1/customers/{id}/workflows/{draft}/definition");
        world.api.get(&path).await.expect(200);
        world.remove(&id).await;
    }
}

#[tokio::test]
async fn times_with_and_without_fractions_are_the_same_moment_and_no_other_tenant() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("fractions", 8);
    let all = |change: fn(&mut Value)| {
        bent(Fault::list().always(), move |page| page["data"].as_array_mut().unwrap().iter_mut().for_each(change))
    };
    tenant.fault(all(|item| item["createdAt"] = "2019-05-31T14:52:38.171Z".into()));
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    for change in [
        (|item: &mut Value| item["createdAt"] = "2019-05-31T14:52:38Z".into()) as fn(&mut Value),
        |item: &mut Value| item["createdAt"] = "soon".into(),
    ] {
        tenant.clear_faults();
        tenant.fault(all(change));
        let job = world.sync(&id).await;
        assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 8, 0, 0, 8, 0]), "{job}");
    }
    world.remove(&id).await;
}

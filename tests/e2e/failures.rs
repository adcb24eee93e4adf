//! The end of a sync when Zuora refuses, fails or asks to wait.

use std::time::Duration;

use serde_json::{Value, json};
use shared::clock;
use tests::simulator::{Effect, Fault, Route, Simulator, Tenant};

use crate::world::World;

#[tokio::test]
async fn a_wrong_secret_is_refused_at_once_and_nothing_is_stored() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("wrong");
    let mut creation = World::creation(&tenant, &simulator.base_url());
    creation["zuora_client_secret"] = json!("not-the-secret");

    let answer = world.api.post("/v1/customers", &creation).await;

    assert_eq!((answer.status, &answer.body["type"]), (422, &json!("/problems/zuora-credentials-invalid")));
    let detail = answer.body["detail"].as_str().unwrap().to_lowercase();
    for part in ["invalid zuora credentials", "client id", "client secret", "base url"] {
        assert!(detail.contains(part), "{detail}");
    }
    assert!(!answer.text.contains("not-the-secret"));
    let name = creation["name"].as_str().unwrap().replace(' ', "%20");
    assert_eq!(world.api.get(&format!("/v1/customers?name={name}")).await.expect(200)["total"], 0);
}

#[tokio::test]
async fn a_role_without_workflow_access_and_a_dead_address_are_told_apart() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("denied");
    tenant.fault(Fault::list().always().status(403));
    let denied = world.api.post("/v1/customers", &World::creation(&tenant, &simulator.base_url())).await;
    assert_eq!((denied.status, &denied.body["type"]), (422, &json!("/problems/zuora-permission-missing")));

    let base_url = simulator.base_url();
    simulator.stop();
    let gone = world.api.post("/v1/customers", &World::creation(&tenant, &base_url)).await;
    assert_eq!((gone.status, &gone.body["type"]), (422, &json!("/problems/zuora-unreachable")), "{}", gone.text);
}

#[tokio::test]
async fn a_secret_that_turns_wrong_fails_the_job_at_once_and_the_right_one_and_a_redrive_mend_it() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("turned");
    tenant.seed(5);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let right = tenant.client_secret();
    tenant.set_secret("another-secret");
    tenant.revoke_tokens();

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], &job["error"]["class"]), (&json!("failed"), &json!("config")), "{job}");
    let message = job["error"]["message"].as_str().unwrap();
    assert!(message.contains("Invalid Zuora credentials"), "{message}");
    for part in ["client id", "client secret", "base url"] {
        assert!(message.to_lowercase().contains(part), "{message}");
    }
    let customer = world.customer(&id).await;
    assert_eq!(
        (&customer["connection"]["status"], &customer["last_sync"]["state"]),
        (&json!("failed"), &json!("failed"))
    );
    let letters = world.api.get(&format!("/v1/dead-letters?customer_id={id}")).await.expect(200);
    assert_eq!(letters["items"][0]["job_id"], job["id"]);
    let depth = async || world.api.get("/v1/dead-letters").await.expect(200)["depth"].as_u64().unwrap();
    world.wait_until("the dead-letter queue holds it", async || depth().await >= 1).await;

    tenant.set_secret(&right);
    let redriven = world.api.post("/v1/dead-letters/redrive", &json!({"customer_id": id})).await.expect(200);
    assert_eq!(redriven["job_ids"], json!([job["id"]]), "{redriven}");
    let again = world.wait_for_job(job["id"].as_str().unwrap()).await;
    assert_eq!((&again["state"], &again["error"]), (&json!("succeeded"), &Value::Null), "{again}");
    let letters = world.api.get(&format!("/v1/dead-letters?customer_id={id}")).await.expect(200);
    assert_eq!(letters["items"], json!([]));
    world.remove(&id).await;
}

/// A customer whose secret was replaced at Zuora, and its failed job.
async fn with_an_outdated_secret(world: &World, simulator: &Simulator, tenant: &Tenant) -> (String, String) {
    tenant.seed(5);
    let (id, _) = world.create_and_sync(tenant, &simulator.base_url()).await;
    tenant.set_secret("replaced at Zuora");
    tenant.revoke_tokens();
    let failed = world.sync(&id).await;
    assert_eq!(failed["state"], "failed", "{failed}");
    (id, failed["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_failed_job_is_settled_by_the_sync_with_the_secret_that_was_saved_since_and_can_be_retried_all_the_same() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("saved");
    let (id, failed) = with_an_outdated_secret(&world, &simulator, &tenant).await;
    let change = json!({"zuora_client_secret": "replaced at Zuora"});
    world.api.patch(&format!("/v1/customers/{id}"), &change).await.expect(200);
    let own_sync = world.jobs_of(&id).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.wait_for_job(&own_sync).await["state"], "succeeded");

    let redriven = world.api.post("/v1/dead-letters/redrive", &json!({"customer_id": id})).await.expect(200);

    assert_eq!((&redriven["job_ids"], &redriven["superseded"]), (&json!([]), &json!(0)), "{redriven}");
    assert_eq!(world.job(&failed).await["superseded_by"], own_sync.as_str());
    world.api.post(&format!("/v1/jobs/{failed}/retry"), &json!({})).await.expect(202);
    let job = world.wait_for_job(&failed).await;
    assert_eq!((&job["state"], &job["superseded_by"]), (&json!("succeeded"), &Value::Null), "{job}");
    let letters = world.api.get(&format!("/v1/dead-letters?customer_id={id}")).await.expect(200);
    assert_eq!(letters["items"], json!([]));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_redrive_leaves_the_work_to_the_sync_that_is_under_way() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("superseded");
    let (id, failed) = with_an_outdated_secret(&world, &simulator, &tenant).await;
    let hold = tenant.hold(Route::List);
    // Unverified, because verification lists as well and would wait at the gate.
    let change = json!({"zuora_client_secret": "replaced at Zuora", "verify": false});
    world.api.patch(&format!("/v1/customers/{id}"), &change).await.expect(200);
    hold.wait_for_arrival().await;
    let under_way = world.jobs_of(&id).await[0]["id"].as_str().unwrap().to_owned();

    let redriven = world.api.post("/v1/dead-letters/redrive", &json!({"customer_id": id})).await.expect(200);

    assert_eq!((&redriven["redriven"], &redriven["superseded"]), (&json!(0), &json!(1)), "{redriven}");
    assert_eq!(world.job(&failed).await["superseded_by"], under_way.as_str());
    let letters = world.api.get(&format!("/v1/dead-letters?customer_id={id}")).await.expect(200);
    assert_eq!(letters["items"], json!([]));
    hold.release();
    assert_eq!(world.wait_for_job(&under_way).await["state"], "succeeded");
    assert_eq!(world.jobs_of(&id).await.len(), 3, "the first, the failed one, and the one that did its work");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_new_secret_is_proven_before_it_replaces_the_old_one_and_brings_a_sync_with_it() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("rotated");
    tenant.seed(3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}");

    let refused = world.api.patch(&path, &json!({"zuora_client_secret": "wrong"})).await;
    assert_eq!((refused.status, &refused.body["type"]), (422, &json!("/problems/zuora-credentials-invalid")));
    assert_eq!(world.sync(&id).await["state"], "succeeded", "the old one still works");

    tenant.set_secret("a-new+secret/=");
    let before = world.jobs_of(&id).await.len();
    world.api.patch(&path, &json!({"zuora_client_secret": "a-new+secret/="})).await.expect(200);
    let jobs = world.jobs_of(&id).await;
    assert_eq!((jobs.len(), &jobs[0]["trigger"]), (before + 1, &json!("credentials_changed")));
    assert_eq!(world.wait_for_job(jobs[0]["id"].as_str().unwrap()).await["state"], "succeeded");
    world.remove(&id).await;
}

#[tokio::test]
async fn three_times_503_and_then_an_answer_is_a_success_in_the_end() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("shaky");
    tenant.seed(5);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.reset_requests();
    tenant.fault(Fault::list().times(3).status(503));

    let job = world.sync(&id).await;

    assert_eq!(
        (&job["state"], &job["attempts"], &job["error"]),
        (&json!("succeeded"), &json!(2), &Value::Null),
        "{job}"
    );
    let refused = tenant.requests().iter().filter(|seen| seen.status == Some(503)).count();
    assert_eq!(refused, 3);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_429_is_waited_out_and_is_not_an_attempt() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("limited");
    tenant.seed(5);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.reset_requests();
    tenant.fault(Fault::list().rate_limited(4));
    let before = clock::now();

    let asked = world.ask_for_sync(&id).await;
    let waiting = world.wait_for_job_state(&asked, &["waiting"]).await;
    let after = clock::now();

    assert_eq!((&waiting["attempts"], &waiting["error"]["class"]), (&json!(0), &json!("rate_limit")), "{waiting}");
    let due = waiting["next_attempt_at"].as_str().unwrap();
    let (earliest, latest) = (before.plus(Duration::from_secs(4)), after.plus(Duration::from_secs(4 + 2)));
    assert!(earliest.to_string().as_str() <= due && due <= latest.to_string().as_str(), "{earliest} {due} {latest}");
    let job = world.wait_for_job(&asked).await;
    assert_eq!((&job["state"], &job["attempts"]), (&json!("succeeded"), &json!(1)), "{job}");
    let lists: Vec<_> = tenant.requests().into_iter().filter(|seen| seen.route == Route::List).collect();
    let pause = lists[1].at.duration_since(lists[0].at);
    assert!(pause >= Duration::from_secs(4), "asked again after {pause:?}");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_token_revoked_in_the_middle_is_replaced_once() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("revoked");
    tenant.seed(120);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.reset_requests();
    let holds = [2, 3].map(|page| tenant.hold(Route::List.page(page)));
    let asked = world.ask_for_sync(&id).await;
    for hold in &holds {
        hold.wait_for_arrival().await;
    }

    tenant.revoke_tokens();
    drop(holds);

    let job = world.wait_for_job(&asked).await;
    assert_eq!((&job["state"], &job["stats"]["unchanged"]), (&json!("succeeded"), &json!(120)), "{job}");
    assert_eq!(tenant.count(Route::Token), 1, "one for both");
    let rejected = tenant.requests().iter().filter(|seen| seen.status == Some(401)).count();
    assert!((3..=4).contains(&rejected), "each asks once more before the token is given up: {rejected}");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_goes_nowhere_else() {
    let world = World::connect().await;
    let (simulator, elsewhere) = (Simulator::start(), Simulator::start());
    let tenant = simulator.tenant("redirected");
    tenant.seed(60);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::list().page(2).always().redirect(&format!("{}/workflows?page=2", elsewhere.base_url())));
    tenant.fault(
        Fault::list()
            .page(1)
            .always()
            .effect(Effect::NextPage(json!(format!("{}/workflows?page=2", elsewhere.base_url())))),
    );

    let asked = world.ask_for_sync(&id).await;
    let job = world.wait_for_job_state(&asked, &["waiting", "failed", "incomplete"]).await;

    assert_eq!(job["stats"]["deleted"], 0, "{job}");
    assert!(elsewhere.strangers().is_empty(), "the other host was visited");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_connection_test_of_the_stored_credentials_says_what_it_found() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("tested");
    tenant.seed(1);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}/connection-test");

    let asked = world.api.post(&path, &json!({})).await.expect(202);
    assert_eq!(world.wait_for_job(asked["job_id"].as_str().unwrap()).await["state"], "succeeded");
    assert_eq!(world.customer(&id).await["connection"]["status"], "ok");

    tenant.set_secret("changed");
    let asked = world.api.post(&path, &json!({})).await.expect(202);
    let job = world.wait_for_job(asked["job_id"].as_str().unwrap()).await;
    assert_eq!((&job["state"], &job["dead_lettered_at"]), (&json!("failed"), &Value::Null), "{job}");
    assert_eq!(world.customer(&id).await["connection"]["error"]["class"], "config");

    let mut unsaved = json!({"zuora_base_url": simulator.base_url(), "zuora_client_id": tenant.client_id()});
    unsaved["zuora_client_secret"] = json!("changed");
    assert_eq!(world.api.post("/v1/connection-test", &unsaved).await.expect(200)["ok"], true);
    unsaved["zuora_client_secret"] = json!("wrong");
    assert_eq!(world.api.post("/v1/connection-test", &unsaved).await.status, 422);
    world.remove(&id).await;
}

//! Access tokens that expire, are refused, or arrive in odd answers; and secrets that stay wrong. Rows R23 to R26 and R142 to
//! R144 of docs/reliability.md.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use shared::{clock, domain::time::Timestamp};
use tests::simulator::{Fault, Reply, Route, Tenant};

use crate::{
    upstream::{bent, create_unverified, stats, tenant},
    world::World,
};

/// The requests and the statuses of their answers, in order.
fn conversation(tenant: &Tenant) -> Vec<(Route, Option<u16>)> {
    tenant.requests().into_iter().map(|seen| (seen.route, seen.status)).collect()
}

#[tokio::test]
async fn a_new_token_that_is_refused_too_ends_the_attempt_and_blames_no_credentials() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("refused", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.reset_requests();
    tenant.fault(Fault::list().always().status(401));

    let asked = world.ask_for_sync(&id).await;
    let job = world.wait_for_job_state(&asked, &["waiting", "failed"]).await;

    assert_eq!((&job["state"], &job["error"]["class"]), (&json!("waiting"), &json!("transient")), "{job}");
    let (message, next_step) = (&job["error"]["message"], &job["error"]["next_step"]);
    assert!(message.as_str().unwrap().contains("refuses access tokens that it issued"), "{message}");
    assert!(message.as_str().unwrap().contains("nothing wrong with the credentials is known"), "{message}");
    assert!(next_step.as_str().unwrap().contains("leave them as they are"), "{next_step}");
    let refused = (Route::List, Some(401));
    assert_eq!(
        conversation(&tenant)[..5],
        [refused, refused, (Route::Token, Some(200)), refused, refused],
        "the same token once more, then one new one"
    );
    assert_eq!(world.customer(&id).await["connection"]["status"], "ok");
    tenant.clear_faults();
    world.hurry(&id, &asked).await;
    assert_eq!(world.wait_for_job(&asked).await["state"], "succeeded");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_tenant_that_refuses_every_third_request_with_a_good_token_is_synced_with_few_tokens() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("one-in-three", 60);
    // Of every three things that are asked for one is refused, once: how requests follow each other decides nothing.
    let asked_for = Arc::new(Mutex::new(HashSet::new()));
    for route in [Route::List, Route::Get, Route::Export] {
        let asked_for = Arc::clone(&asked_for);
        tenant.fault(Fault::on(route).always().with(move |asked, answer| {
            let mut asked_for = asked_for.lock().unwrap();
            let is_new = asked_for.insert((asked.page, asked.workflow_id, asked.version.clone()));
            match is_new && asked_for.len() % 3 == 0 {
                true => Reply::json(401, &json!({"success": false, "reasons": [{"code": 90_000_011}]})),
                false => answer,
            }
        }));
    }

    let (id, job) = create_unverified(&world, &tenant, &simulator).await;
    let job = world.wait_for_job(&job).await;

    assert_eq!((&job["state"], &job["attempts"], stats(&job)), (&json!("succeeded"), &json!(1), [60, 0, 0, 0, 60, 0]));
    assert!(tenant.requests().iter().filter(|seen| seen.status == Some(401)).count() >= 20);
    assert!(tenant.count(Route::Token) <= 3, "{}", tenant.count(Route::Token));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_run_whose_tokens_all_end_at_once_asks_for_three_and_keeps_what_it_did() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("fleeting", 200);
    // Each token is used for a second, and the exports take longer than three of them.
    tenant.set_token_lifetime(2);
    tenant.fault(Fault::export().always().delay(Duration::from_millis(500)));

    let (id, asked) = create_unverified(&world, &tenant, &simulator).await;
    let job = world.wait_for_job_state(&asked, &["waiting", "failed"]).await;

    assert_eq!((&job["state"], &job["error"]["class"]), (&json!("waiting"), &json!("transient")), "{job}");
    assert!(job["error"]["message"].as_str().unwrap().contains("this run had 3"), "{job}");
    assert_eq!(tenant.count(Route::Token), 3);
    tenant.clear_faults();
    tenant.set_token_lifetime(3599);
    tenant.reset_requests();
    world.hurry(&id, &asked).await;
    let job = world.wait_for_job(&asked).await;
    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [200, 0, 0, 0, 200, 0]), "{job}");
    assert!(tenant.count(Route::Export) < 200, "{}", tenant.count(Route::Export));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_token_is_replaced_before_it_expires_in_the_middle_of_a_run() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("short-lived", 60);
    // It is used for half its life.
    tenant.set_token_lifetime(3);
    let hold = tenant.hold(Route::List.page(1));
    let (id, job) = create_unverified(&world, &tenant, &simulator).await;
    hold.wait_for_arrival().await;
    tenant.set_token_lifetime(3599);
    tokio::time::sleep(Duration::from_millis(1600)).await;
    hold.release();

    let job = world.wait_for_job(&job).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [60, 0, 0, 0, 60, 0]), "{job}");
    let begin = [Route::Token, Route::List, Route::Token, Route::List].map(|route| (route, Some(200)));
    assert_eq!(conversation(&tenant)[..4], begin);
    assert!(tenant.requests().iter().all(|seen| seen.status != Some(401)), "no request had to be refused for it");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_token_that_expired_during_a_wait_is_not_tried_again() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("expired", 3);
    tenant.set_token_lifetime(2);
    tenant.fault(Fault::list().rate_limited(2));
    let (id, job) = create_unverified(&world, &tenant, &simulator).await;

    let job = world.wait_for_job(&job).await;

    assert_eq!((&job["state"], &job["attempts"]), (&json!("succeeded"), &json!(1)), "{job}");
    let begin =
        [(Route::Token, Some(200)), (Route::List, Some(429)), (Route::Token, Some(200)), (Route::List, Some(200))];
    assert_eq!(conversation(&tenant)[..4], begin);
    assert!(tenant.requests().iter().all(|seen| seen.status != Some(401)));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_token_endpoint_that_is_down_or_busy_is_asked_again_later_and_blames_no_credentials() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("down", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    for (fault, class) in [
        (Fault::token().status(500), "transient"),
        (Fault::token().html(502), "transient"),
        // A maintenance page, and a firewall's refusal.
        (Fault::token().html(200), "transient"),
        (Fault::token().html(403), "transient"),
        (Fault::token().status(429), "rate_limit"),
        (Fault::token().status(503).header("Retry-After", "9"), "rate_limit"),
    ] {
        tenant.revoke_tokens();
        tenant.fault(fault.always());
        let asked = world.ask_for_sync(&id).await;
        let waiting = world.wait_for_job_state(&asked, &["waiting", "failed"]).await;
        assert_eq!((&waiting["state"], &waiting["error"]["class"]), (&json!("waiting"), &json!(class)), "{waiting}");
        assert_eq!(waiting["attempts"] == 0, class == "rate_limit", "a wait is not an attempt: {waiting}");
        assert!(!waiting["error"]["message"].as_str().unwrap().contains("credentials"), "{waiting}");
        assert_eq!(world.customer(&id).await["connection"]["status"], "ok");
        tenant.clear_faults();
        world.hurry(&id, &asked).await;
        assert_eq!(world.wait_for_job(&asked).await["state"], "succeeded");
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn an_answer_without_a_token_is_a_matter_of_configuration_at_once() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("tokenless", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    for fault in [
        Fault::token().status(200).body(json!({"token_type": "bearer", "expires_in": 3599})),
        Fault::token().status(200).body(json!({"access_token": ""})),
    ] {
        tenant.revoke_tokens();
        tenant.reset_requests();
        tenant.fault(fault);
        let job = world.sync(&id).await;
        let ended = (&job["state"], &job["error"]["class"], &job["attempts"]);
        assert_eq!(ended, (&json!("failed"), &json!("config"), &json!(1)), "{job}");
        assert_eq!(tenant.count(Route::Token), 1);
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn a_token_of_an_odd_lifetime_is_used_and_kept_for_a_while() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("odd-life", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    for expires_in in [json!(0), json!("3599"), json!(-1), json!("soon"), Value::Null] {
        tenant.revoke_tokens();
        let odd = expires_in.clone();
        tenant.fault(bent(Fault::token(), move |answer| answer["expires_in"] = odd.clone()));
        assert_eq!(world.sync(&id).await["state"], "succeeded", "{expires_in}");
        tenant.reset_requests();
        assert_eq!(world.sync(&id).await["state"], "succeeded", "{expires_in}");
        assert_eq!(tenant.count(Route::Token), 0, "{expires_in}: the next sync still has it");
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn after_three_refusals_in_a_row_the_schedule_leaves_a_customer_alone_until_its_secret_is_mended() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("given-up", 2);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let minutes_ago = |minutes: i64| Timestamp::from_millis(clock::now().millis() - minutes * 60_000).to_string();
    let overdue = async || world.make_due(&id, clock::now().minus(Duration::from_secs(3 * 3600))).await;
    // Far enough back that customers of other tests, due in the future, are left alone.
    let event = async || world.invoke("schedule", &json!({"task": "schedule", "time": minutes_ago(1)})).await;
    let right = tenant.client_secret();
    tenant.set_secret("another-secret");
    tenant.revoke_tokens();

    for round in 1..=3 {
        assert_eq!(world.customer(&id).await["status"], "active", "round {round}");
        overdue().await;
        event().await;
        let jobs = world.jobs_of(&id).await;
        assert_eq!((jobs.len(), &jobs[0]["trigger"]), (round + 1, &json!("schedule")));
        let job = jobs[0]["id"].as_str().unwrap();
        assert_eq!(world.wait_for_job(job).await["error"]["class"], "config");
    }

    assert_eq!(world.customer(&id).await["status"], "needs_attention");
    overdue().await;
    event().await;
    assert_eq!(world.jobs_of(&id).await.len(), 4, "not scheduled");
    tenant.set_secret(&right);
    world.api.patch(&format!("/v1/customers/{id}"), &json!({"zuora_client_secret": right})).await.expect(200);
    let newest = world.jobs_of(&id).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.wait_for_job(&newest).await["state"], "succeeded");
    assert_eq!(world.customer(&id).await["status"], "active");
    world.remove(&id).await;
}

//! What Zuora does when nothing goes wrong.

use serde_json::json;
use tests::simulator::{Route, Simulator, Workflow};

use crate::client::{Zuora, ask_token, http, ids, json};

#[tokio::test]
async fn a_list_is_paged_by_50_at_most_and_the_last_page_has_no_next() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    tenant.seed(101);
    let zuora = Zuora::login(&simulator, &tenant).await;

    let first = zuora.json("/workflows?page=1&page_length=500").await;
    let last = zuora.json("/workflows?page=3&page_length=50").await;
    let past = zuora.json("/workflows?page=4&page_length=50").await;

    assert_eq!(first["pagination"]["page_length"], 50);
    assert_eq!(first["pagination"]["next_page"], "https://rest.zuora.com/workflows?page=2&page_length=50");
    assert_eq!(last["pagination"], json!({ "page": 3, "page_length": 1 }));
    assert_eq!(past["data"], json!([]));
    assert_eq!(ids(&zuora.json("/workflows").await).len(), 20);
    assert_eq!([zuora.page(1).await, zuora.page(2).await, zuora.page(3).await].concat(), tenant.ids());
}

#[tokio::test]
async fn a_full_last_page_has_no_next() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    tenant.seed(50);
    let zuora = Zuora::login(&simulator, &tenant).await;

    let only = zuora.json("/workflows?page_length=50").await;

    assert_eq!(ids(&only), tenant.ids());
    assert_eq!(only["pagination"].get("next_page"), None);
}

#[tokio::test]
async fn the_name_filter_is_exact() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let id = tenant.add(Workflow::named("Dunning & more"));
    tenant.add(Workflow::named("Dunning"));
    let zuora = Zuora::login(&simulator, &tenant).await;

    assert_eq!(ids(&zuora.json("/workflows?name=Dunning+%26+more").await), [id]);
}

#[tokio::test]
async fn a_token_is_given_for_the_right_form_only() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let (http, id, secret) = (http(), tenant.client_id(), tenant.client_secret());

    let good = ask_token(&http, &simulator, &id, &secret).await;
    let wrong = ask_token(&http, &simulator, &id, "wrong").await;
    let stranger = ask_token(&http, &simulator, "nobody", &secret).await;
    let url = format!("{}/oauth/token", simulator.base_url());
    let not_a_form = http.post(url).body("{}").header("content-type", "application/json").send().await.unwrap();

    assert_eq!((id.len(), secret.len() <= 42), (36, true));
    assert!("+/=&%".chars().all(|awkward| secret.contains(awkward)));
    assert_eq!(good.headers()["zuora-request-id"].len(), 36);
    let good = json(good).await;
    assert_eq!((&good["expires_in"], &good["token_type"]), (&json!(3599), &json!("bearer")));
    assert_eq!(wrong.status(), 401);
    assert_eq!(json(wrong).await["error"], "invalid_client");
    assert_eq!((stranger.status().as_u16(), not_a_form.status().as_u16()), (401, 400));
    assert_eq!((tenant.count(Route::Token), simulator.strangers().len()), (2, 2));
}

#[tokio::test]
async fn without_a_live_token_the_answer_is_401() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let mut zuora = Zuora::login(&simulator, &tenant).await;

    assert_eq!(zuora.status("/workflows").await, 200);
    tenant.revoke_tokens();
    let revoked = zuora.get("/workflows").await.unwrap();
    assert_eq!(revoked.status(), 401);
    assert_eq!(json(revoked).await["reasons"][0]["code"], 90_000_011);

    tenant.set_token_lifetime(0);
    zuora = Zuora::login(&simulator, &tenant).await;
    assert_eq!(zuora.status("/workflows").await, 401);
    zuora.token = "made-up".to_owned();
    assert_eq!(zuora.status("/workflows").await, 401);
    let statuses: Vec<_> = tenant.requests().iter().map(|seen| (seen.route, seen.status)).collect();
    let (token, list) = ((Route::Token, Some(200)), |status| (Route::List, Some(status)));
    assert_eq!(statuses, [token, list(200), list(401), token, list(401)]);
    assert_eq!(simulator.strangers().len(), 1);
}

#[tokio::test]
async fn a_changed_secret_refuses_the_old_one() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let old = tenant.client_secret();

    tenant.set_secret("new+secret");

    assert_eq!(ask_token(&http(), &simulator, &tenant.client_id(), &old).await.status(), 401);
    assert_eq!(ask_token(&http(), &simulator, &tenant.client_id(), "new+secret").await.status(), 200);
}

#[tokio::test]
async fn tenants_see_their_own_workflows_although_the_ids_are_the_same() {
    let simulator = Simulator::start();
    let (acme, globex) = (simulator.tenant("acme"), simulator.tenant("globex"));
    acme.seed(3);
    globex.seed(3);

    let here = Zuora::login(&simulator, &acme).await.json("/workflows").await;
    let there = Zuora::login(&simulator, &globex).await.json("/workflows").await;

    assert_eq!(ids(&here), ids(&there));
    assert_ne!(here["data"], there["data"]);
    assert_eq!((acme.count(Route::List), globex.count(Route::List)), (1, 1));
}

#[tokio::test]
async fn an_export_is_of_the_active_version_unless_another_is_asked_for() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let id = tenant.add(Workflow::named("Dunning"));
    tenant.edit(id, |_| {});
    let zuora = Zuora::login(&simulator, &tenant).await;
    let version = async |query: &str| {
        let answer = zuora.json(&format!("/workflows/{id}/export{query}")).await;
        answer["workflow"]["version"].as_str().map(str::to_owned)
    };

    assert_eq!(version("").await.as_deref(), Some("0.0.2"));
    assert_eq!(version("?version=0.0.1").await.as_deref(), Some("0.0.1"));
    assert_eq!(zuora.status(&format!("/workflows/{id}/export?version=9")).await, 404);
    assert_eq!(zuora.status(&format!("/workflows/{id}/export?version=newest")).await, 400);

    tenant.alter(id, |workflow| {
        workflow.inactive_versions.extend(workflow.active_version.take());
    });
    let none = zuora.get(&format!("/workflows/{id}/export")).await.unwrap();
    assert_eq!(none.status(), 404);
    assert_eq!(json(none).await["errors"][0]["code"], "invalid");
    assert_eq!(version("?version=latest").await.as_deref(), Some("0.0.2"));
}

#[tokio::test]
async fn long_answers_are_compressed_when_that_is_offered() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    tenant.seed(50);
    let zuora = Zuora::login(&simulator, &tenant).await;
    let get = |path: &str| zuora.http.get(format!("{}{path}", zuora.url)).bearer_auth(&zuora.token);

    let packed = get("/workflows?page_length=50").header("accept-encoding", "gzip").send().await.unwrap();
    let plain = get("/workflows?page_length=50").header("accept-encoding", "identity").send().await.unwrap();
    let short = get("/workflows?page=9").header("accept-encoding", "gzip").send().await.unwrap();

    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(plain.headers().get("content-encoding").is_none() && short.headers().get("content-encoding").is_none());
    assert!(packed.bytes().await.unwrap().len() * 4 < plain.bytes().await.unwrap().len());
    assert_eq!(zuora.page(1).await, tenant.ids());
}

//! Each scripted fault, as the caller meets it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::simulator::{Effect, Fault, Reply, Route, Simulator, Tenant, Workflow};

use crate::client::{Zuora, ask_token, http, ids, json};

async fn tenant_of_120() -> (Simulator, Tenant, Zuora) {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    tenant.seed(120);
    let zuora = Zuora::login(&simulator, &tenant).await;
    (simulator, tenant, zuora)
}

const PAGE_2: &str = "/workflows?page=2&page_length=50";

#[tokio::test]
async fn a_fault_strikes_where_and_as_often_as_it_is_told() {
    let (_simulator, tenant, zuora) = tenant_of_120().await;
    tenant.fault(Fault::list().page(2).after(1).status(503).times(2));

    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push((zuora.status("/workflows?page=1").await, zuora.status(PAGE_2).await));
    }

    assert_eq!(statuses, [(200, 200), (200, 503), (200, 503), (200, 200), (200, 200)]);
}

#[tokio::test]
async fn a_fault_can_be_for_one_workflow_and_one_version() {
    let (_simulator, tenant, zuora) = tenant_of_120().await;
    let (one, other) = (tenant.add(Workflow::named("one")), tenant.add(Workflow::named("other")));
    tenant.fault(Fault::export().workflow(one).version("latest").status(500).always());
    tenant.fault(Fault::get().workflow(other).status(403));

    assert_eq!(zuora.status(&format!("/workflows/{one}/export?version=latest")).await, 500);
    assert_eq!(zuora.status(&format!("/workflows/{one}/export?version=latest")).await, 500);
    assert_eq!(zuora.status(&format!("/workflows/{one}/export")).await, 200);
    assert_eq!(zuora.status(&format!("/workflows/{other}/export?version=latest")).await, 200);
    assert_eq!(zuora.status(&format!("/workflows/{other}")).await, 403);
    tenant.clear_faults();
    assert_eq!(zuora.status(&format!("/workflows/{one}/export?version=latest")).await, 200);
}

#[tokio::test]
async fn a_fault_of_one_tenant_leaves_the_others_alone_and_one_for_all_does_not() {
    let (simulator, acme, zuora) = tenant_of_120().await;
    let globex = simulator.tenant("globex");
    let other = Zuora::login(&simulator, &globex).await;
    acme.fault(Fault::any().status(502).always());

    assert_eq!((zuora.status(PAGE_2).await, other.status(PAGE_2).await), (502, 200));
    acme.clear_faults();
    simulator.fault(Fault::any().status(504).always());
    assert_eq!((zuora.status(PAGE_2).await, other.status(PAGE_2).await), (504, 504));
    simulator.clear_faults();
    assert_eq!((zuora.status(PAGE_2).await, other.status(PAGE_2).await), (200, 200));
}

#[tokio::test]
async fn status_headers_and_body_are_as_scripted() {
    let (simulator, tenant, zuora) = tenant_of_120().await;
    tenant.fault(Fault::list().rate_limited(7));
    tenant.fault(Fault::list().unsuccessful(53_100_020, "not now"));
    tenant.fault(Fault::list().html(502));
    tenant.fault(Fault::list().redirect("https://elsewhere.example.com/"));
    tenant.fault(Fault::token().status(429).header("Retry-After", "1").body(json!({ "message": "slow down" })));

    let limited = zuora.get(PAGE_2).await.unwrap();
    let unsuccessful = zuora.get(PAGE_2).await.unwrap();
    let html = zuora.get(PAGE_2).await.unwrap();
    let redirect = zuora.get(PAGE_2).await.unwrap();
    let token = ask_token(&http(), &simulator, &tenant.client_id(), &tenant.client_secret()).await;

    assert_eq!((limited.status().as_u16(), &limited.headers()["retry-after"]), (429, &"7".parse().unwrap()));
    assert_eq!(json(limited).await["reasons"][0]["code"], 70);
    assert_eq!((unsuccessful.status().as_u16(), &json(unsuccessful).await["success"]), (200, &json!(false)));
    assert_eq!((html.status().as_u16(), &html.headers()["content-type"]), (502, &"text/html".parse().unwrap()));
    assert!(serde_json::from_slice::<Value>(&html.bytes().await.unwrap()).is_err());
    assert_eq!(redirect.status(), 302);
    assert_eq!(redirect.headers()["location"], "https://elsewhere.example.com/");
    assert_eq!(token.status(), 429);
    assert_eq!(json(token).await["message"], "slow down");
}

#[tokio::test]
async fn a_reset_connection_gives_no_answer_and_is_counted() {
    let (_simulator, tenant, zuora) = tenant_of_120().await;
    tenant.reset_requests();
    tenant.fault(Fault::list().effect(Effect::Reset).always());

    assert!(zuora.get(PAGE_2).await.is_err());

    // The client may have tried again by itself on a connection that had been kept alive.
    assert!(tenant.count(Route::List) >= 1);
    assert!(tenant.requests().iter().all(|seen| seen.status.is_none()));
    tenant.clear_faults();
    assert_eq!(zuora.status(PAGE_2).await, 200);
}

#[tokio::test]
async fn a_truncated_body_ends_before_its_announced_length() {
    let (_simulator, tenant, zuora) = tenant_of_120().await;
    tenant.fault(Fault::list().effect(Effect::TruncateBody));

    let answer = zuora.http.get(format!("{}{PAGE_2}", zuora.url)).bearer_auth(&zuora.token);
    let answer = answer.header("accept-encoding", "identity").send().await.unwrap();

    assert_eq!(answer.status(), 200);
    assert!(answer.content_length().unwrap() > 1000);
    assert!(answer.bytes().await.is_err());
}

#[tokio::test]
async fn truncated_json_is_a_whole_answer_that_does_not_parse() {
    let (_simulator, tenant, zuora) = tenant_of_120().await;
    tenant.fault(Fault::list().effect(Effect::TruncateJson));

    let bytes = zuora.get(PAGE_2).await.unwrap().bytes().await.unwrap();

    assert!(serde_json::from_slice::<Value>(&bytes).unwrap_err().is_eof());
}

#[tokio::test]
async fn an_empty_list_looks_like_a_tenant_without_workflows() {
    let (_simulator, tenant, zuora) = tenant_of_120().await;
    tenant.fault(Fault::list().effect(Effect::EmptyList));

    assert_eq!(zuora.json("/workflows").await, json!({ "data": [], "pagination": { "page": 1, "page_length": 0 } }));
}

#[tokio::test]
async fn next_page_can_point_anywhere() {
    let (_simulator, tenant, zuora) = tenant_of_120().await;
    for next in [json!("http://169.254.169.254/latest"), json!(null), json!("")] {
        tenant.fault(Fault::list().effect(Effect::NextPage(next.clone())));

        let answer = zuora.json("/workflows?page=3&page_length=50").await;

        assert_eq!(answer["pagination"].get("next_page"), Some(&next));
        assert_eq!(ids(&answer).len(), 20);
    }
}

#[tokio::test]
async fn pages_can_go_round_for_ever_or_repeat_themselves() {
    let (_simulator, tenant, zuora) = tenant_of_120().await;
    tenant.fault(Fault::list().effect(Effect::EndlessPages).times(2));
    let (third, fourth) =
        (zuora.json("/workflows?page=3&page_length=50").await, zuora.json("/workflows?page=4&page_length=50").await);
    tenant.fault(Fault::list().page(2).effect(Effect::RepeatPage(1)));
    let repeated = zuora.json(PAGE_2).await;

    assert!(third["pagination"]["next_page"].is_string() && fourth["pagination"]["next_page"].is_string());
    assert_eq!(ids(&fourth), tenant.ids()[..50]);
    assert_eq!(ids(&repeated), tenant.ids()[..50]);
    assert_eq!(repeated["pagination"]["page"], 2);
}

#[tokio::test]
async fn a_huge_body_is_still_json() {
    let (_simulator, tenant, zuora) = tenant_of_120().await;
    tenant.fault(Fault::list().effect(Effect::Huge(20_000_000)));

    let bytes = zuora.get(PAGE_2).await.unwrap().bytes().await.unwrap();

    assert!(bytes.len() > 20_000_000);
    assert_eq!(ids(&serde_json::from_slice(&bytes).unwrap()).len(), 50);
}

#[tokio::test]
async fn a_delay_comes_before_the_answer_and_a_drip_stretches_it() {
    let (_simulator, tenant, zuora) = tenant_of_120().await;
    tenant.fault(Fault::list().delay(Duration::from_millis(80)));
    let begun = Instant::now();
    assert_eq!(zuora.status(PAGE_2).await, 200);
    assert!(begun.elapsed() >= Duration::from_millis(80));

    tenant.fault(Fault::get().effect(Effect::Drip { bytes: 40, every_ms: 10 }));
    let begun = Instant::now();
    let answer = zuora.get(&format!("/workflows/{}", tenant.ids()[0])).await.unwrap();
    let headers_after = begun.elapsed();
    let bytes = answer.bytes().await.unwrap();
    let drips = u32::try_from(bytes.len().div_ceil(40)).unwrap();
    assert!(headers_after < begun.elapsed() && begun.elapsed() >= Duration::from_millis(10) * drips);
}

#[tokio::test]
async fn a_closure_can_make_anything_of_the_true_answer() {
    let (_simulator, tenant, zuora) = tenant_of_120().await;
    tenant.fault(Fault::list().with(|asked, truth| {
        let mut body: Value = serde_json::from_slice(&truth.body).unwrap();
        body["data"].as_array_mut().unwrap().retain(|item| item["id"] != 100);
        body["asked"] = json!(asked.page);
        Reply::json(truth.status, &body).with_header("X-Bent", "yes")
    }));

    let answer = zuora.get("/workflows?page=1").await.unwrap();

    assert_eq!(answer.headers()["x-bent"], "yes");
    let body = json(answer).await;
    assert_eq!((ids(&body)[0], &body["asked"]), (116, &json!(1)));
}

#[tokio::test]
async fn an_answer_that_names_its_encoding_is_sent_as_it_is() {
    let (_simulator, tenant, zuora) = tenant_of_120().await;
    let page = zuora.get(PAGE_2).await.unwrap().bytes().await.unwrap();
    tenant.fault(Fault::list().with(|_, truth| truth.with_header("content-encoding", "identity")));
    tenant.fault(Fault::list().with(|_, truth| truth.with_header("content-encoding", "gzip")));

    let get = || zuora.http.get(format!("{}{PAGE_2}", zuora.url)).bearer_auth(&zuora.token);
    let plain = get().header("accept-encoding", "gzip").send().await.unwrap();
    let mislabelled = get().header("accept-encoding", "gzip").send().await.unwrap();

    assert_eq!(plain.bytes().await.unwrap(), page);
    assert_eq!(mislabelled.headers()["content-encoding"], "gzip");
    assert_eq!(mislabelled.bytes().await.unwrap(), page, "it is no gzip");
}

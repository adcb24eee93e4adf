//! What a test has in its hands: generated workflows, edits, the log, holds, latency, the end.

use std::{collections::HashSet, time::Duration};

use serde_json::Value;
use tests::simulator::{Route, Simulator, Spelling, TimeStyle, Workflow};

use crate::client::{Zuora, ids, json};

#[tokio::test]
async fn the_same_name_yields_the_same_workflows() {
    let (one, two) = (Simulator::start(), Simulator::start());
    let mut lists = Vec::new();
    for simulator in [&one, &two] {
        let tenant = simulator.tenant("acme");
        tenant.seed(20);
        tenant.seed(10);
        let zuora = Zuora::login(simulator, &tenant).await;
        let id = tenant.ids()[4];
        let export = zuora.json(&format!("/workflows/{id}/export?version=latest")).await;
        lists.push((zuora.json("/workflows?page_length=50").await, export));
    }

    assert_eq!(ids(&lists[0].0).len(), 30);
    assert_eq!(lists[0], lists[1]);
}

#[tokio::test]
async fn generated_workflows_show_every_oddity_and_exports_have_real_sizes() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    tenant.seed(200);
    let zuora = Zuora::login(&simulator, &tenant).await;

    let all: Vec<Workflow> = tenant.ids().iter().map(|id| tenant.workflow(*id).unwrap()).collect();
    let (mut linkages, mut actions, mut sizes) = (HashSet::new(), HashSet::new(), Vec::new());
    for id in tenant.ids() {
        let bytes = zuora.get(&format!("/workflows/{id}/export?version=latest")).await.unwrap().bytes().await.unwrap();
        let export: Value = serde_json::from_slice(&bytes).unwrap();
        sizes.push(bytes.len());
        assert!(export["linkages"].as_array().unwrap().len() >= export["tasks"].as_array().unwrap().len());
        collect(&export["linkages"], "linkage_type", &mut linkages);
        collect(&export["tasks"], "action_type", &mut actions);
    }

    for style in [TimeStyle::Zulu, TimeStyle::Offset, TimeStyle::Utc, TimeStyle::NoZone] {
        assert!(all.iter().any(|workflow| workflow.time_style == style), "{style:?}");
    }
    assert!(all.iter().any(|workflow| workflow.active_version.is_none()));
    assert!([Spelling::Published, Spelling::Corrected].iter().all(|s| all.iter().any(|w| w.spelling == *s)));
    for kind in ["Start", "Success", "Failure", "For Each", "Complete", "Case_1", "InvoicePosted", "Finish"] {
        assert!(linkages.contains(kind), "{kind}");
    }
    assert!(actions.len() > 30, "{}", actions.len());
    let (min, max) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
    assert!((1_400..6_000).contains(min) && (25_000..48_000).contains(max), "{min}..{max}");
}

fn collect(items: &Value, key: &str, into: &mut HashSet<String>) {
    into.extend(items.as_array().unwrap().iter().map(|item| item[key].as_str().unwrap().to_owned()));
}

#[tokio::test]
async fn an_edit_publishes_a_version_and_moves_updated_at() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let id = tenant.add(Workflow::named("Dunning"));
    let zuora = Zuora::login(&simulator, &tenant).await;
    let (before, old) = (zuora.json("/workflows").await, zuora.json(&format!("/workflows/{id}/export")).await);

    assert!(tenant.edit(id, |workflow| workflow.name = "Dunning 2".to_owned()));

    let (after, new) = (zuora.json("/workflows").await, zuora.json(&format!("/workflows/{id}/export")).await);
    assert_eq!(after["data"][0]["name"], "Dunning 2");
    assert_ne!(before["data"][0]["updatedAt"], after["data"][0]["updatedAt"]);
    assert_ne!(before["data"][0]["active_version"]["id"], after["data"][0]["active_version"]["id"]);
    assert_eq!(after["data"][0]["latest_inactive_verisons"][0]["version"], "0.0.1");
    assert_ne!(old["tasks"][0]["id"], new["tasks"][0]["id"]);
    assert_eq!(old["tasks"][0]["name"], new["tasks"][0]["name"]);
}

#[tokio::test]
async fn a_removed_workflow_is_gone_from_every_route() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    tenant.seed(3);
    let id = tenant.ids()[1];
    let zuora = Zuora::login(&simulator, &tenant).await;
    assert_eq!(zuora.json(&format!("/workflows/{id}")).await["id"], id);

    assert!(tenant.remove(id) && !tenant.remove(id));

    assert!(!zuora.page(1).await.contains(&id));
    let missing = zuora.get(&format!("/workflows/{id}")).await.unwrap();
    assert_eq!(missing.status(), 404);
    assert!(json(missing).await["errors"][0].as_str().unwrap().starts_with("Invalid ID / "));
    assert_eq!(zuora.status(&format!("/workflows/{id}/export")).await, 404);
}

#[tokio::test]
async fn the_log_tells_exactly_what_was_asked() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let id = tenant.add(Workflow::named("Dunning"));
    let zuora = Zuora::login(&simulator, &tenant).await;
    tenant.reset_requests();

    let url = format!("{}/workflows/{id}/export?version=latest", zuora.url);
    let request = zuora.http.get(url).bearer_auth(&zuora.token).header("Accept-Encoding", "gzip");
    let answer = request.header("Zuora-Track-Id", "job-7").send().await.unwrap();
    zuora.page(2).await;

    assert_eq!(answer.headers()["zuora-track-id"], "job-7");
    let [export, list] = &tenant.requests()[..] else { panic!("two requests") };
    assert_eq!(
        (export.route, export.workflow_id, export.version.as_deref()),
        (Route::Export, Some(id), Some("latest"))
    );
    assert_eq!((export.track_id.as_deref(), export.status), (Some("job-7"), Some(200)));
    assert!(export.accepts_gzip && export.has_authorization && export.at <= list.at);
    assert_eq!((list.route, list.page, list.page_length), (Route::List, Some(2), Some(50)));
    assert_eq!((tenant.count(Route::Export), tenant.count(Route::Token)), (1, 0));
}

#[tokio::test]
async fn a_hold_keeps_requests_waiting_until_it_is_dropped() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    tenant.seed(60);
    let zuora = Zuora::login(&simulator, &tenant).await;
    let last = *tenant.ids().last().unwrap();
    let hold = tenant.hold(Route::List.page(2));

    assert_eq!(zuora.page(1).await.len(), 50);
    let (second, again, ()) = tokio::join!(zuora.page(2), zuora.page(2), async {
        hold.wait_for_arrivals(2).await;
        assert_eq!(tenant.requests().last().unwrap().status, None);
        tenant.remove(last);
        hold.release();
    });

    assert_eq!((second.len(), again.len()), (9, 9));
    assert_eq!(tenant.max_in_flight(), 2);
    assert_eq!(zuora.page(2).await.len(), 9);
}

#[tokio::test]
async fn a_hold_of_the_next_request_lets_the_others_pass() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    tenant.seed(60);
    let zuora = Zuora::login(&simulator, &tenant).await;
    let hold = tenant.hold_next(Route::List);

    let (held, ()) = tokio::join!(zuora.page(1), async {
        hold.wait_for_arrival().await;
        assert_eq!(zuora.page(2).await.len(), 10, "the second one passes");
        hold.release();
    });

    assert_eq!(held.len(), 50);
}

#[tokio::test]
async fn latency_slows_every_answer() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let zuora = Zuora::login(&simulator, &tenant).await;
    simulator.set_latency(Duration::from_millis(60));

    let begun = std::time::Instant::now();
    zuora.page(1).await;

    assert!(begun.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn a_stopped_simulator_has_closed_its_port() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let zuora = Zuora::login(&simulator, &tenant).await;
    let clone = simulator.clone();
    drop(simulator);
    assert_eq!(zuora.status("/workflows").await, 200);

    drop(clone);

    assert!(zuora.get("/workflows").await.unwrap_err().is_connect());
}

#[tokio::test]
async fn twenty_thousand_workflows_are_served() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("large");
    tenant.seed(20_000);
    let zuora = Zuora::login(&simulator, &tenant).await;

    let last = zuora.json("/workflows?page=400&page_length=50").await;

    assert_eq!(ids(&last), tenant.ids()[19_950..]);
    assert_eq!(last["pagination"].get("next_page"), None);
}

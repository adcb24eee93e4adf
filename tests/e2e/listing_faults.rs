//! Listings that break off, repeat themselves, shift or lie: nothing is deleted because of them, no request is repeated for
//! ever, and the next good listing repairs everything. Rows R15 to R22 of docs/reliability.md.

use flate2::{Compression, read::GzEncoder};
use futures::future::join_all;
use serde_json::{Value, json};
use tests::simulator::{Effect, Fault, Reply, Route, Simulator, Workflow};

use crate::{
    upstream::{bent, create_unverified, listed, stats, tenant},
    world::World,
};

#[tokio::test]
async fn whatever_is_not_plainly_a_page_is_no_empty_page() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("no-page", 60);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.remove(tenant.ids()[3]);
    let bodies =
        [json!({}), json!({"pagination": {"page": 1, "page_length": 0}}), json!({"data": null}), json!({"data": {}})];

    for (page, body) in [1, 2].into_iter().flat_map(|page| bodies.iter().map(move |body| (page, body))) {
        tenant.clear_faults();
        tenant.fault(Fault::list().page(page).always().status(200).body(body.clone()));
        let job = world.sync(&id).await;
        assert_eq!(
            (&job["state"], &job["stats"]["deleted"]),
            (&json!("incomplete"), &json!(0)),
            "{page} {body}: {job}"
        );
        assert!(job["error"]["message"].as_str().unwrap().contains(&format!("Page {page}")), "{job}");
    }
    assert_eq!(world.workflows(&id).await.len(), 60);
    tenant.clear_faults();
    assert_eq!(stats(&world.sync(&id).await), [0, 0, 59, 1, 59, 0]);
    world.remove(&id).await;
}

#[tokio::test]
async fn what_is_no_object_and_what_says_it_is_no_success_ends_the_attempt() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let bodies = [
        json!(""),
        json!("null"),
        json!("[]"),
        json!("<html>maintenance</html>"),
        json!({"success": false}),
        json!({"success": false, "data": []}),
    ];
    let one = async |(page, body): (u32, &Value)| {
        let tenant = simulator.tenant(&format!("{page} {body}"));
        tenant.seed(60);
        let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
        tenant.remove(tenant.ids()[3]);
        tenant.fault(Fault::list().page(page).always().status(200).body(body.clone()));
        let asked = world.ask_for_sync(&id).await;
        let job = world.wait_for_job_state(&asked, &["waiting", "succeeded", "incomplete", "failed", "held"]).await;
        assert_eq!(
            (&job["state"], &job["error"]["class"]),
            (&json!("waiting"), &json!("transient")),
            "{page} {body}: {job}"
        );
        assert_eq!(world.workflows(&id).await.len(), 60, "{page} {body}");
        world.remove(&id).await;
    };

    join_all([1, 2].into_iter().flat_map(|page| bodies.iter().map(move |body| one((page, body))))).await;
}

#[tokio::test]
async fn a_200_that_asks_to_try_again_is_tried_again() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("again", 10);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    for class in [50, 61, 70, 99] {
        tenant.reset_requests();
        tenant.fault(Fault::list().unsuccessful(53_100_000 + class, "try again later"));
        let job = world.sync(&id).await;
        assert_eq!((&job["state"], &job["attempts"]), (&json!("succeeded"), &json!(1)), "{class}: {job}");
        assert_eq!(tenant.count(Route::List), 2, "{class}");
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn a_middle_page_that_fails_in_any_way_deletes_nothing_and_the_attempt_after_it_judges_one_whole_listing() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let torn = |_: &_, mut reply: Reply| {
        let mut packed = Vec::new();
        std::io::copy(&mut GzEncoder::new(&reply.body[..], Compression::fast()), &mut packed).unwrap();
        packed.truncate(packed.len() / 2);
        reply.body = packed.into();
        reply.with_header("content-encoding", "gzip")
    };
    let middle = || Fault::list().page(2).always();
    let ways = [
        ("status 500", middle().status(500), "transient"),
        ("status 408", middle().status(408), "transient"),
        ("gateway page", middle().html(502), "transient"),
        ("reset", middle().effect(Effect::Reset), "transient"),
        ("cut body", middle().effect(Effect::TruncateBody), "transient"),
        ("cut JSON", middle().effect(Effect::TruncateJson), "transient"),
        ("cut gzip", middle().with(torn), "transient"),
        ("asked to wait", middle().rate_limited(600), "rate_limit"),
    ];
    let one_way = async |(way, fault, class): (&str, Fault, &str)| {
        let tenant = simulator.tenant(way);
        tenant.seed(101);
        let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
        tenant.remove(tenant.ids()[7]);
        tenant.fault(fault);

        let asked = world.ask_for_sync(&id).await;
        let waiting = world.wait_for_job_state(&asked, &["waiting", "succeeded", "incomplete", "failed"]).await;

        assert_eq!(
            (&waiting["state"], &waiting["error"]["class"]),
            (&json!("waiting"), &json!(class)),
            "{way}: {waiting}"
        );
        assert_eq!(waiting["attempts"] == 0, class == "rate_limit", "{way}: a wait is not an attempt");
        assert_eq!((stats(&waiting), world.workflows(&id).await.len()), ([0; 6], 101), "{way}");
        tenant.clear_faults();
        world.hurry(&id, &asked).await;
        let job = world.wait_for_job(&asked).await;
        // One is gone from page 1, so those on pages 2 and 3 moved up: none of them counts as deleted.
        assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 0, 100, 1, 100, 0]), "{way}: {job}");
        world.remove(&id).await;
    };

    join_all(ways.into_iter().map(one_way)).await;
}

#[tokio::test]
async fn a_workflow_that_moved_to_an_earlier_page_while_it_was_listed_is_kept() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("moved-up", 120);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let ids = tenant.ids();
    tenant.reset_requests();
    let hold = tenant.hold(Route::List.page(2));
    let other = tenant.hold(Route::List.page(3));
    let asked = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;

    tenant.remove(ids[0]);
    drop((hold, other));

    let job = world.wait_for_job(&asked).await;
    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 0, 119, 0, 119, 0]), "{job}");
    let confirmed: Vec<_> =
        tenant.requests().iter().filter(|seen| seen.route == Route::Get).map(|seen| seen.workflow_id).collect();
    assert_eq!(confirmed, [Some(ids[50])], "the one that no page showed was asked about, and is there");
    assert_eq!(world.workflows(&id).await.len(), 120);
    assert_eq!(stats(&world.sync(&id).await), [0, 0, 119, 1, 119, 0], "the next listing shows what really went");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_workflow_that_moved_to_a_later_page_while_it_was_listed_counts_once() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("moved-down", 120);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let hold = tenant.hold(Route::List.page(2));
    let other = tenant.hold(Route::List.page(3));
    let asked = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;

    tenant.add(Workflow { id: 1, ..Workflow::named("First in the list") });
    drop((hold, other));

    let job = world.wait_for_job(&asked).await;
    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 0, 120, 0, 120, 0]), "{job}");
    assert_eq!(stats(&world.sync(&id).await), [1, 0, 120, 0, 121, 0]);
    world.remove(&id).await;
}

#[tokio::test]
async fn pages_that_go_round_for_ever_are_asked_for_until_the_first_comes_again() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("round", 120);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.remove(tenant.ids()[0]);

    for (what, fault, requests) in [
        ("pages 1, 2, 3 and 1 again", Fault::list().always().effect(Effect::EndlessPages), 4),
        // Page 3 was asked for together with page 2, because 120 are stored.
        ("page 2 is page 1", Fault::list().page(2).always().effect(Effect::RepeatPage(1)), 3),
        ("page 3 is page 2", Fault::list().page(3).always().effect(Effect::RepeatPage(2)), 3),
        ("empty, but another is announced", bent(Fault::list().page(3).always(), empty_but_announcing), 3),
    ] {
        tenant.clear_faults();
        tenant.fault(fault);
        tenant.reset_requests();
        let job = world.sync(&id).await;
        assert_eq!((&job["state"], &job["stats"]["deleted"]), (&json!("incomplete"), &json!(0)), "{what}: {job}");
        assert_eq!((tenant.count(Route::List), tenant.count(Route::Get)), (requests, 0), "{what}");
    }
    assert_eq!(world.workflows(&id).await.len(), 120);
    world.remove(&id).await;
}

fn empty_but_announcing(page: &mut Value) {
    page["data"] = json!([]);
    page["pagination"]["next_page"] = json!("https://rest.zuora.com/workflows?page=4");
}

#[tokio::test]
async fn a_list_that_never_ends_is_given_up_after_exactly_a_thousand_pages() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("endless", 0);
    tenant.fault(Fault::list().always().with(|asked, _| {
        let page = asked.page.unwrap();
        let next = format!("https://rest.zuora.com/workflows?page={}", page + 1);
        let item = json!({"id": page, "name": format!("{page}"), "createdAt": "2026-01-01T00:00:00Z"});
        Reply::json(200, &json!({"data": [item], "pagination": {"page": page, "next_page": next}}))
    }));

    let (id, job) = create_unverified(&world, &tenant, &simulator).await;
    let job = world.wait_for_job(&job).await;

    assert_eq!((&job["state"], &job["error"]["class"]), (&json!("failed"), &json!("too_large")), "{job}");
    assert_eq!((tenant.count(Route::List), tenant.count(Route::Export)), (1000, 0));
    assert_eq!(world.workflows(&id).await.len(), 0, "a tenant is stored whole or not at all");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_full_page_without_a_next_one_is_not_taken_for_the_last() {
    let world = World::connect().await;
    for (workflows, requests) in [(100, 3), (120, 3), (99, 2)] {
        let (simulator, tenant) = tenant("full", workflows);
        tenant.fault(Fault::list().always().effect(Effect::NextPage(Value::Null)));

        let (id, job) = create_unverified(&world, &tenant, &simulator).await;
        let job = world.wait_for_job(&job).await;

        assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [workflows, 0, 0, 0, workflows, 0]), "{job}");
        assert_eq!(tenant.count(Route::List), requests, "{workflows}");
        world.remove(&id).await;
    }
}

#[tokio::test]
async fn an_item_without_an_id_is_an_error_and_stops_deletions() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("without_id", 12);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.remove(tenant.ids()[0]);
    tenant.fault(listed(Fault::list().always(), |items| items[4]["id"] = Value::Null));

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("incomplete"), [0, 0, 10, 0, 11, 1]), "{job}");
    assert_eq!((&job["errors"][0]["workflow_id"], tenant.count(Route::Get)), (&Value::Null, 0));
    assert_eq!(world.workflows(&id).await.len(), 12);
    world.remove(&id).await;
}

#[tokio::test]
async fn one_id_listed_twice_or_as_a_text_is_one_workflow() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("twice", 12);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(listed(Fault::list().always(), |items| {
        let copy = items[0].clone();
        items.push(copy);
        for item in items.iter_mut() {
            item["id"] = json!(item["id"].to_string());
        }
    }));

    let job = world.sync(&id).await;

    // Every field counts for the fingerprint, so each was exported again: the same workflows, changed.
    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 12, 0, 0, 12, 0]), "{job}");
    assert_eq!(world.workflows(&id).await.len(), 12);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_permission_that_is_taken_away_fails_the_sync_and_deletes_nothing() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("narrowed", 60);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.remove(tenant.ids()[0]);

    for page in [1, 2] {
        tenant.clear_faults();
        tenant.fault(Fault::list().page(page).always().status(403));
        let job = world.sync(&id).await;
        assert_eq!((&job["state"], &job["error"]["class"]), (&json!("failed"), &json!("permission")), "{job}");
        assert!(job["error"]["next_step"].as_str().unwrap().contains("Workflow View Access"), "{job}");
        assert_eq!((stats(&job), world.workflows(&id).await.len()), ([0; 6], 60));
    }
    assert_eq!(world.customer(&id).await["connection"]["error"]["class"], "permission");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_daily_look_that_a_broken_listing_prevented_is_made_up_for() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("looks", 60);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    // An edit that the listing does not show, on page 2, and a day since the last full compare.
    let hidden = tenant.ids()[55];
    tenant.alter(hidden, |workflow| workflow.tasks += 1);
    world.let_a_day_pass(&id).await;
    tenant.fault(Fault::list().page(2).always().status(200).body(json!({})));
    assert_eq!(world.sync(&id).await["state"], "incomplete");
    tenant.clear_faults();

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 1, 59, 0, 60, 0]), "{job}");
    world.remove(&id).await;
}

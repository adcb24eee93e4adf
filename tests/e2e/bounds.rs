//! A request costs a bounded amount, however much it asks for. Row R67 of docs/reliability.md.

use std::time::Duration;

use futures::{StreamExt, stream};
use reqwest::Method;
use serde_json::json;
use shared::{app::error::AppError, clock, domain::ids::CustomerId};
use tests::simulator::Simulator;

use crate::{engine::Engine, world::World};

#[tokio::test]
async fn a_thousand_requests_for_a_sync_make_two_jobs_and_the_rest_are_told_to_come_later() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("besieged");
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let hold = tenant.hold(tests::simulator::Route::List);
    let path = format!("/v1/customers/{id}/sync");

    let body = json!({});
    let requests = stream::iter(0..1000).map(|_| world.api.post(&path, &body));
    let answers: Vec<_> = requests.buffer_unordered(16).collect().await;

    let accepted = answers.iter().filter(|answer| answer.status == 202).count();
    // Two minutes, if one ended meanwhile.
    assert!((20..=40).contains(&accepted), "{accepted}");
    for told in answers.iter().filter(|answer| answer.status != 202) {
        assert_eq!((told.status, &told.body["type"]), (429, &json!("/problems/too-many-requests")), "{}", told.text);
        let wait: u64 = told.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
    drop(hold);
    let jobs = world.jobs_of(&id).await;
    assert!(jobs.len() <= 4, "the first sync, one that ran, one that follows it (twice, if it ended): {}", jobs.len());
    world.remove(&id).await;
}

#[tokio::test]
async fn what_one_user_asks_for_in_a_minute_is_bounded_and_does_not_count_for_another() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let now = clock::now().floor(Duration::from_secs(60));
    let take = async |caller: &str, seconds: u64| {
        engine.acquire_permit(caller, &CustomerId::new(), now.plus(Duration::from_secs(seconds))).await
    };

    for _ in 0..3 {
        take("ada", 1).await.unwrap();
    }
    let Err(AppError::TooMany { retry_after, .. }) = take("ada", 15).await else { panic!("not refused") };
    assert_eq!(retry_after.as_secs(), 45);
    take("bob", 15).await.unwrap();
    take("ada", 60).await.unwrap();
    engine.stop().await;
}

#[tokio::test]
async fn bodies_pages_and_nesting_are_bounded() {
    let world = World::connect().await;
    let json = [("content-type", "application/json")];
    let post = async |body: Vec<u8>| world.api.raw(Method::POST, "/v1/customers", &json, body).await;

    let large = post(vec![b' '; 5_000_000]).await;
    assert!(matches!(large.status, 413), "{}", large.text);
    let deep = post([vec![b'['; 20_000], vec![b']'; 20_000]].concat()).await;
    assert_eq!((deep.status, &deep.body["type"]), (400, &json!("/problems/malformed-json")));
    let long = world.api.get("/v1/customers?limit=1000000000").await;
    assert_eq!((long.status, &long.body["errors"][0]["pointer"]), (400, &json!("limit")));
}

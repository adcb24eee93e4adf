//! The event files in `events/` are what Lambda really gets: each parses as the function reads it, and each HTTP event asks for
//! a route that the template has.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use aws_lambda_events::sqs::SqsEvent;
use shared::domain::message::Message;
use tests::routes::deployed;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The event files of a function: name and content.
fn events(function: &str) -> Vec<(String, String)> {
    let files = fs::read_dir(root().join("events").join(function)).unwrap();
    let mut events: Vec<_> = files
        .map(|file| {
            let path = file.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    events.sort();
    assert!(!events.is_empty(), "events/{function} is empty");
    events
}

#[test]
fn every_http_event_is_a_request_for_a_route_of_its_function_and_every_route_has_an_event() {
    for function in ["customers", "workflows", "jobs", "panel"] {
        let of_function = deployed().into_iter().filter(|route| route.function == function);
        let routes: BTreeSet<_> = of_function.map(|route| (route.method, route.path)).collect();
        let mut asked = BTreeSet::new();
        for (name, text) in events(function) {
            let request =
                lambda_http::request::from_str(&text).unwrap_or_else(|error| panic!("{function}/{name}: {error}"));
            let event: serde_json::Value = serde_json::from_str(&text).unwrap();
            let route = (request.method().to_string(), event["resource"].as_str().unwrap().to_owned());

            assert!(routes.contains(&route), "{function}/{name} asks for {route:?}, which the template does not have");
            asked.insert(route);
        }
        assert_eq!(asked, routes, "{function}: a route has no event");
    }
}

#[test]
fn every_queue_event_is_a_batch_and_only_the_unreadable_ones_hold_no_message() {
    for (name, text) in events("sync") {
        let batch: SqsEvent = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!batch.records.is_empty(), "{name}");
        let readable = batch.records.iter().all(|record| Message::parse(record.body.as_deref().unwrap()).is_ok());
        assert_eq!(readable, !name.starts_with("un"), "{name}");
    }
}

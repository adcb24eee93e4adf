//! Searches over servers that answer byte for byte what a test says.

use super::{HostResult as Result, *};
use crate::{
    app::fixture::{Fixture, after},
    domain::{base_url::BaseUrlPolicy, listed_hosts::ListedHosts},
    zuora::test_server::{Answer, TestServer, answer, ok, refusal},
};

const SECRET: &str = "s3cret &+/=%";
const PATIENT: Pace = Pace { each: Duration::from_secs(10), in_all: Duration::from_secs(60) };

fn token() -> Answer {
    ok(r#"{"access_token":"abc","token_type":"bearer","expires_in":3599}"#)
}

fn page() -> Answer {
    ok(r#"{"data":[],"pagination":{"page":1}}"#)
}

fn wrong() -> Answer {
    answer(401, "", r#"{"error":"invalid_client"}"#)
}

/// A search of these servers.
struct Search {
    servers: Vec<TestServer>,
    pace: Pace,
    a_minute: u64,
    now: Timestamp,
}

impl Search {
    async fn of(scripts: Vec<Vec<Answer>>) -> Self {
        let mut servers = Vec::new();
        for script in scripts {
            servers.push(TestServer::start(script).await);
        }
        Self { servers, pace: PATIENT, a_minute: 600, now: after(0) }
    }

    /// What each server said, in the order of the list.
    async fn run(&self) -> Vec<(Result, Option<bool>)> {
        let policy = BaseUrlPolicy::new("http://127.0.0.1:*").unwrap();
        let origins: Vec<_> = self.servers.iter().map(|server| server.url.as_str()).collect();
        let hosts = ListedHosts::replaced(&origins.join(","), &policy).unwrap();
        let budget = TokenBudget::new(Fixture::new().dispatcher.data, self.a_minute);
        let finder = Finder { zuora: &Zuora::new(policy).unwrap(), budget: &budget, pace: self.pace };
        let client = Client { id: "client", secret: &SECRET.into(), track_id: "request" };
        let tried = finder.search(hosts.likely_first(None, &[]), &client, self.now).await;
        let order: Vec<_> = tried.iter().map(|tried| tried.host.base.as_str()).collect();
        assert_eq!(order, origins);
        tried.iter().map(|tried| (tried.result, tried.can_list)).collect()
    }

    fn requests(&self) -> Vec<usize> {
        self.servers.iter().map(|server| server.requests().len()).collect()
    }
}

#[tokio::test]
async fn the_right_host_is_found_though_it_is_the_last() {
    let search = Search::of(vec![vec![wrong()], vec![wrong()], vec![token(), page()]]).await;

    let refused = (Result::Refused, None);
    assert_eq!(search.run().await, [refused, refused, (Result::Accepted, Some(true))]);
    assert_eq!(search.requests(), [1, 1, 2], "one token request each, and a page where there is a token");
}

#[tokio::test]
async fn two_hosts_that_accept_are_both_found() {
    let search = Search::of(vec![vec![token(), page()], vec![wrong()], vec![token(), page()]]).await;

    let accepted = (Result::Accepted, Some(true));
    assert_eq!(search.run().await, [accepted, (Result::Refused, None), accepted]);
}

#[tokio::test]
async fn a_host_that_accepts_is_the_right_one_also_when_its_workflows_are_not_shown() {
    let denied = answer(403, "zuora-request-id: r-1\r\n", r#"{"errors":[{"title":"denied"}]}"#);
    let search = Search::of(vec![
        vec![token(), denied],
        vec![token(), answer(500, "", ""), answer(500, "", "")],
        vec![token(), Answer::Stall(Vec::new())],
    ])
    .await;
    let search = Search { pace: Pace { each: Duration::from_secs(2), ..PATIENT }, ..search };

    assert_eq!(search.run().await, [Some(false), None, None].map(|can_list| (Result::Accepted, can_list)));
}

#[tokio::test]
async fn only_zuoras_own_refusal_of_the_credentials_is_one() {
    let search = Search::of(vec![
        vec![answer(429, "retry-after: 60\r\n", r#"{"error":"slow down"}"#)],
        vec![answer(500, "", r#"{"error":"invalid_client"}"#)],
        vec![answer(503, "", "maintenance")],
        vec![answer(401, "", "<html>a proxy</html>")],
        vec![answer(403, "", r#"{"error":"a firewall"}"#)],
        vec![ok(r#"{"hello":"there"}"#)],
        vec![ok("<html>maintenance</html>")],
        vec![refusal(404)],
        vec![],
    ])
    .await;

    assert_eq!(search.run().await, [(Result::Unreachable, None); 9]);
    assert_eq!(search.requests(), [1; 9], "nothing is asked twice");
}

#[tokio::test]
async fn a_host_that_hangs_costs_its_time_and_those_after_it_are_tried() {
    let search = Search::of(vec![vec![Answer::Stall(Vec::new())], vec![token(), page()]]).await;
    let search = Search { pace: Pace { each: Duration::from_secs(2), ..PATIENT }, ..search };

    assert_eq!(search.run().await, [(Result::Unreachable, None), (Result::Accepted, Some(true))]);
}

#[tokio::test]
async fn a_search_ends_in_time_though_every_host_hangs_and_says_what_it_did_not_try() {
    let hangs = || vec![Answer::Stall(Vec::new())];
    let search = Search::of(vec![hangs(), hangs(), hangs(), hangs()]).await;
    let pace = Pace { each: Duration::from_secs(1), in_all: Duration::from_millis(2500) };
    let (search, began) = (Search { pace, ..search }, Instant::now());

    let results = search.run().await;

    let tried = results.iter().take_while(|result| **result == (Result::Unreachable, None)).count();
    assert!((1..=2).contains(&tried), "{results:?}");
    assert!(results[tried..].iter().all(|result| *result == (Result::NotTried, None)), "{results:?}");
    assert!(search.requests()[tried..].iter().all(|requests| *requests == 0), "no secret was sent there");
    assert!(began.elapsed() < Duration::from_secs(30), "no attempt begins that could not end in time");
}

#[tokio::test]
async fn without_a_place_for_a_token_request_a_host_is_not_tried() {
    // One place in each slot of ten seconds, and less than that for the search.
    let search = Search::of(vec![vec![wrong()], vec![token(), page()]]).await;
    let search =
        Search { a_minute: 6, pace: Pace { in_all: Duration::from_secs(9), each: Duration::from_secs(5) }, ..search };

    assert_eq!(search.run().await, [(Result::Refused, None), (Result::NotTried, None)]);
    assert_eq!(search.requests(), [1, 0]);
}

#[tokio::test]
async fn a_place_that_comes_in_time_is_waited_for() {
    let search = Search::of(vec![vec![wrong()], vec![token(), page()]]).await;
    // A fifth of a second before the next slot.
    let now = after(9).plus(Duration::from_millis(800));
    let search = Search { a_minute: 6, now, ..search };

    assert_eq!(search.run().await, [(Result::Refused, None), (Result::Accepted, Some(true))]);
}

//! Requests to a server that answers byte for byte what a test says.

use std::{net::SocketAddr, sync::Arc};

use super::*;
use crate::zuora::{
    access::Access,
    session::RetryBudget,
    test_server::{Answer as Script, TestServer, answer, gzip, ok, refusal},
};

mod bodies;
mod refusals;

const TOKEN: &str = "t0ken+with/odd=chars";
const SECRET: &str = "s3cret &+/=%";
pub(super) const EMPTY_PAGE: &str = r#"{"data":[],"pagination":{"page":1}}"#;

fn policy() -> BaseUrlPolicy {
    BaseUrlPolicy::new("http://127.0.0.1:*").unwrap()
}

pub(super) fn zuora() -> Zuora {
    Zuora::new(policy()).unwrap()
}

fn access(token: &str) -> Access {
    Access { token: token.into(), client_secret: SECRET.into() }
}

fn base(server: &TestServer) -> BaseUrl {
    policy().parse(&server.url).unwrap()
}

pub(super) fn session(server: &TestServer) -> Session {
    Session::new(base(server), access(TOKEN), "job_1").with_timeout(Duration::from_secs(5))
}

pub(super) fn without_retry(server: &TestServer) -> Session {
    session(server).with_budget(Arc::new(RetryBudget::new(Duration::ZERO)))
}

async fn token(server: &TestServer) -> Result<IssuedToken, ZuoraError> {
    zuora().token(&base(server), "client id", &SECRET.into(), "job_1", Duration::from_secs(5)).await
}

#[tokio::test]
async fn a_token_is_asked_for_with_a_form_and_no_other_header_than_ours() {
    let server = TestServer::start(vec![ok(r#"{"access_token":"abc","token_type":"bearer","expires_in":3599}"#)]).await;

    let token = token(&server).await.unwrap();

    assert_eq!((token.access.token.expose_secret(), token.expires_in.as_secs()), ("abc", 3599));
    let [request] = &server.requests()[..] else { panic!("one request") };
    assert!(request.starts_with("POST /oauth/token HTTP/1.1\r\n"), "{request}");
    assert!(
        request.ends_with("client_id=client+id&client_secret=s3cret+%26%2B%2F%3D%25&grant_type=client_credentials"),
        "{request}"
    );
    let request = request.to_ascii_lowercase();
    assert!(request.contains("content-type: application/x-www-form-urlencoded\r\n"), "{request}");
    assert!(request.contains("zuora-track-id: job_1\r\n") && !request.contains("authorization"), "{request}");
}

#[tokio::test]
async fn a_page_is_asked_for_with_the_token_and_read_through_gzip() {
    let body =
        gzip(br#"{"data":[{"id":1},{"id":2}],"pagination":{"next_page":"https://evil.example/workflows?page=2"}}"#);
    let server = TestServer::start(vec![answer(200, "content-encoding: gzip\r\n", body)]).await;
    let session = session(&server);

    let page = zuora().workflows_page(&session, 3).await.unwrap();

    assert_eq!((page.items.len(), page.has_next), (2, true));
    let [request] = &server.requests()[..] else { panic!("one request") };
    assert!(request.starts_with("GET /workflows?page=3&page_length=50 HTTP/1.1\r\n"), "{request}");
    let request = request.to_ascii_lowercase();
    assert!(request.contains(&format!("authorization: bearer {TOKEN}\r\n")), "{request}");
    assert!(
        request.contains("accept-encoding: gzip\r\n") && request.contains("zuora-track-id: job_1\r\n"),
        "{request}"
    );
    assert!(request.contains("user-agent: zuora-workflow-manager/"), "{request}");
    assert_eq!((session.meter.traffic().requests, session.meter.traffic().rate_limited), (1, 0));
}

#[tokio::test]
async fn the_address_in_next_page_is_never_visited() {
    let other = TestServer::start(vec![ok(EMPTY_PAGE)]).await;
    let body = format!(r#"{{"data":[{{"id":1}}],"pagination":{{"next_page":"{}/workflows?page=2"}}}}"#, other.url);
    let server = TestServer::start(vec![ok(&body), ok(EMPTY_PAGE)]).await;
    let (zuora, session) = (zuora(), session(&server));

    assert!(zuora.workflows_page(&session, 1).await.unwrap().has_next);
    zuora.workflows_page(&session, 2).await.unwrap();

    assert_eq!((server.requests().len(), other.requests().len()), (2, 0));
}

#[tokio::test]
async fn an_id_that_is_none_is_never_sent() {
    let server = TestServer::start(vec![]).await;

    for id in ["", "..", "1/../../oauth/token", "1?x", "1#", "a b", "%2e"] {
        let error = zuora().workflow(&session(&server), id).await.unwrap_err();

        assert_eq!((error.kind, error.status), (Kind::Unexpected, None), "{id}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn the_base_url_is_judged_again_when_it_is_used() {
    let server = TestServer::start(vec![]).await;
    let zuora = Zuora::new(BaseUrlPolicy::new("").unwrap()).unwrap();

    let page = zuora.workflows_page(&session(&server), 1).await.unwrap_err();
    let token = zuora.token(&base(&server), "id", &SECRET.into(), "job_1", Duration::from_secs(5)).await.unwrap_err();

    assert_eq!([page.kind, token.kind], [Kind::AddressRefused; 2]);
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_zuora_name_that_leads_to_a_private_address_is_refused() {
    for address in ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fd00::1", "64:ff9b::a9fe:a9fe"] {
        let lookup: Lookup = Arc::new(move |_| Ok(vec![SocketAddr::new(address.parse().unwrap(), 0)]));
        let zuora = Zuora::with_lookup(BaseUrlPolicy::default(), lookup).unwrap();
        let base = BaseUrlPolicy::default().parse("https://rest.zuora.com").unwrap();

        let error = zuora.token(&base, "id", &SECRET.into(), "job_1", Duration::from_secs(5)).await.unwrap_err();

        assert_eq!(error.kind, Kind::AddressRefused, "{address}: {error}");
    }
}

#[tokio::test]
async fn a_renewed_session_uses_the_new_token_and_counts_on() {
    let server = TestServer::start(vec![answer(401, "", ""), ok(EMPTY_PAGE)]).await;
    let (zuora, first) = (zuora(), without_retry(&server));

    assert_eq!(zuora.workflows_page(&first, 1).await.unwrap_err().kind, Kind::TokenRejected);
    let renewed = first.renewed(access("fresh"));
    zuora.workflows_page(&renewed, 1).await.unwrap();

    assert!(server.requests()[1].contains("Bearer fresh\r\n"));
    assert_eq!((first.meter.traffic().requests, renewed.meter.traffic().requests), (2, 2));
}

#[test]
fn calls_may_run_on_any_thread() {
    fn send<T: Send>(_: T) {}
    let (zuora, base) = (zuora(), policy().parse("https://rest.zuora.com").unwrap());
    let session = Session::new(base, access(TOKEN), "job_1");

    send(zuora.workflows_page(&session, 1));
    send(zuora.export(&session, "1", Version::Active));
    send(zuora.workflow(&session, "1"));
}

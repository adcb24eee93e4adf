use std::{io::Write as _, net::SocketAddr};

use super::*;
use crate::zuora::{
    session::RetryBudget,
    test_server::{Answer as Script, TestServer, answer, ok},
};

const TOKEN: &str = "t0ken+with/odd=chars";
const SECRET: &str = "s3cret &+/=%";
const EMPTY_PAGE: &str = r#"{"data":[],"pagination":{"page":1}}"#;

fn policy() -> BaseUrlPolicy {
    BaseUrlPolicy::new("http://127.0.0.1:*").unwrap()
}

fn zuora() -> Zuora {
    Zuora::new(policy()).unwrap()
}

fn base(server: &TestServer) -> BaseUrl {
    policy().parse(&server.url).unwrap()
}

fn session(server: &TestServer) -> Session {
    Session::new(base(server), TOKEN.into(), "job_1").with_timeout(Duration::from_secs(5))
}

fn without_retry(server: &TestServer) -> Session {
    session(server).with_budget(Arc::new(RetryBudget::new(Duration::ZERO)))
}

async fn token(server: &TestServer) -> Result<IssuedToken, ZuoraError> {
    zuora().token(&base(server), "client id", &SECRET.into(), "job_1", Duration::from_secs(5)).await
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_token_is_asked_for_with_a_form_and_no_other_header_than_ours() {
    let server = TestServer::start(vec![ok(r#"{"access_token":"abc","token_type":"bearer","expires_in":3599}"#)]).await;

    let token = token(&server).await.unwrap();

    assert_eq!((token.access_token.expose_secret(), token.expires_in.as_secs()), ("abc", 3599));
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
async fn bad_credentials_say_what_to_check_and_never_show_the_secret() {
    let echo =
        format!(r#"{{"error":"invalid_client","error_description":"{SECRET} s3cret+%26%2B%2F%3D%25 is wrong\n"}}"#);
    for status in [400, 401, 403] {
        let server = TestServer::start(vec![answer(status, "zuora-request-id: r-1\r\n", &echo)]).await;

        let error = token(&server).await.unwrap_err();

        assert_eq!((error.kind, error.status), (Kind::InvalidCredentials, Some(status)));
        assert_eq!(error.request_id.as_deref(), Some("r-1"));
        assert_eq!(error.detail, "invalid_client", "nothing that could be the secret in some encoding");
        assert!(error.to_string().contains("Invalid Zuora credentials"), "{error}");
        assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_200_without_a_token_is_a_matter_of_credentials_too() {
    for body in ["{}", "<html>hello</html>", "", r#"{"access_token":null}"#] {
        let server = TestServer::start(vec![ok(body)]).await;

        let error = token(&server).await.unwrap_err();

        assert_eq!((error.kind, error.status), (Kind::InvalidCredentials, Some(200)), "{body}");
        assert!(!error.detail.contains("hello"));
    }
}

#[tokio::test]
async fn a_busy_or_failing_token_endpoint_is_not_a_matter_of_credentials_and_is_asked_once() {
    let server = TestServer::start(vec![answer(429, "retry-after: 120\r\n", ""), answer(500, "", "<html>")]).await;

    let limited = token(&server).await.unwrap_err();
    let failed = token(&server).await.unwrap_err();
    let closed = token(&server).await.unwrap_err();

    assert_eq!(limited.kind, Kind::RateLimited { retry_after: Some(Duration::from_secs(120)) });
    assert_eq!((failed.kind, failed.status, failed.detail.as_str()), (Kind::Transient, Some(500), ""));
    assert_eq!((closed.kind, closed.status), (Kind::Transient, None));
    assert_eq!(server.requests().len(), 3);
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
async fn a_redirect_is_an_error_and_its_target_is_never_visited() {
    let other = TestServer::start(vec![ok(EMPTY_PAGE)]).await;
    let redirect = || answer(302, &format!("location: {}/x\r\n", other.url), "");
    let server = TestServer::start(vec![redirect(), redirect()]).await;

    let page = zuora().workflows_page(&session(&server), 1).await.unwrap_err();
    let token = token(&server).await.unwrap_err();

    assert_eq!((page.kind, page.status), (Kind::Unexpected, Some(302)));
    assert_eq!((token.kind, token.status), (Kind::Unexpected, Some(302)));
    assert_eq!((server.requests().len(), other.requests().len()), (2, 0));
}

#[tokio::test]
async fn refusals_keep_their_meaning_and_are_not_repeated() {
    let denied = r#"{"success":false,"reasons":[{"code":90000010,"message":"no permission"}]}"#;
    for (script, kind) in [
        (answer(401, "", ""), Kind::TokenRejected),
        (answer(403, "", denied), Kind::PermissionMissing),
        (answer(404, "", ""), Kind::NotFound),
        (answer(409, "", ""), Kind::Unexpected),
        (
            answer(429, "ratelimit-reset: 600\r\n", ""),
            Kind::RateLimited { retry_after: Some(Duration::from_secs(600)) },
        ),
        (answer(429, "", ""), Kind::RateLimited { retry_after: None }),
        (answer(503, "retry-after: 9\r\n", ""), Kind::RateLimited { retry_after: Some(Duration::from_secs(9)) }),
        (ok("<html>"), Kind::Malformed),
        (ok("{}"), Kind::Malformed),
        (ok(r#"{"success":false}"#), Kind::Malformed),
    ] {
        let server = TestServer::start(vec![script]).await;
        let session = session(&server);

        let error = zuora().workflows_page(&session, 1).await.unwrap_err();

        assert_eq!(error.kind, kind);
        assert!(error.status.is_some());
        assert_eq!((server.requests().len(), session.meter.traffic().requests), (1, 1));
        assert_eq!(session.meter.traffic().rate_limited, u64::from(matches!(kind, Kind::RateLimited { .. })));
        if kind == Kind::PermissionMissing {
            assert!(error.to_string().ends_with("no permission (code 90000010)"), "{error}");
        }
    }
}

#[tokio::test]
async fn what_passes_is_tried_once_more() {
    let cut = Script::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"data\":".to_vec());
    let unnoticed = Script::Bytes(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"data\":[".to_vec());
    let mut half = gzip(EMPTY_PAGE.as_bytes());
    half.truncate(half.len() / 2);
    for first in [
        answer(500, "", "<html>"),
        answer(503, "", ""),
        answer(408, "", ""),
        cut,
        unnoticed,
        answer(200, "content-encoding: gzip\r\n", half),
        ok(r#"{"success":false,"reasons":[{"code":50000061,"message":"later"}]}"#),
        Script::Bytes(Vec::new()),
    ] {
        let server = TestServer::start(vec![first, ok(EMPTY_PAGE)]).await;
        let session = session(&server);

        let page = zuora().workflows_page(&session, 1).await.unwrap();

        assert_eq!((page.items.len(), session.meter.traffic().requests, server.requests().len()), (0, 2, 2));
    }
}

#[tokio::test]
async fn a_second_failure_and_an_empty_budget_end_the_trying() {
    let server = TestServer::start(vec![answer(500, "", ""), answer(502, "", ""), answer(504, "", "")]).await;

    let second = zuora().workflows_page(&session(&server), 1).await.unwrap_err();
    let no_budget = zuora().workflows_page(&without_retry(&server), 1).await.unwrap_err();

    assert_eq!((second.kind, second.status), (Kind::Transient, Some(502)));
    assert_eq!((no_budget.kind, no_budget.status), (Kind::Transient, Some(504)));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn an_answer_that_never_ends_is_given_up() {
    let drip = Script::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec());
    let server = TestServer::start(vec![Script::Stall(Vec::new()), drip]).await;
    let session = without_retry(&server).with_timeout(Duration::from_millis(200));

    for _ in 0..2 {
        let error = zuora().workflows_page(&session, 1).await.unwrap_err();

        assert_eq!((error.kind, error.detail.as_str()), (Kind::Transient, "timed out"));
    }
}

#[tokio::test]
async fn a_body_over_its_bound_is_refused_also_when_it_came_small() {
    let bomb = || answer(200, "content-encoding: gzip\r\n", gzip(&vec![b' '; 60_000_000]));
    let server = TestServer::start(vec![bomb(), bomb(), bomb()]).await;
    let session = session(&server);

    let page = zuora().workflows_page(&session, 1).await.unwrap_err();
    let export = zuora().export(&session, "1", Version::Active).await.unwrap_err();
    let token = token(&server).await.unwrap_err();

    assert_eq!([page.kind, export.kind, token.kind], [Kind::TooLarge; 3]);
}

#[tokio::test]
async fn an_export_comes_back_byte_for_byte_in_the_version_asked_for() {
    let export = "{ \"workflow\" : {},\r\n \"tasks\":[] }\n";
    let missing = r#"{"errors":[{"status":400,"code":"invalid","title":"Workflow version '1' is not found."}]}"#;
    let server = TestServer::start(vec![answer(404, "", missing), ok(export)]).await;
    let (zuora, session) = (zuora(), session(&server));

    let error = zuora.export(&session, "48", Version::Active).await.unwrap_err();
    let bytes = zuora.export(&session, "48", Version::Latest).await.unwrap();

    assert_eq!((error.kind, error.detail.as_str()), (Kind::NotFound, "Workflow version '1' is not found."));
    assert_eq!(bytes.as_ref(), export.as_bytes());
    let paths: Vec<_> = server.requests().iter().map(|request| request.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(paths, ["/workflows/48/export", "/workflows/48/export?version=latest"]);
}

#[tokio::test]
async fn only_a_404_says_that_a_workflow_is_gone() {
    let script = vec![ok(r#"{"id":48}"#), answer(404, "", ""), ok("<html>"), answer(403, "", ""), ok("{}")];
    let server = TestServer::start(script).await;
    let (zuora, session) = (zuora(), session(&server));

    assert!(zuora.workflow(&session, "48").await.unwrap().is_some());
    assert!(zuora.workflow(&session, "48").await.unwrap().is_none());
    for kind in [Kind::Malformed, Kind::PermissionMissing, Kind::Malformed] {
        assert_eq!(zuora.workflow(&session, "48").await.unwrap_err().kind, kind);
    }
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
async fn an_error_that_echoes_the_token_does_not_show_it() {
    let echo = format!(r#"{{"message":"bad header: Bearer {TOKEN} / {}"}}"#, "dDBrZW4rd2l0aC9vZGQ9Y2hhcnM=");
    let server = TestServer::start(vec![answer(400, "", echo)]).await;
    let session = session(&server);

    let error = zuora().workflows_page(&session, 1).await.unwrap_err();

    assert_eq!(error.detail, "bad header: Bearer *** / ***");
    assert!(!format!("{session:?}").contains("t0ken"));
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
    let (zuora, first) = (zuora(), session(&server));

    assert_eq!(zuora.workflows_page(&first, 1).await.unwrap_err().kind, Kind::TokenRejected);
    let renewed = first.renewed("fresh".into());
    zuora.workflows_page(&renewed, 1).await.unwrap();

    assert!(server.requests()[1].contains("Bearer fresh\r\n"));
    assert_eq!((first.meter.traffic().requests, renewed.meter.traffic().requests), (2, 2));
}

#[test]
fn calls_may_run_on_any_thread() {
    fn send<T: Send>(_: T) {}
    let (zuora, base) = (zuora(), policy().parse("https://rest.zuora.com").unwrap());
    let session = Session::new(base, TOKEN.into(), "job_1");

    send(zuora.workflows_page(&session, 1));
    send(zuora.export(&session, "1", Version::Active));
    send(zuora.workflow(&session, "1"));
}

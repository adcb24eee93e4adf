//! Response bodies and time: size limits, time limits, and which requests are repeated.

use std::sync::Arc;

use super::*;

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
        answer(200, "content-encoding: br\r\n", EMPTY_PAGE),
        ok(r#"{"success":false,"reasons":[{"code":50000061,"message":"later"}]}"#),
        ok(r#"{"success":false,"reasons":[{"code":90000011,"message":"sign in first"}]}"#),
        ok(r#"{"data":[{"id":1}],"success":false}"#),
        ok("<html>maintenance</html>"),
        ok(""),
        answer(404, "", "<html>"),
        answer(403, "", "<html>"),
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

        assert_eq!((error.kind, error.detail.as_str()), (Kind::TimedOut, "timed out"));
    }
}

#[tokio::test]
async fn waiting_for_the_place_of_a_large_export_takes_none_of_the_time_of_its_answer() {
    let export = format!(r#"{{"workflow":{{}},"tasks":[],"x":"{}"}}"#, "x".repeat(1_200_000));
    let server = TestServer::start(vec![answer(200, "content-encoding: gzip\r\n", gzip(export.as_bytes()))]).await;
    let time = Duration::from_secs(1);
    let (zuora, session) = (zuora(), without_retry(&server).with_timeout(time));
    let permit = session.large.clone().acquire_owned().await.unwrap();

    let (read, ()) = tokio::join!(zuora.export(&session, "1", Version::Active), async {
        tokio::time::sleep(time + Duration::from_millis(200)).await;
        drop(permit);
    });

    assert_eq!(read.unwrap().as_ref(), export.as_bytes());
}

#[tokio::test]
async fn a_run_holds_one_large_export_at_a_time_and_reads_everything_else_meanwhile() {
    let large = format!(r#"{{"id":1,"data":["{}"]}}"#, "x".repeat(1_200_000));
    let server = TestServer::start(vec![ok(&large), ok("{}"), ok(&large), ok(&large), ok(&large)]).await;
    let (zuora, session) = (zuora(), without_retry(&server));

    let held = zuora.export(&session, "1", Version::Active).await.unwrap();
    zuora.export(&session, "2", Version::Active).await.unwrap();
    zuora.workflows_page(&session, 1).await.unwrap();
    zuora.workflow(&session, "1").await.unwrap();
    assert!(session.large.try_acquire().is_err());
    drop(held);

    drop(zuora.export(&session, "3", Version::Active).await.unwrap());
    assert!(session.large.try_acquire().is_ok());
}

#[tokio::test]
async fn a_body_over_its_bound_is_refused_also_when_it_came_small() {
    let packed = gzip(&vec![b' '; EXPORT_LIMIT + 1]);
    let bomb = || answer(200, "content-encoding: gzip\r\n", &packed);
    // A page is requested in shorter ones before it fails.
    let server = TestServer::start((0..8).map(|_| bomb()).collect()).await;
    let session = session(&server);

    let page = zuora().workflows_page(&session, 1).await.unwrap_err();
    let export = zuora().export(&session, "1", Version::Active).await.unwrap_err();
    let token = token(&server).await.unwrap_err();

    assert_eq!([page.kind, export.kind, token.kind], [Kind::TooLarge; 3]);
}

#[tokio::test]
async fn an_export_comes_back_byte_for_byte_in_the_version_asked_for() {
    let export = "\u{feff}{ \"workflow\" : {},\r\n \"tasks\":[] }\n";
    let missing = r#"{"errors":[{"status":400,"code":"invalid","title":"Workflow version '1' is not found."}]}"#;
    let server = TestServer::start(vec![answer(404, "zuora-request-id: r-1\r\n", missing), ok(export)]).await;
    let (zuora, session) = (zuora(), session(&server));

    let error = zuora.export(&session, "48", Version::Active).await.unwrap_err();
    let bytes = zuora.export(&session, "48", Version::Latest).await.unwrap();

    assert_eq!((error.kind, error.detail.as_str()), (Kind::NotFound, "Workflow version '1' is not found."));
    assert_eq!(bytes.as_ref(), export.as_bytes());
    let paths: Vec<_> = server.requests().iter().map(|request| request.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(paths, ["/workflows/48/export", "/workflows/48/export?version=latest"]);
}

#[tokio::test]
async fn a_200_that_says_that_it_failed_is_never_an_export() {
    for body in [
        r#"{"workflow":{},"tasks":[],"success":false}"#,
        r#"{"success" : false, "workflow":{},"tasks":[]}"#,
        "<html>",
        "",
    ] {
        let server = TestServer::start(vec![ok(body)]).await;

        let error = zuora().export(&without_retry(&server), "1", Version::Active).await.unwrap_err();

        assert_eq!((error.kind, error.status), (Kind::Transient, Some(200)), "{body}");
    }
}

#[tokio::test]
async fn whatever_json_allows_is_handed_on_as_an_export() {
    for body in [r#"{"tasks":[{"limit":1e400}]}"#, r#"{"name":"a","name":"\ud83d"}"#, r#"{"success":"false"}"#] {
        let server = TestServer::start(vec![ok(body)]).await;

        let export = zuora().export(&session(&server), "1", Version::Active).await.unwrap();

        assert_eq!(export.as_ref(), body.as_bytes());
    }
}

#[tokio::test]
async fn a_body_is_unpacked_under_every_name_that_http_has_for_it() {
    let (once, twice) = (gzip(EMPTY_PAGE.as_bytes()), gzip(&gzip(EMPTY_PAGE.as_bytes())));
    let (head, tail) = EMPTY_PAGE.as_bytes().split_at(7);
    let members = [gzip(head), gzip(tail)].concat();
    for (codings, body) in [
        ("Content-Encoding: GZIP\r\n", &once),
        ("Content-Encoding: x-gzip\r\n", &once),
        ("Content-Encoding: identity, Gzip\r\n", &once),
        ("Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n", &twice),
        ("Content-Encoding: gzip\r\n", &members),
    ] {
        let server = TestServer::start(vec![answer(200, codings, body)]).await;

        let page = zuora().workflows_page(&without_retry(&server), 1).await.unwrap();

        assert_eq!((page.items.len(), page.has_next), (0, false), "{codings}");
    }
}

#[tokio::test]
async fn an_unknown_content_coding_is_named() {
    let server = TestServer::start(vec![answer(200, "content-encoding: br\r\n", "x")]).await;

    let error = zuora().workflows_page(&without_retry(&server), 1).await.unwrap_err();

    assert_eq!((error.kind, error.status), (Kind::Transient, Some(200)));
    assert!(error.detail.contains("`br`"), "{error}");
}

#[tokio::test]
async fn an_answer_with_two_hundred_headers_is_read() {
    let headers: String = (0..200).map(|n| format!("x-proxy-{n}: something\r\n")).collect();
    let server = TestServer::start(vec![answer(200, &headers, EMPTY_PAGE)]).await;

    assert!(zuora().workflows_page(&without_retry(&server), 1).await.is_ok());
}

#[tokio::test]
async fn answers_give_back_what_failures_before_them_took() {
    let mut script: Vec<_> = (0..24).map(|_| ok(EMPTY_PAGE)).collect();
    script.extend([answer(500, "", ""), ok(EMPTY_PAGE)]);
    let server = TestServer::start(script).await;
    let (zuora, session) = (zuora(), session(&server));
    let session = session.with_budget(Arc::new(RetryBudget::new(Duration::from_millis(600))));
    while session.budget.draw().is_some() {}

    for _ in 0..25 {
        zuora.workflows_page(&session, 1).await.unwrap();
    }

    assert_eq!(server.requests().len(), 26);
}

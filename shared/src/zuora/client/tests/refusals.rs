//! Refusals: the origin of each, and what it means then.

use super::*;
use crate::{domain::failure::ErrorClass, zuora::provenance::Provenance};

#[tokio::test]
async fn bad_credentials_say_what_to_check_and_never_show_the_secret() {
    let echo =
        format!(r#"{{"error":"invalid_client","error_description":"{SECRET} s3cret+%26%2B%2F%3D%25 is wrong\n"}}"#);
    for status in [400, 401] {
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
async fn a_200_whose_json_holds_no_token_is_a_matter_of_credentials_too() {
    for body in ["{}", r#"{"access_token":null}"#, r#"{"access_token":"a b"}"#] {
        let server = TestServer::start(vec![ok(body)]).await;

        let error = token(&server).await.unwrap_err();

        assert_eq!((error.kind, error.status), (Kind::InvalidCredentials, Some(200)), "{body}");
    }
}

#[tokio::test]
async fn what_only_stands_in_the_way_of_the_token_endpoint_blames_no_credentials() {
    let html = "<html>Access denied, Ray ID 8f</html>";
    for script in [
        answer(200, "content-type: text/html\r\n", "<html>We are down for maintenance</html>"),
        answer(200, "", ""),
        answer(200, "", "[]"),
        ok(r#"{"success":false,"reasons":[{"code":90000011,"message":"later"}]}"#),
        answer(302, "location: https://login.example\r\n", ""),
        answer(400, "", html),
        answer(401, "", html),
        answer(403, "", html),
        answer(403, "", r#"{"error":"invalid_client"}"#),
        answer(404, "", html),
        answer(405, "", html),
    ] {
        let server = TestServer::start(vec![script]).await;

        let error = token(&server).await.unwrap_err();

        assert_eq!((error.kind, error.class()), (Kind::Transient, ErrorClass::Transient), "{error}");
        assert!(!error.to_string().contains("Ray ID"), "{error}");
        assert_eq!(server.requests().len(), 1);
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
async fn a_redirect_is_an_error_and_its_target_is_never_visited() {
    let other = TestServer::start(vec![ok(EMPTY_PAGE)]).await;
    let redirect = || answer(302, &format!("location: {}/x\r\n", other.url), "");
    let server = TestServer::start(vec![redirect(), redirect()]).await;

    let page = zuora().workflows_page(&without_retry(&server), 1).await.unwrap_err();
    let token = token(&server).await.unwrap_err();

    assert_eq!((page.kind, page.status), (Kind::Transient, Some(302)));
    assert_eq!((token.kind, token.status), (Kind::Transient, Some(302)));
    assert_eq!((server.requests().len(), other.requests().len()), (2, 0));
}

#[tokio::test]
async fn refusals_keep_their_meaning_and_are_not_repeated() {
    let denied = r#"{"success":false,"reasons":[{"code":90000010,"message":"no permission"}]}"#;
    for (script, kind) in [
        (answer(403, "", denied), Kind::PermissionMissing),
        (refusal(404), Kind::NotFound),
        (refusal(400), Kind::Rejected),
        (refusal(422), Kind::Rejected),
        (answer(400, "", r#"{"message":"no such header"}"#), Kind::Unexpected),
        (answer(409, "", r#"{"message":"no"}"#), Kind::Unexpected),
        (
            answer(429, "ratelimit-reset: 600\r\n", ""),
            Kind::RateLimited { retry_after: Some(Duration::from_secs(600)) },
        ),
        (answer(429, "", ""), Kind::RateLimited { retry_after: None }),
        (answer(503, "retry-after: 9\r\n", ""), Kind::RateLimited { retry_after: Some(Duration::from_secs(9)) }),
        (ok("{}"), Kind::Malformed),
        (ok(r#"{"data":{}}"#), Kind::Malformed),
        (ok(r#"{"data":[]} and more"#), Kind::Malformed),
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
async fn a_refusal_that_is_no_json_says_nothing_about_roles_or_existence() {
    for status in [302, 400, 403, 404, 405, 409, 422] {
        for body in ["", "no", "<html>Access denied, Ray ID 8f</html>"] {
            // The same with a request id, which a proxy may pass on.
            let script = || answer(status, "server: nginx\r\nzuora-request-id: r-1\r\n", body);
            let server = TestServer::start(vec![script(), script(), script()]).await;
            let (zuora, session) = (zuora(), without_retry(&server));

            let errors = [
                zuora.workflows_page(&session, 1).await.unwrap_err(),
                zuora.workflow(&session, "9").await.unwrap_err(),
                zuora.export(&session, "9", Version::Active).await.unwrap_err(),
            ];

            for error in errors {
                assert_eq!((error.kind, error.class()), (Kind::Transient, ErrorClass::Transient), "{error}");
                assert!(error.detail.contains("between here and Zuora") && !error.says_there_is_none(), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn a_rejected_token_is_told_by_whose_word_it_is() {
    let own = r#"{"success":false,"reasons":[{"code":90000011,"message":"sign in first"}]}"#;
    for (headers, body, provenance) in [
        ("zuora-request-id: r-1\r\n", own, Provenance::Zuora),
        ("", own, Provenance::Object),
        ("", r#"{"message":"Unauthorized"}"#, Provenance::Object),
        ("", "<html>proxy</html>", Provenance::Other),
        ("", "", Provenance::Other),
    ] {
        let server = TestServer::start(vec![answer(401, headers, body)]).await;

        let error = zuora().workflows_page(&without_retry(&server), 1).await.unwrap_err();

        assert_eq!(
            (error.kind, error.provenance, error.class()),
            (Kind::TokenRejected, Some(provenance), ErrorClass::Transient)
        );
    }
}

#[tokio::test]
async fn a_token_that_is_refused_once_is_tried_once_more_before_anybody_hears_of_it() {
    let server = TestServer::start(vec![answer(401, "", ""), ok(EMPTY_PAGE), answer(401, "", ""), answer(401, "", "")]);
    let server = server.await;
    let (zuora, session) = (zuora(), session(&server));

    zuora.workflows_page(&session, 1).await.unwrap();
    let refused_twice = zuora.workflows_page(&session, 1).await.unwrap_err();

    assert_eq!((refused_twice.kind, server.requests().len()), (Kind::TokenRejected, 4));
}

#[tokio::test]
async fn only_zuoras_own_404_says_that_a_workflow_is_gone() {
    let own = r#"{"errors":["Invalid ID"]}"#;
    let server = TestServer::start(vec![
        ok(r#"{"id":48}"#),
        refusal(404),
        answer(404, "server: nginx\r\ncontent-type: text/html\r\n", "<html>404</html>"),
        answer(404, "", own),
        answer(404, "zuora-request-id: r-1\r\n", r#"{"message":"no Route matched with those values"}"#),
        ok("<html>"),
        answer(200, "", ""),
        ok(r#"{"id":48,"success":false}"#),
        refusal(400),
        answer(403, "", own),
        ok("{}"),
    ])
    .await;
    let (zuora, session) = (zuora(), without_retry(&server));

    assert_eq!(zuora.workflow(&session, "48").await, Ok(true));
    assert_eq!(zuora.workflow(&session, "48").await, Ok(false));
    let kinds = [Kind::Transient; 6].into_iter().chain([Kind::Rejected, Kind::PermissionMissing, Kind::Malformed]);
    for kind in kinds {
        assert_eq!(zuora.workflow(&session, "48").await.unwrap_err().kind, kind);
    }
}

#[tokio::test]
async fn zuora_itself_says_that_there_is_no_such_page_or_version() {
    for status in [400, 404, 422] {
        let server = TestServer::start(vec![refusal(status), refusal(status)]).await;
        let (zuora, session) = (zuora(), session(&server));

        let page = zuora.workflows_page(&session, 2).await.unwrap_err();
        let export = zuora.export(&session, "48", Version::Active).await.unwrap_err();

        for error in [page, export] {
            assert!(error.says_there_is_none() && error.provenance == Some(Provenance::Zuora), "{error}");
        }
        assert!(session.meter.traffic().zuora_request_ids.is_empty(), "an answer that was asked for");
    }
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
async fn what_zuora_was_sent_is_in_no_error_whichever_answer_repeats_it() {
    let secrets = [TOKEN.to_owned(), SECRET.to_owned(), hex::encode(SECRET), SECRET.replace('&', "&amp;")];
    let text = format!("no: {}", secrets.join(" and ").replace("s3", "s\u{200b}3"));
    let body = serde_json::json!({"errors": [{"title": text}]}).to_string();
    let head = format!("zuora-request-id: {}\r\n", hex::encode(SECRET));
    let success = serde_json::json!({"success": false, "message": text}).to_string();
    for (status, body) in [(403, &body), (500, &body), (200, &success)] {
        let server = TestServer::start((0..4).map(|_| answer(status, &head, body)).collect()).await;
        let (zuora, session) = (zuora(), without_retry(&server));

        let errors = [
            zuora.workflows_page(&session, 1).await.unwrap_err(),
            zuora.workflow(&session, "9").await.unwrap_err(),
            zuora.export(&session, "9", Version::Active).await.unwrap_err(),
            token(&server).await.unwrap_err(),
        ];

        for error in errors {
            let shown = format!("{error:?} {error}");
            assert!(secrets.iter().all(|secret| !shown.contains(secret)) && !shown.contains('\u{200b}'), "{shown}");
            assert_eq!(error.request_id, None);
        }
    }
}

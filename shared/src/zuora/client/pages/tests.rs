//! Pages of a listing: usual ones, odd ones, and those that are too large.

use super::ANSWER_LIMIT;
use crate::zuora::{
    client::tests::{EMPTY_PAGE, session, without_retry, zuora},
    error_kind::ZuoraErrorKind as Kind,
    test_server::{Answer, TestServer, answer, gzip, ok, refusal},
};

/// The items of the list with these numbers.
fn items(numbers: std::ops::RangeInclusive<usize>, next: bool) -> Answer {
    let items: Vec<_> = numbers.map(|number| format!(r#"{{"id":{number}}}"#)).collect();
    let next = if next { r#","next_page":"x""# } else { "" };
    ok(&format!(r#"{{"data":[{}],"pagination":{{"page":1{next}}}}}"#, items.join(",")))
}

fn too_large() -> Answer {
    answer(200, "", vec![b' '; ANSWER_LIMIT + 1])
}

/// The requested pages, as `number/length`.
fn asked(server: &TestServer) -> Vec<String> {
    let path = |request: &String| request.split(' ').nth(1).unwrap().replace("/workflows?page=", "");
    server.requests().iter().map(path).map(|path| path.replace("&page_length=", "/")).collect()
}

fn ids(page: &super::Page) -> Vec<String> {
    page.items.iter().map(|item| String::from_utf8(item.to_vec()).unwrap()).collect()
}

fn numbers(numbers: std::ops::RangeInclusive<usize>) -> Vec<String> {
    numbers.map(|number| format!(r#"{{"id":{number}}}"#)).collect()
}

#[tokio::test]
async fn a_page_that_is_too_large_is_put_together_as_if_it_had_come_whole() {
    let mut script = vec![too_large()];
    script.extend((10..15).map(|tens| items(tens * 10 + 1..=tens * 10 + 10, true)));
    script.push(items(101..=150, true));
    let server = TestServer::start(script).await;
    let (zuora, session) = (zuora(), session(&server));

    let page = zuora.workflows_page(&session, 3).await.unwrap();
    let whole = zuora.workflows_page(&session, 3).await.unwrap();

    assert_eq!(asked(&server), ["3/50", "11/10", "12/10", "13/10", "14/10", "15/10", "3/50"]);
    assert_eq!((ids(&page), page.has_next), (numbers(101..=150), true));
    assert_eq!(page.content_hash, whole.content_hash);
}

#[tokio::test]
async fn a_part_that_is_too_large_is_asked_for_one_by_one() {
    let mut script = vec![too_large(), items(51..=60, true), too_large()];
    script.extend((61..=70).map(|number| items(number..=number, true)));
    script.push(items(71..=73, false));
    let server = TestServer::start(script).await;

    let page = zuora().workflows_page(&session(&server), 2).await.unwrap();

    let mut expected = vec!["2/50".to_owned(), "6/10".to_owned(), "7/10".to_owned()];
    expected.extend((61..=70).map(|number| format!("{number}/1")));
    expected.push("8/10".to_owned());
    assert_eq!(asked(&server), expected);
    assert_eq!((ids(&page), page.has_next), (numbers(51..=73), false));
}

#[tokio::test]
async fn a_single_workflow_that_is_too_large_is_left_out_and_hides_no_other() {
    let mut script = vec![too_large(), too_large(), items(51..=51, true), too_large()];
    script.extend((53..=59).map(|number| items(number..=number, true)));
    script.extend([items(60..=60, false), ok(EMPTY_PAGE)]);
    let server = TestServer::start(script).await;

    let page = zuora().workflows_page(&session(&server), 2).await.unwrap();

    assert_eq!(asked(&server)[..4], ["2/50", "6/10", "51/1", "52/1"]);
    let expected: Vec<_> = numbers(51..=51).into_iter().chain([String::new()]).chain(numbers(53..=60)).collect();
    assert_eq!((ids(&page), page.has_next), (expected, false));
}

#[tokio::test]
async fn answers_that_are_too_large_whatever_they_hold_are_not_asked_for_for_ever() {
    let server = TestServer::start((0..6).map(|_| too_large()).collect()).await;

    let error = zuora().workflows_page(&session(&server), 2).await.unwrap_err();

    assert_eq!(asked(&server), ["2/50", "6/10", "51/1", "52/1", "53/1", "54/1"]);
    assert_eq!(error.kind, Kind::TooLarge);
    assert!(error.detail.starts_with("workflow number 54 of the list: more than"), "{error}");
}

#[tokio::test]
async fn the_list_ends_with_an_empty_part_or_with_zuoras_no_after_a_full_one() {
    for end in [ok(EMPTY_PAGE), refusal(400), refusal(404), refusal(422)] {
        let server = TestServer::start(vec![too_large(), items(1..=10, false), end]).await;

        let page = zuora().workflows_page(&session(&server), 1).await.unwrap();

        assert_eq!((ids(&page), page.has_next), (numbers(1..=10), false));
        assert_eq!(server.requests().len(), 3);
    }
}

#[tokio::test]
async fn a_short_part_that_announces_another_is_not_the_end() {
    let script = vec![too_large(), items(1..=7, true), items(11..=12, false)];
    let server = TestServer::start(script).await;

    let page = zuora().workflows_page(&session(&server), 1).await.unwrap();

    assert_eq!((page.items.len(), page.has_next, server.requests().len()), (9, false, 3));
}

#[tokio::test]
async fn parts_that_do_not_fit_together_are_no_page() {
    for script in [
        vec![too_large(), items(1..=50, true)],
        vec![too_large(), items(1..=11, false)],
        vec![too_large(), refusal(404)],
        vec![too_large(), items(1..=10, true), refusal(404)],
        vec![too_large(), items(1..=10, false), too_large(), refusal(400)],
    ] {
        let server = TestServer::start(script).await;

        let error = zuora().workflows_page(&session(&server), 1).await.unwrap_err();

        assert_eq!(error.kind, Kind::Malformed, "{error}");
    }
}

#[tokio::test]
async fn a_part_that_fails_in_passing_is_asked_for_again() {
    let script = vec![too_large(), answer(503, "", ""), items(1..=3, false)];
    let server = TestServer::start(script).await;

    let page = zuora().workflows_page(&session(&server), 1).await.unwrap();

    assert_eq!(asked(&server), ["1/50", "1/10", "1/10"]);
    assert_eq!(page.items.len(), 3);
}

#[tokio::test]
async fn what_is_put_together_has_a_bound_too() {
    let nine = || {
        let item = format!(r#"{{"x":"{}"}}"#, "x".repeat(9_000_000));
        let body = format!(r#"{{"data":[{item}],"pagination":{{"next_page":"x"}}}}"#);
        answer(200, "content-encoding: gzip\r\n", gzip(body.as_bytes()))
    };
    let server = TestServer::start(vec![too_large(), nine(), nine(), nine(), nine(), nine()]).await;

    let error = zuora().workflows_page(&session(&server), 1).await.unwrap_err();

    assert_eq!((error.kind, server.requests().len()), (Kind::TooLarge, 6));
}

#[tokio::test]
async fn a_listing_is_shown_to_work_by_any_page_and_by_nothing_else() {
    let odd = || ok(r#"{"data":[{"name":"no id"},7,{"id":01}]}"#);
    for page in [items(1..=2, true), ok(EMPTY_PAGE), too_large(), odd()] {
        let server = TestServer::start(vec![page]).await;

        assert_eq!(zuora().check_listing(&session(&server)).await, Ok(()));
        assert_eq!(asked(&server), ["1/50"]);
    }
    for (script, kind) in [
        (ok("<html>maintenance</html>"), Kind::Transient),
        (answer(403, "", "<html>Access denied</html>"), Kind::Transient),
        (answer(403, "", r#"{"message":"Forbidden"}"#), Kind::PermissionMissing),
        (ok(r#"{"success":false}"#), Kind::Transient),
        (ok("{}"), Kind::Malformed),
    ] {
        let server = TestServer::start(vec![script]).await;

        assert_eq!(zuora().check_listing(&without_retry(&server)).await.unwrap_err().kind, kind);
    }
}

//! Odd answers by name: who sends them can be told from their headers, and the odd forms of the truth are still the truth.

use std::io::{Read as _, Write as _};

use flate2::read::{GzDecoder, MultiGzDecoder};
use http::HeaderMap;
use serde_json::{Value, json};
use tests::simulator::{Fault, Odd, Simulator, Tenant, Workflow};

use crate::client::{Zuora, ask_token, http};

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

async fn small_tenant() -> (Simulator, Tenant, Zuora) {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    tenant.add(Workflow::named("Dunning"));
    let zuora = Zuora::login(&simulator, &tenant).await;
    (simulator, tenant, zuora)
}

/// The list, with its body as it is on the wire.
async fn list(zuora: &Zuora) -> Answer {
    let request = zuora.http.get(format!("{}/workflows", zuora.url)).bearer_auth(&zuora.token);
    let answer = request.header("Zuora-Track-Id", "job-7").send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, body: answer.bytes().await.unwrap().to_vec() }
}

async fn odd(odd: Odd) -> Answer {
    let (_simulator, tenant, zuora) = small_tenant().await;
    tenant.fault(Fault::list().odd(odd));
    list(&zuora).await
}

#[tokio::test]
async fn who_answers_in_zuoras_place_sends_none_of_zuoras_headers() {
    let expected = [
        (Odd::Proxy404, 404, Some("text/html"), "404 Not Found"),
        (Odd::Firewall403, 403, Some("text/html"), "Ray ID"),
        (Odd::Maintenance200, 200, Some("text/html"), "maintenance"),
        (Odd::Json404OfAGateway, 404, Some("application/json"), r#"{"message":"no Route matched with those values"}"#),
        (Odd::Empty200, 200, None, ""),
    ];
    for (name, status, content_type, text) in expected {
        let answer = odd(name).await;

        assert_eq!((answer.status, answer.header("content-type")), (status, content_type), "{name:?}");
        assert!(String::from_utf8_lossy(&answer.body).contains(text), "{name:?}");
        assert_eq!((answer.header("zuora-request-id"), answer.header("zuora-track-id")), (None, None), "{name:?}");
    }
    assert_eq!(odd(Odd::Proxy404).await.header("server"), Some("nginx"));
    assert!(odd(Odd::Empty200).await.body.is_empty());
}

#[tokio::test]
async fn a_gateways_page_has_no_zuora_header_and_a_scripted_answer_has_one() {
    let (_simulator, tenant, zuora) = small_tenant().await;
    tenant.fault(Fault::list().html(502));
    tenant.fault(Fault::list().status(502));
    tenant.fault(Fault::list().status(502).foreign());

    let (page, zuoras, foreign) = (list(&zuora).await, list(&zuora).await, list(&zuora).await);

    assert_eq!((page.header("zuora-request-id"), foreign.header("zuora-request-id")), (None, None));
    assert_eq!(zuoras.header("zuora-track-id"), Some("job-7"));
    assert_eq!(zuoras.json(), foreign.json());
}

#[tokio::test]
async fn an_empty_export_that_is_no_success_is_zuoras_own_answer() {
    let answer = odd(Odd::UnsuccessfulEmptyExport).await;

    assert_eq!(answer.json(), Some(json!({ "workflow": {}, "tasks": [], "success": false })));
    assert_eq!((answer.status, answer.header("zuora-track-id")), (200, Some("job-7")));
}

#[tokio::test]
async fn odd_encodings_are_of_the_true_answer() {
    let (_simulator, tenant, zuora) = small_tenant().await;
    let truth = list(&zuora).await.body;
    for odd in [Odd::GzipUpperCase, Odd::XGzip, Odd::GzipOfTwoMembers, Odd::ByteOrderMark] {
        tenant.fault(Fault::list().odd(odd));
    }

    let (upper, old, two, marked) = (list(&zuora).await, list(&zuora).await, list(&zuora).await, list(&zuora).await);

    let named = [&upper, &old, &two, &marked].map(|answer| answer.header("content-encoding"));
    assert_eq!(named, [Some("GZIP"), Some("x-gzip"), Some("gzip"), None]);
    for packed in [&upper, &old, &two] {
        let mut body = Vec::new();
        MultiGzDecoder::new(&packed.body[..]).read_to_end(&mut body).unwrap();
        assert_eq!(body, truth);
    }
    let mut first = Vec::new();
    GzDecoder::new(&two.body[..]).read_to_end(&mut first).unwrap();
    assert_eq!(first, truth[..truth.len() / 2]);
    assert_eq!(marked.body, ["\u{feff}".as_bytes(), &truth].concat());
}

#[tokio::test]
async fn a_header_flood_is_200_headers_before_the_truth() {
    let (simulator, tenant, zuora) = small_tenant().await;
    let truth = String::from_utf8(list(&zuora).await.body).unwrap();
    tenant.fault(Fault::list().odd(Odd::HeaderFlood));

    // By hand: most clients give up at 100 headers. HTTP 1.0, so that the body comes in one piece.
    let address = simulator.base_url().replace("http://", "");
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    let token = &zuora.token;
    write!(stream, "GET /workflows HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();

    let (headers, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(headers.lines().filter(|line| line.starts_with("x-flood-")).count(), 200);
    assert_eq!(body, truth);
}

#[tokio::test]
async fn odd_answers_are_for_any_route() {
    let (simulator, tenant, zuora) = small_tenant().await;
    let id = tenant.ids()[0];
    tenant.fault(Fault::get().workflow(id).odd(Odd::Proxy404));
    tenant.fault(Fault::export().odd(Odd::Firewall403));
    tenant.fault(Fault::token().odd(Odd::Maintenance200));

    assert_eq!(zuora.status(&format!("/workflows/{id}")).await, 404);
    assert_eq!(zuora.status(&format!("/workflows/{id}/export")).await, 403);
    let token = ask_token(&http(), &simulator, &tenant.client_id(), &tenant.client_secret()).await;
    assert_eq!((token.status().as_u16(), &token.headers()["content-type"]), (200, &"text/html".parse().unwrap()));
}

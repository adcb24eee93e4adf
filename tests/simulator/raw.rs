//! An item of the list, and an export, can be any bytes.

use bytes::Bytes;
use tests::simulator::{Simulator, Workflow};

use crate::client::Zuora;

/// Legal and illegal JSON that a `serde_json::Value` could not hold as it is.
const ODD_TEXTS: [&[u8]; 6] = [
    br#"{"id":2,"name":"Dunning \ud83d"}"#,
    b"{\"id\":2,\"name\":\"\xff\xfe\"}",
    br#"{"id":2,"limit":1e400}"#,
    br#"{"id":2,"name":"a","name":"b"}"#,
    br#"{ "id" : 2 , "externalRef": 123456789012345678901, "amount": 100.00 }"#,
    br#"{"id":2,"#,
];

#[tokio::test]
async fn an_item_is_sent_exactly_as_it_was_given() {
    for raw in ODD_TEXTS {
        let simulator = Simulator::start();
        let tenant = simulator.tenant("acme");
        tenant.add(Workflow { id: 1, ..Workflow::named("First") });
        tenant.add(Workflow { id: 2, raw_item: Some(Bytes::from_static(raw)), ..Workflow::named("Raw") });
        tenant.add(Workflow { id: 3, ..Workflow::named("Last") });
        let zuora = Zuora::login(&simulator, &tenant).await;
        let list = async |query: &str| {
            let answer = zuora.get(&format!("/workflows{query}")).await.unwrap().bytes().await.unwrap();
            let (start, end) = (br#"{"data":["#, br#"],"pagination":{"page":1,"page_length":"#);
            let end = answer.windows(end.len()).position(|window| window == end).unwrap();
            answer[start.len()..end].to_vec()
        };

        let items = [list("?name=First").await, raw.to_vec(), list("?name=Last").await];

        assert_eq!(list("?name=Raw").await, raw);
        assert_eq!(list("").await, items.join(&b","[..]));
    }
}

#[tokio::test]
async fn an_export_is_sent_exactly_as_it_was_given_also_when_it_is_large() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let id = tenant.add(Workflow::named("Raw"));
    let zuora = Zuora::login(&simulator, &tenant).await;
    let large = vec![b'['; 20_000_000];
    for raw in ODD_TEXTS.into_iter().chain([&large[..], b""]) {
        tenant.alter(id, |workflow| workflow.raw_export = Some(Bytes::copy_from_slice(raw)));

        for query in ["", "?version=latest", "?version=0.0.1"] {
            let export = zuora.get(&format!("/workflows/{id}/export{query}")).await.unwrap();

            assert_eq!(
                (export.status().as_u16(), &export.headers()["content-type"]),
                (200, &"application/json".parse().unwrap())
            );
            assert!(export.bytes().await.unwrap() == raw);
        }
    }
}

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use serde_json::json;
use shared::aws::{bucket::Bucket, event_bus::EventBus, queue::Queue, topic::Topic};

use super::*;

const AUDIT: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/audit/stream/2026-01-31T08:00:00.000";

/// What a stand-in for AWS answers to a request, given its head.
type Answers = fn(&str) -> (u16, String);

/// The destinations, all at a stand-in.
fn state(answers: Answers) -> State {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || listener.incoming().for_each(|stream| answer(stream.unwrap(), answers)));
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .endpoint_url(&address)
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test")))
        .build();
    let queue = || Queue::new(aws_sdk_sqs::Client::new(&sdk), format!("{address}/queue"));
    State {
        audit_stream: AUDIT.to_owned(),
        archive: Bucket::new(&sdk, "archive").unwrap(),
        bus: EventBus::new(&sdk, "bus").unwrap(),
        failures: queue(),
        waiting: queue(),
        readers: Topic::new(&sdk, "topic").unwrap(),
        panel: "https://panel.example.com/".to_owned(),
    }
}

/// Answers one request, and closes the connection.
fn answer(mut stream: TcpStream, answers: Answers) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    let head = head.to_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
    reader.read_exact(&mut vec![0; length.unwrap_or(0)]).unwrap();
    let (status, body) = answers(&head);
    let length = body.len();
    write!(stream, "HTTP/1.1 {status} .\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").unwrap();
}

fn records() -> Vec<Value> {
    let mut records = Vec::new();
    for text in
        [include_str!("../../../../events/relay/audit.json"), include_str!("../../../../events/relay/changes.json")]
    {
        let event: Value = serde_json::from_str(text).unwrap();
        records.extend(event["Records"].as_array().unwrap().clone());
    }
    records.push(json!({"eventID": "e", "dynamodb": {"SequenceNumber": "9"}}));
    records
}

async fn again(answers: Answers) -> Vec<String> {
    let Answer { batch_item_failures } = batch(&state(answers), &records()).await;
    batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
}

#[tokio::test]
async fn only_what_a_destination_did_not_take_comes_again() {
    let all_taken =
        again(|_| (200, r#"{"FailedEntryCount":0,"Entries":[{"EventId":"1"},{"EventId":"2"}]}"#.to_owned()));
    assert_eq!(all_taken.await, [] as [&str; 0]);

    // The bus answers 200, and refuses one of two.
    const REFUSAL: &str = r#"{"FailedEntryCount":1,"Entries":[{"EventId":"1"},{"ErrorCode":"ThrottlingException"}]}"#;
    assert_eq!(again(|_| (200, REFUSAL.to_owned())).await, ["700000000000000000005"]);
}

#[tokio::test]
async fn while_nothing_answers_everything_comes_again_also_what_cannot_be_set_aside() {
    let refused = again(|_| (400, "{}".to_owned())).await;

    let expected = ["700000000000000000001", "700000000000000000004", "700000000000000000005", "9"];
    assert_eq!(refused, expected);
}

#[tokio::test]
async fn events_stay_in_the_queue_if_their_digest_cannot_be_sent() {
    static RECEIVED: AtomicBool = AtomicBool::new(false);
    static DELETED: AtomicBool = AtomicBool::new(false);
    let state = state(|head| match head {
        _ if head.contains("amazonsqs.receivemessage") && !RECEIVED.swap(true, SeqCst) => {
            let event = r#"{\"detail-type\":\"Sync Failed\",\"detail\":{\"id\":\"1\",\"customer_id\":\"c\"}}"#;
            (200, format!(r#"{{"Messages":[{{"MessageId":"m","ReceiptHandle":"r","Body":"{event}"}}]}}"#))
        }
        _ if head.contains("amazonsqs.receivemessage") => (200, "{}".to_owned()),
        _ => {
            DELETED.fetch_or(head.contains("amazonsqs.deletemessagebatch"), SeqCst);
            (400, "{}".to_owned())
        }
    });

    assert!(digest::send(&state).await.is_err());
    assert!(RECEIVED.load(SeqCst) && !DELETED.load(SeqCst));
}

#[test]
fn a_batch_and_the_rules_event_parse() {
    let batch = include_str!("../../../../events/relay/changes.json");
    assert!(matches!(serde_json::from_str(batch).unwrap(), Event::Batch { records } if records.len() == 2));
    let digest = include_str!("../../../../events/relay/digest.json");
    assert!(matches!(serde_json::from_str(digest).unwrap(), Event::Task { task: Task::Digest }));
}

#[test]
fn what_has_to_come_again_is_named_as_lambda_wants_it() {
    let failed = Answer { batch_item_failures: vec![Failure { item_identifier: "7".to_owned() }] };
    assert_eq!(serde_json::to_string(&failed).unwrap(), r#"{"batchItemFailures":[{"itemIdentifier":"7"}]}"#);
    assert_eq!(serde_json::to_string(&Answer::default()).unwrap(), r#"{"batchItemFailures":[]}"#);
}

//! What leaves the system by itself: the audit's archive, events on the bus, and the digest. Rows R218 to R221 of
//! docs/reliability.md. A failure destination is beyond the emulator's streams; `tests/template/relay.rs` reads it.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::{aws::queue::Queue, domain::event::SOURCE};
use tests::simulator::{Fault, Simulator, Workflow};

use crate::{root::Root, upstream::tenant, world::World};

/// A queue that gets all events of the bus.
struct Listener {
    rule: String,
    bus: String,
    queue: String,
}

impl Listener {
    async fn start(world: &World) -> Self {
        let (rule, bus) = (format!("test-{}", uuid::Uuid::now_v7().simple()), world.stack.event_bus.clone());
        let queue = queue(world, &rule).await;
        let pattern = json!({"source": [SOURCE]}).to_string();
        let put = json!({"Name": rule, "EventBusName": bus, "EventPattern": pattern});
        world.call_as_root("events", "AWSEvents.PutRule", &put).await;
        let targets = json!({"Rule": rule, "EventBusName": bus, "Targets": [{"Id": "test", "Arn": arn(world, &rule)}]});
        world.call_as_root("events", "AWSEvents.PutTargets", &targets).await;
        Self { rule, bus, queue }
    }

    /// Waits until a customer has had so many events; their kinds and details, in order.
    async fn events(&self, world: &World, customer: &str, most: usize) -> Vec<(String, Value)> {
        let found = tokio::sync::Mutex::new(Vec::new());
        let are_there = async || {
            let mut found = found.lock().await;
            for body in receive(world, &self.queue).await {
                let event: Value = serde_json::from_str(&body).unwrap();
                if event["detail"]["customer_id"] == customer {
                    found.push((event["detail-type"].as_str().unwrap().to_owned(), event["detail"].clone()));
                }
            }
            found.len() >= most
        };
        world.wait_until("the events arrive", are_there).await;
        found.into_inner()
    }

    async fn stop(self, world: &World) {
        let targets = json!({"Rule": self.rule, "EventBusName": self.bus, "Ids": ["test"]});
        world.call_as_root("events", "AWSEvents.RemoveTargets", &targets).await;
        let rule = json!({"Name": self.rule, "EventBusName": self.bus});
        world.call_as_root("events", "AWSEvents.DeleteRule", &rule).await;
        world.call_as_root("sqs", "AmazonSQS.DeleteQueue", &json!({"QueueUrl": self.queue})).await;
    }
}

/// Somebody who gets the digest.
struct Inbox {
    queue: String,
    subscription: String,
}

impl Inbox {
    async fn open(world: &World) -> Self {
        let (name, topic) = (format!("inbox-{}", uuid::Uuid::now_v7().simple()), &world.stack.digest_topic_arn);
        let (queue, arn) = (queue(world, &name).await, arn(world, &name));
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn,
        }]});
        let open = json!({"QueueUrl": queue, "Attributes": {"Policy": policy.to_string()}});
        world.call_as_root("sqs", "AmazonSQS.SetQueueAttributes", &open).await;
        let subscribed = sns(world, &format!("Action=Subscribe&TopicArn={topic}&Protocol=sqs&Endpoint={arn}")).await;
        let (_, rest) = subscribed.split_once("<SubscriptionArn>").unwrap();
        Self { queue, subscription: rest.split('<').next().unwrap().to_owned() }
    }

    async fn close(self, world: &World) {
        sns(world, &format!("Action=Unsubscribe&SubscriptionArn={}", self.subscription)).await;
        world.call_as_root("sqs", "AmazonSQS.DeleteQueue", &json!({"QueueUrl": self.queue})).await;
    }
}

/// Calls SNS as root.
async fn sns(world: &World, fields: &str) -> String {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let (url, body) =
        (format!("{}/", world.stack.emulator_url), format!("Version=2010-03-31&{}", fields.replace(':', "%3A")));
    let (status, answer) = world.signed(&Credentials::root(), "sns", "POST", &url, &form, body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn queue(world: &World, name: &str) -> String {
    let queue = world.call_as_root("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": name})).await;
    queue["QueueUrl"].as_str().unwrap().to_owned()
}

fn arn(world: &World, queue: &str) -> String {
    format!("arn:aws:sqs:{}:000000000000:{queue}", world.stack.region)
}

/// The bodies of all messages of a queue, which are removed.
async fn receive(world: &World, queue: &str) -> Vec<String> {
    let mut bodies = Vec::new();
    loop {
        let got = world.sqs.receive_message().queue_url(queue).max_number_of_messages(10).send().await.unwrap();
        let messages = got.messages.unwrap_or_default();
        if messages.is_empty() {
            return bodies;
        }
        let receipts = messages.iter().map(|message| message.receipt_handle.clone().unwrap()).collect::<Vec<_>>();
        Queue::new(world.sqs.clone(), queue).delete(&receipts).await.unwrap();
        bodies.extend(messages.into_iter().map(|message| message.body.unwrap()));
    }
}

/// An answer of the archive's bucket to root.
async fn bucket(world: &World, method: &str, path: &str) -> (u16, String) {
    let url = format!("{}/{}{path}", world.stack.emulator_url, world.stack.audit_bucket);
    world.signed(&Credentials::root(), "s3", method, &url, &[], String::new()).await
}

/// The names of the archive's objects, or of all their versions, for one record.
async fn objects(world: &World, record: &Value, what: &str) -> usize {
    let day = record["at"].as_str().unwrap()[..10].replace('-', "/");
    let (status, list) =
        bucket(world, "GET", &format!("?{what}&prefix=audit/{day}/{}.json", record["id"].as_str().unwrap())).await;
    assert_eq!(status, 200, "{list}");
    list.matches("<Key>").count()
}

#[tokio::test]
async fn an_audit_record_is_in_the_archive_within_seconds_once_locked_and_without_addresses() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let id = world.create_customer(&simulator.tenant("archived"), &simulator.base_url()).await;
    let owner = json!({"owner": "Ann <ann@example.com>", "sync_frequency": "manual"});
    world.api.patch(&format!("/v1/customers/{id}"), &owner).await.expect(200);
    let trail = world.api.get(&format!("/v1/customers/{id}/audit")).await.expect(200);
    let record = &trail["items"][0];
    assert!(record["actor_email"].as_str().unwrap().contains('@'), "{record}");

    world.wait_until("it is archived", async || objects(&world, record, "list-type=2").await == 1).await;
    let day = record["at"].as_str().unwrap()[..10].replace('-', "/");
    let path = format!("/audit/{day}/{}.json", record["id"].as_str().unwrap());
    let (_, text) = bucket(&world, "GET", &path).await;
    let object: Value = serde_json::from_str(&text).unwrap();
    for same in ["id", "at", "actor", "action", "customer_id", "request_id"] {
        assert_eq!(object[same], record[same], "{same}");
    }
    assert!(!text.contains("@example"), "{text}");
    assert!(text.contains("sync_frequency"), "{text}");

    // The stream delivers again what it has delivered: the record as it lies in the table, once more.
    let audit = world.partition(&world.stack.audit_table_name, &format!("AUDIT#{id}")).await;
    let item = audit.iter().find(|item| item["id"].as_s().unwrap() == record["id"].as_str().unwrap()).unwrap();
    let stored: serde_json::Map<String, Value> =
        item.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
    let stream = stream_of(&world, &world.stack.audit_table_name).await;
    let event = json!({"Records": [{
        "eventID": "again", "eventName": "INSERT", "eventSourceARN": stream,
        "dynamodb": {"Keys": {"PK": stored["PK"], "SK": stored["SK"]}, "NewImage": stored, "SequenceNumber": "1"},
    }]});
    assert_eq!(world.invoke("relay", &event).await, json!({"batchItemFailures": []}));
    assert_eq!(bucket(&world, "GET", &path).await.1, text, "the same bytes under the same name");
    assert_eq!(objects(&world, record, "list-type=2").await, 1);

    let versions = bucket(&world, "GET", &format!("?versions&prefix={}", &path[1..])).await.1;
    let version = versions.split("<VersionId>").nth(1).unwrap().split('<').next().unwrap();
    let (status, refusal) = bucket(&world, "DELETE", &format!("{path}?versionId={version}")).await;
    assert_eq!(status, 403, "a locked version cannot be removed: {refusal}");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_record_that_nobody_can_read_is_set_aside_and_the_next_one_is_archived() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let id = world.create_customer(&simulator.tenant("poisoned"), &simulator.base_url()).await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let (pk, sk) = (format!("AUDIT#{id}"), "2026-01-31T08:00:00.000Z#poisoned");
    let put = world.dynamodb.put_item().table_name(&world.stack.audit_table_name);
    put.item("PK", text(&pk)).item("SK", text(sk)).item("action", text("of.tomorrow")).send().await.unwrap();
    world.api.post(&format!("/v1/customers/{id}/pause"), &json!({})).await.expect(200);

    let trail = world.api.get(&format!("/v1/customers/{id}/audit?action=customer.pause")).await.expect(200);
    world
        .wait_until("the next one is archived", async || objects(&world, &trail["items"][0], "list-type=2").await == 1)
        .await;
    let is_set_aside =
        async || receive(&world, &world.stack.relay_failure_queue_url).await.iter().any(|body| body.contains(&pk));
    world.wait_until("it is in the failure queue", is_set_aside).await;
    let delete = world.dynamodb.delete_item().table_name(&world.stack.audit_table_name);
    delete.key("PK", text(&pk)).key("SK", text(sk)).send().await.unwrap();
    world.remove(&id).await;
}

#[tokio::test]
async fn a_failure_is_told_with_whom_it_needs_and_mended_is_told_too() {
    let world = World::connect().await;
    let listener = Listener::start(&world).await;
    let (simulator, tenant) = tenant("told", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::list().status(403));
    let failed = world.sync(&id).await;
    let mended = world.sync(&id).await;

    let events = listener.events(&world, &id, 3).await;
    let kinds: Vec<_> = events.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["Sync Failed", "Customer Needs Attention", "Sync Recovered"],
        "and a first sync is nothing to tell"
    );
    let name = world.customer(&id).await["name"].clone();
    for (_, detail) in &events {
        assert_eq!((&detail["schema_version"], &detail["customer_name"]), (&json!(1), &name), "{detail}");
        assert!(detail["link"].as_str().unwrap().starts_with(&format!("{}/#/", world.stack.api_url)), "{detail}");
    }
    assert_eq!((&events[0].1["job_id"], &events[0].1["class"]), (&failed["id"], &json!("permission")));
    assert_eq!((&events[1].1["health"], &events[1].1["class"]), (&json!("failing"), &json!("permission")));
    assert_eq!((&events[2].1["job_id"], &events[2].1["counts"]["total"]), (&mended["id"], &json!(3)));
    listener.stop(&world).await;
    world.remove(&id).await;
}

#[tokio::test]
async fn a_digest_counts_what_happened_and_names_whom_it_concerns() {
    let world = World::connect().await;
    let inbox = Inbox::open(&world).await;
    let name = format!("Digested {}", uuid::Uuid::now_v7().simple());
    // More than any customer of another test has: the digest names those first.
    for some in 0..3 {
        let event = |at: usize| {
            let id = format!("{name}/{some}/{at}");
            let detail = json!({"id": id, "customer_id": "cus_digested", "customer_name": name}).to_string();
            let bus = &world.stack.event_bus;
            json!({"EventBusName": bus, "Source": SOURCE, "DetailType": "Sync Failed", "Detail": detail})
        };
        let entries: Vec<_> = (0..10).map(event).collect();
        world.call_as_root("events", "AWSEvents.PutEvents", &json!({"Entries": entries})).await;
    }

    let is_told = async || {
        world.invoke("relay", &json!({"task": "digest"})).await;
        receive(&world, &inbox.queue).await.iter().any(|body| body.contains(&format!("{name} (30)")))
    };
    world.wait_until("a digest tells of the customer", is_told).await;
    inbox.close(&world).await;
}

#[tokio::test]
async fn a_changed_and_a_removed_workflow_are_told_and_those_of_a_first_sync_are_not() {
    let world = World::connect().await;
    let listener = Listener::start(&world).await;
    let (simulator, tenant) = tenant("changing", 8);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let ids = tenant.ids();
    tenant.edit(ids[0], |workflow| workflow.name = "Renamed".into());
    tenant.remove(ids[1]);

    let job = world.sync(&id).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    let mut events = listener.events(&world, &id, 2).await;
    events.sort_by(|one, other| one.0.cmp(&other.0));
    let [(changed, change), (deleted, deletion)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((changed.as_str(), deleted.as_str()), ("Workflow Changed", "Workflow Deleted"));
    assert_eq!((&change["workflow_name"], &change["zuora_id"]), (&json!("Renamed"), &json!(ids[0].to_string())));
    assert_eq!((&deletion["zuora_id"], &deletion["job_id"]), (&json!(ids[1].to_string()), &job["id"]));
    listener.stop(&world).await;
    world.remove(&id).await;
}

#[tokio::test]
async fn a_finding_that_comes_or_goes_is_told_also_when_another_workflow_is_the_cause() {
    let world = World::connect().await;
    let listener = Listener::start(&world).await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("finding");
    let target = tenant.add(Workflow::named("Target"));
    let export = |url: &str| {
        let callout = json!({"id": 1, "action_type": "Callout", "parameters": {"url": url}});
        let execute = json!({"id": 2, "action_type": "Execute::WorkflowTask", "parameters": {"workflow_id": target}});
        let link = |task: u64| json!({"source_workflow_id": 9, "target_task_id": task, "linkage_type": "Start"});
        Some(json!({"workflow": {"id": 9}, "tasks": [callout, execute], "linkages": [link(1), link(2)]}))
    };
    let caller = tenant.add(Workflow { export: export("https://example.com"), ..Workflow::named("Caller") });
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let told = async |most: usize| {
        let mut told: Vec<_> = listener.events(&world, &id, most).await.into_iter().collect();
        told.sort_by(|one, other| one.0.cmp(&other.0));
        let about = |(kind, detail): (String, Value)| (kind, detail["zuora_id"].clone(), detail["rule"].clone());
        told.into_iter().map(about).collect::<Vec<_>>()
    };
    let of = |kind: &str, workflow: u64, rule: Value| (kind.to_owned(), json!(workflow.to_string()), rule);
    let changed = |workflow: u64| of("Workflow Changed", workflow, Value::Null);

    tenant.edit(caller, |workflow| workflow.export = export("http://example.com"));
    world.sync(&id).await;
    assert_eq!(told(2).await, [of("Finding Raised", caller, json!("S5")), changed(caller)]);

    tenant.edit(target, |workflow| workflow.status = "Inactive".to_owned());
    world.sync(&id).await;
    assert_eq!(told(2).await, [of("Finding Raised", caller, json!("R14")), changed(target)]);

    tenant.edit(target, |workflow| workflow.status = "Active".to_owned());
    tenant.edit(caller, |workflow| workflow.export = export("https://example.com"));
    world.sync(&id).await;
    let mut both = told(4).await;
    both.sort_by_key(|(kind, workflow, rule)| (kind.clone(), workflow.to_string(), rule.to_string()));
    let mut expected = vec![
        of("Finding Resolved", caller, json!("R14")),
        of("Finding Resolved", caller, json!("S5")),
        changed(caller),
        changed(target),
    ];
    expected.sort_by_key(|(kind, workflow, rule)| (kind.clone(), workflow.to_string(), rule.to_string()));
    assert_eq!(both, expected);
    listener.stop(&world).await;
    world.remove(&id).await;
}

/// The ARN of a table's stream.
async fn stream_of(world: &World, table: &str) -> String {
    let described =
        world.call_as_root("dynamodb", "DynamoDB_20120810.DescribeTable", &json!({"TableName": table})).await;
    described["Table"]["LatestStreamArn"].as_str().unwrap().to_owned()
}

/// A value as a stream delivers it.
fn attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Bool(is) => json!({"BOOL": is}),
        AttributeValue::L(parts) => json!({"L": parts.iter().map(attribute).collect::<Vec<_>>()}),
        AttributeValue::M(parts) => {
            let parts = parts.iter().map(|(name, value)| (name.clone(), attribute(value)));
            json!({"M": parts.collect::<serde_json::Map<_, _>>()})
        }
        _ => json!({"NULL": true}),
    }
}

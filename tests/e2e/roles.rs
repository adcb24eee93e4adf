//! Least privilege, tried in practice: with its role's own credentials each function attempts every AWS call on everything in
//! this system, and succeeds exactly with those listed beside its name below.
//!
//! Every call is harmless where it is allowed: a write with a condition that cannot hold, a message that AWS refuses. All other
//! tests show that the roles suffice for the real work: they run under the same ones. Two things are beyond the emulator's IAM,
//! and `tests/template/access.rs` reads them: conditions on the encryption context, and writing to the function's own log.

use aws_credential_types::Credentials;
use serde_json::{Value, json};

use crate::world::World;

/// The allowed calls of each function, as `resource: operations`. All others are refused.
const MAY: [(&str, &[&str]); 7] = [
    (
        "customers",
        &[
            "data: GetItem BatchGetItem Query QueryIndex PutItem UpdateItem DeleteItem ConditionCheck",
            "vault: PutItem DeleteItem",
            "grants: GetItem Query QueryIndex PutItem DeleteItem",
            "audit: PutItem Query QueryIndex",
            "secrets key: Encrypt",
            "job queue: SendMessage",
            "question queue: SendMessage",
            "app key: GetSecretValue",
            "users: ListUsers",
        ],
    ),
    (
        "workflows",
        // PutItem in one partition only, that of the notes on damaged definitions: the emulator knows no such condition; the
        // template test reads it.
        &[
            "data: GetItem BatchGetItem Query QueryIndex PutItem",
            "grants: Query",
            "audit: PutItem",
            "app key: GetSecretValue",
        ],
    ),
    (
        "jobs",
        &[
            "data: GetItem BatchGetItem Query QueryIndex PutItem UpdateItem DeleteItem",
            "grants: Query",
            "audit: PutItem",
            "job queue: SendMessage",
            "dead letters: ReceiveMessage DeleteMessage GetQueueAttributes",
            "app key: GetSecretValue",
        ],
    ),
    (
        "sync",
        &[
            "data: GetItem Query PutItem UpdateItem DeleteItem BatchWriteItem",
            "vault: GetItem PutItem DeleteItem",
            "secrets key: Decrypt",
            "token key: Encrypt Decrypt",
            "job queue: SendMessage ReceiveMessage DeleteMessage GetQueueAttributes",
            "question queue: SendMessage ReceiveMessage DeleteMessage GetQueueAttributes",
            "dead letters: SendMessage",
        ],
    ),
    (
        "schedule",
        &[
            "data: GetItem Query QueryIndex PutItem UpdateItem",
            "audit: PutItem",
            "job queue: SendMessage GetQueueAttributes",
            "question queue: SendMessage GetQueueAttributes",
            "dead letters: SendMessage ReceiveMessage DeleteMessage GetQueueAttributes",
        ],
    ),
    (
        "relay",
        // Reading the two streams, too: the emulator asks for that right on no stream in particular; the template test reads it.
        &[
            "streams: ListStreams",
            "archive: PutObject",
            "event bus: PutEvents",
            "relay failures: SendMessage",
            "digest queue: ReceiveMessage DeleteMessage",
            "digest topic: Publish",
        ],
    ),
    ("panel", &[]),
];

/// One call of AWS.
struct Deed {
    name: String,
    service: &'static str,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Deed {
    /// A call of an API that uses JSON.
    fn new(what: &str, name: &str, service: &'static str, api: &str, action: &str, body: &Value) -> Self {
        let headers = vec![
            ("x-amz-target", format!("{api}.{action}")),
            ("content-type", "application/x-amz-json-1.1".to_owned()),
        ];
        Self { headers, body: body.to_string(), ..Self::rest(what, name, service, "POST", "/") }
    }

    /// A call of an API of methods and paths.
    fn rest(what: &str, name: &str, service: &'static str, method: &'static str, path: impl Into<String>) -> Self {
        let (name, path) = (format!("{what}: {name}"), path.into());
        Self { name, service, method, path, headers: Vec::new(), body: String::new() }
    }
}

#[tokio::test]
async fn each_role_may_do_its_work_and_is_refused_everything_else() {
    let world = World::connect().await;
    let foreign = Foreign::create(&world).await;
    let deeds = everything(&world, &foreign);
    let roles: Vec<&String> = world.stack.role_arns.keys().collect();
    assert_eq!(roles.len(), MAY.len(), "{roles:?}");

    let (mut allowed, mut refused, mut wrong) = (0, 0, Vec::new());
    for (role, lines) in MAY {
        let expected = spell_out(lines);
        for name in &expected {
            assert!(deeds.iter().any(|deed| deed.name == *name), "there is no deed named {name}");
        }
        let credentials = world.credentials_of(role).await;
        for deed in &deeds {
            let may = expected.contains(&deed.name);
            match (is_refused(&world, &credentials, deed).await, may) {
                (false, true) => allowed += 1,
                (true, false) => refused += 1,
                (is_refused, _) => wrong.push(format!("{role}, {}: refused {is_refused}", deed.name)),
            }
        }
    }
    foreign.remove(&world).await;

    println!("{allowed} deeds allowed, {refused} refused");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

async fn is_refused(world: &World, who: &Credentials, deed: &Deed) -> bool {
    let url = format!("{}{}", world.stack.emulator_url, deed.path);
    let headers: Vec<_> = deed.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (status, answer) = world.signed(who, deed.service, deed.method, &url, &headers, deed.body.clone()).await;
    assert!(status != 500 && !answer.contains("Unrecognized"), "{}: {status} {answer}", deed.name);
    // SNS has a word of its own.
    status >= 400 && (answer.contains("AccessDenied") || answer.contains("AuthorizationError"))
}

/// Expands `data: GetItem Query` to `data: GetItem` and `data: Query`.
fn spell_out(lines: &[&str]) -> Vec<String> {
    let pairs = lines.iter().map(|line| line.split_once(": ").unwrap());
    pairs.flat_map(|(what, deeds)| deeds.split(' ').map(move |deed| format!("{what}: {deed}"))).collect()
}

/// Every call on everything in the system, and on resources outside it.
fn everything(world: &World, foreign: &Foreign) -> Vec<Deed> {
    let stack = &world.stack;
    let tables = [
        ("data", &stack.table_name),
        ("vault", &stack.vault_table_name),
        ("grants", &stack.grants_table_name),
        ("audit", &stack.audit_table_name),
    ];
    let keys =
        [("secrets key", &stack.secrets_key_id), ("token key", &stack.token_key_id), ("another key", &foreign.key)];
    let queues = [
        ("job queue", &stack.job_queue_url),
        ("question queue", &stack.question_queue_url),
        ("dead letters", &stack.dead_letter_queue_url),
        ("relay failures", &stack.relay_failure_queue_url),
        ("digest queue", &stack.digest_queue_url),
        ("another queue", &foreign.queue),
    ];
    let secrets = [("app key", &stack.app_key_secret_id), ("another secret", &foreign.secret)];

    let mut deeds = Vec::new();
    deeds.extend(tables.iter().flat_map(|(what, table)| on_table(what, table)));
    deeds.extend(keys.iter().flat_map(|(what, key)| on_key(what, key)));
    deeds.extend(queues.iter().flat_map(|(what, queue)| on_queue(what, queue)));
    deeds.extend(secrets.iter().flat_map(|(what, secret)| on_secret(what, secret)));
    deeds.extend(stack.log_groups.iter().flat_map(|(function, group)| on_log(&format!("log of {function}"), group)));
    deeds.extend(on_users("users", &stack.user_pool_id));
    deeds.extend(on_streams("streams"));
    deeds.extend(on_bucket("archive", &stack.audit_bucket));
    deeds.extend(on_bus("event bus", &stack.event_bus));
    deeds.extend(on_bus("another bus", "default"));
    deeds.extend(on_topic("digest topic", &stack.digest_topic_arn));
    deeds.extend(on_function("relay", &stack.functions["relay"]));
    deeds
}

fn on_table(what: &str, table: &str) -> Vec<Deed> {
    let key = json!({"PK": {"S": "NOBODY"}, "SK": {"S": "NOTHING"}});
    let never = json!({"TableName": table, "ConditionExpression": "attribute_exists(PK)"});
    let query = json!({
        "TableName": table, "KeyConditionExpression": "PK = :pk", "ExpressionAttributeValues": {":pk": {"S": "NOBODY"}},
    });
    let index = json!({
        "TableName": table, "IndexName": "GSI1", "KeyConditionExpression": "GSI1PK = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "NOBODY"}},
    });
    let check = merge(&never, &json!({"Key": key}));
    let of =
        |name: &str, action: &str, body: Value| Deed::new(what, name, "dynamodb", "DynamoDB_20120810", action, &body);
    vec![
        of("GetItem", "GetItem", json!({"TableName": table, "Key": key})),
        of("BatchGetItem", "BatchGetItem", json!({"RequestItems": {table: {"Keys": [key]}}})),
        of("Query", "Query", query),
        of("QueryIndex", "Query", index),
        of("Scan", "Scan", json!({"TableName": table, "Limit": 1})),
        of("PutItem", "PutItem", merge(&never, &json!({"Item": key}))),
        of("UpdateItem", "UpdateItem", merge(&check, &json!({"UpdateExpression": "REMOVE x"}))),
        of("DeleteItem", "DeleteItem", check.clone()),
        of("BatchWriteItem", "BatchWriteItem", json!({"RequestItems": {table: [{"DeleteRequest": {"Key": key}}]}})),
        of("ConditionCheck", "TransactWriteItems", json!({"TransactItems": [{"ConditionCheck": check}]})),
        of(
            "UpdateTimeToLive",
            "UpdateTimeToLive",
            json!({
                "TableName": table, "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": true},
            }),
        ),
        of("DescribeTable", "DescribeTable", json!({"TableName": table})),
    ]
}

fn on_key(what: &str, key: &str) -> Vec<Deed> {
    let nothing = "bm90aGluZw==";
    let of = |action: &str, body: Value| Deed::new(what, action, "kms", "TrentService", action, &body);
    vec![
        of("Encrypt", json!({"KeyId": key, "Plaintext": nothing})),
        of("Decrypt", json!({"KeyId": key, "CiphertextBlob": nothing})),
        of("GenerateDataKey", json!({"KeyId": key, "KeySpec": "AES_256"})),
        of("DescribeKey", json!({"KeyId": key})),
    ]
}

fn on_queue(what: &str, queue: &str) -> Vec<Deed> {
    let of = |action: &str, more: Value| {
        Deed::new(what, action, "sqs", "AmazonSQS", action, &merge(&json!({"QueueUrl": queue}), &more))
    };
    vec![
        // Messages may be delayed by 900 s, ten are received at most, and no receipt looks like this.
        of("SendMessage", json!({"MessageBody": "nothing", "DelaySeconds": 901})),
        of("ReceiveMessage", json!({"MaxNumberOfMessages": 11, "VisibilityTimeout": 0})),
        of("DeleteMessage", json!({"ReceiptHandle": "none"})),
        of("GetQueueAttributes", json!({"AttributeNames": ["QueueArn"]})),
        of("ChangeMessageVisibility", json!({"ReceiptHandle": "none", "VisibilityTimeout": 0})),
        of("SetQueueAttributes", json!({"Attributes": {}})),
    ]
}

fn on_secret(what: &str, secret: &str) -> Vec<Deed> {
    let of = |action: &str, body: Value| Deed::new(what, action, "secretsmanager", "secretsmanager", action, &body);
    vec![
        of("GetSecretValue", json!({"SecretId": secret})),
        of("DescribeSecret", json!({"SecretId": secret})),
        of("PutSecretValue", json!({"SecretId": secret, "SecretString": "overwritten"})),
    ]
}

fn on_log(what: &str, group: &str) -> Vec<Deed> {
    let of = |action: &str, body: Value| Deed::new(what, action, "logs", "Logs_20140328", action, &body);
    vec![
        of("FilterLogEvents", json!({"logGroupName": group, "limit": 1})),
        of("DeleteLogStream", json!({"logGroupName": group, "logStreamName": "none"})),
    ]
}

fn on_users(what: &str, pool: &str) -> Vec<Deed> {
    let of = |action: &str, more: Value| {
        let body = merge(&json!({"UserPoolId": pool}), &more);
        Deed::new(what, action, "cognito-idp", "AWSCognitoIdentityProviderService", action, &body)
    };
    vec![
        of("ListUsers", json!({"Limit": 1})),
        of("AdminAddUserToGroup", json!({"Username": "nobody", "GroupName": "super_admin"})),
    ]
}

fn on_streams(what: &str) -> Vec<Deed> {
    let of = |action: &str, body: Value| Deed::new(what, action, "dynamodb", "DynamoDBStreams_20120810", action, &body);
    vec![
        of("ListStreams", json!({"Limit": 1})),
        of("DescribeStream", json!({"StreamArn": "none"})),
        of("GetRecords", json!({"ShardIterator": "none"})),
    ]
}

fn on_bucket(what: &str, bucket: &str) -> Vec<Deed> {
    let of =
        |name: &str, method: &'static str, path: &str| Deed::rest(what, name, "s3", method, format!("/{bucket}{path}"));
    // No body has this checksum.
    let wrong = |deed: Deed| Deed { headers: vec![("x-amz-checksum-sha256", "none".to_owned())], ..deed };
    vec![
        wrong(of("PutObject", "PUT", "/audit/none")),
        wrong(of("PutObjectElsewhere", "PUT", "/none")),
        of("GetObject", "GET", "/audit/none"),
        of("DeleteObject", "DELETE", "/audit/none"),
        of("PutObjectRetention", "PUT", "/audit/none?retention"),
        of("ListBucket", "GET", "?list-type=2"),
        of("PutBucketPolicy", "PUT", "?policy"),
    ]
}

fn on_bus(what: &str, bus: &str) -> Vec<Deed> {
    let of = |action: &str, body: Value| Deed::new(what, action, "events", "AWSEvents", action, &body);
    vec![
        // A source of AWS's own is not published.
        of(
            "PutEvents",
            json!({"Entries": [{"EventBusName": bus, "Source": "aws.none", "DetailType": "x", "Detail": "{}"}]}),
        ),
        of("ListRules", json!({"EventBusName": bus})),
        of("PutRule", json!({"EventBusName": bus, "Name": "none", "EventPattern": "nothing"})),
    ]
}

fn on_topic(what: &str, topic: &str) -> Vec<Deed> {
    let of = |action: &'static str, more: &str| Deed {
        headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
        body: format!("Action={action}&Version=2010-03-31&TopicArn={}{more}", topic.replace(':', "%3A")),
        ..Deed::rest(what, action, "sns", "POST", "/")
    };
    // Neither a message of no length nor a subscription by no protocol exists.
    vec![of("Publish", "&Message="), of("Subscribe", "&Protocol=none"), of("GetTopicAttributes", "")]
}

fn on_function(what: &str, function: &str) -> Vec<Deed> {
    let path = format!("/2015-03-31/functions/{function}");
    vec![
        Deed::rest(what, "Invoke", "lambda", "POST", format!("{path}/invocations")),
        Deed::rest(what, "GetFunction", "lambda", "GET", path),
    ]
}

/// A key, a queue and a secret outside the system.
struct Foreign {
    key: String,
    queue: String,
    secret: String,
}

impl Foreign {
    async fn create(world: &World) -> Self {
        let secret = format!("foreign-{}", uuid::Uuid::now_v7().simple());
        let key = world.call_as_root("kms", "TrentService.CreateKey", &json!({})).await;
        let queue = world.call_as_root("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": secret})).await;
        let content = json!({"Name": secret, "SecretString": "nobody's"});
        world.call_as_root("secretsmanager", "secretsmanager.CreateSecret", &content).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self { key: text(&key["KeyMetadata"]["KeyId"]), queue: text(&queue["QueueUrl"]), secret }
    }

    async fn remove(self, world: &World) {
        let key = json!({"KeyId": self.key, "PendingWindowInDays": 7});
        world.call_as_root("kms", "TrentService.ScheduleKeyDeletion", &key).await;
        world.call_as_root("sqs", "AmazonSQS.DeleteQueue", &json!({"QueueUrl": self.queue})).await;
        let secret = json!({"SecretId": self.secret, "ForceDeleteWithoutRecovery": true});
        world.call_as_root("secretsmanager", "secretsmanager.DeleteSecret", &secret).await;
    }
}

/// Merges two objects.
fn merge(one: &Value, other: &Value) -> Value {
    let mut merged = one.clone();
    merged.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    merged
}

//! The actions of tests as the account's root, beside the API: read and write tables, send messages, invoke functions, assume
//! roles.

use std::{collections::HashMap, time::Duration};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sigv4::{
    http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use base64::{Engine as _, engine::general_purpose};
use reqwest::Response;
use serde_json::{Value, json};
use shared::{aws::keys, domain::time::Timestamp};

use crate::world::{Stack, World};

impl World {
    /// Sends a raw body to the job queue, as root.
    pub async fn send(&self, body: &str) {
        let send = self.sqs.send_message().queue_url(&self.stack.job_queue_url).message_group_id("test");
        send.message_body(body).send().await.unwrap();
    }

    /// Reads one item of the data table, as root.
    pub async fn item(&self, pk: &str, sk: &str) -> Option<HashMap<String, AttributeValue>> {
        let get = self.dynamodb.get_item().table_name(&self.stack.table_name).consistent_read(true);
        let get = get.key("PK", AttributeValue::S(pk.into())).key("SK", AttributeValue::S(sk.into()));
        get.send().await.unwrap().item
    }

    /// Writes one item of the data table, as root.
    pub async fn put_item(&self, item: HashMap<String, AttributeValue>) {
        self.dynamodb.put_item().table_name(&self.stack.table_name).set_item(Some(item)).send().await.unwrap();
    }

    /// Sets attributes of one item of the data table, as root.
    pub async fn set(&self, pk: &str, sk: &str, attributes: &[(&str, AttributeValue)]) {
        let terms: Vec<_> = (0..attributes.len()).map(|at| format!("#n{at} = :v{at}")).collect();
        let mut update = self.dynamodb.update_item().table_name(&self.stack.table_name);
        update = update.key("PK", AttributeValue::S(pk.into())).key("SK", AttributeValue::S(sk.into()));
        update = update.update_expression(format!("SET {}", terms.join(", ")));
        for (at, (name, value)) in attributes.iter().enumerate() {
            update = update.expression_attribute_names(format!("#n{at}"), *name);
            update = update.expression_attribute_values(format!(":v{at}"), value.clone());
        }
        update.send().await.unwrap();
    }

    /// Sets attributes of a job, as root.
    pub async fn set_job(&self, customer: &str, job: &str, attributes: &[(&str, AttributeValue)]) {
        self.set(&format!("CUSTOMER#{customer}"), &format!("JOB#{job}"), attributes).await;
    }

    /// The number of a job's current message.
    pub async fn seq_of(&self, customer: &str, job: &str) -> u64 {
        let item = self.item(&format!("CUSTOMER#{customer}"), &format!("JOB#{job}")).await.unwrap();
        item["seq"].as_n().unwrap().parse().unwrap()
    }

    /// Delivers a job's current message, once more or early.
    pub async fn deliver(&self, customer: &str, job: &str) {
        let seq = self.seq_of(customer, job).await;
        self.send(&json!({"type": "job.v1", "job_id": job, "customer_id": customer, "seq": seq}).to_string()).await;
    }

    /// Moves the moment that a waiting job waits for to now, so that no test sits out a wait.
    pub async fn hurry(&self, customer: &str, job: &str) {
        let now = AttributeValue::S(shared::clock::now().to_string());
        self.set_job(customer, job, &[("next_attempt_at", now)]).await;
        self.deliver(customer, job).await;
    }

    /// Makes the reverification of every workflow of a customer due.
    pub async fn let_a_day_pass(&self, customer: &str) {
        let yesterday = shared::clock::now().millis() - 25 * 3600 * 1000;
        let yesterday = Timestamp::from_millis(yesterday).to_string();
        let reverification =
            [("until".to_owned(), AttributeValue::S(yesterday)), ("pending".to_owned(), AttributeValue::L(Vec::new()))];
        let reverification = AttributeValue::M(reverification.into());
        self.set(&format!("CUSTOMER#{customer}"), "STATE", &[("reverification", reverification)]).await;
    }

    /// Makes the schedule see a customer as due since `at`.
    pub async fn make_due(&self, customer: &str, at: Timestamp) {
        let text = |value: String| AttributeValue::S(value);
        let due = keys::customer_due(at, &customer.parse().unwrap());
        let (pk, sk) = due.index.attributes();
        let item = [("next_sync_at", text(at.to_string())), (pk, text(due.pk)), (sk, text(due.sk))];
        self.set(&format!("CUSTOMER#{customer}"), "STATE", &item).await;
    }

    /// All items of one partition of a table, as root.
    pub async fn partition(&self, table: &str, pk: &str) -> Vec<HashMap<String, AttributeValue>> {
        let query = self.dynamodb.query().table_name(table).consistent_read(true).key_condition_expression("PK = :pk");
        let pages = query.expression_attribute_values(":pk", AttributeValue::S(pk.into())).into_paginator().send();
        pages
            .collect::<Result<Vec<_>, _>>()
            .await
            .unwrap()
            .into_iter()
            .flat_map(|page| page.items.unwrap_or_default())
            .collect()
    }

    /// Invokes a function with an event, as root, and returns its answer.
    pub async fn invoke(&self, function: &str, event: &Value) -> Value {
        self.invoke_and_log(function, event).await.0
    }

    /// The same; returns the end of that invocation's log too.
    pub async fn invoke_and_log(&self, function: &str, event: &Value) -> (Value, String) {
        let url =
            format!("{}/2015-03-31/functions/{}/invocations", self.stack.emulator_url, self.stack.functions[function]);
        let tail = [("x-amz-log-type", "Tail")];
        let response =
            self.signed_request(&Credentials::root(), "lambda", "POST", &url, &tail, event.to_string()).await;
        let log = response.headers().get("x-amz-log-result").cloned();
        let log = log.map(|log| general_purpose::STANDARD.decode(log).unwrap()).unwrap_or_default();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, 200, "{text}");
        let answer: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        assert!(answer.get("errorMessage").is_none(), "{function} failed: {answer}");
        (answer, String::from_utf8_lossy(&log).into_owned())
    }

    /// A log group's whole log: of each line its stream, which is one invocation's, and its text.
    pub async fn log(&self, group: &str) -> Vec<(String, String)> {
        let text = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
        let mut lines = Vec::new();
        let mut token = Value::Null;
        loop {
            let mut body = json!({"logGroupName": group});
            if token.is_string() {
                body["nextToken"] = token;
            }
            let page = self.call_as_root("logs", "Logs_20140328.FilterLogEvents", &body).await;
            let events = page["events"].as_array().unwrap().iter();
            lines.extend(events.map(|event| (text(event, "logStreamName"), text(event, "message"))));
            token = page["nextToken"].clone();
            if !token.is_string() {
                return lines;
            }
        }
    }

    /// Calls an AWS API that uses JSON, named as in `x-amz-target`; returns the status and the answer.
    pub async fn call(&self, who: &Credentials, service: &str, target: &str, body: &Value) -> (u16, Value) {
        let headers = [("x-amz-target", target), ("content-type", "application/x-amz-json-1.1")];
        let url = format!("{}/", self.stack.emulator_url);
        let (status, text) = self.signed(who, service, "POST", &url, &headers, body.to_string()).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Calls an AWS API that uses JSON, as root; the call has to succeed.
    pub async fn call_as_root(&self, service: &str, target: &str, body: &Value) -> Value {
        let (status, answer) = self.call(&Credentials::root(), service, target, body).await;
        assert_eq!(status, 200, "{target}: {answer}");
        answer
    }

    /// Sends a signed request to any AWS API; returns the status and the answer.
    pub async fn signed(
        &self,
        who: &Credentials,
        service: &str,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> (u16, String) {
        let response = self.signed_request(who, service, method, url, headers, body).await;
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn signed_request(
        &self,
        who: &Credentials,
        service: &str,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Response {
        let identity = who.clone().into();
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.stack.region)
            .name(service)
            .time(std::time::UNIX_EPOCH + Duration::from_millis(shared::clock::now().millis().unsigned_abs()))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let signable =
            SignableRequest::new(method, url, headers.iter().copied(), SignableBody::Bytes(body.as_bytes())).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        let mut request = self.http.request(method.parse().unwrap(), url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        for (name, value) in instructions.headers() {
            request = request.header(name, value);
        }
        request.send().await.unwrap()
    }

    /// The SDK with the rights of a function's role.
    pub async fn assume(&self, function: &str) -> aws_config::SdkConfig {
        sdk_config(&self.stack, self.credentials_of(function).await)
    }

    /// Credentials with the rights of a function's role.
    pub async fn credentials_of(&self, function: &str) -> Credentials {
        let role = &self.stack.role_arns[function];
        let body = format!(
            "Action=AssumeRole&Version=2011-06-15&RoleArn={}&RoleSessionName=test",
            role.replace(':', "%3A").replace('/', "%2F")
        );
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let url = format!("{}/", self.stack.emulator_url);
        let (status, text) = self.signed(&Credentials::root(), "sts", "POST", &url, &headers, body).await;
        assert_eq!(status, 200, "{text}");
        let field = |name: &str| {
            let (_, rest) = text.split_once(&format!("<{name}>")).unwrap();
            rest.split('<').next().unwrap().to_owned()
        };
        Credentials::new(field("AccessKeyId"), field("SecretAccessKey"), Some(field("SessionToken")), None, "assumed")
    }
}

/// The SDK, pointed at the emulator.
pub fn sdk_config(stack: &Stack, credentials: Credentials) -> aws_config::SdkConfig {
    aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
        .region(aws_config::Region::new(stack.region.clone()))
        .endpoint_url(&stack.emulator_url)
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(credentials))
        .build()
}

/// The account's root.
pub trait Root {
    fn root() -> Self;
}

impl Root for Credentials {
    fn root() -> Self {
        Self::new("test", "test", None, None, "root")
    }
}

//! The base of every end-to-end test: the deployed stack, an admin's API, and root's view of tables and queues.
//!
//! Each test starts its own simulator and creates its own customers, so tests run side by side on one stack. Nothing here
//! sleeps for luck: it waits for a condition, within a limit, and reports what it saw at the limit.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::Once,
    time::{Duration, Instant},
};

use aws_credential_types::Credentials;
use reqwest::{Client, Method};
use serde::Deserialize;
use serde_json::{Value, json};
use tests::simulator::Tenant;
use tokio::sync::OnceCell;

use crate::{
    described,
    root::{Root, sdk_config},
};

/// The time within which a job has to end; the slowest wait of a test is a retry after up to 20 s.
const PATIENCE: Duration = Duration::from_secs(150);

static PROVIDER: Once = Once::new();
static ID_TOKEN: OnceCell<String> = OnceCell::const_new();

/// The stack file: the names and addresses of what was deployed.
#[derive(Clone, Debug, Deserialize)]
pub struct Stack {
    pub api_url: String,
    pub region: String,
    pub user_pool_id: String,
    pub user_pool_client_id: String,
    pub username: String,
    pub password: String,
    pub table_name: String,
    pub vault_table_name: String,
    pub grants_table_name: String,
    pub audit_table_name: String,
    pub job_queue_url: String,
    pub question_queue_url: String,
    pub dead_letter_queue_url: String,
    pub emulator_url: String,
    pub simulator_url: String,
    pub faults_url: Option<String>,
    pub secrets_key_id: String,
    pub token_key_id: String,
    pub app_key_secret_id: String,
    pub audit_bucket: String,
    pub event_bus: String,
    pub relay_failure_queue_url: String,
    pub digest_queue_url: String,
    pub digest_topic_arn: String,
    pub functions: HashMap<String, String>,
    pub role_arns: HashMap<String, String>,
    pub log_groups: HashMap<String, String>,
}

/// The deployed system, as a test sees it.
pub struct World {
    pub stack: Stack,
    pub api: Api,
    pub dynamodb: aws_sdk_dynamodb::Client,
    pub sqs: aws_sdk_sqs::Client,
    pub sdk: aws_config::SdkConfig,
    pub http: Client,
    /// The folder of the stack's files.
    pub home: PathBuf,
}

/// An answer of the API.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Answer {
    /// Returns the body, if the status is the expected one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }
}

/// The API with one caller's token, or none.
#[derive(Clone)]
pub struct Api {
    http: Client,
    base: String,
    token: Option<String>,
}

impl Api {
    pub fn with_token(&self, token: Option<String>) -> Self {
        Self { token, ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.raw(Method::GET, path, &[], Vec::new()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.json(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.json(Method::PUT, path, body).await
    }

    /// Changes a resource, whatever its `ETag`.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.patch_if(path, "*", body).await
    }

    /// Changes a resource if it still has this `ETag`.
    pub async fn patch_if(&self, path: &str, etag: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json"), ("if-match", etag)];
        self.raw(Method::PATCH, path, &headers, body.to_string().into_bytes()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.raw(Method::DELETE, path, &[], Vec::new()).await
    }

    /// Sends a POST with an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.raw(Method::POST, path, &headers, body.to_string().into_bytes()).await
    }

    async fn json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.raw(method, path, &[("content-type", "application/json")], body.to_string().into_bytes()).await
    }

    pub async fn raw(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        described::check(method.as_str(), path, status, &body);
        Answer { status, headers, text, body }
    }
}

impl World {
    /// Connects to the stack that `ZWM_STACK_JSON` names.
    pub async fn connect() -> Self {
        PROVIDER.call_once(|| drop(rustls::crypto::aws_lc_rs::default_provider().install_default()));
        #[expect(clippy::disallowed_methods, reason = "the tests' only setting")]
        let path = std::env::var("ZWM_STACK_JSON").expect("ZWM_STACK_JSON names the stack file; `make test` sets it");
        let path = PathBuf::from(path);
        let stack: Stack = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let no_roots = Vec::<reqwest::Certificate>::new();
        let http = Client::builder().no_proxy().tls_certs_only(no_roots).build().unwrap();
        let token = ID_TOKEN
            .get_or_init(|| async { sign_in(&http, &stack, &stack.username, &stack.password).await.id })
            .await
            .clone();
        let sdk = sdk_config(&stack, Credentials::root());
        Self {
            api: Api { http: http.clone(), base: stack.api_url.clone(), token: Some(token) },
            dynamodb: aws_sdk_dynamodb::Client::new(&sdk),
            sqs: aws_sdk_sqs::Client::new(&sdk),
            sdk,
            http,
            home: path.parent().unwrap().to_owned(),
            stack,
        }
    }

    /// The body that creates a customer for a simulator's tenant, under a unique name.
    pub fn creation(tenant: &Tenant, base_url: &str) -> Value {
        json!({
            "name": format!("{} {}", tenant.name(), uuid::Uuid::now_v7().simple()),
            "zuora_client_id": tenant.client_id(),
            "zuora_client_secret": tenant.client_secret(),
            "zuora_base_url": base_url,
            "environment": "test",
        })
    }

    /// Creates a customer; its first sync is queued.
    pub async fn create_customer(&self, tenant: &Tenant, base_url: &str) -> String {
        let customer = self.api.post("/v1/customers", &Self::creation(tenant, base_url)).await.expect(201);
        customer["id"].as_str().unwrap().to_owned()
    }

    /// Creates a customer and waits for its first sync.
    pub async fn create_and_sync(&self, tenant: &Tenant, base_url: &str) -> (String, Value) {
        let id = self.create_customer(tenant, base_url).await;
        let jobs = self.jobs_of(&id).await;
        let job = self.wait_for_job(jobs[0]["id"].as_str().unwrap()).await;
        (id, job)
    }

    /// Requests a sync and waits for it.
    pub async fn sync(&self, customer: &str) -> Value {
        let job = self.ask_for_sync(customer).await;
        self.wait_for_job(&job).await
    }

    /// Requests a sync; returns the job's id.
    pub async fn ask_for_sync(&self, customer: &str) -> String {
        let asked = self.api.post(&format!("/v1/customers/{customer}/sync"), &json!({})).await.expect(202);
        asked["job_id"].as_str().unwrap().to_owned()
    }

    pub async fn customer(&self, id: &str) -> Value {
        self.api.get(&format!("/v1/customers/{id}")).await.expect(200)
    }

    pub async fn job(&self, id: &str) -> Value {
        self.api.get(&format!("/v1/jobs/{id}")).await.expect(200)
    }

    /// A customer's jobs, newest first.
    pub async fn jobs_of(&self, customer: &str) -> Vec<Value> {
        let jobs = self.api.get(&format!("/v1/jobs?customer_id={customer}&limit=200")).await.expect(200);
        jobs["items"].as_array().unwrap().clone()
    }

    /// All of a customer's workflows that are not deleted, by Zuora id.
    pub async fn workflows(&self, customer: &str) -> HashMap<String, Value> {
        let mut found = HashMap::new();
        let mut path = format!("/v1/customers/{customer}/workflows?limit=200");
        loop {
            let page = self.api.get(&path).await.expect(200);
            for item in page["items"].as_array().unwrap() {
                found.insert(item["zuora_id"].as_str().unwrap().to_owned(), item.clone());
            }
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/v1/customers/{customer}/workflows?limit=200&cursor={cursor}"),
                None => return found,
            }
        }
    }

    /// Waits until a job has ended.
    pub async fn wait_for_job(&self, id: &str) -> Value {
        const OVER: [&str; 5] = ["succeeded", "held", "incomplete", "failed", "cancelled"];
        self.wait_for_job_state(id, &OVER).await
    }

    /// Waits until a job is in one of some states.
    pub async fn wait_for_job_state(&self, id: &str, states: &[&str]) -> Value {
        let mut last = Value::Null;
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            last = self.job(id).await;
            if states.iter().any(|state| last["state"] == *state) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        panic!("job {id} is not in {states:?} after {PATIENCE:?}: {last}");
    }

    /// Waits until `condition` holds.
    pub async fn wait_until(&self, what: &str, condition: impl AsyncFn() -> bool) {
        let started = Instant::now();
        while !condition().await {
            assert!(started.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Deletes a customer, because leftovers of a test would slow down the others.
    pub async fn remove(&self, customer: &str) {
        let name = self.customer(customer).await["name"].as_str().unwrap().replace(' ', "%20");
        self.api.delete(&format!("/v1/customers/{customer}?confirm={name}")).await.expect(202);
    }

    /// Signs a user in.
    pub async fn sign_in(&self, username: &str, password: &str) -> Tokens {
        sign_in(&self.http, &self.stack, username, password).await
    }
}

/// The tokens of a sign-in.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub id: String,
    pub access: String,
}

async fn sign_in(http: &Client, stack: &Stack, username: &str, password: &str) -> Tokens {
    let body = json!({
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": stack.user_pool_client_id,
        "AuthParameters": {"USERNAME": username, "PASSWORD": password},
    });
    let request = http
        .post(format!("{}/", stack.emulator_url))
        .header("x-amz-target", "AWSCognitoIdentityProviderService.InitiateAuth")
        .header("content-type", "application/x-amz-json-1.1")
        .body(body.to_string());
    let answer: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
    let token =
        |name: &str| answer["AuthenticationResult"][name].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    Tokens { id: token("IdToken"), access: token("AccessToken") }
}

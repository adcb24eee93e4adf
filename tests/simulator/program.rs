//! The stand-alone program: it says when it is ready, obeys its control API, and ends when told to.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{http, json};

struct Program {
    child: Child,
    ready: String,
    url: String,
}

impl Program {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_zuora-simulator"))
            .args(["--addr", "127.0.0.1:0", "--client-id=demo-client", "--client-secret", "s+/=&%", "--workflows", "7"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let url = ready.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        let url = url.trim_end_matches(':').to_owned();
        Self { child, ready, url }
    }

    async fn control(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let request = http().request(method, format!("{}/_simulator/{path}", self.url)).body(body.to_string());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), json(answer).await)
    }

    async fn get(&self, path: &str) -> Value {
        self.control(Method::GET, path, &Value::Null).await.1
    }

    async fn token(&self, id: &str, secret: &str) -> (u16, Value) {
        let form = [("client_id", id), ("client_secret", secret), ("grant_type", "client_credentials")];
        let answer = http().post(format!("{}/oauth/token", self.url)).form(&form).send().await.unwrap();
        (answer.status().as_u16(), json(answer).await)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn it_starts_with_the_demo_tenant_and_ends_on_sigterm() {
    let mut program = Program::start();

    assert!(program.ready.contains("ready") && !program.ready.contains("s+/=&%"));
    let demo = json!({ "name": "demo", "client_id": "demo-client", "client_secret": "s+/=&%", "workflows": 7 });
    assert_eq!(program.get("tenants").await, json!([demo]));
    assert_eq!(program.token("demo-client", "s+/=&%").await.0, 200);

    let pid = program.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(program.child.wait().unwrap().success());
}

#[tokio::test]
async fn the_control_api_manages_tenants_workflows_faults_and_counts() {
    let program = Program::start();
    let (post, patch, put, delete) = (Method::POST, Method::PATCH, Method::PUT, Method::DELETE);

    let new = json!({ "name": "acme", "workflows": 2, "client_id": "a", "client_secret": "b" });
    assert_eq!(program.control(post.clone(), "tenants", &new).await.1["workflows"], 2);
    assert_eq!(program.control(post.clone(), "tenants", &new).await.0, 409);
    let added = program.control(post.clone(), "tenants/acme/workflows", &json!({ "name": "Mine" })).await.1;
    let more = program.control(post.clone(), "tenants/acme/workflows", &json!({ "count": 3 })).await.1;
    let mine = format!("tenants/acme/workflows/{}", added["id"]);
    assert_eq!(program.control(patch, &mine, &json!({ "status": "Inactive" })).await.0, 200);
    assert_eq!(program.control(delete.clone(), &mine, &Value::Null).await.0, 200);
    assert_eq!(program.control(delete.clone(), &mine, &Value::Null).await.0, 404);
    assert_eq!(more["workflows"], 6);
    assert_eq!(program.get("tenants/acme/workflows").await.as_array().unwrap().len(), 5);

    let fault = json!({ "on": { "route": "token" }, "times": 2, "effect": { "respond": { "status": 503 } } });
    assert_eq!(program.control(post.clone(), "tenants/acme/faults", &fault).await.0, 200);
    assert_eq!(program.token("a", "b").await.0, 503);
    assert_eq!(program.control(delete.clone(), "tenants/acme/faults", &Value::Null).await.0, 200);
    assert_eq!(program.token("a", "b").await.0, 200);
    let counts = program.get("tenants/acme/requests").await;
    assert_eq!((&counts["token"], &counts["statuses"]), (&json!(2), &json!({ "200": 1, "503": 1 })));
    assert_eq!(program.control(delete.clone(), "tenants/acme/requests", &Value::Null).await.0, 200);
    assert_eq!(program.get("tenants/acme/requests").await["token"], 0);

    let secret = json!({ "client_secret": "c" });
    assert_eq!(program.control(put.clone(), "tenants/acme/secret", &secret).await.0, 200);
    assert_eq!(program.token("a", "b").await.0, 401);
    assert_eq!(program.control(put.clone(), "latency", &json!({ "ms": 1 })).await.0, 200);
    assert_eq!(program.control(put.clone(), "tenants/acme/token_lifetime", &json!({ "seconds": 9 })).await.0, 200);
    assert_eq!(program.token("a", "c").await.1["expires_in"], 9);
    let rough = json!({ "median_ms": 1, "p99_ms": 2, "error_rate": 1, "seed": 7 });
    assert_eq!(program.control(put.clone(), "tenants/acme/conditions", &rough).await.0, 200);
    assert_eq!(program.token("a", "c").await.0, 503);
    assert_eq!(program.control(put, "tenants/acme/conditions", &json!({})).await.0, 200);
    assert_eq!(program.token("a", "c").await.0, 200);
    assert_eq!(program.control(delete, "tenants/acme/tokens", &Value::Null).await.0, 200);
    assert_eq!(program.control(post.clone(), "faults", &json!({ "effect": "reset", "typo": 1 })).await.0, 400);
    assert_eq!(program.control(post, "nonsense", &Value::Null).await.0, 404);
}

#[tokio::test]
async fn the_control_api_scripts_odd_answers_manners_of_paging_raw_bytes_and_shapes() {
    let program = Program::start();
    let (post, patch, put) = (Method::POST, Method::PATCH, Method::PUT);
    let bearer = program.token("demo-client", "s+/=&%").await.1["access_token"].as_str().unwrap().to_owned();
    let get = async |path: &str| {
        let answer = http().get(format!("{}{path}", program.url)).bearer_auth(&bearer).send().await.unwrap();
        let foreign = !answer.headers().contains_key("zuora-request-id");
        (answer.status().as_u16(), foreign, answer.text().await.unwrap())
    };
    let control = async |method: &Method, path: &str, body: Value| {
        let (status, answer) = program.control(method.clone(), &format!("tenants/demo/{path}"), &body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    };

    control(&post, "faults", json!({ "on": { "route": "get" }, "times": null, "effect": { "odd": "proxy_404" } }))
        .await;
    control(&post, "faults", json!({ "effect": { "respond": { "status": 503 } }, "foreign": true })).await;
    assert_eq!(get("/workflows").await.0, 503);
    let (status, foreign, page) = get("/workflows/100").await;
    assert_eq!((status, foreign, page.starts_with("<html>")), (404, true, true));

    control(&put, "paging", json!({ "length": { "at_most": 3 }, "past_the_end": { "status": 422 } })).await;
    assert!(get("/workflows?page=2&page_length=50").await.2.contains(r#""page":2,"page_length":3}"#));
    assert_eq!(get("/workflows?page=9").await.0, 422);
    control(&put, "paging", json!({})).await;

    let raw = json!({ "name": "Raw", "raw_item": r#"{"id":1,"id":2}"#, "raw_export": "<no json>" });
    let id = control(&post, "workflows", raw).await["id"].clone();
    let export = format!("/workflows/{id}/export");
    assert!(get("/workflows?name=Raw").await.2.starts_with(r#"{"data":[{"id":1,"id":2}],"#));
    assert_eq!(get(&export).await.2, "<no json>");
    let workflow = format!("workflows/{id}");
    control(&patch, &workflow, json!({ "raw_export": null, "shapes": ["internal_group"] })).await;
    let before = get(&export).await.2;
    control(&post, &format!("{workflow}/clones"), Value::Null).await;
    control(&patch, &workflow, json!({ "restless": { "shuffle": true } })).await;
    assert!(before.contains(r#""internal_group":"g1""#) && before.contains(r#""version":"0.0.2""#));
    assert!(get(&export).await.2 != get(&export).await.2);
    assert!(get("/workflows?name=Raw").await.2.starts_with(r#"{"data":[{"id":1,"id":2}],"#));
    let without_id = program.control(post, "tenants/demo/workflows", &json!({ "tasks": 1 })).await;
    assert_eq!(without_id, (400, json!({ "error": "a workflow needs a name" })));
}

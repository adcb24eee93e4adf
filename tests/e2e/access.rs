//! Nobody gets in without an ID token of an administrator: every route of the template, with every wrong token.

use std::fs;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Stack, Tokens, World};

/// Method and path of every route but the open ones, read from the template, so that a new route is tested without being named.
fn routes() -> Vec<(Method, String)> {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/template.yaml")).unwrap();
    let template: serde_yaml_ng::Value = serde_yaml_ng::from_str(&text).unwrap();
    let mut routes = Vec::new();
    for resource in template["Resources"].as_mapping().unwrap().values() {
        let Some(events) = resource["Properties"]["Events"].as_mapping() else { continue };
        for event in events.values().filter(|event| event["Type"] == "Api") {
            let path = event["Properties"]["Path"].as_str().unwrap();
            let method = event["Properties"]["Method"].as_str().unwrap().to_uppercase();
            if path != "/health" {
                let path = path
                    .replace("{customer_id}", "cus_00000000000000000000000000000000")
                    .replace("{job_id}", "job_00000000000000000000000000000000")
                    .replace("{workflow_id}", "1");
                routes.push((method.parse().unwrap(), path));
            }
        }
    }
    assert!(routes.len() >= 20, "{routes:?}");
    routes
}

/// One call of Cognito, as root.
async fn cognito(world: &World, action: &str, body: Value) -> Value {
    let target = format!("AWSCognitoIdentityProviderService.{action}");
    let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
    let url = format!("{}/", world.stack.emulator_url);
    let (status, text) = world.signed("cognito-idp", "POST", &url, &headers, body.to_string()).await;
    assert_eq!(status, 200, "{action}: {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// A new user of the pool, in that group if any; and their name.
async fn user(world: &World, group: Option<&str>) -> (String, Tokens) {
    let name = format!("outsider-{}", uuid::Uuid::now_v7().simple());
    let password = "Outsider-1-password";
    let pool = &world.stack.user_pool_id;
    cognito(world, "AdminCreateUser", json!({"UserPoolId": pool, "Username": name, "MessageAction": "SUPPRESS"})).await;
    let password_of = json!({"UserPoolId": pool, "Username": name, "Password": password, "Permanent": true});
    cognito(world, "AdminSetUserPassword", password_of).await;
    if let Some(group) = group {
        cognito(world, "CreateGroup", json!({"UserPoolId": pool, "GroupName": group})).await;
        let membership = json!({"UserPoolId": pool, "Username": name, "GroupName": group});
        cognito(world, "AdminAddUserToGroup", membership).await;
    }
    let tokens = world.sign_in(&name, password).await;
    (name, tokens)
}

/// The admin, signed in through another client of the same pool: same signature, same issuer, another audience. And the client.
async fn through_another_client(world: &World) -> (String, Tokens) {
    let name = format!("other-{}", uuid::Uuid::now_v7().simple());
    let client = json!({
        "UserPoolId": world.stack.user_pool_id, "ClientName": name, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
    });
    let made = cognito(world, "CreateUserPoolClient", client).await;
    let id = made["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned();
    let stack = Stack { user_pool_client_id: id.clone(), ..world.stack.clone() };
    let other = World { stack, ..World::connect().await };
    (id, other.sign_in(&world.stack.username, &world.stack.password).await)
}

/// The same token with another header or other claims, under the old signature.
fn forged(token: &str, part: usize, change: impl FnOnce(&mut Value)) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let mut content: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&parts[part]).unwrap()).unwrap();
    change(&mut content);
    parts[part] = URL_SAFE_NO_PAD.encode(content.to_string());
    parts.join(".")
}

#[tokio::test]
async fn every_route_refuses_every_wrong_token() {
    let world = World::connect().await;
    let admin = world.sign_in(&world.stack.username, &world.stack.password).await;
    let (outsider_name, outsider) = user(&world, None).await;
    let group = format!("super_admin_{}", uuid::Uuid::now_v7().simple());
    let (neighbour_name, neighbour) = user(&world, Some(&group)).await;
    let (client, other) = through_another_client(&world).await;
    let (head, signature) = admin.id.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let promoted = forged(&outsider.id, 1, |claims| claims["cognito:groups"] = json!(["super_admin"]));
    let unsigned = forged(&admin.id, 0, |header| *header = json!({"alg": "none", "typ": "JWT"}));
    let unsigned = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
    let tokens = [
        ("none", None, 401),
        ("garbage", Some("garbage".to_owned()), 401),
        ("an altered signature", Some(format!("{head}.{flipped}{}", &signature[1..])), 401),
        ("no signature", Some(format!("{head}.")), 401),
        ("no algorithm", Some(unsigned), 401),
        ("a forged group", Some(promoted), 401),
        ("an access token", Some(admin.access.clone()), 401),
        ("another client's token", Some(other.id), 401),
        ("an outsider's", Some(outsider.id), 403),
        ("a similar group's", Some(neighbour.id), 403),
        ("an outsider's access token", Some(outsider.access), 401),
    ];
    for (method, path) in routes() {
        for (name, token, status) in &tokens {
            let api = world.api.with_token(token.clone());
            let body = if method == Method::GET { Vec::new() } else { b"{}".to_vec() };
            let answer = api.raw(method.clone(), &path, &[("content-type", "application/json")], body).await;
            // API Gateway itself answers some wrong tokens with 403.
            let right = answer.status == *status || (*status == 401 && answer.status == 403);
            assert!(right, "{method} {path} with {name}: {} {}", answer.status, answer.text);
        }
    }

    let pool = &world.stack.user_pool_id;
    for name in [outsider_name, neighbour_name] {
        cognito(&world, "AdminDeleteUser", json!({"UserPoolId": pool, "Username": name})).await;
    }
    cognito(&world, "DeleteGroup", json!({"UserPoolId": pool, "GroupName": group})).await;
    cognito(&world, "DeleteUserPoolClient", json!({"UserPoolId": pool, "ClientId": client})).await;
}

#[tokio::test]
async fn an_administrator_is_let_in_everywhere_and_health_is_open() {
    let world = World::connect().await;

    for (method, path) in routes() {
        // Would really queue every other test's customers.
        if path == "/v1/sync" {
            continue;
        }
        // A field that no body has: whoever is let in is told about it, or that the id is nobody's, and nothing is done.
        let body = if method == Method::GET { Vec::new() } else { br#"{"nothing":1}"#.to_vec() };
        let answer = world.api.raw(method.clone(), &path, &[("content-type", "application/json")], body).await;
        assert!(!matches!(answer.status, 401 | 403 | 500..), "{method} {path}: {} {}", answer.status, answer.text);
        assert!(method == Method::GET || answer.status >= 400, "{method} {path}: {} {}", answer.status, answer.text);
    }
    let health = world.api.with_token(None).get("/health").await;
    assert_eq!((health.status, &health.body["status"]), (200, &Value::from("ok")));
}

//! Nobody gets in without an ID token of an administrator: every route of the template, with every wrong token.

use std::fs;

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::World;

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

/// A user of the pool who is in no group.
async fn outsider(world: &World) -> crate::world::Tokens {
    let name = format!("outsider-{}", uuid::Uuid::now_v7().simple());
    let password = "Outsider-1-password";
    let pool = &world.stack.user_pool_id;
    let calls = [
        ("AdminCreateUser", json!({"UserPoolId": pool, "Username": name, "MessageAction": "SUPPRESS"})),
        (
            "AdminSetUserPassword",
            json!({"UserPoolId": pool, "Username": name, "Password": password, "Permanent": true}),
        ),
    ];
    for (action, body) in calls {
        let target = format!("AWSCognitoIdentityProviderService.{action}");
        let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
        let url = format!("{}/", world.stack.emulator_url);
        let (status, text) = world.signed("cognito-idp", "POST", &url, &headers, body.to_string()).await;
        assert_eq!(status, 200, "{text}");
    }
    world.sign_in(&name, password).await
}

#[tokio::test]
async fn every_route_refuses_every_wrong_token() {
    let world = World::connect().await;
    let admin = world.sign_in(&world.stack.username, &world.stack.password).await;
    let outsider = outsider(&world).await;
    let (head, signature) = admin.id.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let tokens = [
        ("none", None, 401),
        ("garbage", Some("garbage".to_owned()), 401),
        ("altered", Some(format!("{head}.{flipped}{}", &signature[1..])), 401),
        ("unsigned", Some(format!("{head}.")), 401),
        ("an access token", Some(admin.access.clone()), 401),
        ("an outsider's", Some(outsider.id), 403),
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
}

#[tokio::test]
async fn an_administrator_is_let_in_everywhere_and_health_is_open() {
    let world = World::connect().await;

    for (method, path) in routes() {
        // Only reads: the others have tests of their own.
        if method == Method::GET {
            let answer = world.api.get(&path).await;
            assert!(!matches!(answer.status, 401 | 403 | 500..), "{path}: {} {}", answer.status, answer.text);
        }
    }
    let health = world.api.with_token(None).get("/health").await;
    assert_eq!((health.status, &health.body["status"]), (200, &Value::from("ok")));
}

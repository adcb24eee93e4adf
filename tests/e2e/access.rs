//! Access to every route of the template, tried by all kinds of callers that should be refused or admitted.
//!
//! The routes are listed here one by one, and the list is compared with the template: a missing route fails the test.

use std::{collections::BTreeSet, fs};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use tests::{routes::deployed, simulator::Simulator};

use crate::{
    people::{Person, cognito, through_another_client},
    world::{Answer, Api, World},
};

/// The callers that a route admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// Everybody.
    Open,
    /// Every signed-in user.
    SignedIn,
    /// Everybody with any grant: the answer shows and does only what the grants cover.
    Entered,
    /// Holders of this verb on the customer.
    On(&'static str),
    /// Holders of this verb on all customers.
    OnAll(&'static str),
    /// Super admins.
    SuperAdmin,
}

use Door::{Entered, On, OnAll, Open, SignedIn, SuperAdmin};

/// Every route, with a body or query that does nothing to harm other tests.
const DOORS: [(&str, &str, Door, &str); 59] = [
    ("GET", "/", Open, ""),
    ("GET", "/panel/{file+}", Open, ""),
    ("GET", "/health", Open, ""),
    ("GET", "/openapi.json", Open, ""),
    ("GET", "/v1/me", SignedIn, ""),
    ("GET", "/v1/customers", Entered, ""),
    ("POST", "/v1/customers", OnAll("create"), NOTHING),
    ("POST", "/v1/connection-test", OnAll("create"), NOTHING),
    ("GET", "/v1/customers/{customer_id}", On("view"), ""),
    ("PATCH", "/v1/customers/{customer_id}", On("update"), NOTHING),
    ("DELETE", "/v1/customers/{customer_id}", On("delete"), "?confirm=no"),
    ("POST", "/v1/customers/{customer_id}/pause", On("update"), ""),
    ("POST", "/v1/customers/{customer_id}/resume", On("update"), ""),
    ("POST", "/v1/customers/{customer_id}/sync", On("sync"), ""),
    ("POST", "/v1/customers/{customer_id}/connection-test", On("sync"), ""),
    ("GET", "/v1/customers/{customer_id}/audit", On("view"), ""),
    ("GET", "/v1/customers/{customer_id}/compared-with", On("view"), ""),
    ("PUT", "/v1/customers/{customer_id}/compared-with", On("update"), NOTHING),
    ("DELETE", "/v1/customers/{customer_id}/compared-with", On("update"), ""),
    ("GET", "/v1/customers/{customer_id}/drift", On("view"), "?against=nobody"),
    ("GET", "/v1/compare", Entered, "?left=nothing"),
    ("POST", "/v1/customers/bulk", Entered, NOTHING),
    ("GET", "/v1/customers/{customer_id}/grants", SuperAdmin, ""),
    ("PUT", "/v1/customers/{customer_id}/grants/{user}", SuperAdmin, NOTHING),
    ("DELETE", "/v1/customers/{customer_id}/grants/{user}", SuperAdmin, ""),
    ("GET", "/v1/customers/{customer_id}/changes", On("view"), ""),
    ("GET", "/v1/customers/{customer_id}/workflows", On("view"), ""),
    ("GET", "/v1/customers/{customer_id}/workflows/{workflow_id}", On("view"), ""),
    ("GET", "/v1/customers/{customer_id}/workflows/{workflow_id}/tasks", On("view"), ""),
    ("GET", "/v1/customers/{customer_id}/workflows/{workflow_id}/definition", On("view"), ""),
    ("GET", "/v1/customers/{customer_id}/workflows/{workflow_id}/definitions", On("view"), ""),
    ("GET", "/v1/customers/{customer_id}/workflows/{workflow_id}/diff", On("view"), "?from=nothing"),
    ("GET", "/v1/customers/{customer_id}/workflows/{workflow_id}/changes", On("view"), ""),
    ("GET", "/v1/customers/{customer_id}/workflows/{workflow_id}/uses", On("view"), ""),
    ("GET", "/v1/customers/{customer_id}/workflows/{workflow_id}/used-by", On("view"), ""),
    ("GET", "/v1/search", Entered, "?q=nothing"),
    ("GET", "/v1/workflows", Entered, "?name=nothing"),
    ("POST", "/v1/lint", Entered, NOTHING),
    ("GET", "/v1/findings", Entered, ""),
    ("GET", "/v1/customers/{customer_id}/workflows/{workflow_id}/findings", On("view"), ""),
    ("PUT", "/v1/customers/{customer_id}/workflows/{workflow_id}/findings/{rule}/suppression", On("update"), NOTHING),
    ("DELETE", "/v1/customers/{customer_id}/workflows/{workflow_id}/findings/{rule}/suppression", On("update"), ""),
    ("GET", "/v1/users", OnAll("grant"), ""),
    ("GET", "/v1/audit", Entered, ""),
    ("GET", "/v1/stats", Entered, ""),
    ("GET", "/v1/zuora-hosts", Entered, ""),
    ("GET", "/v1/attention", Entered, ""),
    ("POST", "/v1/sync", OnAll("sync"), "?nothing=1"),
    ("GET", "/v1/batches/{batch_id}", OnAll("sync"), ""),
    ("GET", "/v1/jobs", Entered, ""),
    ("GET", "/v1/jobs/{job_id}", On("view"), ""),
    ("GET", "/v1/jobs/{job_id}/held", On("view"), ""),
    ("POST", "/v1/jobs/{job_id}/retry", On("sync"), ""),
    ("POST", "/v1/jobs/{job_id}/cancel", On("sync"), ""),
    ("POST", "/v1/jobs/{job_id}/dismiss", On("sync"), ""),
    ("POST", "/v1/jobs/{job_id}/approve-deletions", On("approve"), ""),
    ("GET", "/v1/dead-letters", Entered, ""),
    ("POST", "/v1/dead-letters/redrive", Entered, NOTHING),
    ("DELETE", "/v1/dead-letters/{message_id}", OnAll("sync"), ""),
];

/// A body with a field that no request has.
const NOTHING: &str = r#"{"nothing":1}"#;

/// A caller: name, credentials and rights.
struct Visitor {
    name: &'static str,
    api: Api,
    standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// The token is invalid.
    Nobody,
    /// Signed in, without a grant.
    Outsider,
    /// All verbs on another customer.
    Neighbour,
    /// These verbs on the customer.
    Holder(&'static [&'static str]),
    SuperAdmin,
}

const EVERYTHING: [&str; 6] = ["view_any", "view", "update", "delete", "sync", "approve"];

/// The statuses for a caller whom a route refuses; empty if it admits the caller.
fn refusal(door: Door, standing: Standing) -> &'static [u16] {
    match (door, standing) {
        (Open, _) | (_, Standing::SuperAdmin) => &[],
        // API Gateway itself answers some wrong tokens with 403.
        (_, Standing::Nobody) => &[401, 403],
        (SignedIn, _) => &[],
        (_, Standing::Outsider) => &[403],
        (Entered, _) => &[],
        (OnAll(_), _) => &[403],
        (On(_) | SuperAdmin, Standing::Neighbour) => &[404],
        (On(verb), Standing::Holder(verbs)) if verbs.contains(&verb) => &[],
        (On(_) | SuperAdmin, Standing::Holder(_)) => &[403],
    }
}

/// The same token with another header or other claims, under the old signature.
fn forged(token: &str, part: usize, change: impl FnOnce(&mut Value)) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let mut content: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&parts[part]).unwrap()).unwrap();
    change(&mut content);
    parts[part] = URL_SAFE_NO_PAD.encode(content.to_string());
    parts.join(".")
}

/// The same token with other claims, signed with the pool's own key.
fn signed_anew(world: &World, token: &str, change: impl FnOnce(&mut Value)) -> String {
    let file = format!("state/cognito-pool-keys/{}-id.pem", world.stack.user_pool_id);
    let pem = fs::read_to_string(world.home.join(file)).unwrap();
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let key = RsaKeyPair::from_pkcs8(&STANDARD.decode(der).unwrap()).unwrap();
    let token = forged(token, 1, change);
    let signed = token.rsplit_once('.').unwrap().0;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A super admin of another user pool, with the same name; and that pool.
async fn of_another_pool(world: &World) -> (String, String) {
    let made = cognito(world, "CreateUserPool", json!({"PoolName": "another"})).await;
    let pool = made["UserPool"]["Id"].as_str().unwrap().to_owned();
    let client = json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]});
    let made = cognito(world, "CreateUserPoolClient", client).await;
    let mut stack = world.stack.clone();
    stack.user_pool_id.clone_from(&pool);
    made["UserPoolClient"]["ClientId"].as_str().unwrap().clone_into(&mut stack.user_pool_client_id);
    let other = World { stack, ..World::connect().await };
    let person = Person::sign_up(&other, Some("super_admin")).await;
    (pool, person.1.id)
}

#[test]
fn every_deployed_route_has_its_door_here_and_every_door_its_route() {
    let doors: BTreeSet<_> =
        DOORS.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();

    assert_eq!(doors.len(), DOORS.len());
    let routes: BTreeSet<_> = deployed().into_iter().map(|route| (route.method, route.path)).collect();
    assert_eq!(routes, doors);
}

#[tokio::test]
async fn every_door_lets_in_whom_it_should_and_nobody_else() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("behind doors");
    tenant.seed(1);
    let (customer, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let neighbours = world.create_customer(&simulator.tenant("next door"), &simulator.base_url()).await;
    let outsider = Person::join(&world, None).await;
    let group = format!("super_admin_{}", uuid::Uuid::now_v7().simple());
    let similar = Person::join(&world, Some(&group)).await;
    // As one text with its neighbours, these look like two groups, or like a list.
    let (two, listed) = (format!("{group},super_admin"), "[super_admin]".to_owned());
    let (of_two, of_listed) = (Person::join(&world, Some(&two)).await, Person::join(&world, Some(&listed)).await);
    let neighbour = Person::granted(&world, &neighbours, &EVERYTHING).await;
    let lister = Person::granted(&world, &customer, &["view_any"]).await;
    let viewer = Person::granted(&world, &customer, &["view"]).await;
    let holder = Person::granted(&world, &customer, &EVERYTHING).await;
    let admin = world.sign_in(&world.stack.username, &world.stack.password).await;
    let (client, through_other_client) = through_another_client(&world).await;
    let (pool, of_other_pool) = of_another_pool(&world).await;

    let (head, signature) = admin.id.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let unsigned = forged(&admin.id, 0, |header| *header = json!({"alg": "none", "typ": "JWT"}));
    let expired = signed_anew(&world, &admin.id, |claims| claims["exp"] = json!(1_700_000_000));
    let renewed = signed_anew(&world, &admin.id, |_| {});
    let elsewhere = signed_anew(&world, &admin.id, |claims| claims["iss"] = json!("https://login.example.com"));
    let nobodies = [
        ("no token", None),
        ("garbage", Some("garbage".to_owned())),
        ("an altered signature", Some(format!("{head}.{flipped}{}", &signature[1..]))),
        ("no signature", Some(format!("{head}."))),
        ("alg none", Some(format!("{}.", unsigned.rsplit_once('.').unwrap().0))),
        ("a forged group", Some(forged(&outsider.tokens.id, 1, |c| c["cognito:groups"] = json!(["super_admin"])))),
        ("an expired token", Some(expired)),
        ("a foreign issuer", Some(of_other_pool)),
        ("a foreign issuer under the pool's key", Some(elsewhere)),
        ("an access token", Some(admin.access.clone())),
        ("an outsider's access token", Some(outsider.tokens.access.clone())),
        ("another client's token", Some(through_other_client.id)),
    ];
    let mut visitors: Vec<Visitor> = nobodies
        .into_iter()
        .map(|(name, token)| Visitor { name, api: world.api.with_token(token), standing: Standing::Nobody })
        .collect();
    let standing = |name, person: &Person, standing| Visitor { name, api: person.api.clone(), standing };
    visitors.extend([
        standing("an outsider", &outsider, Standing::Outsider),
        standing("a member of a similar group", &similar, Standing::Outsider),
        standing("a member of a group with a comma", &of_two, Standing::Outsider),
        standing("a member of a group in brackets", &of_listed, Standing::Outsider),
        standing("a neighbour", &neighbour, Standing::Neighbour),
        standing("a holder of view_any", &lister, Standing::Holder(&["view_any"])),
        standing("a holder of view", &viewer, Standing::Holder(&["view"])),
        standing("a holder of everything", &holder, Standing::Holder(&EVERYTHING)),
        Visitor { name: "a super admin", api: world.api.clone(), standing: Standing::SuperAdmin },
        Visitor {
            name: "a super admin with a token signed anew",
            api: world.api.with_token(Some(renewed)),
            standing: Standing::SuperAdmin,
        },
    ]);

    let fill = |path: &str| {
        path.replace("{customer_id}", &customer)
            .replace("{job_id}", job["id"].as_str().unwrap())
            .replace("{batch_id}", &format!("bat_{}", "0".repeat(32)))
            .replace("{workflow_id}", &tenant.ids()[0].to_string())
            .replace("{user}", "nobody")
            .replace("{rule}", "S1")
            .replace("{file+}", "none.js")
    };
    let mut cases = 0;
    for (method, path, door, with) in DOORS {
        for Visitor { name, api, standing } in &visitors {
            let (query, body) = if with.starts_with('?') { (with, "") } else { ("", with) };
            let path = format!("{}{query}", fill(path));
            let headers = [("content-type", "application/json")];
            let answer = api.raw(method.parse().unwrap(), &path, &headers, body.as_bytes().to_vec()).await;
            let refusal = refusal(door, *standing);
            let right = if refusal.is_empty() { is_let_in(&answer) } else { refusal.contains(&answer.status) };
            assert!(right, "{method} {path} as {name}: {} {}", answer.status, answer.text);
            cases += 1;
        }
    }
    assert_eq!(cases, DOORS.len() * visitors.len());
    println!("{cases} cases: {} routes, {} callers", DOORS.len(), visitors.len());

    for person in [outsider, similar, of_two, of_listed, neighbour, lister, viewer, holder] {
        person.leave(&world).await;
    }
    for group in [group, two, listed] {
        cognito(&world, "DeleteGroup", json!({"UserPoolId": world.stack.user_pool_id, "GroupName": group})).await;
    }
    cognito(&world, "DeleteUserPoolClient", json!({"UserPoolId": world.stack.user_pool_id, "ClientId": client})).await;
    cognito(&world, "DeleteUserPool", json!({"UserPoolId": pool})).await;
    for id in [customer, neighbours] {
        world.remove(&id).await;
    }
}

/// True if the request was admitted, even if it failed afterwards.
fn is_let_in(answer: &Answer) -> bool {
    match answer.status {
        401 | 403 | 500.. => false,
        404 => [
            "There is no such batch.",
            "There is no such grant.",
            "There is no such comparison.",
            "There is no such dead letter.",
            "There is no such suppression.",
            "The panel has no such file. Load the page again: there may be a newer one.",
        ]
        .contains(&answer.body["detail"].as_str().unwrap_or_default()),
        _ => true,
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_answered_with_those_that_it_has() {
    let world = World::connect().await;
    let paths: BTreeSet<&str> = DOORS.iter().map(|(_, path, ..)| *path).collect();

    for path in paths {
        let own: BTreeSet<&str> = DOORS.iter().filter(|door| door.1 == path).map(|door| door.0).collect();
        let filled = path.replace("{user}", "nobody").replace(['{', '}'], "x");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter().filter(|method| !own.contains(method)) {
            let answer = world.api.raw(method.parse().unwrap(), &filled, &[], Vec::new()).await;
            assert_eq!(
                (answer.status, &answer.body["type"]),
                (405, &json!("/problems/method-not-allowed")),
                "{method} {path}"
            );
            let allowed: BTreeSet<&str> =
                answer.headers["allow"].to_str().unwrap().split(',').filter(|m| *m != "HEAD").collect();
            assert_eq!(allowed, own, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn what_api_gateway_refuses_by_itself_is_a_problem_too() {
    let answer = World::connect().await.api.with_token(None).get("/v1/me").await;

    assert_eq!((answer.status, &answer.body["status"]), (401, &json!(401)), "{}", answer.text);
    assert_eq!(answer.body["type"], "/problems/unauthenticated");
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert!(!answer.body["instance"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_no_path_is_not_found_with_and_without_a_token() {
    let world = World::connect().await;

    for api in [&world.api, &world.api.with_token(None), &world.api.with_token(Some("x".to_owned()))] {
        for path in ["/v2/nothing", "/v1", "/v1/customers/x/nothing", "/v1/jobs/x/retry/again"] {
            let answer = api.get(path).await;
            assert_eq!((answer.status, &answer.body["status"]), (404, &json!(404)), "{path}: {}", answer.text);
            assert_eq!(
                (&answer.body["type"], &answer.body["detail"]),
                (&json!("/problems/not-found"), &json!("There is no such path."))
            );
            assert_eq!(answer.headers["content-type"], "application/problem+json");
            assert!(!answer.body["instance"].as_str().unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn health_and_the_description_of_the_api_are_open() {
    let world = World::connect().await;

    let health = world.api.with_token(None).get("/health").await;

    assert_eq!((health.status, &health.body["status"]), (200, &Value::from("ok")));
    let described = world.api.with_token(None).get("/openapi.json").await;
    assert_eq!((described.status, &described.body["openapi"]), (200, &json!("3.1.0")));
}

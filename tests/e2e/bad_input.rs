//! Every field of every request with every kind of invalid value: refused with a problem that names the field, and nothing
//! stored.

use reqwest::Method;
use serde_json::{Value, json};
use tests::simulator::Simulator;

use crate::world::{Answer, World};

/// Base URLs that must never be requested (`docs/reliability.md` R57).
const BAD_BASE_URLS: [&str; 30] = [
    "",
    "rest.zuora.com",
    "http://rest.zuora.com",
    "ftp://rest.zuora.com",
    "https://169.254.169.254",
    "http://169.254.169.254/latest/meta-data",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://0x7f.1",
    "https://2130706433",
    "https://localhost.",
    "https://zuora.com.evil.io",
    "https://evilzuora.com",
    "https://user:pass@rest.zuora.com",
    "https://rest.zuora.com@evil.io",
    "https://rest.zuora.com.",
    "https://rest.zuorа.com",
    "https://xn--rest-zuora.com",
    "https://rest.zuora.com:22",
    "https://rest.zuora.com/path",
    "https://rest.zuora.com?x=1",
    "https://rest.zuora.com#x",
    "https://@rest.zuora.com",
    "https://::ffff:127.0.0.1",
    "https://rest.zuora.com\\@evil.io",
    // Beside the tests' own simulators, which this deployment allows.
    "https://127.0.0.1:443",
    "http://127.0.0.1:80@evil.io",
    "http://127.0.0.1.evil.io:80",
    "http://127.0.0.1:80/path",
    "http://127.0.0.2:80",
];

#[track_caller]
fn assert_problem(answer: &Answer, statuses: &[u16], pointer: &str, what: &str) {
    assert!(statuses.contains(&answer.status), "{what}: {} {}", answer.status, answer.text);
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{what}");
    let named = answer.body["errors"].as_array().is_some_and(|all| all.iter().any(|one| one["pointer"] == pointer));
    assert!(named, "{what} does not name {pointer}: {}", answer.text);
}

fn long(length: usize) -> Value {
    Value::String("x".repeat(length))
}

#[tokio::test]
async fn a_wrong_field_of_a_new_customer_is_named_and_nothing_is_stored() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let good = World::creation(&simulator.tenant("input"), &simulator.base_url());
    let text_faults = |longest: usize| {
        vec![
            json!(7),
            json!(null),
            json!([]),
            json!({"a": 1}),
            json!(true),
            json!(""),
            json!("  "),
            json!("a\u{0}b"),
            json!("a\nb"),
            json!("Ac\u{200b}me"),
            json!("Acme\u{61c}"),
            json!("\u{3164}"),
            json!("\u{301}"),
            json!(format!("a{}", "\u{301}".repeat(50))),
            long(longest + 1),
        ]
    };
    let mut cases: Vec<(&str, Vec<Value>)> = vec![
        ("name", text_faults(200)),
        ("zuora_client_id", text_faults(100)),
        ("zuora_client_secret", [text_faults(200), vec![json!("********")]].concat()),
        ("zuora_base_url", [text_faults(4000), BAD_BASE_URLS.map(Value::from).to_vec()].concat()),
        ("environment", vec![json!("prod"), json!(1), json!([]), json!(null)]),
        ("sync_frequency", vec![json!("daily"), json!(60), json!(null)]),
        ("verify", vec![json!("yes"), json!(1), json!(null)]),
    ];
    for readonly in ["id", "created_at", "status", "lock", "client_secret_ciphertext", "unknown"] {
        cases.push((readonly, vec![json!("x")]));
    }

    for (field, values) in cases {
        for value in values {
            let mut body = good.clone();
            body[field] = value.clone();
            let answer = world.api.post("/v1/customers", &body).await;
            assert_problem(&answer, &[422], &format!("/{field}"), &format!("{field} = {value}"));
        }
    }
    for field in ["name", "zuora_client_id", "zuora_client_secret", "zuora_base_url"] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(field);
        assert_problem(&world.api.post("/v1/customers", &body).await, &[422], &format!("/{field}"), field);
    }
    let name = good["name"].as_str().unwrap().replace(' ', "%20");
    for filter in [format!("name={name}"), format!("zuora_base_url={}", simulator.base_url())] {
        assert_eq!(world.api.get(&format!("/v1/customers?{filter}")).await.expect(200)["total"], 0, "{filter}");
    }
    assert!(simulator.strangers().is_empty() && simulator.tenants()[0].requests().is_empty(), "Zuora was asked");
}

#[tokio::test]
async fn a_wrong_field_of_a_change_or_a_connection_test_is_named_and_nothing_changes() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("change");
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let before = world.customer(&id).await;
    let path = format!("/v1/customers/{id}");

    let fields =
        ["name", "zuora_client_id", "zuora_client_secret", "zuora_base_url", "environment", "sync_frequency", "verify"];
    for field in fields {
        for value in [json!(null), json!(7.5), json!([]), json!("\u{7}")] {
            let answer = world.api.patch(&path, &json!({field: value})).await;
            assert_problem(&answer, &[422], &format!("/{field}"), &format!("{field} = {value}"));
        }
    }
    for field in ["id", "created_at", "workflows_count", "zuora_client_secret_set"] {
        assert_problem(&world.api.patch(&path, &json!({field: "x"})).await, &[422], &format!("/{field}"), field);
    }
    for url in BAD_BASE_URLS {
        let body = json!({"zuora_base_url": url, "zuora_client_id": "x", "zuora_client_secret": "y"});
        assert_problem(&world.api.post("/v1/connection-test", &body).await, &[422], "/zuora_base_url", url);
        assert_problem(&world.api.patch(&path, &body).await, &[422], "/zuora_base_url", url);
    }
    let test = json!({"zuora_base_url": simulator.base_url(), "zuora_client_id": "x", "zuora_client_secret": "y"});
    for field in ["zuora_base_url", "zuora_client_id", "zuora_client_secret", "name"] {
        for value in [None, Some(json!(null)), Some(json!(7)), Some(json!("a\u{0}")), Some(long(4001))] {
            let mut body = test.clone();
            match &value {
                Some(value) => body[field] = value.clone(),
                None => drop(body.as_object_mut().unwrap().remove(field).unwrap_or_default()),
            }
            if field != "name" || value.is_some() {
                let answer = world.api.post("/v1/connection-test", &body).await;
                assert_problem(&answer, &[422], &format!("/{field}"), &format!("{field} = {value:?}"));
            }
        }
    }
    for (query, name) in [
        ("", "confirm"),
        ("?confirm=", "confirm"),
        ("?confirm=change", "confirm"),
        ("?confirm=x&confirm=x", "confirm"),
        ("?confirm=x&force=true", "force"),
    ] {
        let answer = world.api.delete(&format!("{path}{query}")).await;
        assert_problem(&answer, &[400, 422], name, &format!("DELETE {query}"));
    }

    assert_eq!(world.customer(&id).await, before);
    world.remove(&id).await;
}

/// Description, headers, body, expected status.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, u16);

#[tokio::test]
async fn bodies_that_are_not_json_objects_are_refused_before_anything_else() {
    let world = World::connect().await;
    let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let big = json!({"name": "x".repeat(70_000)}).to_string();
    let json = [("content-type", "application/json")];
    let array = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let nobody = "/v1/customers/cus_00000000000000000000000000000000";
    let cases: [Case<'_>; 10] = [
        ("empty", &json, "", 400),
        ("no JSON", &json, "{name}", 400),
        ("cut off", &json, "{\"name\":", 400),
        ("deep", &json, &deep, 400),
        ("a deep array", &json, &array, 400),
        ("an array", &json, "[]", 422),
        ("null", &json, "null", 422),
        ("big", &json, &big, 413),
        ("a form", &[("content-type", "application/x-www-form-urlencoded")], "name=x", 415),
        ("no type", &[], "{}", 415),
    ];
    for (what, headers, body, status) in cases {
        let mut routes =
            vec![(Method::POST, "/v1/customers"), (Method::POST, "/v1/connection-test"), (Method::PATCH, nobody)];
        // An empty body means "all" to a redrive, and a body without a type is taken for JSON.
        if status != 415 && !body.is_empty() {
            routes.push((Method::POST, "/v1/dead-letters/redrive"));
        }
        for (method, path) in routes {
            let answer = world.api.raw(method, path, headers, body.as_bytes().to_vec()).await;
            assert_eq!(answer.status, status, "{path}: {what}: {}", answer.text);
            assert_eq!(answer.headers["content-type"], "application/problem+json", "{path}: {what}");
        }
    }
}

#[tokio::test]
async fn a_body_with_a_key_twice_is_refused_and_nothing_is_stored() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let good = World::creation(&simulator.tenant("twice"), &simulator.base_url());
    let twice = good.to_string().replacen('{', r#"{"name":"Another","#, 1);
    let json = [("content-type", "application/json")];

    for (method, path, body) in [
        (Method::POST, "/v1/customers", twice.as_str()),
        (Method::POST, "/v1/connection-test", twice.as_str()),
        (Method::PATCH, "/v1/customers/cus_00000000000000000000000000000000", r#"{"name":"a","n\u0061me":"b"}"#),
        (Method::POST, "/v1/dead-letters/redrive", r#"{"limit":1,"limit":1,"customer_id":[{"name":1}],"name":"x"}"#),
        (Method::POST, "/v1/customers", r#"{"name":{"a":[{"limit":1,"limit":2}]}}"#),
    ] {
        let answer = world.api.raw(method, path, &json, body.as_bytes().to_vec()).await;
        let key = if body.contains("limit") { "limit" } else { "name" };
        assert_eq!((answer.status, &answer.body["type"]), (400, &json!("/problems/malformed-json")), "{path}: {body}");
        assert!(answer.body["detail"].as_str().unwrap().contains(&format!("/{key} twice")), "{}", answer.text);
    }

    let name = good["name"].as_str().unwrap().replace(' ', "%20");
    for name in [name.as_str(), "Another"] {
        assert_eq!(world.api.get(&format!("/v1/customers?name={name}")).await.expect(200)["total"], 0, "{name}");
    }
    assert!(simulator.strangers().is_empty() && simulator.tenants()[0].requests().is_empty(), "Zuora was asked");
}

#[tokio::test]
async fn wrong_parameters_cursors_and_ids_are_refused() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("parameters");
    tenant.seed(3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let workflows = format!("/v1/customers/{id}/workflows");
    for list in ["/v1/customers", "/v1/jobs", "/v1/dead-letters", "/v1/workflows", &workflows] {
        for limit in ["0", "201", "-1", "abc", "", "1e9", "99999999999999999999", "1&limit=2"] {
            let path = format!("{list}?limit={limit}");
            assert_problem(&world.api.get(&path).await, &[400], "limit", &path);
        }
        let path = format!("{list}?sort=size");
        assert_problem(&world.api.get(&path).await, &[400], "sort", &path);
    }
    let one = format!("{workflows}/{}", tenant.ids()[0]);
    let cases: [(&str, &str, &str); 18] = [
        ("/v1/customers", "health=failing,ill", "health"),
        ("/v1/customers", "sort=health", "sort"),
        ("/v1/customers", "status=gone", "status"),
        ("/v1/customers", "environment=prod", "environment"),
        ("/v1/jobs", "customer_id=x", "customer_id"),
        ("/v1/jobs", "state=done", "state"),
        ("/v1/jobs", "state=failed,done", "state"),
        ("/v1/jobs", "until=tomorrow", "until"),
        ("/v1/jobs", "awaiting_approval=1", "awaiting_approval"),
        ("/v1/jobs", "kind=import", "kind"),
        ("/v1/jobs", "error_class=odd", "error_class"),
        ("/v1/jobs", "since=yesterday", "since"),
        ("/v1/dead-letters", "error_class=odd", "error_class"),
        ("/v1/dead-letters", "customer_id=x", "customer_id"),
        (&workflows, "deleted=yes", "deleted"),
        (&workflows, "include=linkages", "include"),
        (&one, "include=linkages", "include"),
        (&one, "deleted=true", "deleted"),
    ];
    for (path, query, name) in cases {
        assert_problem(&world.api.get(&format!("{path}?{query}")).await, &[400], name, &format!("{path}?{query}"));
    }

    let page = world.api.get(&format!("{workflows}?limit=1")).await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let altered = format!("{}x", &cursor[..cursor.len() - 1]);
    for url in [
        format!("{workflows}?limit=1&cursor={altered}"),
        format!("{workflows}?limit=1&cursor={cursor}&status=Active"),
        format!("{workflows}?cursor="),
        format!("/v1/jobs?cursor={cursor}"),
        format!("/v1/dead-letters?cursor={cursor}"),
        format!("/v1/workflows?name=x&cursor={cursor}"),
        format!("/v1/customers?cursor={}", "A".repeat(3000)),
    ] {
        let answer = world.api.get(&url).await;
        assert_eq!((answer.status, &answer.body["type"]), (400, &json!("/problems/cursor-invalid")), "{url}");
    }
    assert_eq!(world.api.get(&format!("{workflows}?limit=1&cursor={cursor}")).await.status, 200);

    let long_id = format!("cus_{}", "0".repeat(2000));
    for id in ["1", "cus_00000000000000000000000000000000", "job_00000000000000000000000000000000", "cus_%00", &long_id]
    {
        let path = format!("/v1/customers/{id}");
        let answers = [
            world.api.get(&path).await,
            world.api.patch(&path, &json!({"name": "x"})).await,
            world.api.delete(&format!("{path}?confirm=x")).await,
            world.api.post(&format!("{path}/sync"), &json!({})).await,
            world.api.post(&format!("{path}/pause"), &json!({})).await,
            world.api.post(&format!("{path}/connection-test"), &json!({})).await,
            world.api.get(&format!("{path}/workflows")).await,
        ];
        for (place, answer) in answers.into_iter().enumerate() {
            let got = (answer.status, &answer.body["type"]);
            assert_eq!(got, (404, &json!("/problems/not-found")), "{place}: {path}: {}", answer.text);
        }
    }
    for path in [
        format!("{workflows}/no%23such"),
        format!("{workflows}/99999999/tasks"),
        format!("{workflows}/99999999/definition"),
        "/v1/jobs/x".to_owned(),
        "/v1/jobs/job_00000000000000000000000000000000".to_owned(),
    ] {
        let answer = world.api.get(&path).await;
        assert_eq!((answer.status, &answer.body["type"]), (404, &json!("/problems/not-found")), "{path}");
    }
    for end in ["%3Fx", "%23x", "%3F", "%23"] {
        let answer = world.api.get(&format!("/v1/customers/{id}{end}")).await;
        assert_eq!(answer.status, 404, "an encoded ? or # is part of the id: {}", answer.text);
    }
    for job in ["x", "job_00000000000000000000000000000000"] {
        assert_eq!(world.api.post(&format!("/v1/jobs/{job}/retry"), &json!({})).await.status, 404, "{job}");
    }

    for (body, pointer) in [
        (json!({"limit": 0}), "/limit"),
        (json!({"limit": "ten"}), "/limit"),
        (json!({"customer_id": "x"}), "/customer_id"),
        (json!({"error_class": "odd"}), "/error_class"),
        (json!({"older_than": "yesterday"}), "/older_than"),
        // A null must not mean "no filter": it would redrive everything.
        (json!({"customer_id": null, "limit": 1}), "/customer_id"),
        (json!({"error_class": null, "limit": 1}), "/error_class"),
        (json!({"older_than": null, "limit": 1}), "/older_than"),
        (json!({"limit": null, "error_class": "guard"}), "/limit"),
        (json!({"all": true}), "/all"),
    ] {
        let answer = world.api.post("/v1/dead-letters/redrive", &body).await;
        assert_problem(&answer, &[422], pointer, &body.to_string());
    }
    world.remove(&id).await;
}

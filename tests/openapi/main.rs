//! The API's description: put together from what the functions' handlers say, compared with the file that is served, and with the
//! routes that are deployed.
//!
//! `make openapi` writes the file anew; a change of the API then shows in the diff.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::{Map, Value, json};
use shared::http::problem::ProblemKind;
use tests::routes;
use utoipa::OpenApi;

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The whole description.
fn description() -> Value {
    let mut whole = customers::Description::openapi();
    whole.merge(workflows::Description::openapi());
    whole.merge(jobs::Description::openapi());
    let mut whole = serde_json::to_value(whole).unwrap();
    whole["info"] = json!({
        "title": "Zuora Workflow Manager",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "A faithful, isolated, searchable copy of every customer's Zuora workflows. Times are RFC 3339 in UTC. Errors are problems (RFC 9457).",
        "license": {"name": env!("CARGO_PKG_LICENSE")},
    });
    whole["security"] = json!([{"id_token": []}]);
    whole["components"]["securitySchemes"] = json!({
        "id_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An ID token of the user pool."},
    });
    whole["components"]["schemas"]["Problem"] = problem_schema();
    for (path, method) in operations(&whole) {
        let operation = whole["paths"][&path][&method].as_object_mut().unwrap();
        if let Some(body) = operation.get_mut("requestBody") {
            make_optional(body);
        }
        let declared = operation.remove("x-operation");
        let problems = problems(operation, &path, declared.as_ref());
        add_problems(operation, &problems);
        if let Some(declared) = declared {
            operation.insert("x-verb".into(), declared["verb"].clone());
            operation.insert("x-repeat".into(), declared["repeat"].clone());
        }
    }
    whole
}

fn problem_schema() -> Value {
    let slugs: Vec<String> = ProblemKind::ALL.iter().map(|kind| format!("/problems/{}", kind.parts().0)).collect();
    json!({
        "type": "object",
        "description": "What went wrong, and what to do (RFC 9457).",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": {"type": "string", "enum": slugs, "description": "Which kind of problem; never changes."},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "A sentence that says what to do."},
            "instance": {"type": "string", "description": "The request id: to be found in the logs."},
            "errors": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/FieldError"},
                "description": "The fields or parameters that are wrong.",
            },
            "next_step": {"type": "string", "description": "What a person should do about an answer of Zuora's: the same words as in a job's error."},
            "parts": {"type": "integer", "minimum": 2, "description": "In how many parts it can be had instead."},
        },
        "example": {
            "type": "/problems/validation-failed", "title": "Fields are wrong", "status": 422,
            "detail": "Correct the fields named in errors and send it again.", "instance": "c510b79d-eff0-4f22-b3a6-d27b71176a79",
            "errors": [{"pointer": "/zuora_base_url", "detail": "Use https."}],
        },
    })
}

/// A body that may be left out is still never `null`.
fn make_optional(body: &mut Value) {
    let schema = &mut body["content"]["application/json"]["schema"];
    let given = schema["oneOf"].as_array().and_then(|of| of.iter().find(|one| one["type"] != "null")).cloned();
    if let Some(given) = given {
        *schema = given;
        body["required"] = json!(false);
    }
}

/// Path and method of every operation.
fn operations(description: &Value) -> Vec<(String, String)> {
    let paths = description["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &Value)| {
        item.as_object().unwrap().keys().map(|method| (path.clone(), method.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

/// The kinds of problems that an operation may answer with: those of asking for permission and of reading what it describes, and those
/// that it declares.
fn problems(operation: &Map<String, Value>, path: &str, declared: Option<&Value>) -> Vec<ProblemKind> {
    let mut kinds = vec![ProblemKind::Internal, ProblemKind::Unavailable, ProblemKind::TooManyRequests];
    let is_open = operation.get("security").is_some_and(|security| *security == json!([{}]));
    if !is_open {
        kinds.push(ProblemKind::Unauthenticated);
    }
    if declared.is_some() {
        kinds.push(ProblemKind::Forbidden);
    }
    if path.contains('{') {
        kinds.push(ProblemKind::NotFound);
    }
    let parameters = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    if parameters.iter().any(|parameter| parameter["in"] != "path") {
        kinds.push(ProblemKind::InvalidParameter);
    }
    if parameters.iter().any(|parameter| parameter["name"] == "cursor") {
        kinds.push(ProblemKind::CursorInvalid);
    }
    if let Some(body) = operation.get("requestBody") {
        kinds.extend([ProblemKind::MalformedJson, ProblemKind::TooLarge, ProblemKind::ValidationFailed]);
        if body["required"] == json!(true) {
            kinds.push(ProblemKind::UnsupportedMediaType);
        }
    }
    for slug in declared.map(|declared| declared["problems"].as_array().unwrap()).into_iter().flatten() {
        kinds.push(ProblemKind::ALL.into_iter().find(|kind| kind.parts().0 == slug).unwrap());
    }
    let mut once = Vec::new();
    for kind in kinds {
        if !once.contains(&kind) {
            once.push(kind);
        }
    }
    once
}

fn add_problems(operation: &mut Map<String, Value>, kinds: &[ProblemKind]) {
    for kind in kinds {
        let (slug, status, title) = kind.parts();
        let response = &mut operation["responses"][status.as_str()];
        let said = response["description"].as_str().map_or(String::new(), |said| format!("{said} "));
        *response = json!({
            "description": format!("{said}`{slug}`: {title}."),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        });
        if status.as_u16() == 429 {
            response["headers"] = json!({"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}});
        }
    }
}

#[test]
fn the_document_that_is_served_is_what_the_code_says() {
    let file = root().join("docs/openapi.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&description()).unwrap());
    #[expect(clippy::disallowed_methods, reason = "how the document is written anew")]
    if std::env::var("ZWM_WRITE_OPENAPI").is_ok() {
        fs::write(&file, &text).unwrap();
    }

    let served = fs::read_to_string(&file).unwrap_or_default();
    let differs = text.lines().zip(served.lines()).position(|(new, old)| new != old);
    assert!(
        text == served,
        "docs/openapi.json is not what the code says (line {differs:?}): run `make openapi` and look at the diff"
    );
}

#[test]
fn every_deployed_path_is_described_by_its_function_and_every_described_one_is_deployed() {
    let described = [
        ("customers", customers::Description::openapi()),
        ("workflows", workflows::Description::openapi()),
        ("jobs", jobs::Description::openapi()),
    ];
    let described = described.into_iter().flat_map(|(function, openapi)| {
        openapi.paths.paths.into_keys().map(|path| (path, function.to_owned())).collect::<Vec<_>>()
    });
    // The panel's files are no part of the API.
    let deployed = routes::paths().into_iter().filter(|(_, function)| function != "panel");

    assert_eq!(described.collect::<BTreeSet<_>>(), deployed.collect::<BTreeSet<_>>());
}

#[test]
fn every_operation_that_needs_a_token_declares_its_verb_but_the_one_that_tells_callers_who_they_are() {
    let description = description();
    for (path, method) in operations(&description) {
        let operation = &description["paths"][&path][&method];
        let is_open = operation["security"] == json!([{}]);
        assert_eq!(operation["x-verb"].is_string(), !is_open && path != "/v1/me", "{method} {path}");
    }
}

#[test]
fn names_and_descriptions_say_what_a_client_gets() {
    let description = description();
    for name in description["components"]["schemas"].as_object().unwrap().keys() {
        assert!(!name.contains("Json"), "{name}");
    }
    let text = description.to_string();
    for empty in ["\"Done.", "\"Accepted.", "\"Created.", "Not found. `not-found`"] {
        assert!(!text.contains(empty), "{empty}");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own_a_tag_and_a_sentence_and_every_reference_leads_somewhere() {
    let description = description();
    let mut names = BTreeSet::new();
    for (path, method) in operations(&description) {
        let operation = &description["paths"][&path][&method];
        assert!(names.insert(operation["operationId"].as_str().unwrap()), "{method} {path}");
        assert!(!operation["tags"][0].as_str().unwrap().is_empty(), "{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|summary| summary.ends_with('.')), "{method} {path}");
    }
    let text = description.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(description["components"]["schemas"][name].is_object(), "{name}");
    }
}

#[test]
fn no_answer_has_a_field_for_a_secrets_value() {
    let description = description();
    let customer = &description["components"]["schemas"]["Customer"];
    assert!(customer.to_string().contains("SecretStatus"), "{customer}");
    let secret = &description["components"]["schemas"]["SecretStatus"]["properties"];
    assert_eq!(secret.as_object().unwrap().keys().collect::<Vec<_>>(), ["rotation_due", "set", "updated_at"]);
}

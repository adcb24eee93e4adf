//! The API's description as a judge of every answer that a test gets: a problem that the operation does not declare fails the test that
//! met it.

use std::sync::LazyLock;

use serde_json::Value;

static DESCRIPTION: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap());

/// Fails where an answer is a problem that the description of its operation does not have. What is no operation (an unknown path, a wrong
/// method) has none to compare with.
#[track_caller]
pub fn check(method: &str, path: &str, status: u16, body: &Value) {
    let Some(slug) = body["type"].as_str().and_then(|kind| kind.strip_prefix("/problems/")) else { return };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let Some(operation) = operation(&method.to_lowercase(), path) else { return };
    let declared = operation["responses"][status.to_string()]["description"].as_str().unwrap_or_default();
    assert!(
        declared.contains(&format!("`{slug}`")),
        "{method} {path} answered {slug}, which it does not declare: {body}"
    );
}

fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let of_template = |template: &str| {
        let (mut wanted, mut given) = (template.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some(wanted), Some(given)) if wanted == given || wanted.starts_with('{') => {}
                _ => return false,
            }
        }
    };
    let paths = DESCRIPTION["paths"].as_object().unwrap();
    // A path without parameters is routed before one that has some.
    let fitting = paths.iter().filter(|(template, _)| of_template(template));
    fitting.min_by_key(|(template, _)| template.matches('{').count())?.1.get(method)
}

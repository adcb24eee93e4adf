//! AWS's own limits, each with half of it to spare: a deployment that fails on one is found here, a year before.

use std::collections::BTreeSet;

use serde_yaml_ng::Value;

use crate::template::{Template, list, untagged};

/// A name as long as it gets in practice, and `CloudFormation`'s own suffix.
const STACK: &str = "zuora-workflow-manager-production";
const SUFFIX: &str = "-AbCdEfGhIjKl";
/// How long an ARN is that the template refers to.
const ARN: usize = 110;

/// The length of a value as JSON, with an ARN for everything that is known only when it is deployed.
fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 3,
        Value::Sequence(items) => items.iter().map(length).sum::<usize>() + 2,
        Value::Mapping(fields) => fields.iter().map(|(name, field)| length(name) + length(field)).sum::<usize>() + 2,
        Value::Tagged(tagged) if tagged.value.is_string() => ARN,
        Value::Tagged(tagged) => length(&tagged.value),
        _ => 8,
    }
}

/// The statement that lets API Gateway call a function for one path, as Lambda keeps it.
fn permission(function: &str, event: &str, method: &str, path: &str) -> String {
    let id: String = format!("{STACK}-{function}{event}PermissionStage{SUFFIX}").chars().take(100).collect();
    let name = function.trim_end_matches("Function").to_lowercase();
    let method = if method == "ANY" { "*" } else { method };
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "*" } else { segment });
    let path = segments.collect::<Vec<_>>().join("/");
    serde_json::json!({
        "Sid": id,
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": format!("arn:aws:lambda:ap-southeast-2:123456789012:function:{STACK}-{name}"),
        "Condition": {"ArnLike": {
            "AWS:SourceArn": format!("arn:aws:execute-api:ap-southeast-2:123456789012:a1b2c3d4e5/*/{method}{path}")
        }},
    })
    .to_string()
}

#[test]
fn the_policy_of_each_function_has_room_for_twice_its_routes() {
    // Lambda's: 20 KB.
    const MOST: usize = 20 * 1024 / 2;
    for function in Template::read().resources("AWS::Serverless::Function") {
        let events = function.events();
        let apis = events.iter().filter(|(_, event)| event["Type"] == "Api");
        let statements: Vec<String> = apis
            .map(|(name, event)| {
                let text = |key: &str| event["Properties"][key].as_str().unwrap();
                permission(function.id, name, text("Method"), text("Path"))
            })
            .collect();
        let bytes = statements.iter().map(|statement| statement.len() + 1).sum::<usize>();
        assert!(bytes <= MOST, "{}: {} statements, {bytes} bytes of {MOST}", function.id, statements.len());
    }
}

#[test]
fn the_api_has_room_for_twice_its_paths() {
    // API Gateway's: 300 resources, that is segments of paths.
    const MOST: usize = 300 / 2;
    let mut resources = BTreeSet::new();
    for path in tests::routes::paths().keys() {
        let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
        resources.extend(ends.map(|end| path[..end].to_owned()));
    }
    assert!((40..=MOST).contains(&resources.len()), "{} resources", resources.len());

    // 3 KB for the line of the access log.
    let template = Template::read();
    let line = template.resource("Api").text("Properties.AccessLogSetting.Format").len();
    assert!((100..=3 * 1024 / 2).contains(&line), "{line} bytes");
}

#[test]
fn the_environment_of_each_function_has_room_for_twice_its_variables() {
    // Lambda's: 4 KB.
    const MOST: usize = 4 * 1024 / 2;
    let template = Template::read();
    let is_number = |value: &Value| {
        let name = untagged(value).as_str().unwrap_or_default();
        template.at(&format!("Parameters.{name}.Type")).as_str() == Some("Number")
    };
    // A parameter that is a number has no more digits than anything else that is no text.
    let length = |variables: &Value| -> usize {
        let variables = variables.as_mapping().into_iter().flatten();
        variables.map(|(name, value)| length(name) + if is_number(value) { 8 } else { length(value) }).sum()
    };
    let of_all = length(template.at("Globals.Function.Environment.Variables"));
    for function in template.resources("AWS::Serverless::Function") {
        let bytes = of_all + length(function.at("Properties.Environment.Variables"));
        assert!(bytes <= MOST, "{}: {bytes} bytes", function.id);
    }
}

#[test]
fn the_policy_of_each_role_has_room_for_twice_its_rights() {
    // IAM's for all inline policies of a role together: 10,240 characters.
    const MOST: usize = 10_240 / 2;
    for role in Template::read().resources("AWS::IAM::Role") {
        let bytes: usize = list(role.at("Properties.Policies")).into_iter().map(length).sum();
        assert!(bytes <= MOST, "{}: {bytes} characters", role.id);
    }
}

#[test]
fn the_template_has_room_for_twice_its_resources() {
    // CloudFormation's: 1 MB, 500 resources, 200 parameters, 200 outputs.
    let template = Template::read();
    let functions = template.resources("AWS::Serverless::Function");
    // SAM makes a permission or a mapping of each event, and of the API a stage and a deployment.
    let resources = template.every_resource().len() + functions.iter().map(|one| one.events().len()).sum::<usize>() + 2;
    assert!(resources <= 500 / 2, "{resources} resources");
    for section in ["Parameters", "Outputs"] {
        let count = template.at(section).as_mapping().unwrap().len();
        assert!(count <= 200 / 2, "{count} {section}");
    }
    let bytes = std::fs::metadata(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/template.yaml")).unwrap().len();
    // The expanded one has twice the text.
    assert!(bytes <= 1024 * 1024 / 4, "{bytes} bytes");
}

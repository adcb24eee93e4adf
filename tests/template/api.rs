//! The API's edge: paths, TLS, the access log, a domain of our own, a firewall.

use serde_yaml_ng::Value;

use crate::template::{Resource, Template, find, list, texts, untagged};

/// Function, path and properties of every route.
pub fn routes(template: &Template) -> Vec<(&str, &str, &Value)> {
    let functions = template.resources("AWS::Serverless::Function");
    let events = functions.into_iter().flat_map(|function| {
        function.events().into_iter().map(move |(_, event)| (function.id, event)).collect::<Vec<_>>()
    });
    let routes = events.filter(|(_, event)| event["Type"] == "Api");
    routes.map(|(id, event)| (id, event["Properties"]["Path"].as_str().unwrap(), &event["Properties"])).collect()
}

/// The paths with a rate of their own, as method settings name them.
fn paths_with_a_rate(api: &Resource<'_>) -> Vec<(String, String)> {
    let settings = list(api.at("Properties.MethodSettings")).into_iter();
    let named = settings.map(|one| {
        let path = one["ResourcePath"].as_str().unwrap();
        (one["HttpMethod"].as_str().unwrap().to_owned(), path.trim_start_matches('/').replace("~1", "/"))
    });
    named.filter(|(method, _)| method != "*").collect()
}

#[test]
fn every_path_stands_once_as_any_and_by_a_method_only_where_that_has_a_rate_of_its_own() {
    let template = Template::read();

    let mut seen = Vec::new();
    for (function, path, properties) in routes(&template) {
        let method = properties["Method"].as_str().unwrap();
        assert_eq!(untagged(&properties["RestApiId"]).as_str(), Some("Api"), "{function} {path}: a second API");
        assert!(!seen.contains(&(method, path)), "{method} {path} stands twice");
        seen.push((method, path));
    }
    let (any, single): (Vec<_>, Vec<_>) = seen.into_iter().partition(|(method, _)| *method == "ANY");
    assert!(any.len() >= 24, "only {} paths were found", any.len());
    let single: Vec<_> = single.into_iter().map(|(method, path)| (method.to_owned(), path.to_owned())).collect();
    assert_eq!(single, paths_with_a_rate(&template.resource("Api")));
    for (method, path) in single {
        assert!(any.contains(&("ANY", &path)), "{path}: methods but {method} would not be answered with 405");
    }
}

#[test]
fn what_is_no_path_is_answered_by_the_function_that_may_do_nothing() {
    let template = Template::read();

    let other: Vec<_> = routes(&template).into_iter().filter(|(_, path, _)| *path == "/{proxy+}").collect();
    let [(function, _, properties)] = other[..] else { panic!("{other:?}") };
    assert_eq!((function, properties["Method"].as_str()), ("PanelFunction", Some("ANY")));
    // With an authorizer a stranger's token would be refused before the path is.
    assert_eq!(find(properties, "Auth.Authorizer").as_str(), Some("NONE"));
}

#[test]
fn nobody_is_served_below_tls_1_2() {
    let template = Template::read();

    assert_eq!(template.resource("Api").text("Properties.SecurityPolicy"), "SecurityPolicy_TLS13_1_2_2021_06");
    assert_eq!(template.resource("Api").text("Properties.EndpointAccessMode"), "BASIC");
    assert_eq!(template.resource("Domain").text("Properties.SecurityPolicy"), "TLS_1_2");
}

#[test]
fn the_access_log_has_the_id_that_problems_name_and_nothing_that_was_sent() {
    let template = Template::read();
    let api = template.resource("Api");

    assert_eq!(untagged(api.at("Properties.AccessLogSetting.DestinationArn")).as_str(), Some("ApiLogs.Arn"));
    let line: serde_json::Value = serde_json::from_str(api.text("Properties.AccessLogSetting.Format")).unwrap();
    let fields = line.as_object().unwrap();
    // The same as `instance` of what API Gateway refuses, and of what the functions do.
    assert_eq!(fields["requestId"], "$context.requestId");
    let allowed = [
        "requestId",
        "requestTime",
        "identity.sourceIp",
        "httpMethod",
        "resourcePath",
        "status",
        "error.responseType",
        "authorizer.error",
        "responseLatency",
        "integration.status",
        "integration.latency",
        "tlsVersion",
    ];
    for (name, value) in fields {
        let value = value.as_str().unwrap().strip_prefix("$context.").unwrap();
        assert!(allowed.contains(&value), "{name} is {value}");
    }
    for needed in ["resourcePath", "status", "error.responseType", "authorizer.error", "responseLatency"] {
        assert!(fields.values().any(|value| *value == format!("$context.{needed}")), "{needed}");
    }
}

#[test]
fn the_stage_logs_only_after_the_account_has_a_role_for_it_which_outlives_the_stack() {
    let template = Template::read();

    let before = texts(template.resource("ApiLogs").at("Properties.Tags"));
    assert!(before.contains(&"CreatesGatewayAccount") && before.contains(&"GatewayAccount"), "{before:?}");
    for id in ["GatewayAccount", "GatewayAccountRole"] {
        let resource = template.resource(id);
        assert_eq!(resource.text("Condition"), "CreatesGatewayAccount");
        assert_eq!(resource.text("DeletionPolicy"), "RetainExceptOnCreate", "other APIs may log through it");
    }
}

#[test]
fn a_domain_of_our_own_leads_to_the_stage_and_its_base_path_to_every_function() {
    let template = Template::read();

    for id in ["Domain", "DomainMapping"] {
        assert_eq!(template.resource(id).text("Condition"), "HasDomain");
    }
    let mapping = template.resource("DomainMapping");
    assert_eq!(untagged(mapping.at("Properties.RestApiId")).as_str(), Some("Api"));
    assert!(texts(mapping.at("Properties.BasePath")).contains(&"BasePath"));
    for function in template.resources("AWS::Serverless::Function") {
        let is_asked = function.events().iter().any(|(_, event)| event["Type"] == "Api");
        let base = untagged(function.at("Properties.Environment.Variables.BASE_PATH")).as_str();
        assert_eq!(base, is_asked.then_some("BasePath"), "{}", function.id);
    }
    let client = template.resource("UserPoolClient");
    for urls in ["Properties.CallbackURLs", "Properties.LogoutURLs"] {
        let urls = texts(client.at(urls));
        for needed in ["PanelUrl", "https://${DomainName}/${BasePath}/", "https://${DomainName}/"] {
            assert!(urls.contains(&needed), "{urls:?}");
        }
    }
}

#[test]
fn a_base_path_is_no_word_that_our_own_paths_begin_with() {
    let template = Template::read();
    let pattern = template.at("Parameters.BasePath.AllowedPattern").as_str().unwrap();

    let words: std::collections::BTreeSet<_> =
        tests::routes::paths().keys().filter_map(|path| path.split('/').nth(1).map(str::to_owned)).collect();
    // What holds a dot is not allowed anyway.
    for word in words.iter().filter(|word| !word.is_empty() && !word.contains('.')) {
        let alternatives = pattern.split_once("(?!(").and_then(|(_, rest)| rest.split_once(")$)")).unwrap().0;
        assert!(alternatives.split('|').any(|one| one == word), "{word}");
    }
}

#[test]
fn a_firewall_is_put_before_the_stage_when_one_is_named() {
    let template = Template::read();
    let association = template.resource("WebAclAssociation");

    assert_eq!(association.text("Condition"), "HasWebAcl");
    assert_eq!(untagged(association.at("Properties.WebACLArn")).as_str(), Some("WebAclArn"));
    assert!(texts(association.at("Properties.ResourceArn"))[0].contains("/restapis/${Api}/stages/"));
}

#[test]
fn traces_are_off_unless_asked_for_and_every_function_may_then_send_them() {
    let template = Template::read();

    assert_eq!(template.at("Parameters.Tracing.Default").as_str(), Some("PassThrough"));
    assert_eq!(untagged(template.at("Globals.Function.Tracing")).as_str(), Some("Tracing"));
    // Lambda refuses a function that traces while its role may not: the reference makes it wait for the policy.
    assert_eq!(texts(template.at("Globals.Function.Tags.traced")), ["IsTraced", "TracingPolicy", "no"]);
    let policy = template.resource("TracingPolicy");
    assert_eq!(policy.text("Condition"), "IsTraced");
    let mut allowed = texts(policy.at("Properties.Roles"));
    allowed.sort_unstable();
    let functions = template.resources("AWS::Serverless::Function");
    let roles = functions.iter().map(|one| untagged(one.at("Properties.Role")).as_str().unwrap());
    let mut roles: Vec<_> = roles.map(|role| role.trim_end_matches(".Arn")).collect();
    roles.sort_unstable();
    assert_eq!(allowed, roles);
}

#[test]
fn text_is_compressed_by_api_gateway() {
    let template = Template::read();
    let api = template.resource("Api");

    let smallest = api.at("Properties.MinimumCompressionSize").as_u64().unwrap();
    assert!(smallest <= 10_000, "{smallest}: the panel's scripts would travel as they are");
    assert!(find(api.at("Properties"), "BinaryMediaTypes").is_null(), "text would have to come as base64");
}

//! Rights in the template: routes, roles, keys.

use serde_yaml_ng::Value;
use shared::{aws::keys, http::problem::ProblemKind};

use crate::{
    api::routes,
    template::{Statement, Template, find, list, texts, untagged},
};

/// The routes that anybody may call, with the reason.
const OPEN_ROUTES: [(&str, &str); 5] = [
    ("/health", "load balancers and monitors have no token; it tells nothing but \"up\""),
    ("/openapi.json", "describes the API to whoever wants to use it; the same for everybody"),
    ("/", "the panel's page, which leads to the sign-in; the same for everybody"),
    ("/panel/{file+}", "the panel's scripts and styles"),
    ("/{proxy+}", "everything else, which is not there"),
];

/// The only texts with `*` that a policy may contain, with the reason.
const WILDCARDS: [(&str, &str, &str); 6] = [
    (
        "RelayRole",
        "${AuditBucket.Arn}/audit/*",
        "the objects of the audit's archive, which only their names tell apart",
    ),
    ("RelayRole", "*", "dynamodb:ListStreams, which shows names of streams: IAM knows it for all of them only"),
    ("AuditBucketPolicy", "*", "denies everybody"),
    ("AuditBucketPolicy", "s3:*", "denies everything"),
    ("AuditBucketPolicy", "${AuditBucket.Arn}/*", "denies it on every object"),
    ("TracingPolicy", "*", "the right to send traces knows no resources"),
];

/// The role that is no function's: API Gateway's own in this account, with the managed policy that it insists on.
const OF_API_GATEWAY: &str = "GatewayAccountRole";

#[test]
fn every_route_but_the_listed_ones_asks_for_a_token_of_the_user_pool() {
    let template = Template::read();

    let auth = template.resource("Api").at("Properties.Auth");
    let default = auth["DefaultAuthorizer"].as_str().unwrap();
    assert_eq!(untagged(find(&auth["Authorizers"][default], "UserPoolArn")).as_str(), Some("UserPool.Arn"));

    for (function, path, properties) in routes(&template) {
        let open = OPEN_ROUTES.iter().any(|(route, _)| *route == path);
        let authorizer = find(properties, "Auth.Authorizer").as_str();
        assert_eq!(authorizer, open.then_some("NONE"), "{function} {path}");
    }
}

#[test]
fn no_policy_has_a_wildcard_without_a_listed_reason() {
    for resource in Template::read().every_resource() {
        let is_listed = |text: &str| WILDCARDS.iter().any(|(id, listed, _)| *id == resource.id && *listed == text);
        for key in ["Properties.Policies", "Properties.AssumeRolePolicyDocument", "Properties.PolicyDocument"] {
            for text in texts(resource.at(key)) {
                assert!(!text.contains(['*', '?']) || is_listed(text), "{}: {text}", resource.id);
            }
        }
        let takes_a_managed_policy = !resource.at("Properties.ManagedPolicyArns").is_null();
        assert_eq!(takes_a_managed_policy, resource.id == OF_API_GATEWAY, "{} takes a managed policy", resource.id);
    }
}

#[test]
fn key_policies_name_no_principal_but_the_account_itself() {
    for key in Template::read().resources("AWS::KMS::Key") {
        let statements = list(key.at("Properties.KeyPolicy.Statement"));
        let (denied, allowed): (Vec<_>, Vec<_>) =
            statements.into_iter().partition(|statement| statement["Effect"].as_str() == Some("Deny"));
        let principals: Vec<_> = allowed.iter().map(|one| untagged(find(one, "Principal.AWS")).as_str()).collect();
        assert_eq!(principals, [Some("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")], "{}", key.id);
        assert_eq!(denied.len(), 1, "{}", key.id);
        assert_eq!(key.at("Properties.EnableKeyRotation"), &Value::Bool(true), "{}", key.id);
    }
}

#[test]
fn every_function_has_a_role_of_its_own() {
    let template = Template::read();

    let functions = template.resources("AWS::Serverless::Function");
    let mut roles: Vec<&str> =
        functions.iter().map(|function| untagged(function.at("Properties.Role")).as_str().unwrap()).collect();
    roles.sort_unstable();
    roles.dedup();

    assert_eq!(roles.len(), functions.len());
}

#[test]
fn every_role_writes_to_the_log_of_its_own_function_only() {
    let template = Template::read();
    for role in template.resources("AWS::IAM::Role").iter().filter(|role| role.id != OF_API_GATEWAY) {
        let own = format!("{}Logs.Arn", role.id.strip_suffix("Role").unwrap());
        let statements = role.statements();
        let on_logs = statements.iter().filter(|one| one.actions().iter().any(|action| action.starts_with("logs:")));
        let found: Vec<_> = on_logs.map(|one| (one.actions(), one.resources())).collect();
        assert_eq!(found, [(vec!["logs:CreateLogStream", "logs:PutLogEvents"], vec![own.as_str()])], "{}", role.id);
    }
}

#[test]
fn customers_can_lock_client_secrets_and_never_unlock_or_read_one() {
    let template = Template::read();
    let statements = template.resource("CustomersRole").statements();

    assert!(statements.iter().any(|statement| statement.allows("kms:Encrypt", "SecretsKey.Arn")));
    assert!(!statements.iter().any(|statement| statement.actions().contains(&"kms:Decrypt")));
    assert!(!statements.iter().any(|statement| statement.allows("dynamodb:GetItem", "VaultTable.Arn")));
    assert!(!statements.iter().any(|statement| statement.allows("dynamodb:Query", "VaultTable.Arn")));
}

#[test]
fn workflows_writes_nothing_of_the_data_but_notes_on_damaged_definitions() {
    let template = Template::read();
    let mut writes = 0;

    for statement in template.resource("WorkflowsRole").statements() {
        if statement.resources().contains(&"DataTable.Arn") && !statement.actions().contains(&"dynamodb:Query") {
            let keys = find(statement.0, "Condition")["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"].clone();
            assert_eq!((statement.actions(), texts(&keys)), (vec!["dynamodb:PutItem"], vec![keys::DAMAGED]));
            writes += 1;
        }
    }

    assert_eq!(writes, 1);
}

#[test]
fn records_of_the_audit_are_added_and_read_and_never_removed() {
    let template = Template::read();
    let table = ["AuditTable.Arn", "${AuditTable.Arn}/index/GSI1"];

    for role in template.resources("AWS::IAM::Role") {
        let statements = role.statements();
        let on_audit = statements.iter().filter(|one| one.resources().iter().any(|resource| table.contains(resource)));
        let mut actions: Vec<&str> = on_audit.flat_map(|statement| statement.actions()).collect();
        actions.sort_unstable();
        let expected: &[&str] = match role.id {
            "CustomersRole" => &["dynamodb:PutItem", "dynamodb:Query"],
            "JobsRole" | "WorkflowsRole" | "ScheduleRole" => &["dynamodb:PutItem"],
            _ => &[],
        };
        assert_eq!(actions, expected, "{}", role.id);
    }
}

#[test]
fn only_sync_can_unlock_client_secrets_and_it_cannot_lock_one() {
    let template = Template::read();

    for role in template.resources("AWS::IAM::Role") {
        let unlocks = role.statements().iter().any(|statement| statement.allows("kms:Decrypt", "SecretsKey.Arn"));
        assert_eq!(unlocks, role.id == "SyncRole", "{}", role.id);
        let locks = role.statements().iter().any(|statement| statement.allows("kms:Encrypt", "SecretsKey.Arn"));
        assert_eq!(locks, role.id == "CustomersRole", "{}", role.id);
        let tokens = role.statements().iter().any(|statement| statement.resources().contains(&"TokenKey.Arn"));
        assert_eq!(tokens, role.id == "SyncRole", "{}", role.id);
    }
}

#[test]
fn each_key_opens_for_the_role_of_sync_alone_whatever_iam_allows_others() {
    let template = Template::read();
    let name = template.resource("SyncRole").text("Properties.RoleName");

    for key in template.resources("AWS::KMS::Key") {
        let statements = list(key.at("Properties.KeyPolicy.Statement"));
        let denial = statements.into_iter().find(|statement| statement["Effect"].as_str() == Some("Deny")).unwrap();
        assert_eq!(texts(&denial["Action"]), ["kms:Decrypt", "kms:ReEncryptFrom"], "{}", key.id);
        assert_eq!(denial["Principal"].as_str(), Some("*"), "{}", key.id);
        let spared = texts(&denial["Condition"]["ArnNotLike"]["aws:PrincipalArn"]);
        let [role, condition, session, _] = spared[..] else { panic!("{spared:?}") };
        assert_eq!(role, format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{name}"), "{}", key.id);
        assert_eq!(condition, "IsLocal", "a session's name is no role's on AWS");
        assert_eq!(session, format!("arn:${{AWS::Partition}}:sts::${{AWS::AccountId}}:assumed-role/{name}/*"));
    }
}

#[test]
fn only_customers_writes_grants_and_who_writes_what_it_may_not_read_gets_nothing_back() {
    let template = Template::read();

    for role in template.resources("AWS::IAM::Role") {
        for statement in role.statements() {
            let writes = statement.actions().iter().any(|action| WRITES.contains(action));
            let on = |table: &str| statement.resources().contains(&table);
            if on("GrantsTable.Arn") {
                assert_eq!(writes, role.id == "CustomersRole", "{}", role.id);
            }
            let blind = on("AuditTable.Arn") || on("VaultTable.Arn") && role.id == "CustomersRole";
            if writes && blind {
                let returned = find(statement.0, "Condition.StringEqualsIfExists")["dynamodb:ReturnValues"].as_str();
                assert_eq!(returned, Some("NONE"), "{}", role.id);
            }
        }
    }
}

/// The actions that write a table.
const WRITES: [&str; 4] = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"];

#[test]
fn every_use_of_a_key_is_bound_to_the_whole_encryption_context() {
    let template = Template::read();
    let mut found = 0;

    for role in template.resources("AWS::IAM::Role") {
        for statement in role.statements() {
            if statement.actions().iter().any(|action| action.starts_with("kms:")) {
                assert_context_is_bound(role.id, statement);
                found += 1;
            }
        }
    }

    assert_eq!(found, 3);
    assert_eq!(template.at("Parameters.EnforceKmsContext.Default").as_str(), Some("true"));
}

fn assert_context_is_bound(role: &str, statement: Statement<'_>) {
    let condition = untagged(&statement.0["Condition"]);
    assert_eq!(condition[0].as_str(), Some("KmsContextIsEnforced"), "{role}");
    let when_enforced = &condition[1];
    let equals = &when_enforced["StringEquals"];
    assert_eq!(equals["kms:EncryptionContext:app"].as_str(), Some("zuora-workflow-manager"), "{role}");
    let purpose = if statement.resources() == ["TokenKey.Arn"] { "access_token" } else { "client_secret" };
    assert_eq!(equals["kms:EncryptionContext:purpose"].as_str(), Some(purpose), "{role}");
    assert_eq!(when_enforced["Null"]["kms:EncryptionContext:customer_id"].as_str(), Some("false"), "{role}");
    let allowed = texts(&when_enforced["ForAllValues:StringEquals"]["kms:EncryptionContextKeys"]);
    assert_eq!(allowed, ["app", "customer_id", "purpose"], "{role}");
}

#[test]
fn what_api_gateway_refuses_looks_like_what_the_functions_refuse() {
    let template = Template::read();
    let responses = template.resource("Api").at("Properties.GatewayResponses").as_mapping().unwrap();

    for kind in
        ["UNAUTHORIZED", "ACCESS_DENIED", "MISSING_AUTHENTICATION_TOKEN", "THROTTLED", "DEFAULT_4XX", "DEFAULT_5XX"]
    {
        assert!(responses.contains_key(kind), "{kind}");
    }
    for (name, response) in responses {
        let name = name.as_str().unwrap();
        let text = response["ResponseTemplates"]["application/json"].as_str().unwrap();
        let body: serde_json::Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let slug = body["type"].as_str().unwrap().strip_prefix("/problems/").unwrap();
        let kind = ProblemKind::ALL
            .into_iter()
            .find(|kind| kind.parts().0 == slug)
            .unwrap_or_else(|| panic!("{name}: {slug}"));
        let (_, status, title) = kind.parts();
        assert_eq!(response["StatusCode"].as_u64(), Some(status.as_u16().into()), "{name}");
        assert_eq!((&body["status"], &body["title"]), (&status.as_u16().into(), &title.into()), "{name}");
        assert_eq!(body["instance"], "$context.requestId", "{name}");
        let headers = &response["ResponseParameters"]["Headers"];
        assert_eq!(headers["Content-Type"].as_str(), Some("'application/problem+json'"), "{name}");
        assert_eq!(headers["Retry-After"].as_str().is_some(), [429, 503].contains(&status.as_u16()), "{name}");
    }
}

#[test]
fn every_kind_of_problem_is_documented_with_its_status() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();

    for kind in ProblemKind::ALL {
        let (slug, status, _) = kind.parts();
        let row = format!("| `{slug}` | {} |", status.as_u16());
        assert_eq!(rows.iter().filter(|line| line.starts_with(&row)).count(), 1, "{row}");
    }
}

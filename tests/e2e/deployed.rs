//! What a deployment needs and does, by the script that `make deploy` runs and by the stack that it made.

use std::{env, fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::{people::cognito, world::World};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Runs `infra/aws/stage.py` against the emulator in an environment of these variables alone; returns whether it went well, and
/// what it said.
fn stage(world: &World, arguments: &[&str], environment: &[(&str, &str)]) -> (bool, String) {
    #[expect(clippy::disallowed_methods, reason = "the Python that has boto3; `make test` names its own")]
    let python = env::var("ZWM_PYTHON");
    let python = python.unwrap_or_else(|_| format!("{ROOT}/.local/venv/sam/bin/python"));
    assert!(Path::new(&python).exists(), "{python} is not there: ZWM_PYTHON names a Python that has boto3");
    let output = Command::new(python)
        .arg(format!("{ROOT}/infra/aws/stage.py"))
        .args(arguments)
        .env_clear()
        .env("AWS_ENDPOINT_URL", &world.stack.emulator_url)
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NO_PROXY", "*")
        // Where the SAM CLI has its temporary files.
        .env("HOME", env::temp_dir())
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), said(output.stdout) + &said(output.stderr))
}

#[tokio::test]
async fn what_a_deployment_lacks_is_said_before_anything_is_changed() {
    let world = World::connect().await;
    let region = ("AWS_REGION", "us-east-1");
    let credentials = [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];

    let cases: [(&[(&str, &str)], &str); 3] = [
        (&[], "No region."),
        (&[region, ("AWS_DEFAULT_REGION", "eu-central-1")], "are two regions: us-east-1, eu-central-1."),
        (&[region], "No usable AWS credentials:"),
    ];
    for (environment, expected) in cases {
        let (is_well, said) = stage(&world, &["deploy", "dev"], environment);
        assert!(!is_well && said.contains(expected) && !said.contains("Traceback"), "{said}");
    }
    let environment = [&[region][..], &credentials].concat();
    let (is_well, said) = stage(&world, &["check", "dev"], &environment);
    assert!(is_well, "{said}");
    assert!(
        said.contains("region us-east-1, stack zuora-workflow-manager-dev.") && said.contains("docs/cost.md"),
        "{said}"
    );
    let (is_well, said) = stage(&world, &["destroy", "dev", "--yes"], &environment);
    assert!(!is_well && said.contains("There is no stack zuora-workflow-manager-dev in us-east-1."), "{said}");
}

#[tokio::test]
async fn the_second_deployment_let_people_sign_in_at_the_panel() {
    let world = World::connect().await;
    let of = json!({"UserPoolId": world.stack.user_pool_id, "ClientId": world.stack.user_pool_client_id});

    let client = cognito(&world, "DescribeUserPoolClient", of).await["UserPoolClient"].take();

    let panel = json!([format!("{}/", world.stack.api_url)]);
    assert_eq!((&client["CallbackURLs"], &client["LogoutURLs"]), (&panel, &panel));
    assert_eq!(
        (&client["AllowedOAuthFlows"], &client["AllowedOAuthFlowsUserPoolClient"]),
        (&json!(["code"]), &json!(true))
    );
}

/// The built template that the test stack was made of, without what the emulator does not know; and with a resource that cannot be
/// made, if it is to fail.
fn built(place: &Path, fails: bool) -> String {
    #[expect(clippy::disallowed_methods, reason = "how `make test` says which stack is up")]
    let stack = env::var("ZWM_STACK_JSON").unwrap();
    let text = fs::read_to_string(Path::new(&stack).with_file_name("built").join("template.json")).unwrap();
    let mut template: Value = serde_json::from_str(&text).unwrap();
    let resources = template["Resources"].as_object_mut().unwrap();
    for unknown in ["SignInStyle", "NoSyncAlarm", "RelaySilentAlarm"] {
        resources.remove(unknown).unwrap();
    }
    if fails {
        resources.insert("Handle".to_owned(), json!({"Type": "AWS::CloudFormation::WaitConditionHandle"}));
        let never = json!({
            "Type": "AWS::CloudFormation::WaitCondition", "DependsOn": ["DataTable", "UserPool"],
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "1"},
        });
        resources.insert("Never".to_owned(), never);
    }
    let file = place.join(format!("template-{fails}.json"));
    fs::write(&file, template.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

/// The tables of a stack.
async fn tables(world: &World, stack: &str) -> Vec<String> {
    let tables = world.dynamodb.list_tables().into_paginator().items().send();
    let tables = tables.collect::<Result<Vec<_>, _>>().await.unwrap();
    tables.into_iter().filter(|table| table.starts_with(stack)).collect()
}

#[tokio::test]
async fn a_stage_leaves_nothing_when_it_fails_is_deployed_at_once_and_keeps_its_data_when_it_is_deleted() {
    let world = World::connect().await;
    let environment = [("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];
    let name = format!("s{}", &uuid::Uuid::now_v7().simple().to_string()[20..]);
    let stack = format!("zuora-workflow-manager-{name}");
    let place = env::temp_dir().join(&name);
    fs::create_dir(&place).unwrap();
    let architecture = if env::consts::ARCH == "x86_64" { "Architecture=x86_64" } else { "Architecture=arm64" };
    let deploy = |template: &str| {
        let arguments = ["deploy", &name, architecture, "--template", template, "--admin", "ada@example.com"];
        stage(&world, &arguments, &environment)
    };

    let (is_well, said) = deploy(&built(&place, true));
    assert!(!is_well && said.contains("what it had begun it has rolled back"), "{said}");
    assert_eq!(tables(&world, &stack).await, Vec::<String>::new());

    let template = built(&place, false);
    let (is_well, said) = deploy(&template);
    assert!(is_well && said.contains("Deleting what a failed first deployment left"), "{said}");
    assert!(said.contains("Letting people sign in at https://") && said.contains("Temporary password"), "{said}");
    let (is_well, said) = deploy(&template);
    assert!(is_well && said.contains("No changes to deploy"), "{said}");
    assert!(!said.contains("Letting people sign in") && !said.contains("Temporary password"), "{said}");

    let (is_well, said) = stage(&world, &["destroy", &name, "--yes"], &environment);
    assert!(is_well, "{said}");
    let kept = tables(&world, &stack).await;
    assert!(kept.len() >= 3 && kept.iter().all(|table| said.contains(table)), "{kept:?}: {said}");
    for table in kept {
        world.dynamodb.delete_table().table_name(table).send().await.unwrap();
    }
    fs::remove_dir_all(place).unwrap();
}

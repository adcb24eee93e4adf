//! Queues, time limits, logs: the settings that keep a failure from being lost or silent.

use std::collections::BTreeSet;

use serde_yaml_ng::Value;

use crate::template::{Template, find, list, texts, untagged};

const FOURTEEN_DAYS: u64 = 14 * 24 * 60 * 60;

/// The queues in which jobs wait.
const QUEUES: [&str; 2] = ["JobQueue", "QuestionQueue"];

#[test]
fn a_message_comes_back_only_when_its_run_can_no_longer_live() {
    let template = Template::read();

    let timeout = template.resource("SyncFunction").number("Properties.Timeout");

    assert_eq!(timeout, 900, "a large tenant's first listing has to fit one run");
    for queue in QUEUES {
        let visibility = template.resource(queue).number("Properties.VisibilityTimeout");
        assert!(visibility >= timeout + 60, "{queue}: {visibility} s visible again, {timeout} s to run");
    }
}

#[test]
fn no_deployment_may_have_more_requests_in_flight_than_half_of_what_zuora_allows_a_tenant() {
    let template = Template::read();

    let bounds = ["Default", "MinValue", "MaxValue"]
        .map(|bound| template.at(&format!("Parameters.MaxZuoraConcurrency.{bound}")).as_u64());

    assert_eq!(bounds, [Some(12), Some(1), Some(20)]);
}

#[test]
fn the_panels_files_have_a_throttle_of_their_own_and_no_method_has_metrics_that_are_billed() {
    let template = Template::read();
    let settings = list(template.resource("Api").at("Properties.MethodSettings"));
    let of = |path: &str| settings.iter().find(|settings| settings["ResourcePath"] == path).unwrap();

    // A slash of the path is written ~1 here.
    let files = of("/~1panel~1{file+}");
    assert_eq!((files["HttpMethod"].as_str(), of("/*")["HttpMethod"].as_str()), (Some("GET"), Some("*")));
    assert_eq!(files["ThrottlingRateLimit"], 500);
    assert_eq!(files["ThrottlingBurstLimit"], 1000);
    assert!(settings.iter().all(|settings| settings["MetricsEnabled"] == false), "{settings:?}");
}

#[test]
fn messages_that_keep_crashing_end_in_the_dead_letter_queue_and_stay_there_for_fourteen_days() {
    let template = Template::read();
    let dead = template.resource("DeadLetterQueue");
    let sources = texts(dead.at("Properties.RedriveAllowPolicy.sourceQueueArns"));

    assert_eq!(dead.number("Properties.MessageRetentionPeriod"), FOURTEEN_DAYS);
    assert_eq!(dead.at("Properties.SqsManagedSseEnabled"), &Value::Bool(true));
    assert_eq!(dead.text("Properties.RedriveAllowPolicy.redrivePermission"), "byQueue");
    assert_eq!(sources.len(), QUEUES.len());
    for queue in QUEUES.map(|queue| template.resource(queue)) {
        assert_eq!(
            untagged(queue.at("Properties.RedrivePolicy.deadLetterTargetArn")).as_str(),
            Some("DeadLetterQueue.Arn"),
            "{}",
            queue.id
        );
        assert!(queue.number("Properties.RedrivePolicy.maxReceiveCount") >= 5, "{}", queue.id);
        // A message's age counts from its first send, in the dead-letter queue as well.
        assert!(queue.number("Properties.MessageRetentionPeriod") < FOURTEEN_DAYS, "{}", queue.id);
        let name = untagged(queue.at("Properties.QueueName")).as_str().unwrap();
        assert!(sources.iter().any(|source| source.ends_with(name)), "{name} is not among {sources:?}");
        assert_eq!(queue.at("Properties.SqsManagedSseEnabled"), &Value::Bool(true), "{}", queue.id);
    }
}

#[test]
fn every_queue_source_takes_one_message_reports_failures_and_is_bounded() {
    let template = Template::read();
    let mut found = Vec::new();

    for function in template.resources("AWS::Serverless::Function") {
        for (name, event) in function.events().into_iter().filter(|(_, event)| event["Type"] == "SQS") {
            let properties = &event["Properties"];
            assert_eq!(properties["BatchSize"].as_u64(), Some(1), "{name}");
            assert_eq!(texts(&properties["FunctionResponseTypes"]), ["ReportBatchItemFailures"], "{name}");
            found.push((untagged(&properties["Queue"]).as_str(), find(properties, "ScalingConfig.MaximumConcurrency")));
        }
    }

    let [(Some("JobQueue.Arn"), most), (Some("QuestionQueue.Arn"), most_questions)] = found[..] else {
        panic!("{found:?}")
    };
    // Locally a plain number: the emulator cannot compare a parameter's.
    let most = list(untagged(most));
    assert_eq!((most[0].as_str(), untagged(most[2]).as_str()), (Some("IsLocal"), Some("SyncConcurrency")));
    assert!(most[1].as_u64().unwrap() >= 2);
    assert!(most_questions.as_u64().unwrap() >= 2);
    // What SQS takes.
    let bounds =
        ["MinValue", "MaxValue"].map(|name| template.at(&format!("Parameters.SyncConcurrency.{name}")).as_u64());
    assert_eq!(bounds, [Some(2), Some(1000)]);
}

#[test]
fn sync_may_send_to_the_queue_that_wakes_it() {
    assert_eq!(Template::read().resource("SyncFunction").text("Properties.RecursiveLoop"), "Allow");
}

#[test]
fn functions_behind_the_api_give_up_before_it_does() {
    for function in Template::read().resources("AWS::Serverless::Function") {
        if function.events().iter().any(|(_, event)| event["Type"] == "Api") {
            assert!(function.number("Properties.Timeout") <= 25, "{}", function.id);
        }
    }
}

#[test]
fn every_function_logs_json_to_a_group_that_forgets() {
    let template = Template::read();

    assert_eq!(template.at("Globals.Function.LoggingConfig.LogFormat").as_str(), Some("JSON"));
    for function in template.resources("AWS::Serverless::Function") {
        let group = untagged(function.at("Properties.LoggingConfig.LogGroup")).as_str().unwrap();
        let group = template.resource(group);
        assert_eq!(group.text("Type"), "AWS::Logs::LogGroup", "{}", function.id);
        assert!(!group.at("Properties.RetentionInDays").is_null(), "{}", group.id);
    }
}

#[test]
fn functions_are_arm64_unless_told_otherwise() {
    let template = Template::read();

    assert_eq!(template.at("Parameters.Architecture.Default").as_str(), Some("arm64"));
    assert_eq!(texts(template.at("Globals.Function.Architectures")), ["Architecture"]);
}

#[test]
fn both_schedules_wake_schedule_and_say_for_what() {
    let template = Template::read();

    // By the clock, since customers are shown the minute of their next sync.
    let rules = [
        ("ScheduleRule", "cron(0/5 * * * ? *)", "schedule"),
        ("SweepRule", "cron(2/5 * * * ? *)", "sweep"),
        ("BatchRule", "cron(* * * * ? *)", "batch"),
    ];
    for (rule, rate, task) in rules {
        let rule = template.resource(rule);
        assert_eq!(rule.text("Properties.ScheduleExpression"), rate);
        let targets = list(rule.at("Properties.Targets"));
        assert_eq!(untagged(&targets[0]["Arn"]).as_str(), Some("ScheduleFunction.Arn"));
        let input = find(targets[0], "InputTransformer.InputTemplate").as_str().unwrap();
        assert_eq!(input, format!(r#"{{"task":"{task}","time":<time>}}"#));
        let allowed = template.resources("AWS::Lambda::Permission").into_iter().any(|permission| {
            untagged(permission.at("Properties.SourceArn")).as_str() == Some(&format!("{}.Arn", rule.id))
        });
        assert!(allowed, "{} may not invoke schedule", rule.id);
    }
}

#[test]
fn other_programs_find_what_they_need_in_the_outputs() {
    let template = Template::read();

    for output in [
        "ApiUrl",
        "UserPoolId",
        "UserPoolClientId",
        "TableName",
        "JobQueueUrl",
        "QuestionQueueUrl",
        "DeadLetterQueueUrl",
    ] {
        assert!(!template.at(&format!("Outputs.{output}.Value")).is_null(), "no output {output}");
    }
}

#[test]
fn every_parameter_is_described_where_it_is_deployed() {
    let template = Template::read();
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/deploy.md")).unwrap();

    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.flat_map(|line| line.split(" | ").next().unwrap().split('`').skip(1).step_by(2));
    let described: BTreeSet<_> = cells.collect();
    let parameters = template.at("Parameters").as_mapping().unwrap().keys();
    assert_eq!(described, parameters.map(|name| name.as_str().unwrap()).collect());
}

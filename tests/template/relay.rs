//! The way out of the system: the audit's archive, the event bus, the digest, and the streams that feed them.

use std::time::Duration;

use serde_json::Value as Json;
use serde_yaml_ng::Value;
use shared::{aws::keys, domain::event::SOURCE};

use crate::template::{Template, find, list, texts, untagged};

/// The time after which a stream has forgotten a record.
const STREAM: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn nobodys_role_may_invoke_relay_and_nothing_else_does_but_the_streams_and_the_digests_rule() {
    let template = Template::read();

    for role in template.resources("AWS::IAM::Role") {
        let invokes = |action: &&str| action.starts_with("lambda:");
        assert!(!role.statements().iter().any(|statement| statement.actions().iter().any(invokes)), "{}", role.id);
    }
    let permissions = template.resources("AWS::Lambda::Permission");
    let on_relay = permissions.iter().filter(|one| texts(one.at("Properties.FunctionName")) == ["RelayFunction"]);
    let sources: Vec<_> =
        on_relay.map(|one| (one.text("Properties.Principal"), texts(one.at("Properties.SourceArn")))).collect();
    assert_eq!(sources, [("events.amazonaws.com", vec!["DigestRule.Arn"])]);
    let relay = template.resource("RelayFunction");
    assert!(relay.events().iter().all(|(_, event)| event["Type"] == "DynamoDB"), "{:?}", relay.events());
    assert!(relay.at("Properties.FunctionUrlConfig").is_null());
}

#[test]
fn relay_reads_two_streams_and_its_queue_and_writes_to_its_destinations_only() {
    let template = Template::read();
    let statements = template.resource("RelayRole").statements();
    let mut may: Vec<_> = statements.iter().map(|one| (one.actions().join(" "), one.resources().join(" "))).collect();
    may.sort();

    let expected = [
        (
            "dynamodb:DescribeStream dynamodb:GetShardIterator dynamodb:GetRecords",
            "AuditTable.StreamArn DataTable.StreamArn",
        ),
        ("dynamodb:ListStreams", "*"),
        ("events:PutEvents", "EventBus.Arn"),
        ("logs:CreateLogStream logs:PutLogEvents", "RelayLogs.Arn"),
        ("s3:PutObject", "${AuditBucket.Arn}/audit/*"),
        ("sns:Publish", "DigestTopic"),
        ("sqs:ReceiveMessage sqs:DeleteMessage sqs:DeleteMessageBatch", "DigestQueue.Arn"),
        ("sqs:SendMessage", "RelayFailureQueue.Arn"),
    ];
    assert_eq!(may, expected.map(|(actions, resources)| (actions.to_owned(), resources.to_owned())));
    for role in template.resources("AWS::IAM::Role").iter().filter(|role| role.id != "RelayRole") {
        let named = texts(role.at("Properties.Policies"));
        let of_relay = ["AuditBucket", "EventBus", "RelayFailureQueue", "Digest", "StreamArn"];
        assert!(!named.iter().any(|text| of_relay.iter().any(|one| text.contains(one))), "{}", role.id);
    }
}

#[test]
fn the_audits_bucket_is_locked_versioned_encrypted_private_and_outlives_the_stack() {
    let template = Template::read();
    let bucket = template.resource("AuditBucket");
    let yes = &Value::Bool(true);

    assert_eq!(template.resources("AWS::S3::Bucket").len(), 1);
    assert_eq!((bucket.text("DeletionPolicy"), bucket.text("UpdateReplacePolicy")), ("RetainExceptOnCreate", "Retain"));
    assert_eq!(bucket.at("Properties.ObjectLockEnabled"), yes);
    let lock = bucket.at("Properties.ObjectLockConfiguration.Rule.DefaultRetention");
    assert_eq!((lock["Mode"].as_str(), texts(&lock["Days"])), (Some("GOVERNANCE"), vec!["AuditRetentionDays"]));
    assert_eq!(bucket.text("Properties.VersioningConfiguration.Status"), "Enabled");
    assert_eq!(texts(bucket.at("Properties.BucketEncryption")), ["AES256"]);
    let public = bucket.at("Properties.PublicAccessBlockConfiguration").as_mapping().unwrap();
    assert!(public.len() == 4 && public.values().all(|blocked| blocked == yes), "{public:?}");
    let rules = bucket.at("Properties.LifecycleConfiguration.Rules");
    assert_eq!(texts(&rules[0]["ExpirationInDays"]), ["AuditRetentionDays"], "and it forgets then");

    let policy = template.resource("AuditBucketPolicy");
    let [statement] = list(policy.at("Properties.PolicyDocument.Statement"))[..] else { panic!("one statement") };
    assert_eq!((statement["Effect"].as_str(), statement["Principal"].as_str()), (Some("Deny"), Some("*")));
    assert_eq!(statement["Condition"]["Bool"]["aws:SecureTransport"].as_str(), Some("false"));
    assert_eq!(
        (policy.text("Condition"), texts(template.at("Conditions.IsNotLocal"))),
        ("IsNotLocal", vec!["IsLocal"])
    );
}

#[test]
fn a_record_that_cannot_be_delivered_is_set_aside_before_its_stream_forgets_it_and_holds_up_no_other() {
    let template = Template::read();

    for (event, stream) in [("Audit", "AuditTable.StreamArn"), ("Data", "DataTable.StreamArn")] {
        let mapping = template.resource("RelayFunction").at(&format!("Properties.Events.{event}.Properties"));
        assert_eq!(texts(&mapping["Stream"]), [stream]);
        assert_eq!(mapping["StartingPosition"].as_str(), Some("TRIM_HORIZON"), "{event}");
        assert_eq!(mapping["BisectBatchOnFunctionError"], true, "{event}");
        assert_eq!(texts(&mapping["FunctionResponseTypes"]), ["ReportBatchItemFailures"], "{event}");
        assert_eq!(
            texts(find(mapping, "DestinationConfig.OnFailure.Destination")),
            ["RelayFailureQueue.Arn"],
            "{event}"
        );
        let longest = Duration::from_secs(mapping["MaximumRecordAgeInSeconds"].as_u64().unwrap());
        assert!(longest + Duration::from_secs(3600) < STREAM, "{event}: {longest:?}");
        let window = mapping["MaximumBatchingWindowInSeconds"].as_u64().unwrap();
        assert!(window <= 5, "{event}: what happens is known within seconds");
    }
    assert_eq!(template.resource("AuditTable").text("Properties.StreamSpecification.StreamViewType"), "NEW_IMAGE");
    assert_eq!(
        template.resource("DataTable").text("Properties.StreamSpecification.StreamViewType"),
        "NEW_AND_OLD_IMAGES"
    );
    let failures = template.resource("RelayFailureQueue");
    assert_eq!(failures.number("Properties.MessageRetentionPeriod"), 14 * 24 * 60 * 60);
}

#[test]
fn the_filters_of_the_streams_let_through_what_may_be_an_event() {
    let template = Template::read();
    let patterns = |event: &str| -> Vec<Json> {
        let filters = template
            .resource("RelayFunction")
            .at(&format!("Properties.Events.{event}.Properties.FilterCriteria.Filters"));
        list(filters)
            .into_iter()
            .map(|filter| serde_json::from_str(filter["Pattern"].as_str().unwrap()).unwrap())
            .collect()
    };

    assert_eq!(
        patterns("Audit").iter().map(|pattern| &pattern["eventName"]).collect::<Vec<_>>(),
        [&serde_json::json!(["INSERT", "MODIFY"])]
    );
    let data = patterns("Data");
    assert!(data.len() <= 5, "AWS takes five filters");
    let customer = "cus_019c1310e4007a3c9f1e5d6b7a8c9d0e".parse().unwrap();
    let state = keys::state(&customer).sk;
    let of_states = data.iter().filter(|pattern| pattern["dynamodb"]["Keys"]["SK"]["S"][0] == state.as_str());
    assert_eq!(of_states.count(), 4);
    let changes = data.last().unwrap();
    assert_eq!(changes["dynamodb"]["Keys"]["SK"]["S"][0]["prefix"], keys::CHANGE_PREFIX);
    assert_eq!(changes["dynamodb"]["Keys"]["SK"]["S"][1]["prefix"], keys::NEWS_PREFIX);
    assert_eq!(changes["dynamodb"]["NewImage"]["first_sync"]["BOOL"][0], false, "a first sync wakes nobody");
}

#[test]
fn what_comes_late_or_is_set_aside_raises_an_alarm() {
    let template = Template::read();

    let late = template.resource("RelayLateAlarm");
    assert_eq!((late.text("Properties.MetricName"), late.number("Properties.Threshold")), ("IteratorAge", 3_600_000));
    let set_aside = template.resource("RelayFailureAlarm");
    assert_eq!(set_aside.text("Properties.MetricName"), "NumberOfMessagesSent");
    assert_eq!(texts(set_aside.at("Properties.Dimensions")), ["QueueName", "RelayFailureQueue.QueueName"]);
    for alarm in [late, set_aside] {
        assert_eq!(alarm.text("Properties.TreatMissingData"), "notBreaching", "{}", alarm.id);
        assert_eq!(texts(alarm.at("Properties.AlarmActions")), ["AlarmTopic"], "{}", alarm.id);
    }
}

#[test]
fn whoever_sends_a_digest_has_the_right_from_its_role() {
    let template = Template::read();
    let policy = template.resource("DigestTopicPolicy");
    let [statement] = list(policy.at("Properties.PolicyDocument.Statement"))[..] else { panic!("one statement") };

    assert_eq!(texts(policy.at("Properties.Topics")), ["DigestTopic"]);
    assert_eq!(texts(&statement["Principal"]), ["arn:${AWS::Partition}:iam::${AWS::AccountId}:root"]);
}

#[test]
fn a_digest_is_made_only_where_it_is_wanted_and_of_our_own_events() {
    let template = Template::read();

    assert_eq!(template.at("Parameters.Digest.Default").as_str(), Some("off"));
    for id in ["DigestEventsRule", "DigestQueuePolicy", "DigestRule", "DigestPermission"] {
        assert_eq!(template.resource(id).text("Condition"), "HasDigest", "{id}");
    }
    let collects = template.resource("DigestEventsRule");
    assert_eq!(texts(collects.at("Properties.EventPattern.source")), [SOURCE]);
    assert_eq!(texts(collects.at("Properties.EventBusName")), ["EventBus"]);
    let rule = template.resource("DigestRule");
    assert_eq!(list(rule.at("Properties.Targets"))[0]["Input"].as_str(), Some(r#"{"task":"digest"}"#));
    let hidden = template.resource("DigestQueue").number("Properties.VisibilityTimeout");
    assert!(hidden > template.resource("RelayFunction").number("Properties.Timeout"));
    assert!(!untagged(rule.at("Properties.ScheduleExpression")).is_null());
}

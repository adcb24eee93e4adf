//! Alarms and the dashboard look at metrics that are really sent: by name, dimensions, statistic and period. A metric that
//! is misspelt is silent for ever, and nobody notices.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use serde_json::Value as Json;
use serde_yaml_ng::Value;
use shared::{
    domain::schedule::Frequency,
    telemetry::{DIMENSION, Metric, NAMESPACE, Unit},
};

use crate::template::{Resource, Template, find, list, texts, untagged};

/// Metrics that a clock sends, every five minutes.
const OF_A_CLOCK: [Metric; 3] = [Metric::CustomersDue, Metric::TokensShort, Metric::OldestQueuedSeconds];

/// The metrics of AWS that we look at, with the dimensions that have them free of charge, and the type that these name.
const OF_AWS: [(&str, &[&str], &str, &[&str]); 4] = [
    (
        "AWS/Lambda",
        &["FunctionName"],
        "AWS::Serverless::Function",
        &["Errors", "Throttles", "Duration", "ConcurrentExecutions", "IteratorAge"],
    ),
    (
        "AWS/SQS",
        &["QueueName"],
        "AWS::SQS::Queue",
        &["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage", "NumberOfMessagesSent"],
    ),
    (
        "AWS/DynamoDB",
        &["TableName"],
        "AWS::DynamoDB::Table",
        &["ReadThrottleEvents", "WriteThrottleEvents", "ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"],
    ),
    ("AWS/ApiGateway", &["ApiName", "Stage"], "AWS::Serverless::Api", &["Count", "4XXError", "5XXError", "Latency"]),
];

/// A metric that an alarm or a widget looks at.
#[derive(Debug)]
struct Look {
    /// The alarm's id or the widget's title.
    at: String,
    namespace: String,
    name: String,
    /// Names and values, the latter as `Resource` or `Resource.Attribute`.
    dimensions: Vec<(String, String)>,
    statistic: String,
    period: u64,
}

fn alarms(template: &Template) -> Vec<Resource<'_>> {
    template.resources("AWS::CloudWatch::Alarm")
}

/// What an alarm looks at: one metric, or those of its expression.
fn looks_of_alarm(alarm: &Resource<'_>) -> Vec<Look> {
    let look = |metric: &Value, statistic: &Value, period: &Value| Look {
        at: alarm.id.to_owned(),
        namespace: text(&metric["Namespace"]),
        name: text(&metric["MetricName"]),
        dimensions: list(&metric["Dimensions"])
            .into_iter()
            .map(|one| (text(&one["Name"]), text(&one["Value"])))
            .collect(),
        statistic: text(statistic),
        period: period.as_u64().unwrap(),
    };
    let properties = alarm.at("Properties");
    match list(&properties["Metrics"])[..] {
        [] => vec![look(properties, &properties["Statistic"], &properties["Period"])],
        ref metrics => {
            let stats = metrics.iter().map(|metric| &metric["MetricStat"]).filter(|stat| !stat.is_null());
            stats.map(|stat| look(&stat["Metric"], &stat["Stat"], &stat["Period"])).collect()
        }
    }
}

fn text(value: &Value) -> String {
    untagged(value).as_str().unwrap_or_default().to_owned()
}

/// The dashboard's body, with `${X}` written as `X`, and as a number where it is one.
fn dashboard(template: &Template) -> Json {
    let body = untagged(template.resource("Dashboard").at("Properties.DashboardBody")).as_str().unwrap();
    let numbers = body.replace("${TokenRequestsPerMinute}", "80");
    let mut plain = String::new();
    let mut parts = numbers.split("${");
    plain.push_str(parts.next().unwrap());
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap();
        plain.extend([name, rest]);
    }
    serde_json::from_str(&plain).unwrap()
}

fn looks_of_dashboard(dashboard: &Json) -> Vec<Look> {
    let widgets = dashboard["widgets"].as_array().unwrap().iter().map(|widget| &widget["properties"]);
    widgets
        .flat_map(|widget| widget["metrics"].as_array().unwrap().iter().map(move |metric| look(widget, metric)))
        .collect()
}

/// A widget's metric: namespace, name, dimensions in pairs, and perhaps options.
fn look(widget: &Json, metric: &Json) -> Look {
    let parts = metric.as_array().unwrap();
    let texts: Vec<_> = parts.iter().filter_map(Json::as_str).map(str::to_owned).collect();
    let options = parts.last().filter(|last| last.is_object());
    let own = options.and_then(|options| options["stat"].as_str());
    let [namespace, name, dimensions @ ..] = &texts[..] else { panic!("{metric}") };
    Look {
        at: widget["title"].as_str().unwrap().to_owned(),
        namespace: namespace.clone(),
        name: name.clone(),
        dimensions: dimensions.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect(),
        statistic: own.or(widget["stat"].as_str()).unwrap().to_owned(),
        period: widget["period"].as_u64().unwrap(),
    }
}

fn looks(template: &Template) -> Vec<Look> {
    let dashboard = looks_of_dashboard(&dashboard(template));
    alarms(template).iter().flat_map(looks_of_alarm).chain(dashboard).collect()
}

/// The metric of ours, if it is one.
fn ours(look: &Look) -> Option<Metric> {
    (look.namespace == NAMESPACE).then(|| {
        let found = Metric::ALL.iter().find(|metric| metric.name() == look.name);
        *found.unwrap_or_else(|| panic!("{}: nobody sends {}", look.at, look.name))
    })
}

#[test]
fn each_metric_of_ours_is_looked_at_as_it_is_sent_and_none_is_sent_in_vain() {
    let template = Template::read();
    let mut seen = BTreeSet::new();

    for look in looks(&template) {
        let Some(metric) = ours(&look) else { continue };
        assert_eq!(look.dimensions, [(DIMENSION.to_owned(), "AWS::StackName".to_owned())], "{look:?}");
        let fitting: &[&str] = match metric.unit() {
            Unit::Count => &["Sum", "SampleCount"],
            Unit::Level | Unit::Seconds => &["Maximum", "Minimum"],
        };
        assert!(fitting.contains(&look.statistic.as_str()), "{look:?}");
        seen.insert(metric);
    }

    assert_eq!(seen, Metric::ALL.iter().copied().collect());
    assert_eq!(
        untagged(template.at("Globals.Function.Environment.Variables.STACK_NAME")).as_str(),
        Some("AWS::StackName")
    );
}

#[test]
fn an_alarm_about_what_a_clock_sends_looks_no_more_often_than_that() {
    let template = Template::read();

    for look in alarms(&template).iter().flat_map(looks_of_alarm) {
        if ours(&look).is_some_and(|metric| OF_A_CLOCK.contains(&metric)) {
            assert_eq!(look.period % 300, 0, "{look:?}");
        }
    }
}

#[test]
fn each_metric_of_aws_exists_with_these_dimensions_and_names_a_resource_of_ours() {
    let template = Template::read();

    for look in looks(&template).iter().filter(|look| look.namespace != NAMESPACE) {
        let known = OF_AWS.iter().find(|(namespace, ..)| *namespace == look.namespace);
        let (_, dimensions, kind, names) = known.unwrap_or_else(|| panic!("{look:?}"));
        assert!(names.contains(&look.name.as_str()), "{look:?}");
        let named: Vec<_> = look.dimensions.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(named, *dimensions, "{look:?}");
        let values: Vec<_> = look.dimensions.iter().map(|(_, value)| value.as_str()).collect();
        if let ["AWS::StackName", "Stage"] = values[..] {
            let api = template.resource("Api");
            let says = ["Properties.Name", "Properties.StageName"].map(|path| untagged(api.at(path)).as_str());
            assert_eq!(says, [Some("AWS::StackName"), Some("Stage")]);
        } else {
            let resource = template.resource(values[0].split('.').next().unwrap());
            assert_eq!(resource.text("Type"), *kind, "{look:?}");
        }
    }
}

#[test]
fn no_log_level_silences_metrics() {
    let template = Template::read();

    // Lambda filters lines by their level, and metrics are lines.
    assert_eq!(template.at("Globals.Function.LoggingConfig.ApplicationLogLevel").as_str(), Some("TRACE"));
    assert_eq!(untagged(template.at("Globals.Function.Environment.Variables.LOG_LEVEL")).as_str(), Some("LogLevel"));
    for function in template.resources("AWS::Serverless::Function") {
        assert!(function.at("Properties.LoggingConfig.ApplicationLogLevel").is_null(), "{}", function.id);
        assert!(function.at("Properties.Environment.Variables.LOG_LEVEL").is_null(), "{}", function.id);
    }
}

#[test]
fn every_alarm_tells_somebody_when_it_begins_and_ends_and_has_its_page_in_the_runbook() {
    let template = Template::read();
    let runbook = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/runbook.md")).unwrap();
    let (_, section) = runbook.split_once("\n## Alarms\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let pages: BTreeSet<_> = section.lines().filter_map(|line| line.strip_prefix("### ")).collect();

    for alarm in alarms(&template) {
        for actions in ["AlarmActions", "OKActions"] {
            assert_eq!(texts(alarm.at(&format!("Properties.{actions}"))), ["AlarmTopic"], "{}", alarm.id);
        }
        let description = alarm.text("Properties.AlarmDescription");
        assert!(description.ends_with(&format!(" See {} in docs/runbook.md.", alarm.id)), "{description}");
    }
    assert_eq!(pages, alarms(&template).iter().map(|alarm| alarm.id).collect());
}

#[test]
fn an_alarm_is_quiet_where_nothing_happens_and_speaks_where_a_clock_has_stopped() {
    for alarm in alarms(&Template::read()) {
        let missing = alarm.text("Properties.TreatMissingData");
        let told_of_silence = texts(alarm.at("Properties.InsufficientDataActions"));
        match missing {
            "notBreaching" => assert!(told_of_silence.is_empty(), "{}", alarm.id),
            // SQS tells nothing of a queue that nobody touches.
            "ignore" => assert_eq!(alarm.id, "DeadLettersLeftAlarm"),
            "missing" => {
                assert_eq!(told_of_silence, ["AlarmTopic"], "{}", alarm.id);
                assert!(
                    looks_of_alarm(&alarm).iter().all(|look| ours(look).is_some_and(|one| OF_A_CLOCK.contains(&one)))
                );
            }
            // As it would ring on a new installation.
            other => panic!("{}: {other}", alarm.id),
        }
    }
}

#[test]
fn silence_is_told_only_when_syncs_were_due_and_none_ended_within_the_longest_frequency_twice_in_a_row() {
    let template = Template::read();
    let alarm = template.resource("NoSyncAlarm");
    let looks = looks_of_alarm(&alarm);
    let longest = [Frequency::Hourly, Frequency::EveryTwoHours, Frequency::Manual]
        .into_iter()
        .filter_map(Frequency::interval)
        .max();

    let names: Vec<_> = looks.iter().map(|look| look.name.as_str()).collect();
    assert_eq!(names, ["CustomersDue", "SyncSucceeded", "SyncIncomplete", "SyncHeld"], "what needs a person has run");
    assert!(looks.iter().all(|look| Some(Duration::from_secs(look.period)) == longest), "{looks:?}");
    assert_eq!(alarm.number("Properties.EvaluationPeriods"), 2);
    assert!(alarm.at("Properties.DatapointsToAlarm").is_null(), "both");
    let expressions: Vec<_> = list(alarm.at("Properties.Metrics"))
        .into_iter()
        .filter_map(|metric| find(metric, "Expression").as_str())
        .collect();
    assert_eq!(expressions, ["IF((due > 0) AND ((succeeded + incomplete + held) == 0), 1, 0)"]);
}

#[test]
fn a_stream_that_nobody_reads_is_told_by_what_was_written_and_did_not_arrive_long_before_it_forgets() {
    /// A stream forgets after a day: half of it is left for a person.
    const SOON: u64 = 12 * 60 * 60;
    let template = Template::read();
    let alarm = template.resource("RelaySilentAlarm");
    let looks = looks_of_alarm(&alarm);

    let names: Vec<_> = looks.iter().map(|look| look.name.as_str()).collect();
    assert_eq!(names, ["AuditWritten", "AuditReceived", "SyncFailed", "SyncHeld", "DataReceived"]);
    let expressions: Vec<_> = list(alarm.at("Properties.Metrics"))
        .into_iter()
        .filter_map(|metric| find(metric, "Expression").as_str())
        .collect();
    assert_eq!(expressions, ["IF(((written > 0) AND (audit == 0)) OR (((failed + held) > 0) AND (data == 0)), 1, 0)"]);
    // Of DynamoDB's own metrics CloudWatch ignores missing data whatever an alarm says: an idle one would never end.
    assert!(looks.iter().all(|look| ours(look).is_some()), "{looks:?}");
    // What is written last in a window arrives in the next one.
    assert_eq!(alarm.number("Properties.EvaluationPeriods"), 2);
    assert!(alarm.at("Properties.DatapointsToAlarm").is_null(), "both");
    assert!(looks.iter().all(|look| look.statistic == "Sum" && 2 * look.period <= SOON), "{looks:?}");
}

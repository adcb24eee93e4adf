//! The metrics of an invocation, in CloudWatch's embedded metric format: one line at its end, if there is anything to tell.

use std::{
    collections::BTreeMap,
    io::Write as _,
    sync::{Mutex, PoisonError},
};

use serde_json::{Map, Value, json};

use super::metric::{DIMENSION, Metric, NAMESPACE, Unit};
use crate::{clock, config::stack_name, domain::time::Timestamp};

type Values = BTreeMap<Metric, u64>;

/// The values of the invocation under way: a process of Lambda has one at a time.
static COLLECTED: Mutex<Values> = Mutex::new(Values::new());

/// Counts one more.
pub fn count(metric: Metric) {
    record(metric, 1);
}

/// Records a value.
pub fn record(metric: Metric, value: u64) {
    collect(&mut COLLECTED.lock().unwrap_or_else(PoisonError::into_inner), metric, value);
}

/// Writes what was recorded since the last call; `request_id` names the invocation.
pub fn flush(request_id: &str) {
    let values = std::mem::take(&mut *COLLECTED.lock().unwrap_or_else(PoisonError::into_inner));
    if !values.is_empty() {
        // A metric that cannot be written must not fail the work that it counts.
        let _ = writeln!(std::io::stdout().lock(), "{}", line(&values, &stack_name(), request_id, clock::now()));
    }
}

fn collect(values: &mut Values, metric: Metric, value: u64) {
    let entry = values.entry(metric).or_insert(0);
    *entry = match metric.unit() {
        Unit::Count => *entry + value,
        Unit::Level | Unit::Seconds => (*entry).max(value),
    };
}

fn line(values: &Values, stack: &str, request_id: &str, now: Timestamp) -> Value {
    let declared = values.keys().map(|metric| {
        let unit = if metric.unit() == Unit::Seconds { "Seconds" } else { "Count" };
        json!({"Name": metric.name(), "Unit": unit})
    });
    let mut line = Map::from_iter([
        // Without a level and a time of its own Lambda would decide both.
        ("timestamp".to_owned(), json!(now.to_string())),
        ("level".to_owned(), json!("INFO")),
        ("request_id".to_owned(), json!(request_id)),
        (DIMENSION.to_owned(), json!(stack)),
        (
            "_aws".to_owned(),
            json!({
                "Timestamp": now.millis(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": [[DIMENSION]],
                    "Metrics": declared.collect::<Vec<_>>(),
                }],
            }),
        ),
    ]);
    line.extend(values.iter().map(|(metric, value)| (metric.name().to_owned(), json!(value))));
    Value::Object(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_metrics_of_an_invocation_are_one_line_of_embedded_metric_format() {
        let mut values = Values::new();
        for (metric, value) in [
            (Metric::SyncHeld, 1),
            (Metric::TokenRequests, 2),
            (Metric::TokenRequests, 3),
            (Metric::SyncDelaySeconds, 70),
            (Metric::SyncDelaySeconds, 5),
            (Metric::CustomersDue, 0),
        ] {
            collect(&mut values, metric, value);
        }

        let line = line(&values, "de\"v\n", "req-1", Timestamp::from_millis(1_700_000_000_000));

        assert!(!line.to_string().contains('\n'));
        assert_eq!(
            line,
            json!({
                "timestamp": "2023-11-14T22:13:20.000Z",
                "level": "INFO",
                "request_id": "req-1",
                "_aws": {
                    "Timestamp": 1_700_000_000_000_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "ZuoraWorkflowManager",
                        "Dimensions": [["Stack"]],
                        "Metrics": [
                            {"Name": "SyncHeld", "Unit": "Count"},
                            {"Name": "SyncDelaySeconds", "Unit": "Seconds"},
                            {"Name": "CustomersDue", "Unit": "Count"},
                            {"Name": "TokenRequests", "Unit": "Count"},
                        ],
                    }],
                },
                "Stack": "de\"v\n",
                "SyncHeld": 1,
                "SyncDelaySeconds": 70,
                "CustomersDue": 0,
                "TokenRequests": 5,
            })
        );
    }
}

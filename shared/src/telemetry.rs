//! Logs and metrics: JSON lines on stdout, which Lambda hands to CloudWatch.
//!
//! One line per request or record, written at the edge. Fields are chosen one by one; bodies, tokens, secrets and query
//! strings are never among them.

use crate::{clock, domain::time::Timestamp};

/// Starts logging as Lambda's settings say (`AWS_LAMBDA_LOG_FORMAT`, `AWS_LAMBDA_LOG_LEVEL`).
pub fn init() {
    lambda_runtime::tracing::init_default_subscriber();
}

/// Counts one event in the metric `name`.
///
/// The stage is the only dimension: metrics per customer would cost per customer; the log has the ids.
pub fn count(name: &str) {
    let stage = crate::config::stage();
    let line = metric_line(name, &stage, clock::now());
    // Not a log line: CloudWatch reads metrics from stdout when the whole line is one such object.
    #[expect(clippy::print_stdout, reason = "this is how Lambda takes metrics")]
    {
        println!("{line}");
    }
}

/// One line of CloudWatch's embedded metric format.
fn metric_line(name: &str, stage: &str, now: Timestamp) -> String {
    serde_json::json!({
        "_aws": {
            "Timestamp": now.millis(),
            "CloudWatchMetrics": [{
                "Namespace": "ZuoraWorkflowManager",
                "Dimensions": [["Stage"]],
                "Metrics": [{"Name": name, "Unit": "Count"}],
            }],
        },
        "Stage": stage,
        name: 1,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_one_line_that_names_its_value() {
        let line = metric_line("SyncSucceeded", "prod", Timestamp::from_millis(5));

        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["SyncSucceeded"], 1);
        assert_eq!(value["Stage"], "prod");
        assert_eq!(value["_aws"]["Timestamp"], 5);
        assert_eq!(
            value["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"],
            "SyncSucceeded"
        );
        assert!(!line.contains('\n'));
    }
}

//! Logs and metrics, both as lines on stdout, which Lambda collects without a call of ours.
//!
//! No secret is written at any log level: our dependencies never log below `info` (HTTP and SDK crates write headers and bodies
//! there), and a panic is logged by its location only, as its message may hold anything.

use std::io::Write as _;

use lambda_runtime::tracing::subscriber::{self, EnvFilter, filter::LevelFilter};
use serde_json::json;

const NAMESPACE: &str = "ZuoraWorkflowManager";
/// The crates of this workspace that log.
const OURS: [&str; 7] = ["shared", "customers", "workflows", "jobs", "sync", "schedule", "panel"];

/// Starts logging in the format and from the level of the function's `LoggingConfig`; `info` if that sets none.
///
/// Call once, first in `main`.
#[expect(clippy::disallowed_methods, reason = "Lambda's own variables, wanted before there is a configuration")]
pub fn init() {
    let format = std::env::var("AWS_LAMBDA_LOG_FORMAT").unwrap_or_default();
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_default();
    let lines = subscriber::fmt().with_target(false).with_env_filter(EnvFilter::new(directives(&level)));
    if format.eq_ignore_ascii_case("json") {
        lines.json().init();
    } else {
        lines.with_ansi(false).init();
    }
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        tracing::error!(location, "panicked");
    }));
}

fn directives(level: &str) -> String {
    // An empty text would parse as `error`.
    let level = if level.is_empty() { LevelFilter::INFO } else { level.parse().unwrap_or(LevelFilter::INFO) };
    let ours = OURS.iter().map(|name| format!(",{name}={level}"));
    std::iter::once(level.min(LevelFilter::INFO).to_string()).chain(ours).collect()
}

/// The metrics of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// A sync ended complete and without errors.
    SyncSucceeded,
    /// A sync ended in a permanent error, or its last attempt did.
    SyncFailed,
    /// A sync ended with errors, or without having seen everything.
    SyncIncomplete,
    /// A sync ended with deletions that wait for an approval.
    SyncHeld,
    /// A stored secret did not open: it was moved or altered, or its key is another one.
    DecryptFailed,
    /// A stored definition is damaged: chunks of it are missing or altered.
    DefinitionDamaged,
    /// A stored record is unreadable and left out where many are read: in a list, a count, the schedule, a sweep.
    UnreadableRecord,
    /// The token requests per minute that the due customers would need beyond the available ones.
    TokensShort,
    /// The seconds for which the oldest queued job has waited.
    OldestQueuedSeconds,
}

impl Metric {
    /// The name for alarms and dashboards.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SyncSucceeded => "SyncSucceeded",
            Self::SyncFailed => "SyncFailed",
            Self::SyncIncomplete => "SyncIncomplete",
            Self::SyncHeld => "SyncHeld",
            Self::DecryptFailed => "DecryptFailed",
            Self::DefinitionDamaged => "DefinitionDamaged",
            Self::UnreadableRecord => "UnreadableRecord",
            Self::TokensShort => "TokensShort",
            Self::OldestQueuedSeconds => "OldestQueuedSeconds",
        }
    }
}

/// Writes one metric line (CloudWatch embedded metric format). `at_millis` is the Unix time in milliseconds.
pub fn emit(metric: Metric, value: u64, stage: &str, at_millis: i64) {
    // A metric that cannot be written must not fail the work that it counts.
    let _ = writeln!(std::io::stdout().lock(), "{}", emf_line(metric, value, stage, at_millis));
}

/// The line of a metric. The stage is the only dimension: one series per metric, whatever the number of customers.
fn emf_line(metric: Metric, value: u64, stage: &str, at_millis: i64) -> String {
    let name = metric.name();
    json!({
        "_aws": {
            "Timestamp": at_millis,
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["Stage"]],
                "Metrics": [{"Name": name, "Unit": "Count"}],
            }],
        },
        "Stage": stage,
        (name): value,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finer_level_is_for_our_own_crates() {
        assert!(directives("TRACE").starts_with("info,shared=trace,"));
        assert!(directives("ERROR").starts_with("error,shared=error,"));
        for nothing in ["", "loud"] {
            assert!(directives(nothing).starts_with("info,shared=info,"));
        }
    }

    #[test]
    fn a_metric_is_one_line_of_embedded_metric_format() {
        let line = emf_line(Metric::SyncHeld, 1, "de\"v\n", 1_700_000_000_000);

        assert!(!line.contains('\n'));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&line).unwrap(),
            json!({
                "_aws": {
                    "Timestamp": 1_700_000_000_000_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "ZuoraWorkflowManager",
                        "Dimensions": [["Stage"]],
                        "Metrics": [{"Name": "SyncHeld", "Unit": "Count"}],
                    }],
                },
                "Stage": "de\"v\n",
                "SyncHeld": 1,
            })
        );
    }
}

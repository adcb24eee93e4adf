//! Logs and metrics, both as lines on stdout: what Lambda collects costs no call.
//!
//! Whatever the log level, no secret is written: our dependencies never log below `info` (HTTP and SDK crates write headers and
//! bodies there), and a panic is logged by its place only, as its message may hold anything.

use std::io::Write as _;

use lambda_runtime::tracing::subscriber::{self, EnvFilter, filter::LevelFilter};
use serde_json::json;

const NAMESPACE: &str = "ZuoraWorkflowManager";
/// The crates of this workspace that log.
const OURS: [&str; 7] = ["shared", "customers", "workflows", "jobs", "sync", "schedule", "panel"];

/// Starts logging in the format and from the level of the function's `LoggingConfig`; `info` where it says nothing.
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

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// A sync ended complete and without errors.
    SyncSucceeded,
    /// A sync ended in a permanent error, or its last attempt did.
    SyncFailed,
    /// A sync ended with errors, or without having seen everything.
    SyncIncomplete,
    /// A sync ended with deletions that wait for approval.
    SyncHeld,
    /// A stored secret did not open: it was moved, altered, or its key is another one.
    DecryptFailed,
    /// A stored definition is not what was stored: chunks of it are missing or altered.
    DefinitionDamaged,
    /// A stored record cannot be read and is left out of what reads many: a list, a count, the schedule, a sweep.
    UnreadableRecord,
    /// How many more token requests a minute the customers that are due would need than there are.
    TokensShort,
    /// For how many seconds the oldest queued job has waited.
    OldestQueuedSeconds,
}

impl Metric {
    /// The name alarms and dashboards use.
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
    // A metric that cannot be written must not fail the work it counts.
    let _ = writeln!(std::io::stdout().lock(), "{}", emf_line(metric, value, stage, at_millis));
}

/// The line itself. The stage is the only dimension: one series a metric, whatever the number of customers.
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

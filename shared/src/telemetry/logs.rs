//! Logs: one JSON object a line, with the ids of the spans around it.
//!
//! No secret is written at any log level: our dependencies never log below `info` (HTTP and SDK crates write headers and bodies
//! there), and a panic is logged by its location only, as its message may hold anything.

use std::panic::PanicHookInfo;

use lambda_runtime::tracing::subscriber::{self, EnvFilter, filter::LevelFilter};

/// The crates of this workspace that log.
const OURS: [&str; 8] = ["shared", "customers", "workflows", "jobs", "sync", "schedule", "relay", "panel"];

/// Starts logging in the format of the function's `LoggingConfig`, from the level in `LOG_LEVEL`; `info` if that sets none.
///
/// Lambda's own level is not used: it would filter metrics by it too. See D-84. Call once, first in `main`.
#[expect(clippy::disallowed_methods, reason = "wanted before there is a configuration")]
pub fn init() {
    let format = std::env::var("AWS_LAMBDA_LOG_FORMAT").unwrap_or_default();
    let level = std::env::var("LOG_LEVEL").unwrap_or_default();
    let lines = subscriber::fmt().with_target(false).with_env_filter(EnvFilter::new(directives(&level)));
    if format.eq_ignore_ascii_case("json") {
        // All spans in one list: an id is found whichever span names it.
        lines.json().with_current_span(false).with_span_list(true).init();
    } else {
        lines.with_ansi(false).init();
    }
    std::panic::set_hook(Box::new(tell_panic));
}

/// Logs where a panic happened, within the spans in which it did: their ids are on its line.
fn tell_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string);
    tracing::error!(location, "panicked");
}

fn directives(level: &str) -> String {
    // An empty text would parse as `error`.
    let level = if level.is_empty() { LevelFilter::INFO } else { level.parse().unwrap_or(LevelFilter::INFO) };
    let ours = OURS.iter().map(|name| format!(",{name}={level}"));
    std::iter::once(level.min(LevelFilter::INFO).to_string()).chain(ours).collect()
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        panic::{self, AssertUnwindSafe},
        sync::{Arc, Mutex},
    };

    use serde_json::Value;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_finer_level_is_for_our_own_crates() {
        assert!(directives("TRACE").starts_with("info,shared=trace,"));
        assert!(directives("ERROR").starts_with("error,shared=error,"));
        for nothing in ["", "loud"] {
            assert!(directives(nothing).starts_with("info,shared=info,"));
        }
    }

    #[test]
    fn no_function_is_forgotten() {
        let functions = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../functions")).unwrap();
        let functions: Vec<_> = functions.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();

        for name in &functions {
            assert!(OURS.contains(&name.as_str()), "{name} would not log below `info`");
        }
        assert_eq!(OURS.len(), functions.len() + 1);
    }

    #[test]
    fn a_panic_is_one_line_with_the_ids_around_it_and_without_its_message_at_any_level() {
        let written = Written::default();
        let writer = written.clone();
        let lines = subscriber::fmt().with_env_filter(EnvFilter::new(directives("ERROR")));
        let lines = lines.json().with_current_span(false).with_span_list(true).with_writer(move || writer.clone());
        let before = panic::take_hook();
        panic::set_hook(Box::new(tell_panic));

        tracing::subscriber::with_default(lines.finish(), || {
            let _invocation = tracing::error_span!("invocation", request_id = "req-1").entered();
            let _message = tracing::error_span!("message", job_id = "job_1").entered();
            let secret = "s3cret";
            let _ = panic::catch_unwind(AssertUnwindSafe(|| panic!("with {secret}")));
        });
        panic::set_hook(before);

        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!((text.lines().count(), text.contains("s3cret")), (1, false), "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&line["level"], &line["fields"]["message"]), (&"ERROR".into(), &"panicked".into()));
        assert!(line["fields"]["location"].as_str().unwrap().contains("logs.rs"), "{line}");
        assert_eq!((&line["spans"][0]["request_id"], &line["spans"][1]["job_id"]), (&"req-1".into(), &"job_1".into()));
    }
}

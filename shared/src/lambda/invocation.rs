//! What surrounds every invocation: its id on every line, and its metrics in one line at its end.

use tracing::Instrument as _;

use crate::telemetry;

/// Does the work of the invocation with this id.
pub async fn run<T>(request_id: &str, work: impl Future<Output = T>) -> T {
    // At the highest level: the id is there whatever is logged.
    let result = work.instrument(tracing::error_span!("invocation", request_id)).await;
    telemetry::flush(request_id);
    result
}

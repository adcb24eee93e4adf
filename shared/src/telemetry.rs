//! Logs and metrics, both as lines on stdout, which Lambda collects without a call of ours.

mod embedded;
mod logs;
mod metric;

pub use embedded::{count, flush, record};
pub use logs::init;
pub use metric::{DIMENSION, Metric, NAMESPACE, Unit};

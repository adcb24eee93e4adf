//! The deadline of an invocation.

use lambda_runtime::Context;

use crate::domain::time::Timestamp;

/// The moment at which Lambda kills this invocation.
pub fn of(context: &Context) -> Timestamp {
    Timestamp::from_millis(i64::try_from(context.deadline).unwrap_or(i64::MAX))
}

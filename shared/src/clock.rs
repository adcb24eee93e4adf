//! The only place that reads the machine's clock; all other code receives a [`Timestamp`].

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::time::Timestamp;

/// Returns the present moment.
#[expect(clippy::disallowed_methods, reason = "this is the place the rule names")]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

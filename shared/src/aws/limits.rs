//! The budget of token requests: Zuora allows 100 a minute per IP address, and all customers share ours.

use super::{
    keys,
    table::{StoreError, Table},
};
use crate::domain::time::Timestamp;

/// What we take of Zuora's 100 a minute. Source: zuora.md section 3.3.
const TOKEN_REQUESTS_PER_MINUTE: u64 = 80;

/// Takes one of this minute's token requests; false when none is left.
///
/// # Errors
/// As [`Table::count_up`].
pub async fn take_token_request(table: &Table, now: Timestamp) -> Result<bool, StoreError> {
    table.count_up(&keys::oauth_limit(now), TOKEN_REQUESTS_PER_MINUTE, now.seconds() + 600).await
}

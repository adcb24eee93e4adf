//! The budget of token requests: Zuora allows 100 a minute per IP address, and all customers share ours.

use super::{
    keys,
    table::{StoreError, Table},
};
use crate::domain::time::Timestamp;

/// What we take of Zuora's 100 a minute unless the deployment says otherwise. Source: zuora.md section 3.3.
pub const TOKEN_REQUESTS_PER_MINUTE: u64 = 80;

/// Counts token requests in the data table, so that all functions together stay below the limit.
#[derive(Clone, Debug)]
pub struct TokenBudget {
    table: Table,
    per_minute: u64,
}

impl TokenBudget {
    /// A budget of so many requests a minute.
    pub const fn new(table: Table, per_minute: u64) -> Self {
        Self { table, per_minute }
    }

    /// Takes one of this minute's token requests; false when none is left.
    ///
    /// # Errors
    /// As [`Table::count_up`].
    pub async fn take(&self, now: Timestamp) -> Result<bool, StoreError> {
        self.table.count_up(&keys::oauth_limit(now), self.per_minute, now.seconds() + 600).await
    }
}

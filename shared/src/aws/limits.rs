//! The budget of token requests: Zuora allows 100 a minute per IP address, and all customers share ours.
//!
//! What must stay true: no 60 seconds, wherever they begin, see more than 100. Nobody knows how Zuora's minutes lie, so a counter per
//! calendar minute would not do: 80 at the end of one and 80 at the start of the next are 160 within seconds. Each slot of ten seconds has a
//! sixth of the budget; 60 seconds touch seven slots at most, which is 91 of 80.

use std::time::Duration;

use super::{
    keys,
    table::{StoreError, Table},
};
use crate::domain::time::Timestamp;

/// What we take of Zuora's 100 a minute unless the deployment says otherwise. Source: zuora.md section 3.3.
pub const TOKEN_REQUESTS_PER_MINUTE: u64 = 80;
/// How long a slot is.
const SLOT: Duration = Duration::from_secs(10);
const SLOTS_A_MINUTE: u64 = 6;

/// Counts token requests in the data table, so that all functions together stay below the limit.
#[derive(Clone, Debug)]
pub struct TokenBudget {
    table: Table,
    per_slot: u64,
}

/// Whether a token may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Yes, now.
    Taken,
    /// No: the slot is full, the next one begins after this.
    Full(Duration),
}

impl TokenBudget {
    /// A budget of so many requests a minute, six at least.
    pub fn new(table: Table, per_minute: u64) -> Self {
        Self { table, per_slot: (per_minute / SLOTS_A_MINUTE).max(1) }
    }

    /// Takes a place in the present slot.
    ///
    /// # Errors
    /// As [`Table::count_up`].
    pub async fn take(&self, now: Timestamp) -> Result<Place, StoreError> {
        let slot = now.floor(SLOT);
        let taken = self.table.count_up(&keys::token_slot(slot), self.per_slot, now.seconds() + 600).await?;
        Ok(if taken { Place::Taken } else { Place::Full(now.until(slot.plus(SLOT))) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sixty_seconds_see_more_than_a_hundred_requests() {
        let most_touched = SLOTS_A_MINUTE + 1;

        assert_eq!(SLOT.as_secs() * SLOTS_A_MINUTE, 60);
        assert!(TOKEN_REQUESTS_PER_MINUTE / SLOTS_A_MINUTE * most_touched < 100);
    }
}

//! Counters in the table that keep all functions together below a limit: token requests, and requests of people. See D-23 and
//! D-24.
//!
//! Zuora allows 100 token requests a minute per IP address, and all customers share ours. What must stay true: no 60 seconds,
//! wherever they begin, contain more than 100 of our token requests. The phase of Zuora's minutes is unknown, so a counter per
//! calendar minute would not do: 80 at the end of one and 80 at the start of the next are 160 within seconds. Each slot of ten
//! seconds has a sixth of the budget; 60 seconds touch at most seven slots, which hold 91 requests at a budget of 80. Nor can
//! people starve syncs of tokens: a slot has one counter, and for people who try credentials it is exhausted at half.

use std::time::Duration;

use super::{
    keys,
    table::{StoreError, Table},
};
use crate::domain::{ids::CustomerId, time::Timestamp};

/// Token requests per minute, unless the deployment sets another number: less than the 100 per minute and IP address that Zuora
/// allows (its OAuth documentation).
pub const TOKEN_REQUESTS_PER_MINUTE: u64 = 80;
/// The length of a slot.
const SLOT: Duration = Duration::from_secs(10);
const SLOTS_A_MINUTE: u64 = 6;

/// Counts token requests in the data table, so that all functions together stay below the limit.
#[derive(Clone, Debug)]
pub struct TokenBudget {
    table: Table,
    per_slot: u64,
}

/// The purpose of a token request, which decides its share of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// A sync: it may use whatever is left of the slot.
    Syncs,
    /// A person who tries credentials: exhausted once half of the slot is taken, by any purpose.
    People,
}

impl Share {
    /// The number of requests in a slot of `slot` requests below which this purpose still gets a permit; at least one.
    fn of(self, slot: u64) -> u64 {
        match self {
            Self::Syncs => slot,
            Self::People => (slot / 2).max(1),
        }
    }
}

/// The answer to a request for a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// The request may be sent now.
    Granted,
    /// The present slot is full; the next one begins after this duration.
    Exhausted(Duration),
}

impl TokenBudget {
    /// A budget of `per_minute` token requests, six at least.
    pub fn new(table: Table, per_minute: u64) -> Self {
        Self { table, per_slot: (per_minute / SLOTS_A_MINUTE).max(1) }
    }

    /// The number of requests per minute.
    pub const fn a_minute(&self) -> u64 {
        self.per_slot * SLOTS_A_MINUTE
    }

    /// The number of requests per minute that people may use.
    pub fn for_people(&self) -> u64 {
        Share::People.of(self.per_slot) * SLOTS_A_MINUTE
    }

    /// Takes a permit from the present slot.
    ///
    /// # Errors
    /// As [`Table::count_up`].
    pub async fn take(&self, share: Share, now: Timestamp) -> Result<Permit, StoreError> {
        let slot = now.floor(SLOT);
        let most = share.of(self.per_slot);
        let taken = self.table.count_up(&keys::token_slot(slot), most, now.seconds() + 600).await?;
        Ok(if taken { Permit::Granted } else { Permit::Exhausted(now.until(slot.plus(SLOT))) })
    }
}

/// The requests that one user may make in a minute, unless the deployment sets another number. Plain reads do not count.
pub const REQUESTS_PER_MINUTE: u64 = 60;
/// The requests that may be made about one customer in a minute: each may cost Zuora a token and a page.
const PER_CUSTOMER: u64 = 20;
const MINUTE: Duration = Duration::from_secs(60);

/// Counts requests of people that cost more than a plain read.
#[derive(Clone, Debug)]
pub struct RequestLimits {
    table: Table,
    per_caller: u64,
}

impl RequestLimits {
    /// Limits each caller to `per_caller` requests a minute.
    pub const fn new(table: Table, per_caller: u64) -> Self {
        Self { table, per_caller }
    }

    /// Takes a permit for a caller, and for a customer if the request is about one.
    ///
    /// # Errors
    /// As [`Table::count_up`].
    pub async fn take(
        &self,
        caller: &str,
        customer: Option<&CustomerId>,
        now: Timestamp,
    ) -> Result<Permit, StoreError> {
        let minute = now.floor(MINUTE);
        let limits = [
            Some((keys::requests_of_caller(caller, minute), self.per_caller)),
            customer.map(|customer| (keys::requests_about(customer, minute), PER_CUSTOMER)),
        ];
        for (key, most) in limits.into_iter().flatten() {
            if !self.table.count_up(&key, most, now.seconds() + 600).await? {
                return Ok(Permit::Exhausted(now.until(minute.plus(MINUTE))));
            }
        }
        Ok(Permit::Granted)
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

    #[test]
    fn people_leave_syncs_at_least_half_of_a_slot_and_syncs_may_have_all_of_it() {
        for (slot, people) in [(2, 1), (13, 6), (40, 20)] {
            assert_eq!((Share::People.of(slot), Share::Syncs.of(slot)), (people, slot));
        }
    }

    #[test]
    fn the_smallest_budget_is_not_closed_to_people() {
        assert_eq!(Share::People.of(1), 1);
    }
}

//! What is counted in the table, so that all functions together stay below a limit: token requests, and what people ask for.
//! See D-23 and D-24.
//!
//! Zuora allows 100 token requests a minute per IP address, and all customers share ours. What must stay true: no 60 seconds, wherever they begin, see more than 100. Nobody knows how Zuora's minutes lie, so a counter per
//! calendar minute would not do: 80 at the end of one and 80 at the start of the next are 160 within seconds. Each slot of ten seconds has a
//! sixth of the budget; 60 seconds touch seven slots at most, which is 91 of 80. Nor can people keep syncs from their tokens: a slot has one
//! counter, and who only tries credentials finds it full at half.

use std::time::Duration;

use super::{
    keys,
    table::{StoreError, Table},
};
use crate::domain::{ids::CustomerId, time::Timestamp};

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

/// Whom a token request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// A sync: whatever is left of the slot.
    Syncs,
    /// A person who tries credentials: nothing any more once half of the slot is taken, by whomever.
    People,
}

impl Share {
    /// How much of a slot may be taken when this one still gets a place; at least the first.
    fn of(self, slot: u64) -> u64 {
        match self {
            Self::Syncs => slot,
            Self::People => (slot / 2).max(1),
        }
    }
}

/// Whether something may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Yes, now.
    Granted,
    /// No: the present slot is full, the next one begins after this.
    Exhausted(Duration),
}

impl TokenBudget {
    /// A budget of so many requests a minute, six at least.
    pub fn new(table: Table, per_minute: u64) -> Self {
        Self { table, per_slot: (per_minute / SLOTS_A_MINUTE).max(1) }
    }

    /// How many requests a minute has.
    pub const fn a_minute(&self) -> u64 {
        self.per_slot * SLOTS_A_MINUTE
    }

    /// How many of a minute's requests people may have.
    pub fn for_people(&self) -> u64 {
        Share::People.of(self.per_slot) * SLOTS_A_MINUTE
    }

    /// Takes a place in the present slot.
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

/// How much one user may ask for in a minute unless the deployment says otherwise: everything that costs more than reading.
pub const REQUESTS_PER_MINUTE: u64 = 60;
/// How much may be asked for one customer in a minute: each may cost Zuora a token and a page.
const PER_CUSTOMER: u64 = 20;
const MINUTE: Duration = Duration::from_secs(60);

/// Counts what people ask for that costs more than reading.
#[derive(Clone, Debug)]
pub struct RequestLimits {
    table: Table,
    per_caller: u64,
}

impl RequestLimits {
    /// Limits of so many requests a minute for each caller.
    pub const fn new(table: Table, per_caller: u64) -> Self {
        Self { table, per_caller }
    }

    /// Takes a place for a caller, and for a customer if it is about one.
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

//! The time of a customer's next sync: each customer has its own minute of the hour. See D-55.
//!
//! A customer is due if its `next_sync_at` is at or before the time of the tick. So the next tick catches up on a missed one,
//! and a tick that arrives twice finds nothing due.

use std::time::Duration;
use utoipa::ToSchema;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{ids::CustomerId, time::Timestamp};

/// The frequency of a customer's scheduled syncs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// Every hour, at the customer's own minute.
    #[default]
    Hourly,
    /// In every even hour (UTC), at the customer's own minute.
    EveryTwoHours,
    /// Only on request.
    Manual,
}

impl Frequency {
    /// The time between two syncs; none for manual ones.
    pub const fn interval(self) -> Option<Duration> {
        match self {
            Self::Hourly => Some(Duration::from_secs(3600)),
            Self::EveryTwoHours => Some(Duration::from_secs(7200)),
            Self::Manual => None,
        }
    }

    /// The customer's next own minute after `now`; none for manual ones.
    pub fn next_after(self, customer: &CustomerId, now: Timestamp) -> Option<Timestamp> {
        let interval = self.interval()?;
        let own = now.floor(interval).plus(own_minute(customer));
        Some(if own > now { own } else { own.plus(interval) })
    }
}

/// The number of minutes over which customers are spread: a sync of the last one still starts within its hour.
const MINUTES: u64 = 55;

/// A customer's minute of the hour.
///
/// Always the same for one customer, so that all customers together load Zuora evenly and one customer's syncs are evenly
/// spaced.
fn own_minute(customer: &CustomerId) -> Duration {
    Duration::from_secs(60 * (stable_hash(customer.as_str()) % MINUTES))
}

/// A hash that is the same in all versions and on all machines.
pub(super) fn stable_hash(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |hash, byte| (hash << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// A customer with this own minute.
    fn of_minute(minute: u64) -> CustomerId {
        let is_it = |id: &CustomerId| own_minute(id) == Duration::from_secs(60 * minute);
        std::iter::repeat_with(CustomerId::new).find(is_it).unwrap()
    }

    #[test]
    fn the_next_sync_is_at_the_customers_own_minute_of_the_next_hour_or_even_hour() {
        let customer = of_minute(20);
        let hourly = |now: &str| Frequency::Hourly.next_after(&customer, at(now));
        let two_hourly = |now: &str| Frequency::EveryTwoHours.next_after(&customer, at(now));

        assert_eq!(hourly("2026-01-31T22:00:00Z"), Some(at("2026-01-31T22:20:00Z")));
        assert_eq!(hourly("2026-01-31T22:20:00Z"), Some(at("2026-01-31T23:20:00Z")), "not the same twice");
        assert_eq!(hourly("2026-01-31T23:55:00Z"), Some(at("2026-02-01T00:20:00Z")));
        assert_eq!(two_hourly("2026-01-31T22:19:59Z"), Some(at("2026-01-31T22:20:00Z")));
        assert_eq!(two_hourly("2026-01-31T22:20:00Z"), Some(at("2026-02-01T00:20:00Z")));
        assert_eq!(two_hourly("2026-01-31T23:10:00Z"), Some(at("2026-02-01T00:20:00Z")));
        assert_eq!(Frequency::Manual.next_after(&customer, at("2026-01-31T22:00:00Z")), None);
    }

    #[test]
    fn customers_are_spread_over_the_hour_and_each_keeps_its_minute() {
        let customers: Vec<_> = (0..1000).map(|_| CustomerId::new()).collect();
        let minutes: std::collections::HashSet<_> = customers.iter().map(own_minute).collect();

        assert_eq!(minutes.len(), 55);
        assert!(customers.iter().all(|c| own_minute(c) < Duration::from_secs(55 * 60)));
        assert!(customers.iter().all(|c| own_minute(c) == own_minute(c)));
    }

    #[test]
    fn a_customer_from_the_time_of_full_hours_moves_to_its_own_minute_by_itself() {
        let (customer, full_hour) = (of_minute(40), at("2026-01-31T22:00:00Z"));

        assert_eq!(Frequency::Hourly.next_after(&customer, full_hour), Some(at("2026-01-31T22:40:00Z")));
    }

    #[test]
    fn the_hash_is_the_same_in_every_version() {
        // The first bytes of sha256("abc") (FIPS 180-2, appendix B.1).
        assert_eq!(stable_hash("abc"), 0xba78_16bf_8f01_cfea);
    }
}

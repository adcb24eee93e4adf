//! When a customer's next sync is due, and how the due ones are spread over the quarter hour.
//!
//! Due = `next_sync_at` at or before the event's time, so a missed hour is caught up by the next event, and an event that
//! comes twice finds nothing due.

use std::time::Duration;
use utoipa::ToSchema;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{ids::CustomerId, time::Timestamp};

/// How often a customer is synced by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// At every full hour.
    #[default]
    Hourly,
    /// At every even hour (UTC).
    EveryTwoHours,
    /// Only when somebody asks.
    Manual,
}

impl Frequency {
    const fn interval(self) -> Option<Duration> {
        match self {
            Self::Hourly => Some(Duration::from_secs(3600)),
            Self::EveryTwoHours => Some(Duration::from_secs(7200)),
            Self::Manual => None,
        }
    }

    /// The start of the next slot after `now`; none for manual ones.
    pub fn next_after(self, now: Timestamp) -> Option<Timestamp> {
        let interval = self.interval()?;
        Some(now.floor(interval).plus(interval))
    }
}

/// The part of a quarter hour that a customer's scheduled message is delayed by.
///
/// Always the same for one customer, so that all customers together load Zuora evenly and one customer's syncs are evenly
/// spaced.
pub fn spread(customer: &CustomerId) -> Duration {
    Duration::from_secs(stable_hash(customer.as_str()) % 900)
}

/// A hash that stays the same over versions and machines.
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

    #[test]
    fn the_next_slot_is_the_next_full_or_even_hour() {
        let now = at("2026-01-31T22:30:00Z");

        assert_eq!(Frequency::Hourly.next_after(now), Some(at("2026-01-31T23:00:00Z")));
        assert_eq!(Frequency::EveryTwoHours.next_after(now), Some(at("2026-02-01T00:00:00Z")));
        assert_eq!(Frequency::Manual.next_after(now), None);
        assert_eq!(Frequency::Hourly.next_after(at("2026-01-31T22:00:00Z")), Some(at("2026-01-31T23:00:00Z")));
    }

    #[test]
    fn customers_are_spread_over_a_quarter_of_an_hour_and_each_keeps_its_place() {
        let customers: Vec<_> = (0..200).map(|_| CustomerId::new()).collect();
        let places: std::collections::HashSet<_> = customers.iter().map(spread).collect();

        assert!(places.len() > 150, "{} places", places.len());
        assert!(customers.iter().all(|c| spread(c) < Duration::from_secs(900) && spread(c) == spread(c)));
    }

    #[test]
    fn the_hash_is_the_same_in_every_version() {
        // sha256("abc") begins with these bytes (FIPS 180-2, appendix B.1).
        assert_eq!(stable_hash("abc"), 0xba78_16bf_8f01_cfea);
    }
}

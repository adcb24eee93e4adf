//! Moments in time: milliseconds since 1970 inside, RFC 3339 in UTC outside.
//!
//! The text form always has three decimals and a `Z`, so it sorts as text: table keys and filters rely on that.

use std::{fmt, str::FromStr, time::Duration};
use utoipa::ToSchema;

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// A moment in UTC with millisecond precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(into = "String", try_from = "String")]
#[schema(value_type = String, format = DateTime, example = "2026-01-31T08:00:00.000Z")]
pub struct Timestamp(i64);

/// The error for a text that is not an RFC 3339 moment.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected an RFC 3339 time such as 2026-01-31T08:00:00Z")]
pub struct NotATime;

impl Timestamp {
    /// 1970-01-01T00:00:00.000Z.
    pub const EPOCH: Self = Self(0);

    /// The moment `millis` milliseconds after 1970-01-01T00:00:00Z; one outside the years 1 to 9999 becomes the nearest end.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(-62_135_596_800_000, 253_402_300_799_999))
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, the unit of DynamoDB's TTL.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment `wait` later.
    pub fn plus(self, wait: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The moment `time` earlier.
    pub fn minus(self, time: Duration) -> Self {
        Self::from_millis(self.0.saturating_sub(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The duration until `later`; zero if that has passed.
    pub fn until(self, later: Self) -> Duration {
        Duration::from_millis(self.millis_until(later))
    }

    /// The milliseconds until `later`, for logs.
    pub fn millis_until(self, later: Self) -> u64 {
        u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0)
    }

    /// The start of the interval of length `slot`, counted from midnight UTC, that contains this moment.
    pub fn floor(self, slot: Duration) -> Self {
        let slot = i64::try_from(slot.as_millis()).unwrap_or(i64::MAX).max(1);
        Self::from_millis(self.0 - self.0.rem_euclid(slot))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const FORM: &[time::format_description::BorrowedFormatItem<'_>] =
            format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        let moment =
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).map_err(|_| fmt::Error)?;
        f.write_str(&moment.format(FORM).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| NotATime)?;
        i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).map(Self::from_millis).map_err(|_| NotATime)
    }
}

impl From<Timestamp> for String {
    fn from(moment: Timestamp) -> Self {
        moment.to_string()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = NotATime;

    fn try_from(text: String) -> Result<Self, NotATime> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_round_trips_and_is_always_utc_with_milliseconds() {
        let moment: Timestamp = "2026-01-15T10:11:12.345-05:00".parse().unwrap();

        assert_eq!(moment.to_string(), "2026-01-15T15:11:12.345Z");
        assert_eq!("2026-01-15T15:11:12.345Z".parse(), Ok(moment));
        assert_eq!("yesterday".parse::<Timestamp>(), Err(NotATime));
    }

    #[test]
    fn text_order_is_time_order() {
        let early = Timestamp::from_millis(999);
        let late = Timestamp::from_millis(1_700_000_000_000);

        assert!(early.to_string() < late.to_string());
        assert_eq!(early.until(late), Duration::from_millis(1_699_999_999_001));
        assert_eq!(late.until(early), Duration::ZERO);
    }

    #[test]
    fn a_slot_starts_on_its_own_boundary() {
        let moment: Timestamp = "2026-01-15T15:11:12.345Z".parse().unwrap();

        assert_eq!(moment.floor(Duration::from_secs(3600)).to_string(), "2026-01-15T15:00:00.000Z");
        assert_eq!(moment.floor(Duration::from_secs(7200)).to_string(), "2026-01-15T14:00:00.000Z");
    }

    #[test]
    fn no_distance_overflows() {
        let end = Timestamp::from_millis(i64::MAX);

        assert_eq!(end.plus(Duration::MAX).to_string(), "9999-12-31T23:59:59.999Z");
    }
}

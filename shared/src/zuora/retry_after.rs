//! How long Zuora asks us to wait.
//!
//! `Retry-After` (seconds or a date), else `ratelimit-reset` (seconds). A wait is at least a second and at most an hour:
//! what is longer is asked again after the hour. A date is measured from the answer's own `Date`, so clocks need not agree.

use std::time::Duration;

use http::{HeaderMap, header};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

/// The longest wait that is taken from an answer.
pub const LONGEST: Duration = Duration::from_secs(3600);

/// Returns the wait that the headers ask for, or `None` if they ask for none that can be read.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let get = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let date = || {
        let until = http_date(get(header::RETRY_AFTER.as_str())?)?;
        let now = http_date(get(header::DATE.as_str())?)?;
        u64::try_from((until - now).whole_seconds().max(0)).ok()
    };
    let seconds = get(header::RETRY_AFTER.as_str())
        .and_then(whole_seconds)
        .or_else(date)
        .or_else(|| get("ratelimit-reset").and_then(whole_seconds))?;
    Some(Duration::from_secs(seconds).clamp(Duration::from_secs(1), LONGEST))
}

fn whole_seconds(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // All digits, so the only failure left is a number too large: as long as can be.
    Some(text.parse().unwrap_or(u64::MAX))
}

fn http_date(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc2822).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wait(headers: &[(&'static str, &str)]) -> Option<u64> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        retry_after(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_read_and_cut_to_an_hour() {
        let date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
        for (headers, expected) in [
            (vec![("retry-after", "120")], Some(120)),
            (vec![("retry-after", " 7 ")], Some(7)),
            (vec![("retry-after", "0")], Some(1)),
            (vec![("retry-after", "86400")], Some(3600)),
            (vec![("retry-after", "99999999999999999999999")], Some(3600)),
            (vec![("retry-after", "Wed, 21 Oct 2026 07:29:30 GMT"), date], Some(90)),
            (vec![("retry-after", "Wed, 21 Oct 2026 07:00:00 GMT"), date], Some(1)),
            (vec![("retry-after", "Thu, 22 Oct 2026 07:28:00 GMT"), date], Some(3600)),
            (vec![("retry-after", "Wed, 21 Oct 2026 07:29:30 GMT")], None),
            (vec![("retry-after", "soon")], None),
            (vec![("retry-after", "-5")], None),
            (vec![("retry-after", "")], None),
            (vec![("retry-after", "soon"), ("ratelimit-reset", "600")], Some(600)),
            (vec![("retry-after", "5"), ("ratelimit-reset", "600")], Some(5)),
            (vec![("ratelimit-reset", "600")], Some(600)),
            (vec![("ratelimit-reset", "1e9")], None),
            (vec![], None),
        ] {
            assert_eq!(wait(&headers), expected, "{headers:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_panics_and_every_wait_is_bounded(after in "[ -~]{0,40}", reset in "[ -~]{0,20}", date in "[ -~]{0,40}") {
            if let Some(seconds) = wait(&[("retry-after", &after), ("ratelimit-reset", &reset), ("date", &date)]) {
                prop_assert!((1..=3600).contains(&seconds));
            }
        }
    }
}

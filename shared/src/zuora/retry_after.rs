//! The wait that Zuora asks for.
//!
//! `Retry-After` (seconds or a date, in each form of RFC 9110 section 5.6.7), else `ratelimit-reset` (seconds, or the moment in
//! seconds since 1970). Fractions of a second are rounded up. A wait is at least a second and at most an hour: after a longer
//! one the request is tried once an hour. A moment is measured from the response's own `Date`, so the clocks need not agree.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// The longest wait that is accepted from a response.
pub const LONGEST: Duration = Duration::from_secs(3600);

/// Half a century: a date with a two-digit year is never further ahead.
const FIFTY_YEARS: Duration = Duration::from_secs((50 * 365 + 13) * 24 * 3600);

/// The number of seconds from which a value is a moment and no wait: some thirty years.
const A_MOMENT: Duration = Duration::from_secs(1_000_000_000);

/// Returns the wait that the headers ask for; none if they ask for none, or for one that cannot be parsed.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let get = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let now = get(header::DATE.as_str()).and_then(|date| httpdate::parse_http_date(date).ok());
    let from_now = |moment: SystemTime| Some(moment.duration_since(now?).unwrap_or_default());
    let after = get(header::RETRY_AFTER.as_str());
    let wait = after.and_then(seconds).or_else(|| from_now(http_date(after?, now?)?)).or_else(|| {
        match get("ratelimit-reset").and_then(seconds)? {
            moment if moment > A_MOMENT => from_now(SystemTime::UNIX_EPOCH.checked_add(moment)?),
            wait => Some(wait),
        }
    })?;
    Some(wait.clamp(Duration::from_secs(1), LONGEST))
}

/// Parses a number of seconds, rounded up; one that is too large becomes the longest duration.
fn seconds(text: &str) -> Option<Duration> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let seconds: f64 = text.parse().ok()?;
    Some(Duration::try_from_secs_f64(seconds.ceil()).unwrap_or(Duration::MAX))
}

/// Parses a date; a two-digit year belongs to the past century if it would be too far ahead of `now`.
fn http_date(text: &str, now: SystemTime) -> Option<SystemTime> {
    let Some((weekday, day, month, year, time)) = rfc_850(text) else {
        return httpdate::parse_http_date(text).ok();
    };
    let in_century = |century: u8| {
        let date = format!("{weekday}, {day} {month} {century}{year} {time}");
        httpdate::parse_http_date(&date).ok()
    };
    in_century(20).filter(|date| *date <= now + FIFTY_YEARS).or_else(|| in_century(19))
}

/// Splits `Sunday, 06-Nov-94 08:49:37 GMT` into its parts, the weekday cut to three letters.
fn rfc_850(text: &str) -> Option<(&str, &str, &str, &str, &str)> {
    let (weekday, date) = text.split_once(", ")?;
    let (day, date) = date.split_once('-')?;
    let (month, date) = date.split_once('-')?;
    let (year, time) = date.split_once(' ')?;
    Some((weekday.get(..3)?, day, month, year, time))
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
            (vec![("retry-after", "2.5")], Some(3)),
            (vec![("retry-after", "0.2")], Some(1)),
            (vec![("retry-after", "86400")], Some(3600)),
            (vec![("retry-after", "1800000000")], Some(3600)),
            (vec![("retry-after", "99999999999999999999999")], Some(3600)),
            (vec![("retry-after", "Wed, 21 Oct 2026 07:29:30 GMT"), date], Some(90)),
            (vec![("retry-after", "Wed, 21 Oct 2026 07:00:00 GMT"), date], Some(1)),
            (vec![("retry-after", "Thu, 22 Oct 2026 07:28:00 GMT"), date], Some(3600)),
            (vec![("retry-after", "Wednesday, 21-Oct-26 07:29:30 GMT"), date], Some(90)),
            (vec![("retry-after", "Wed Oct 21 07:29:30 2026"), date], Some(90)),
            (vec![("retry-after", "Fri Nov  6 08:49:37 2026"), date], Some(3600)),
            (vec![("retry-after", "Wed, 21 Oct 2026 07:29:30 GMT")], None),
            (vec![("retry-after", "soon")], None),
            (vec![("retry-after", "-5")], None),
            (vec![("retry-after", ".")], None),
            (vec![("retry-after", "1.2.3")], None),
            (vec![("retry-after", "")], None),
            (vec![("retry-after", "soon"), ("ratelimit-reset", "600")], Some(600)),
            (vec![("retry-after", "5"), ("ratelimit-reset", "600")], Some(5)),
            (vec![("ratelimit-reset", "600")], Some(600)),
            (vec![("ratelimit-reset", "59.01")], Some(60)),
            (vec![("ratelimit-reset", "1e9")], None),
            (vec![], None),
        ] {
            assert_eq!(wait(&headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_reset_that_is_a_moment_is_measured_from_the_answers_date() {
        let date = ("date", "Fri, 15 Jan 2027 08:00:00 GMT"); // 1,800,000,000
        for (reset, expected) in
            [("1800000090", Some(90)), ("1800000089.5", Some(90)), ("1799999990", Some(1)), ("1900000000", Some(3600))]
        {
            assert_eq!(wait(&[("ratelimit-reset", reset), date]), expected, "{reset}");
            assert_eq!(wait(&[("ratelimit-reset", reset)]), None, "{reset}");
        }
    }

    #[test]
    fn two_digits_of_a_year_are_at_most_fifty_years_ahead() {
        let date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
        for (after, expected) in [
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(1)),
            ("Saturday, 06-Nov-69 08:49:37 GMT", None),
            ("Wednesday, 06-Nov-69 08:49:37 GMT", Some(3600)),
            ("Wednesday, 21-Oct-76 07:28:00 GMT", Some(3600)),
            ("Friday, 21-Oct-77 07:28:00 GMT", Some(1)),
        ] {
            assert_eq!(wait(&[("retry-after", after), date]), expected, "{after}");
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

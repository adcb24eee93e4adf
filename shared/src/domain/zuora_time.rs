//! Zuora's times, read into one form.
//!
//! Zuora writes `2019-05-31T14:52:38.171Z`, `2019-05-31T22:52:38+08:00`, `2019-09-10 19:32:21 UTC` and, in its documents,
//! `2019-09-10 19:32:21` (taken as UTC). A text in another form is not guessed: callers keep it unaltered.

use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339, macros::format_description};

/// Returns the moment as RFC 3339 in UTC with milliseconds; none if the text is no time in a known form of Zuora's.
pub fn normalize(text: &str) -> Option<String> {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    parse(text)?.format(form).ok()
}

/// Returns the moment in UTC.
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix([' ', 'T', 't'])?;
    let (clock, zone) =
        rest.split_at_checked(rest.find(|c: char| !matches!(c, '0'..='9' | ':' | '.')).unwrap_or(rest.len()))?;
    let zone = match zone.trim_start() {
        "" | "Z" | "z" | "UTC" => "Z".to_owned(),
        offset if offset.len() == 5 && offset.is_ascii() => format!("{}:{}", &offset[..3], &offset[3..]),
        offset => offset.to_owned(),
    };
    let moment = OffsetDateTime::parse(&format!("{date}T{clock}{zone}"), &Rfc3339).ok()?;
    moment.checked_to_offset(UtcOffset::UTC).filter(|utc| (0..=9999).contains(&utc.year()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_style_that_zuora_writes_becomes_one() {
        for (text, moment) in [
            ("2019-05-31T14:52:38.171Z", "2019-05-31T14:52:38.171Z"),
            ("2019-05-31T14:52:38Z", "2019-05-31T14:52:38.000Z"),
            ("2019-05-31T22:52:38.000+08:00", "2019-05-31T14:52:38.000Z"),
            ("2019-05-31T22:52:38+0800", "2019-05-31T14:52:38.000Z"),
            ("2019-05-31 22:52:38 +0800", "2019-05-31T14:52:38.000Z"),
            ("2019-09-10 19:32:21 UTC", "2019-09-10T19:32:21.000Z"),
            ("2019-09-10 19:32:21", "2019-09-10T19:32:21.000Z"),
            ("2019-12-31T23:30:00-01:00", "2020-01-01T00:30:00.000Z"),
        ] {
            assert_eq!(normalize(text).as_deref(), Some(moment), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_guessed_at() {
        for text in [
            "",
            "soon",
            "2019-05-31",
            "2019-13-01T00:00:00Z",
            "10/09/2019 19:32:21",
            "2019-09-10 19:32:21 PST",
            "1559314358",
        ] {
            assert_eq!(normalize(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}", year in "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]\\PC{0,20}") {
            normalize(&text);
            normalize(&year);
        }
    }
}

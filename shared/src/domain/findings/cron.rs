//! Zuora's schedules: cron expressions in the dialect of the Ruby scheduler (Rufus).
//!
//! Five parts, or six with the seconds first; `/5` is short for `*/5`, `MON#2` is the second Monday, `L` the last day. Zuora
//! appends the time zone, and some expressions bring one of their own. What only looks odd is left to Zuora.

use super::time_zones;

/// True if the expression has as many parts as there should be, and each consists of characters that may be in one.
pub(super) fn is_sound(expression: &str) -> bool {
    let mut parts: Vec<_> = expression.split_whitespace().collect();
    if parts.last().is_some_and(|last| last.len() > 1 && time_zones::is_known(last)) {
        parts.pop();
    }
    // Names for whole schedules, such as @daily.
    if let [name] = parts.as_slice() {
        return name.starts_with('@');
    }
    (5..=6).contains(&parts.len()) && parts.iter().all(|part| is_part(part))
}

fn is_part(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*/,-#?%+&".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_as_zuora_writes_them_are_sound() {
        for expression in [
            "0 8 * * *",
            "0 0 8 * * *",
            "0 0 0 /1 * *",
            "*/5 * * * *",
            "0 0 9 * * MON#2",
            "0 0 9 L * ?",
            "0 30 6 1,15 JAN-MAR *",
            "0 8 * * * Europe/London",
            "@daily",
        ] {
            assert!(is_sound(expression), "{expression}");
        }
    }

    #[test]
    fn what_has_too_few_or_too_many_parts_or_other_characters_is_not() {
        for expression in ["", "8", "0 8 * *", "0 0 0 8 * * *", "every day at 8:00 h", "0 8 * * $"] {
            assert!(!is_sound(expression), "{expression}");
        }
    }
}

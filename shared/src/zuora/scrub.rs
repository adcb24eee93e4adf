//! Reduces a server's error text to what may be shown: little, and never a secret.
//!
//! A server may echo what it received, in any encoding. The known secrets are replaced in each encoding before the text is cut,
//! so that a cut cannot leave half of one; and again after what nobody would see in the text is gone, since that could stand in
//! the midst of one.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::domain::characters::is_hidden;

const LONGEST: usize = 200;

/// Returns `text` in one line of at most 200 characters, without any of `secrets`.
pub(super) fn scrub(text: &str, secrets: &[&SecretString]) -> String {
    let forms: Vec<String> = secrets.iter().flat_map(|secret| forms(secret.expose_secret())).collect();
    let without = |text: String| forms.iter().fold(text, |text, form| text.replace(form, "***"));
    let seen: String = without(text.to_owned())
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .filter(|letter| !is_hidden(*letter))
        .collect();
    let line = without(seen.split_whitespace().collect::<Vec<_>>().join(" "));
    line.chars().take(LONGEST).collect()
}

/// The encodings in which a server may echo `secret`, longest first, so that replacing a shorter one breaks up no longer one.
fn forms(secret: &str) -> Vec<String> {
    let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = serde_json::Value::from(secret).to_string();
    let json = &json[1..json.len() - 1];
    let mut forms = vec![
        secret.to_owned(),
        percent.replace('+', "%20"),
        lower_escapes(&percent),
        lower_escapes(&percent).replace('+', "%20"),
        percent,
        json.to_owned(),
        json.replace('/', "\\/"),
        html(secret),
        BASE64_STANDARD.encode(secret),
        BASE64_STANDARD_NO_PAD.encode(secret),
        BASE64_URL_SAFE.encode(secret),
        BASE64_URL_SAFE_NO_PAD.encode(secret),
        hex::encode(secret),
        hex::encode_upper(secret),
    ];
    forms.retain(|form| !form.is_empty());
    forms.sort_unstable_by_key(|form| std::cmp::Reverse(form.len()));
    forms
}

/// Escapes what HTML does.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Writes `%2F` as `%2f`, the other common spelling.
fn lower_escapes(percent: &str) -> String {
    let mut escape = 0;
    let lower = |c: char| {
        escape = if c == '%' { 3 } else { usize::saturating_sub(escape, 1) };
        if escape > 0 { c.to_ascii_lowercase() } else { c }
    };
    percent.chars().map(lower).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_secret_is_removed_in_every_encoding() {
        let secret = SecretString::from("p@ss/w\"rd+ =x?>");
        let text = forms(secret.expose_secret()).join(" | ");

        let clean = scrub(&text, &[&secret]);

        assert_eq!(clean.replace("***", "").replace([' ', '|', '='], ""), "", "{clean}");
    }

    #[test]
    fn the_text_becomes_one_short_line() {
        let text = format!("a\r\nb\u{0}\u{1b}[31m {}", "\u{e9}".repeat(300));

        let clean = scrub(&text, &[&SecretString::from("")]);

        assert!(clean.starts_with("a b [31m \u{e9}"), "{clean}");
        assert_eq!(clean.chars().count(), 200);
    }

    #[test]
    fn what_turns_or_hides_text_is_dropped_and_hides_no_secret() {
        let secret = SecretString::from("0123456789abcdef");

        assert_eq!(scrub("a\u{202E}b\u{2066}c\u{ad}d\u{feff}", &[&secret]), "abcd");
        assert_eq!(scrub("01234567\u{200B}89abcdef", &[&secret]), "***");
    }

    #[test]
    fn cutting_never_leaves_half_a_secret() {
        let secret = SecretString::from("0123456789abcdef");

        let clean = scrub(&format!("{}0123456789abcdef", "x".repeat(195)), &[&secret]);

        assert!(!clean.contains("012"), "{clean}");
    }

    proptest! {
        #[test]
        fn no_text_panics_and_the_secret_never_remains(before in "\\PC{0,250}", after in "\\PC{0,250}", secret in "[A-Za-z0-9+/=\"%]{8,40}") {
            let clean = scrub(&format!("{before}{secret}{after}"), &[&SecretString::from(secret.as_str())]);

            prop_assert!(!clean.contains(&secret));
        }
    }
}

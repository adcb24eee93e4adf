//! S1, S2, S6: credentials that are written where everybody can read them.
//!
//! Where credentials stand is known from `definition::secrecy`. What stands there is no credential if it comes from a template
//! when the task runs, is masked already, or is public.

use super::{
    Field,
    addresses::{self, Address},
    literals::{has_template, written},
    report::Report,
    rules::RuleId,
};
use crate::domain::definition::is_private_key;

/// The words that stand before a credential in a header, and are none.
const SCHEMES: [&str; 8] = ["apikey", "basic", "bearer", "digest", "key", "oauth", "token", "zuora"];
/// What a switch or a choice holds, not a credential.
const WORDS: [&str; 5] = ["true", "false", "none", "null", "nil"];
/// The shortest text beside a template that may be a credential, in letters and digits: less is a prefix.
const SHORTEST_BESIDE: usize = 8;
/// Parameters of an address that hold credentials, and the shortest such credential in bytes. Of `key`, which may be
/// anything, only what is long and mixed counts.
const PARAMETERS: [&str; 11] = [
    "access_token",
    "api_key",
    "api_token",
    "apikey",
    "auth_token",
    "client_secret",
    "password",
    "secret",
    "sig",
    "signature",
    "token",
];
const SHORTEST: usize = 8;
const SHORTEST_KEY: usize = 20;

pub(super) fn check(field: &Field<'_>, report: &mut Report<'_>) {
    if is_private_key(field.text) || (field.in_secret_field && is_credential(field.text)) {
        report.add(if is_in_headers(field.path) { RuleId::S2 } else { RuleId::S1 }, field.path);
    }
    let in_query =
        || addresses::is_address(&field.name) && Address::read(field.text).is_some_and(|it| has_secret(it.query));
    if has_user_info(field.text) || in_query() {
        report.add(RuleId::S6, field.path);
    }
}

/// True for `headers.Authorization` and `headers[0].value`, also of a polling request.
fn is_in_headers(path: &str) -> bool {
    path.split('.').any(|name| name.split('[').next().is_some_and(|name| name.ends_with("headers")))
}

/// True if a text in a credential's place is one.
fn is_credential(text: &str) -> bool {
    let literal = written(text);
    let mut rest = literal.trim();
    let first = rest.split_whitespace().next().unwrap_or_default();
    if SCHEMES.iter().any(|scheme| first.eq_ignore_ascii_case(scheme)) {
        rest = rest[first.len()..].trim_start();
    }
    let letters = rest.chars().filter(|letter| letter.is_alphanumeric()).count();
    let is_public = rest.contains("-----BEGIN ") && !is_private_key(rest);
    let is_word = WORDS.iter().any(|word| rest.eq_ignore_ascii_case(word));
    let is_masked = letters == 0 || rest.contains("****") || rest.chars().all(|letter| matches!(letter, 'x' | 'X'));
    let shortest = if has_template(text) { SHORTEST_BESIDE } else { 1 };
    letters >= shortest && !is_public && !is_word && !is_masked
}

/// True for `scheme://user:password@host` anywhere in a text.
fn has_user_info(text: &str) -> bool {
    text.match_indices("://").any(|(at, mark)| {
        let rest = &text[at + mark.len()..];
        let end = rest.find(|letter: char| letter.is_whitespace() || "/?#\"'`<>{}()\\,;|".contains(letter));
        let authority = &rest[..end.unwrap_or(rest.len())];
        let user =
            authority.rsplit_once('@').and_then(|(user, host)| user.split_once(':').filter(|_| !host.is_empty()));
        user.is_some_and(|(name, password)| !name.is_empty() && !password.is_empty() && !password.contains("****"))
    })
}

/// True if a parameter of a query holds a credential.
fn has_secret(query: &str) -> bool {
    query.split('&').filter_map(|pair| pair.split_once('=')).any(|(name, value)| {
        let name = name.to_ascii_lowercase();
        let has = |test: fn(char) -> bool| value.chars().any(test);
        let is_mixed = has(|letter| letter.is_ascii_alphabetic()) && has(|letter| letter.is_ascii_digit());
        let is_long = match name.as_str() {
            "key" => value.len() >= SHORTEST_KEY && is_mixed,
            name => value.len() >= SHORTEST && PARAMETERS.binary_search(&name).is_ok(),
        };
        is_long && !has_template(value) && !value.contains("****")
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::findings::tests::{Fixture, callout};

    #[test]
    fn the_parameters_are_sorted_so_that_they_can_be_searched() {
        assert!(PARAMETERS.is_sorted());
    }

    pub(in crate::domain::findings) fn fixtures() -> Vec<Fixture> {
        let of = |rule, hit: &str, near: &str| Fixture::new(rule, callout(hit), callout(near));
        vec![
            of(
                RuleId::S1,
                r#""authorization":{"type":"basic_auth","basic_auth":{"username":"u","password":"hunter2"}}"#,
                r#""authorization":{"type":"basic_auth","basic_auth":{"username":"u","password":"{{ GlobalConstants.pw }}"}}"#,
            ),
            of(
                RuleId::S1,
                r#""oauth2":{"client_secret":"{{ 'abcdefgh' }}"}"#,
                r#""oauth2":{"client_secret":"******","certificate":"false"},"authorization":{"type":"none"}"#,
            ),
            of(
                RuleId::S1,
                r#""template":"-----BEGIN PRIVATE KEY-----\nMII""#,
                r#""certificate":"-----BEGIN CERTIFICATE-----\nMII""#,
            ),
            of(
                RuleId::S2,
                r#""headers":[{"key":"Authorization","value":"Bearer 0123456789"}]"#,
                r#""headers":[{"key":"Authorization","value":"Bearer {{ GlobalConstants.t }}"},{"key":"Accept","value":"0123456789"}]"#,
            ),
            of(
                RuleId::S2,
                r#""polling_headers":{"apiSecretAccessKey":"abc"}"#,
                r#""headers":[{"key":"X-API-Key","value":""},{"key":"Authorization","value":"Basic {{ Data.a }}:{{ Data.b }}"}]"#,
            ),
            of(
                RuleId::S6,
                r#""raw_body":"curl https://me:hunter2@example.com/x""#,
                r#""raw_body":"https://example.com:8443/a@b and ann@example.com, https://{{u}}:{{p}}@example.com""#,
            ),
            of(
                RuleId::S6,
                r#""url":"https://example.com/x?a=1&token=0123456789""#,
                r#""url":"https://example.com/x?token={{ GlobalConstants.t }}&key=AccountNumber&next_token=0123456789""#,
            ),
            of(
                RuleId::S6,
                r#""url":"https://example.com/x?key=AIza0123456789abcdefghij""#,
                r#""raw_body":"https://example.com/x?key=AIza0123456789abcdefghij""#,
            ),
        ]
    }
}

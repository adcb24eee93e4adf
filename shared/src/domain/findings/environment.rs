//! E1, E2, E3: what is true of one tenant only, and breaks or misleads in another.

use super::{
    Field,
    addresses::{self, Address},
    report::Report,
    rules::RuleId,
};

/// The length of Zuora's ids of objects, in hexadecimal digits.
const ID: usize = 32;
/// The prefix of an authorization by a provider that the tenant has.
const SAVED_PROVIDER: &str = "saved_provider:";

pub(super) fn check(field: &Field<'_>, report: &mut Report<'_>) {
    if may_name_object(field) && has_id(field.text) {
        report.add(RuleId::E1, field.path);
    }
    if field.name == "type" && field.text.starts_with(SAVED_PROVIDER) {
        report.add(RuleId::E3, field.path);
    }
    let address = Some(field).filter(|field| addresses::is_address(&field.name)).and_then(|it| Address::read(it.text));
    if let Some(address) = address.filter(is_zuora) {
        report.add_host(RuleId::E2, field.path, address.host);
    }
}

/// True for a REST host of Zuora's.
fn is_zuora(address: &Address<'_>) -> bool {
    let host = address.host.to_ascii_lowercase();
    address.is_literal() && host.starts_with("rest.") && host.ends_with(".zuora.com")
}

/// True for a field that selects or sets objects: a condition, a query, the object's id, a field's value.
fn may_name_object(field: &Field<'_>) -> bool {
    let name = field.name.as_str();
    name == "object_id"
        || name == "query"
        || name.ends_with("where_clause")
        || field.path.starts_with("parameters.fields")
}

/// True if 32 hexadecimal digits stand in the text by themselves: letters and digits, as all of Zuora's ids have.
fn has_id(text: &str) -> bool {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.len() == ID && word.bytes().all(|byte| byte.is_ascii_hexdigit())).any(|word| {
        word.bytes().any(|byte| byte.is_ascii_digit()) && word.bytes().any(|byte| byte.is_ascii_alphabetic())
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::findings::tests::{Fixture, callout};

    pub(in crate::domain::findings) fn fixtures() -> Vec<Fixture> {
        let of = |rule, hit: &str, near: &str| Fixture::new(rule, callout(hit), callout(near));
        vec![
            of(
                RuleId::E1,
                r#""where_clause":"AccountId = '2c92c0f96bd69165016bdcbf55ad5e62' AND Balance > 0""#,
                r#""where_clause":"AccountId = '{{ Data.Account.Id }}'","raw_body":"2c92c0f96bd69165016bdcbf55ad5e62""#,
            ),
            of(
                RuleId::E1,
                r#""fields":{"Amendment":{"RatePlanId":"2c92c0f96bd69165016bdcbf55ad5e62"}}"#,
                r#""query":"a = '2c92c0f96bd69165016bdcbf55ad5e62a' or b = '01234567890123456789012345678901'""#,
            ),
            of(
                RuleId::E2,
                r#""url":"https://rest.zuora.com/v1/orders""#,
                r#""url":"{{ Credentials.zuora.rest_endpoint }}orders","raw_body":"see https://rest.zuora.com""#,
            ),
            of(
                RuleId::E2,
                r#""polling_url":"https://rest.eu.zuora.com/v1/orders""#,
                r#""url":"https://rest.zuora.com.example.com/v1/orders""#,
            ),
            of(
                RuleId::E3,
                r#""authorization":{"type":"saved_provider:0f1c5a9e-1111-4222-8333-444455556666"}"#,
                r#""authorization":{"type":"zuora"}"#,
            ),
        ]
    }
}

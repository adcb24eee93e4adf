//! R4, R9: what fails when it runs, although it could be seen before.

use super::{Field, addresses, report::Report, rules::RuleId};

/// The template for the address of Zuora's API, which ends with `/v1/` itself.
const REST_ENDPOINT: &str = "Credentials.zuora.rest_endpoint";

pub(super) fn check(field: &Field<'_>, report: &mut Report<'_>) {
    if field.name == "disable_validation" && field.is_on() {
        report.add(RuleId::R4, field.path);
    }
    if addresses::is_address(&field.name) && (repeats_version(field.text) || appends_version(field.text)) {
        report.add(RuleId::R9, field.path);
    }
}

/// True for `/v1/v1/` in an address that leads to Zuora: by its host, or by the template for it.
fn repeats_version(address: &str) -> bool {
    let host = address.split("/v1/").next().unwrap_or_default().to_ascii_lowercase();
    address.contains("/v1/v1/") && (host.ends_with(".zuora.com") || (host.ends_with("}}") && host.contains("zuora")))
}

/// True for `/v1/` after the template that ends with it.
fn appends_version(address: &str) -> bool {
    let after = address.split_once(REST_ENDPOINT).and_then(|(_, rest)| rest.trim_start().strip_prefix("}}"));
    after.is_some_and(|path| path.trim_start_matches('/').starts_with("v1/"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::findings::tests::{Fixture, callout};

    pub(in crate::domain::findings) fn fixtures() -> Vec<Fixture> {
        let of = |rule, hit: &str, near: &str| Fixture::new(rule, callout(hit), callout(near));
        vec![
            of(
                RuleId::R4,
                r#""disable_validation":"true""#,
                r#""disable_validation":"false","validate_response":"true""#,
            ),
            of(
                RuleId::R9,
                r#""url":"{{ Credentials.zuora.rest_endpoint }}v1/orders""#,
                r#""url":"{{ Credentials.zuora.rest_endpoint }}orders""#,
            ),
            of(
                RuleId::R9,
                r#""polling_url":"{{Credentials.zuora.rest_endpoint}}/v1/orders""#,
                r#""url":"{{ GlobalConstants.rest_endpoint }}/v1/orders""#,
            ),
            of(
                RuleId::R9,
                r#""url":"{{ GlobalConstants.ZUORA }}/v1/v1/accounts/1""#,
                r#""url":"https://example.com/v1/v1/accounts""#,
            ),
        ]
    }
}

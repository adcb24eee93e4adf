//! S4, S5, S7: what others on the way can read or alter.

use super::{
    Field,
    addresses::{self, Address},
    report::Report,
    rules::RuleId,
};
use crate::domain::json::Json;

pub(super) fn check(field: &Field<'_>, report: &mut Report<'_>) {
    if field.name == "skip_ssl_cert_verification" && field.is_on() {
        report.add(RuleId::S4, field.path);
    }
    let address = Some(field).filter(|field| addresses::is_address(&field.name)).and_then(|it| Address::read(it.text));
    if address.is_some_and(|address| !address.is_encrypted && address.is_literal() && !address.is_private()) {
        report.add(RuleId::S5, field.path);
    }
}

pub(super) fn check_task(task: Json<'_>, report: &mut Report<'_>) {
    if task.get("action_type").and_then(Json::text).is_some_and(|kind| kind == "Upload::FTP") {
        report.add(RuleId::S7, "action_type");
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::findings::tests::{Fixture, callout, with_task};

    pub(in crate::domain::findings) fn fixtures() -> Vec<Fixture> {
        let of = |rule, hit: &str, near: &str| Fixture::new(rule, callout(hit), callout(near));
        vec![
            of(RuleId::S4, r#""skip_ssl_cert_verification":"true""#, r#""skip_ssl_cert_verification":"false""#),
            of(
                RuleId::S5,
                r#""url":"http://example.com/x""#,
                r#""url":"http://10.0.0.7:8080/x","raw_body":"<a xmlns=\"http://www.w3.org/1999/xhtml\"/>""#,
            ),
            of(RuleId::S5, r#""polling_url":"HTTP://example.com""#, r#""url":"http://{{ GlobalConstants.host }}/x""#),
            Fixture::new(
                RuleId::S7,
                with_task(r#""name":"Send","action_type":"Upload::FTP""#),
                with_task(r#""name":"Upload::FTP","action_type":"Upload::SFTP""#),
            ),
        ]
    }
}

//! An audit record as the archive keeps it, where nobody can remove it for years: without e-mail addresses. See D-82.
//!
//! What must stay true: a record always gives the same name and the same text.

use serde::Serialize;

use super::{
    audit::{Action, AuditOutcome, Record},
    change::FieldChange,
    ids::{AuditId, CustomerId, JobId},
    time::Timestamp,
};

/// The version of the objects' schema.
const SCHEMA_VERSION: u32 = 1;
/// The value in the place of one that may hold an e-mail address.
const LEFT_OUT: &str = "(left out: it has an @)";

#[derive(Serialize)]
struct Archived<'a> {
    schema_version: u32,
    id: &'a AuditId,
    at: Timestamp,
    actor: &'a str,
    action: Action,
    outcome: AuditOutcome,
    customer_id: &'a Option<CustomerId>,
    job_id: &'a Option<JobId>,
    user: &'a Option<String>,
    changes: Vec<FieldChange>,
    request_id: &'a str,
}

/// The name of a record's object: `audit/2026/01/31/<id>.json`.
pub fn name(record: &Record) -> String {
    let day = record.at.to_string();
    let day = day.split('T').next().unwrap_or_default().replace('-', "/");
    format!("audit/{day}/{}.json", record.id)
}

/// The text of a record's object.
pub fn text(record: &Record) -> String {
    let archived = Archived {
        schema_version: SCHEMA_VERSION,
        id: &record.id,
        at: record.at,
        actor: &record.actor,
        action: record.action,
        outcome: record.outcome,
        customer_id: &record.customer_id,
        job_id: &record.job_id,
        user: &record.user,
        changes: record.changes.iter().cloned().map(without_addresses).collect(),
        request_id: &record.request_id,
    };
    serde_json::json!(archived).to_string()
}

/// A change whose values are kept only if they have no `@`: people write addresses into notes and names.
fn without_addresses(mut change: FieldChange) -> FieldChange {
    for value in [&mut change.values.before, &mut change.values.after].into_iter().flatten() {
        if value.contains('@') {
            LEFT_OUT.clone_into(value);
        }
    }
    change
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::{actor::Actor, audit::differences, customer::tests::customer};

    #[test]
    fn a_record_is_archived_with_who_what_and_which_values_but_no_address() {
        let mut customer = customer(Timestamp::EPOCH);
        customer.settings.owner = Some("Ann <ann@example.com>".into());
        let actor = Actor { sub: "u-1".into(), email: Some("ann@example.com".into()) };
        let at: Timestamp = "2026-01-31T08:00:00.000Z".parse().unwrap();
        let mut record = Record::new(actor, Action::CustomerCreate, "r-1".into(), at).about(&customer);
        record.changes = differences(None, &customer);

        let text = text(&record);
        assert!(!text.contains("@example"), "{text}");
        let object: Value = serde_json::from_str(&text).unwrap();
        let members: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
        let expected = [
            "action",
            "actor",
            "at",
            "changes",
            "customer_id",
            "id",
            "job_id",
            "outcome",
            "request_id",
            "schema_version",
            "user",
        ];
        assert_eq!(members, expected);
        let change = |field| json!({"field": field, "before": null, "after": null});
        let changes = object["changes"].as_array().unwrap();
        let of = |field: &str| changes.iter().find(|change| change["field"] == field).unwrap();
        assert_eq!((&object["actor"], &of("owner")["after"]), (&json!("u-1"), &json!(LEFT_OUT)));
        assert_eq!(of("sync_frequency")["after"], "hourly");
        assert_eq!(of("zuora_client_secret"), &change("zuora_client_secret"));
        assert_eq!(name(&record), format!("audit/2026/01/31/{}.json", record.id));
    }
}

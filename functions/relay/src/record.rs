//! One record of a stream, and what is to be made of it. Pure.
//!
//! What must stay true: each record is read by itself, so one that nobody can read hides no other.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_dynamo::{AttributeValue, Item, from_item};
use serde_json::{Value, json};
use shared::{
    aws::keys::{self, PK},
    domain::{
        archive,
        audit::Record as AuditRecord,
        change::Change,
        event::{Event, of_change, of_customer, of_findings, of_news},
        findings::News,
        time::Timestamp,
    },
};

/// The age from which a change is no news when it is written: a restore brought it back. No run of a sync takes as long.
const OLD: Duration = Duration::from_secs(3600);
/// The largest number of characters of a reason.
const LONGEST: usize = 300;

/// What a record leads to.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// An object of the archive: its name and text.
    Archive(String, String),
    /// Events, perhaps none.
    Tell(Vec<Event>),
}

/// The error for a record that nobody can read, with the reason.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

/// A record as it is delivered.
#[derive(Debug, Deserialize)]
struct Delivered {
    #[serde(rename = "eventSourceARN")]
    stream: String,
    dynamodb: Images,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Images {
    /// In seconds since the epoch.
    #[serde(default)]
    approximate_creation_date_time: f64,
    keys: Item,
    #[serde(default)]
    new_image: Option<Item>,
    #[serde(default)]
    old_image: Option<Item>,
}

/// The number that names a record when it has to be delivered again.
pub fn sequence_number(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}

/// True if a record is of a stream of the same table as this one.
pub fn is_of(record: &Value, stream: &str) -> bool {
    record["eventSourceARN"].as_str().is_some_and(|arn| table_of(arn) == table_of(stream))
}

/// What is kept of a record that nobody can read: where it is found, and no value of it.
pub fn place(record: &Value) -> String {
    let keys = &record["dynamodb"]["Keys"];
    json!({"stream": record["eventSourceARN"], "keys": keys, "sequence_number": sequence_number(record)}).to_string()
}

/// Reads a record.
///
/// # Errors
/// [`Unreadable`] if it is none of those that the template's filters let through, or a later version wrote it.
pub fn read(record: &Value, audit_stream: &str, panel: &str) -> Result<Outcome, Unreadable> {
    // A panic would fail the batch, and with it records that can be read.
    catch_unwind(AssertUnwindSafe(|| read_record(record, audit_stream, panel)))
        .unwrap_or_else(|_| Err(Unreadable("reading it panicked".to_owned())))
}

fn read_record(record: &Value, audit_stream: &str, panel: &str) -> Result<Outcome, Unreadable> {
    let Delivered { stream, dynamodb } = Delivered::deserialize(record).map_err(unreadable)?;
    let Images { approximate_creation_date_time: seconds, keys, new_image, old_image } = dynamodb;
    let new = new_image.ok_or_else(|| Unreadable("it has no new image".to_owned()))?;
    if table_of(&stream) == table_of(audit_stream) {
        let record: AuditRecord = parse(new)?;
        return Ok(Outcome::Archive(archive::name(&record), archive::text(&record)));
    }
    let customer = match keys.get(PK) {
        Some(AttributeValue::S(pk)) => keys::customer_of(pk),
        _ => None,
    };
    let customer = customer.ok_or_else(|| Unreadable("its key names no customer".to_owned()))?;
    let sort_key = match keys.get(keys::SK) {
        Some(AttributeValue::S(sk)) => sk.as_str(),
        _ => "",
    };
    #[expect(clippy::cast_possible_truncation, reason = "a moment of this age of the world fits")]
    let written = Timestamp::from_millis((seconds * 1000.0) as i64);
    let is_news = |at: Timestamp| at.plus(OLD) >= written;
    if sort_key.starts_with(keys::CHANGE_PREFIX) {
        let change: Change = parse(new)?;
        let told = of_change(&customer, &change, panel).into_iter().chain(of_findings(&customer, &change, panel));
        return Ok(Outcome::Tell(told.filter(|_| is_news(change.at)).collect()));
    }
    if sort_key.starts_with(keys::NEWS_PREFIX) {
        let news: News = parse(new)?;
        let told = of_news(&customer, &news, panel).into_iter();
        return Ok(Outcome::Tell(told.filter(|_| is_news(news.at)).collect()));
    }
    let Some(old) = old_image.filter(|old| goes_on(old, &new)) else { return Ok(Outcome::Tell(Vec::new())) };
    Ok(Outcome::Tell(of_customer(&parse(old)?, &parse(new)?, panel)))
}

/// The table of a stream: a stream that is switched on again has another name.
fn table_of(stream: &str) -> &str {
    stream.split_once("/stream/").map_or(stream, |(table, _)| table)
}

/// True if a record was written after the one before it. A restore takes it back, and what it says is no news.
fn goes_on(old: &Item, new: &Item) -> bool {
    let rev = |item: &Item| match item.get("rev") {
        Some(AttributeValue::N(rev)) => rev.parse::<u64>().unwrap_or_default(),
        _ => 0,
    };
    rev(old) < rev(new)
}

fn parse<T: DeserializeOwned>(image: Item) -> Result<T, Unreadable> {
    from_item(image).map_err(unreadable)
}

fn unreadable(error: impl std::fmt::Display) -> Unreadable {
    Unreadable(error.to_string().chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUDIT: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/audit/stream/2026-01-31T08:00:00.000";
    const PANEL: &str = "https://panel.example.com/";

    fn records(text: &str) -> Vec<Value> {
        let event: Value = serde_json::from_str(text).unwrap();
        event["Records"].as_array().unwrap().clone()
    }

    fn told(text: &str) -> Vec<Value> {
        let mut told = Vec::new();
        for record in records(text) {
            let Outcome::Tell(events) = read(&record, AUDIT, PANEL).unwrap() else { panic!("an event") };
            let event = |event: Event| json!({"detail-type": event.kind.as_str(), "detail": event.detail});
            told.extend(events.into_iter().map(event));
        }
        told
    }

    /// The part of an event on the bus that is ours.
    fn published(text: &str) -> Value {
        let event: Value = serde_json::from_str(text).unwrap();
        assert_eq!(event["source"], shared::domain::event::SOURCE);
        json!({"detail-type": event["detail-type"], "detail": event["detail"]})
    }

    macro_rules! file {
        ($name:literal) => {
            include_str!(concat!("../../../events/", $name, ".json"))
        };
    }

    #[test]
    fn the_examples_of_records_give_the_examples_of_events() {
        let bus = [
            published(file!("bus/sync-failed")),
            published(file!("bus/customer-needs-attention")),
            published(file!("bus/credentials-refused")),
            published(file!("bus/sync-recovered")),
            published(file!("bus/sync-held")),
            published(file!("bus/workflow-changed")),
            published(file!("bus/workflow-deleted")),
            published(file!("bus/finding-raised")),
            published(file!("bus/finding-resolved")),
        ];
        let mut found = told(file!("relay/customer"));
        // The hold is told with what it asks for; one example of that is enough.
        found.retain(|event| event["detail"]["health"] != "held");
        found.extend(told(file!("relay/changes")));
        found.extend(told(file!("relay/findings")));
        assert_eq!(found, bus);
    }

    #[test]
    fn every_kind_and_field_of_an_event_is_documented() {
        let page = include_str!("../../../docs/events.md");
        for kind in shared::domain::event::EventKind::ALL {
            assert!(page.contains(&format!("| `{}` |", kind.as_str())), "{}", kind.as_str());
        }
        for event in
            [told(file!("relay/customer")), told(file!("relay/changes")), told(file!("relay/findings"))].concat()
        {
            for field in event["detail"].as_object().unwrap().keys() {
                assert!(page.contains(&format!("| `{field}`")), "{field}");
            }
        }
    }

    #[test]
    fn an_audit_record_is_archived_without_addresses_and_only_from_its_own_stream() {
        let [record] = records(file!("relay/audit")).try_into().unwrap();
        let Outcome::Archive(name, text) = read(&record, AUDIT, PANEL).unwrap() else { panic!("an object") };

        assert_eq!(name, "audit/2026/01/31/aud_019c1310e4057a3c9f1e5d6b7a8c9d0e.json");
        assert_eq!(text.trim(), serde_json::from_str::<Value>(file!("archive/record")).unwrap().to_string());
        assert_eq!(read(&record, AUDIT, PANEL).unwrap(), Outcome::Archive(name, text), "again the same");
        let mut forged = record;
        forged["eventSourceARN"] = "arn:aws:dynamodb:us-east-1:000000000000:table/data/stream/x".into();
        assert!(read(&forged, AUDIT, PANEL).is_err(), "a key of the data table makes no audit record");
    }

    #[test]
    fn what_a_restore_brings_back_is_no_news() {
        let findings = records(file!("relay/findings"));
        let changes = records(file!("relay/changes")).into_iter().chain(findings).map(|mut record| {
            record["dynamodb"]["ApproximateCreationDateTime"] = (1_769_846_401 + 7 * 3600).into();
            record
        });
        let states = records(file!("relay/customer")).into_iter().map(|mut record| {
            let new = record["dynamodb"]["NewImage"].take();
            record["dynamodb"]["NewImage"] = record["dynamodb"]["OldImage"].take();
            record["dynamodb"]["OldImage"] = new;
            record
        });

        for record in changes.chain(states) {
            assert_eq!(read(&record, AUDIT, PANEL).unwrap(), Outcome::Tell(Vec::new()), "{record}");
        }
    }

    #[test]
    fn the_audits_stream_is_known_by_its_table_also_after_it_was_switched_on_again() {
        let [mut record] = records(file!("relay/audit")).try_into().unwrap();
        record["eventSourceARN"] = "arn:aws:dynamodb:us-east-1:000000000000:table/audit/stream/2027".into();

        assert!(matches!(read(&record, AUDIT, PANEL).unwrap(), Outcome::Archive(..)));
    }

    #[test]
    fn a_record_is_known_by_the_table_of_its_stream() {
        for (text, is_audit) in [(file!("relay/audit"), true), (file!("relay/changes"), false)] {
            assert!(records(text).iter().all(|record| is_of(record, AUDIT) == is_audit));
        }
        assert!(!is_of(&json!({}), AUDIT));
    }

    #[test]
    fn what_cannot_be_read_says_why_and_its_place_holds_no_value() {
        let [mut record] = records(file!("relay/audit")).try_into().unwrap();
        record["dynamodb"]["NewImage"]["action"]["S"] = "customer.explode".into();

        assert!(read(&record, AUDIT, PANEL).unwrap_err().to_string().contains("customer.explode"));
        let place = place(&record);
        assert!(place.contains("AUDIT#") && !place.contains("example.com"), "{place}");
        assert_eq!(sequence_number(&record), "700000000000000000001");
        for nonsense in [json!(null), json!({}), json!({"dynamodb": 1})] {
            assert!(read(&nonsense, AUDIT, PANEL).is_err(), "{nonsense}");
        }
    }
}

//! After a step back to older code, records of the newer code are there: with fields and words that the older code does not
//! know. Each stored record is made such a one in every way, and what belongs to others has to go on as before.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::Duration,
};

use serde_json::{Map, Value, json};

use super::{
    Version, key, kind,
    probes::{PROBES, Probe, Reached},
};
use crate::{
    app::{
        dispatch::SyncRequest,
        fixture::{AUDIT, DATA, Fixture, GRANTS, VAULT},
        lifecycle::Claim,
    },
    aws::{budget::Budget, jobs::JobSelection, mock_sdk::Cloud},
    domain::{
        ids::{CustomerId, JobId},
        job::{State, Trigger},
        message::Message,
    },
};

const FUTURE: &str = "from_the_future";
/// Attributes that are no fields of a record.
const NO_FIELDS: [&str; 8] = ["PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK", "ttl", "rev"];
/// Fields that hold whatever a person, Zuora or AWS wrote there.
const ANY_TEXT: [&str; 12] = [
    "name",
    "n",
    "customer_name",
    "actor",
    "user",
    "granted_by",
    "request_id",
    "message_id",
    "body",
    "field",
    "before",
    "after",
];

/// A record as newer code may write it.
struct Newer {
    table: &'static str,
    item: Value,
    /// Its kind, and what is new in it.
    what: String,
    /// An id of whose record it is: of a customer, or of the record itself.
    owner: String,
    /// The probes that read such a record.
    probes: &'static [&'static str],
}

/// The probes that read records of a kind.
fn concerned(table: &str, kind: &str) -> &'static [&'static str] {
    match (table, kind) {
        (AUDIT, _) | (DATA, "WORKFLOW" | "CHANGE") => &["lists"],
        (GRANTS, _) => &["access"],
        // Only its customer's own sync and purge read it.
        (VAULT, _) | (DATA, "DEFINITION" | "HELD" | "KEPT") => &[],
        _ => &PROBES,
    }
}

/// Every record of a version with a word that is unknown in the place of each of its words; of records that differ in nothing
/// else, one.
fn newer(version: &Version) -> Vec<Newer> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for (table, item) in version.items() {
        let (key, stored) = (key(item), item.as_object().unwrap());
        let (partition, sort) = kind(&key);
        let sort = if sort.starts_with(|c: char| c.is_ascii_uppercase()) { sort } else { "" };
        for (path, item) in reworded(stored) {
            let what = format!("{table} {partition}/{sort}: {path}");
            if seen.insert(what.clone()) {
                let owner = owner(&key.pk, stored);
                all.push(Newer { table, item: item.into(), what, owner, probes: concerned(table, sort) });
            }
        }
    }
    all
}

/// The customer whose record it is, or the record itself.
fn owner(partition: &str, item: &Map<String, Value>) -> String {
    let of = |name: &str| item.get(name).and_then(|id| id["S"].as_str());
    match partition.split_once('#') {
        Some(("CUSTOMER" | "JOB", id)) => id.to_owned(),
        _ => ["message_id", "user", "id"].into_iter().find_map(of).unwrap_or("nobody").to_owned(),
    }
}

/// A map of attributes with an unknown word in the place of each word.
fn reworded(attributes: &Map<String, Value>) -> Vec<(String, Map<String, Value>)> {
    let mut all = Vec::new();
    for (name, value) in attributes {
        if NO_FIELDS.contains(&name.as_str()) || ANY_TEXT.contains(&name.as_str()) {
            continue;
        }
        for (path, value) in reworded_value(value) {
            let mut attributes = attributes.clone();
            attributes.insert(name.clone(), value);
            all.push((format!("{name} {path}"), attributes));
        }
    }
    all
}

fn reworded_value(value: &Value) -> Vec<(String, Value)> {
    let is_word = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b"_.".contains(&b));
    if let Some(word) = value["S"].as_str().filter(is_word) {
        return vec![(format!("is not {word}"), json!({"S": FUTURE}))];
    }
    if let Some(map) = value["M"].as_object() {
        return reworded(map).into_iter().map(|(path, map)| (path, json!({"M": map}))).collect();
    }
    let mut all = BTreeMap::new();
    let parts = value["L"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (at, part) in parts.iter().enumerate() {
        for (path, part) in reworded_value(part) {
            let mut parts = parts.to_vec();
            parts[at] = part;
            all.insert(path, json!({"L": parts}));
        }
    }
    all.into_iter().collect()
}

/// Adds a field to a record and to each of its parts.
fn extend(attributes: &mut Map<String, Value>) {
    for value in attributes.values_mut() {
        let parts = if value["L"].is_array() { value["L"].as_array_mut() } else { None };
        parts.into_iter().flatten().filter_map(|part| part.get_mut("M")).for_each(extend_part);
        value.get_mut("M").into_iter().for_each(extend_part);
    }
    attributes.insert(FUTURE.to_owned(), json!({"S": FUTURE}));
}

fn extend_part(part: &mut Value) {
    let attributes = part.as_object_mut().unwrap();
    // Not to a map by workflow.
    let is_by_id = attributes.keys().all(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_by_id {
        extend(attributes);
    }
}

/// What a probe reaches over a version's tables, one or all records of which newer code wrote.
async fn reached(version: &Version, newer: &[(&'static str, Value)], probe: &str) -> Result<Reached, String> {
    let mut tables = version.tables.clone();
    for (table, item) in newer {
        tables.put(table, item.clone());
    }
    Probe { fixture: Fixture::over(Cloud::with(tables)), version }.run(probe).await
}

#[tokio::test]
async fn fields_that_only_newer_code_knows_change_nothing() {
    for version in Version::all() {
        let mut items: Vec<_> = version.items().into_iter().map(|(table, item)| (table, item.clone())).collect();
        items.iter_mut().for_each(|(_, item)| extend(item.as_object_mut().unwrap()));
        for probe in PROBES {
            let before = Box::pin(reached(&version, &[], probe)).await.unwrap();
            assert_eq!(Box::pin(reached(&version, &items, probe)).await, Ok(before), "{}: {probe}", version.name);
        }
    }
}

#[test]
fn a_word_that_only_newer_code_knows_keeps_nobody_else_from_anything() {
    for version in Version::all() {
        let (version, records) = (&version, &newer(&version));
        assert!(records.len() > 80, "{}: {}", version.name, records.len());
        // These are thousands of runs: each probe has a thread of its own.
        thread::scope(|threads| {
            for probe in PROBES {
                threads.spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    let faults = runtime.block_on(faults(version, records, probe));
                    assert!(
                        faults.is_empty(),
                        "{}, {probe}: {} faults\n{}",
                        version.name,
                        faults.len(),
                        faults.join("\n")
                    );
                });
            }
        });
    }
}

/// What a probe does not reach any more, of others than whose record it is that newer code wrote.
async fn faults(version: &Version, records: &[Newer], probe: &str) -> Vec<String> {
    let before = Box::pin(reached(version, &[], probe)).await.unwrap();
    assert!(!before.is_empty() || probe == "recount", "{probe} reaches nobody");
    let mut faults = Vec::new();
    for record in records.iter().filter(|record| record.probes.contains(&probe)) {
        let fault = match Box::pin(reached(version, &[(record.table, record.item.clone())], probe)).await {
            Err(error) => Some(error),
            Ok(after) => {
                let lost: Vec<_> = before.difference(&after).filter(|what| !what.contains(&record.owner)).collect();
                (!lost.is_empty()).then(|| format!("{lost:?}"))
            }
        };
        faults.extend(fault.map(|fault| format!("{}: {fault}", record.what)));
    }
    faults
}

/// A version's customer in whose sync a worker is, or was.
async fn running(fixture: &Fixture) -> (CustomerId, JobId) {
    let selection = JobSelection::in_state(State::Running);
    let listed = fixture.dispatcher.jobs.list(&selection, 1, &Budget::default(), |_| true).await.unwrap();
    let job = listed.jobs.into_iter().next().unwrap();
    (job.customer_id, job.id)
}

#[tokio::test]
async fn a_customer_whose_sync_only_newer_code_understands_is_synced_by_older_code_all_the_same() {
    for version in Version::all() {
        let (customer, job) = running(&version.fixture()).await;
        let mut tables = version.tables.clone();
        let mut items = version.tables.items(DATA).into_iter();
        let of_job = |item: &&Value| item["id"]["S"] == job.as_str() && kind(&key(item)).1 == "JOB";
        let mut newer = items.find(of_job).unwrap().clone();
        newer["state"] = json!({"S": FUTURE});
        tables.put(DATA, newer);
        let fixture = Fixture::over(Cloud::with(tables));

        let now = version.written_at();
        let request = SyncRequest::at_once(Trigger::Manual, None, now);
        let next = fixture.dispatcher.request_sync(&customer, &request).await.unwrap().job().clone();

        assert_ne!(next.id, job, "the other one is left to the newer code");
        let deadline = now.plus(Duration::from_secs(900));
        let claim = async |now| fixture.lifecycle.claim(&Message::to(&fixture.job(&next).await), now, deadline).await;
        assert!(matches!(Box::pin(claim(now)).await, Ok(Claim::Nothing(_))), "its worker may be alive");
        let later = now.plus(Duration::from_secs(1800));
        assert!(matches!(Box::pin(claim(later)).await, Ok(Claim::Ours(_))));
    }
}

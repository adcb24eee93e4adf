//! The present code reads each stored record, and its formulas give what is stored.

use std::collections::BTreeSet;

use super::{Version, key, kind};
use crate::{
    app::fixture::{AUDIT, DATA, Fixture, GRANTS, VAULT},
    aws::{
        audit::{AuditSelection, AuditTrail},
        budget::Budget,
        dead_letters,
        findings::FindingsOf,
        grants::{Grant, GrantStore},
        held::HeldLists,
        items::{Item, parse},
        jobs::{JobSelection, Jobs},
        keys,
        plans::LastPlan,
        table::{StoreError, Table, key_of},
        vault::{CachedToken, Credentials},
        workflows::Workflows,
    },
    domain::{
        audit::Record,
        change::Change,
        customer::Status,
        definition,
        findings::{News, Suppression},
        ids::CustomerId,
        job::{Job, State, list_hash},
        kept_definition::KeptDefinition,
        listed_workflow::{ListedWorkflow, is_comparable},
        workflow::Workflow,
    },
};

/// Reads one record in the form that it has in its place; the error says why that is impossible.
async fn read(fixture: &Fixture, table: &Table, item: Item) -> Result<(), StoreError> {
    let dispatcher = &fixture.dispatcher;
    let key = key_of(&item);
    let customer = keys::customer_of(&key.pk);
    let customer = || customer.clone().unwrap();
    match kind(&key) {
        ("CUSTOMER", "PROFILE" | "STATE") => dispatcher.customers.get_any(&customer()).await.map(drop),
        ("CUSTOMER", "SUMMARY") => {
            let found = dispatcher.customers.summaries(Some(&[customer()].into())).await?;
            assert_eq!(found.len(), 1, "a summary was left out: {key:?}");
            Ok(())
        }
        ("CUSTOMER", "LOCK") => dispatcher.jobs.lock(&customer()).await.map(drop),
        ("CUSTOMER", "PLAN") => LastPlan::of(&dispatcher.data, &customer()).await.map(drop),
        ("CUSTOMER", "WORKFLOW") => parse::<Workflow>(item).map(drop),
        ("CUSTOMER", "KEPT") => parse::<KeptDefinition>(item).map(drop),
        ("CUSTOMER", "CHANGE") => parse::<Change>(item).map(drop),
        ("CUSTOMER", "FINDINGS") => parse::<FindingsOf>(item).map(drop),
        ("CUSTOMER", "SUPPRESSION") => parse::<Suppression>(item).map(drop),
        ("CUSTOMER", "NEWS") => parse::<News>(item).map(drop),
        ("CUSTOMER", "JOB") => parse::<Job>(item).map(drop),
        ("JOB", "POINTER") => dispatcher.jobs.find(&key.pk[4..].parse().unwrap()).await.map(drop),
        ("BATCHES", _) => dispatcher.batches.under_way().await.map(drop),
        ("COUNTS", _) => dispatcher.counts.totals().await.map(drop),
        ("AUDIT", _) => parse::<Record>(item).map(drop),
        ("USER", "GRANT") => parse::<Grant>(item).map(drop),
        ("CREDENTIALS", _) => parse::<Credentials>(item).map(drop),
        ("TOKEN", _) => parse::<CachedToken>(item).map(drop),
        // Bytes and keys, which the tests below read, and what is read by the version that wrote it and is derived anew by others.
        ("CUSTOMER", "DEFINITION" | "HELD" | "REFERENCES") | ("DAMAGED" | "DEADLETTERS", _) => Ok(()),
        // What nobody reads by its fields, and what lives for a day at most.
        ("DELETION" | "LIMIT" | "ONCE", _) => Ok(()),
        _ => panic!("a kind of record that this test does not know in {table:?}: {key:?}"),
    }
}

#[tokio::test]
async fn every_record_that_any_version_stored_can_be_read() {
    for version in Version::all() {
        let fixture = version.fixture();
        for (name, item) in version.items() {
            let table = fixture.dispatcher.data.beside(name);
            let item = table.get_item(&key(item)).await.unwrap().unwrap();
            if let Err(error) = Box::pin(read(&fixture, &table, item)).await {
                panic!("{}: {error:?}", version.name);
            }
        }
    }
}

/// The number of a version's items whose partition and sort key are of a kind.
fn count(version: &Version, table: &str, of: (&str, &str)) -> usize {
    let items = version.items().into_iter().filter(|(name, _)| *name == table);
    items.filter(|(_, item)| kind(&key(item)) == of || kind(&key(item)).0 == of.0 && of.1.is_empty()).count()
}

#[tokio::test]
async fn lists_show_everything_that_any_version_stored() {
    for version in Version::all() {
        let (fixture, count) = (version.fixture(), |table, of| count(&version, table, of));
        let (data, now) = (&fixture.dispatcher.data, version.written_at());
        let workflows = Workflows::new(data.clone());
        let customers = fixture.dispatcher.customers.all().await.unwrap();
        assert_eq!(customers.len(), count(DATA, ("CUSTOMER", "SUMMARY")));
        let ids: Vec<CustomerId> = customers.iter().map(|customer| customer.id.clone()).collect();
        assert_eq!(fixture.dispatcher.customers.get_all(&ids).await.unwrap().len(), customers.len());
        let (mut jobs, mut stored) = (0, 0);
        for state in State::ALL {
            let selection = JobSelection::in_state(state);
            jobs +=
                Jobs::new(data.clone()).list(&selection, 500, &Budget::default(), |_| true).await.unwrap().jobs.len();
        }
        for id in &ids {
            let found = workflows.list(id, "", None, 200, &Budget::default(), |_| true).await.unwrap();
            stored += found.items.len();
        }
        assert_eq!(jobs, count(DATA, ("CUSTOMER", "JOB")));
        let deleted: usize = deleted(&version).iter().map(|id| heads_of(&version, id)).sum();
        assert_eq!(stored + deleted, count(DATA, ("CUSTOMER", "WORKFLOW")));
        let letters = dead_letters::list(data, None, 50, &Budget::default(), now).await.unwrap();
        assert_eq!(letters.items.len(), count(DATA, ("DEADLETTERS", "")));
        let trail = AuditTrail::new(data.beside(AUDIT), 400);
        let records = trail.list(AuditSelection::default(), None, 500, &Budget::default(), |_| true).await.unwrap();
        assert_eq!(records.items.len(), count(AUDIT, ("AUDIT", "")));
        let grants = GrantStore::new(data.beside(GRANTS));
        let mut granted = grants.on_customer(None).await.unwrap();
        for id in &ids {
            granted.extend(grants.on_customer(Some(id)).await.unwrap());
        }
        assert_eq!(granted.len(), count(GRANTS, ("USER", "")));
        for grant in granted {
            let held = grants.of_user(&grant.user).await.unwrap();
            assert!(held.all == grant.verbs || held.customers.values().any(|verbs| *verbs == grant.verbs));
        }
        assert!(count(VAULT, ("CREDENTIALS", "")) >= customers.len());
    }
}

/// The customers that are being deleted, which no list shows.
fn deleted(version: &Version) -> BTreeSet<String> {
    let states = version.items().into_iter().filter(|(_, item)| kind(&key(item)) == ("CUSTOMER", "STATE"));
    let deleted = states.filter(|(_, state)| state["status"]["S"] == Status::Deleting.as_str());
    deleted.map(|(_, state)| key(state).pk).collect()
}

fn heads_of(version: &Version, partition: &str) -> usize {
    let items = version.items().into_iter().map(|(_, item)| key(item));
    items.filter(|key| key.pk == partition && kind(key).1 == "WORKFLOW").count()
}

#[tokio::test]
async fn hashes_and_held_lists_are_those_of_the_present_formulas_and_fingerprints_are_or_are_known_as_older() {
    for version in Version::all() {
        let fixture = version.fixture();
        let data = &fixture.dispatcher.data;
        let (mut workflows, mut lists) = (0, 0);
        for (_, item) in version.items() {
            let key = key(item);
            let Some(customer) = keys::customer_of(&key.pk) else { continue };
            match kind(&key).1 {
                "WORKFLOW" => {
                    let workflow = data.get::<Workflow>(&key).await.unwrap().unwrap().value;
                    let listed = ListedWorkflow::parse(workflow.listed.as_bytes()).unwrap();
                    let is_present = listed.fingerprint == workflow.fingerprint;
                    assert_ne!(is_present, !is_comparable(&workflow.fingerprint), "{}: {key:?}", version.name);
                    let wanted = workflow.definition.unwrap();
                    let stored = Workflows::new(data.clone()).definition(&customer, &workflow.zuora_id, &wanted).await;
                    assert_eq!(definition::content_hash(&stored.unwrap()), wanted.hash);
                    workflows += 1;
                }
                "HELD" => {
                    let job = key.sk["HELD#".len()..].parse().unwrap();
                    let list = HeldLists::new(data.clone()).get(&customer, &job).await.unwrap().unwrap();
                    let held = fixture.find(&job).await.held.unwrap();
                    assert_eq!((list_hash(&list), list.len() as u64), (held.list_hash, held.count));
                    lists += 1;
                }
                _ => {}
            }
        }
        assert!(workflows > 0 && lists > 0, "{}", version.name);
    }
}

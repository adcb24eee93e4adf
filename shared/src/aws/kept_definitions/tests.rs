//! What becomes of replaced definitions, over tables in memory: in every order, and after a death at every write.

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;

use super::*;
use crate::{
    aws::{
        mock_sdk::{Cloud, Tables},
        workflow_writes::{Put, Replaced, TRAVELS},
        workflows::Workflows,
    },
    domain::{
        definition::{compress, content_hash},
        ids::JobId,
        listed_workflow::ListedWorkflow,
        stats::WorkflowOutcome,
        workflow::{Content, DefinitionRef, LastChange, Origin, Workflow},
    },
};

const DATA: &str = "data";

fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 3600)
}

fn day(number: u64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000).plus(days(number))
}

/// An export of so many bytes that do not shrink; `which` decides what they are.
fn export(which: u64, bytes: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(which);
    std::iter::repeat_with(|| random.u8(..)).take(bytes).collect()
}

/// One customer's workflow 48 in tables of its own.
struct Copy {
    cloud: Cloud,
    workflows: Workflows,
    kept: KeptDefinitions,
    customer: CustomerId,
    id: WorkflowId,
    keep: Option<Duration>,
}

impl Copy {
    fn new() -> Self {
        Self::over(Tables::default(), CustomerId::new())
    }

    fn over(tables: Tables, customer: CustomerId) -> Self {
        let cloud = Cloud::with(tables);
        let table = Table::new(aws_sdk_dynamodb::Client::new(&cloud.sdk), DATA);
        let (workflows, kept) = (Workflows::new(table.clone()), KeptDefinitions::new(table));
        Self { cloud, workflows, kept, customer, id: "48".parse().unwrap(), keep: Some(days(400)) }
    }

    /// The same tables after the end of the process that wrote them.
    fn after_death(&self) -> Self {
        Self { keep: self.keep, ..Self::over(self.cloud.tables(), self.customer.clone()) }
    }

    async fn stored(&self) -> Option<(Workflow, u64)> {
        let found = self.workflows.get(&self.customer, &self.id).await.unwrap();
        found.map(|found| (found.value, found.rev))
    }

    /// Stores an export as a run does, unless it is the current definition.
    async fn store(&self, export: &[u8], at: Timestamp) -> Result<(), StoreError> {
        let found = self.workflows.get(&self.customer, &self.id).await?;
        let (old, rev) = found.map_or((None, 0), |found| (found.value.definition, found.rev));
        let hash = content_hash(export);
        if old.as_ref().is_some_and(|old| old.hash == hash) {
            return Ok(());
        }
        let mut chunks = compress(export).unwrap();
        let new = DefinitionRef { hash, chunks: chunks.len() as u32, bytes: export.len() as u64, origin: None };
        let origin = Origin { stored_at: at, job_id: JobId::new(), zuora_version: Some(format!("{at}")) };
        let new = new.with_origin(old.as_ref(), origin);
        let travels = chunks.len() == 1 && chunks[0].len() <= TRAVELS;
        let chunk = if travels { chunks.pop() } else { None };
        if chunk.is_none() {
            self.workflows.put_definition(&self.customer, &self.id, &new, chunks).await?;
        }
        let listed = ListedWorkflow::parse(br#"{"id":48,"name":"Dunning"}"#).unwrap();
        let last_change = LastChange { job_id: JobId::new(), restarts: 0, kind: WorkflowOutcome::Updated };
        let workflow = Workflow::from_listed(listed, Some(new), Content::default(), last_change, at);
        let replaced = old.as_ref().map(|definition| Replaced { definition, keep: self.keep });
        let put = Put::new(&self.customer, workflow, rev, replaced, None)?;
        let put = chunk.into_iter().fold(put, |put, chunk| put.with_chunk(&self.customer, chunk));
        self.workflows.put(&self.customer, &put).await
    }

    /// Marks the workflow as deleted.
    async fn delete(&self, at: Timestamp) {
        let (workflow, rev) = self.stored().await.unwrap();
        let deleted = Workflow { deleted_at: Some(at), ..workflow };
        let put = Put::new(&self.customer, deleted, rev, None, None).unwrap();
        self.workflows.put(&self.customer, &put).await.unwrap();
    }

    async fn remove(&self, now: Timestamp) -> Result<(), StoreError> {
        match self.workflows.heads(&self.customer).await?.first() {
            Some(head) => self.workflows.remove(&self.customer, head, self.keep, now).await,
            None => Ok(()),
        }
    }

    async fn clean_up(&self, now: Timestamp) -> Result<(), StoreError> {
        let heads = self.workflows.heads(&self.customer).await?;
        self.workflows.remove_orphans(&self.customer, &heads, self.keep, now, || true).await
    }

    /// The kept definitions, each read back: the hash, and the days of its beginning and end.
    async fn history(&self, now: Timestamp) -> Vec<(String, u64, u64)> {
        let current = self.stored().await.and_then(|(workflow, _)| workflow.definition).map(|current| current.hash);
        let found = self.kept.list(&self.customer, &self.id, current.as_deref(), None, 50, now).await.unwrap();
        let mut all = Vec::new();
        for kept in found.into_items().0 {
            let wanted = &kept.definition;
            self.workflows.definition(&self.customer, &self.id, wanted).await.unwrap();
            let of_day = |at: Timestamp| day(0).until(at).as_secs() / (24 * 3600);
            let begin = of_day(wanted.origin.as_ref().unwrap().stored_at);
            all.push((wanted.hash.clone(), begin, of_day(kept.replaced_at)));
        }
        all
    }

    /// The current definition, read back.
    async fn current(&self) -> Option<Vec<u8>> {
        let wanted = self.stored().await?.0.definition.unwrap();
        Some(self.workflows.definition(&self.customer, &self.id, &wanted).await.unwrap().to_vec())
    }

    /// The hashes that have chunks.
    fn chunked(&self) -> BTreeSet<String> {
        let tables = self.cloud.tables();
        let keys = tables.items(DATA).into_iter().map(|item| item["SK"]["S"].as_str().unwrap().to_owned());
        keys.filter_map(|key| Some(key.strip_prefix("DEFINITION#48#")?.split('#').next()?.to_owned())).collect()
    }

    fn records(&self) -> usize {
        let tables = self.cloud.tables();
        tables.items(DATA).iter().filter(|item| item["SK"]["S"].as_str().unwrap().starts_with("KEPT#")).count()
    }
}

/// A definition that travels with its workflow, and one of two chunks that is stored before it.
const SIZES: [usize; 2] = [1_000, 500_000];

#[tokio::test]
async fn a_replaced_definition_stays_readable_and_one_that_comes_back_is_stored_once() {
    for bytes in SIZES {
        let copy = Copy::new();
        let (a, b) = (export(1, bytes), export(2, bytes));
        let (hash_a, hash_b) = (content_hash(&a), content_hash(&b));
        copy.store(&a, day(0)).await.unwrap();
        assert_eq!(copy.history(day(0)).await, []);

        copy.store(&b, day(1)).await.unwrap();
        assert_eq!(copy.history(day(1)).await, [(hash_a.clone(), 0, 1)]);
        let chunks = copy.chunked();
        copy.store(&a, day(2)).await.unwrap();

        assert_eq!(copy.current().await, Some(a));
        assert_eq!(copy.history(day(2)).await, [(hash_b.clone(), 1, 2)], "the current one is not among the earlier");
        assert_eq!(copy.chunked(), chunks, "nothing is stored twice");
        copy.store(&b, day(3)).await.unwrap();
        assert_eq!(copy.history(day(3)).await, [(hash_a, 2, 3)], "listed once, with its last time");
        assert_eq!(copy.current().await, Some(b));
    }
}

#[tokio::test]
async fn a_death_at_any_write_of_a_b_a_loses_no_definition_and_leaves_at_most_an_orphan() {
    for bytes in SIZES {
        let exports = [export(1, bytes), export(2, bytes), export(1, bytes)];
        let (hash_a, hash_b) = (content_hash(&exports[0]), content_hash(&exports[1]));
        let mut deaths = 0;
        for writes in 1.. {
            let copy = Copy::new();
            copy.cloud.dies_after(writes);
            let mut begun = 0;
            for (at, export) in (0..).zip(&exports) {
                if copy.store(export, day(at)).await.is_err() {
                    break;
                }
                begun += 1;
            }
            if begun == exports.len() {
                break;
            }
            deaths += 1;
            for cleans_up_first in [true, false] {
                let copy = copy.after_death();
                let before = copy.current().await;
                if cleans_up_first {
                    copy.clean_up(day(3)).await.unwrap();
                    assert_eq!(copy.current().await, before);
                    let kept = copy.history(day(3)).await.into_iter().map(|(hash, ..)| hash);
                    let named = before.map(|bytes| content_hash(&bytes)).into_iter().chain(kept);
                    // A record of a definition that is the current one again stays beside it.
                    assert_eq!(copy.chunked(), named.collect(), "no orphan is left after {writes} writes");
                }
                for (at, export) in (0..).zip(&exports).skip(begun) {
                    copy.store(export, day(at)).await.unwrap();
                }
                assert_eq!(copy.current().await.as_ref(), Some(&exports[2]));
                assert_eq!(copy.history(day(3)).await, [(hash_b.clone(), 1, 2)]);
                assert_eq!(copy.chunked(), [hash_a.clone(), hash_b.clone()].into());
            }
        }
        assert!(deaths >= exports.len(), "{deaths}");
    }
}

#[tokio::test]
async fn a_kept_definition_is_gone_when_its_time_is_over_and_not_before() {
    let copy = Copy::new();
    let (a, b) = (export(1, 1_000), export(2, 500_000));
    let (hash_a, hash_b) = (content_hash(&a), content_hash(&b));
    copy.store(&a, day(0)).await.unwrap();
    copy.store(&b, day(10)).await.unwrap();
    let shown = async |now| copy.kept.get(&copy.customer, &copy.id, &hash_a, now).await.unwrap().is_some();

    copy.clean_up(day(409)).await.unwrap();
    assert!(shown(day(409)).await && copy.chunked().contains(&hash_a));

    // DynamoDB has not removed the record yet.
    assert!(!shown(day(410)).await && copy.history(day(410)).await.is_empty());
    copy.clean_up(day(410)).await.unwrap();
    assert_eq!((copy.records(), copy.chunked()), (0, [hash_b].into()));
    // What is put back after its time is stored anew, whatever was left of it.
    copy.store(&a, day(411)).await.unwrap();
    copy.clean_up(day(411)).await.unwrap();
    assert_eq!(copy.current().await, Some(a));
}

#[tokio::test]
async fn a_definition_put_back_survives_the_end_of_its_earlier_time() {
    let copy = Copy::new();
    let (a, b) = (export(1, 1_000), export(2, 1_000));
    for (at, export) in [(0, &a), (1, &b), (2, &a)] {
        copy.store(export, day(at)).await.unwrap();
    }

    // The record of its earlier time is over; that of the other one is not.
    copy.clean_up(day(401)).await.unwrap();

    assert_eq!(copy.current().await, Some(a));
    assert_eq!(copy.history(day(401)).await, [(content_hash(&b), 1, 2)]);
}

#[tokio::test]
async fn a_death_in_the_clean_up_leaves_no_record_of_a_definition_that_is_gone() {
    for writes in 1.. {
        let copy = Copy::new();
        for which in 0..30 {
            copy.store(&export(which, 1_000), day(which)).await.unwrap();
        }
        copy.cloud.dies_after(writes);
        let died = copy.clean_up(day(415)).await.is_err();
        let copy = copy.after_death();

        assert_eq!(copy.history(day(415)).await.len(), 29 - 15, "each is read back");
        copy.clean_up(day(415)).await.unwrap();
        assert_eq!((copy.records(), copy.chunked().len()), (14, 15));
        if !died {
            assert!(writes > 2, "records, then chunks");
            break;
        }
    }
}

#[tokio::test]
async fn a_shorter_time_applies_to_what_is_kept_and_none_removes_it() {
    let copy = Copy::new();
    for which in 0..4 {
        copy.store(&export(which, 1_000), day(which)).await.unwrap();
    }
    let shorter = Copy { keep: Some(days(10)), ..copy.after_death() };
    shorter.clean_up(day(12)).await.unwrap();
    assert_eq!(shorter.history(day(12)).await, [(content_hash(&export(2, 1_000)), 2, 3)]);
    assert_eq!(shorter.chunked().len(), 2);

    let none = Copy { keep: None, ..copy.after_death() };
    none.store(&export(9, 1_000), day(12)).await.unwrap();
    assert!(!none.chunked().contains(&content_hash(&export(3, 1_000))), "removed with its replacement");
    none.clean_up(day(12)).await.unwrap();
    assert_eq!((none.records(), none.chunked()), (0, [content_hash(&export(9, 1_000))].into()));
}

#[tokio::test]
async fn chunks_without_a_record_are_orphans_and_a_record_that_cannot_be_read_counts() {
    let copy = Copy::new();
    let (a, b, orphan) = (export(1, 1_000), export(2, 1_000), export(3, 500_000));
    copy.store(&a, day(0)).await.unwrap();
    copy.store(&b, day(1)).await.unwrap();
    let chunks = compress(&orphan).unwrap();
    let wanted = DefinitionRef { hash: content_hash(&orphan), chunks: 2, bytes: 1, origin: None };
    copy.workflows.put_definition(&copy.customer, &copy.id, &wanted, chunks).await.unwrap();
    let record = keys::kept_definition(&copy.customer, &copy.id, &content_hash(&a));
    let newer =
        json!({"PK": {"S": record.pk}, "SK": {"S": record.sk}, "replaced_at": {"S": "in the form of a later version"}});
    copy.cloud.state().tables.put(DATA, newer);

    copy.clean_up(day(2)).await.unwrap();

    assert_eq!(copy.chunked(), [content_hash(&a), content_hash(&b)].into());
}

#[tokio::test]
async fn a_workflow_that_is_removed_for_good_leaves_all_its_definitions_for_their_time() {
    let (a, b) = (export(1, 1_000), export(2, 500_000));
    let (hash_a, hash_b) = (content_hash(&a), content_hash(&b));
    for writes in 1.. {
        let copy = Copy::new();
        copy.store(&a, day(0)).await.unwrap();
        copy.store(&b, day(5)).await.unwrap();
        copy.delete(day(10)).await;
        copy.cloud.dies_after(writes);
        let died = copy.remove(day(40)).await.is_err();
        let copy = copy.after_death();
        copy.remove(day(40)).await.unwrap();

        assert!(copy.stored().await.is_none());
        copy.clean_up(day(404)).await.unwrap();
        assert_eq!(copy.history(day(404)).await, [(hash_b.clone(), 5, 10), (hash_a.clone(), 0, 5)]);
        copy.clean_up(day(409)).await.unwrap();
        assert_eq!(copy.history(day(409)).await, [(hash_b.clone(), 5, 10)]);
        copy.clean_up(day(410)).await.unwrap();
        assert_eq!((copy.records(), copy.chunked().len()), (0, 0));
        if !died {
            break;
        }
    }
}

#[tokio::test]
async fn nothing_outlives_a_removed_workflow_that_is_kept_shorter_than_its_tombstone_or_not_at_all() {
    for keep in [Some(days(29)), None] {
        let copy = Copy { keep, ..Copy::new() };
        copy.store(&export(1, 1_000), day(0)).await.unwrap();
        copy.delete(day(10)).await;

        copy.remove(day(40)).await.unwrap();

        assert_eq!((copy.records(), copy.chunked().len()), (0, 0), "{keep:?}");
    }
}

#[tokio::test]
async fn the_same_hash_below_another_customer_or_workflow_is_nothing() {
    let copy = Copy::new();
    let (a, b) = (export(1, 1_000), export(2, 1_000));
    copy.store(&a, day(0)).await.unwrap();
    copy.store(&b, day(1)).await.unwrap();
    let other = Copy::over(copy.cloud.tables(), CustomerId::new());
    other.store(&a, day(1)).await.unwrap();
    let get = async |customer: &CustomerId, id: &str| {
        other.kept.get(customer, &id.parse().unwrap(), &content_hash(&a), day(2)).await.unwrap()
    };

    assert!(get(&copy.customer, "48").await.is_some());
    assert!(get(&other.customer, "48").await.is_none(), "its current definition is no earlier one");
    assert!(get(&copy.customer, "4").await.is_none());
    assert!(other.history(day(2)).await.is_empty());
    other.clean_up(day(2)).await.unwrap();
    assert!(get(&copy.customer, "48").await.is_some(), "a clean-up is its own customer's");
}

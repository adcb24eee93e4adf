//! Customers in the data table. Each is three items: the fields that people edit (`PROFILE`), those that syncs write (`STATE`),
//! and the few that lists of many customers read ([`Summary`]). See D-56.
//!
//! What must stay true:
//! - The `rev` of the state fences the whole customer: every write of a customer raises it. The other two items are written in
//!   the same transaction, and only if they changed.
//! - The state is read before the profile, so a reader whose profile is newer than its state fails at that fence.
//! - All that decides whether work may run (status, credential version, sync under way) is in the state: a run reads nothing
//!   else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{Stream, StreamExt as _, TryStreamExt as _, future::ready};
use serde::Deserialize;

use super::{
    counts,
    index::items,
    items::{fields, index_attributes, key_item, readable, report_unreadable},
    keys::{self, Key},
    table::{Condition, Item, Range, SortKeys, StoreError, Stored, Table, Write, key_of, parse, to_item},
};
use crate::{
    clock,
    domain::{
        counts::Totals,
        customer::{Customer, Status, Summary},
        ids::{CustomerId, JobId},
        time::Timestamp,
    },
};

/// The fields of a customer that are in its profile beside its settings; all others are in its state.
const PROFILE: [&str; 3] = ["secret_updated_at", "created_at", "updated_at"];
/// The one setting that the state has too.
const NAME: &str = "name";

/// The most keys that one batch may name.
const KEYS_AT_ONCE: usize = 100;
/// The attribute that every key of a customer holds too.
const ID: &str = "id";

/// The customers of a data table.
#[derive(Clone, Debug)]
pub struct Customers {
    table: Table,
}

/// The part of a customer that decides whether its work may continue.
#[derive(Clone, Debug, Deserialize)]
pub struct Standing {
    /// The customer's status.
    pub status: Status,
    /// See [`Customer::credential_version`].
    pub credential_version: u64,
    /// See [`Customer::sync_job_id`].
    pub sync_job_id: Option<JobId>,
    /// See [`Customer::undoubted_at`].
    #[serde(default)]
    pub undoubted_at: Option<Timestamp>,
}

impl Customers {
    /// The customers in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Reads a customer that is not being deleted.
    ///
    /// # Errors
    /// As [`Table::get`]; [`StoreError::Corrupt`] if the items do not form a customer.
    pub async fn get(&self, id: &CustomerId) -> Result<Option<Stored<Customer>>, StoreError> {
        Ok(self.get_any(id).await?.filter(|found| found.value.status != Status::Deleting))
    }

    /// Reads a customer, even one that is being deleted: for its purge.
    ///
    /// # Errors
    /// As [`Customers::get`].
    pub async fn get_any(&self, id: &CustomerId) -> Result<Option<Stored<Customer>>, StoreError> {
        let Some(state) = self.table.get_item(&keys::state(id)).await? else { return Ok(None) };
        // All items are removed in one transaction, so a customer without a profile was removed between the two reads.
        let Some(mut whole) = self.table.get_item(&keys::profile(id)).await? else { return Ok(None) };
        whole.extend(state);
        Ok(Some(parse(whole)?))
    }

    /// Reads customers in the order of the given ids; absent and unreadable ones are left out.
    ///
    /// # Errors
    /// As [`Table::get_many`].
    pub async fn get_all(&self, ids: &[CustomerId]) -> Result<Vec<Customer>, StoreError> {
        let mut parts: HashMap<CustomerId, Item> = HashMap::new();
        for some in ids.chunks(KEYS_AT_ONCE / 2) {
            let keys: Vec<Key> = some.iter().flat_map(|id| [keys::state(id), keys::profile(id)]).collect();
            for item in self.table.get_many_items(&keys).await? {
                let Some(id) = keys::customer_of(&key_of(&item).pk) else { continue };
                parts.entry(id).or_default().extend(item);
            }
        }
        let whole = ids.iter().filter_map(|id| parts.remove(id));
        Ok(whole.filter_map(readable::<Customer>).filter(|customer| customer.status != Status::Deleting).collect())
    }

    /// Reads the summaries of the given customers, or of all; absent and unreadable ones are left out.
    ///
    /// # Errors
    /// As [`Table::get_many`].
    pub async fn summaries(&self, only: Option<&BTreeSet<CustomerId>>) -> Result<Vec<Summary>, StoreError> {
        let Some(only) = only else { return self.all().await };
        let keys: Vec<Key> = only.iter().map(keys::summary).collect();
        let mut found = Vec::new();
        for some in keys.chunks(KEYS_AT_ONCE) {
            found.extend(self.table.get_many_items(some).await?);
        }
        Ok(found.into_iter().filter_map(|item| summary_of(item).inspect_err(report_unreadable).ok()).collect())
    }

    /// Reads whether a customer's work may continue; none if it is being deleted.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn standing(&self, id: &CustomerId) -> Result<Option<Standing>, StoreError> {
        let found = self.table.get::<Standing>(&keys::state(id)).await?;
        Ok(found.map(|found| found.value).filter(|standing| standing.status != Status::Deleting))
    }

    /// Reads the same of several customers; those that are gone, being deleted or cannot be read are left out.
    ///
    /// # Errors
    /// As [`Table::get_many`].
    pub async fn standings(&self, ids: &BTreeSet<CustomerId>) -> Result<BTreeMap<CustomerId, Standing>, StoreError> {
        let keys: Vec<Key> = ids.iter().map(keys::state).collect();
        let mut found = BTreeMap::new();
        for some in keys.chunks(KEYS_AT_ONCE) {
            for item in self.table.get_many_items(some).await? {
                let Some(id) = keys::customer_of(&key_of(&item).pk) else { continue };
                let standing = readable::<Standing>(item).filter(|standing| standing.status != Status::Deleting);
                found.extend(standing.map(|standing| (id, standing)));
            }
        }
        Ok(found)
    }

    /// Every customer that is not being deleted, by name, page by page. The index lags by moments.
    pub fn each(&self) -> impl Stream<Item = Result<Summary, StoreError>> {
        let items = items(&self.table, Range::index(keys::CUSTOMERS, ""));
        items.try_filter_map(|item| ready(Ok(summary_of(item).inspect_err(report_unreadable).ok())))
    }

    /// Collects [`Customers::each`].
    ///
    /// # Errors
    /// As [`Table::page`].
    pub async fn all(&self) -> Result<Vec<Summary>, StoreError> {
        self.each().try_collect().await
    }

    /// Counts the customers that are not being deleted.
    ///
    /// # Errors
    /// As [`Table::count`].
    pub async fn count(&self) -> Result<u64, StoreError> {
        self.table.count(&Range::of_keys(keys::CUSTOMERS, keys::ids_after(None))).await
    }

    /// The customers whose next sync was due at `time` or before, longest overdue first.
    pub fn due(&self, time: Timestamp) -> impl Stream<Item = Result<CustomerId, StoreError>> {
        self.ids(keys::DUE, keys::due_until(time))
    }

    /// Reads the ids of at most `most` customers after `id`, or from the first on, in the order of ids.
    ///
    /// # Errors
    /// Store failures.
    pub async fn after(&self, id: Option<&CustomerId>, most: u64) -> Result<Vec<CustomerId>, StoreError> {
        self.ids(keys::CUSTOMERS, keys::ids_after(id))
            .take(usize::try_from(most).unwrap_or(usize::MAX))
            .try_collect()
            .await
    }

    fn ids(&self, partition: &str, keys: SortKeys) -> impl Stream<Item = Result<CustomerId, StoreError>> {
        let items = items(&self.table, Range::of_keys(partition, keys));
        items.try_filter_map(|item| ready(Ok(keys::customer_of(&key_of(&item).pk))))
    }

    /// The writes that store a customer, given the customer as it was read; none for a new one. Its health is decided here, so
    /// that no write can forget it.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when it has no storable form; that is a bug.
    pub fn put(customer: &mut Customer, before: Option<&Stored<Customer>>) -> Result<Vec<Write>, StoreError> {
        customer.examine(clock::now());
        let customer = &*customer;
        let rev = before.map_or(0, |before| before.rev);
        let (profile, state) = halves(customer, rev + 1)?;
        let mut writes = vec![Write::Put(Box::new(state), Condition::unchanged_since(rev))];
        let is_same_profile = match before {
            None => false,
            Some(before) => halves(&before.value, rev)?.0 == profile,
        };
        if !is_same_profile {
            writes.push(Write::Put(Box::new(profile), Condition::None));
        }
        let (old, new) = (before.map(|before| Summary::from(&before.value)), Summary::from(customer));
        if old.as_ref() != Some(&new) {
            writes.push(put_summary(&new)?);
        }
        let counted = old.as_ref().map(Totals::of_customer).unwrap_or_default();
        writes.extend(counts::add(&Totals::of_customer(&new).minus(&counted)));
        Ok(writes)
    }

    /// The condition that a customer was not written since it was read at `rev`.
    pub fn unchanged(id: &CustomerId, rev: u64) -> Write {
        Write::Check(keys::state(id), Condition::RevIs(rev))
    }

    /// The condition that a customer exists.
    pub fn exists(id: &CustomerId) -> Write {
        Write::Check(keys::state(id), Condition::Exists)
    }

    /// The writes that remove a customer that was read at `rev`.
    pub fn delete(id: &CustomerId, rev: u64) -> [Write; 3] {
        [
            Write::Delete(keys::state(id), Condition::RevIs(rev)),
            Write::Delete(keys::profile(id), Condition::None),
            Write::Delete(keys::summary(id), Condition::None),
        ]
    }
}

/// Splits a customer into the items of its profile and its state.
fn halves(customer: &Customer, rev: u64) -> Result<(Item, Item), StoreError> {
    let mut state = to_item(customer, &keys::state(&customer.id), None, rev, None)?;
    let due = customer.next_sync_at.filter(|_| customer.status == Status::Active);
    if let Some(due) = due {
        state.extend(index_attributes(&keys::customer_due(due, &customer.id)));
    }
    let mut profile = key_item(&keys::profile(&customer.id));
    if customer.status != Status::Deleting {
        profile.extend(index_attributes(&keys::customer_by_id(&customer.id)));
    }
    let settings = fields(&customer.settings)?;
    profile.extend(settings.keys().map(String::as_str).chain(PROFILE).filter_map(|name| state.remove_entry(name)));
    // Whoever reads the stream of the state alone can name the customer.
    state.extend(settings.get_key_value(NAME).map(|(name, value)| (name.clone(), value.clone())));
    Ok((profile, state))
}

/// The write of a summary. It is stored without the id, which the key holds: DynamoDB bills a list by the size of the items
/// read. A customer that is being deleted leaves all lists.
fn put_summary(summary: &Summary) -> Result<Write, StoreError> {
    let key = keys::summary(&summary.id);
    if summary.status == Status::Deleting {
        return Ok(Write::Delete(key, Condition::None));
    }
    let mut item = to_item(summary, &key, Some(&keys::customer_by_name(&summary.name, &summary.id)), 1, None)?;
    item.remove(ID);
    Ok(Write::Put(Box::new(item), Condition::None))
}

fn summary_of(mut item: Item) -> Result<Summary, StoreError> {
    if let Some(id) = keys::customer_of(&key_of(&item).pk) {
        item.insert(ID.to_owned(), AttributeValue::S(id.into()));
    }
    Ok(parse(item)?.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::customer::tests::customer;

    fn put_keys(writes: &[Write]) -> Vec<&str> {
        let put = writes.iter().filter_map(|write| match write {
            Write::Put(item, _) => Some(item),
            _ => None,
        });
        put.map(|item| item["SK"].as_s().unwrap().as_str()).collect()
    }

    fn stored() -> Stored<Customer> {
        let mut value = customer(Timestamp::EPOCH);
        value.examine(clock::now());
        Stored { value, rev: 4 }
    }

    #[test]
    fn only_what_changed_is_written_and_always_the_state_that_fences_it() {
        let before = stored();
        let changed = |change: fn(&mut Customer)| {
            let mut customer = before.value.clone();
            change(&mut customer);
            Customers::put(&mut customer, Some(&before)).unwrap()
        };

        assert_eq!(put_keys(&changed(|_| {})), ["STATE"]);
        assert_eq!(put_keys(&changed(|customer| customer.config_failures = 1)), ["STATE"]);
        assert_eq!(put_keys(&changed(|customer| customer.workflows_count = 1)), ["STATE", "SUMMARY"]);
        assert_eq!(
            put_keys(&changed(|customer| customer.settings.zuora_client_id = "other".into())),
            ["STATE", "PROFILE"]
        );
        assert_eq!(put_keys(&changed(|customer| customer.settings.name = "B".into())), ["STATE", "PROFILE", "SUMMARY"]);
        let fences = |write: &Write| matches!(write, Write::Put(_, Condition::RevIs(4)));
        assert!(changed(|customer| customer.settings.name = "B".into()).first().is_some_and(fences));
    }

    #[test]
    fn a_customer_and_its_summary_come_back_as_they_were_stored() {
        let mut customer = stored().value;
        customer.held_job_id = Some(JobId::new());
        let writes = Customers::put(&mut customer, None).unwrap();
        let [state, profile, summary, _] = writes.as_slice() else { panic!("three items, and the count") };
        let item = |write: &Write| match write {
            Write::Put(item, _) => (**item).clone(),
            _ => panic!("no put"),
        };

        let mut whole = item(profile);
        whole.extend(item(state));
        assert_eq!(parse::<Customer>(whole).unwrap().value, customer);
        assert_eq!(summary_of(item(summary)).unwrap(), Summary::from(&customer));
        let settings = fields(&customer.settings).unwrap();
        for name in settings.keys().map(String::as_str).chain(PROFILE) {
            assert!(item(profile).contains_key(name), "{name}");
            assert_eq!(item(state).contains_key(name), name == NAME, "{name}");
        }
    }

    #[test]
    fn a_summary_is_small_enough_to_read_ten_thousand_for_300_read_units() {
        let customer = customer(Timestamp::EPOCH);
        let Write::Put(item, _) = put_summary(&Summary::from(&customer)).unwrap() else { panic!("a put") };

        let bytes = |value: &AttributeValue| match value {
            AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
            _ => panic!("a text or a number"),
        };
        let size: usize = item.iter().map(|(name, value)| name.len() + bytes(value)).sum();
        assert!(size * 10_000 / 8192 < 300, "{size} bytes");
    }

    #[test]
    fn only_an_active_customer_with_a_next_sync_is_due() {
        let is_indexed = |customer: &Customer| halves(customer, 1).unwrap().1.contains_key("GSI2PK");
        let mut customer = stored().value;
        assert!(is_indexed(&customer));
        customer.status = Status::NeedsAttention;
        assert!(!is_indexed(&customer));
        customer.status = Status::Active;
        customer.next_sync_at = None;
        assert!(!is_indexed(&customer));
    }
}

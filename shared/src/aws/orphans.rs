//! Orphans: chunks of definitions that no workflow names and no record keeps.

use std::{collections::HashSet, time::Duration};

use super::{
    items::readable,
    keys,
    table::{Key, Range, StoreError, key_of},
    workflows::Workflows,
};
use crate::domain::{diff, ids::CustomerId, kept_definition::KeptDefinition, time::Timestamp};

impl Workflows {
    /// Removes every orphan of a customer, page by page while `go_on` returns true. Replaced definitions are kept for `keep`;
    /// none = not at all, so all of them go.
    ///
    /// # Errors
    /// As [`super::table::Table::page`] and [`super::table::Table::delete_all`].
    pub async fn remove_orphans(
        &self,
        customer: &CustomerId,
        heads: &[diff::Head],
        keep: Option<Duration>,
        now: Timestamp,
        go_on: impl Fn() -> bool,
    ) -> Result<(), StoreError> {
        let named: HashSet<String> = heads
            .iter()
            .filter_map(|head| Some(keys::chunks_of_definition(&head.zuora_id, &head.definition.as_ref()?.hash)))
            .collect();
        let is_named = |key: &Key| key.sk.rfind('#').is_some_and(|end| named.contains(&key.sk[..=end]));
        if keep.is_none() {
            self.forget_kept(customer, &go_on).await?;
        }
        let range = keys_of(customer, keys::DEFINITION_PREFIX);
        let mut after = None;
        while go_on() {
            let page = self.table().page(&range, after).await?;
            let unnamed: Vec<Key> = page.items.iter().map(key_of).filter(|key| !is_named(key)).collect();
            self.remove_unless_kept(customer, unnamed, keep, now).await?;
            after = page.last;
            if after.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Removes the records of all kept definitions; their chunks are orphans then.
    async fn forget_kept(&self, customer: &CustomerId, go_on: impl Fn() -> bool) -> Result<(), StoreError> {
        let range = keys_of(customer, keys::KEPT_PREFIX);
        let mut after = None;
        while go_on() {
            let page = self.table().page(&range, after).await?;
            self.table().delete_all(&page.items.iter().map(key_of).collect::<Vec<_>>()).await?;
            after = page.last;
            if after.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Removes those of these chunks, which are sorted, whose definition is not kept.
    async fn remove_unless_kept(
        &self,
        customer: &CustomerId,
        chunks: Vec<Key>,
        keep: Option<Duration>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (chunks.first(), chunks.last()) else { return Ok(()) };
        let range = Range {
            keys: keys::kept_between(&first.sk, &last.sk),
            ..Range::table(keys::customer_partition(customer), "")
        };
        let (mut kept, mut over) = (HashSet::new(), Vec::new());
        for item in self.table().all(&range).await? {
            let key = key_of(&item);
            // One that cannot be read was written by a later version: it counts.
            match (readable::<KeptDefinition>(item), keep) {
                (Some(record), Some(keep)) if !record.is_kept(keep, now) => over.push(key),
                _ => drop(kept.insert(key.sk)),
            }
        }
        // Records first: after a crash their chunks are orphans, and no record shows a definition that is gone.
        self.table().delete_all(&over).await?;
        let is_kept = |chunk: &Key| keys::kept_of_chunk(&chunk.sk).is_some_and(|record| kept.contains(&record));
        self.table().delete_all(&chunks.into_iter().filter(|chunk| !is_kept(chunk)).collect::<Vec<_>>()).await
    }
}

/// The keys of a customer's items whose sort keys start with `prefix`.
fn keys_of(customer: &CustomerId, prefix: &str) -> Range {
    Range { projection: Some("PK, SK"), ..Range::table(keys::customer_partition(customer), prefix) }
}

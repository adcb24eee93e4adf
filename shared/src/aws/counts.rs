//! The dashboard's counters in the data table.
//!
//! What must stay true: they only change by additions, in the transaction of what they count, so concurrent writes lose none.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};

use super::{
    addition::Addition,
    keys,
    table::{Condition, Item, Range, SortKeys, StoreError, Stored, Table, Write, key_of, parse, to_item},
};
use crate::domain::{
    counts::{Outcomes, Totals},
    time::Timestamp,
};

/// The retention of an hour's outcomes, in seconds.
const KEPT: i64 = 3 * 86_400;

/// The write that adds a difference to the present totals; none if nothing changes.
pub fn add(difference: &Totals) -> Option<Write> {
    let numbers = difference.named();
    (!numbers.is_empty()).then(|| Write::Add(Addition { to: keys::totals(), numbers, ttl: None }))
}

/// The write that adds the end of a sync to the outcomes of its hour.
pub fn add_outcome(outcome: &Outcomes, at: Timestamp) -> Option<Write> {
    let numbers = outcome.named();
    let ttl = Some(at.seconds() + KEPT);
    (!numbers.is_empty()).then(|| Write::Add(Addition { to: keys::outcomes(at), numbers, ttl }))
}

/// The counters of a data table.
#[derive(Clone, Debug)]
pub struct Counts {
    table: Table,
}

impl Counts {
    /// The counters in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Reads the present totals.
    ///
    /// # Errors
    /// Store failures.
    pub async fn totals(&self) -> Result<Totals, StoreError> {
        let shards = self.read::<Totals>(keys::all_totals()).await?;
        Ok(shards.iter().fold(Totals::default(), |sum, (_, totals)| sum.plus(totals)))
    }

    /// Reads how syncs ended, by hour, from the hour of `since` on; hours in which none ended are left out.
    ///
    /// # Errors
    /// Store failures.
    pub async fn outcomes(&self, since: Timestamp) -> Result<BTreeMap<Timestamp, Outcomes>, StoreError> {
        let mut hours = BTreeMap::new();
        for (item, outcomes) in self.read::<Outcomes>(keys::outcomes_since(since)).await? {
            let Some(hour) = keys::hour_of(&key_of(&item).sk) else { continue };
            let sum: &mut Outcomes = hours.entry(hour).or_default();
            *sum = sum.plus(&outcomes);
        }
        Ok(hours)
    }

    async fn read<T: DeserializeOwned>(&self, keys: SortKeys) -> Result<Vec<(Item, T)>, StoreError> {
        let items = self.table.all(&Range { keys, ..Range::table(keys::COUNTS, "") }).await?;
        items.into_iter().map(|item| Ok((item.clone(), parse::<T>(item)?.value))).collect()
    }

    /// Reads the note of the last recount.
    ///
    /// # Errors
    /// Store failures.
    pub async fn last_check<T: DeserializeOwned>(&self) -> Result<Option<Stored<T>>, StoreError> {
        self.table.get(&keys::counts_check()).await
    }

    /// Replaces the note of the last recount, read at `rev` (0 = there was none), and applies the correction `add` with it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if another recount wrote the note meanwhile.
    pub async fn note_check<T: Serialize>(&self, note: &T, rev: u64, add: Option<Write>) -> Result<(), StoreError> {
        let condition = Condition::unchanged_since(rev);
        let item = to_item(note, &keys::counts_check(), None, rev + 1, None)?;
        self.table.write([Write::Put(Box::new(item), condition)].into_iter().chain(add).collect()).await
    }
}

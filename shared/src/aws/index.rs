//! Lists: all records of a range, or pages of those that a filter keeps, and where the next one starts.
//!
//! What must stay true: a record that cannot be read is left out and stops no list ([`readable`]).

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{
    Stream, TryStreamExt as _,
    future::ready,
    stream::{iter, try_unfold},
};
use serde::de::DeserializeOwned;

use super::{
    items::readable,
    keys::{GSI1PK, GSI1SK, PK, SK},
    table::{Item, Range, StoreError, Table},
};

/// One page of a filtered list.
#[derive(Debug)]
pub struct Found<T> {
    /// At most as many as asked for, each with its place.
    pub items: Vec<(T, Position)>,
    /// Where the next page starts; none when this is the last one.
    pub next: Option<Position>,
}

impl<T> Found<T> {
    /// The items without their places.
    pub fn into_items(self) -> (Vec<T>, Option<Position>) {
        (self.items.into_iter().map(|(item, _)| item).collect(), self.next)
    }
}

/// The key of an item of a list, as text for a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position(String);

/// The text is not a position.
#[derive(Debug, thiserror::Error)]
#[error("not a position in a list")]
pub struct NotAPosition;

impl Position {
    fn of(item: &Item) -> Self {
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str);
        let names = [PK, SK, GSI1PK, GSI1SK];
        Self(serde_json::to_string(&names.map(text)).unwrap_or_default())
    }

    /// Reads a position back from a cursor's text.
    ///
    /// # Errors
    /// [`NotAPosition`] when it was not made by [`Position::as_str`].
    pub fn parse(text: &str) -> Result<Self, NotAPosition> {
        serde_json::from_str::<[Option<String>; 4]>(text).map_err(|_| NotAPosition)?;
        Ok(Self(text.to_owned()))
    }

    /// The text for a cursor.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The sort key of the table.
    pub(super) fn sort_key(&self) -> String {
        let values: [Option<String>; 4] = serde_json::from_str(&self.0).unwrap_or_default();
        let [_, sort_key, ..] = values;
        sort_key.unwrap_or_default()
    }

    fn start_key(&self, index: bool) -> Option<Item> {
        let values: [Option<String>; 4] = serde_json::from_str(&self.0).ok()?;
        let names = [PK, SK, GSI1PK, GSI1SK];
        let wanted = if index { 4 } else { 2 };
        let key = names.into_iter().zip(values).take(wanted);
        key.map(|(name, value)| Some((name.to_owned(), AttributeValue::S(value?)))).collect()
    }
}

/// Where a walk through a range goes on.
enum Walk {
    From(Option<Item>),
    Over,
}

/// Every record of `range`, read page by page as it is asked for: no more than a page is held, however many there are.
pub fn records<T: DeserializeOwned>(table: &Table, range: Range) -> impl Stream<Item = Result<T, StoreError>> {
    items(table, range).try_filter_map(|item| ready(Ok(readable(item))))
}

/// The same as the items that they are stored as.
pub fn items(table: &Table, range: Range) -> impl Stream<Item = Result<Item, StoreError>> {
    let pages = try_unfold((range, Walk::From(None)), async |(range, walk)| {
        let Walk::From(start) = walk else { return Ok(None) };
        let page = table.page(&range, start).await?;
        let next = page.last.map_or(Walk::Over, |last| Walk::From(Some(last)));
        Ok(Some((iter(page.items.into_iter().map(Ok)), (range, next))))
    });
    pages.try_flatten()
}

/// Reads `range` from `after` on until `limit` records satisfy `keep`, or it ends.
///
/// # Errors
/// As [`Table::page`].
pub async fn filtered<T: DeserializeOwned>(
    table: &Table,
    range: &Range,
    after: Option<&Position>,
    limit: usize,
    keep: impl Fn(&T) -> bool,
) -> Result<Found<T>, StoreError> {
    let mut items: Vec<(T, Position)> = Vec::new();
    let mut start = after.and_then(|position| position.start_key(range.index.is_some()));
    loop {
        let page = table.page(range, start).await?;
        for item in page.items {
            let position = Position::of(&item);
            let Some(record) = readable::<T>(item).filter(&keep) else { continue };
            if items.len() == limit {
                let next = items.last().map(|(_, position)| position.clone());
                return Ok(Found { items, next });
            }
            items.push((record, position));
        }
        start = page.last;
        if start.is_none() {
            return Ok(Found { items, next: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use serde_json::{Value, json};

    use super::*;
    use crate::aws::canned;

    /// Two pages of one record each, with one between them that cannot be read.
    fn two_pages() -> Table {
        let item = |sk: &str, n: Value| json!({"PK": {"S": "P"}, "SK": {"S": sk}, "n": n});
        let pages = [
            json!({"Items": [item("a", json!({"N": "1"}))], "LastEvaluatedKey": {"PK": {"S": "P"}, "SK": {"S": "a"}}}),
            json!({"Items": [item("b", json!({"S": "what a later version writes"})), item("c", json!({"N": "3"}))]}),
        ];
        let asked = AtomicU32::new(0);
        let sdk = canned::sdk(move |_| (200, pages[usize::try_from(asked.fetch_add(1, SeqCst) % 2).unwrap()].clone()));
        Table::new(aws_sdk_dynamodb::Client::new(&sdk), "data")
    }

    #[derive(serde::Deserialize)]
    struct Number {
        n: u64,
    }

    #[tokio::test]
    async fn a_record_that_cannot_be_read_is_left_out_and_all_others_of_all_pages_are_there() {
        let (table, range) = (two_pages(), Range::table("P", ""));

        let all: Vec<Number> = records(&table, range.clone()).try_collect().await.unwrap();
        assert_eq!(all.iter().map(|number| number.n).collect::<Vec<_>>(), [1, 3]);
        let found = filtered::<Number>(&table, &range, None, 10, |_| true).await.unwrap();
        assert_eq!((found.items.len(), found.next.is_none()), (2, true));
    }

    #[test]
    fn a_position_round_trips_and_anything_else_is_refused() {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let item = Item::from([
            (PK.into(), text("a")),
            (SK.into(), text("b")),
            (GSI1PK.into(), text("c")),
            (GSI1SK.into(), text("d")),
        ]);
        let position = Position::of(&item);

        assert_eq!(Position::parse(position.as_str()).unwrap(), position);
        assert_eq!(position.start_key(true), Some(item));
        assert_eq!(position.start_key(false).map(|key| key.len()), Some(2));
        assert!(Position::parse("{}").is_err());
    }
}

//! Lists: all records of a range, or pages of those that a filter keeps, with the position of the next page.
//!
//! What must stay true:
//! - An unreadable record is left out and fails no list ([`readable`]).
//! - A page reads little more than it returns, and never more than its request's [`Budget`] and the pages in flight when that
//!   ended.
//! - A list continues exactly where it stopped, whatever was removed or added meanwhile.

use futures::{
    Stream, TryStreamExt as _,
    future::ready,
    stream::{iter, try_unfold},
};
use serde::de::DeserializeOwned;

use super::{
    budget::Budget,
    items::readable,
    keys::{Index, PK, SK},
    table::{Item, Range, SortKeys, StoreError, Table},
};

/// The number of records to read at a time after a filter has left out too many of the first ones.
pub(super) const MORE: usize = 100;

/// One page of a filtered list.
#[derive(Debug)]
pub struct Found<T> {
    /// At most as many as requested, each with its position. Fewer, or none, if the budget ended.
    pub items: Vec<(T, Position)>,
    /// The position of the next page; none if this is the last one.
    pub next: Option<Position>,
}

impl<T> Found<T> {
    /// Returns the items without their positions, and the position of the next page.
    pub fn into_items(self) -> (Vec<T>, Option<Position>) {
        (self.items.into_iter().map(|(item, _)| item).collect(), self.next)
    }
}

/// The position up to which a list was read, as text for a cursor: a sort key of its range, that one included.
///
/// It holds nothing else, so a cursor that points at a record which its reader may not see reveals only the record's sort key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position(String);

/// The error for a text that is not a position.
#[derive(Debug, thiserror::Error)]
#[error("not a position in a list")]
pub struct NotAPosition;

/// The prefix of a position's text: texts of another form come from another version.
const AFTER: &str = "after:";

impl Position {
    /// The position right after a sort key.
    pub(crate) fn after(sort_key: &str) -> Self {
        Self(format!("{AFTER}{sort_key}"))
    }

    /// The position before everything in a descending range.
    pub fn start_of_descending() -> Self {
        Self::after(char::MAX.encode_utf8(&mut [0; 4]))
    }

    /// Parses a position from a cursor's text.
    ///
    /// # Errors
    /// [`NotAPosition`] if [`Position::as_str`] did not produce the text.
    pub fn parse(text: &str) -> Result<Self, NotAPosition> {
        if text.starts_with(AFTER) { Ok(Self(text.to_owned())) } else { Err(NotAPosition) }
    }

    /// The position as text for a cursor.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last sort key that was read.
    pub(super) fn sort_key(&self) -> &str {
        self.0.strip_prefix(AFTER).unwrap_or_default()
    }
}

/// An item's sort key in a range.
pub(super) fn sort_key<'a>(range: &Range, item: &'a Item) -> &'a str {
    let (_, name) = range.index.map_or((PK, SK), Index::attributes);
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

/// The rest of a range from a sort key on, that one included.
fn rest(range: &Range, from: &str) -> Range {
    // The bounds before and behind all keys with the prefix. A key is never empty.
    let (first, last) = match &range.keys {
        SortKeys::Prefix(prefix) if prefix.is_empty() => ("\u{1}".to_owned(), char::MAX.to_string()),
        SortKeys::Prefix(prefix) => (prefix.clone(), format!("{prefix}{}", char::MAX)),
        SortKeys::Between(first, last) => (first.clone(), last.clone()),
    };
    let from = from.to_owned();
    let keys = match range.descending {
        true => SortKeys::Between(first, last.min(from)),
        false => SortKeys::Between(first.max(from), last),
    };
    Range { keys, ..range.clone() }
}

/// The range, limited to `items` for one page.
pub(super) fn at_most(range: &Range, items: usize) -> Range {
    Range { limit: i32::try_from(items).ok(), ..range.clone() }
}

/// The state of a walk through a range.
enum Walk {
    From(Option<Item>),
    Over,
}

/// Every record of `range`, read page by page on demand: at most one page is in memory.
pub fn records<T: DeserializeOwned>(table: &Table, range: Range) -> impl Stream<Item = Result<T, StoreError>> {
    items(table, range).try_filter_map(|item| ready(Ok(readable(item))))
}

/// The same as stored items.
pub fn items(table: &Table, range: Range) -> impl Stream<Item = Result<Item, StoreError>> {
    let pages = try_unfold((range, Walk::From(None)), async |(range, walk)| {
        let Walk::From(start) = walk else { return Ok(None) };
        let page = table.page(&range, start).await?;
        let next = page.last.map_or(Walk::Over, |last| Walk::From(Some(last)));
        Ok(Some((iter(page.items.into_iter().map(Ok)), (range, next))))
    });
    pages.try_flatten()
}

/// Reads `range` from `after` on until `limit` records satisfy `keep`, it ends, or the budget does.
///
/// # Errors
/// As [`Table::page`].
pub async fn filtered<T: DeserializeOwned>(
    table: &Table,
    range: &Range,
    after: Option<&Position>,
    limit: usize,
    budget: &Budget,
    keep: impl Fn(&T) -> bool,
) -> Result<Found<T>, StoreError> {
    let seen = after.map(Position::sort_key);
    let range = seen.map_or_else(|| range.clone(), |seen| rest(range, seen));
    let mut items: Vec<(T, Position)> = Vec::new();
    // One more than the page shows whether there are more; the record at the cursor is read a second time.
    let mut page = table.page(&at_most(&range, limit + 2), None).await?;
    loop {
        budget.spend(&page.items);
        let mut read = None;
        for item in page.items {
            let key = sort_key(&range, &item).to_owned();
            if seen == Some(&key) {
                continue;
            }
            let position = read.insert(Position::after(&key)).clone();
            let Some(record) = readable::<T>(item).filter(&keep) else { continue };
            if items.len() == limit {
                let next = items.last().map(|(_, position)| position.clone());
                return Ok(Found { items, next });
            }
            items.push((record, position));
        }
        if page.last.is_none() {
            return Ok(Found { items, next: None });
        }
        if budget.is_spent() && read.is_some() {
            return Ok(Found { items, next: read });
        }
        page = table.page(&at_most(&range, MORE), page.last).await?;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use aws_sdk_dynamodb::types::AttributeValue;
    use serde_json::{Value, json};

    use super::*;
    use crate::aws::mock_sdk::{self, Shelf};

    /// Two pages of one record each, with an unreadable one between them.
    fn two_pages() -> Table {
        let item = |sk: &str, n: Value| json!({"PK": {"S": "P"}, "SK": {"S": sk}, "n": n});
        let pages = [
            json!({"Items": [item("a", json!({"N": "1"}))], "LastEvaluatedKey": {"PK": {"S": "P"}, "SK": {"S": "a"}}}),
            json!({"Items": [item("b", json!({"S": "what a later version writes"})), item("c", json!({"N": "3"}))]}),
        ];
        let asked = AtomicU32::new(0);
        let sdk =
            mock_sdk::sdk(move |_| (200, pages[usize::try_from(asked.fetch_add(1, SeqCst) % 2).unwrap()].clone()));
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
        let found = filtered::<Number>(&table, &range, None, 10, &Budget::default(), |_| true).await.unwrap();
        assert_eq!((found.items.len(), found.next.is_none()), (2, true));
    }

    /// A table with one partition of `many` records, `n` counting from 0.
    fn numbered(many: u64) -> Shelf {
        let text = |name: &str, value: String| (name.to_owned(), AttributeValue::S(value));
        let item = |n: u64| {
            let number = ("n".to_owned(), AttributeValue::N(n.to_string()));
            Item::from([text("PK", "P".to_owned()), text("SK", format!("{n:04}")), number])
        };
        Shelf::of(&(0..many).map(item).collect::<Vec<_>>())
    }

    /// The records of all pages, and the number of pages.
    async fn walk(table: &Table, limit: usize, units: usize, keep: fn(&Number) -> bool) -> (Vec<u64>, usize) {
        let (mut shown, mut pages, mut after) = (Vec::new(), 0, None);
        loop {
            let range = Range::table("P", "");
            let found = filtered(table, &range, after.as_ref(), limit, &Budget::of(units), keep).await.unwrap();
            pages += 1;
            let (items, next) = found.into_items();
            assert!(items.len() <= limit);
            shown.extend(items.into_iter().map(|number| number.n));
            let Some(next) = next else { return (shown, pages) };
            after = Some(next);
        }
    }

    #[tokio::test]
    async fn a_page_that_leaves_nothing_out_reads_little_more_than_it_shows() {
        let shelf = numbered(1000);

        let found = filtered::<Number>(&shelf.table, &Range::table("P", ""), None, 50, &Budget::default(), |_| true)
            .await
            .unwrap();

        assert_eq!((found.items.len(), shelf.read()), (50, (1, 52)));
    }

    #[tokio::test]
    async fn a_page_of_which_a_filter_leaves_little_ends_with_the_budget_and_all_pages_together_show_each_once() {
        let shelf = numbered(1000);
        let rare = |number: &Number| number.n % 97 == 1;
        let all: Vec<u64> = (0..300).filter(|n| n % 97 == 1).collect();

        let range = Range::table("P", "");
        let found = filtered::<Number>(&shelf.table, &range, None, 5, &Budget::of(200), |n| n.n == 999).await.unwrap();
        assert!(found.items.is_empty() && found.next.is_some(), "an empty page that goes on");
        let (_, records) = shelf.read();
        assert!(records <= 300, "{records}");
        let shelf = numbered(300);
        for (limit, units) in [(1, 1), (2, 7), (5, 200), (50, 1000), (200, 1)] {
            assert_eq!(walk(&shelf.table, limit, units, rare).await.0, all, "{limit}, {units}");
        }
        let everything: Vec<u64> = (0..300).collect();
        assert_eq!(
            walk(&shelf.table, 30, 1000, |_| true).await,
            (everything, 10),
            "the last page says that it is the last"
        );
    }

    #[test]
    fn what_is_left_of_a_range_begins_where_it_was_read_to() {
        let keys = |range: &Range| match &rest(range, "k5").keys {
            SortKeys::Between(from, to) => (from.clone(), to.clone()),
            SortKeys::Prefix(prefix) => panic!("{prefix}"),
        };
        let text = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let up = Range::table("P", "k");
        let down = Range { descending: true, ..up.clone() };
        let between = |range: &Range| Range { keys: SortKeys::Between("k1".into(), "k9".into()), ..range.clone() };
        let all = |range: &Range| Range { keys: SortKeys::Prefix(String::new()), ..range.clone() };

        assert_eq!(keys(&up), text("k5", "k\u{10ffff}"));
        assert_eq!(keys(&down), text("k", "k5"));
        assert_eq!((keys(&between(&up)), keys(&between(&down))), (text("k5", "k9"), text("k1", "k5")));
        assert_eq!((keys(&all(&up)), keys(&all(&down))), (text("k5", "\u{10ffff}"), text("\u{1}", "k5")));
    }

    #[test]
    fn a_position_round_trips_and_anything_else_is_refused() {
        let position = Position::after("acme#48");

        let read = Position::parse(position.as_str()).unwrap();
        assert_eq!((read.sort_key(), &read), ("acme#48", &position));
        assert!(Position::parse("{}").is_err() && Position::parse(r#"["a","b",null,null]"#).is_err());
    }
}

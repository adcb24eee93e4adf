//! Lists with filters: reads on until a page is full, and tells where the next one starts.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::DeserializeOwned;

use super::{
    keys::{GSI1PK, GSI1SK, PK, SK},
    table::{Item, Range, StoreError, Table, parse},
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
    let mut start = after.and_then(|position| position.start_key(range.index));
    loop {
        let page = table.page(range, start).await?;
        for item in page.items {
            let position = Position::of(&item);
            let record = parse::<T>(item)?.value;
            if !keep(&record) {
                continue;
            }
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
    use super::*;

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

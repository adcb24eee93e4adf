//! The pages of a drift: where one begins, and when it ends.

use std::pin::pin;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use shared::{aws::index::Position, http::problem::Problem};

use super::{DriftRow, rows::Pair};

/// The number of rows that are made at the same time.
const AT_ONCE: usize = 4;

/// The place up to which a drift was read: whose list, and where in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    is_right: bool,
    after: Option<Position>,
}

impl Place {
    /// The place as text for a cursor.
    pub(super) fn text(&self) -> String {
        format!("{}:{}", if self.is_right { "right" } else { "left" }, self.after.as_ref().map_or("", Position::as_str))
    }

    /// Parses what [`Place::text`] made.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (side, after) = text.split_once(':')?;
        let after = if after.is_empty() { None } else { Some(Position::parse(after).ok()?) };
        Some(Self { is_right: side == "right", after })
    }

    fn after(&self, position: Position) -> Self {
        Self { after: Some(position), ..self.clone() }
    }

    /// The beginning of what comes when this list has ended.
    fn next_list(&self) -> Option<Self> {
        (!self.is_right).then_some(Self { is_right: true, after: None })
    }
}

/// Reads a page, and where the next one begins. It ends when it has `limit` rows, or early, when the pair's budgets are spent.
pub(super) async fn read(
    pair: &Pair<'_>,
    begin: Place,
    limit: usize,
) -> Result<(Vec<DriftRow>, Option<Place>), Problem> {
    let mut rows: Vec<DriftRow> = Vec::new();
    let mut place = begin;
    loop {
        let found = pair.list(place.is_right, place.after.as_ref(), limit - rows.len()).await?;
        let of_right = place.is_right;
        let made = found.items.into_iter().map(async |(workflow, position)| {
            let row =
                if of_right { pair.row_of_right(workflow).await } else { pair.row_of_left(workflow).await.map(Some) };
            row.map(|row| (row, position))
        });
        let mut made = pin!(stream::iter(made).buffered(AT_ONCE));
        while let Some((row, position)) = made.try_next().await? {
            rows.extend(row);
            place = place.after(position);
            if pair.is_spent() {
                return Ok((rows, Some(place)));
            }
        }
        place = match found.next {
            Some(next) => place.after(next),
            None => match place.next_list() {
                Some(next) => next,
                None => return Ok((rows, None)),
            },
        };
        if rows.len() == limit || pair.is_spent() {
            return Ok((rows, Some(place)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_round_trips_and_anything_else_is_none() {
        let position = Position::parse("after:acme: a#48").unwrap();
        let within = Place::default().after(position.clone());
        let right = within.next_list().unwrap();

        for place in [Place::default(), within, right.clone(), right.after(position)] {
            assert_eq!(Place::parse(&place.text()), Some(place));
        }
        assert_eq!(right.next_list(), None);
        assert!(Place::parse("").is_none() && Place::parse("left:x").is_none());
    }
}

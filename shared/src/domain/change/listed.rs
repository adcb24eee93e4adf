//! What differs between two items of Zuora's listing, with the values.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{BeforeAfter, FieldChange, LONGEST, cut};
use crate::domain::{json::Json, listed_workflow::is_same_field, volatile::is_volatile};

/// The number of equal characters shown before the first difference of two long values.
const CONTEXT: usize = 20;

/// The listed fields that differ, unknown ones included.
pub(super) fn changes(old: &str, new: &str) -> Vec<FieldChange> {
    let (old, new) = (fields(old), fields(new));
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    names
        .into_iter()
        .filter(|name| match (old.get(*name), new.get(*name)) {
            (Some(old), Some(new)) => !is_same_field(name, *old, *new),
            _ => !is_volatile(b"", name.as_bytes()),
        })
        .map(|name| FieldChange {
            field: cut(name),
            values: told_apart(old.get(name).copied(), new.get(name).copied()),
        })
        .collect()
}

fn fields(listed: &str) -> BTreeMap<Cow<'_, str>, Json<'_>> {
    Json::read(listed.as_bytes()).map(|listed| listed.members().collect()).unwrap_or_default()
}

/// A value in the form of a record; none for `null`.
fn rendered(value: Json<'_>) -> Option<String> {
    if value.is_null() { None } else { Some(value.text().unwrap_or_else(|| value.raw().to_owned())) }
}

/// Two values that differ, each cut so that the difference shows: a long common beginning is left out.
fn told_apart(before: Option<Json<'_>>, after: Option<Json<'_>>) -> BeforeAfter {
    let (before, after) = (before.and_then(rendered), after.and_then(rendered));
    let same = match (&before, &after) {
        (Some(before), Some(after)) => before.chars().zip(after.chars()).take_while(|(old, new)| old == new).count(),
        _ => 0,
    };
    let from = |text: String| match text.char_indices().nth(same.saturating_sub(CONTEXT)) {
        Some((start, _)) if same >= LONGEST => cut(&format!("\u{2026}{}", &text[start..])),
        _ => cut(&text),
    };
    BeforeAfter { before: before.map(from), after: after.map(from) }
}

//! The listed items of a run, packed: a tenant's whole listing is kept in a fraction of its size until it is stored. See D-40.
//!
//! Nothing may be written before the whole listing was judged (it may be another tenant's), so it has to be kept; as text it
//! could exceed the function's memory.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use crate::domain::{
    json,
    listed_workflow::{ListedWorkflow, UnusableItem},
};

/// The compression level: fast, and such repetitive text still shrinks to a tenth.
const LEVEL: i32 = 1;

/// The reference to a listed item: page and position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ItemRef {
    page: usize,
    item: usize,
}

/// Packed pages, and the one read last: items are mostly stored in the order of the listing.
#[derive(Default)]
pub(super) struct PackedListing {
    packed: Vec<Vec<u8>>,
    last: Mutex<Option<Unpacked>>,
}

/// A page's number and its items.
struct Unpacked(usize, Vec<Bytes>);

/// The error for a packed item that cannot be restored: memory is damaged, or this code is wrong.
#[derive(Debug, thiserror::Error)]
#[error("a listed item could not be unpacked")]
pub(super) struct Lost;

impl PackedListing {
    /// The reference to item `item` of the next page.
    pub(super) fn next(&self, item: usize) -> ItemRef {
        ItemRef { page: self.packed.len(), item }
    }

    /// Adds a page.
    pub(super) fn add(&mut self, items: &[Bytes]) -> Result<(), Lost> {
        // An unreadable item keeps its position too.
        let items: Vec<&[u8]> = items.iter().map(|item| if item.is_empty() { b"null" } else { &item[..] }).collect();
        let text = [&b"["[..], &items.join(&b","[..]), b"]"].concat();
        self.packed.push(zstd::encode_all(text.as_slice(), LEVEL).map_err(|_| Lost)?);
        Ok(())
    }

    /// Reads an item again.
    ///
    /// # Errors
    /// [`Lost`] if it cannot be unpacked or parsed.
    pub(super) fn read(&self, item_ref: ItemRef) -> Result<ListedWorkflow, Lost> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_none_or(|Unpacked(page, _)| *page != item_ref.page) {
            *last = Some(Unpacked(item_ref.page, self.unpack(item_ref.page)?));
        }
        let Unpacked(_, items) = last.as_ref().ok_or(Lost)?;
        let item = items.get(item_ref.item).ok_or(Lost)?;
        ListedWorkflow::parse(item).map_err(|UnusableItem { .. }| Lost)
    }

    fn unpack(&self, page: usize) -> Result<Vec<Bytes>, Lost> {
        let packed = self.packed.get(page).ok_or(Lost)?;
        let text = Bytes::from(zstd::decode_all(packed.as_slice()).map_err(|_| Lost)?);
        Ok(json::items(&text).map_while(Result::ok).map(|item| text.slice_ref(item)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_comes_back_as_it_was_listed_whatever_the_order() {
        let page = |from: usize| -> Vec<Bytes> {
            (from..from + 3).map(|n| Bytes::from(format!(r#"{{ "id" : {n}, "name":"é\u0000 " }}"#))).collect()
        };
        let mut pages = PackedListing::default();
        let mut item_refs = Vec::new();
        for from in [10, 20, 30] {
            item_refs.extend((0..3).map(|item| (from + item, pages.next(item))));
            pages.add(&page(from)).unwrap();
        }
        item_refs.reverse();

        for (n, item_ref) in item_refs {
            assert_eq!(pages.read(item_ref).unwrap().raw, format!(r#"{{ "id" : {n}, "name":"é\u0000 " }}"#));
        }
        assert!(pages.read(ItemRef { page: 3, item: 0 }).is_err() && pages.read(ItemRef { page: 0, item: 3 }).is_err());
    }

    #[test]
    fn a_packed_listing_is_a_fraction_of_its_size() {
        let items: Vec<_> = (0..50)
            .map(|n| Bytes::from(format!(r#"{{"id":{n},"text":"{}"}}"#, "the same again ".repeat(1000))))
            .collect();
        let mut pages = PackedListing::default();
        pages.add(&items).unwrap();

        assert!(pages.packed[0].len() * 10 < items.iter().map(Bytes::len).sum());
    }
}

//! The state of a listing, page by page: it continues, is complete, or is broken. See D-17 and D-19.

use std::collections::HashSet;

use super::{
    listing::{Item, Listing, UnreadableItem},
    packed_listing::{Lost, PackedListing},
    read_ahead::Read,
};
use crate::{
    domain::{
        failure::{ErrorClass, Failure},
        ids::WorkflowId,
        listed_workflow::{ListedWorkflow, UnusableItem},
    },
    zuora::{PAGE_LENGTH, Page},
};

/// Zuora's default page length: a server that ignores the requested length uses it.
const DEFAULT_LENGTH: usize = 20;

/// The workflows of the pages so far.
#[derive(Default)]
pub(super) struct Pagination {
    pub(super) items: Vec<Item>,
    ids: HashSet<WorkflowId>,
    pages: PackedListing,
    hashes: HashSet<String>,
    unreadable: Vec<UnreadableItem>,
    /// The length of a page that may have another behind it.
    length: usize,
    last: Option<Last>,
}

/// The page that was read last.
struct Last {
    hash: String,
    full: bool,
    announces: bool,
}

/// The decision after a page.
pub(super) enum Next {
    More,
    Complete,
    Broken(&'static str),
}

impl Pagination {
    pub(super) fn read(&self) -> Read {
        Read { pages: self.hashes.len(), announces: self.last.as_ref().is_some_and(|last| last.announces) }
    }

    fn started(&self) -> bool {
        self.last.is_some()
    }

    /// True if the last page may have been the end: after a full one that announces no other, Zuora may refuse the next.
    pub(super) fn may_have_ended(&self) -> bool {
        self.last.as_ref().is_some_and(|last| last.full && !last.announces)
    }

    pub(super) fn take(&mut self, page: &Page) -> Result<Next, Lost> {
        if page.items.is_empty() {
            let end = if page.has_next { Next::Broken("is empty but announces another") } else { Next::Complete };
            return Ok(end);
        }
        let new = self.hashes.insert(page.content_hash.clone());
        if !new {
            return Ok(self.repeated(page));
        }
        if !self.started() {
            self.length = if page.items.len() == DEFAULT_LENGTH { DEFAULT_LENGTH } else { PAGE_LENGTH };
        }
        for (at, item) in page.items.iter().enumerate() {
            self.take_item(at, item);
        }
        self.pages.add(&page.items)?;
        // A full page that announces no next one is checked by requesting one more: "no more" is never taken on trust
        // (`docs/reliability.md` R22).
        let full = page.items.len() >= self.length;
        self.last = Some(Last { hash: page.content_hash.clone(), full, announces: page.has_next });
        Ok(if page.has_next || full { Next::More } else { Next::Complete })
    }

    /// The decision about a repeated page. Beyond its end a list may show its last page again. A server that always shows its
    /// first page looks the same at page 2, so there nothing is proven.
    fn repeated(&self, page: &Page) -> Next {
        let last = self.last.as_ref().filter(|last| last.hash == page.content_hash);
        match last {
            None => Next::Broken("repeats an earlier one"),
            Some(_) if self.hashes.len() == 1 => Next::Broken("repeats the first one"),
            Some(last) if last.announces || page.has_next => Next::Broken("repeats the one before it"),
            Some(_) => Next::Complete,
        }
    }

    fn take_item(&mut self, at: usize, item: &[u8]) {
        if item.is_empty() {
            let why = "it is larger than 10 MB".to_owned();
            return self.unreadable.push(UnreadableItem { id: None, why });
        }
        match ListedWorkflow::parse(item) {
            // Paging by number can show one workflow twice when the list shifts: it counts once.
            Ok(listed) if !self.ids.insert(listed.zuora_id.clone()) => {}
            Ok(ListedWorkflow { zuora_id: id, created_at, fingerprint, .. }) => {
                self.items.push(Item { id, created_at, fingerprint, item_ref: self.pages.next(at) });
            }
            Err(UnusableItem { zuora_id: Some(id), .. }) if !self.ids.insert(id.clone()) => {}
            Err(UnusableItem { zuora_id: id, reason: why }) => self.unreadable.push(UnreadableItem { id, why }),
        }
    }

    pub(super) fn end(self, broken: Option<String>) -> Listing {
        let without_id = self.unreadable.iter().filter(|item| item.id.is_none()).count();
        let without_id = (without_id > 0)
            .then(|| format!("{without_id} listed items have no usable id, so what is missing cannot be told."));
        let why = broken.or(without_id);
        Listing {
            items: self.items,
            pages: self.pages,
            unreadable: self.unreadable,
            complete: why.is_none(),
            failure: why.map(|why| Failure::new(ErrorClass::Transient, format!("{why} Nothing was deleted."))),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn page(ids: std::ops::Range<u32>, has_next: bool) -> Page {
        let items = ids.clone().map(|id| Bytes::from(format!(r#"{{"id":{id},"name":"w{id}"}}"#)));
        Page { items: items.collect(), has_next, content_hash: format!("{ids:?}") }
    }

    fn take(pagination: &mut Pagination, page: &Page) -> Next {
        pagination.take(page).unwrap()
    }

    /// The decision after the last of these pages.
    fn walked(pages: &[Page]) -> Next {
        let mut pagination = Pagination::default();
        pages.iter().map(|page| take(&mut pagination, page)).last().unwrap()
    }

    #[test]
    fn a_short_last_page_completes_and_a_full_one_is_asked_about_again() {
        assert!(matches!(walked(&[page(0..49, false)]), Next::Complete));
        let mut pagination = Pagination::default();
        assert!(!pagination.may_have_ended());
        assert!(matches!(take(&mut pagination, &page(0..50, false)), Next::More));
        assert!(pagination.may_have_ended());
        assert!(matches!(take(&mut pagination, &page(0..0, false)), Next::Complete));
        assert!(pagination.end(None).complete);
    }

    #[test]
    fn a_page_that_was_announced_cannot_be_missing() {
        let mut pagination = Pagination::default();
        take(&mut pagination, &page(0..50, true));

        assert!(!pagination.may_have_ended());
    }

    #[test]
    fn a_first_page_of_twenty_may_be_a_server_that_was_not_told_to_show_fifty() {
        assert!(matches!(walked(&[page(0..20, false)]), Next::More));
        assert!(matches!(walked(&[page(0..20, false), page(20..40, false)]), Next::More));
        assert!(matches!(walked(&[page(0..20, false), page(20..40, false), page(40..45, false)]), Next::Complete));
        assert!(matches!(walked(&[page(0..20, false), page(0..0, false)]), Next::Complete));
        assert!(matches!(walked(&[page(0..50, false), page(50..70, false)]), Next::Complete));
    }

    #[test]
    fn the_digest_names_what_was_listed_in_any_order_and_nothing_that_is_incomplete() {
        let digest = |pages: &[Page]| {
            let mut pagination = Pagination::default();
            for page in pages {
                take(&mut pagination, page);
            }
            pagination.end(None).digest()
        };
        let base = digest(&[page(0..50, true), page(50..60, false)]);

        assert!(base.is_some());
        assert_eq!(digest(&[page(50..60, true), page(0..50, true)]), base);
        assert_ne!(digest(&[page(0..50, true), page(50..59, false)]), base);
        assert_eq!(Pagination::default().end(Some("broken".into())).digest(), None);
    }

    #[test]
    fn a_server_that_shows_its_last_page_again_behind_the_end_is_done() {
        let full = || page(50..100, false);

        assert!(matches!(walked(&[page(0..50, true), full(), full()]), Next::Complete));
        assert!(
            matches!(walked(&[page(0..50, true), full(), page(50..100, true)]), Next::Broken(_)),
            "it announces more"
        );
    }

    #[test]
    fn any_other_page_that_comes_again_and_an_empty_one_that_promises_more_break_the_walk() {
        let first = || page(0..50, false);

        assert!(
            matches!(walked(&[first(), first()]), Next::Broken("repeats the first one")),
            "does it turn pages at all?"
        );
        assert!(matches!(
            walked(&[page(0..50, true), page(50..100, true), first()]),
            Next::Broken("repeats an earlier one")
        ));
        assert!(matches!(walked(&[page(0..50, true), page(50..100, true), page(50..100, true)]), Next::Broken(_)));
        assert!(matches!(walked(&[page(0..0, true)]), Next::Broken(_)));
    }

    #[test]
    fn a_workflow_on_two_pages_counts_once_and_every_item_can_be_read_again() {
        let mut pagination = Pagination::default();
        take(&mut pagination, &page(0..50, true));
        take(&mut pagination, &page(49..60, false));
        let listing = pagination.end(None);

        assert_eq!(listing.items.len(), 60);
        for item in &listing.items {
            assert_eq!(listing.pages.read(item.item_ref).unwrap().zuora_id, item.id);
        }
    }

    fn listed(items: &[&str]) -> Listing {
        let mut pagination = Pagination::default();
        let items = items.iter().map(|item| Bytes::from((*item).to_owned())).collect();
        take(&mut pagination, &Page { items, has_next: false, content_hash: "h".into() });
        pagination.end(None)
    }

    #[test]
    fn an_item_without_a_usable_id_makes_the_listing_incomplete_and_is_an_error() {
        for item in [r#"{"name":"x"}"#, r#"{"id":null}"#, r#"{"id":"a#b"}"#, "[]", "7", "nonsense"] {
            let listing = listed(&[item]);

            assert!(!listing.complete, "{item}");
            assert_eq!(listing.errors().map(|error| error.workflow_id).collect::<Vec<_>>(), [None], "{item}");
        }
    }

    #[test]
    fn an_item_too_large_to_be_read_is_told_as_such_and_the_others_are_stored() {
        let listing = listed(&[r#"{"id":1}"#, "", r#"{"id":3}"#]);

        assert!(!listing.complete, "whose it is nobody knows");
        assert!(listing.errors().next().unwrap().message.contains("larger than 10 MB"));
        assert_eq!(listing.pages.read(listing.items[1].item_ref).unwrap().zuora_id.as_str(), "3");
    }

    #[test]
    fn an_item_that_is_no_json_fails_alone_and_is_not_missing() {
        let listing = listed(&[r#"{"id":1}"#, r#"{"id":2,"x":NaN}"#, r#"{"id":3}"#]);

        assert!(listing.complete);
        assert_eq!(listing.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(listing.seen().len(), 3);
        let error = listing.errors().next().unwrap();
        assert_eq!(error.workflow_id.unwrap().as_str(), "2");
        assert!(error.message.contains("it is not JSON"), "{}", error.message);
        assert_eq!(listing.pages.read(listing.items[1].item_ref).unwrap().zuora_id.as_str(), "3");
    }
}

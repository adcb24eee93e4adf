//! The full listing, and the proof that it is complete.
//!
//! Complete = every page answered and was well formed, no item without an id, no page came twice, and the last page is
//! proven: no further one announced, and it was short or an extra page after it was empty. Anything else is incomplete:
//! what was seen may be stored, nothing may be deleted. Source: reliability.md section 8, R14-R22.

use std::collections::{HashSet, VecDeque};

use futures::{StreamExt, stream::FuturesOrdered};
use sha2::{Digest, Sha256};

use super::{
    Run, Stop,
    pages::{Lost, Pages, Place},
    upstream::Refusal,
};
use crate::{
    domain::{
        failure::{ErrorClass, Failure},
        guard::Seen,
        ids::WorkflowId,
        job::WorkflowError,
        listed::ListedWorkflow,
    },
    zuora::{PAGE_LENGTH, Page, ZuoraErrorKind},
};

/// A tenant with more pages than this is not synced: a listing must fit one run.
const MAX_PAGES: u32 = 1_000;
/// Pages asked for at the same time, once the stored count says that they exist.
const LOOK_AHEAD: usize = 4;

/// One workflow of the listing, as far as the plan cares.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) id: WorkflowId,
    pub(super) created_at: Option<String>,
    pub(super) fingerprint: String,
    /// Where the rest of it is.
    pub(super) place: Place,
}

/// What Zuora listed.
pub(super) struct Listing {
    /// Each workflow once.
    pub(super) items: Vec<Item>,
    /// The items as they came.
    pub(super) pages: Pages,
    /// Items without a usable id.
    nameless: u64,
    /// Whether absence from it means anything.
    pub(super) complete: bool,
    /// Why it is not complete.
    pub(super) failure: Option<Failure>,
}

impl Listing {
    pub(super) fn seen(&self) -> Vec<Seen<'_>> {
        self.items.iter().map(|item| (&item.id, item.created_at.as_deref())).collect()
    }

    /// Names what was listed, ids and fingerprints, whatever the order; none if it is not complete.
    pub(super) fn digest(&self) -> Option<String> {
        let mut lines: Vec<_> = self.items.iter().map(|item| (item.id.as_str(), item.fingerprint.as_str())).collect();
        lines.sort_unstable();
        let mut hash = Sha256::new();
        for (id, fingerprint) in lines {
            hash.update(format!("{id} {fingerprint}\n"));
        }
        self.complete.then(|| hex::encode(hash.finalize()))
    }

    /// One error per item without a usable id.
    pub(super) fn errors(&self) -> Vec<WorkflowError> {
        let message = "Zuora listed an item without a usable id.";
        let error = WorkflowError { workflow_id: None, class: ErrorClass::Transient, message: message.to_owned() };
        (0..self.nameless).map(|_| error.clone()).collect()
    }
}

/// What the pages so far amount to.
#[derive(Default)]
struct Walk {
    items: Vec<Item>,
    ids: HashSet<WorkflowId>,
    pages: Pages,
    hashes: HashSet<String>,
    nameless: u64,
}

/// Whether the walk goes on after a page.
enum Next {
    More,
    Complete,
    Broken(&'static str),
}

impl Run<'_> {
    /// Lists all workflows. Page 1 alone; then several at once, as far as the number of `stored` ones promises pages.
    pub(super) async fn list(&self, stored: u64) -> Result<Listing, Stop> {
        let promised = u32::try_from(stored.div_ceil(PAGE_LENGTH as u64)).unwrap_or(MAX_PAGES);
        let mut walk = Walk::default();
        let mut asked = VecDeque::new();
        let mut answers = FuturesOrdered::new();
        let mut next = 1;
        loop {
            while answers.is_empty() || (walk.started() && next <= promised && answers.len() < LOOK_AHEAD) {
                if next > MAX_PAGES {
                    let message = format!("The tenant has more than {MAX_PAGES} pages of workflows.");
                    return Err(Stop::Failed(Failure::new(ErrorClass::TooLarge, message)));
                }
                asked.push_back(next);
                answers.push_back(self.upstream.page(next));
                next += 1;
            }
            let (Some(number), Some(answer)) = (asked.pop_front(), answers.next().await) else {
                continue;
            };
            let page = match answer {
                Ok(page) => page,
                Err(Refusal::Zuora(error)) if error.kind == ZuoraErrorKind::Malformed => {
                    return Ok(walk.end(Some(format!("Page {number} of the listing: {}", error.failure().message))));
                }
                Err(refusal) => return Err(refusal.into()),
            };
            let next_step = walk.take(&page).map_err(|error| Stop::bug(&error))?;
            self.watch.page_read(walk.items.len());
            match next_step {
                Next::More => {}
                Next::Complete => return Ok(walk.end(None)),
                Next::Broken(why) => return Ok(walk.end(Some(format!("Page {number} of the listing {why}.")))),
            }
            self.check_wanted_at_times().await?;
            if self.is_late() {
                let message = "Zuora's listing took longer than one run may take.";
                return Err(Stop::Failed(Failure::new(ErrorClass::Transient, message)));
            }
        }
    }
}

impl Walk {
    fn started(&self) -> bool {
        !self.hashes.is_empty()
    }

    fn take(&mut self, page: &Page) -> Result<Next, Lost> {
        let new = self.hashes.insert(page.content_hash.clone());
        if page.items.is_empty() {
            let end = if page.has_next { Next::Broken("is empty but announces another") } else { Next::Complete };
            return Ok(end);
        }
        if !new {
            return Ok(Next::Broken("repeats an earlier one"));
        }
        for (at, raw) in page.items.iter().enumerate() {
            let Some((id, listed)) = identify(raw) else {
                self.nameless += 1;
                continue;
            };
            // Page-number paging can show one workflow twice when the list moves: it counts once.
            if self.ids.insert(id.clone()) {
                let ListedWorkflow { created_at, fingerprint, .. } = listed;
                self.items.push(Item { id, created_at, fingerprint, place: self.pages.next(at) });
            }
        }
        self.pages.add(&page.items)?;
        // A full page without a next one is asked about once more: "no more" is never taken on trust (R22).
        Ok(if page.has_next || page.items.len() >= PAGE_LENGTH { Next::More } else { Next::Complete })
    }

    fn end(self, broken: Option<String>) -> Listing {
        let nameless = (self.nameless > 0)
            .then(|| format!("{} listed items have no usable id, so what is missing cannot be told.", self.nameless));
        let why = broken.or(nameless);
        Listing {
            items: self.items,
            pages: self.pages,
            nameless: self.nameless,
            complete: why.is_none(),
            failure: why.map(|why| Failure::new(ErrorClass::Transient, format!("{why} Nothing was deleted."))),
        }
    }
}

fn identify(item: &serde_json::value::RawValue) -> Option<(WorkflowId, ListedWorkflow)> {
    let listed = ListedWorkflow::parse(item).ok()?;
    let id = listed.zuora_id.parse().ok()?;
    Some((id, listed))
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn page(ids: std::ops::Range<u32>, has_next: bool) -> Page {
        let items = ids.clone().map(|id| RawValue::from_string(format!(r#"{{"id":{id},"name":"w{id}"}}"#)).unwrap());
        Page { items: items.collect(), has_next, content_hash: format!("{ids:?}") }
    }

    fn take(walk: &mut Walk, page: &Page) -> Next {
        walk.take(page).unwrap()
    }

    #[test]
    fn a_short_last_page_completes_and_a_full_one_is_asked_about_again() {
        assert!(matches!(take(&mut Walk::default(), &page(0..49, false)), Next::Complete));
        let mut walk = Walk::default();
        assert!(matches!(take(&mut walk, &page(0..50, false)), Next::More));
        assert!(matches!(take(&mut walk, &page(0..0, false)), Next::Complete));
        assert!(walk.end(None).complete);
    }

    #[test]
    fn the_digest_names_what_was_listed_in_any_order_and_nothing_that_is_incomplete() {
        let digest = |pages: &[Page]| {
            let mut walk = Walk::default();
            for page in pages {
                take(&mut walk, page);
            }
            walk.end(None).digest()
        };
        let base = digest(&[page(0..50, true), page(50..60, false)]);

        assert!(base.is_some());
        assert_eq!(digest(&[page(50..60, true), page(0..50, true)]), base);
        assert_ne!(digest(&[page(0..50, true), page(50..59, false)]), base);
        assert_eq!(Walk::default().end(Some("broken".into())).digest(), None);
    }

    #[test]
    fn a_repeated_page_and_an_empty_one_that_promises_more_break_the_walk() {
        let mut walk = Walk::default();
        take(&mut walk, &page(0..50, true));

        assert!(matches!(take(&mut walk, &page(0..50, true)), Next::Broken(_)));
        assert!(matches!(take(&mut Walk::default(), &page(0..0, true)), Next::Broken(_)));
    }

    #[test]
    fn a_workflow_on_two_pages_counts_once_and_every_item_can_be_read_again() {
        let mut walk = Walk::default();
        take(&mut walk, &page(0..50, true));
        take(&mut walk, &page(49..60, false));
        let listing = walk.end(None);

        assert_eq!(listing.items.len(), 60);
        for item in &listing.items {
            assert_eq!(listing.pages.read(item.place).unwrap().zuora_id, item.id.as_str());
        }
    }

    #[test]
    fn an_item_without_a_usable_id_makes_the_listing_incomplete_and_is_an_error() {
        for item in [r#"{"name":"x"}"#, r#"{"id":null}"#, r#"{"id":"a#b"}"#, "[]", "7"] {
            let mut walk = Walk::default();
            let raw = RawValue::from_string(item.to_owned()).unwrap();
            take(&mut walk, &Page { items: vec![raw], has_next: false, content_hash: "h".into() });
            let listing = walk.end(None);

            assert!(!listing.complete, "{item}");
            assert_eq!(listing.errors().len(), 1, "{item}");
        }
    }
}

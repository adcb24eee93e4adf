//! The listing, and the proof that it is complete.
//!
//! A listing is complete if every page was read and well formed, no item lacked an id, no page came twice, and the last page is
//! proven: it announced no further one, and it was short, or the page after it was empty, was refused by Zuora as nonexistent,
//! or repeated it. Any other listing is incomplete: what it shows may be stored, but nothing may be deleted. An unreadable item
//! with an id counts as listed: it fails alone.

use std::collections::{HashSet, VecDeque};

use futures::{StreamExt, stream::FuturesOrdered};
use sha2::{Digest, Sha256};

use super::{
    Interruption, SyncRun,
    ahead::pages_at_once,
    packed_listing::{ItemRef, PackedListing},
    upstream::Refusal,
    walk::{Next, Walk},
};
use crate::{
    domain::{
        failure::{ErrorClass, Failure},
        guard::Seen,
        ids::WorkflowId,
        job::WorkflowError,
    },
    zuora::{PAGE_LENGTH, ZuoraErrorKind},
};

/// The largest number of pages: a listing must fit one run, so a tenant with more is not synced.
const MAX_PAGES: u32 = 1_000;

/// One listed workflow, with the fields that the plan needs.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) id: WorkflowId,
    pub(super) created_at: Option<String>,
    pub(super) fingerprint: String,
    /// The reference to its complete item.
    pub(super) item_ref: ItemRef,
}

/// An unreadable item of the listing.
pub(super) struct UnreadableItem {
    /// Its id, if it has one.
    pub(super) id: Option<WorkflowId>,
    pub(super) why: String,
}

/// The result of listing a tenant.
pub(super) struct Listing {
    /// Each workflow once.
    pub(super) items: Vec<Item>,
    /// The items as received.
    pub(super) pages: PackedListing,
    /// The unreadable items.
    pub(super) unreadable: Vec<UnreadableItem>,
    /// True if a workflow that is absent from it counts as missing.
    pub(super) complete: bool,
    /// The reason why it is not complete.
    pub(super) failure: Option<Failure>,
}

impl Listing {
    /// The identity (id and creation time) of each workflow.
    pub(super) fn identities(&self) -> Vec<Seen<'_>> {
        self.items.iter().map(|item| (&item.id, item.created_at.as_deref())).collect()
    }

    /// The ids that do not count as missing.
    pub(super) fn seen(&self) -> HashSet<&WorkflowId> {
        let unreadable = self.unreadable.iter().filter_map(|item| item.id.as_ref());
        self.items.iter().map(|item| &item.id).chain(unreadable).collect()
    }

    /// The digest of all ids and fingerprints, in any order; none if the listing is not complete.
    pub(super) fn digest(&self) -> Option<String> {
        let mut lines: Vec<_> = self.items.iter().map(|item| (item.id.as_str(), item.fingerprint.as_str())).collect();
        lines.sort_unstable();
        let mut hash = Sha256::new();
        for (id, fingerprint) in lines {
            hash.update(format!("{id} {fingerprint}\n"));
        }
        self.complete.then(|| hex::encode(hash.finalize()))
    }

    /// One error per unreadable item.
    pub(super) fn errors(&self) -> impl Iterator<Item = WorkflowError> {
        self.unreadable.iter().map(|item| WorkflowError {
            workflow_id: item.id.clone(),
            class: ErrorClass::Transient,
            message: format!("Zuora listed an item that cannot be read: {}.", item.why),
        })
    }
}

impl SyncRun<'_> {
    /// Lists all workflows. Page 1 is read alone; then several at once, as far as the number of `stored` ones promises pages or
    /// the pages read so far suggest more.
    pub(super) async fn list(&self, stored: u64) -> Result<Listing, Interruption> {
        let promised = u32::try_from(stored.div_ceil(PAGE_LENGTH as u64)).unwrap_or(MAX_PAGES);
        let mut walk = Walk::default();
        let mut asked = VecDeque::new();
        let mut answers = FuturesOrdered::new();
        let mut next = 1;
        loop {
            // Never ahead beyond the limit: a tenant that ends just before it is not too large.
            while next <= MAX_PAGES
                && (answers.is_empty()
                    || answers.len() < pages_at_once(walk.read(), next <= promised, self.upstream.limit()))
            {
                asked.push_back(next);
                answers.push_back(self.upstream.page(next));
                next += 1;
            }
            let (Some(number), Some(answer)) = (asked.pop_front(), answers.next().await) else {
                let message = format!("The tenant has more than {MAX_PAGES} pages of workflows.");
                return Err(Interruption::Failed(Failure::new(ErrorClass::TooLarge, message)));
            };
            let page = match answer {
                Ok(page) => page,
                Err(Refusal::Zuora(error)) if error.says_there_is_none() && walk.may_have_ended() => {
                    return Ok(walk.end(None));
                }
                Err(Refusal::Zuora(error)) if error.kind == ZuoraErrorKind::Malformed => {
                    return Ok(walk.end(Some(format!("Page {number} of the listing: {}", error.failure().message))));
                }
                Err(refusal) => return Err(refusal.into()),
            };
            let next_step = walk.take(&page).map_err(|error| Interruption::bug(&error))?;
            self.heartbeat.page_read(walk.items.len());
            match next_step {
                Next::More => {}
                Next::Complete => return Ok(walk.end(None)),
                Next::Broken(why) => return Ok(walk.end(Some(format!("Page {number} of the listing {why}.")))),
            }
            self.check_wanted_throttled().await?;
            if self.is_late() {
                return Err(Interruption::listing_too_slow());
            }
        }
    }
}

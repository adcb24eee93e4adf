//! The listing, and the proof that it is complete.
//!
//! A listing is complete if every page was read and well formed, no item lacked an id, no page came twice, and the last page is
//! proven: it announced no further one, and it was short, or the page after it was empty, was refused by Zuora as nonexistent,
//! or repeated it. Any other listing is incomplete: what it shows may be stored, but nothing may be deleted. An unreadable item
//! with an id counts as listed: it fails alone.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::packed_listing::{ItemRef, PackedListing};
use crate::domain::{
    failure::{ErrorClass, Failure},
    guard::Seen,
    ids::WorkflowId,
    job::WorkflowError,
};

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

//! The snapshot of a run: Zuora's listing, and what is stored. See D-41.
//!
//! Most syncs find nothing changed. The customer therefore keeps the digest of the listing that its copy equals; if the next
//! listing has the same one, the run reads only the heads of the workflows whose reverification is due. What must stay true:
//! - The digest is there only while the copy equals that listing: it is set by a sync that stored everything listed and left
//!   nothing else undone, and removed, durably, before a run's first write ([`SyncRun::forget_listing_digest`]).
//! - Once a day a full compare is made all the same, and while something has to be derived anew.

use std::collections::HashSet;

use futures::future::try_join_all;

use super::{
    listing::Listing,
    run::{Allowed, SyncRun},
    totals::Counts,
};
use crate::{
    app::{conflicts::retry_on_conflict, error::AppError, interruption::Interruption},
    aws::{customers::Customers, table::StoreError},
    domain::{
        derived::VERSION,
        diff,
        ids::WorkflowId,
        job::Kind,
        listed_workflow::{ListedWorkflow, is_comparable},
    },
};

/// The percentage of workflows with a due reverification from which one query is cheaper than reading their heads one by one.
const MANY_DUE_PERCENT: usize = 20;

/// The number of fingerprints that are renewed concurrently.
const RENEWED_AT_ONCE: usize = 8;

/// Both sides of the comparison.
pub(super) struct Snapshot {
    pub(super) listing: Listing,
    /// The heads of all stored workflows; for an unchanged copy only those whose reverification is due.
    pub(super) heads: Vec<diff::Head>,
    /// True if the copy is known to equal the listing.
    pub(super) unchanged: bool,
    pub(super) allowed: Allowed,
}

impl SyncRun<'_> {
    /// Reads both sides, and the approved list.
    pub(super) async fn snapshot(&self) -> Result<Snapshot, Interruption> {
        let listing = Box::pin(self.list(self.customer.workflows_count));
        if !self.may_be_unchanged() {
            let heads = Box::pin(self.all_heads());
            let (listing, heads, allowed) = tokio::try_join!(listing, heads, Box::pin(self.allowed()))?;
            return Ok(Snapshot { listing, heads, unchanged: false, allowed });
        }
        let (listing, allowed) = (listing.await?, Allowed::default());
        if listing.digest() == self.customer.listing_digest
            && let Some(heads) = self.due_heads(&listing).await?
        {
            return Ok(Snapshot { listing, heads, unchanged: true, allowed });
        }
        Ok(Snapshot { listing, heads: self.all_heads().await?, unchanged: false, allowed })
    }

    /// The numbers of workflows and tasks that are stored before this run writes.
    pub(super) fn counts(&self, snapshot: &Snapshot) -> Counts {
        if snapshot.unchanged {
            Counts::of_some(&snapshot.heads, (self.customer.workflows_count, self.customer.tasks_count))
        } else {
            Counts::of(&snapshot.heads)
        }
    }

    fn may_be_unchanged(&self) -> bool {
        let Self { customer, job, .. } = self;
        let everything_is_due = customer.reverification.is_full_compare_due(&customer.id, self.started_at);
        let is_derived = customer.derived == VERSION;
        let is_plain = job.kind == Kind::Sync && job.approval.is_none();
        customer.listing_digest.is_some() && is_plain && is_derived && !everything_is_due
    }

    async fn all_heads(&self) -> Result<Vec<diff::Head>, Interruption> {
        let mut heads = self.syncer.workflows.heads(&self.customer.id).await?;
        let mut old: Vec<_> = heads.iter_mut().filter(|head| !is_comparable(&head.fingerprint)).collect();
        for some in old.chunks_mut(RENEWED_AT_ONCE) {
            try_join_all(some.iter_mut().map(|head| self.renew_fingerprint(head))).await?;
        }
        Ok(heads)
    }

    /// Renews a fingerprint after a change of its formula, from the stored listing, so that no export is needed.
    async fn renew_fingerprint(&self, head: &mut diff::Head) -> Result<(), Interruption> {
        let workflows = &self.syncer.workflows;
        let stored = workflows.get(&self.customer.id, &head.zuora_id).await?.filter(|stored| stored.rev == head.rev);
        let Some(listed) = stored.and_then(|stored| ListedWorkflow::parse(stored.value.listed.as_bytes()).ok()) else {
            return Ok(());
        };
        head.fingerprint = listed.fingerprint;
        if self.job.kind == Kind::Plan {
            return Ok(());
        }
        match workflows.put_fingerprint(&self.customer.id, head).await {
            // Another run wrote the workflow since, with a fingerprint of its own.
            Err(StoreError::Conflict { .. }) => Ok(()),
            result => Ok(result?),
        }
    }

    /// The heads of the workflows whose reverification is due; none if there are too many, or one of them is missing,
    /// deleted, or not as it is listed.
    async fn due_heads(&self, listing: &Listing) -> Result<Option<Vec<diff::Head>>, Interruption> {
        let due = |id: &WorkflowId| self.customer.reverification.due_since(id, self.started_at).is_some();
        let ids: Vec<_> = listing.items.iter().map(|item| &item.id).filter(|id| due(id)).cloned().collect();
        if ids.len() * 100 > listing.items.len() * MANY_DUE_PERCENT {
            return Ok(None);
        }
        let heads = self.syncer.workflows.heads_of(&self.customer.id, &ids).await?;
        let heads: Option<Vec<_>> = heads.into_iter().collect();
        let listed: HashSet<_> = listing.items.iter().map(|item| (&item.id, &item.fingerprint)).collect();
        let as_listed =
            |head: &diff::Head| head.deleted_at.is_none() && listed.contains(&(&head.zuora_id, &head.fingerprint));
        Ok(heads.filter(|heads| heads.iter().all(as_listed)))
    }

    /// Removes the listing digest before the first write of a run: from then on the copy equals no known listing, even if this
    /// run dies.
    pub(super) async fn forget_listing_digest(&self) -> Result<(), Interruption> {
        self.digest_forgotten.get_or_try_init(async || self.remove_listing_digest().await).await?;
        Ok(())
    }

    async fn remove_listing_digest(&self) -> Result<(), Interruption> {
        if self.customer.listing_digest.is_none() {
            return Ok(());
        }
        let dispatcher = &self.syncer.dispatcher;
        let forgotten = retry_on_conflict("customer", || async {
            let found = dispatcher.customers.get(&self.customer.id).await?.ok_or(AppError::NotFound("customer"))?;
            let mut customer = found.value.clone();
            customer.listing_digest = None;
            Ok(dispatcher.data.write(Customers::put(&mut customer, Some(&found))?).await?)
        });
        match forgotten.await {
            Ok(()) => Ok(()),
            Err(AppError::Store(error)) => Err(error.into()),
            Err(_) => Err(Interruption::Cancelled("the customer was deleted")),
        }
    }
}

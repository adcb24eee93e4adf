//! What a run knows: what Zuora lists, and what is stored.
//!
//! Most syncs find nothing changed. The customer therefore keeps the digest of the listing that its copy equals ("settled"); if the next listing
//! has the same one, nothing stored is read but the heads of the workflows whose daily look is due. What must stay true:
//! - The digest is there only while the copy equals that listing: it is set with a sync that stored everything listed and nothing else
//!   is left, and forgotten, durably, before a run's first write ([`Run::unsettle`]).
//! - Once a day everything is compared all the same.

use std::collections::HashSet;

use futures::future::try_join_all;

use super::{Allowed, Run, Stop, listing::Listing, tally::Counts};
use crate::{
    app::{error::AppError, races::until_won},
    aws::{customers::Customers, table::StoreError},
    domain::{
        diff,
        ids::WorkflowId,
        job::Kind,
        listed::{ListedWorkflow, is_comparable},
    },
};

/// When so many looks of a hundred workflows are due, one query is cheaper than reading their heads one by one.
const MANY_LOOKS_PERCENT: usize = 20;

/// Fingerprints made anew at the same time.
const RENEWED_AT_ONCE: usize = 8;

/// Both sides of the comparison.
pub(super) struct Known {
    pub(super) listing: Listing,
    /// Every stored workflow; of a settled copy only those whose look is due.
    pub(super) heads: Vec<diff::Stored>,
    /// Whether the copy is known to equal the listing.
    pub(super) settled: bool,
    pub(super) allowed: Allowed,
}

impl Run<'_> {
    /// Reads both sides, and what a person allowed.
    pub(super) async fn look(&self) -> Result<Known, Stop> {
        let listing = Box::pin(self.list(self.customer.workflows_count));
        if !self.may_be_settled() {
            let heads = Box::pin(self.all_heads());
            let (listing, heads, allowed) = tokio::try_join!(listing, heads, Box::pin(self.allowed()))?;
            return Ok(Known { listing, heads, settled: false, allowed });
        }
        let (listing, allowed) = (listing.await?, Allowed::default());
        if listing.digest() == self.customer.settled_listing
            && let Some(heads) = self.heads_of_looks(&listing).await?
        {
            return Ok(Known { listing, heads, settled: true, allowed });
        }
        Ok(Known { listing, heads: self.all_heads().await?, settled: false, allowed })
    }

    /// How many workflows and tasks are stored before this run writes.
    pub(super) fn counts(&self, known: &Known) -> Counts {
        if known.settled {
            Counts::of_some(&known.heads, (self.customer.workflows_count, self.customer.tasks_count))
        } else {
            Counts::of(&known.heads)
        }
    }

    fn may_be_settled(&self) -> bool {
        let Self { customer, job, .. } = self;
        let everything_is_due = customer.looks.is_sweep_due(&customer.id, self.started_at);
        customer.settled_listing.is_some() && job.kind == Kind::Sync && job.approval.is_none() && !everything_is_due
    }

    async fn all_heads(&self) -> Result<Vec<diff::Stored>, Stop> {
        let mut heads = self.syncer.workflows.heads(&self.customer.id).await?;
        let mut old: Vec<_> = heads.iter_mut().filter(|head| !is_comparable(&head.fingerprint)).collect();
        for some in old.chunks_mut(RENEWED_AT_ONCE) {
            try_join_all(some.iter_mut().map(|head| self.renew_fingerprint(head))).await?;
        }
        Ok(heads)
    }

    /// After a change of the fingerprint's formula: the stored listing says what was listed then, so nothing is exported for it.
    async fn renew_fingerprint(&self, head: &mut diff::Stored) -> Result<(), Stop> {
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
            // Somebody wrote the workflow since, with a fingerprint of its own.
            Err(StoreError::Conflict { .. }) => Ok(()),
            result => Ok(result?),
        }
    }

    /// The heads of the workflows whose look is due; none if there are too many, or one of them is not as it should be.
    async fn heads_of_looks(&self, listing: &Listing) -> Result<Option<Vec<diff::Stored>>, Stop> {
        let due = |id: &WorkflowId| self.customer.looks.due_since(id, self.started_at).is_some();
        let ids: Vec<_> = listing.items.iter().map(|item| &item.id).filter(|id| due(id)).cloned().collect();
        if ids.len() * 100 > listing.items.len() * MANY_LOOKS_PERCENT {
            return Ok(None);
        }
        let heads = self.syncer.workflows.heads_of(&self.customer.id, &ids).await?;
        let heads: Option<Vec<_>> = heads.into_iter().collect();
        let listed: HashSet<_> = listing.items.iter().map(|item| (&item.id, &item.fingerprint)).collect();
        let as_listed =
            |head: &diff::Stored| head.deleted_at.is_none() && listed.contains(&(&head.zuora_id, &head.fingerprint));
        Ok(heads.filter(|heads| heads.iter().all(as_listed)))
    }

    /// Before the first write of a run: from now on the copy equals no listing that is known, also if this run dies.
    pub(super) async fn unsettle(&self) -> Result<(), Stop> {
        self.unsettled.get_or_try_init(async || self.forget_settled_listing().await).await?;
        Ok(())
    }

    async fn forget_settled_listing(&self) -> Result<(), Stop> {
        if self.customer.settled_listing.is_none() {
            return Ok(());
        }
        let dispatcher = &self.syncer.dispatcher;
        let forgotten = until_won("customer", || async {
            let found = dispatcher.customers.get(&self.customer.id).await?.ok_or(AppError::NotFound("customer"))?;
            let mut customer = found.value.clone();
            customer.settled_listing = None;
            Ok(dispatcher.data.write(Customers::put(&customer, Some(&found))?).await?)
        });
        match forgotten.await {
            Ok(()) => Ok(()),
            Err(AppError::Store(error)) => Err(error.into()),
            Err(_) => Err(Stop::Cancelled("the customer was deleted")),
        }
    }
}

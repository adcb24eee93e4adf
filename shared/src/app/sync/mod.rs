//! One run of a sync.
//!
//! It lists everything at Zuora, compares, exports what is new or changed, stores it, and only then, if the listing is proven
//! complete and the guard agrees, marks missing workflows as deleted.
//!
//! ```text
//! token -> pages -> different tenant? -> plan -> exports -> guard -> deletions -> report
//! ```
//!
//! What must stay true:
//! - Nothing is deleted because of a listing that is not proven complete, and never without Zuora's own 404 for each workflow,
//!   or a person's approval if Zuora does not confirm it.
//! - A workflow's stored copy is replaced only by a complete new one. A failed export changes nothing and is counted.
//! - A run that dies anywhere can be repeated: the plan contains what is left, and what an earlier run of the same job wrote
//!   still counts under its kind, so the stats of the last run are the stats of the job.
//! - A run ends by itself before its time is over, with what it did counted ([`times`]).
//! - Memory does not grow with the tenant, except for a few hundred bytes per workflow: pages are packed, exports pass through.

mod ahead;
mod deletions;
mod exporting;
mod exports;
mod heartbeat;
mod listing;
mod orphans;
mod packed_listing;
mod ready;
mod series;
mod snapshot;
mod store;
mod times;
mod totals;
mod upstream;
mod walk;
mod worklist;

use std::{collections::HashSet, mem, sync::Arc, time::Duration};

use tokio::sync::{OnceCell, Semaphore};
pub use upstream::Upstream;
pub(crate) use upstream::{base_url as origin, fresh_token};

use self::{
    heartbeat::Heartbeat, listing::Listing, snapshot::Snapshot, times::Times, totals::RunTotals, worklist::Worklist,
};
use super::{
    dispatch::Dispatcher,
    interruption::Interruption,
    lifecycle::Claimed,
    outcome::{AttemptOutcome, Report},
};
use crate::{
    aws::{limits::TokenBudget, sealing::Sealer, vault::Vault, workflows::Workflows},
    clock,
    domain::{
        base_url::BaseUrlPolicy,
        customer::Customer,
        diff,
        failure::{ErrorClass, Failure},
        guard::{self, Verdict},
        ids::WorkflowId,
        job::{HeldKind, Hold, Job, Kind, WorkflowError, list_hash},
        stats,
        time::Timestamp,
        unproven::Unproven,
    },
    zuora::{Meter, Zuora},
};

/// The number of workflows that a customer's record names as not up to date.
const MOST_BEHIND: usize = 100;

/// The dependencies of a sync.
#[derive(Clone, Debug)]
pub struct Syncer {
    /// Jobs and customers.
    pub dispatcher: Dispatcher,
    /// Stored workflows.
    pub workflows: Workflows,
    /// Sealed secrets and tokens.
    pub vault: Vault,
    /// Opens client secrets.
    pub secrets: Sealer,
    /// Seals and opens access tokens.
    pub tokens: Sealer,
    /// Zuora.
    pub zuora: Zuora,
    /// The rule for base URLs.
    pub policy: BaseUrlPolicy,
    /// The permits for token requests.
    pub token_budget: TokenBudget,
    /// The largest number of concurrent requests to one tenant; see [`Limiter`](crate::zuora::Limiter).
    pub max_in_flight: usize,
    /// The time for one request of a sync and its response.
    pub request_timeout: Duration,
}

/// One run: its customer, its job, and its moments.
pub(crate) struct SyncRun<'a> {
    syncer: &'a Syncer,
    customer: &'a Customer,
    job: &'a Job,
    upstream: Upstream<'a>,
    heartbeat: Heartbeat,
    /// The only permit for a large old definition: memory does not grow with the size of a tenant's workflows.
    large_history: Semaphore,
    /// Set once the customer's record says that its copy is being written.
    digest_forgotten: OnceCell<()>,
    /// Workflows whose stored definition was found damaged.
    damaged: Vec<WorkflowId>,
    started_at: Timestamp,
    times: Times,
}

/// The list that an approval permits beyond the guard's limits.
#[derive(Default)]
struct Allowed {
    workflows: HashSet<WorkflowId>,
    kind: Option<HeldKind>,
}

impl Allowed {
    /// True if a person approved the deletion of a workflow.
    fn covers(&self, id: &WorkflowId) -> bool {
        self.workflows.contains(id)
    }

    /// True if a person approved it knowing that Zuora does not confirm its absence.
    fn without_proof(&self, id: &WorkflowId) -> bool {
        self.kind == Some(HeldKind::Unproven) && self.covers(id)
    }
}

impl Syncer {
    /// The time before its deadline from which a run starts nothing new.
    pub fn wind_down(&self) -> Duration {
        times::wind_down(self.request_timeout)
    }

    /// Runs a claimed sync job until `deadline`. It never fails; the outcome says how it ended. Counts its requests with
    /// `meter`.
    pub async fn run(&self, claimed: &Claimed, deadline: Timestamp, meter: &Arc<Meter>) -> AttemptOutcome {
        let Some(customer) = &claimed.customer else {
            return Interruption::Cancelled("the customer was deleted").into();
        };
        match self.try_run(customer, &claimed.job, deadline, meter).await {
            Ok(outcome) => outcome,
            Err(interruption) => interruption.into(),
        }
    }

    async fn try_run(
        &self,
        customer: &Customer,
        job: &Job,
        deadline: Timestamp,
        meter: &Arc<Meter>,
    ) -> Result<AttemptOutcome, Interruption> {
        let times = Times::of(deadline, self.request_timeout);
        let damaged = self.dispatcher.damaged.of(&customer.id).await?;
        // A damaged definition is exported as a reverification that is due.
        let customer = &Customer { reverification: customer.reverification.with(&damaged), ..customer.clone() };
        let run = SyncRun {
            syncer: self,
            customer,
            job,
            upstream: Upstream::open(self, customer, &job.id, meter, times.asks_until).await?,
            heartbeat: Heartbeat::new(clock::now()),
            large_history: Semaphore::new(1),
            digest_forgotten: OnceCell::new(),
            damaged,
            started_at: job.started_at.unwrap_or_else(clock::now),
            times,
        };
        Ok(run.go().await)
    }
}

impl SyncRun<'_> {
    async fn go(&self) -> AttemptOutcome {
        let snapshot = match self.in_time(Box::pin(self.snapshot())).await {
            Some(Ok(snapshot)) => snapshot,
            Some(Err(interruption)) => return interruption.into(),
            None => return Interruption::listing_too_slow().into(),
        };
        let Snapshot { listing, heads, unchanged, allowed } = &snapshot;
        // Nothing is missing from an unchanged copy, and nothing has to be compared.
        let live: Vec<guard::StoredWorkflow> = heads
            .iter()
            .filter(|head| !unchanged && head.deleted_at.is_none())
            .map(|head| guard::StoredWorkflow { id: head.zuora_id.clone(), created_at: head.created_at.clone() })
            .collect();
        if allowed.kind != Some(HeldKind::DifferentTenant)
            && let Some(hold) = guard::is_different_tenant(&live, &listing.identities())
        {
            return AttemptOutcome::Ended(Report { hold: Some(hold), ..Report::default() });
        }
        let reverification = &self.customer.reverification;
        let plan = match unchanged {
            true => Worklist::of_unchanged(listing, heads, reverification, self.job, self.started_at),
            false => Worklist::of(listing, heads, reverification, self.job, self.started_at),
        };
        let seen = listing.seen();
        let gone = self.deleted_of_late(heads);
        let verdict = guard::judge(&live, &seen, self.customer.settings.delete_guard, gone, &allowed.workflows);
        if self.job.kind == Kind::Plan {
            return self.dry_run(listing, &plan, verdict).await.unwrap_or_else(AttemptOutcome::from);
        }
        // Until here nothing is done: a run that stops now leaves the results of an earlier run as they are.
        if let Err(interruption) = self.prepare_writes(heads, *unchanged).await {
            return interruption.into();
        }
        let mut totals = RunTotals::new(self.counts(&snapshot), reverification.clone());
        let worked = async {
            self.store(listing, plan, heads, &mut totals).await?;
            // Workflows that could not be exported now are among the pending reverifications.
            self.syncer.dispatcher.damaged.forget(&self.customer.id, &self.damaged).await?;
            if let (true, false, Verdict::Confirm(missing)) = (listing.complete, totals.out_of_time, &verdict) {
                self.write_tombstones(missing, heads, &seen, allowed, &mut totals).await?;
                self.forget_old(heads, &seen).await?;
            }
            Ok::<_, Interruption>(())
        };
        match self.in_time(Box::pin(worked)).await {
            Some(Ok(())) => {}
            Some(Err(stop)) => return AttemptOutcome::Stopped { stop, so_far: totals.report() },
            // The next run finds what was being written, and counts it as this job's work.
            None => totals.out_of_time = true,
        }
        if totals.out_of_time {
            return AttemptOutcome::GoOn(listing.count_unreadable(totals.report()));
        }
        let left_out = totals.counts.stored().filter(|id| !seen.contains(id)).cloned();
        let left_out = left_out.chain(mem::take(&mut totals.left_undone)).collect();
        let broken_off = totals.broken_off;
        let mut report = conclude(listing, verdict, left_out, totals.report());
        if broken_off && report.hold.is_none() {
            report.failure = Some(broken_off_failure(report.stats.errors));
        }
        AttemptOutcome::Ended(report)
    }

    async fn prepare_writes(&self, heads: &[diff::Head], unchanged: bool) -> Result<(), Interruption> {
        self.check_wanted().await?;
        if unchanged { Ok(()) } else { self.remove_orphans(heads).await }
    }

    /// The number of workflows deleted within the guard's memory without an approval.
    fn deleted_of_late(&self, heads: &[diff::Head]) -> usize {
        let now = clock::now();
        let of_late = |head: &&diff::Head| head.deleted_at.is_some_and(|at| at.plus(guard::MEMORY) > now);
        heads.iter().filter(of_late).filter(|head| !head.deletion_approved).count()
    }

    /// The approved list; empty unless it still has the hash that was approved.
    async fn allowed(&self) -> Result<Allowed, Interruption> {
        let Some(approval) = &self.job.approval else {
            return Ok(Allowed::default());
        };
        let list = self.syncer.dispatcher.held.get(&self.customer.id, &approval.held_job_id).await?.unwrap_or_default();
        if list_hash(&list) != approval.list_hash {
            let message = "The list that was approved is gone or was changed. Nothing was deleted.";
            return Err(Interruption::Failed(Failure::new(ErrorClass::Guard, message)));
        }
        Ok(Allowed { workflows: list.into_iter().collect(), kind: Some(approval.kind) })
    }

    /// A dry run: reports what a sync would do, without exporting or writing anything.
    async fn dry_run(
        &self,
        listing: &Listing,
        plan: &Worklist<'_>,
        verdict: Verdict,
    ) -> Result<AttemptOutcome, Interruption> {
        let (stats, mut preview) = plan.dry_run();
        let mut report = Report { stats, ..Report::default() };
        if let (true, Verdict::Confirm(missing)) = (listing.complete, &verdict) {
            let gone = self.confirm_gone(missing).await?;
            report.stats.deleted = gone.len() as u64;
            preview.deleted = worklist::named(&gone);
        }
        report.plan = Some(preview);
        Ok(AttemptOutcome::Ended(conclude(listing, verdict, Vec::new(), report)))
    }

    /// True if there is no time to start anything new.
    fn is_late(&self) -> bool {
        clock::now() > self.times.starts_until
    }

    /// The result of `work`; none if the run's time ends before.
    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(clock::now().until(self.times.ends), work).await.ok()
    }
}

/// The report of a run that came to its end: complete, held, or incomplete. `left_out` are workflows that are stored and were
/// not listed, or that were listed and not requested.
fn conclude(listing: &Listing, verdict: Verdict, left_out: Vec<WorkflowId>, report: Report) -> Report {
    let mut report = listing.count_unreadable(report);
    match verdict {
        _ if !listing.complete => report.failure.clone_from(&listing.failure),
        Verdict::Hold(hold) => report.hold = Some(hold),
        Verdict::Confirm(_) => report.hold = report.unproven.as_ref().and_then(unproven_hold),
    }
    report.undoubted = listing.complete && report.hold.is_none();
    let behind = left_out.into_iter().chain(report.errors.iter().filter_map(|error| error.workflow_id.clone()));
    let behind: Vec<_> = behind.take(MOST_BEHIND + 1).collect();
    // Workflows that are stored and were not listed (they moved in the list, but still exist) have to be checked again.
    let equal = report.undoubted && report.stats.errors == 0 && behind.is_empty();
    report.listing_digest = listing.digest().filter(|_| equal);
    report.behind = (listing.complete && behind.len() <= MOST_BEHIND).then_some(behind);
    if report.failure.is_none() && report.stats.errors > 0 {
        report.failure = Some(summary(&report.errors, report.stats.errors));
    }
    report
}

/// The failure that a job shows if its exports were broken off.
fn broken_off_failure(hung: u64) -> Failure {
    let message = format!(
        "Zuora did not answer in time: {hung} workflows could not be stored and keep their old copy, and what was planned after them was not asked for. The next sync goes on with it."
    );
    Failure::new(ErrorClass::Transient, message)
}

/// A hold for the absences that Zuora has not confirmed for too long.
fn unproven_hold(unproven: &Unproven) -> Option<Hold> {
    let ids = unproven.to_ask();
    let reason = format!(
        "Missing from three complete lists in a row, and not confirmed as gone by Zuora's own word: {} of the stored workflows. Something between us and Zuora may answer in its place. They were not deleted; approve it if you know that they are gone.",
        ids.len()
    );
    (!ids.is_empty()).then(|| Hold::new(HeldKind::Unproven, reason, ids))
}

impl Listing {
    /// Counts each unreadable item as listed, and as an error.
    fn count_unreadable(&self, mut report: Report) -> Report {
        for error in self.errors() {
            report.stats.count(stats::WorkflowOutcome::Error);
            report.errors.push(error);
        }
        report
    }
}

/// The failure that a job with workflow errors shows: class and text of the first error stand for all.
fn summary(errors: &[WorkflowError], count: u64) -> Failure {
    let class = errors.first().map_or(ErrorClass::Transient, |error| error.class);
    let example = errors.first().map(|error| error.message.clone()).unwrap_or_default();
    Failure::new(class, format!("{count} workflows could not be stored and keep their old copy. The first: {example}"))
}

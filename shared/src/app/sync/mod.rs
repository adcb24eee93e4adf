//! One run of a sync: list everything at Zuora, compare, export what is new or changed, store it, and only then, if the
//! list is proven complete and the guard agrees, mark what is gone.
//!
//! ```text
//! token -> pages -> different tenant? -> plan -> exports -> guard -> deletions -> report
//! ```
//!
//! What must stay true:
//! - Nothing is deleted from a listing that is not proven complete, and never without Zuora's own 404 for each workflow, or a person's
//!   approval where Zuora would not say.
//! - A workflow's stored copy is replaced only by a whole new one. A failed export changes nothing and is counted.
//! - A run that dies anywhere can be repeated: the plan shows what is left, and what an earlier run of the same job wrote
//!   still counts under its kind, so the stats of the last run are the stats of the job.
//! - A run ends by itself, with what it did counted, before its time is over ([`times`]).
//! - Memory does not grow with the tenant, but for a few hundred bytes a workflow: pages are packed, exports pass through.

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
    aws::{
        damaged::Damaged, held::HeldLists, limits::TokenBudget, sealing::Sealer, vault::Vault, workflows::Workflows,
    },
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

/// How many workflows a customer names as not up to date.
const MOST_BEHIND: usize = 100;

/// Everything a sync touches.
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
    /// Which addresses are Zuora's.
    pub policy: BaseUrlPolicy,
    /// Places for token requests.
    pub token_budget: TokenBudget,
    /// Requests in flight at one tenant at most; see [`Limiter`](crate::zuora::Limiter).
    pub max_in_flight: usize,
    /// The time for one request of a sync and its answer.
    pub request_timeout: Duration,
}

/// One run: whose, for which job, until when.
pub(crate) struct SyncRun<'a> {
    syncer: &'a Syncer,
    customer: &'a Customer,
    job: &'a Job,
    upstream: Upstream<'a>,
    heartbeat: Heartbeat,
    /// The one place for a large old definition: memory does not grow with what a tenant's workflows weigh.
    large_history: Semaphore,
    /// Set once the customer was told that its copy is being written to.
    digest_forgotten: OnceCell<()>,
    /// Workflows whose stored definition was found damaged.
    damaged: Vec<WorkflowId>,
    started_at: Timestamp,
    times: Times,
}

/// What a person allowed this job beyond the guard's limits.
#[derive(Default)]
struct Allowed {
    workflows: HashSet<WorkflowId>,
    kind: Option<HeldKind>,
}

impl Allowed {
    /// Whether a person approved the deletion of a workflow.
    fn covers(&self, id: &WorkflowId) -> bool {
        self.workflows.contains(id)
    }

    /// Whether they did so knowing that Zuora would not confirm its absence.
    fn without_proof(&self, id: &WorkflowId) -> bool {
        self.kind == Some(HeldKind::Unproven) && self.covers(id)
    }
}

impl Syncer {
    /// How long before its deadline a run starts nothing new.
    pub fn wind_down(&self) -> Duration {
        times::wind_down(self.request_timeout)
    }

    /// Runs a claimed sync job until `deadline`; never fails, but says how it ended. Counts its traffic with `meter`.
    pub async fn run(&self, claimed: &Claimed, deadline: Timestamp, meter: &Arc<Meter>) -> AttemptOutcome {
        let Some(customer) = &claimed.customer else {
            return Interruption::Cancelled("the customer was deleted").into();
        };
        match self.try_run(customer, &claimed.job, deadline, meter).await {
            Ok(outcome) => outcome,
            Err(stop) => stop.into(),
        }
    }

    /// Notes on definitions that were found damaged.
    pub(super) fn damaged(&self) -> Damaged {
        Damaged::new(self.dispatcher.data.clone())
    }

    async fn try_run(
        &self,
        customer: &Customer,
        job: &Job,
        deadline: Timestamp,
        meter: &Arc<Meter>,
    ) -> Result<AttemptOutcome, Interruption> {
        let times = Times::of(deadline, self.request_timeout);
        let damaged = self.damaged().of(&customer.id).await?;
        // What was found damaged is exported as a re-verification that is due.
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
            Some(Err(stop)) => return stop.into(),
            None => return Interruption::listing_too_slow().into(),
        };
        let Snapshot { listing, heads, unchanged, allowed } = &snapshot;
        // Of an unchanged copy nothing is missing, and nothing has to be compared.
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
        let verdict = guard::judge(&live, &seen, self.customer.delete_guard, gone, &allowed.workflows);
        if self.job.kind == Kind::Plan {
            return self.dry_run(listing, &plan, verdict).await.unwrap_or_else(AttemptOutcome::from);
        }
        // Until here nothing is done: a run that stops now says nothing of what an earlier one did.
        if let Err(stop) = self.clear_the_way(heads, *unchanged).await {
            return stop.into();
        }
        let mut totals = RunTotals::new(self.counts(&snapshot), reverification.clone());
        let worked = async {
            self.store(listing, plan, heads, &mut totals).await?;
            // What could not be exported now is among the pending re-verifications.
            self.syncer.damaged().forget(&self.customer.id, &self.damaged).await?;
            if let (true, false, Verdict::Confirm(missing)) = (listing.complete, totals.out_of_time, &verdict) {
                self.write_tombstones(missing, heads, &seen, allowed, &mut totals).await?;
                self.forget_old(heads, &seen).await?;
            }
            Ok::<_, Interruption>(())
        };
        match self.in_time(Box::pin(worked)).await {
            Some(Ok(())) => {}
            Some(Err(stop)) => return AttemptOutcome::Stopped { stop, so_far: totals.report() },
            // What was being written will be found by the next run, and counts as this job's work.
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

    async fn clear_the_way(&self, heads: &[diff::Head], unchanged: bool) -> Result<(), Interruption> {
        self.check_wanted().await?;
        if unchanged { Ok(()) } else { self.remove_orphans(heads).await }
    }

    /// How many workflows went within the guard's memory, without anybody's approval.
    fn deleted_of_late(&self, heads: &[diff::Head]) -> usize {
        let now = clock::now();
        let of_late = |head: &&diff::Head| head.deleted_at.is_some_and(|at| at.plus(guard::MEMORY) > now);
        heads.iter().filter(of_late).filter(|head| !head.deletion_approved).count()
    }

    /// The approved list, if it still is the one that was approved.
    async fn allowed(&self) -> Result<Allowed, Interruption> {
        let Some(approval) = &self.job.approval else {
            return Ok(Allowed::default());
        };
        let lists = HeldLists::new(self.syncer.dispatcher.data.clone());
        let list = lists.get(&self.customer.id, &approval.held_job_id).await?.unwrap_or_default();
        if list_hash(&list) != approval.list_hash {
            let message = "The list that was approved is gone or was changed. Nothing was deleted.";
            return Err(Interruption::Failed(Failure::new(ErrorClass::Guard, message)));
        }
        Ok(Allowed { workflows: list.into_iter().collect(), kind: Some(approval.kind) })
    }

    /// A dry run: what would be done, without exporting or writing anything.
    async fn dry_run(
        &self,
        listing: &Listing,
        plan: &Worklist<'_>,
        verdict: Verdict,
    ) -> Result<AttemptOutcome, Interruption> {
        let (stats, mut told) = plan.dry_run();
        let mut report = Report { stats, ..Report::default() };
        if let (true, Verdict::Confirm(missing)) = (listing.complete, &verdict) {
            let gone = self.confirm_gone(missing).await?;
            report.stats.deleted = gone.len() as u64;
            told.deleted = worklist::named(&gone);
        }
        report.plan = Some(told);
        Ok(AttemptOutcome::Ended(conclude(listing, verdict, Vec::new(), report)))
    }

    /// Whether there is no time to start anything new.
    fn is_late(&self) -> bool {
        clock::now() > self.times.starts_until
    }

    /// What comes of it, if it does while the run lasts.
    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(clock::now().until(self.times.ends), work).await.ok()
    }
}

/// The report of a run that came to its end: complete, held, or with what is missing. `left_out` is stored and was not
/// listed, or was listed and not asked for.
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
    // What is stored and was not listed (moved off the list, but still there) has to be asked about again.
    let equal = report.undoubted && report.stats.errors == 0 && behind.is_empty();
    report.listing_digest = listing.digest().filter(|_| equal);
    report.behind = (listing.complete && behind.len() <= MOST_BEHIND).then_some(behind);
    if report.failure.is_none() && report.stats.errors > 0 {
        report.failure = Some(summary(&report.errors, report.stats.errors));
    }
    report
}

/// What a job says of itself whose exports were broken off.
fn broken_off_failure(hung: u64) -> Failure {
    let message = format!(
        "Zuora did not answer in time: {hung} workflows could not be stored and keep their old copy, and what was planned after them was not asked for. The next sync goes on with it."
    );
    Failure::new(ErrorClass::Transient, message)
}

/// Asks a person about what Zuora would not confirm for too long.
fn unproven_hold(unproven: &Unproven) -> Option<Hold> {
    let ids = unproven.to_ask();
    let reason = format!(
        "Missing from three complete lists in a row, and not confirmed as gone by Zuora's own word: {} of the stored workflows. Something between us and Zuora may answer in its place. They were not deleted; approve it if you know that they are gone.",
        ids.len()
    );
    (!ids.is_empty()).then(|| Hold::new(HeldKind::Unproven, reason, ids))
}

impl Listing {
    /// Each item that cannot be read was seen, and is an error.
    fn count_unreadable(&self, mut report: Report) -> Report {
        for error in self.errors() {
            report.stats.count(stats::WorkflowOutcome::Error);
            report.errors.push(error);
        }
        report
    }
}

/// What a job with workflow errors says of itself: the first error's class and text stand for all.
fn summary(errors: &[WorkflowError], count: u64) -> Failure {
    let class = errors.first().map_or(ErrorClass::Transient, |error| error.class);
    let example = errors.first().map(|error| error.message.clone()).unwrap_or_default();
    Failure::new(class, format!("{count} workflows could not be stored and keep their old copy. The first: {example}"))
}

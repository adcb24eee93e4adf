//! One run of a sync: list everything at Zuora, compare, export what is new or changed, store it, and only then, if the
//! list is proven complete and the guard agrees, mark what is gone.
//!
//! ```text
//! token -> pages -> different tenant? -> diff -> exports -> deletions -> report
//! ```
//!
//! What must stay true:
//! - Nothing is deleted from a listing that is not proven complete, and never without Zuora's own 404 for each workflow.
//! - A workflow's stored copy is replaced only by a whole new one. A failed export changes nothing and is counted.
//! - A run that dies anywhere can be repeated: the diff shows what is left, and what an earlier run of the same job wrote
//!   still counts under its kind, so the stats of the last run are the stats of the job.

mod deletions;
mod exports;
mod listing;
mod stop;
mod upstream;

use std::time::Duration;

pub use stop::Stop;
pub use upstream::Upstream;
pub(crate) use upstream::{base_url as origin, fresh_token};

use super::{
    dispatch::Dispatcher,
    lifecycle::Claimed,
    outcome::{Outcome, Report},
};
use crate::{
    aws::{limits::TokenBudget, sealing::Sealer, vault::Vault, workflows::Workflows},
    clock,
    domain::{
        base_url::BaseUrlPolicy,
        customer::Customer,
        diff,
        failure::{ErrorClass, Failure},
        guard::{self, Known},
        ids::JobId,
        job::WorkflowError,
        stats,
        time::Timestamp,
    },
    zuora::Zuora,
};

/// A run starts nothing new when less than this is left of its time: the slowest request takes 30 s.
const WIND_DOWN: Duration = Duration::from_secs(45);

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
    /// Token requests left this minute.
    pub token_budget: TokenBudget,
}

/// One run: whose, for which job, until when.
pub(crate) struct Run<'a> {
    pub(crate) syncer: &'a Syncer,
    pub(crate) customer: &'a Customer,
    pub(crate) job: &'a JobId,
    pub(crate) upstream: Upstream<'a>,
    pub(crate) started_at: Timestamp,
    deadline: Timestamp,
}

impl Syncer {
    /// Runs a claimed sync job until `deadline`; never fails, but says how it ended.
    pub async fn run(&self, claimed: &Claimed, deadline: Timestamp) -> Outcome {
        let Some(customer) = &claimed.customer else {
            return Outcome::Cancelled("the customer was deleted");
        };
        match self.attempt(customer, &claimed.job.id, claimed.job.started_at, deadline).await {
            Ok(outcome) => outcome,
            Err(stop) => stop.into_outcome(),
        }
    }

    async fn attempt(
        &self,
        customer: &Customer,
        job: &JobId,
        started_at: Option<Timestamp>,
        deadline: Timestamp,
    ) -> Result<Outcome, Stop> {
        let upstream = Upstream::open(self, customer, job).await?;
        let started_at = started_at.unwrap_or_else(clock::now);
        let run = Run { syncer: self, customer, job, upstream, started_at, deadline };
        let heads = self.workflows.heads(&customer.id).await?;
        let listing = run.list(active(&heads).count()).await?;
        let known: Vec<Known> = active(&heads)
            .map(|head| Known { id: head.zuora_id.clone(), created_at: head.created_at.clone() })
            .collect();
        if let Some(held) = guard::looks_foreign(&known, &listing.seen()) {
            return Ok(Outcome::Ended(Report { held: Some(held), ..Report::default() }));
        }
        let stored = run.store(&listing, &heads).await?;
        let mut report = Report {
            stats: stored.stats,
            errors: [listing.errors(), stored.errors].concat(),
            looks: Some(stored.looks),
            ..Report::default()
        };
        for _ in listing.errors() {
            report.stats.count(stats::Outcome::Error);
        }
        if stored.out_of_time {
            report.counts = Some(stored.counts.totals());
            return Ok(Outcome::GoOn(report));
        }
        let mut counts = stored.counts;
        if listing.complete {
            let deleted = run.delete_missing(&listing, &heads, &known, &mut counts).await?;
            report.stats.deleted = deleted.count;
            if deleted.out_of_time {
                report.counts = Some(counts.totals());
                return Ok(Outcome::GoOn(report));
            }
            report.held = deleted.held;
            report.complete = report.held.is_none() && report.stats.errors == 0;
        } else {
            report.failure = listing.failure.clone();
        }
        report.counts = Some(counts.totals());
        if report.failure.is_none() && report.stats.errors > 0 {
            report.failure = Some(summary(&report.errors, report.stats.errors));
        }
        Ok(Outcome::Ended(report))
    }
}

impl Run<'_> {
    /// Whether there is no time to start anything new.
    pub(crate) fn is_late(&self) -> bool {
        clock::now().until(self.deadline) < WIND_DOWN
    }

    /// Stops the run when the customer was paused, deleted or given to another job in the meantime.
    pub(crate) async fn check_wanted(&self) -> Result<(), Stop> {
        match self.syncer.dispatcher.customers.get(&self.customer.id).await? {
            None => Err(Stop::Cancelled("the customer was deleted")),
            Some(found) if !found.value.is_syncable() => Err(Stop::Cancelled("the customer was paused")),
            Some(found) if found.value.sync_job_id.as_ref() != Some(self.job) => {
                Err(Stop::Cancelled("another sync took over"))
            }
            Some(_) => Ok(()),
        }
    }
}

fn active(heads: &[diff::Stored]) -> impl Iterator<Item = &diff::Stored> {
    heads.iter().filter(|head| head.deleted_at.is_none())
}

/// What a job with workflow errors says of itself: the first error's class and text stand for all.
fn summary(errors: &[WorkflowError], count: u64) -> Failure {
    let class = errors.first().map_or(ErrorClass::Transient, |error| error.class);
    let example = errors.first().map(|error| error.message.clone()).unwrap_or_default();
    Failure::new(class, format!("{count} workflows could not be stored and keep their old copy. The first: {example}"))
}

//! One run of a sync.
//!
//! It lists everything at Zuora, compares, exports what is new or changed, stores it, and only then, if the listing is proven
//! complete and the guard agrees, marks missing workflows as deleted.
//!
//! ```text
//! token -> pages -> different tenant? -> plan -> exports -> guard -> deletions -> what is derived -> report
//! ```
//!
//! What must stay true:
//! - Nothing is deleted because of a listing that is not proven complete, and never without Zuora's own 404 for each workflow,
//!   or a person's approval if Zuora does not confirm it.
//! - A workflow's stored copy is replaced only by a complete new one. A failed export changes nothing and is counted.
//! - A run that dies anywhere can be repeated: the plan contains what is left, and what an earlier run of the same job wrote
//!   still counts under its kind, so the stats of the last run are the stats of the job.
//! - A run ends by itself before its time is over, with what it did counted ([`deadlines`]).
//! - Memory does not grow with the tenant, except for a few hundred bytes per workflow: pages are packed, exports pass through.

mod across;
mod circuit_breaker;
mod deadlines;
mod deletions;
mod derive;
mod exporting;
mod exports;
mod heartbeat;
mod listing;
mod orphans;
mod packed_listing;
mod pagination;
mod pipeline;
mod read_ahead;
mod read_listing;
mod report;
mod result;
mod run;
mod snapshot;
mod store;
mod syncer;
mod totals;
mod upstream;
mod worklist;
mod write_queue;

use std::sync::Arc;

use tokio::sync::{OnceCell, Semaphore};

pub(crate) use self::upstream::{base_url as origin, fresh_token};
use self::{deadlines::Deadlines, heartbeat::Heartbeat, run::SyncRun};
pub use self::{syncer::Syncer, upstream::Upstream};
use super::{interruption::Interruption, lifecycle::Claimed, outcome::AttemptOutcome};
use crate::{
    clock,
    domain::{customer::Customer, job::Job, time::Timestamp},
    zuora::Meter,
};

impl Syncer {
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
        let deadlines = Deadlines::of(deadline, self.request_timeout);
        let damaged = self.dispatcher.damaged.of(&customer.id).await?;
        // A damaged definition is exported as a reverification that is due.
        let customer = &Customer { reverification: customer.reverification.with(&damaged), ..customer.clone() };
        let run = SyncRun {
            syncer: self,
            customer,
            job,
            upstream: Upstream::open(self, customer, &job.id, meter, deadlines.asks_until).await?,
            heartbeat: Heartbeat::new(clock::now()),
            large_history: Semaphore::new(1),
            digest_forgotten: OnceCell::new(),
            damaged,
            started_at: job.started_at.unwrap_or_else(clock::now),
            deadlines,
        };
        Ok(run.go().await)
    }
}

//! Redrive: the failed jobs behind dead letters start anew. See D-14 and D-62.
//!
//! What must stay true: a letter that has to be skipped hides none behind it, however many there are; no more than a page of
//! them is held; and what is left is said, or that it is more than was counted.

use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    context::RequestContext,
    dispatch::{Dispatcher, sending},
    error::AppError,
    retry::{Again, DRAIN_ROUNDS},
};
use crate::{
    aws::{
        budget::Budget,
        items::report_unreadable,
        jobs::{JobSelection, Listed},
        queue::{Queue, Sending},
        table::StoreError,
    },
    clock,
    domain::{
        audit::Action,
        failure::ErrorClass,
        ids::{CustomerId, JobId},
        job::{Job, Kind, State},
        time::Timestamp,
    },
};

/// The time for which letters are examined: sending and draining have to fit into the request too.
const LOOKING: Duration = Duration::from_secs(10);
/// The number of letters that one query reads.
const PAGE: usize = 100;
/// The largest number of remaining letters that are counted.
const MOST_COUNTED: usize = 1000;

/// The dead letters to redrive.
#[derive(Clone, Debug)]
pub struct Redrive {
    /// Only these customers'; everybody's where that is none.
    pub customers: Option<BTreeSet<CustomerId>>,
    /// Only those that failed with this class.
    pub class: Option<ErrorClass>,
    /// Only those that were given up before this moment.
    pub before: Option<Timestamp>,
    /// At most so many. What is skipped does not count.
    pub limit: usize,
}

/// The result of a redrive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Redriven {
    /// Jobs that are queued again.
    pub redriven: usize,
    /// Jobs whose work another sync, already under way, does.
    pub superseded: usize,
    /// Jobs that no longer apply: their customer is paused or gone.
    pub skipped: usize,
    /// Matching dead letters that are left besides those: ask again for them.
    pub remaining: usize,
    /// True if all matching letters were examined; if false, `remaining` is a lower bound.
    pub is_counted: bool,
    /// The jobs that are queued again.
    pub job_ids: Vec<JobId>,
}

/// A redrive under way.
struct Redriving<'a> {
    dispatcher: &'a Dispatcher,
    wanted: &'a Redrive,
    context: &'a RequestContext,
    result: Redriven,
    sendings: Vec<Sending>,
    /// Customers of whom a sync was skipped: so are their others.
    skipped: HashSet<CustomerId>,
}

impl Dispatcher {
    /// The failed jobs with a dead letter, newest first and older than `before`, of customers for which `may` holds.
    ///
    /// # Errors
    /// Store failures.
    pub async fn dead_letters(
        &self,
        wanted: &Redrive,
        before: Option<JobId>,
        limit: usize,
        may: impl Fn(&CustomerId) -> bool,
    ) -> Result<Listed, AppError> {
        let selection =
            JobSelection { customers: wanted.customers.clone(), before, ..JobSelection::in_state(State::Failed) };
        let keep = |job: &Job| wanted.matches(job) && may(&job.customer_id);
        Ok(self.jobs.list(&selection, limit, &Budget::default(), keep).await?)
    }

    /// Redrives matching dead letters of customers for which `may` holds, then drains the dead-letter queue of messages
    /// whose job moved on.
    ///
    /// # Errors
    /// Store failures; what was redriven by then stays redriven, and calling again goes on.
    pub async fn redrive(
        &self,
        queue: &Queue,
        wanted: &Redrive,
        may: impl Fn(&CustomerId) -> bool,
        context: &RequestContext,
    ) -> Result<Redriven, AppError> {
        let mut redriving = Redriving {
            dispatcher: self,
            wanted,
            context,
            result: Redriven::default(),
            sendings: Vec::new(),
            skipped: HashSet::new(),
        };
        let until = clock::now().plus(LOOKING);
        let mut before = None;
        loop {
            let page = self.dead_letters(wanted, before, PAGE, &may).await?;
            for job in page.jobs {
                if redriving.is_full() || until <= clock::now() {
                    redriving.result.remaining += 1;
                } else {
                    redriving.take(&job).await?;
                }
            }
            let Redriven { remaining, is_counted, .. } = &mut redriving.result;
            before = page.next;
            *is_counted = before.is_none();
            if *is_counted || *remaining >= MOST_COUNTED || until <= clock::now() {
                break;
            }
        }
        let Redriving { result, sendings, .. } = redriving;
        self.queues.send_all(sendings).await?;
        self.drain(queue, DRAIN_ROUNDS, None).await?;
        Ok(result)
    }
}

impl Redriving<'_> {
    const fn is_full(&self) -> bool {
        self.result.redriven + self.result.superseded >= self.wanted.limit
    }

    /// Starts one job anew, or says why not.
    async fn take(&mut self, job: &Job) -> Result<(), AppError> {
        if job.kind == Kind::Sync && self.skipped.contains(&job.customer_id) {
            self.result.skipped += 1;
            return Ok(());
        }
        let fresh = self.dispatcher.jobs.get(&job.customer_id, &job.id).await?;
        let Some(fresh) = fresh.filter(|fresh| self.wanted.matches(&fresh.value)) else { return Ok(()) };
        match self.dispatcher.requeue(fresh, Action::JobRedrive, self.context).await {
            Ok(Again::Queued(job)) => {
                self.result.redriven += 1;
                self.result.job_ids.push(job.id.clone());
                self.sendings.push(sending(&job, self.context.now));
            }
            Ok(Again::Superseded(_)) => self.result.superseded += 1,
            Err(AppError::Conflict(_) | AppError::NotFound(_)) => {
                self.result.skipped += 1;
                if job.kind == Kind::Sync {
                    self.skipped.insert(job.customer_id.clone());
                }
            }
            // Somebody else is changing it: it is left for the next call.
            Err(AppError::Store(StoreError::Conflict { .. })) => self.result.remaining += 1,
            // Newer code wrote its customer.
            Err(AppError::Store(error @ StoreError::Corrupt { .. })) => {
                report_unreadable(&error);
                self.result.skipped += 1;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl Redrive {
    fn matches(&self, job: &Job) -> bool {
        let Some(given_up) = job.dead_lettered_at else {
            return false;
        };
        let class = job.error.as_ref().map(|error| error.class);
        job.is_open_failure()
            && self.customers.as_ref().is_none_or(|customers| customers.contains(&job.customer_id))
            && self.class.is_none_or(|wanted| class == Some(wanted))
            && self.before.is_none_or(|before| given_up < before)
    }
}

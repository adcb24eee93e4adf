//! The sweeper: finds jobs that fell silent and sends them again, or gives them up as lost; and clears the dead-letter queue.
//! See D-13 and D-54.
//!
//! It covers every crash between a write and a send, messages that SQS moved to the dead-letter queue by itself, and
//! workers that died: none of them can silence a customer. A job that waits its turn in a long queue is silent too, so nothing is
//! given up for lost while its queue holds messages. Dead letters whose job has moved on, or went with its customer, would
//! keep the queue's alarm on though nothing is left to do: they are removed. The others stay.

mod health;

use std::{
    collections::BTreeSet,
    future::ready,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures::TryStreamExt as _;

use super::{
    dispatch::Dispatcher,
    error::AppError,
    lifecycle::{Announcement, Lifecycle},
    retry::DRAIN_ROUNDS,
};
use crate::{
    aws::{items::report_unreadable, queue::Queue, queues::Queues, table::StoreError},
    clock,
    domain::{
        ids::CustomerId,
        job::{Job, State},
        time::Timestamp,
    },
};

/// The time that one sweep checks jobs: the function is ended after 120 seconds. The next sweep continues, because a job
/// that was sent again is no longer silent.
const TIME: Duration = Duration::from_secs(90);
/// Jobs that are looked at at the same time.
const AT_ONCE: usize = 16;

/// The result of one sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Jobs that were sent again.
    pub revived: usize,
    /// Jobs given up as lost.
    pub lost: usize,
    /// Dead letters that were removed, because nothing is left to do about them.
    pub letters: usize,
    /// Jobs that could not be looked at, and one more for each queue that could not be; the next sweep tries again.
    pub failed: usize,
}

/// The facts that hold for every job of one sweep.
struct Sweep<'a> {
    lifecycle: &'a Lifecycle,
    is_empty: Queues<bool>,
    now: Timestamp,
    until: Timestamp,
    /// The customers of jobs that take long.
    late: Mutex<BTreeSet<CustomerId>>,
}

/// Checks every job that has not ended, then at the dead letters.
///
/// # Errors
/// When the jobs cannot be listed.
pub async fn run(dispatcher: &Dispatcher, lifecycle: &Lifecycle, now: Timestamp) -> Result<Swept, AppError> {
    let mut swept = Swept::default();
    let until = clock::now().plus(TIME);
    // Before anything is sent again.
    let Queues { jobs, questions } = &dispatcher.queues;
    let is_empty = Queues { jobs: is_empty(jobs, &mut swept).await, questions: is_empty(questions, &mut swept).await };
    let sweep = Sweep { lifecycle, is_empty, now, until, late: Mutex::default() };
    for state in [State::Queued, State::Waiting, State::Running] {
        sweep.jobs_in(state, &mut swept).await?;
    }
    let late: Vec<_> = sweep.late.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect();
    if let Err(error) = health::examine(dispatcher, &late, now).await {
        swept.failed += 1;
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, "the health of customers could not be decided again");
    }
    match clear_dead_letters(dispatcher, lifecycle).await {
        Ok(letters) => swept.letters = letters,
        Err(error) => {
            swept.failed += 1;
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "the dead-letter queue could not be cleared");
        }
    }
    Ok(swept)
}

/// True if no message waits in a queue, as far as is known.
async fn is_empty(queue: &Queue, swept: &mut Swept) -> bool {
    queue.depth().await.map(|depth| depth == 0).unwrap_or_else(|error| {
        swept.failed += 1;
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, "a queue's depth could not be read: none of its jobs is given up for lost");
        false
    })
}

impl Sweep<'_> {
    async fn jobs_in(&self, state: State, swept: &mut Swept) -> Result<(), StoreError> {
        let jobs = self.lifecycle.dispatcher.jobs.each_in(state);
        let in_time = jobs.try_take_while(|_| ready(Ok(clock::now() < self.until)));
        let noted = in_time.inspect_ok(|job| self.note(job));
        let silent = noted.try_filter(|job| ready(job.is_silent(self.now)));
        let checks = silent.map_ok(|job| async move { Ok(self.check(&job).await) }).try_buffer_unordered(AT_ONCE);
        let mut checks = Box::pin(checks);
        while let Some(announced) = checks.try_next().await? {
            match announced {
                Ok(Some(Announcement::Sent)) => swept.revived += 1,
                Ok(Some(Announcement::DeadLettered)) => swept.lost += 1,
                Ok(None) => {}
                Err(Failed) => swept.failed += 1,
            }
        }
        Ok(())
    }

    fn note(&self, job: &Job) {
        if job.takes_long(self.now) {
            let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
            late.insert(job.customer_id.clone());
        }
    }

    async fn check(&self, job: &Job) -> Result<Option<Announcement>, Failed> {
        match self.lifecycle.sweep(job, *self.is_empty.of(job.kind), self.now).await {
            // Newer code wrote its customer, and will revive the job.
            Err(AppError::Store(error @ StoreError::Corrupt { .. })) => {
                report_unreadable(&error);
                Ok(None)
            }
            result => result.map_err(|error| {
                let error: &dyn std::error::Error = &error;
                tracing::error!(job_id = %job.id, customer_id = %job.customer_id, error, "a silent job could not be revived");
                Failed
            }),
        }
    }
}

/// A job that could not be looked at; the log says why.
struct Failed;

/// Whoever receives hides what is left from everybody else for a moment, so an empty queue is only asked for its depth, and one
/// with a few letters is not asked more often than it takes to see them.
async fn clear_dead_letters(dispatcher: &Dispatcher, lifecycle: &Lifecycle) -> Result<usize, AppError> {
    let depth = usize::try_from(lifecycle.dead_letters.depth().await?).unwrap_or(usize::MAX);
    dispatcher.drain(&lifecycle.dead_letters, depth.min(DRAIN_ROUNDS), None).await
}

#[cfg(test)]
mod tests;

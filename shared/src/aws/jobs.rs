//! Jobs, their pointers, and the lock on a customer, in the data table.
//!
//! What must stay true: a job and its pointer expire together; otherwise a list would show a job that cannot be found by its
//! id.

mod newest;
mod selection;

use std::pin::pin;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{Stream, StreamExt as _, TryStreamExt as _, future::ready};
use serde::{Deserialize, Serialize};

pub use self::{newest::Listed, selection::JobSelection};
use super::{
    budget::Budget,
    counts,
    index::records,
    items::{readable, report_unreadable},
    keys,
    table::{Condition, Item, Range, StoreError, Stored, Table, Write, to_item},
};
use crate::domain::{
    counts::{Outcomes, Totals},
    ids::{CustomerId, JobId},
    job::{Job, Kind, Progress, RETENTION, State},
    time::Timestamp,
};

/// The customer of a job: with it a job can be found by its id alone, with a strong read.
#[derive(Debug, Serialize, Deserialize)]
struct Pointer {
    customer_id: CustomerId,
}

/// The attributes that decide how a job is counted.
#[derive(Debug, Deserialize)]
struct Counted {
    counted_as: Option<State>,
}

/// The lock on a customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lock {
    /// The job that holds the lock.
    pub job_id: JobId,
    /// The moment from which the holder is certainly dead.
    pub lock_until: Timestamp,
}

/// The jobs of a data table.
#[derive(Clone, Debug)]
pub struct Jobs {
    table: Table,
}

impl Jobs {
    /// The jobs in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Reads a customer's job.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn get(&self, customer: &CustomerId, id: &JobId) -> Result<Option<Stored<Job>>, StoreError> {
        self.table.get(&keys::job(customer, id)).await
    }

    /// Reads a customer's job, and leaves out one that cannot be read: newer code wrote it, and this one goes on without it. See
    /// D-86.
    ///
    /// # Errors
    /// As [`Table::get`], but no [`StoreError::Corrupt`].
    pub async fn get_readable(&self, customer: &CustomerId, id: &JobId) -> Result<Option<Stored<Job>>, StoreError> {
        self.get(customer, id).await.or_else(|error| match error {
            StoreError::Corrupt { .. } => {
                report_unreadable(&error);
                Ok(None)
            }
            error => Err(error),
        })
    }

    /// Reads a job by its id alone.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn find(&self, id: &JobId) -> Result<Option<Stored<Job>>, StoreError> {
        match self.table.get::<Pointer>(&keys::job_pointer(id)).await? {
            Some(pointer) => self.get(&pointer.value.customer_id, id).await,
            None => Ok(None),
        }
    }

    /// Reads jobs by their customers and ids; absent ones are left out.
    ///
    /// # Errors
    /// As [`Table::get_many`].
    pub async fn get_all(&self, wanted: &[(&CustomerId, &JobId)]) -> Result<Vec<Job>, StoreError> {
        let keys: Vec<_> = wanted.iter().map(|(customer, id)| keys::job(customer, id)).collect();
        let items = self.table.get_items(&keys).await?;
        Ok(items.into_iter().flatten().filter_map(readable).collect())
    }

    /// Reads the lock of a customer.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn lock(&self, customer: &CustomerId) -> Result<Option<Lock>, StoreError> {
        Ok(self.table.get::<Lock>(&keys::lock(customer)).await?.map(|lock| lock.value))
    }

    /// Lists jobs, newest first, until `limit` satisfy `keep` or the budget ends.
    ///
    /// # Errors
    /// As [`Table::page`].
    pub async fn list(
        &self,
        selection: &JobSelection,
        limit: usize,
        budget: &Budget,
        keep: impl Fn(&Job) -> bool,
    ) -> Result<Listed, StoreError> {
        newest::list(&self.table, selection, limit, budget, keep).await
    }

    /// Every job in one state, oldest first, page by page. The index lags by moments: read a job again before acting on it.
    pub fn each_in(&self, state: State) -> impl Stream<Item = Result<Job, StoreError>> {
        records(&self.table, Range::index(keys::jobs_in(state), ""))
    }

    /// Counts the jobs in one state for the dashboard. It reads only the attributes that decide the count: there may be
    /// hundreds of thousands of jobs.
    ///
    /// # Errors
    /// Store failures.
    pub async fn counted_in(&self, state: State) -> Result<Totals, StoreError> {
        let range = Range { projection: Some("counted_as"), ..Range::index(keys::jobs_in(state), "") };
        let counted = records::<Counted>(&self.table, range).map_ok(|job| Totals::of_job(job.counted_as));
        counted.try_fold(Totals::default(), |sum, one| ready(Ok(sum.plus(&one)))).await
    }

    /// Reads the creation time of the oldest job in one state that the dashboard counts. Of failed jobs only the oldest hundred
    /// are considered.
    ///
    /// # Errors
    /// Store failures.
    pub async fn oldest(&self, state: State) -> Result<Option<Timestamp>, StoreError> {
        let first = Range { limit: Some(20), ..Range::index(keys::jobs_in(state), "") };
        let jobs = records::<Job>(&self.table, first).take(100);
        let counted = jobs.try_filter(|job| ready(job.counts_as() == Some(state)));
        Ok(pin!(counted).try_next().await?.map(|job| job.created_at))
    }

    /// The writes that store a job read at `rev` (0 = a new one). The pointer is written too when its time of removal changes:
    /// before a job begins, when it begins again, and when it has ended.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the job has no storable form; that is a bug.
    pub fn put(job: &Job, rev: u64) -> Result<Vec<Write>, StoreError> {
        let condition = Condition::unchanged_since(rev);
        let index = keys::job_by_state(job.state, &job.id);
        let stored = Job { counted_as: job.counts_as(), ..job.clone() };
        let item = to_item(&stored, &keys::job(&job.customer_id, &job.id), Some(&index), rev + 1, kept_until(job))?;
        let mut writes = vec![Write::Put(Box::new(item), condition)];
        writes.extend(counts::add(&Totals::of_job(stored.counted_as).minus(&Totals::of_job(job.counted_as))));
        let was_under_way = job.counted_as.is_some_and(|state| !state.is_ended());
        if let Some(end) = job.finished_at.filter(|_| job.kind == Kind::Sync && was_under_way) {
            writes.extend(counts::add_outcome(&Outcomes::of(job.state), end));
        }
        if job.started_at.is_none() || job.finished_at.is_some() {
            let pointer = Pointer { customer_id: job.customer_id.clone() };
            let pointer = to_item(&pointer, &keys::job_pointer(&job.id), None, 1, kept_until(job))?;
            writes.push(Write::Put(Box::new(pointer), Condition::None));
        }
        Ok(writes)
    }

    /// The writes that remove a job as it was read, its pointer, and its share of the counters.
    pub fn remove(read: &Stored<Job>) -> Vec<Write> {
        let Stored { value: job, rev } = read;
        let mut writes = vec![
            Write::Delete(keys::job(&job.customer_id, &job.id), Condition::RevIs(*rev)),
            Write::Delete(keys::job_pointer(&job.id), Condition::None),
        ];
        writes.extend(counts::add(&Totals::default().minus(&Totals::of_job(job.counted_as))));
        writes
    }

    /// Stores the progress of a claimed job. It does not raise the job's `rev`, so an earlier reader may still write the job.
    ///
    /// # Errors
    /// As [`Table::set`], but a job that another run has claimed is no error.
    pub async fn show_progress(&self, claimed: &Job, progress: &Progress) -> Result<(), StoreError> {
        let progress = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(progress)
            .map_err(|error| StoreError::Refused(error.into()))?;
        let until = claimed.lock_until.map(|until| until.to_string()).unwrap_or_default();
        let ours = Condition::That("lock_until = :until", vec![(":until", AttributeValue::S(until))]);
        match self.table.set(&keys::job(&claimed.customer_id, &claimed.id), "progress", progress, &ours).await {
            // Another run has claimed the job by now and reports its own progress.
            Err(StoreError::Conflict { .. }) => Ok(()),
            result => result,
        }
    }

    /// The write that takes the lock on a customer; its condition fails while another holder may be alive.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the lock has no storable form; that is a bug.
    pub fn take_lock(job: &Job, until: Timestamp, now: Timestamp) -> Result<Write, StoreError> {
        let lock = Lock { job_id: job.id.clone(), lock_until: until };
        let item = to_item(&lock, &keys::lock(&job.customer_id), None, 1, Some(until.seconds() + 86_400))?;
        let free = Condition::That(
            "attribute_not_exists(PK) OR lock_until <= :now",
            vec![(":now", AttributeValue::S(now.to_string()))],
        );
        Ok(Write::Put(Box::new(item), free))
    }

    /// The write that releases the lock.
    pub fn release_lock(job: &Job) -> Write {
        let mine = vec![(":job", AttributeValue::S(job.id.to_string()))];
        Write::Delete(keys::lock(&job.customer_id), Condition::That("attribute_not_exists(PK) OR job_id = :job", mine))
    }
}

/// True if the dashboard counts the job in this item.
pub fn is_counted(item: &Item) -> bool {
    item.get("counted_as").is_some_and(AttributeValue::is_s)
}

/// The moment at which DynamoDB removes a job and its pointer, in seconds since the epoch; none before the job has ended. A
/// purge removes its own job when it succeeds, and until then no other record tells what is left of its customer.
fn kept_until(job: &Job) -> Option<i64> {
    job.finished_at.filter(|_| job.kind != Kind::Purge).map(|end| end.plus(RETENTION).seconds())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::{
        failure::{ErrorClass, Failure},
        job::Trigger,
    };

    /// The removal time of the item with this sort key; none if it is not among the writes.
    fn ttl_of(writes: &[Write], sort_key: &str) -> Option<Option<i64>> {
        writes.iter().find_map(|write| {
            let Write::Put(item, _) = write else { return None };
            let is_it = item["SK"].as_s().unwrap().starts_with(sort_key);
            is_it.then(|| item.get("ttl").map(|ttl| ttl.as_n().unwrap().parse().unwrap()))
        })
    }

    #[test]
    fn a_job_and_its_pointer_live_equally_long_also_when_it_was_retried_after_months() {
        let day = |n: u64| Timestamp::EPOCH.plus(Duration::from_secs(n * 86_400));
        let kept = |day: i64| Some(Some((day + 90) * 86_400));
        let both = |job: &Job| {
            let writes = Jobs::put(job, 1).unwrap();
            (ttl_of(&writes, "JOB#"), ttl_of(&writes, "POINTER"))
        };
        let mut job = Job::new(Kind::Sync, CustomerId::new(), Trigger::Schedule, None, day(0), day(0));

        assert_eq!(both(&job), (Some(None), Some(None)), "a job that has not ended stays");
        job.claim(day(0), day(1));
        assert_eq!(both(&job), (Some(None), None), "a run needs no other pointer");
        job.fail(Failure::new(ErrorClass::Config, "no"), day(1));
        assert_eq!(both(&job), (kept(1), kept(1)));
        job.requeue(day(80));
        assert_eq!(both(&job), (Some(None), Some(None)));
        job.claim(day(80), day(81));
        job.finish(State::Succeeded, day(80));
        assert_eq!(both(&job), (kept(80), kept(80)));
    }

    #[test]
    fn a_purge_that_failed_stays_until_it_has_succeeded() {
        let mut job =
            Job::new(Kind::Purge, CustomerId::new(), Trigger::Deleted, None, Timestamp::EPOCH, Timestamp::EPOCH);
        job.fail(Failure::new(ErrorClass::Lost, "no"), Timestamp::EPOCH);

        let writes = Jobs::put(&job, 1).unwrap();

        assert_eq!((ttl_of(&writes, "JOB#"), ttl_of(&writes, "POINTER")), (Some(None), Some(None)));
    }
}

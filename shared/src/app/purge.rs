//! Removes everything of a deleted customer, in an order that can be taken up again after a crash.
//!
//! Order: secrets, then grants, then workflows and definitions, then other jobs, and last, together, the customer, its lock and the
//! purge's own job. So as long as anything is left, a job is left that knows about it. Only audit records stay.

use super::{error::AppError, lifecycle::Claimed, outcome::Outcome, stop::Stop, sync::Syncer};
use crate::{
    aws::{
        customers::Customers,
        grants::GrantBook,
        keys::{self, Key},
        table::{Condition, Range, Write, key_of},
        vault::Vault,
    },
    clock,
    domain::{
        customer::Status,
        failure::{ErrorClass, Failure},
        time::Timestamp,
    },
};

/// Runs a claimed purge until `deadline`.
pub async fn run(syncer: &Syncer, claimed: &Claimed, deadline: Timestamp) -> Outcome {
    match purge(syncer, claimed, deadline).await {
        Ok(outcome) => outcome,
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(job_id = %claimed.job.id, error, "a purge was interrupted");
            Stop::Ours(Failure::new(ErrorClass::Transient, "The store could not be reached while purging.")).into()
        }
    }
}

async fn purge(syncer: &Syncer, claimed: &Claimed, deadline: Timestamp) -> Result<Outcome, AppError> {
    let customer = &claimed.job.customer_id;
    if claimed.customer.as_ref().is_some_and(|customer| customer.status != Status::Deleting) {
        return Ok(Stop::Cancelled("the customer is not being deleted").into());
    }
    let data = &syncer.dispatcher.data;
    syncer.vault.table().write(Vault::destroy(customer)).await?;
    GrantBook::new(data.clone()).forget_customer(customer).await?;
    syncer.damaged().forget_customer(customer).await?;
    let own = keys::job(customer, &claimed.job.id);
    let stays =
        [keys::state(customer), keys::profile(customer), keys::summary(customer), keys::lock(customer), own.clone()];
    let range =
        Range { projection: Some("PK, SK"), limit: Some(500), ..Range::table(keys::customer_partition(customer), "") };
    let mut after = None;
    let mut jobs: Vec<Key> = Vec::new();
    loop {
        let page = data.page(&range, after).await?;
        let keys = page.items.iter().map(key_of).filter(|key| !stays.contains(key));
        let (other_jobs, rest): (Vec<Key>, Vec<Key>) = keys.partition(|key| key.sk.starts_with(keys::JOB_PREFIX));
        data.delete_all(&rest).await?;
        jobs.extend(other_jobs);
        after = page.last;
        if after.is_none() {
            break;
        }
        if clock::now().until(deadline).as_secs() < 30 {
            return Ok(Outcome::GoOn(super::outcome::Report::default()));
        }
    }
    for batch in jobs.chunks(12) {
        let pointers = batch.iter().filter_map(|key| key.sk.strip_prefix(keys::JOB_PREFIX)?.parse().ok());
        let all: Vec<Key> = pointers.map(|id| keys::job_pointer(&id)).chain(batch.iter().cloned()).collect();
        data.delete_all(&all).await?;
    }
    let mut last = vec![
        Write::Delete(own, Condition::None),
        Write::Delete(keys::job_pointer(&claimed.job.id), Condition::None),
        Write::Delete(keys::lock(customer), Condition::None),
    ];
    if let Some(found) = syncer.dispatcher.customers.get_any(customer).await? {
        last.extend(Customers::delete(customer, found.rev));
    }
    data.write(last).await?;
    Ok(Outcome::Purged)
}

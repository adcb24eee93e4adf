//! Removes everything of a deleted customer, in an order that can be taken up again after a crash.
//!
//! Order: secrets, then workflows and definitions, then other jobs, and last, together, the customer, its lock, the purge's own
//! job and the mark of the deletion. So as long as anything is left, a job is left that knows about it. Only audit records stay.
//!
//! What must stay true: nothing is removed without the mark that only the role of `customers` can make. The customer's status and
//! the job are in the data table, which other roles write too.

use super::{
    dispatch::Dispatcher, error::AppError, interruption::Interruption, lifecycle::Claimed, outcome::AttemptOutcome,
    sync::Syncer,
};
use crate::{
    aws::{
        customers::Customers,
        jobs::{Jobs, is_counted},
        keys,
        table::{Condition, Range, Write, key_of},
        transaction::write_across,
        vault::Vault,
    },
    clock,
    domain::{
        customer::Status,
        failure::{ErrorClass, Failure},
        ids::{CustomerId, JobId},
        time::Timestamp,
    },
};

/// Runs a claimed purge until `deadline`.
pub async fn run(syncer: &Syncer, claimed: &Claimed, deadline: Timestamp) -> AttemptOutcome {
    match purge(syncer, claimed, deadline).await {
        Ok(outcome) => outcome,
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(job_id = %claimed.job.id, error, "a purge was interrupted");
            Interruption::Ours(Failure::new(ErrorClass::Transient, "The store could not be reached while purging."))
                .into()
        }
    }
}

async fn purge(syncer: &Syncer, claimed: &Claimed, deadline: Timestamp) -> Result<AttemptOutcome, AppError> {
    let customer = &claimed.job.customer_id;
    if claimed.customer.as_ref().is_some_and(|customer| customer.status != Status::Deleting) {
        return Ok(Interruption::Cancelled("the customer is not being deleted").into());
    }
    let data = &syncer.dispatcher.data;
    if !syncer.vault.has_deletion_mark(customer).await? {
        return Ok(Interruption::Failed(unmarked(customer)).into());
    }
    syncer.vault.table().write(Vault::destroy(customer)).await?;
    syncer.dispatcher.damaged.forget_customer(customer).await?;
    let own = keys::job(customer, &claimed.job.id);
    let stays =
        [keys::state(customer), keys::profile(customer), keys::summary(customer), keys::lock(customer), own.clone()];
    let range = Range {
        projection: Some("PK, SK, counted_as"),
        limit: Some(500),
        ..Range::table(keys::customer_partition(customer), "")
    };
    let mut after = None;
    let mut jobs = Vec::new();
    loop {
        let page = data.page(&range, after).await?;
        let items = page.items.iter().map(|item| (key_of(item), item)).filter(|(key, _)| !stays.contains(key));
        let mut rest = Vec::new();
        for (key, item) in items {
            match keys::job_of(&key.sk) {
                Some(id) => jobs.push((id, is_counted(item))),
                None => rest.push(key),
            }
        }
        data.delete_all(&rest).await?;
        after = page.last;
        if after.is_none() {
            break;
        }
        if clock::now().until(deadline).as_secs() < 30 {
            return Ok(AttemptOutcome::GoOn(super::outcome::Report::default()));
        }
    }
    remove_jobs(&syncer.dispatcher, customer, &jobs).await?;
    let mut last = vec![Write::Delete(keys::lock(customer), Condition::None)];
    if let Some(own) = syncer.dispatcher.jobs.get(customer, &claimed.job.id).await? {
        last.extend(Jobs::remove(&own));
    }
    if let Some(found) = syncer.dispatcher.customers.get_any(customer).await? {
        last.extend(Customers::delete(customer, found.rev));
    }
    let mark = vec![Vault::remove_deletion_mark(customer)];
    write_across(&[(data, last), (syncer.vault.table(), mark)]).await?;
    Ok(AttemptOutcome::Purged)
}

/// Somebody who writes the data table wanted this purge, and nobody deleted the customer.
fn unmarked(customer: &CustomerId) -> Failure {
    tracing::error!(customer_id = %customer, "a purge has no mark of a deletion: nothing was removed");
    let message = "Nobody deleted this customer: there is no mark of a deletion. Nothing was removed.";
    let next_step = "Find out who can write to the data table, then set the customer right by a restore.".to_owned();
    Failure { next_step, ..Failure::new(ErrorClass::Guard, message) }
}

/// Most are over and count for nothing any more: those go by the dozen, with their pointers.
async fn remove_jobs(dispatcher: &Dispatcher, customer: &CustomerId, jobs: &[(JobId, bool)]) -> Result<(), AppError> {
    for (id, _) in jobs.iter().filter(|(_, counts)| *counts) {
        if let Some(job) = dispatcher.jobs.get(customer, id).await? {
            dispatcher.data.write(Jobs::remove(&job)).await?;
        }
    }
    let rest: Vec<_> = jobs.iter().filter(|(_, counts)| !*counts).collect();
    for some in rest.chunks(12) {
        let keys = some.iter().flat_map(|(id, _)| [keys::job_pointer(id), keys::job(customer, id)]);
        dispatcher.data.delete_all(&keys.collect::<Vec<_>>()).await?;
    }
    Ok(())
}

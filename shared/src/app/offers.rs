//! What the API offers with each job: the actions that apply to it, read with as little as decides them.

use std::collections::{BTreeMap, BTreeSet};

use super::dispatch::Dispatcher;
use crate::{
    aws::{customers::Standing, table::StoreError},
    domain::{
        actions::{JobAction, Situation},
        ids::{CustomerId, JobId},
        job::Job,
        policy::{Caller, Target},
    },
};

/// What a caller can do with a job now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// The actions that apply to it and that the caller may do.
    pub actions: Vec<JobAction>,
    /// The reason for which the caller, who may retry it, cannot retry it now.
    pub retry_refused: Option<String>,
}

impl Dispatcher {
    /// What `caller` can do with each of these jobs. Customers are read only for jobs that depend on them.
    ///
    /// # Errors
    /// Store failures.
    pub async fn offers(&self, jobs: &[Job], caller: &Caller) -> Result<Vec<Offer>, StoreError> {
        let customers: BTreeSet<CustomerId> =
            jobs.iter().filter(|job| job.depends_on_customer()).map(|job| job.customer_id.clone()).collect();
        let situations = self.situations(&customers).await?;
        let may = |job: &Job, action: JobAction| caller.can(action.verb(), Target::One(&job.customer_id));
        let offer = |job: &Job| {
            let situation = situations.get(&job.customer_id);
            let retry_refused = job.retry_refused(situation).filter(|_| may(job, JobAction::Retry));
            Offer { actions: job.actions(situation).filter(|action| may(job, *action)).collect(), retry_refused }
        };
        Ok(jobs.iter().map(offer).collect())
    }

    async fn situations(
        &self,
        customers: &BTreeSet<CustomerId>,
    ) -> Result<BTreeMap<CustomerId, Situation>, StoreError> {
        if customers.is_empty() {
            return Ok(BTreeMap::new());
        }
        let standings = self.customers.standings(customers).await?;
        let named: Vec<(&CustomerId, &JobId)> =
            standings.iter().filter_map(|(id, standing)| Some((id, standing.sync_job_id.as_ref()?))).collect();
        let syncs: BTreeMap<JobId, Job> = match named.as_slice() {
            [] => BTreeMap::new(),
            named => self.jobs.get_all(named).await?.into_iter().map(|job| (job.id.clone(), job)).collect(),
        };
        let situation = |Standing { status, undoubted_at, sync_job_id, .. }: Standing| {
            Situation::new(status, undoubted_at, sync_job_id.and_then(|id| syncs.get(&id)))
        };
        Ok(standings.into_iter().map(|(id, standing)| (id, situation(standing))).collect())
    }
}

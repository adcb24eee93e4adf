//! The selection of jobs for a list, and the ranges of keys that hold them. See D-60.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    aws::{
        keys,
        table::{Range, SortKeys},
    },
    domain::{
        ids::{CustomerId, JobId},
        job::{Job, State},
        time::Timestamp,
    },
};

/// The largest number of customers whose own partitions are read, instead of all jobs by state.
const FEW: usize = 100;
/// The same for a list of some states only. A partition holds jobs in all states, of which few match, so for more customers
/// than this the index by state finds more in what it reads.
const FEW_IN_A_STATE: usize = 10;

/// The longest time by which a job's id may be younger than its `created_at`: a run takes that moment at its start, and no run
/// is longer.
const ID_LAG: Duration = Duration::from_secs(900);

/// The selection of jobs for a list.
#[derive(Clone, Debug, Default)]
pub struct JobSelection {
    /// Only jobs of these customers; none for those of all.
    pub customers: Option<BTreeSet<CustomerId>>,
    /// Only jobs in one of these states; empty for any state.
    pub states: Vec<State>,
    /// Only jobs older than this one.
    pub before: Option<JobId>,
    /// Only jobs created at or after this moment.
    pub since: Option<Timestamp>,
    /// Only jobs created before this moment.
    pub until: Option<Timestamp>,
}

impl JobSelection {
    /// All jobs in one state.
    pub fn in_state(state: State) -> Self {
        Self { states: vec![state], ..Self::default() }
    }

    /// True if the selection includes this job.
    pub fn takes(&self, job: &Job) -> bool {
        self.customers.as_ref().is_none_or(|customers| customers.contains(&job.customer_id))
            && self.before.as_ref().is_none_or(|before| job.id < *before)
            && self.since.is_none_or(|since| since <= job.created_at)
            && self.until.is_none_or(|until| job.created_at < until)
            && self.allows(job.state)
    }

    fn allows(&self, state: State) -> bool {
        self.states.is_empty() || self.states.contains(&state)
    }

    /// The ranges that hold the selected jobs, newest first in each. They hold other jobs too.
    pub(super) fn ranges(&self) -> Vec<Range> {
        let few = if self.states.is_empty() { FEW } else { FEW_IN_A_STATE };
        match &self.customers {
            Some(customers) if customers.len() <= few => {
                let partitions = customers.iter().map(|customer| Range::table(keys::customer_partition(customer), ""));
                partitions.map(|range| self.within(range, keys::JOB_PREFIX)).collect()
            }
            _ => {
                let states = State::ALL.into_iter().filter(|state| self.allows(*state));
                states.map(|state| self.within(Range::index(keys::jobs_in(state), ""), "")).collect()
            }
        }
    }

    /// Narrows a range, whose sort keys are job ids behind a prefix, to the moments and the last job of the selection.
    fn within(&self, range: Range, prefix: &str) -> Range {
        // The id begins with its millisecond in hex, so a moment bounds the range.
        let bound = |moment: Timestamp| format!("job_{:012x}", moment.millis().max(0));
        let first = self.since.map_or_else(|| "job_".to_owned(), bound);
        let until = self.until.map_or_else(|| "job_~".to_owned(), |until| bound(until.plus(ID_LAG)));
        let last = self.before.as_ref().map_or(until.clone(), |before| until.min(before.to_string()));
        let keys = SortKeys::Between(format!("{prefix}{first}"), format!("{prefix}{last}"));
        Range { keys, descending: true, ..range }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(customers: usize, states: &[State]) -> (usize, bool) {
        let customers = (0..customers).map(|_| CustomerId::new()).collect();
        let selection = JobSelection { customers: Some(customers), states: states.to_vec(), ..JobSelection::default() };
        let ranges = selection.ranges();
        (ranges.len(), ranges.iter().any(|range| range.index.is_some()))
    }

    #[test]
    fn the_jobs_of_few_customers_are_in_their_partitions_and_those_of_many_in_the_index_by_state() {
        assert_eq!((of(1, &[]), of(100, &[]), of(101, &[])), ((1, false), (100, false), (8, true)));
        let failed = [State::Failed];
        assert_eq!((of(1, &failed), of(10, &failed), of(11, &failed)), ((1, false), (10, false), (1, true)));
        assert_eq!(of(0, &[]), (0, false), "who may see nobody's reads nothing");
    }
}

//! The plan of a sync: the step for each listed workflow, decided from the listing and the stored fingerprints alone.

use super::{
    ids::WorkflowId,
    job::Job,
    stats::WorkflowOutcome,
    time::Timestamp,
    workflow::{DefinitionRef, LastChange},
};

/// The head of a stored workflow: the fields that the diff needs.
#[derive(Clone, Debug)]
pub struct Head {
    /// Zuora's id.
    pub zuora_id: WorkflowId,
    /// Zuora's creation time.
    pub created_at: Option<String>,
    /// The digest of all listed fields.
    pub fingerprint: String,
    /// The reference to its definition.
    pub definition: Option<DefinitionRef>,
    /// The number of tasks in the definition.
    pub tasks_count: u64,
    /// True if it is shown as started by events.
    pub has_event_trigger: bool,
    /// The moment since which it is a tombstone.
    pub deleted_at: Option<Timestamp>,
    /// True if a person approved that deletion.
    pub deletion_approved: bool,
    /// The job that wrote it last.
    pub last_change: LastChange,
    /// The moment of the last write.
    pub written_at: Timestamp,
    /// The version of what was derived from its definition and is stored beside it.
    pub derived: u32,
    /// The number of that write, on which the next one is conditional.
    pub rev: u64,
}

/// The step for one listed workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Export and store; counts as this outcome.
    Store(WorkflowOutcome),
    /// Export and compare: the listing shows no change, but the reverification is due. Counts as updated if the definition
    /// differs.
    Compare,
    /// Nothing to do. If an earlier run of the same job stored it, it still counts as that.
    Keep(WorkflowOutcome),
}

/// Decides the step for a workflow listed with `fingerprint`. `reverify_due` returns true if its slot of the day has passed.
pub fn step(stored: Option<&Head>, fingerprint: &str, job: &Job, reverify_due: impl FnOnce() -> bool) -> Step {
    let Some(stored) = stored else {
        return Step::Store(WorkflowOutcome::Created);
    };
    // Writes of the job from before its last retry by a person do not count as its own.
    let own = stored.last_change.is_of(job);
    if stored.deleted_at.is_some() {
        return Step::Store(WorkflowOutcome::Created);
    }
    if stored.fingerprint != fingerprint {
        // Created by an earlier run of this job and edited since: on the whole this job created it.
        let created = own && stored.last_change.kind == WorkflowOutcome::Created;
        return Step::Store(if created { WorkflowOutcome::Created } else { WorkflowOutcome::Updated });
    }
    if own {
        return Step::Keep(stored.last_change.kind);
    }
    if reverify_due() { Step::Compare } else { Step::Keep(WorkflowOutcome::Unchanged) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        failure::{ErrorClass, Failure},
        ids::CustomerId,
        job::{Kind, Trigger},
    };

    fn job() -> Job {
        let now = Timestamp::EPOCH;
        Job::new(Kind::Sync, CustomerId::new(), Trigger::Manual, None, now, now)
    }

    fn stored(job: &Job, kind: WorkflowOutcome) -> Head {
        Head {
            zuora_id: "48".parse().unwrap(),
            created_at: None,
            fingerprint: "a".into(),
            definition: None,
            tasks_count: 0,
            has_event_trigger: false,
            deleted_at: None,
            deletion_approved: false,
            last_change: LastChange::of(job, kind),
            written_at: Timestamp::EPOCH,
            derived: 1,
            rev: 1,
        }
    }

    #[test]
    fn new_changed_unchanged_and_returning_workflows_are_told_apart() {
        let (earlier, job) = (job(), job());
        let known = stored(&earlier, WorkflowOutcome::Created);
        let gone = Head { deleted_at: Some(Timestamp::EPOCH), ..known.clone() };

        assert_eq!(step(None, "a", &job, || false), Step::Store(WorkflowOutcome::Created));
        assert_eq!(step(Some(&known), "b", &job, || false), Step::Store(WorkflowOutcome::Updated));
        assert_eq!(step(Some(&known), "a", &job, || false), Step::Keep(WorkflowOutcome::Unchanged));
        assert_eq!(step(Some(&known), "a", &job, || true), Step::Compare);
        assert_eq!(step(Some(&gone), "a", &job, || false), Step::Store(WorkflowOutcome::Created), "it is back");
    }

    #[test]
    fn a_later_run_of_the_same_job_counts_what_the_earlier_one_wrote_and_writes_nothing_again() {
        let job = job();

        for kind in [WorkflowOutcome::Created, WorkflowOutcome::Updated] {
            assert_eq!(step(Some(&stored(&job, kind)), "a", &job, || true), Step::Keep(kind));
        }
        let created = stored(&job, WorkflowOutcome::Created);
        assert_eq!(step(Some(&created), "b", &job, || true), Step::Store(WorkflowOutcome::Created));
    }

    #[test]
    fn what_a_job_wrote_before_it_was_retried_is_old_work_and_its_look_is_taken() {
        let mut job = job();
        let written = stored(&job, WorkflowOutcome::Created);
        job.fail(Failure::new(ErrorClass::Config, "no"), Timestamp::EPOCH);
        job.requeue(Timestamp::EPOCH);

        assert_eq!(step(Some(&written), "a", &job, || true), Step::Compare);
        assert_eq!(step(Some(&written), "a", &job, || false), Step::Keep(WorkflowOutcome::Unchanged));
        assert_eq!(step(Some(&written), "b", &job, || false), Step::Store(WorkflowOutcome::Updated));
    }
}

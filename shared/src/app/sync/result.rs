//! The result of a run for one workflow.

use crate::domain::{failure::Failure, stats::WorkflowOutcome};

/// The result for one workflow.
pub(super) enum Done {
    Stored {
        outcome: WorkflowOutcome,
        tasks: u64,
        /// True if other bytes of the same meaning were stored.
        rewritten: bool,
    },
    /// The export failed, with the possible cause at Zuora.
    Failed(Failure, Suspect),
    /// Zuora did not answer in time.
    Hung(Failure),
    OutOfTime,
}

/// The possible cause of a failed export, for Zuora as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Suspect {
    /// None: Zuora answered, only not well.
    Nothing,
    /// Zuora may be down.
    Outage,
    /// The user's role may not export at all.
    Permission,
}

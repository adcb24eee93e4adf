//! Values that move although nobody changed the workflow: the times of a user's record, and those of runs.
//!
//! Zuora names who created and updated something by the user's whole record, whose own times move with every login or edit of
//! that user (so in the example of a listing in its Deployment Manager's documentation; that `/workflows` does the same is
//! inferred). Whoever compares leaves them out, or one login would export every workflow of that user again.

/// True for a member that does not count; `within` is the name of the member that contains it.
pub fn is_volatile(within: &[u8], member: &[u8]) -> bool {
    let is_user = within.ends_with(b"_by") || within.ends_with(b"By");
    (is_user && (member.ends_with(b"_at") || member.ends_with(b"At")))
        || matches!(member, b"last_run_at" | b"lastRunAt" | b"next_run_at" | b"nextRunAt")
}

#[cfg(test)]
mod tests {
    use super::is_volatile;

    #[test]
    fn the_times_of_a_user_and_of_runs_are_volatile_and_those_of_the_workflow_are_not() {
        for (within, member) in [("updated_by", "updated_at"), ("createdBy", "lastLoginAt"), ("", "last_run_at")] {
            assert!(is_volatile(within.as_bytes(), member.as_bytes()), "{within}.{member}");
        }
        for (within, member) in [("", "updatedAt"), ("active_version", "updated_at"), ("updated_by", "work_email")] {
            assert!(!is_volatile(within.as_bytes(), member.as_bytes()), "{within}.{member}");
        }
    }
}

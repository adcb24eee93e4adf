//! A refusal of the policy, as far as the audit trail needs it.

use crate::domain::{audit::Action, ids::CustomerId};

/// An attempt that the policy refused: it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The customer, if it was about one.
    pub customer: Option<CustomerId>,
    /// The action that was attempted.
    pub action: Action,
}

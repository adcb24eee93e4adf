//! What other programs are told: events, made of what was stored and of nothing else. See docs/events.md and D-82.
//!
//! What must stay true:
//! - An event is a function of the record that was written: made again, it is the same, with the same id. So whoever gets one
//!   twice can tell.
//! - It holds ids, names, counts and classes; never a value of a definition, a message of Zuora's, or an e-mail address.

mod customer;
mod finding;
mod workflow;

use serde::Serialize;

pub use self::{
    customer::{CustomerSeen, of_customer},
    finding::{of_findings, of_news},
    workflow::of_change,
};
use super::{ids::CustomerId, time::Timestamp};

/// The source of all events.
pub const SOURCE: &str = "zuora-workflow-manager";
/// The version of the details' schema: fields may be added to it, none changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// A sync ended in a failure.
    SyncFailed,
    /// A sync ended with deletions, or another tenant, that wait for an approval.
    SyncHeld,
    /// A sync succeeded, and the one before had not, or the customer needed somebody.
    SyncRecovered,
    /// A sync stored a workflow that is new or differs.
    WorkflowChanged,
    /// A sync found that a workflow is gone.
    WorkflowDeleted,
    /// A workflow has begun to break a rule of the health check.
    FindingRaised,
    /// A workflow no longer breaks a rule.
    FindingResolved,
    /// A person should look at a customer.
    CustomerNeedsAttention,
    /// Zuora refused a customer's credentials, or its address does not lead to Zuora.
    CredentialsRefused,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::SyncFailed,
        Self::SyncHeld,
        Self::SyncRecovered,
        Self::WorkflowChanged,
        Self::WorkflowDeleted,
        Self::FindingRaised,
        Self::FindingResolved,
        Self::CustomerNeedsAttention,
        Self::CredentialsRefused,
    ];

    /// The name on the bus (`detail-type`).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SyncFailed => "Sync Failed",
            Self::SyncHeld => "Sync Held",
            Self::SyncRecovered => "Sync Recovered",
            Self::WorkflowChanged => "Workflow Changed",
            Self::WorkflowDeleted => "Workflow Deleted",
            Self::FindingRaised => "Finding Raised",
            Self::FindingResolved => "Finding Resolved",
            Self::CustomerNeedsAttention => "Customer Needs Attention",
            Self::CredentialsRefused => "Credentials Refused",
        }
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its kind.
    pub kind: EventKind,
    /// When it happened.
    pub at: Timestamp,
    /// The details, as docs/events.md describes them.
    pub detail: serde_json::Value,
}

/// The details that all events have, and those of one kind.
#[derive(Debug, Serialize)]
struct Detail<'a, T> {
    schema_version: u32,
    id: &'a str,
    at: Timestamp,
    customer_id: &'a CustomerId,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_name: Option<&'a str>,
    link: String,
    #[serde(flatten)]
    about: T,
}

/// The part of an event that tells it from every other one.
struct Identity<'a> {
    kind: EventKind,
    id: String,
    at: Timestamp,
    customer_id: &'a CustomerId,
    customer_name: Option<&'a str>,
}

impl Identity<'_> {
    fn event(&self, link: String, about: impl Serialize) -> Event {
        let &Self { kind, ref id, at, customer_id, customer_name } = self;
        let detail = Detail { schema_version: SCHEMA_VERSION, id, at, customer_id, customer_name, link, about };
        Event { kind, at, detail: serde_json::json!(detail) }
    }
}

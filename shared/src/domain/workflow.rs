//! A stored workflow: the fields that Zuora listed, the reference to its definition, and the last change by a sync.

use serde::{Deserialize, Serialize};

use super::{
    customer::Customer,
    definition::Definition,
    derived,
    ids::{JobId, WorkflowId},
    job::Job,
    listed_workflow::{ListedWorkflow, Triggers},
    stats::WorkflowOutcome,
    time::Timestamp,
};

/// The reference to a definition (Zuora's export): its content hash names the chunks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionRef {
    /// The hash of the uncompressed bytes.
    pub hash: String,
    /// The number of chunks.
    pub chunks: u32,
    /// Uncompressed size in bytes.
    pub bytes: u64,
    /// Its origin. (Absent in items of older backups.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// The sync that first stored a definition for a workflow, when, and of which version at Zuora.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The moment at which it was stored.
    pub stored_at: Timestamp,
    /// The sync.
    pub job_id: JobId,
    /// The active version that was listed then.
    pub zuora_version: Option<String>,
}

impl DefinitionRef {
    /// The same with its origin: that of the definition `before` it if their bytes are the same.
    #[must_use]
    pub fn with_origin(self, before: Option<&Self>, origin: Origin) -> Self {
        let origin = match before {
            Some(before) if before.hash == self.hash => before.origin.clone(),
            _ => Some(origin),
        };
        Self { origin, ..self }
    }
}

/// The fields of a workflow's record that come from its definition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// The number of tasks.
    pub tasks_count: u64,
    /// True if an event at Zuora starts the workflow.
    pub has_event_trigger: bool,
}

impl From<&Definition<'_>> for Content {
    fn from(definition: &Definition<'_>) -> Self {
        Self { tasks_count: definition.tasks.len() as u64, has_event_trigger: definition.has_event_trigger() }
    }
}

/// The job that last wrote the workflow, and how the job counted it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastChange {
    /// The job.
    pub job_id: JobId,
    /// The number of restarts of that job by then. (Absent in items of older backups.)
    #[serde(default)]
    pub restarts: u32,
    /// The outcome that it counted; a deletion shows in `deleted_at`.
    pub kind: WorkflowOutcome,
}

impl LastChange {
    /// The change that a job makes now.
    pub fn of(job: &Job, kind: WorkflowOutcome) -> Self {
        Self { job_id: job.id.clone(), restarts: job.restarts, kind }
    }

    /// True if an earlier run of the job, since its last restart, wrote it.
    pub fn is_of(&self, job: &Job) -> bool {
        self.job_id == job.id && self.restarts == job.restarts
    }
}

/// One stored workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// Zuora's id.
    pub zuora_id: WorkflowId,
    /// Name, if Zuora gave one.
    pub name: Option<String>,
    /// Description, often empty.
    pub description: Option<String>,
    /// `Active` or `Inactive` in all published answers; kept open.
    pub status: Option<String>,
    /// The active version, such as `0.0.2`.
    pub version: Option<String>,
    /// The triggers that may start it.
    pub triggers: Triggers,
    /// A cron expression.
    pub interval: Option<String>,
    /// A Rails zone name.
    pub timezone: Option<String>,
    /// Zuora's creation time.
    pub created_at: Option<String>,
    /// Zuora's time of the last update.
    pub updated_at: Option<String>,
    /// The digest of all listed fields.
    pub fingerprint: String,
    /// The listed item as Zuora sent it, unknown fields included.
    pub listed: String,
    /// The number of tasks in the definition.
    pub tasks_count: u64,
    /// The reference to the definition; none if Zuora has none to export. (`definition` is a reserved word in DynamoDB.)
    #[serde(rename = "definition_ref")]
    pub definition: Option<DefinitionRef>,
    /// The version of what is computed from the definition and stored beside it; see [`derived::VERSION`]. (Absent in items of
    /// older backups.)
    #[serde(default)]
    pub derived: u32,
    /// The moment of our last write.
    pub written_at: Timestamp,
    /// The moment at which a sync found it deleted; from then on it is hidden, and kept for 30 days.
    pub deleted_at: Option<Timestamp>,
    /// True if a person approved the deletion. (Absent in items of older backups.)
    #[serde(default)]
    pub deletion_approved: bool,
    /// The job that last wrote it.
    pub last_change: LastChange,
}

impl Workflow {
    /// The workflow as it is listed now, with its definition. Whoever stores it stores what is derived from that beside it.
    pub fn from_listed(
        listed: ListedWorkflow,
        definition: Option<DefinitionRef>,
        content: Content,
        last_change: LastChange,
        now: Timestamp,
    ) -> Self {
        let event = listed.triggers.event || content.has_event_trigger;
        Self {
            zuora_id: listed.zuora_id,
            name: listed.name,
            description: listed.description,
            status: listed.status,
            version: listed.version,
            triggers: Triggers { event, ..listed.triggers },
            interval: listed.interval,
            timezone: listed.timezone,
            created_at: listed.created_at,
            updated_at: listed.updated_at,
            fingerprint: listed.fingerprint,
            listed: listed.raw,
            tasks_count: content.tasks_count,
            definition,
            derived: derived::VERSION,
            written_at: now,
            deleted_at: None,
            deletion_approved: false,
            last_change,
        }
    }

    /// The moment at which the copy was last known to equal Zuora's state. Nothing is written per unchanged workflow, so this
    /// is the later of two moments: the customer's last complete sync, unless that one could not update this workflow, and our
    /// own last write.
    pub fn last_synced_at(&self, customer: &Customer) -> Timestamp {
        let left_out = self.deleted_at.is_some() || customer.behind.contains(&self.zuora_id);
        let sync = customer.last_complete_sync_at.filter(|_| !left_out);
        sync.map_or(self.written_at, |sync| sync.max(self.written_at))
    }
}

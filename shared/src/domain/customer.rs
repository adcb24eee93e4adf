//! A customer: one Zuora tenant, its settings, and what is known of its copy.
//!
//! What must stay true:
//! - No secret lives here, only whether one is set and since when. The ciphertext is in the vault, a table of its own.
//! - `credential_version` rises with every change of client id, secret or base URL; a cached token is bound to it.
//! - `deleting` is final: such a customer is hidden and nothing but its purge job touches it.

mod health;
mod settings;
mod summary;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    batch::Served,
    failure::Failure,
    ids::{CustomerId, JobId, WorkflowId},
    job::{Job, State},
    reverification::Reverification,
    stats::Stats,
    time::Timestamp,
    unproven::Unproven,
};

pub use self::{
    health::{Health, HealthState, Trouble, Wait},
    settings::{Destination, Environment, Settings, SettingsChange},
    summary::Summary,
};

/// Failures for lack of credentials or permission, in a row, after which the schedule leaves a customer alone.
pub const MAX_CONFIG_FAILURES: u32 = 3;
/// The age from which a client secret should be replaced: half a year.
const SECRET_MAY_AGE: Duration = Duration::from_secs(182 * 24 * 3600);

/// The participation of a customer in syncs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CustomerStatus)]
pub enum Status {
    /// Synced as its frequency says.
    Active,
    /// Paused by an admin: nothing runs.
    Paused,
    /// Not scheduled until an admin acts: its credentials or permissions failed several times in a row.
    NeedsAttention,
    /// Being removed; hidden.
    Deleting,
}

impl Status {
    /// The status as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::NeedsAttention => "needs_attention",
            Self::Deleting => "deleting",
        }
    }

    /// True if a sync may start or go on.
    pub const fn is_syncable(self) -> bool {
        matches!(self, Self::Active | Self::NeedsAttention)
    }
}

/// The last proof (or disproof) that the credentials work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// True if Zuora accepted the credentials and listed workflows.
    pub ok: bool,
    /// The time of the check.
    pub checked_at: Timestamp,
    /// The failure, if it did not.
    pub error: Option<Failure>,
}

/// The last sync that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LastSync {
    /// Its job.
    pub job_id: JobId,
    /// The state in which it ended.
    pub state: State,
    /// The time at which it ended.
    pub finished_at: Timestamp,
    /// The counts of its work.
    pub stats: Stats,
}

/// One customer; [`crate::aws::customers`] stores it as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// Our id.
    pub id: CustomerId,
    /// The settings that people edit.
    #[serde(flatten)]
    pub settings: Settings,
    /// Its status: active or paused.
    pub status: Status,
    /// Stored workflows that are not deleted.
    pub workflows_count: u64,
    /// Tasks of those workflows.
    pub tasks_count: u64,
    /// Since when the secret is the one it is.
    pub secret_updated_at: Timestamp,
    /// See the head of this file.
    pub credential_version: u64,
    /// The last connection test or sync that reached Zuora.
    pub connection: Option<Connection>,
    /// The last sync that ended.
    pub last_sync: Option<LastSync>,
    /// The last sync whose listing was complete, and that dealt with everything in it but what is `behind`.
    pub last_complete_sync_at: Option<Timestamp>,
    /// The few workflows that this sync could not bring up to date: their export failed, or they are stored and were not
    /// listed. (Absent in items of older backups.)
    #[serde(default)]
    pub behind: Vec<WorkflowId>,
    /// The last sync whose listing was complete and raised no doubt: it settles what was held before. (Absent in items of
    /// older backups.)
    #[serde(default)]
    pub undoubted_at: Option<Timestamp>,
    /// Workflows whose absence Zuora would not confirm. (Absent in items of older backups.)
    #[serde(default)]
    pub unproven: Unproven,
    /// The progress of the daily reverifications of its workflows. (Absent in items of older backups.)
    #[serde(default)]
    pub reverification: Reverification,
    /// The digest of the listing that the stored copy equals, as long as nobody writes a workflow: the next sync that lists
    /// the same has nothing to compare. (Absent in items of older backups.)
    #[serde(default)]
    pub listing_digest: Option<String>,
    /// The version up to which everything is derived from its stored definitions; see [`super::derived::VERSION`]. (Absent in
    /// items of older backups.)
    #[serde(default)]
    pub derived: u32,
    /// The last sync that held something back, until a complete listing settles the doubt. The job says whether somebody has
    /// approved it. (Absent in items of older backups.)
    #[serde(default)]
    pub held_job_id: Option<JobId>,
    /// The last sync that failed, until another one ends: of a customer's failures only the last is open. (Absent in items of
    /// older backups.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_job_id: Option<JobId>,
    /// The time of the next scheduled sync.
    pub next_sync_at: Option<Timestamp>,
    /// The one sync job that is queued, waiting or running.
    pub sync_job_id: Option<JobId>,
    /// The last batch that asked for its sync.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served: Option<Served>,
    /// Syncs in a row that failed for lack of credentials or permission.
    pub config_failures: u32,
    /// The reason why the last sync that ended did not simply succeed, until it is forgiven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// The wait of the sync under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// Its health as it was when it was stored. (Absent in items of older backups.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// The time of creation.
    pub created_at: Timestamp,
    /// The time of the last change by an admin.
    pub updated_at: Timestamp,
}

impl Customer {
    /// True if its secret is old enough to be replaced.
    pub fn is_rotation_due(&self, now: Timestamp) -> bool {
        self.secret_updated_at.plus(SECRET_MAY_AGE) <= now
    }

    /// A digest of what people edit, as it is now: every edit makes another one, a sync never does.
    pub fn entity_tag(&self) -> String {
        let paused = self.status == Status::Paused;
        let edited = serde_json::json!([self.settings, paused, self.credential_version, self.secret_updated_at]);
        let mut tag = hex::encode(Sha256::digest(edited.to_string()));
        tag.truncate(32);
        tag
    }

    /// A new customer, active, with its first scheduled sync at its own next minute.
    pub fn new(settings: Settings, connection: Option<Connection>, now: Timestamp) -> Self {
        let id = CustomerId::new();
        Self {
            next_sync_at: settings.sync_frequency.next_after(&id, now),
            id,
            settings,
            status: Status::Active,
            workflows_count: 0,
            tasks_count: 0,
            secret_updated_at: now,
            credential_version: 1,
            connection,
            last_sync: None,
            last_complete_sync_at: None,
            behind: Vec::new(),
            undoubted_at: None,
            unproven: Unproven::default(),
            reverification: Reverification::default(),
            listing_digest: None,
            derived: 0,
            held_job_id: None,
            failed_job_id: None,
            sync_job_id: None,
            served: None,
            config_failures: 0,
            trouble: None,
            wait: None,
            health: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// True if a sync may start or go on.
    pub const fn is_syncable(&self) -> bool {
        self.status.is_syncable()
    }

    /// True if the schedule has to request a sync at `time`.
    pub fn is_due(&self, time: Timestamp) -> bool {
        self.status == Status::Active && self.next_sync_at.is_some_and(|due| due <= time)
    }

    /// Something shows that an admin has acted: the schedule may try again.
    pub fn reset_failures(&mut self) {
        self.config_failures = 0;
        self.trouble = None;
        if self.status == Status::NeedsAttention {
            self.status = Status::Active;
        }
    }

    /// Takes over new settings; a new frequency moves the next scheduled sync.
    pub fn set(&mut self, settings: Settings, now: Timestamp) {
        if self.settings.sync_frequency != settings.sync_frequency {
            self.next_sync_at = settings.sync_frequency.next_after(&self.id, now);
        }
        self.settings = settings;
    }

    /// Paused: nothing runs until [`Customer::resume`].
    pub fn pause(&mut self) {
        self.status = Status::Paused;
        self.next_sync_at = None;
    }

    /// Takes part again; the first sync is due at once.
    pub fn resume(&mut self, now: Timestamp) {
        if self.status == Status::Paused {
            self.status = Status::Active;
            self.config_failures = 0;
            self.next_sync_at = self.settings.sync_frequency.next_after(&self.id, now);
        }
    }

    /// Takes over how a sync job ended, and lets go of the job.
    pub fn record(&mut self, job: &Job, now: Timestamp) {
        if self.sync_job_id.as_ref() == Some(&job.id) {
            self.sync_job_id = None;
        }
        self.wait = None;
        if job.state == State::Cancelled {
            return;
        }
        self.last_sync =
            Some(LastSync { job_id: job.id.clone(), state: job.state, finished_at: now, stats: job.stats });
        self.failed_job_id = (job.state == State::Failed).then(|| job.id.clone());
        if job.state == State::Held {
            self.held_job_id = Some(job.id.clone());
        }
        let class = job.error.as_ref().map(|error| error.class);
        let trouble = Trouble::of(job);
        match class {
            Some(class) if job.state == State::Failed && class.needs_attention() => {
                self.config_failures += 1;
                self.connection = Some(Connection { ok: false, checked_at: now, error: job.error.clone() });
                if self.config_failures >= MAX_CONFIG_FAILURES && self.status == Status::Active {
                    self.status = Status::NeedsAttention;
                }
            }
            // It says nothing about the credentials, but ends a row of failures.
            Some(_) if job.state == State::Failed => self.config_failures = 0,
            // Nothing readable came back: that proves neither.
            _ if job.state == State::Incomplete && job.stats.total == 0 => {}
            _ => {
                self.reset_failures();
                self.connection = Some(Connection { ok: true, checked_at: now, error: None });
            }
        }
        self.trouble = trouble;
    }

    /// Takes over that its sync waits for Zuora.
    pub fn waits(&mut self, job: &Job) {
        self.wait = Wait::of(job);
    }

    /// The listing of a sync that began at `started_at` was complete and raised no doubt: what was held before is settled.
    pub fn resolve_doubt(&mut self, started_at: Option<Timestamp>) {
        self.undoubted_at = self.undoubted_at.max(started_at);
        self.held_job_id = None;
    }

    /// Takes over a connection test's result.
    pub fn record_test(&mut self, error: Option<Failure>, now: Timestamp) {
        if error.is_none() {
            self.reset_failures();
        }
        self.connection = Some(Connection { ok: error.is_none(), checked_at: now, error });
    }
}

#[cfg(test)]
pub(crate) mod tests;

//! A workflow definition as a tenant holds it, and the two shapes in which Zuora shows it.
//!
//! Exports are not kept: `export` builds them from the workflow's seed on every request, so that 20,000 workflows fit in
//! memory.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use time::{
    Duration, OffsetDateTime, UtcOffset,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::{datetime, format_description, offset},
};

use super::{Restless, Shape, Version, export::renumber, version::patch};

/// The largest number of inactive versions that Zuora lists.
const MAX_INACTIVE: usize = 10;

/// The styles in which Zuora writes times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeStyle {
    /// `2026-01-02T03:04:05.678Z`
    Zulu,
    /// `2026-01-02T11:04:05.678+08:00`
    Offset,
    /// `2026-01-02 03:04:05 UTC`
    Utc,
    /// `2026-01-02 03:04:05`
    NoZone,
}

/// The spelling of the list of inactive versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `latest_inactive_verisons`, as published.
    Published,
    /// `latest_inactive_versions`, as seen in real tenants, which also send `definitionId`.
    Corrected,
}

/// A workflow definition.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// The definition's id; 0 to have the tenant assign one.
    pub id: u64,
    /// Its name, which need not be unique.
    pub name: String,
    /// Its description; may be null or empty.
    pub description: Option<String>,
    /// Its status, `Active` or `Inactive`.
    pub status: String,
    /// True if a callout may start it.
    pub callout_trigger: bool,
    /// True if a person or the API may start it.
    pub ondemand_trigger: bool,
    /// True if the schedule starts it.
    pub scheduled_trigger: bool,
    /// The cron expression of a scheduled workflow; otherwise null or empty.
    pub interval: Option<String>,
    /// The Rails name of a time zone; null or empty.
    pub timezone: Option<String>,
    /// Its priority, `High`, `Medium` or `Low`.
    pub priority: String,
    /// The moment of its creation.
    pub created_at: OffsetDateTime,
    /// The moment of its last change.
    pub updated_at: OffsetDateTime,
    /// The active version, if any.
    pub active_version: Option<Version>,
    /// The inactive versions, newest first.
    pub inactive_versions: Vec<Version>,
    /// The style of its times.
    pub time_style: TimeStyle,
    /// The spelling of its inactive versions.
    pub spelling: Spelling,
    /// The number of tasks in its exports.
    pub tasks: usize,
    /// The seed of its exports.
    pub seed: u64,
    /// The rare shapes of its generated exports.
    pub shapes: Vec<Shape>,
    /// An export to answer with instead of a generated one, for every version.
    pub export: Option<Value>,
    /// The exact bytes of its item in the list; they need not be JSON.
    pub raw_item: Option<Bytes>,
    /// The exact bytes of its exports, for every version; they need not be JSON.
    pub raw_export: Option<Bytes>,
    /// The differences between two exports of one version.
    pub restless: Restless,
    /// The number of exports requested so far, on which the differences depend.
    pub exports: u64,
}

impl Workflow {
    /// A plain active workflow of three tasks. The tenant assigns its id and that of its version.
    pub fn named(name: &str) -> Self {
        let at = datetime!(2026-01-02 03:04:05.678 UTC);
        Self {
            id: 0,
            name: name.to_owned(),
            description: Some(String::new()),
            status: "Active".to_owned(),
            callout_trigger: true,
            ondemand_trigger: true,
            scheduled_trigger: false,
            interval: None,
            timezone: None,
            priority: "Medium".to_owned(),
            created_at: at,
            updated_at: at,
            active_version: Some(Version::first(at)),
            inactive_versions: Vec::new(),
            time_style: TimeStyle::Zulu,
            spelling: Spelling::Published,
            tasks: 3,
            seed: 1,
            shapes: Vec::new(),
            export: None,
            raw_item: None,
            raw_export: None,
            restless: Restless::default(),
            exports: 0,
        }
    }

    /// All versions, in no particular order.
    pub fn versions(&self) -> impl Iterator<Item = &Version> {
        self.active_version.iter().chain(&self.inactive_versions)
    }

    /// The version that `?version=` selects; without the parameter the active one.
    pub(super) fn version(&self, asked: Option<&str>) -> Option<&Version> {
        match asked {
            None => self.active_version.as_ref(),
            Some("latest") => self.versions().max_by_key(|version| version.id),
            Some(number) => self.versions().find(|version| version.version == number),
        }
    }

    /// Publishes a new version: active if one was active before, else a newer draft. Moves `updated_at`.
    pub(super) fn publish(&mut self, version_id: u64, now: OffsetDateTime) {
        // At least a second later, so that it shows in every time style.
        let at = now.max(self.updated_at + Duration::SECOND);
        let patch = self.versions().map(|version| patch(&version.version)).max().unwrap_or(0) + 1;
        let next = Version { id: version_id, version: format!("0.0.{patch}"), ..Version::first(at) };
        match self.active_version.take() {
            Some(old) => {
                self.inactive_versions.insert(0, old);
                self.active_version = Some(next);
            }
            None => self.inactive_versions.insert(0, next),
        }
        self.inactive_versions.truncate(MAX_INACTIVE);
        self.updated_at = at;
    }

    /// Publishes a new version with the content of the current one, and new ids of tasks.
    pub(super) fn publish_clone(&mut self, version_id: u64, now: OffsetDateTime) {
        let origin = self.current().cloned();
        self.publish(version_id, now);
        let Self { active_version, inactive_versions, export, .. } = self;
        if let (Some(origin), Some(clone)) = (origin, active_version.as_mut().or(inactive_versions.first_mut())) {
            clone.cloned_from = Some(origin.content().to_owned());
            clone.description = origin.description;
            if let Some(export) = export {
                renumber(export, clone);
            }
        }
    }

    /// The active version, otherwise the newest draft.
    fn current(&self) -> Option<&Version> {
        self.active_version.as_ref().or(self.inactive_versions.first())
    }

    /// The item of `GET /workflows`.
    pub(super) fn list_item(&self) -> Bytes {
        self.raw_item.clone().unwrap_or_else(|| self.made_item().to_string().into())
    }

    fn made_item(&self) -> Value {
        let mut item = self.common();
        let inactive = self.inactive_versions.iter().map(|version| self.inactive_version(version)).collect();
        let key = match self.spelling {
            Spelling::Published => "latest_inactive_verisons",
            Spelling::Corrected => "latest_inactive_versions",
        };
        item.insert(key.to_owned(), Value::Array(inactive));
        Value::Object(item)
    }

    /// The answer of `GET /workflows/{id}`.
    pub(super) fn detail(&self) -> Value {
        let mut item = self.common();
        item.insert("priority".to_owned(), json!(self.priority));
        Value::Object(item)
    }

    fn common(&self) -> Map<String, Value> {
        object(json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "status": self.status,
            "calloutTrigger": self.callout_trigger,
            "ondemandTrigger": self.ondemand_trigger,
            "scheduledTrigger": self.scheduled_trigger,
            "interval": self.interval,
            "timezone": self.timezone,
            "createdAt": self.time_style.write(self.created_at),
            "updatedAt": self.time_style.write(self.updated_at),
            "active_version": self.active_version.as_ref().map(|version| self.brief(version, "Active")),
        }))
    }

    fn brief(&self, version: &Version, status: &str) -> Map<String, Value> {
        let mut brief = object(json!({
            "id": version.id,
            "description": version.description,
            "version": version.version,
            "type": "Workflow::Setup",
            "status": status,
        }));
        if self.spelling == Spelling::Corrected {
            brief.insert("definitionId".to_owned(), json!(self.id));
        }
        brief
    }

    fn inactive_version(&self, version: &Version) -> Value {
        let mut item = self.brief(version, "Inactive");
        item.extend(object(json!({
            "name": self.name,
            "calloutTrigger": self.callout_trigger,
            "ondemandTrigger": self.ondemand_trigger,
            "scheduledTrigger": self.scheduled_trigger,
            "interval": self.interval,
            "timezone": self.timezone,
            "createdAt": self.time_style.write(version.created_at),
            "updatedAt": self.time_style.write(version.updated_at),
            "priority": self.priority,
        })));
        Value::Object(item)
    }
}

impl TimeStyle {
    /// Writes a time in this style.
    pub fn write(self, at: OffsetDateTime) -> String {
        const ISO: &[BorrowedFormatItem<'_>] =
            format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]");
        const SPACED: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
        let at = at.to_offset(UtcOffset::UTC);
        let written = match self {
            Self::Zulu => at.format(ISO).map(|text| text + "Z"),
            Self::Offset => at.to_offset(offset!(+8)).format(ISO).map(|text| text + "+08:00"),
            Self::Utc => at.format(SPACED).map(|text| text + " UTC"),
            Self::NoZone => at.format(SPACED),
        };
        written.or_else(|_| at.format(&Rfc3339)).unwrap_or_default()
    }
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

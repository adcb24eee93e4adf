//! A version of a workflow: its number, and the number of the version whose content it has.

use time::OffsetDateTime;

/// One version of a workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The id of the version, which is not that of the definition.
    pub id: u64,
    /// The number, such as `0.0.2`.
    pub version: String,
    /// The description, possibly empty.
    pub description: String,
    /// The moment of its creation.
    pub created_at: OffsetDateTime,
    /// The moment of its last change.
    pub updated_at: OffsetDateTime,
    /// The number of the version whose content it has, if it was cloned and not edited.
    pub cloned_from: Option<String>,
}

impl Version {
    /// Version `0.0.1`, without an id yet.
    pub(super) fn first(at: OffsetDateTime) -> Self {
        Self {
            id: 0,
            version: "0.0.1".to_owned(),
            description: String::new(),
            created_at: at,
            updated_at: at,
            cloned_from: None,
        }
    }

    /// The number of the version whose content it has: its own, unless it is a clone.
    pub(super) fn content(&self) -> &str {
        self.cloned_from.as_ref().unwrap_or(&self.version)
    }
}

/// The last part of a version's number: 2 of `0.0.2`.
pub(super) fn patch(version: &str) -> u64 {
    version.rsplit('.').next().and_then(|patch| patch.parse().ok()).unwrap_or(0)
}

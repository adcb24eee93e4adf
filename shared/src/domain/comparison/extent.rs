//! The size of a definition: all that is recorded of a new one.

use super::parts::settings;
use crate::domain::definition::Definition;

/// The numbers of a definition's parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// The number of tasks.
    pub tasks: u64,
    /// The number of linkages.
    pub linkages: u64,
    /// The number of fields outside both.
    pub settings: u64,
}

impl Extent {
    /// Counts the parts of a definition.
    pub fn of(definition: &Definition<'_>) -> Self {
        let (tasks, linkages) = (definition.tasks.len() as u64, definition.linkages.len() as u64);
        Self { tasks, linkages, settings: settings(definition).len() as u64 }
    }
}

//! Everything that is computed from a definition and stored beside it, so that nobody has to read definitions for it.
//!
//! What must stay true: it depends on the definition's bytes alone, so it can be computed anew from what is stored. When what
//! is computed changes, [`VERSION`] rises, and syncs compute it anew for what is stored already (`app/sync/derive.rs`).

use super::{definition::Definition, references::References};

/// The version of what is computed. A workflow's record says with which one it was stored.
pub const VERSION: u32 = 1;

/// What is computed from a definition.
#[derive(Clone, Debug, Default)]
pub struct Derived {
    /// What it refers to.
    pub references: References,
}

impl Derived {
    /// Computes it.
    pub fn of(definition: &Definition<'_>) -> Self {
        Self { references: References::of(definition) }
    }

    /// What is said of a stored definition that is none: that something is missing.
    pub fn unread() -> Self {
        Self { references: References { complete: false, ..References::default() } }
    }
}

//! Everything that is computed from a definition and stored beside it, so that nobody has to read definitions for it.
//!
//! What must stay true: it depends on the definition's bytes alone, so it can be computed anew from what is stored. When what
//! is computed changes, [`VERSION`] rises, and syncs compute it anew for what is stored already (`app/sync/derive.rs`).

use super::{
    definition::Definition,
    findings::{self, Findings, Links},
    references::References,
};

/// The version of what is computed. A workflow's record says with which one it was stored.
pub const VERSION: u32 = 2;

/// What is computed from a definition.
#[derive(Clone, Debug, Default)]
pub struct Derived {
    /// What it refers to.
    pub references: References,
    /// What is wrong with it.
    pub findings: Findings,
    /// What it says of workflows that it executes, and to those that execute it.
    pub links: Links,
}

impl Derived {
    /// Computes it.
    pub fn of(definition: &Definition<'_>) -> Self {
        Self {
            references: References::of(definition),
            findings: findings::check(definition),
            links: Links::of(definition),
        }
    }

    /// What is said of a stored definition that is none: that something is missing.
    pub fn unread() -> Self {
        let references = References { complete: false, ..References::default() };
        Self { references, findings: Findings::default(), links: Links::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_set_of_rules_is_a_new_version_of_what_is_computed() {
        assert_eq!((VERSION, findings::RULES_VERSION), (2, 1), "raise both, and write them here");
    }
}

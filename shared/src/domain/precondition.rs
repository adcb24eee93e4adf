//! Which entity tag of a record a change was meant for (`If-Match`): who changes what they have not seen overwrites somebody's work.
//! See D-28.

/// The entity tags that a change may be made to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// Whatever there is.
    Any,
    /// One of these.
    OneOf(Vec<String>),
}

impl Precondition {
    /// Whether an entity tag is one of them.
    pub fn allows(&self, entity_tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(entity_tags) => entity_tags.iter().any(|expected| expected == entity_tag),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_editions_are_allowed_unless_any_is() {
        let one_of = Precondition::OneOf(vec!["a".into(), "b".into()]);

        assert!(one_of.allows("a") && one_of.allows("b") && !one_of.allows("c"));
        assert!(Precondition::Any.allows("c") && !Precondition::OneOf(Vec::new()).allows("a"));
    }
}

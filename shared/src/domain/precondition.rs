//! The condition of a change (`If-Match`): the entity tag that its author has seen. A change of something unseen would
//! overwrite another person's work. See D-28.

/// The entity tags to which a change may be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// Any entity tag.
    Any,
    /// One of these.
    OneOf(Vec<String>),
}

impl Precondition {
    /// True if the entity tag is one of them.
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

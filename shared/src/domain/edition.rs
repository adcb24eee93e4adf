//! Which edition of a record a change was meant for (`If-Match`): who changes what they have not seen overwrites somebody's work.

/// The editions that a change may be made to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whatever there is.
    Any,
    /// One of these.
    OneOf(Vec<String>),
}

impl Expected {
    /// Whether an edition is one of them.
    pub fn allows(&self, edition: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(editions) => editions.iter().any(|expected| expected == edition),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_editions_are_allowed_unless_any_is() {
        let one_of = Expected::OneOf(vec!["a".into(), "b".into()]);

        assert!(one_of.allows("a") && one_of.allows("b") && !one_of.allows("c"));
        assert!(Expected::Any.allows("c") && !Expected::OneOf(Vec::new()).allows("a"));
    }
}

//! What two tenants may differ in without it being a difference, as somebody said who knows both.
//!
//! What must stay true: without rules nothing is hidden. A rule hides only what it names: a path with all below it, a whole
//! word, the id of a workflow.

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

/// What stands before the name of a constant.
const CONSTANTS: &str = "GlobalConstants.";
/// The same where the name stands in brackets.
const IN_BRACKETS: [&[u8]; 2] = [b"GlobalConstants['", b"GlobalConstants[\""];

/// The rules of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Paths of fields that do not count, each with all below it.
    pub ignore: Vec<String>,
    /// The old definition in the words of the new one.
    pub old: Translation,
    /// The new definition in the words of the old one.
    pub new: Translation,
}

/// What one tenant calls otherwise than the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translation {
    /// Hosts and e-mail addresses, wherever they are a whole word of a text.
    pub words: BTreeMap<String, String>,
    /// Names of global constants, in `GlobalConstants.<name>`.
    pub constants: BTreeMap<String, String>,
    /// Ids of workflows, in fields that end in `workflow_id` or `workflow_ids`.
    pub workflows: BTreeMap<String, String>,
}

/// The rules as they apply to one of the two definitions.
#[derive(Clone, Copy, Debug)]
pub(super) struct SideRules<'r> {
    ignore: &'r [String],
    translation: &'r Translation,
    links_workflows: bool,
}

impl Rules {
    /// No rules.
    pub const NONE: Self = Self { ignore: Vec::new(), old: Translation::NONE, new: Translation::NONE };

    /// True if equal definitions are equal under the rules.
    pub fn keep_equals(&self) -> bool {
        self.old.is_empty() && self.new.is_empty()
    }

    pub(super) fn of_old(&self) -> SideRules<'_> {
        self.of(&self.old)
    }

    pub(super) fn of_new(&self) -> SideRules<'_> {
        self.of(&self.new)
    }

    fn of<'r>(&'r self, translation: &'r Translation) -> SideRules<'r> {
        let links_workflows = [&self.old, &self.new].iter().any(|side| !side.workflows.is_empty());
        SideRules { ignore: &self.ignore, translation, links_workflows }
    }
}

impl Translation {
    const NONE: Self = Self { words: BTreeMap::new(), constants: BTreeMap::new(), workflows: BTreeMap::new() };

    fn is_empty(&self) -> bool {
        *self == Self::NONE
    }

    /// The other name of a word that begins a place in a text.
    fn other<'t>(&'t self, text: &'t [u8], place: Range<usize>) -> Option<Cow<'t, str>> {
        let word = std::str::from_utf8(&text[place.clone()]).ok()?;
        if IN_BRACKETS.iter().any(|before| text[..place.start].ends_with(before)) {
            return self.constants.get(word).map(|name| name.as_str().into());
        }
        if let Some(chain) = word.strip_prefix(CONSTANTS) {
            let (name, rest) = chain.split_at(chain.find('.').unwrap_or(chain.len()));
            return self.constants.get(name).map(|other| format!("{CONSTANTS}{other}{rest}").into());
        }
        if let Some(other) = self.words.get(word) {
            return Some(other.as_str().into());
        }
        let (user, host) = word.rsplit_once('@')?;
        self.words.get(host).map(|other| format!("{user}@{other}").into())
    }
}

impl SideRules<'_> {
    /// True if a field does not count.
    pub(super) fn ignores(&self, path: &str) -> bool {
        let covers = |ignored: &String| {
            path.strip_prefix(ignored.as_str()).is_some_and(|below| below.is_empty() || below.starts_with('.'))
        };
        self.ignore.iter().any(covers)
    }

    /// True if ids of workflows are translated, on whichever side.
    pub(super) const fn link_workflows(&self) -> bool {
        self.links_workflows
    }

    /// The id that a workflow has in the other tenant, if it is linked with one there.
    pub(super) fn workflow(&self, id: String) -> String {
        self.translation.workflows.get(&id).cloned().unwrap_or(id)
    }

    /// A text in the other tenant's words.
    pub(super) fn translated<'a>(&self, text: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
        let Translation { words: others, constants, .. } = self.translation;
        if others.is_empty() && constants.is_empty() {
            return text;
        }
        let (mut translated, mut copied) = (Vec::new(), 0);
        for place in words(&text) {
            if let Some(other) = self.translation.other(&text, place.clone()) {
                translated.extend_from_slice(&text[copied..place.start]);
                translated.extend_from_slice(other.as_bytes());
                copied = place.end;
            }
        }
        if copied == 0 {
            return text;
        }
        translated.extend_from_slice(&text[copied..]);
        Cow::Owned(translated)
    }
}

/// True if a text is one whole word, as a text is taken apart into words.
pub fn is_word(text: &str) -> bool {
    words(text.as_bytes()).next() == Some(0..text.len())
}

/// The places of the words of a text: all that can be a host, an address or a chain of names, without the points that end a
/// sentence.
fn words(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@' | b'+' | 0x80..);
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].iter().position(is_part)?;
        at = start + text[start..].iter().take_while(|byte| is_part(byte)).count();
        let sentence_end = text[start..at].iter().rev().take_while(|byte| **byte == b'.').count();
        Some(start..at - sentence_end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(left, right)| ((*left).to_owned(), (*right).to_owned())).collect()
    }

    #[test]
    fn only_whole_words_are_translated_all_at_once() {
        let rules = Rules {
            old: Translation {
                words: map(&[
                    ("a.example", "b.example"),
                    ("b.example", "a.example"),
                    ("ops@a.example", "it@c.example"),
                ]),
                constants: map(&[("Key", "TestKey"), ("url", "other")]),
                ..Translation::NONE
            },
            ..Rules::NONE
        };
        for (text, translated) in [
            ("https://a.example:8443/x?y=b.example", "https://b.example:8443/x?y=a.example"),
            ("See a.example. Or b.example...", "See b.example. Or a.example..."),
            ("ops@a.example, me@a.example", "it@c.example, me@b.example"),
            (
                "eu.a.example a.example.com xa.example a.example-b éa.example",
                "eu.a.example a.example.com xa.example a.example-b éa.example",
            ),
            ("{{GlobalConstants.Key}} GlobalConstants.Key.x", "{{GlobalConstants.TestKey}} GlobalConstants.TestKey.x"),
            (
                "GlobalConstants['Key'] GlobalConstants[\"url\"]",
                "GlobalConstants['TestKey'] GlobalConstants[\"other\"]",
            ),
            (
                "Key url MyGlobalConstants.Key GlobalConstants.Keys",
                "Key url MyGlobalConstants.Key GlobalConstants.Keys",
            ),
            ("", ""),
        ] {
            let found = rules.of_old().translated(text.as_bytes().into());
            assert_eq!(String::from_utf8_lossy(&found), translated);
            assert_eq!(*rules.of_new().translated(text.as_bytes().into()), *text.as_bytes(), "the other side");
        }
    }

    #[test]
    fn a_path_is_ignored_with_all_below_it_and_with_nothing_beside_it() {
        let rules = Rules { ignore: vec!["parameters.email".into(), "css".into()], ..Rules::NONE };
        let ignores = |path| rules.of_old().ignores(path);

        assert!(ignores("parameters.email") && ignores("parameters.email.to") && ignores("css.top"));
        assert!(!ignores("parameters") && !ignores("parameters.emails") && !ignores("parameters.css"));
    }
}

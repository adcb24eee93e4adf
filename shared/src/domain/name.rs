//! The comparison of names: in any case, and in any normal form of Unicode, or by their looks. See D-52.
//!
//! What must stay true: index keys hold folded names ([`crate::aws::keys`]), so after a change of the folding, items with old
//! keys must still be found.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use serde::Deserialize;
use unicase::UniCase;

/// The form in which a name is compared: names that differ only in case or in normal form share it. Source: The Unicode
/// Standard, section 3.13, D145 (canonical caseless match), composed in the end.
pub fn folded(name: &str) -> String {
    // Most texts are: they are their own normal forms.
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(name);
    let folded = UniCase::unicode(decomposed).to_folded_case();
    ComposingNormalizerBorrowed::new_nfc().normalize(&folded).into_owned()
}

/// What a name looks like. Source: UTS #39, section 4 (confusable characters).
#[derive(Clone, Debug)]
pub struct Looks {
    written: String,
    folded: String,
}

impl Looks {
    /// The looks of a name, as it is written and in any case.
    pub fn of(name: &str) -> Self {
        let skeleton = |name: &str| {
            let shown: String = unicode_security::skeleton(name).collect();
            shown.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        Self { written: skeleton(name), folded: skeleton(&folded(name)) }
    }

    /// True if people may take one name for the other.
    pub fn resemble(&self, other: &Self) -> bool {
        self.written == other.written || self.folded == other.folded
    }
}

/// A text that names are searched for, folded once for all of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub struct SearchText(String);

impl From<String> for SearchText {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl SearchText {
    /// Folds the text.
    pub fn new(text: &str) -> Self {
        Self(folded(text))
    }

    /// True if a name begins with it.
    pub fn begins(&self, name: &str) -> bool {
        folded(name).starts_with(&self.0)
    }

    /// True if it is the whole name.
    pub fn is(&self, name: &str) -> bool {
        folded(name) == self.0
    }

    /// True if it is anywhere in a name.
    pub fn is_in(&self, name: &str) -> bool {
        folded(name).contains(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn begins(name: &str, beginning: &str) -> bool {
        SearchText::new(beginning).begins(name)
    }

    fn holds(name: &str, text: &str) -> bool {
        SearchText::new(text).is_in(name)
    }

    #[test]
    fn names_that_differ_in_case_or_normal_form_are_one() {
        let same = [
            ("ACME Corp", "acme corp"),
            ("Chambéry", "Chambe\u{301}ry"),
            ("CHAMBÉRY", "chambe\u{301}ry"),
            ("ΟΔΟΣ", "οδος"),
            ("οδος", "οδοσ"),
            ("Straße", "STRASSE"),
            ("STRAẞE", "strasse"),
            ("İstanbul", "I\u{307}stanbul"),
            ("\u{1f80}", "\u{3b1}\u{345}\u{313}"),
            ("한글", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"),
            ("Å", "Å"),
        ];
        for (one, other) in same {
            assert_eq!(folded(one), folded(other), "{one} and {other}");
        }
    }

    #[test]
    fn what_is_another_letter_stays_one() {
        for (one, other) in [("Chambéry", "Chambery"), ("ırmak", "irmak"), ("İ", "I"), ("½", "1/2"), ("ガ", "カ")]
        {
            assert_ne!(folded(one), folded(other), "{one} and {other}");
        }
    }

    #[test]
    fn a_name_begins_with_what_it_begins_with_and_with_nothing_more() {
        assert!(begins("Chambe\u{301}ry: invoices", "CHAMBÉRY") && begins("Acme", "") && begins("", ""));
        assert!(!begins("Acme", "acme#1") && !begins("Acme", "cme") && !begins("", "a"));
        let long = "n".repeat(300);
        assert!(begins(&format!("{long}x"), &format!("{long}X")) && !begins(&format!("{long}x"), &format!("{long}y")));
    }

    #[test]
    fn a_text_is_found_anywhere_in_a_name() {
        assert!(holds("Acme (Chambe\u{301}ry) Ltd", "CHAMBÉRY") && holds("Acme", "cme") && holds("Acme", ""));
        assert!(!holds("Acme", "acmes") && !holds("Chambéry", "chambery"));
    }

    #[test]
    fn names_that_people_may_confuse_look_alike() {
        let alike = |a: &str, b: &str| Looks::of(a).resemble(&Looks::of(b));

        for other in ["acme corp", "Acme  Corp", "Acme\u{a0}Corp", "Αcme Corp", "Аcmе Соrр", "ACME CORP"] {
            assert!(alike("Acme Corp", other), "{other}");
        }
        assert!(alike("Ill", "lll") && alike("Chambéry", "Chambe\u{301}ry"));
        for other in ["Acme", "Acme Corp 2", "Acme-Corp", "Agme Corp"] {
            assert!(!alike("Acme Corp", other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn ascii_is_folded_as_everything_is(name in "[\\x00-\\x7f]{0,20}") {
            let (plain, marked) = (folded(&name), folded(&format!("{name}é")));
            prop_assert_eq!(marked.strip_suffix('é'), Some(plain.as_str()));
        }

        #[test]
        fn folding_twice_is_folding_once(name: String) {
            prop_assert_eq!(folded(&folded(&name)), folded(&name));
        }
    }
}

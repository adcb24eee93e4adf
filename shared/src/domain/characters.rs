//! The characters of a text that people enter or are shown: what it shows is what it is.
//!
//! Sources: UAX #44 (which characters are ignorable by default, and which control direction), RFC 5892 appendix A (joiners).

use icu_properties::props::{
    BidiControl, BinaryProperty as _, CanonicalCombiningClass, DefaultIgnorableCodePoint, EnumeratedProperty as _,
    GeneralCategory as Category, JoiningType,
};

/// The braille pattern without dots: a blank that is no space.
const BLANK: char = '\u{2800}';
const NON_JOINER: char = '\u{200C}';
const JOINER: char = '\u{200D}';

/// True for what shows nothing, or reorders what others show.
pub fn is_hidden(letter: char) -> bool {
    let category = Category::for_char(letter);
    matches!(category, Category::Control | Category::Format | Category::LineSeparator | Category::ParagraphSeparator)
        || DefaultIgnorableCodePoint::for_char(letter)
        || BidiControl::for_char(letter)
        || letter == BLANK
}

/// True if the text has a hidden character, but for a joiner where its script needs one.
pub fn hides_something(text: &str) -> bool {
    text.char_indices().any(|(at, letter)| is_hidden(letter) && !joins(&text[..at], letter, &text[at..]))
}

/// True for a joiner after a virama, and for a non-joiner between two letters that would join (as in Persian).
fn joins(before: &str, joiner: char, from: &str) -> bool {
    if !matches!(joiner, NON_JOINER | JOINER) {
        return false;
    }
    let is_virama = |letter| CanonicalCombiningClass::for_char(letter) == CanonicalCombiningClass::Virama;
    if before.chars().next_back().is_some_and(is_virama) {
        return true;
    }
    let is_opaque = |joining: &JoiningType| *joining != JoiningType::Transparent;
    let left = before.chars().rev().map(JoiningType::for_char).find(is_opaque);
    let right = from.chars().skip(1).map(JoiningType::for_char).find(is_opaque);
    joiner == NON_JOINER
        && matches!(left, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(right, Some(JoiningType::RightJoining | JoiningType::DualJoining))
}

/// True if something of the text can be seen by itself.
pub fn shows_something(text: &str) -> bool {
    text.chars().any(|letter| !letter.is_whitespace() && !is_hidden(letter) && !is_mark(letter))
}

/// The number of marks above, below and around the letter that carries most of them.
pub fn highest_stack(text: &str) -> usize {
    text.split(|letter| !is_mark(letter)).map(|marks| marks.chars().count()).max().unwrap_or_default()
}

fn is_mark(letter: char) -> bool {
    matches!(Category::for_char(letter), Category::NonspacingMark | Category::EnclosingMark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_or_turns_text_around_is_hidden_and_what_people_write_is_not() {
        let hidden = "\u{0}\n\t\u{7f}\u{85}\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200f}\u{2028}\u{2029}\u{202e}\u{2060}\u{2066}\u{2800}\u{3164}\u{fe0f}\u{feff}\u{fff9}\u{e0041}";
        for letter in hidden.chars() {
            assert!(is_hidden(letter), "{letter:?}");
        }
        for letter in "Aß é\u{301}日本 ไทย\u{a0}🦀-&()'’·".chars() {
            assert!(!is_hidden(letter), "{letter:?}");
        }
    }

    #[test]
    fn joiners_are_allowed_where_a_script_needs_them_and_nowhere_else() {
        for name in ["می‌خواهم", "क्‍ष", "ශ්‍රී ලංකා", "र्‌य"] {
            assert!(!hides_something(name), "{name}");
        }
        for name in [
            "Ac\u{200C}me",
            "Ac\u{200D}me",
            "\u{200C}",
            "می\u{200C}\u{200C}خواهم",
            "می\u{200C}",
            "م\u{200D}ی",
            "👩\u{200D}💻",
        ] {
            assert!(hides_something(name), "{name:?}");
        }
    }

    #[test]
    fn spaces_marks_and_hidden_characters_alone_show_nothing() {
        for blank in ["", " \u{a0}\u{3000}", "\u{301}", "\u{ad}", "\u{3164}", "\u{2800}"] {
            assert!(!shows_something(blank), "{blank:?}");
        }
        assert!(shows_something("é") && shows_something("-") && shows_something("🦀"));
    }

    #[test]
    fn the_marks_of_one_letter_are_counted() {
        assert_eq!(highest_stack("Acme"), 0);
        assert_eq!(highest_stack("a\u{301}b\u{301}\u{302}c"), 2);
        assert_eq!(highest_stack(&format!("a{}", "\u{301}".repeat(150))), 150);
    }
}

//! Bounded text: from people, names on one line and secrets as they are; from Zuora, the beginning of a text where room is
//! scarce.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::characters::{hides_something, highest_stack, shows_something};

/// The most marks that one letter may carry: Tibetan and Hebrew need a handful.
const MOST_MARKS: usize = 6;

/// The reason why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but spaces.
    #[error("must not be empty")]
    Empty,
    /// Nothing but marks and spaces.
    #[error("must hold a character that can be seen")]
    Blank,
    /// Longer than the limit.
    #[error("must be at most {0} characters long")]
    TooLong(usize),
    /// Line breaks, NUL, text direction marks and the like.
    #[error("must not contain control or invisible formatting characters: type it instead of pasting it")]
    Hidden,
    /// Marks that pile up over other lines.
    #[error("must not contain a letter with more than {MOST_MARKS} marks")]
    Marks,
    /// A mask that a form sent back.
    #[error("looks like a mask: enter the real value, or leave the field out to keep the old one")]
    Masked,
}

/// Trims and composes (Unicode's normal form C) a line of text of at most `max` characters.
///
/// # Errors
/// [`TextError`] says what is wrong.
pub fn line(text: &str, max: usize) -> Result<String, TextError> {
    let text = composed(text);
    bounded(&text, max)?;
    Ok(text)
}

/// The same for a text of several lines.
///
/// # Errors
/// [`TextError`] says what is wrong.
pub fn lines(text: &str, max: usize) -> Result<String, TextError> {
    let text = composed(text);
    bounded(&text.replace(['\n', '\r', '\t'], " "), max)?;
    Ok(text)
}

/// Checks a secret of at most `max` characters, which is kept exactly as it is; asterisks alone are a mask that a form sent
/// back.
///
/// # Errors
/// [`TextError`] says what is wrong; it never repeats the secret.
pub fn secret(text: &str, max: usize) -> Result<(), TextError> {
    bounded(text, max)?;
    if text.chars().all(|letter| letter == '*') { Err(TextError::Masked) } else { Ok(()) }
}

/// The first `most` characters of a text, with an ellipsis if more follow.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}

fn bounded(text: &str, max: usize) -> Result<(), TextError> {
    if text.trim().is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > max {
        return Err(TextError::TooLong(max));
    }
    if hides_something(text) {
        return Err(TextError::Hidden);
    }
    if highest_stack(text) > MOST_MARKS {
        return Err(TextError::Marks);
    }
    if shows_something(text) { Ok(()) } else { Err(TextError::Blank) }
}

fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text.trim()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_bounded_and_plain() {
        assert_eq!(line("  Acme Corporation ", 200), Ok("Acme Corporation".to_owned()));
        assert_eq!(line("日本 🦀", 4), Ok("日本 🦀".to_owned()));
        assert_eq!(line(" \t ", 200), Err(TextError::Empty));
        assert_eq!(line(&"x".repeat(201), 200), Err(TextError::TooLong(200)));
        for bad in ["a\nb", "a\0b", "a\u{202E}b", "\u{200B}", "a\u{7f}", "a\u{ad}b", "\u{3164}", "a\u{61c}"] {
            assert_eq!(line(bad, 200), Err(TextError::Hidden), "{bad:?}");
        }
        assert_eq!(line("\u{301}", 200), Err(TextError::Blank));
        assert_eq!(line(&format!("a{}", "\u{301}".repeat(8)), 200), Err(TextError::Marks));
    }

    #[test]
    fn a_text_is_kept_composed() {
        assert_eq!(line("Chambe\u{301}ry", 9), Ok("Chambéry".to_owned()));
        assert_eq!(lines("e\u{301}\ne\u{301}", 3), Ok("é\né".to_owned()));
    }

    #[test]
    fn a_text_of_several_lines_is_bounded_like_one_line() {
        assert_eq!(lines(" a\r\n\tb\n", 7), Ok("a\r\n\tb".to_owned()));
        assert_eq!(lines("\n\n", 7), Err(TextError::Empty));
        assert_eq!(lines("a\nb\u{202E}", 7), Err(TextError::Hidden));
    }

    #[test]
    fn a_text_is_cut_at_a_character() {
        assert_eq!((cut("日本語", 3), cut("日本語", 2)), ("日本語".to_owned(), "日本\u{2026}".to_owned()));
    }

    #[test]
    fn a_secret_keeps_every_character_and_a_mask_is_refused() {
        assert_eq!(secret(" a+/=&% ", 200), Ok(()));
        assert_eq!(secret("********", 200), Err(TextError::Masked));
        assert_eq!(secret("***x", 200), Ok(()));
        assert_eq!(secret("", 200), Err(TextError::Empty));
    }
}

//! Bounded text: from people, names on one line and secrets as they are; from Zuora, the beginning of a text where room is
//! scarce.

/// The reason why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but spaces.
    #[error("must not be empty")]
    Empty,
    /// Longer than the limit.
    #[error("must be at most {0} characters long")]
    TooLong(usize),
    /// Line breaks, NUL, text direction marks and the like.
    #[error("must not contain control or invisible formatting characters")]
    Control,
    /// A mask that a form sent back.
    #[error("looks like a mask: enter the real value, or leave the field out to keep the old one")]
    Masked,
}

/// Trims a line of text of at most `max` characters.
///
/// # Errors
/// [`TextError`] says what is wrong.
pub fn line(text: &str, max: usize) -> Result<String, TextError> {
    bounded(text, max)?;
    Ok(text.trim().to_owned())
}

/// Trims a text of several lines and at most `max` characters.
///
/// # Errors
/// [`TextError`] says what is wrong.
pub fn lines(text: &str, max: usize) -> Result<String, TextError> {
    bounded(&text.replace(['\n', '\r', '\t'], " "), max)?;
    Ok(text.trim().to_owned())
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
    if text.chars().any(is_invisible) { Err(TextError::Control) } else { Ok(()) }
}

/// True for control characters, and for marks that reorder or hide text.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
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
        for bad in ["a\nb", "a\0b", "a\u{202E}b", "\u{200B}", "a\u{7f}"] {
            assert_eq!(line(bad, 200), Err(TextError::Control), "{bad:?}");
        }
    }

    #[test]
    fn a_text_of_several_lines_is_bounded_like_one_line() {
        assert_eq!(lines(" a\r\n\tb\n", 7), Ok("a\r\n\tb".to_owned()));
        assert_eq!(lines("\n\n", 7), Err(TextError::Empty));
        assert_eq!(lines("a\nb\u{202E}", 7), Err(TextError::Control));
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

//! The size limit of one response: Lambda takes at most 6,291,556 bytes of it, as JSON in which the body is a string. See
//! D-22.
//!
//! What must stay true: every answer is measured as it will be sent, every page of a list that could grow beyond it ends
//! early with a cursor, and what is too large by itself says how it can be had all the same.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::problem::{Problem, ProblemKind};

/// Lambda's limit in bytes: "Response payload size exceeded maximum allowed payload size (6291556 bytes)".
const LAMBDAS: usize = 6_291_556;
/// Kept free for the headers, and for what stands around the body.
const AROUND: usize = 64 * 1024;
/// The largest weight of a body; see [`weight`].
pub const MOST: usize = LAMBDAS - AROUND;

/// Returns the size in bytes of a body in Lambda's response: as a JSON string, without the quotes.
pub fn weight(body: &[u8]) -> usize {
    let escaped = |byte: &u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0x00..=0x1f => 6,
        _ => 1,
    };
    body.iter().map(escaped).sum()
}

/// The items of a page, as many as one answer holds.
#[derive(Debug)]
pub struct Room {
    left: usize,
    items: Vec<Box<RawValue>>,
}

impl Default for Room {
    fn default() -> Self {
        // What stands around the items of a list (cursor, total) is far less than a kilobyte.
        Self { left: MOST - 8 * 1024, items: Vec::new() }
    }
}

impl Room {
    /// Adds an item if there is room for it; says whether there was.
    ///
    /// # Errors
    /// An item that cannot be written as JSON.
    pub fn add(&mut self, item: &impl Serialize) -> Result<bool, Problem> {
        let item = to_raw_value(item).map_err(|error| Problem::internal(&error))?;
        let weight = weight(item.get().as_bytes()) + 1;
        let fits = weight <= self.left;
        if fits {
            self.left -= weight;
            self.items.push(item);
        }
        Ok(fits)
    }

    /// True if nothing was added yet: an item without room now will never have any.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns the items that were added.
    pub fn into_items(self) -> Vec<Box<RawValue>> {
        self.items
    }
}

/// Cuts a text into parts that one answer each can hold, at the borders of characters. There is always at least one.
pub fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut left = text;
    loop {
        let (part, rest) = left.split_at(fitting(left));
        parts.push(part);
        if rest.is_empty() {
            return parts;
        }
        left = rest;
    }
}

/// Returns the number of bytes of a text that fit one response, rounded down to a whole character.
fn fitting(text: &str) -> usize {
    let mut weighed = 0;
    let end = text.bytes().position(|byte| {
        weighed += weight(&[byte]);
        weighed > MOST
    });
    end.map_or(text.len(), |end| text.floor_char_boundary(end))
}

/// The problem of an answer that is too large.
pub(super) fn too_large(weight: usize) -> Problem {
    let detail = format!(
        "The answer would have {weight} bytes, more than the {MOST} that can be answered. Ask for less: for fewer items (limit), or for one by itself."
    );
    Problem::new(ProblemKind::TooLarge, detail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_body_weighs_what_it_takes_as_a_json_string() {
        for body in ["", "plain", "\"quoted\" \\ \n\r\t\u{8}\u{c}\u{1}\u{1f}\u{7f}", "é \u{1f600}", r#"{"a":"\"x\""}"#]
        {
            let string = serde_json::to_string(body).unwrap();
            assert_eq!(weight(body.as_bytes()), string.len() - 2, "{body:?}");
        }
    }

    #[test]
    fn a_page_takes_items_until_the_answer_is_full() {
        let mut room = Room::default();
        let item = "\"".repeat(500_000);

        let added = std::iter::from_fn(|| room.add(&item).unwrap().then_some(())).count();

        // Each quote is escaped in the item, and both characters are once more in Lambda's answer.
        assert_eq!(added, 3);
        let body = serde_json::to_vec(&room.into_items()).unwrap();
        assert!(weight(&body) <= MOST);
    }

    #[test]
    fn a_text_is_cut_into_parts_that_fit_and_make_up_the_whole() {
        assert_eq!(parts(""), [""]);
        assert_eq!(parts("short"), ["short"]);
        let long = "\u{1f600}\"".repeat(2_000_000);

        let cut = parts(&long);

        assert_eq!(cut.concat(), long);
        assert!(cut.iter().all(|part| weight(part.as_bytes()) <= MOST), "each fits");
        assert!(
            cut[..cut.len() - 1].iter().all(|part| weight(part.as_bytes()) > MOST - 6),
            "and is as large as can be"
        );
    }

    proptest! {
        #[test]
        fn any_text_weighs_what_json_makes_of_it(text in "\\PC{0,40}|[\u{0}-\u{2f}]{0,40}") {
            prop_assert_eq!(weight(text.as_bytes()), serde_json::to_string(&text).unwrap().len() - 2);
        }
    }
}

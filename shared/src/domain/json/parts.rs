//! Goes through the parts of a list or object, and into those that have parts themselves: a walk through all levels reads each
//! byte once.

use std::{borrow::Cow, ops::Range};

use super::{Json, cut::Cut, cut::end_of_brackets, string};

/// The parts of a list or object of validated JSON, one after the other. Each is either taken whole, or entered and left.
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    /// The text of the outermost value.
    text: &'a str,
    /// The position of the list or object in it.
    begin: usize,
    cut: Cut<'a>,
}

impl<'a> Parts<'a> {
    /// The parts of a value; none of a scalar.
    pub fn of(value: Json<'a>) -> Self {
        Self::at(value.0, 0)
    }

    fn at(text: &'a str, begin: usize) -> Self {
        Self { text, begin, cut: Cut::within(text.as_bytes(), begin) }
    }

    /// Moves to the next part: its name, if it is the member of an object. None at the end.
    pub fn advance(&mut self) -> Option<Option<Cow<'a, str>>> {
        let key = self.cut.begin_part()?;
        Some(key.map(|key| string::shown(self.part(key))))
    }

    /// True if the part is an object.
    pub fn is_object(&self) -> bool {
        self.cut.first() == Some(b'{')
    }

    /// True if the part is a list.
    pub fn is_list(&self) -> bool {
        self.cut.first() == Some(b'[')
    }

    /// Takes the part as a whole.
    pub fn whole(&mut self) -> Json<'a> {
        self.cut.end_part().map_or(Json("null"), |place| Json(self.part(place)))
    }

    /// The parts of the part; [`Parts::leave`] takes them back.
    pub fn enter(&self) -> Self {
        Self::at(self.text, self.cut.position())
    }

    /// Goes on behind a part that was entered, and has no more parts.
    pub fn leave(&mut self, entered: &Self) {
        self.cut.go_on_at(entered.cut.position());
    }

    /// The list or object itself.
    pub fn container(&self) -> Json<'a> {
        let end = end_of_brackets(self.text.as_bytes(), self.begin).unwrap_or(self.text.len());
        Json(self.part(self.begin..end))
    }

    fn part(&self, place: Range<usize>) -> &'a str {
        self.text.get(place).unwrap_or("null")
    }
}

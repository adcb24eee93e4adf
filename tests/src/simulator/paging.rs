//! How a tenant pages its list, for as long as it is told so: as Zuora does, or in a manner that other APIs are known for.
//!
//! The manners can be combined. With none of them the list is paged as Zuora documents it.

use serde::Deserialize;

const DEFAULT_LENGTH: u32 = 20;
const MAX_LENGTH: u32 = 50;

/// The manners of one tenant. As JSON: `{"length": {"at_most": 20}, "past_the_end": "last_page", "without_next_page": true}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paging {
    /// How many workflows a page has.
    pub length: PageLength,
    /// What is behind the last page.
    pub past_the_end: PastTheEnd,
    /// Whether every request is answered with page 1.
    pub ignores_page: bool,
    /// Whether `next_page` is never there.
    pub without_next_page: bool,
}

/// How many workflows a page has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageLength {
    /// As many as were asked for: 20 unless told, 50 at most.
    #[default]
    AsAsked,
    /// As many as were asked for, but never more than this.
    AtMost(u32),
    /// This many, whatever was asked for.
    Always(u32),
}

/// What is behind the last page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PastTheEnd {
    /// Pages without workflows.
    #[default]
    Nothing,
    /// The last page again, under its own number.
    LastPage,
    /// An error of this status in Zuora's shape.
    Status(u16),
}

impl Paging {
    /// The length of a page, from the `page_length` asked for.
    pub(super) fn length(&self, asked: Option<u32>) -> u32 {
        let length = asked.unwrap_or(DEFAULT_LENGTH).clamp(1, MAX_LENGTH);
        match self.length {
            PageLength::AsAsked => length,
            PageLength::AtMost(most) => length.min(most.max(1)),
            PageLength::Always(length) => length.max(1),
        }
    }

    /// The number of the page that answers a request for page `asked` of `pages`; otherwise the status of the error.
    pub(super) fn page(&self, asked: u32, pages: u32) -> Result<u32, u16> {
        match self.past_the_end {
            _ if self.ignores_page => Ok(1),
            PastTheEnd::LastPage => Ok(asked.min(pages)),
            PastTheEnd::Status(status) if asked > pages => Err(status),
            PastTheEnd::Nothing | PastTheEnd::Status(_) => Ok(asked),
        }
    }
}

//! The paging of a tenant's list: Zuora's way, or a mode that is known from other APIs.
//!
//! The settings can be combined. With none of them the list is paged as Zuora documents it.

use serde::Deserialize;

const DEFAULT_LENGTH: u32 = 20;
const MAX_LENGTH: u32 = 50;

/// The paging of one tenant. As JSON: `{"length": {"at_most": 20}, "past_the_end": "last_page", "without_next_page": true}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paging {
    /// The length of a page.
    pub length: PageLength,
    /// The answer beyond the last page.
    pub past_the_end: PastTheEnd,
    /// True to answer every request with page 1.
    pub ignores_page: bool,
    /// True to leave out `next_page`.
    pub without_next_page: bool,
}

/// The length of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageLength {
    /// The requested length: 20 by default, at most 50.
    #[default]
    AsAsked,
    /// The requested length, but never more than this.
    AtMost(u32),
    /// This length, whatever was requested.
    Always(u32),
}

/// The answer beyond the last page.
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
    /// The length of a page for the requested `page_length`.
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

//! Reads pages of the listing. A page that is over the size limit is asked for again in shorter ones, down to single workflows, and
//! put together: one large workflow must not hide the others.
//!
//! What must stay true: what is put together is the very stretch of the list that was asked for, without a hole; else it is no page.

use bytes::Bytes;

use super::{PAGE_LENGTH, Zuora};
use crate::zuora::{
    error::{Operation, ZuoraError, ZuoraErrorKind as Kind},
    page::{Page, Part},
    session::Session,
    wire::BodyFault,
};

/// The bound of one answer in bytes.
const ANSWER_LIMIT: usize = 10 * 1024 * 1024;
/// The bound of a page that is put together, in bytes.
const PAGE_LIMIT: usize = 4 * ANSWER_LIMIT;
/// How many single workflows of a page may be over the bound; with more, it is the answers that are, whatever they hold.
const MOST_OVERSIZED: usize = 3;
/// The lengths in which pages are asked for, each a multiple of the next.
const LENGTHS: [usize; 3] = [PAGE_LENGTH, 10, 1];

/// A stretch of the list: page `number` (from 1) if all pages have this length.
#[derive(Clone, Copy)]
struct Stretch {
    number: usize,
    length: usize,
}

impl Stretch {
    const fn page(number: u32) -> Self {
        Self { number: number as usize, length: PAGE_LENGTH }
    }

    /// The same stretch in shorter ones; none if it is a single workflow.
    fn shorter(self) -> Option<impl DoubleEndedIterator<Item = Self>> {
        let length = LENGTHS.into_iter().find(|length| *length < self.length)?;
        let count = self.length / length;
        let first = (self.number - 1) * count + 1;
        Some((first..first + count).map(move |number| Self { number, length }))
    }
}

/// What has been put together so far.
struct Whole {
    items: Vec<Bytes>,
    held: usize,
    /// Workflows that are too large to be read.
    oversized: usize,
    /// What the last answer said; one that is too large says that there is something.
    has_next: bool,
}

impl Whole {
    /// Adds a part; whether the list ends with it. A short one that announces another is no end: what follows would be left out.
    fn ends_with(&mut self, part: Part, stretch: Stretch) -> bool {
        let is_short = part.items.len() < stretch.length;
        self.items.extend(part.items);
        self.held += part.held;
        self.has_next = part.has_next;
        is_short && !part.has_next
    }

    /// Adds a workflow that is too large to be read; whether that is one too many.
    fn leave_out(&mut self) -> bool {
        self.items.push(Bytes::new());
        self.oversized += 1;
        self.has_next = true;
        self.oversized > MOST_OVERSIZED
    }
}

impl Zuora {
    /// Reads page `page` (from 1) of the listing.
    ///
    /// # Errors
    /// `Malformed` for anything that is not plainly a page: it must never be read as "no workflows". `TooLarge` if several workflows of it
    /// are over 10 MB each (fewer are left out, see [`Page::items`]), or what is put together over 40 MB.
    pub async fn workflows_page(&self, session: &Session, page: u32) -> Result<Page, ZuoraError> {
        let page = Stretch::page(page);
        match self.stretch(session, page).await {
            Ok(part) => Ok(Page::new(part.items, part.has_next)),
            Err(error) if error.kind == Kind::TooLarge => self.put_together(session, page).await,
            Err(error) => Err(error),
        }
    }

    /// Whether workflows may be listed, shown by asking for a page: one that is too large for an answer shows it too.
    ///
    /// # Errors
    /// As for a page.
    pub async fn check_listing(&self, session: &Session) -> Result<(), ZuoraError> {
        match self.stretch(session, Stretch::page(1)).await {
            Err(error) if error.kind != Kind::TooLarge => Err(error),
            _ => Ok(()),
        }
    }

    async fn put_together(&self, session: &Session, page: Stretch) -> Result<Page, ZuoraError> {
        let mut whole = Whole { items: Vec::new(), held: 0, oversized: 0, has_next: true };
        let mut open: Vec<_> = page.shorter().into_iter().flatten().rev().collect();
        while let Some(stretch) = open.pop() {
            let error = match self.stretch(session, stretch).await {
                Ok(part) => {
                    if whole.held + part.held > PAGE_LIMIT {
                        let call = session.call(Operation::ListWorkflows, PAGE_LIMIT);
                        return Err(call.fail(Kind::TooLarge, "one page of workflows is more than 40 MB"));
                    }
                    if whole.ends_with(part, stretch) {
                        break;
                    }
                    continue;
                }
                Err(error) => error,
            };
            match stretch.shorter() {
                Some(shorter) if error.kind == Kind::TooLarge => {
                    whole.has_next = true;
                    open.extend(shorter.rev());
                }
                None if error.kind == Kind::TooLarge && !whole.leave_out() => {}
                None if error.kind == Kind::TooLarge => {
                    let detail = format!("workflow number {} of the list: {}", stretch.number, error.detail);
                    return Err(ZuoraError { detail, ..error });
                }
                // The answer before was full and said that none follows: this proves it.
                _ if error.says_there_is_none() && !whole.has_next => break,
                // It lies inside a page that was there a moment ago.
                _ if error.says_there_is_none() => return Err(ZuoraError { kind: Kind::Malformed, ..error }),
                _ => return Err(error),
            }
        }
        Ok(Page::new(whole.items, whole.has_next))
    }

    async fn stretch(&self, session: &Session, stretch: Stretch) -> Result<Part, ZuoraError> {
        let Stretch { number, length } = stretch;
        let call = session.call(Operation::ListWorkflows, ANSWER_LIMIT);
        let path = format!("/workflows?page={number}&page_length={length}");
        self.get(session, call, &path, |answer| {
            let part = Part::read(&answer.body)?;
            // Pages of another length than the one asked for begin elsewhere in the list.
            if length < PAGE_LENGTH && part.items.len() > length {
                return Err(BodyFault::malformed(&format!("a page of {length} has {} items", part.items.len())));
            }
            Ok(part)
        })
        .await
    }
}

#[cfg(test)]
mod tests;

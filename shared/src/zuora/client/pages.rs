//! Reads pages of the listing. A page over the size limit is read again in shorter pages, down to single workflows, and
//! assembled: one large workflow must not hide the others.
//!
//! What must stay true: an assembled page is exactly the requested stretch of the list, without a gap; otherwise it is an
//! error.

use bytes::Bytes;

use super::{PAGE_LENGTH, Zuora};
use crate::zuora::{
    error::{Operation, ZuoraError},
    error_kind::ZuoraErrorKind as Kind,
    page::{Page, Part},
    session::Session,
    wire::BodyFault,
};

/// The limit of one response in bytes.
const ANSWER_LIMIT: usize = 10 * 1024 * 1024;
/// The limit of an assembled page in bytes.
const PAGE_LIMIT: usize = 4 * ANSWER_LIMIT;
/// The largest number of workflows of a page that may exceed the limit; with more, the responses as such are too large.
const MOST_OVERSIZED: usize = 3;
/// The page lengths to try, each a multiple of the next.
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

/// The parts of a page assembled so far.
struct Whole {
    items: Vec<Bytes>,
    held: usize,
    /// The number of workflows that are too large to be read.
    oversized: usize,
    /// The last response's answer; a response that is too large counts as yes.
    has_next: bool,
}

impl Whole {
    /// Adds a part; returns true if the list ends with it. A short part that announces another is no end: workflows would be
    /// left out.
    fn ends_with(&mut self, part: Part, stretch: Stretch) -> bool {
        let is_short = part.items.len() < stretch.length;
        self.items.extend(part.items);
        self.held += part.held;
        self.has_next = part.has_next;
        is_short && !part.has_next
    }

    /// Adds a workflow that is too large to be read; returns true if there are too many of them.
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
    /// `Malformed` for anything that is not plainly a page: it must never be read as "no workflows". `TooLarge` if several of
    /// its workflows are over 10 MB each (fewer are left out, see [`Page::items`]), or the assembled page over 40 MB.
    pub async fn workflows_page(&self, session: &Session, page: u32) -> Result<Page, ZuoraError> {
        let page = Stretch::page(page);
        match self.stretch(session, page).await {
            Ok(part) => Ok(Page::new(part.items, part.has_next)),
            Err(error) if error.kind == Kind::TooLarge => self.assemble(session, page).await,
            Err(error) => Err(error),
        }
    }

    /// Checks that workflows may be listed, by requesting a page; one that is too large for a response proves it too.
    ///
    /// # Errors
    /// As [`Zuora::workflows_page`].
    pub async fn check_listing(&self, session: &Session) -> Result<(), ZuoraError> {
        match self.stretch(session, Stretch::page(1)).await {
            Err(error) if error.kind != Kind::TooLarge => Err(error),
            _ => Ok(()),
        }
    }

    async fn assemble(&self, session: &Session, page: Stretch) -> Result<Page, ZuoraError> {
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
                // The response before was full and announced no next page: this one proves that there is none.
                _ if error.says_there_is_none() && !whole.has_next => break,
                // This part lies inside a page that existed a moment ago.
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
            // Pages of another length than requested begin elsewhere in the list.
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

//! Reads all pages of the listing, several at once.

use std::collections::VecDeque;

use futures::{StreamExt, stream::FuturesOrdered};

use super::{
    listing::Listing,
    pagination::{Next, Pagination},
    read_ahead::pages_at_once,
    run::SyncRun,
    upstream::UpstreamError,
};
use crate::{
    app::interruption::Interruption,
    domain::failure::{ErrorClass, Failure},
    zuora::{PAGE_LENGTH, ZuoraErrorKind},
};

/// The largest number of pages: a listing must fit one run, so a tenant with more is not synced.
const MAX_PAGES: u32 = 1_000;

impl SyncRun<'_> {
    /// Lists all workflows. Page 1 is read alone; then several at once, as far as the number of `stored` ones promises pages or
    /// the pages read so far suggest more.
    pub(super) async fn list(&self, stored: u64) -> Result<Listing, Interruption> {
        let promised = u32::try_from(stored.div_ceil(PAGE_LENGTH as u64)).unwrap_or(MAX_PAGES);
        let mut pagination = Pagination::default();
        let mut asked = VecDeque::new();
        let mut answers = FuturesOrdered::new();
        let mut next = 1;
        loop {
            // Never ahead beyond the limit: a tenant that ends just before it is not too large.
            while next <= MAX_PAGES
                && (answers.is_empty()
                    || answers.len() < pages_at_once(pagination.read(), next <= promised, self.upstream.limit()))
            {
                asked.push_back(next);
                answers.push_back(self.upstream.page(next));
                next += 1;
            }
            let (Some(number), Some(answer)) = (asked.pop_front(), answers.next().await) else {
                let message = format!("The tenant has more than {MAX_PAGES} pages of workflows.");
                return Err(Interruption::Failed(Failure::new(ErrorClass::TooLarge, message)));
            };
            let page = match answer {
                Ok(page) => page,
                Err(UpstreamError::Zuora(error)) if error.says_there_is_none() && pagination.may_have_ended() => {
                    return Ok(pagination.end(None));
                }
                Err(UpstreamError::Zuora(error)) if error.kind == ZuoraErrorKind::Malformed => {
                    return Ok(
                        pagination.end(Some(format!("Page {number} of the listing: {}", error.failure().message)))
                    );
                }
                Err(refusal) => return Err(refusal.into()),
            };
            let next_step = pagination.take(&page).map_err(|error| Interruption::bug(&error))?;
            self.heartbeat.page_read(pagination.items.len());
            match next_step {
                Next::More => {}
                Next::Complete => return Ok(pagination.end(None)),
                Next::Broken(why) => return Ok(pagination.end(Some(format!("Page {number} of the listing {why}.")))),
            }
            self.check_wanted_throttled().await?;
            if self.is_late() {
                return Err(Interruption::listing_too_slow());
            }
        }
    }
}

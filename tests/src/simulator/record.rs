//! The request log: what was asked, in the order of arrival, and how many requests were under way at once.
//!
//! A request is logged when it arrives, so that a held or a reset one is there too; its status comes when it is answered. The
//! text of tokens and secrets never gets here.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use super::{Asked, Route, lock};

/// One logged request.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The operation.
    pub route: Route,
    /// The page asked for, on the list.
    pub page: Option<u32>,
    /// The page length asked for, if one was.
    pub page_length: Option<u32>,
    /// The workflow asked for.
    pub workflow_id: Option<u64>,
    /// The export version asked for.
    pub version: Option<String>,
    /// The status answered; `None` while unanswered and after a reset.
    pub status: Option<u16>,
    /// The `Zuora-Track-Id` sent.
    pub track_id: Option<String>,
    /// Whether `Accept-Encoding` offered gzip.
    pub accepts_gzip: bool,
    /// Whether there was an `Authorization` header.
    pub has_authorization: bool,
    /// When it arrived.
    pub at: Instant,
}

/// The log of one tenant.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    seen: Vec<Seen>,
    /// Moves on at each reset, so that an answer under way cannot mark a line of the new log.
    volume: u64,
    in_flight: usize,
    max_in_flight: usize,
}

impl Log {
    /// Writes the request down. It counts as in flight until the returned line is dropped.
    pub(super) fn arrive(&self, asked: &Asked) -> Line {
        let mut pages = lock(&self.0);
        pages.seen.push(Seen {
            route: asked.route,
            page: asked.page,
            page_length: asked.page_length,
            workflow_id: asked.workflow_id,
            version: asked.version.clone(),
            status: None,
            track_id: asked.header("Zuora-Track-Id").map(str::to_owned),
            accepts_gzip: asked.accepts_gzip(),
            has_authorization: asked.header("Authorization").is_some(),
            at: Instant::now(),
        });
        let weight = usize::from(asked.route != Route::Token); // Zuora's own concurrency limit exempts token calls
        pages.in_flight += weight;
        pages.max_in_flight = pages.max_in_flight.max(pages.in_flight);
        Line { log: self.clone(), volume: pages.volume, index: pages.seen.len() - 1, weight }
    }

    pub(super) fn all(&self) -> Vec<Seen> {
        lock(&self.0).seen.clone()
    }

    pub(super) fn count(&self, route: Route) -> usize {
        lock(&self.0).seen.iter().filter(|seen| seen.route == route).count()
    }

    pub(super) fn max_in_flight(&self) -> usize {
        lock(&self.0).max_in_flight
    }

    pub(super) fn reset(&self) {
        let mut pages = lock(&self.0);
        pages.seen.clear();
        pages.volume += 1;
        pages.max_in_flight = pages.in_flight;
    }
}

/// A request under way.
pub(super) struct Line {
    log: Log,
    volume: u64,
    index: usize,
    weight: usize,
}

impl Line {
    pub(super) fn answered(&self, status: u16) {
        let mut pages = lock(&self.log.0);
        if pages.volume == self.volume
            && let Some(seen) = pages.seen.get_mut(self.index)
        {
            seen.status = Some(status);
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        lock(&self.log.0).in_flight -= self.weight;
    }
}

//! The request log: the requests in the order of arrival, and the largest number of concurrent ones.
//!
//! A request is logged when it arrives, so that held and reset ones are included; its status is added when it is answered.
//! Tokens and secrets are never logged.

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
    /// The requested page of the list.
    pub page: Option<u32>,
    /// The requested page length, if any.
    pub page_length: Option<u32>,
    /// The requested workflow.
    pub workflow_id: Option<u64>,
    /// The requested export version.
    pub version: Option<String>,
    /// The status of the answer; `None` while unanswered and after a reset.
    pub status: Option<u16>,
    /// The `Zuora-Track-Id` of the request.
    pub track_id: Option<String>,
    /// True if `Accept-Encoding` offered gzip.
    pub accepts_gzip: bool,
    /// True if there was an `Authorization` header.
    pub has_authorization: bool,
    /// The moment of arrival.
    pub at: Instant,
}

/// The log of one tenant.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    seen: Vec<Seen>,
    /// The number of resets, so that a late answer cannot mark a line of the new log.
    volume: u64,
    in_flight: usize,
    max_in_flight: usize,
}

impl Log {
    /// Logs the request. It counts as in flight until the returned line is dropped.
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

/// The log entry of a request in flight.
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

//! Counts a run's requests to Zuora, however the run ends: the job shows the counts.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    error::{Operation, ZuoraError},
    error_kind::ZuoraErrorKind,
};
use crate::domain::job::{MAX_REQUEST_IDS, Traffic};

/// The counters of one run.
#[derive(Debug, Default)]
pub struct Meter {
    requests: AtomicU64,
    token_requests: AtomicU64,
    pages: AtomicU64,
    exports: AtomicU64,
    rate_limited: AtomicU64,
    in_flight: AtomicU64,
    throttles: AtomicU64,
    request_ids: Mutex<VecDeque<String>>,
}

impl Meter {
    /// Counts a request that is being sent.
    pub fn sent(&self, operation: Operation) {
        let counter = if operation == Operation::Token { &self.token_requests } else { &self.requests };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Records the number of requests in flight now.
    pub fn in_flight(&self, requests: usize) {
        self.in_flight.fetch_max(requests as u64, Ordering::Relaxed);
    }

    /// Counts a reduction of the limit.
    pub fn throttled(&self) {
        self.throttles.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a good answer.
    pub fn answered(&self, operation: Operation) {
        match operation {
            Operation::ListWorkflows => self.pages.fetch_add(1, Ordering::Relaxed),
            Operation::ExportWorkflow => self.exports.fetch_add(1, Ordering::Relaxed),
            Operation::Token | Operation::GetWorkflow => return,
        };
    }

    /// Counts a failure.
    pub fn failed(&self, error: &ZuoraError) {
        if matches!(error.kind, ZuoraErrorKind::RateLimited { .. }) {
            self.rate_limited.fetch_add(1, Ordering::Relaxed);
        }
        // "There is none" is an answer that syncs ask for.
        if let Some(id) = error.request_id.as_ref().filter(|_| !error.says_there_is_none()) {
            let mut ids = self.request_ids.lock().unwrap_or_else(PoisonError::into_inner);
            if ids.len() == MAX_REQUEST_IDS {
                ids.pop_front();
            }
            ids.push_back(id.clone());
        }
    }

    /// The counts so far.
    pub fn traffic(&self) -> Traffic {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Traffic {
            requests: read(&self.requests),
            token_requests: read(&self.token_requests),
            pages: read(&self.pages),
            exports: read(&self.exports),
            rate_limited: read(&self.rate_limited),
            in_flight: read(&self.in_flight),
            throttles: read(&self.throttles),
            zuora_request_ids: self
                .request_ids
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .iter()
                .cloned()
                .collect(),
        }
    }
}

//! The heartbeat of a running sync: cancellation checks and progress. See D-64.
//!
//! What must stay true: a run whose customer was paused or deleted, or that was cancelled or replaced, stops here, between two
//! workflows, with every write complete. Progress is an estimate, and never conflicts with the job's own, conditional writes.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::domain::{job::Progress, time::Timestamp};

/// The age of a run from which it writes progress: most runs are over by then, and no person waits for them.
const FIRST: Duration = Duration::from_secs(15);
/// The shortest time between two writes of progress.
const EVERY: Duration = Duration::from_secs(5);
/// The shortest time between two checks in a loop that could check at every step. Each check reads two items.
const CHECK_INTERVAL: Duration = Duration::from_secs(5);

/// The progress of a run.
#[derive(Debug)]
pub(super) struct Heartbeat {
    started_at: Timestamp,
    progress: Mutex<Progress>,
    checked_at: Mutex<Timestamp>,
}

impl Heartbeat {
    pub(super) fn new(started_at: Timestamp) -> Self {
        let progress = Progress { pages: 0, listed: 0, to_export: None, exported: 0, updated_at: started_at };
        Self { started_at, progress: Mutex::new(progress), checked_at: Mutex::new(started_at) }
    }

    /// Records a page; `listed` is the number of workflows so far.
    pub(super) fn page_read(&self, listed: usize) {
        self.change(|progress| {
            progress.pages += 1;
            progress.listed = listed as u64;
        });
    }

    /// Records the number of workflows to export.
    pub(super) fn planned(&self, to_export: usize) {
        self.change(|progress| progress.to_export = Some(to_export as u64));
    }

    /// Records that one workflow is finished.
    pub(super) fn one_done(&self) {
        self.change(|progress| progress.exported += 1);
    }

    /// The progress to write now; none if the run is young, or wrote it a moment ago.
    pub(super) fn due(&self, now: Timestamp) -> Option<Progress> {
        if self.started_at.plus(FIRST) > now {
            return None;
        }
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if progress.updated_at.plus(EVERY) > now {
            return None;
        }
        progress.updated_at = now;
        Some(progress.clone())
    }

    fn change(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.progress.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// True if the last check is some seconds ago.
    pub(super) fn is_check_due(&self, now: Timestamp) -> bool {
        let checked_at = *self.checked_at.lock().unwrap_or_else(PoisonError::into_inner);
        checked_at.plus(CHECK_INTERVAL) <= now
    }

    pub(super) fn note_check(&self, now: Timestamp) {
        *self.checked_at.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_written_every_few_seconds_of_a_long_run_and_not_more_often() {
        let start = Timestamp::EPOCH;
        let first = start.plus(FIRST);
        let heartbeat = Heartbeat::new(start);
        heartbeat.page_read(50);
        heartbeat.planned(20);
        heartbeat.one_done();

        assert_eq!(heartbeat.due(first.minus(Duration::from_millis(1))), None);
        let progress = heartbeat.due(first).unwrap();
        assert_eq!((progress.pages, progress.listed, progress.to_export, progress.exported), (1, 50, Some(20), 1));
        assert_eq!(heartbeat.due(first.plus(EVERY - Duration::from_millis(1))), None);
        assert!(heartbeat.due(first.plus(EVERY)).is_some());
    }

    #[test]
    fn a_run_looks_up_every_few_seconds() {
        let heartbeat = Heartbeat::new(Timestamp::EPOCH);
        let next = Timestamp::EPOCH.plus(CHECK_INTERVAL);

        assert!(!heartbeat.is_check_due(next.minus(Duration::from_millis(1))));
        assert!(heartbeat.is_check_due(next));
        heartbeat.note_check(next);
        assert!(!heartbeat.is_check_due(next));
    }
}

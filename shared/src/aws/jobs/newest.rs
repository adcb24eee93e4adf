//! The newest jobs of several ranges, merged: ids sort by age, and each range has its newest first.
//!
//! What must stay true: a job is returned only after every range was read up to it. So one job marks the position of a list:
//! everything younger was returned, in all ranges, however far each of them was read when the budget ended.

use std::cmp::Reverse;

use futures::future::try_join_all;

use super::JobSelection;
use crate::{
    aws::{
        budget::Budget,
        index::{MORE, at_most, sort_key},
        items::readable,
        keys::JOB_PREFIX,
        table::{Item, Range, StoreError, Table},
    },
    domain::{ids::JobId, job::Job},
};

/// One page of a list of jobs.
#[derive(Debug, Default)]
pub struct Listed {
    /// At most as many as requested, newest first. Fewer, or none, if the budget ended.
    pub jobs: Vec<Job>,
    /// The last job of this page, the next page being older; none if this is the last page.
    pub next: Option<JobId>,
}

impl Listed {
    /// Merges jobs by age and keeps the newest `limit`. A job that changed its state between the reads of two states may be
    /// there twice.
    pub fn newest_of(mut jobs: Vec<Job>, limit: usize) -> Self {
        sort(&mut jobs);
        let next = (jobs.len() > limit).then(|| jobs[limit - 1].id.clone());
        jobs.truncate(limit);
        Self { jobs, next }
    }
}

fn sort(jobs: &mut Vec<Job>) {
    jobs.sort_by(|a, b| b.id.cmp(&a.id));
    jobs.dedup_by(|a, b| a.id == b.id);
}

/// A range that is read from its newest job on.
struct Source {
    range: Range,
    /// The start key of its next page.
    start: Option<Item>,
    /// The id of the last job read; before the first page, a text that sorts behind all ids.
    read_to: String,
    is_over: bool,
}

impl Source {
    fn new(range: Range) -> Self {
        Self { range, start: None, read_to: char::MAX.to_string(), is_over: false }
    }

    /// Reads about `many` more jobs.
    async fn read(&mut self, table: &Table, many: usize, budget: &Budget) -> Result<Vec<Item>, StoreError> {
        // Two at least: the first job of a continued list may be the one at its cursor, and each page has to advance.
        let page = table.page(&at_most(&self.range, many.max(2)), self.start.take()).await?;
        budget.spend(&page.items);
        if let Some(last) = page.last.as_ref().or(page.items.last()) {
            let key = sort_key(&self.range, last);
            self.read_to = key.strip_prefix(JOB_PREFIX).unwrap_or(key).to_owned();
        }
        self.is_over = page.last.is_none();
        self.start = page.last;
        Ok(page.items)
    }

    /// True if the range may hold an unread job younger than this one.
    fn lags_behind(&self, job: Option<&JobId>) -> bool {
        !self.is_over && job.is_none_or(|job| self.read_to.as_str() > job.as_str())
    }
}

/// Merges the jobs of the ranges that satisfy `selection` and `keep`, until `limit` are found, the ranges end, or the budget
/// does.
pub(super) async fn list(
    table: &Table,
    selection: &JobSelection,
    limit: usize,
    budget: &Budget,
    keep: impl Fn(&Job) -> bool,
) -> Result<Listed, StoreError> {
    let mut sources: Vec<Source> = selection.ranges().into_iter().map(Source::new).collect();
    // A page may come from one range or from all; twice their equal share is often enough, and one page is all that is ever
    // needed.
    let first = (2 * (limit + 1)).div_ceil(sources.len().max(1)).min(limit + 2);
    // Then the ranges that lag furthest behind are read, an eighth of all at a time.
    let at_once = sources.len().div_ceil(8);
    let (mut wanted, mut many): (Vec<&mut Source>, usize) = (sources.iter_mut().collect(), first);
    let mut found: Vec<Job> = Vec::new();
    loop {
        let pages = try_join_all(wanted.into_iter().map(|source| source.read(table, many, budget))).await?;
        let jobs = pages.into_iter().flatten().filter_map(readable::<Job>);
        found.extend(jobs.filter(|job| selection.takes(job) && keep(job)));
        sort(&mut found);
        // Every range was read up to this id.
        let read_to = sources.iter().filter(|source| !source.is_over).map(|source| source.read_to.clone()).max();
        let Some(read_to) = read_to else { return Ok(Listed::newest_of(found, limit)) };
        let whole = found.partition_point(|job| job.id.as_str() >= read_to.as_str());
        if whole > limit {
            return Ok(Listed::newest_of(found, limit));
        }
        if let (true, Ok(next)) = (budget.is_spent(), read_to.parse()) {
            found.truncate(whole);
            return Ok(Listed { jobs: found, next: Some(next) });
        }
        let enough = found.get(limit).map(|job| job.id.clone());
        wanted = sources.iter_mut().filter(|source| source.lags_behind(enough.as_ref())).collect();
        wanted.sort_by_key(|source| Reverse(source.read_to.clone()));
        wanted.truncate(at_once);
        many = MORE.div_ceil(at_once);
    }
}

#[cfg(test)]
mod tests;

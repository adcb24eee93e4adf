//! The newest jobs of several ranges, merged: ids sort by age, and each range has its newest first.
//!
//! What must stay true: nothing is shown before every range was read as far. So the position of a list is one job: everything
//! younger was seen, in all ranges, however far each of them was read when the budget ended.

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
    /// At most as many as asked for, newest first. Fewer, or none, where the budget ended.
    pub jobs: Vec<Job>,
    /// The next page is older than this job; none when this is the last one.
    pub next: Option<JobId>,
}

impl Listed {
    /// The newest of them. One that changed its state while the states were read may be there twice.
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
    /// Where its next page starts.
    start: Option<Item>,
    /// The id of the last job that was read. Before the first page it is behind all ids.
    read_to: String,
    is_over: bool,
}

impl Source {
    fn new(range: Range) -> Self {
        Self { range, start: None, read_to: char::MAX.to_string(), is_over: false }
    }

    /// Reads about so many more.
    async fn read(&mut self, table: &Table, many: usize, budget: &Budget) -> Result<Vec<Item>, StoreError> {
        // Two at least: the first one of a list that goes on may be the one that was seen, and each page has to get on.
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

    /// Whether it may hold a job that is younger than this one and was not read.
    fn lags_behind(&self, job: Option<&JobId>) -> bool {
        !self.is_over && job.is_none_or(|job| self.read_to.as_str() > job.as_str())
    }
}

/// Merges what `selection` and `keep` leave of its ranges, until `limit` jobs are there, the ranges end, or the budget does.
pub(super) async fn list(
    table: &Table,
    selection: &JobSelection,
    limit: usize,
    budget: &Budget,
    keep: impl Fn(&Job) -> bool,
) -> Result<Listed, StoreError> {
    let mut sources: Vec<Source> = selection.ranges().into_iter().map(Source::new).collect();
    // A page may come from one range or from all of them; twice their equal share is often enough, and one page is all at most.
    let first = (2 * (limit + 1)).div_ceil(sources.len().max(1)).min(limit + 2);
    // From then on those that lag furthest behind are read, an eighth of all at a time.
    let at_once = sources.len().div_ceil(8);
    let (mut wanted, mut many): (Vec<&mut Source>, usize) = (sources.iter_mut().collect(), first);
    let mut found: Vec<Job> = Vec::new();
    loop {
        let pages = try_join_all(wanted.into_iter().map(|source| source.read(table, many, budget))).await?;
        let jobs = pages.into_iter().flatten().filter_map(readable::<Job>);
        found.extend(jobs.filter(|job| selection.takes(job) && keep(job)));
        sort(&mut found);
        // Every range was read as far as this.
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

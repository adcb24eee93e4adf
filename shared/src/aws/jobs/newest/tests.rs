//! Pages of jobs over all states and over some customers: complete, in order, and read with little.

use std::collections::BTreeSet;

use super::*;
use crate::{
    aws::{keys, mock_sdk::Shelf, table::to_item},
    domain::{
        ids::CustomerId,
        job::{Kind, State, Trigger},
        time::Timestamp,
    },
};

/// `many` jobs, oldest first, of `customers` customers in turn: of ten, eight succeeded, one failed, one was cancelled.
fn history(many: usize, customers: usize) -> (Vec<Job>, Vec<CustomerId>) {
    let customers: Vec<CustomerId> = (0..customers).map(|_| CustomerId::new()).collect();
    let job = |n: usize| {
        let (customer, now) = (customers[n % customers.len()].clone(), Timestamp::EPOCH);
        let state = match n % 10 {
            3 => State::Failed,
            7 => State::Cancelled,
            _ => State::Succeeded,
        };
        Job { state, ..Job::new(Kind::Sync, customer, Trigger::Schedule, None, now, now) }
    };
    ((0..many).map(job).collect(), customers)
}

fn shelf(jobs: &[Job]) -> Shelf {
    let item = |job: &Job| {
        let index = keys::job_by_state(job.state, &job.id);
        to_item(job, &keys::job(&job.customer_id, &job.id), Some(&index), 1, None).unwrap()
    };
    Shelf::of(&jobs.iter().map(item).collect::<Vec<_>>())
}

/// The ids of all pages, and the number of pages.
async fn walk(
    shelf: &Shelf,
    selection: &JobSelection,
    limit: usize,
    units: usize,
    keep: impl Fn(&Job) -> bool,
) -> (Vec<JobId>, usize) {
    let mut selection = selection.clone();
    let (mut ids, mut pages) = (Vec::new(), 0);
    loop {
        let listed = list(&shelf.table, &selection, limit, &Budget::of(units), &keep).await.unwrap();
        pages += 1;
        assert!(listed.jobs.len() <= limit && pages < 1000);
        ids.extend(listed.jobs.into_iter().map(|job| job.id));
        let Some(next) = listed.next else { return (ids, pages) };
        selection.before = Some(next);
    }
}

fn newest_first<'a>(jobs: impl Iterator<Item = &'a Job>) -> Vec<JobId> {
    let mut ids: Vec<JobId> = jobs.map(|job| job.id.clone()).collect();
    ids.reverse();
    ids
}

#[tokio::test]
async fn the_pages_of_all_states_show_each_job_once_whatever_the_budget_and_the_limit_are() {
    let (jobs, _) = history(90, 3);
    let shelf = shelf(&jobs);
    let all = newest_first(jobs.iter());

    for (limit, units) in [(1, 1), (7, 1), (7, 60), (50, 1000), (200, 3), (200, 1000)] {
        assert_eq!(walk(&shelf, &JobSelection::default(), limit, units, |_| true).await.0, all, "{limit}, {units}");
    }
    assert_eq!(walk(&shelf, &JobSelection::default(), 9, 1000, |_| true).await.1, 10, "no page is empty");
}

#[tokio::test]
async fn a_budget_that_ends_in_one_state_skips_no_job_of_another() {
    let (jobs, customers) = history(400, 3);
    let shelf = shelf(&jobs);
    // One customer's jobs outside the most common state: each page reads much of `succeeded` and returns few of the others.
    let rare = |job: &Job| job.customer_id == customers[0] && job.state != State::Succeeded;
    let wanted = newest_first(jobs.iter().filter(|job| rare(job)));

    for units in [1, 10, 30, 1000] {
        let (ids, pages) = walk(&shelf, &JobSelection::default(), 10, units, rare).await;
        assert_eq!(ids, wanted, "{units}");
        assert!(pages > 10 || units > 30, "the budget ended many a page: {pages}");
    }
}

#[tokio::test]
async fn a_page_reads_few_more_jobs_than_it_shows() {
    let (jobs, _) = history(1000, 3);
    let shelf = shelf(&jobs);

    let page = list(&shelf.table, &JobSelection::default(), 50, &Budget::default(), |_| true).await.unwrap();

    let (_, records) = shelf.read();
    assert!(page.jobs.len() == 50 && records < 250, "{records}");
}

#[tokio::test]
async fn who_may_see_few_customers_reads_their_jobs_and_nobody_elses() {
    let (jobs, customers) = history(3000, 300);
    let shelf = shelf(&jobs);
    let own: BTreeSet<CustomerId> = customers[..2].iter().cloned().collect();
    let is_own = |job: &Job| own.contains(&job.customer_id);
    let selection = JobSelection { customers: Some(own.clone()), ..JobSelection::default() };

    assert_eq!(
        walk(&shelf, &selection, 50, 1000, is_own).await,
        (newest_first(jobs.iter().filter(|job| is_own(job))), 1)
    );
    assert_eq!(shelf.read(), (2, 20), "two partitions, and what is in them");
    let failed = JobSelection { states: vec![State::Failed], ..selection };
    assert_eq!(walk(&shelf, &failed, 50, 1000, is_own).await.0.len(), 0);
    assert_eq!(shelf.read(), (2, 20));
}

#[tokio::test]
async fn the_jobs_of_a_hundred_customers_are_merged_from_a_few_of_each() {
    let (jobs, customers) = history(2000, 200);
    let shelf = shelf(&jobs);
    let own: BTreeSet<CustomerId> = customers[..100].iter().cloned().collect();
    let wanted = newest_first(jobs.iter().filter(|job| own.contains(&job.customer_id)));
    let selection = JobSelection { customers: Some(own), ..JobSelection::default() };

    let page = list(&shelf.table, &selection, 50, &Budget::default(), |_| true).await.unwrap();

    let (_, records) = shelf.read();
    assert!(page.jobs.iter().map(|job| &job.id).eq(&wanted[..50]) && records <= 400, "{records}");
    assert_eq!(walk(&shelf, &selection, 200, 150, |_| true).await.0, wanted);
}

#[test]
fn the_newest_come_first_and_one_that_was_read_in_two_states_comes_once() {
    let (jobs, _) = history(3, 1);
    let [first, second, third] = [0, 1, 2].map(|n: usize| jobs[n].clone());
    let found = vec![second.clone(), third.clone(), first.clone(), second.clone()];
    let newest = |limit| {
        let listed = Listed::newest_of(found.clone(), limit);
        (listed.jobs, listed.next)
    };

    assert_eq!(newest(2), (vec![third.clone(), second.clone()], Some(second.id.clone())));
    assert_eq!(newest(3), (vec![third, second, first], None));
}

//! The cost of lists: they read a page, stop at the budget, and continue exactly where they stopped. Rows R180 to R184 of
//! docs/reliability.md. (The contents of the deployed lists are tested beside what they list.)

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::{
    app::{
        redrive::{Redrive, Redriven},
        search::{self, Start},
    },
    aws::{
        budget::Budget,
        customers::Customers,
        jobs::{JobSelection, Jobs},
        workflows::Workflows,
    },
    clock,
    domain::{
        customer::Status,
        failure::{ErrorClass, Failure},
        ids::{CustomerId, JobId, WorkflowId},
        job::{Job, Kind, State, Trigger},
    },
};
use tests::simulator::{Simulator, Workflow};

use crate::{
    engine::{Engine, Wire, context},
    people::Person,
    upstream::tenant,
    world::World,
};

/// Stores `many` jobs of each customer in turn, most of them succeeded; oldest first.
async fn store_jobs(engine: &Engine, customers: &[CustomerId], many: usize) -> Vec<Job> {
    let mut jobs = Vec::new();
    for number in 0..many {
        let (customer, now) = (customers[number % customers.len()].clone(), clock::now());
        let mut job = Job::new(Kind::Sync, customer, Trigger::Schedule, None, now, now);
        match number % 10 {
            3 => give_up(&mut job),
            7 => job.finish(State::Incomplete, now),
            _ => job.finish(State::Succeeded, now),
        }
        engine.worker.lifecycle.dispatcher.data.write(Jobs::put(&job, 0).unwrap()).await.unwrap();
        jobs.push(job);
    }
    jobs
}

/// Makes the job fail, with a dead letter.
fn give_up(job: &mut Job) {
    job.fail(Failure::new(ErrorClass::Config, "no"), clock::now());
}

/// The ids on all pages under a budget of `units` units a page.
async fn walk(jobs: &Jobs, selection: &JobSelection, units: usize, keep: impl Fn(&Job) -> bool) -> Vec<JobId> {
    let (mut selection, mut ids) = (selection.clone(), Vec::new());
    loop {
        let page = jobs.list(&selection, 4, &Budget::of(units), &keep).await.unwrap();
        ids.extend(page.jobs.into_iter().map(|job| job.id));
        let Some(next) = page.next else { return ids };
        selection.before = Some(next);
    }
}

fn newest_first<'a>(jobs: impl Iterator<Item = &'a Job>) -> Vec<JobId> {
    let mut ids: Vec<JobId> = jobs.map(|job| job.id.clone()).collect();
    ids.reverse();
    ids
}

#[tokio::test]
async fn a_list_of_jobs_that_stops_after_a_budget_goes_on_where_it_stopped_in_every_state() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let customers = [(); 3].map(|()| CustomerId::new());
    let stored = store_jobs(&engine, &customers, 60).await;
    let jobs = &engine.worker.lifecycle.dispatcher.jobs;
    let of_one = |job: &Job| job.customer_id == customers[0];
    let all = newest_first(stored.iter());
    let few = newest_first(stored.iter().filter(|job| of_one(job)));

    for units in [1, 5, 1000] {
        assert_eq!(walk(jobs, &JobSelection::default(), units, |_| true).await, all, "{units}");
        assert_eq!(walk(jobs, &JobSelection::default(), units, of_one).await, few, "{units}");
        let own = JobSelection { customers: Some([customers[0].clone()].into()), ..JobSelection::default() };
        assert_eq!(walk(jobs, &own, units, |_| true).await, few, "{units}");
    }
    engine.stop().await;
}

#[tokio::test]
async fn jobs_and_dead_letters_of_few_customers_are_read_from_their_partitions_alone() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let customers: Vec<CustomerId> = (0..30).map(|_| CustomerId::new()).collect();
    let stored = store_jobs(&engine, &customers, 60).await;
    let own: BTreeSet<CustomerId> = customers[2..4].iter().cloned().collect();
    let wire = Wire::sound();
    let worker = engine.worker_over(&wire.sdk(&world.sdk));
    let dispatcher = &worker.lifecycle.dispatcher;

    let selection = JobSelection { customers: Some(own.clone()), ..JobSelection::default() };
    let page = dispatcher.jobs.list(&selection, 50, &Budget::default(), |_| true).await.unwrap();
    assert_eq!((page.jobs.len(), page.next, wire.count(&["Query"])), (4, None, 2));
    let wanted = Redrive { customers: Some(own.clone()), class: None, before: None, limit: 50 };
    let letters = dispatcher.dead_letters(&wanted, None, 50, |_| true).await.unwrap();

    let failed = stored.iter().filter(|job| own.contains(&job.customer_id) && job.state == State::Failed);
    assert_eq!(letters.jobs.iter().map(|job| job.id.clone()).collect::<Vec<_>>(), newest_first(failed));
    assert_eq!((letters.jobs.len(), wire.count(&["Query"])), (2, 4));
    engine.stop().await;
}

#[tokio::test]
async fn who_was_granted_one_customer_pages_through_its_jobs_and_sees_nobody_elses() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("few-grants", 2);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let (other, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    for _ in 0..2 {
        world.sync(&id).await;
        world.sync(&other).await;
    }
    let person = Person::granted(&world, &id, &["view"]).await;

    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = person.api.get(&format!("/v1/jobs?limit=1{cursor}")).await.expect(200);
        seen.extend(page["items"].as_array().unwrap().iter().map(|job| job["id"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }

    let own: Vec<Value> = world.jobs_of(&id).await.into_iter().map(|job| job["id"].clone()).collect();
    assert_eq!((seen.len(), &seen), (3, &own));
    let letters = person.api.get("/v1/dead-letters").await.expect(200);
    assert_eq!((&letters["items"], &letters["depth"]), (&json!([]), &Value::Null));
    person.leave(&world).await;
    world.remove(&id).await;
    world.remove(&other).await;
}

/// The results on all pages of a search, and the number of pages.
async fn find(
    workflows: &Workflows,
    customers: &[CustomerId],
    name: &str,
    limit: usize,
    units: usize,
) -> (Vec<(CustomerId, String)>, usize) {
    let (mut found, mut pages, mut start): (_, _, Option<Start>) = (Vec::new(), 0, None);
    loop {
        let from = start.as_ref().map_or(0, |start| customers.partition_point(|id| *id < start.customer));
        let budget = Budget::of(units);
        let page = search::by_name(workflows, &customers[from..], name, start.as_ref(), limit, &budget).await.unwrap();
        pages += 1;
        assert!(page.hits.len() <= limit);
        found.extend(page.hits.into_iter().map(|hit| (hit.customer, hit.workflow.name.unwrap())));
        // As a cursor carries it.
        start = page.next.map(|next| Start::parse(&next.text()).unwrap());
        if start.is_none() {
            return (found, pages);
        }
    }
}

#[tokio::test]
async fn a_search_by_name_asks_many_customers_at_a_time_and_goes_on_where_it_stopped() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let simulator = Simulator::start();
    let [common, rare] = ["common", "rare"].map(|name| simulator.tenant(name));
    for name in ["Beta", "alpha 2", "Alpha 1"] {
        common.add(Workflow::named(name));
    }
    rare.add(Workflow::named("Alpha of the rare"));
    let mut customers = Vec::new();
    for number in 0..20 {
        let tenant = if number == 17 { &rare } else { &common };
        let (customer, first) = engine.add_customer(tenant, &simulator.base_url()).await;
        assert_eq!(engine.run(&first).await.state, State::Succeeded);
        customers.push(customer);
    }
    customers.sort();
    let wire = Wire::sound();
    let workflows = Workflows::new(engine.worker_over(&wire.sdk(&world.sdk)).lifecycle.dispatcher.data);

    let (all, _) = find(&workflows, &customers, "ALPHA", 200, 1000).await;
    let customers_found: Vec<_> = all.iter().map(|(customer, _)| customer).collect();
    assert!(customers_found.is_sorted() && all.len() == 39, "{all:?}");
    for (limit, units) in [(200, 1), (1, 1), (1, 1000), (3, 4), (7, 1000)] {
        assert_eq!(find(&workflows, &customers, "ALPHA", limit, units).await.0, all, "{limit}, {units}");
    }
    let before = wire.count(&["Query"]);
    let (found, pages) = find(&workflows, &customers, "alpha of", 50, 1000).await;
    assert_eq!((found.len(), pages, wire.count(&["Query"]) - before), (1, 1, 20));
    let (found, pages) = find(&workflows, &customers, "alpha of", 50, 5).await;
    assert!(found.len() == 1 && pages > 2, "the budget ended some: {pages}");
    engine.stop().await;
}

#[tokio::test]
async fn a_search_by_zuora_id_shows_each_customers_workflow_once_page_by_page() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("same id");
    tenant.seed(1);
    let id: WorkflowId = tenant.ids()[0].to_string().parse().unwrap();
    let mut customers = Vec::new();
    for _ in 0..5 {
        let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
        assert_eq!(engine.run(&first).await.state, State::Succeeded);
        customers.push(customer);
    }
    customers.sort();
    let workflows = Workflows::new(engine.worker.lifecycle.dispatcher.data.clone());

    let (mut seen, mut start): (_, Option<Start>) = (Vec::new(), None);
    loop {
        let from = start.as_ref().map_or(0, |start| customers.partition_point(|id| *id < start.customer));
        let budget = Budget::default();
        let page = search::by_id(&workflows, &customers[from..], &id, "", start.as_ref(), 2, &budget).await.unwrap();
        seen.extend(page.hits.into_iter().map(|hit| hit.customer));
        let Some(next) = page.next else { break };
        start = Some(next);
    }
    let page = search::by_id(&workflows, &customers, &id, "", None, 2, &Budget::default()).await.unwrap();
    let then = page.hits.into_iter().next().unwrap().then;
    let rest = search::by_id(&workflows, &customers, &id, "", Some(&then), 5, &Budget::default()).await.unwrap();

    assert_eq!(seen, customers);
    assert_eq!(rest.hits.len(), 4, "behind the one that was shown last");
    engine.stop().await;
}

#[tokio::test]
async fn letters_that_a_redrive_has_to_skip_hide_none_behind_them() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (simulator, tenant) = tenant("paused in front", 1);
    let dispatcher = &engine.worker.lifecycle.dispatcher;
    let mut ids = Vec::new();
    for number in 0..7 {
        let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
        let mut job = dispatcher.jobs.find(&first.id).await.unwrap().unwrap();
        give_up(&mut job.value);
        let mut writes = Jobs::put(&job.value, job.rev).unwrap();
        let found = dispatcher.customers.get(&customer).await.unwrap().unwrap();
        let mut customer = found.value.clone();
        // The oldest three are ready, and the newest four are in front of them.
        customer.status = if number < 3 { Status::Active } else { Status::Paused };
        writes.extend(Customers::put(&mut customer, Some(&found)).unwrap());
        dispatcher.data.write(writes).await.unwrap();
        ids.push(first.id);
    }
    let redrive = async |limit| {
        let wanted = Redrive { customers: None, class: None, before: None, limit };
        let letters = &engine.worker.lifecycle.dead_letters;
        dispatcher.redrive(letters, &wanted, |_| true, &context(&dispatcher.data)).await.unwrap()
    };

    let first = redrive(2).await;
    let second = redrive(2).await;

    let expected = |redriven, remaining, job_ids: &[JobId]| Redriven {
        redriven,
        remaining,
        skipped: 4,
        is_counted: true,
        job_ids: job_ids.to_vec(),
        ..Redriven::default()
    };
    assert_eq!(first, expected(2, 1, &[ids[2].clone(), ids[1].clone()]));
    assert_eq!(second, expected(1, 0, &[ids[0].clone()]));
    engine.stop().await;
}

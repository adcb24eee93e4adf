//! Random scripts of events at a tenant and of faults in its Zuora's answers: no workflow that exists there is ever deleted
//! here, and without faults the copy equals the tenant after every sync. A failing script is shortened and shown.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::Value;
use shared::domain::{
    change::ChangeKind,
    ids::{CustomerId, WorkflowId},
    job::State,
    stats::Stats,
};
use tests::simulator::{Effect, Fault, Simulator, Tenant, Workflow};

use crate::{
    engine::{Engine, Stored},
    upstream::{Reader, listed},
    world::World,
};

/// An event at a tenant. Numbers select a workflow.
#[derive(Clone, Debug)]
enum Event {
    Add,
    Edit(u16),
    /// Its tasks change and its listing does not.
    EditUnseen(u16),
    Remove(u16),
    Return,
}

/// The fault of an answer to a list request, or to a request for one workflow.
#[derive(Clone, Debug)]
enum Trouble {
    Status(u16),
    Effect(&'static str),
    Html,
    Body(&'static str),
    Unsuccessful,
    HideEvery(u16),
    RenameIds,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        Just(Event::Add),
        any::<u16>().prop_map(Event::Edit),
        any::<u16>().prop_map(Event::EditUnseen),
        any::<u16>().prop_map(Event::Remove),
        Just(Event::Return),
    ];
    // Fewer than the guard lets go at once.
    prop::collection::vec(event, 0..5)
}

/// Faults: the page (0 = any; 9 = requests for single workflows), the kind, and the number of strikes.
fn troubles() -> impl Strategy<Value = Vec<(u32, Trouble, u32)>> {
    let trouble = prop_oneof![
        prop::sample::select(vec![400, 403, 404, 429, 500, 503]).prop_map(Trouble::Status),
        prop::sample::select(vec!["reset", "cut body", "cut json", "empty", "first again", "endless", "no next page"])
            .prop_map(Trouble::Effect),
        Just(Trouble::Html),
        prop::sample::select(vec!["", "{}", "null", "[]", r#"{"data":[]}"#, r#"{"data":null}"#])
            .prop_map(Trouble::Body),
        Just(Trouble::Unsuccessful),
        (2..9_u16).prop_map(Trouble::HideEvery),
        Just(Trouble::RenameIds),
    ];
    prop::collection::vec((prop::sample::select(vec![0, 1, 2, 3, 9]), trouble, 1..12_u32), 0..4)
}

impl Trouble {
    fn on(&self, fault: Fault) -> Fault {
        match self {
            Self::Status(status) => fault.status(*status),
            Self::Html => fault.html(200),
            Self::Body(body) => {
                fault.effect(Effect::Respond { status: 200, headers: BTreeMap::new(), body: Value::from(*body) })
            }
            Self::Unsuccessful => fault.unsuccessful(53_100_020, "No"),
            Self::Effect("reset") => fault.effect(Effect::Reset),
            Self::Effect("cut body") => fault.effect(Effect::TruncateBody),
            Self::Effect("cut json") => fault.effect(Effect::TruncateJson),
            Self::Effect("empty") => fault.effect(Effect::EmptyList),
            Self::Effect("first again") => fault.effect(Effect::RepeatPage(1)),
            Self::Effect("endless") => fault.effect(Effect::EndlessPages),
            Self::Effect(_) => fault.effect(Effect::NextPage(Value::Null)),
            Self::HideEvery(n) => {
                let n = u64::from(*n);
                listed(fault, move |items| items.retain(|item| item["id"].as_u64().is_none_or(|id| id % n != 0)))
            }
            Self::RenameIds => listed(fault, |items| {
                for item in items.iter_mut().take(2) {
                    item["id"] = Value::Null;
                }
            }),
        }
    }
}

/// A tenant in a script.
struct Play {
    tenant: Tenant,
    removed: Vec<Workflow>,
}

impl Play {
    fn perform(&mut self, event: &Event) {
        let ids = self.tenant.ids();
        let pick = |n: u16| ids[usize::from(n) % ids.len()];
        match event {
            Event::Add => drop(self.tenant.add(Workflow::named("Added"))),
            Event::Edit(n) => drop(self.tenant.edit(pick(*n), |workflow| workflow.name.push('!'))),
            Event::EditUnseen(n) => drop(self.tenant.alter(pick(*n), |workflow| workflow.tasks += 1)),
            Event::Remove(n) => {
                self.removed.extend(self.tenant.workflow(pick(*n)));
                self.tenant.remove(pick(*n));
            }
            Event::Return => drop(self.removed.pop().map(|workflow| self.tenant.add(workflow))),
        }
    }

    fn script(&self, troubles: &[(u32, Trouble, u32)]) {
        for (page, trouble, times) in troubles {
            let fault = match page {
                0 => Fault::list(),
                9 => Fault::get(),
                page => Fault::list().page(*page),
            };
            // A lie about a single workflow ("404") cannot be told from the truth.
            if !matches!((page, trouble), (9, Trouble::Status(404) | Trouble::HideEvery(_) | Trouble::RenameIds)) {
                self.tenant.fault(trouble.on(fault.times(*times)));
            }
        }
    }

    fn ids(&self) -> BTreeSet<WorkflowId> {
        self.tenant.ids().into_iter().map(|id| id.to_string().parse().unwrap()).collect()
    }
}

/// Runs scripts on one engine, each with its own tenant and customer.
fn check<S: Strategy>(cases: u32, strategy: S, test: &impl AsyncFn(&Engine, S::Value) -> Result<(), TestCaseError>)
where
    S::Value: Clone,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let engine = runtime.block_on(async { Engine::start(&World::connect().await).await });
    let config = Config { cases, max_shrink_iters: 30, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&strategy, |script| runtime.block_on(test(&engine, script)));
    runtime.block_on(engine.stop());
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

async fn begin(engine: &Engine, simulator: &Simulator, workflows: u64) -> (Play, CustomerId) {
    let tenant = simulator.tenant("scripted");
    tenant.seed(workflows);
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    assert_eq!(engine.run(&first).await.state, State::Succeeded);
    (Play { tenant, removed: Vec::new() }, customer)
}

#[test]
fn whatever_answers_the_pages_get_no_workflow_that_lives_is_deleted() {
    let rounds = prop::collection::vec((events(), troubles()), 1..4);
    check(5, (51..110_u64, rounds), &async |engine: &Engine, (workflows, rounds)| {
        let simulator = Simulator::start();
        let (mut play, customer) = begin(engine, &simulator, workflows).await;
        for (events, troubles) in &rounds {
            events.iter().for_each(|event| play.perform(event));
            play.script(troubles);
            let before = engine.stored(&customer).await;

            let job = engine.sync(&customer).await;

            play.tenant.clear_faults();
            let after = engine.stored(&customer).await;
            let deleted: BTreeSet<_> = after.tombstones().difference(&before.tombstones()).copied().cloned().collect();
            let alive = play.ids();
            prop_assert!(deleted.is_disjoint(&alive), "{:?} live at Zuora: {:?}", deleted.intersection(&alive), job);
            let stats = job.stats;
            prop_assert_eq!(stats.total, stats.created + stats.updated + stats.unchanged + stats.errors);
            prop_assert!(job.state != State::Succeeded || (stats.errors == 0 && job.error.is_none()), "{:?}", job);
        }
        let job = engine.sync(&customer).await;
        prop_assert!(matches!(job.state, State::Succeeded | State::Held), "{:?}", job);
        let stored = engine.stored(&customer).await;
        let live: BTreeSet<WorkflowId> = stored.live().into_keys().cloned().collect();
        prop_assert!(play.ids().is_subset(&live), "all that live are stored");
        prop_assert!(job.state == State::Held || live == play.ids(), "and nothing else, unless it is held");
        Ok(())
    });
}

/// The stats that a sync should report, computed from the stored state before and after.
fn difference(before: &Stored, after: &Stored) -> Stats {
    let (before, after) = (before.live(), after.live());
    let mut stats = Stats { total: after.len() as u64, ..Stats::default() };
    for (id, copy) in &after {
        match before.get(id) {
            None => stats.created += 1,
            Some(old) if old.workflow.listed != copy.workflow.listed || old.definition != copy.definition => {
                stats.updated += 1;
            }
            Some(_) => stats.unchanged += 1,
        }
    }
    stats.deleted = before.keys().filter(|id| !after.contains_key(*id)).count() as u64;
    stats
}

#[test]
fn without_faults_the_copy_equals_the_tenant_after_every_sync_and_the_counts_are_exact() {
    check(5, (10..40_u64, prop::collection::vec(events(), 1..5)), &async |engine: &Engine, (workflows, rounds)| {
        let simulator = Simulator::start();
        let (mut play, customer) = begin(engine, &simulator, workflows).await;
        let reader = Reader::of(&simulator, &play.tenant).await;
        for events in &rounds {
            events.iter().for_each(|event| play.perform(event));
            engine.let_a_day_pass(&customer).await;
            let before = engine.stored(&customer).await;

            let job = engine.sync(&customer).await;

            let after = engine.stored(&customer).await;
            prop_assert_eq!((job.state, job.stats), (State::Succeeded, difference(&before, &after)));
            let live = after.live();
            prop_assert_eq!(live.keys().copied().cloned().collect::<BTreeSet<WorkflowId>>(), play.ids());
            for (id, copy) in &live {
                let original = play.tenant.workflow(id.as_str().parse().unwrap()).unwrap();
                prop_assert_eq!(copy.workflow.name.as_deref(), Some(original.name.as_str()));
                let export = reader.get(&format!("{id}/export")).await;
                let stored = copy.definition.as_deref().map(String::from_utf8_lossy);
                prop_assert!(stored.as_deref() == Some(export.as_str()) || original.active_version.is_none(), "{}", id);
            }
            prop_assert!(after.orphans().is_empty(), "{:?}", after.orphans());
            let told =
                |kind| after.changes.iter().filter(|told| told.job_id == job.id && told.kind == kind).count() as u64;
            let counts = [ChangeKind::Created, ChangeKind::Updated, ChangeKind::Deleted].map(told);
            prop_assert_eq!(counts, [job.stats.created, job.stats.updated, job.stats.deleted]);
            let customer = engine.customer(&customer).await;
            let tasks: u64 = live.values().map(|copy| copy.workflow.tasks_count).sum();
            prop_assert_eq!((customer.workflows_count, customer.tasks_count), (live.len() as u64, tasks));
        }
        Ok(())
    });
}

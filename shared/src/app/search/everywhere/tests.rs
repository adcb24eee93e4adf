use serde_json::json;

use super::*;
use crate::{
    app::fixture::{Fixture, now},
    aws::workflow_writes::{Put, Replaced},
    domain::{
        customer::{Customer, tests::customer},
        definition::{compress, content_hash},
        derived::{Derived, VERSION},
        ids::JobId,
        listed_workflow::ListedWorkflow,
        name::SearchText,
        references::Kind,
        stats::WorkflowOutcome,
        workflow::{Content, DefinitionRef, LastChange, Workflow},
    },
};

/// Long enough for any test.
const TIME: Duration = Duration::from_secs(60);

struct World {
    fixture: Fixture,
    shelves: Shelves,
}

impl World {
    fn new() -> Self {
        let fixture = Fixture::new();
        let data = fixture.dispatcher.data.clone();
        let shelves = Shelves {
            customers: Customers::new(data.clone()),
            workflows: Workflows::new(data.clone()),
            references: AllReferences::new(data),
        };
        Self { fixture, shelves }
    }

    async fn customer(&self, name: &str, change: impl FnOnce(&mut Customer)) -> CustomerId {
        let mut customer = customer(now());
        customer.settings.name = name.to_owned();
        customer.derived = VERSION;
        change(&mut customer);
        self.fixture.write(Customers::put(&mut customer, None).unwrap()).await;
        customer.id
    }

    /// Stores a workflow as a sync does; in the place of what was read at `rev`.
    async fn store(&self, customer: &CustomerId, id: u64, name: &str, url: &str, old: Option<&Workflow>) -> Workflow {
        let export = export(url);
        let listed = ListedWorkflow::parse(json!({"id": id, "name": name}).to_string().as_bytes()).unwrap();
        let chunks = compress(export.as_bytes()).unwrap();
        let definition = DefinitionRef {
            hash: content_hash(export.as_bytes()),
            chunks: 1,
            bytes: export.len() as u64,
            origin: None,
        };
        let last_change = LastChange { job_id: JobId::new(), restarts: 0, kind: WorkflowOutcome::Created };
        let workflow = Workflow::from_listed(listed, Some(definition), Content::default(), last_change, now());
        let derived = Derived::of(&Definition::parse(export.as_bytes()).unwrap());
        let before = old.and_then(|old| old.definition.as_ref());
        let replaces = before.map(|definition| Replaced { definition, keep: None });
        let put = Put::new(customer, workflow.clone(), u64::from(old.is_some()), replaces, None).unwrap();
        let put =
            put.with_derived(customer, &derived).unwrap().with_chunk(customer, chunks.into_iter().next().unwrap());
        self.shelves.workflows.put(customer, &put).await.unwrap();
        workflow
    }

    /// All pages of a search; each has at most `limit` items.
    async fn all(&self, customers: &[CustomerId], query: &Query, limit: usize) -> Vec<String> {
        let (mut all, mut start) = (Vec::new(), None);
        loop {
            let found = self.page(customers, query, start.as_ref(), limit).await;
            assert!(found.hits.len() <= limit, "{limit}");
            all.extend(found.hits.iter().map(told));
            start = found.next;
            if start.is_none() {
                return all;
            }
        }
    }

    async fn page(&self, customers: &[CustomerId], query: &Query, start: Option<&Place>, limit: usize) -> Hits {
        let first = start.map(|start| &start.customer);
        let rest: Vec<_> = customers.iter().filter(|id| first.is_none_or(|first| first <= id)).cloned().collect();
        search(&self.shelves, &rest, query, start, Bounds::new(limit, TIME)).await.unwrap()
    }
}

fn export(url: &str) -> String {
    let task = |n: u64| json!({"id": n, "name": format!("T{n}"), "action_type": "Callout", "parameters": {"url": url, "password": "hunter2"}});
    json!({"workflow": {"id": 1}, "tasks": [task(1), task(2)]}).to_string()
}

fn told(hit: &Hit) -> String {
    let workflow = hit.workflow.as_ref().map(|(id, name, found)| {
        let task = found.task.as_ref().map_or("", |task| task.0.as_str());
        format!(" {id} {} {task} {}", name.as_deref().unwrap_or_default(), found.path.as_deref().unwrap_or_default())
    });
    format!("{}{}", hit.customer_name, workflow.unwrap_or_default())
}

fn host(needle: &str) -> Query {
    Query::Reference(Kind::Host, needle.to_owned())
}

fn name(text: &str) -> Query {
    Query::Name { part: Some(SearchText::new(text)), id: text.to_owned() }
}

#[test]
fn a_place_round_trips_and_anything_else_is_none() {
    let customer = CustomerId::new();
    let id: WorkflowId = "48".parse().unwrap();
    for after in [None, Some(Shown::Itself), Some(Shown::Workflow(id))] {
        let place = Place { customer: customer.clone(), after };
        assert_eq!(Place::parse(&place.text()), Some(place));
    }
    for text in ["", "cus_", ":48", "after:48"] {
        assert_eq!(Place::parse(text), None, "{text}");
    }
    assert_eq!(Place::parse(&format!("{customer}:4#8")), None);
}

#[tokio::test]
async fn pages_of_any_size_show_each_hit_once_in_order_for_every_kind() {
    let world = World::new();
    let mut customers = Vec::new();
    for at in 0..6 {
        let id = world.customer(&format!("Needle {at}"), |_| {}).await;
        for n in [9, 48, 100 + at] {
            let (name, url) =
                if n == 9 { ("Other", "https://x.example.org") } else { ("My NEEDLE", "https://needle.example.com") };
            world.store(&id, n, name, url, None).await;
        }
        customers.push(id);
    }

    for (query, each) in
        [(name("needle"), 3), (host("needle.example"), 4), (Query::Text(Needle::new("NEEDLE.example")), 4)]
    {
        let whole = world.all(&customers, &query, 50).await;
        assert_eq!(whole.len(), 6 * each, "{query:?}: {whole:?}");
        for limit in [2, 3, 5, 7, 23] {
            assert_eq!(world.all(&customers, &query, limit).await, whole, "{limit} of {query:?}");
        }
    }
    assert_eq!(
        world.all(&customers[2..3], &host("needle"), 50).await,
        [
            "Needle 2 102 My NEEDLE 1 parameters.url",
            "Needle 2 102 My NEEDLE 2 parameters.url",
            "Needle 2 48 My NEEDLE 1 parameters.url",
            "Needle 2 48 My NEEDLE 2 parameters.url",
        ]
    );
}

#[tokio::test]
async fn a_search_whose_time_is_over_says_where_it_goes_on_and_gets_further_each_time() {
    let world = World::new();
    let mut customers = Vec::new();
    for at in 0..30 {
        let id = world.customer(&format!("C{at}"), |_| {}).await;
        world.store(&id, 48, "W", "https://needle.example.com", None).await;
        customers.push(id);
    }
    let (mut hits, mut rounds, mut start): (_, _, Option<Place>) = (0, 0, None);
    loop {
        let first = start.as_ref().map(|start| &start.customer);
        let rest: Vec<_> = customers.iter().filter(|id| first.is_none_or(|first| first <= *id)).cloned().collect();
        let bounds = Bounds::new(1_000, Duration::ZERO);
        let found = search(&world.shelves, &rest, &host("needle"), start.as_ref(), bounds).await.unwrap();
        (hits, rounds) = (hits + found.hits.len(), rounds + 1);
        assert!(found.next.is_none() || found.next != start, "it stays where it is");
        start = found.next;
        if start.is_none() {
            break;
        }
    }

    assert_eq!((hits, rounds), (60, 8), "four customers at a time");
}

#[tokio::test]
async fn only_the_customers_that_are_given_are_read_and_only_those_that_exist() {
    let world = World::new();
    let mine = world.customer("Mine", |_| {}).await;
    let theirs = world.customer("Theirs", |_| {}).await;
    let leaving =
        world.customer("Leaving", |customer| customer.status = crate::domain::customer::Status::Deleting).await;
    for id in [&mine, &theirs, &leaving] {
        world.store(id, 48, "Same", "https://needle.example.com", None).await;
    }

    for query in [name("same"), host("needle"), Query::Text(Needle::new("needle"))] {
        let found = world.all(&[mine.clone(), leaving.clone()], &query, 50).await;
        assert!(!found.is_empty() && found.iter().all(|hit| hit.starts_with("Mine")), "{found:?}");
    }
    assert_eq!(world.all(std::slice::from_ref(&mine), &name("48"), 50).await, ["Mine 48 Same  "], "an id is enough");
    assert!(world.all(&[mine], &name(theirs.as_str()), 50).await.is_empty());
}

#[tokio::test]
async fn what_was_replaced_or_deleted_is_not_found_and_a_secret_never() {
    let world = World::new();
    let id = world.customer("Acme", |_| {}).await;
    let old = world.store(&id, 48, "Old", "https://old.example.com", None).await;
    world.store(&id, 48, "New", "https://new.example.com", Some(&old)).await;
    // An orphan, and one that is kept for a time: both under other hashes.
    let orphan = old.definition.clone().unwrap();
    let chunks = compress(export("https://old.example.com").as_bytes()).unwrap();
    world.shelves.workflows.put_definition(&id, &old.zuora_id, &orphan, chunks).await.unwrap();
    let customers = [id.clone()];
    let text = |text: &str| Query::Text(Needle::new(text));

    assert!(world.all(&customers, &text("old.example"), 50).await.is_empty());
    assert!(world.all(&customers, &host("old.example"), 50).await.is_empty());
    assert_eq!(world.all(&customers, &text("new.example"), 50).await.len(), 2);
    assert!(world.all(&customers, &text("hunter2"), 50).await.is_empty());

    let found = world.shelves.workflows.get(&id, &old.zuora_id).await.unwrap().unwrap();
    let tombstone = Workflow { deleted_at: Some(now()), ..found.value };
    let put = Put::new(&id, tombstone, found.rev, None, None).unwrap();
    world.shelves.workflows.put(&id, &put).await.unwrap();
    for query in [text("new.example"), host("new.example"), name("new")] {
        assert!(world.all(&customers, &query, 50).await.is_empty(), "{query:?}");
    }
}

#[tokio::test]
async fn a_cursor_goes_on_behind_a_workflow_whatever_is_replaced_meanwhile() {
    let world = World::new();
    let id = world.customer("Acme", |_| {}).await;
    let mut stored = Vec::new();
    for n in 1..=6 {
        stored.push(world.store(&id, n, "W", "https://needle.example.com/0", None).await);
    }
    let customers = [id.clone()];
    for query in [Query::Text(Needle::new("needle")), host("needle")] {
        let first = world.page(&customers, &query, None, 4).await;
        assert_eq!((first.hits.len(), first.next.is_some()), (4, true));
        for (n, old) in (1..).zip(&mut stored) {
            let found = world.shelves.workflows.get(&id, &old.zuora_id).await.unwrap().unwrap();
            let workflow = Workflow { derived: found.value.derived, ..found.value };
            let put = Put::new(&id, workflow.clone(), found.rev, None, None).unwrap();
            let export = export(&format!("https://needle.example.com/{n}"));
            let derived = Derived::of(&Definition::parse(export.as_bytes()).unwrap());
            world.shelves.workflows.put(&id, &put.with_derived(&id, &derived).unwrap()).await.unwrap();
        }

        let rest = world.page(&customers, &query, first.next.as_ref(), 50).await;

        let ids = |hits: &[Hit]| -> Vec<String> {
            hits.iter().map(|hit| hit.workflow.as_ref().unwrap().0.to_string()).collect()
        };
        assert_eq!(
            (ids(&first.hits), ids(&rest.hits)),
            (
                ["1", "1", "2", "2"].map(str::to_owned).to_vec(),
                ["3", "3", "4", "4", "5", "5", "6", "6"].map(str::to_owned).to_vec()
            )
        );
    }
}

#[tokio::test]
async fn what_is_not_derived_yet_is_counted_and_a_search_of_texts_needs_it_not() {
    let world = World::new();
    let id = world.customer("Acme", |customer| {
        customer.derived = VERSION - 1;
        customer.workflows_count = 7;
    });
    let id = id.await;
    world.store(&id, 48, "W", "https://needle.example.com", None).await;
    let customers = [id];

    let found = world.page(&customers, &host("needle"), None, 50).await;
    assert_eq!((found.hits.len(), found.not_indexed), (2, 7));
    assert_eq!(world.page(&customers, &Query::Text(Needle::new("needle")), None, 50).await.not_indexed, 0);
}

#[tokio::test]
async fn the_users_of_a_workflow_name_its_id_or_its_whole_name() {
    let world = World::new();
    let id = world.customer("Acme", |_| {}).await;
    for (n, target) in [
        (1, json!({"workflow_id": "48"})),
        (2, json!({"workflow_name": "dunning Main"})),
        (3, json!({"workflow_id": "481", "workflow_name": "Dunning"})),
    ] {
        let task = json!({"id": 1, "name": "Run", "action_type": "Execute::WorkflowTask", "parameters": target});
        let export = json!({"workflow": {"id": 1}, "tasks": [task]}).to_string();
        let workflow = world.store(&id, n, "Caller", "x", None).await;
        let derived = Derived::of(&Definition::parse(export.as_bytes()).unwrap());
        let put = Put::new(&id, workflow, 1, None, None).unwrap().with_derived(&id, &derived).unwrap();
        world.shelves.workflows.put(&id, &put).await.unwrap();
    }

    let query = Query::UsedBy("48".parse().unwrap(), Some("dunning main".to_owned()));
    let found = world.page(&[id], &query, None, 50).await;

    let by: Vec<_> = found
        .hits
        .iter()
        .map(|hit| hit.workflow.as_ref().unwrap())
        .map(|(id, _, place)| (id.as_str(), place.is_by_name))
        .collect();
    assert_eq!(by, [("1", false), ("2", true)]);
}

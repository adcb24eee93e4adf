//! Answers that would exceed Lambda's limit: lists end early, and a single object that is too large can be read in parts.

use bytes::Bytes;
use serde_json::{Value, json};
use shared::http::response_size::{MOST, weight};
use tests::simulator::{Simulator, Workflow};

use crate::world::World;

/// The size of Zuora's largest export in bytes.
const LARGEST: usize = 20 * 1024 * 1024;

/// An export of `tasks` tasks of `bytes` bytes each, with quotes, line breaks and characters of several bytes in them.
fn export(tasks: usize, bytes: usize) -> String {
    let text = "\\\"net 30\\\" \\n f\u{fc}r \u{1f600} ".repeat(bytes / 26);
    let task = |id: usize| format!(r#"{{"id":{id},"name":"Task {id}","parameters":{{"code":"{text}"}}}}"#);
    let tasks: Vec<_> = (1..=tasks).map(task).collect();
    format!(r#"{{"workflow":{{"id":1}},"tasks":[{}],"linkages":[]}}"#, tasks.join(","))
}

fn workflow(id: u64, export: String) -> Workflow {
    Workflow { id, raw_export: Some(Bytes::from(export)), ..Workflow::named(&format!("Large {id:03}")) }
}

/// Reads a list to its end: its items, and the number of pages. Every answer is measured in the form that Lambda sends.
async fn all(world: &World, path: &str) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let answer = world.api.get(&format!("{path}{cursor}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(weight(answer.text.as_bytes()) <= MOST, "{} bytes", answer.text.len());
        items.extend(answer.body["items"].as_array().unwrap().clone());
        pages += 1;
        let separator = if path.contains('?') { '&' } else { '?' };
        match answer.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("{separator}cursor={next}"),
            None => return (items, pages),
        }
    }
}

#[tokio::test]
async fn a_list_with_tasks_ends_early_and_goes_on_with_its_cursor() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("fat");
    for id in 1..=20 {
        tenant.add(workflow(id, export(3, 150_000)));
    }
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    let (items, pages) = all(&world, &format!("/v1/customers/{id}/workflows?include=tasks&limit=200")).await;

    let names: Vec<_> = items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, (1..=20).map(|id| format!("Large {id:03}")).collect::<Vec<_>>(), "each once, in order");
    assert!(items.iter().all(|item| item["tasks"].as_array().unwrap().len() == 3));
    assert!(pages > 1, "nine megabytes");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_definition_of_twenty_megabytes_can_be_had_whole_and_hides_no_other_workflow() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("largest");
    let mut huge = export(40, 500_000);
    huge.push_str(&" ".repeat(LARGEST - huge.len()));
    tenant.add(workflow(1, export(1, 100)));
    tenant.add(workflow(2, huge.clone()));
    tenant.add(workflow(3, export(1, 7_000_000)));
    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    let path = format!("/v1/customers/{id}/workflows/2");

    let refused = world.api.get(&format!("{path}/definition")).await;
    assert_eq!((refused.status, &refused.body["type"]), (413, &json!("/problems/too-large")), "{}", refused.text);
    let parts = refused.body["parts"].as_u64().unwrap();
    let mut whole = String::new();
    let mut tags = Vec::new();
    for part in 1..=parts {
        let answer = world.api.get(&format!("{path}/definition?part={part}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(weight(answer.text.as_bytes()) <= MOST);
        assert_eq!(answer.headers["definition-parts"], parts.to_string().as_str());
        tags.push(answer.headers["etag"].clone());
        whole.push_str(&answer.text);
    }
    assert!(whole == huge, "the parts make up the whole");
    tags.dedup();
    assert_eq!((tags.len(), parts > 3), (1, true));
    world.api.get(&format!("{path}/definition?part={}", parts + 1)).await.expect(404);
    world.api.get(&format!("{path}/definition?part=0")).await.expect(400);

    let (tasks, pages) = all(&world, &format!("{path}/tasks")).await;
    let ids: Vec<_> = tasks.iter().map(|task| task["id"].as_str().unwrap().parse::<usize>().unwrap()).collect();
    assert_eq!(ids, (1..=40).collect::<Vec<usize>>());
    assert!(pages > 1);
    let alone = world.api.get(&format!("{path}?include=tasks")).await;
    assert_eq!((alone.status, &alone.body["type"]), (413, &json!("/problems/too-large")), "{}", alone.text);
    let single = world.api.get(&format!("/v1/customers/{id}/workflows/3/tasks")).await;
    assert_eq!(single.status, 413, "one task is larger than an answer: {}", single.text);
    let (listed, _) = all(&world, &format!("/v1/customers/{id}/workflows?include=tasks")).await;
    let told: Vec<_> = listed.iter().map(|item| (item["tasks"].is_array(), item["tasks_left_out"] == true)).collect();
    assert_eq!(told, [(true, false), (false, true), (false, true)]);
    world.remove(&id).await;
}

#[tokio::test]
async fn workflows_with_enormous_fields_are_listed_page_by_page() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("wordy");
    for id in 1..=30 {
        let description = Some("\u{e9}\"\n".repeat(25_000));
        tenant.add(Workflow { id, description, ..Workflow::named(&format!("Wordy {id}")) });
    }
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    for path in [format!("/v1/customers/{id}/workflows?limit=200"), "/v1/workflows?name=wordy&limit=200".to_owned()] {
        let (items, pages) = all(&world, &path).await;
        let mine = items.iter().filter(|item| item["customer_id"] == id.as_str()).count();
        assert!(mine == 30 && pages > 1, "{mine} in {pages} pages");
    }
    world.remove(&id).await;
}

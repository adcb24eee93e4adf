//! The record of what syncs changed: per workflow, and per customer as a feed that misses nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::simulator::{Effect, Fault, Restless, Route, Shape, Workflow};

use crate::{
    upstream::{stats, tenant},
    world::World,
};

/// Reads a customer's feed from a path on, up to the horizon: all items, and the last resume cursor.
async fn read_on(world: &World, path: &str) -> (Vec<Value>, String) {
    let mut items = Vec::new();
    let mut page = world.api.get(path).await.expect(200);
    loop {
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        let resume = page["resume_cursor"].as_str().unwrap().to_owned();
        let Some(cursor) = page["next_cursor"].as_str() else { return (items, resume) };
        assert_eq!(cursor, resume);
        let joint = if path.contains('?') { '&' } else { '?' };
        page = world.api.get(&format!("{path}{joint}cursor={cursor}")).await.expect(200);
    }
}

/// Reads the feed until it shows `count` changes, which takes a few seconds after they were made.
async fn settled(world: &World, path: &str, count: usize) -> (Vec<Value>, String) {
    world.wait_until("the changes are in the feed", async || read_on(world, path).await.0.len() >= count).await;
    read_on(world, path).await
}

fn ids(changes: &[Value]) -> BTreeSet<&str> {
    changes.iter().map(|change| change["zuora_id"].as_str().unwrap()).collect()
}

/// An export with these tasks, each linked to the one before; ids begin at `first`.
fn export(first: u64, tasks: &[(&str, &str)]) -> Value {
    let made = tasks.iter().zip(first..).map(|((name, url), id)| {
        json!({"id": id, "name": name, "action_type": "Callout", "task_id": null, "parameters": {"url": url}})
    });
    let links = (first..).take(tasks.len()).map(|id| {
        let (workflow, task) = if id == first { (Some(first), None) } else { (None, Some(id - 1)) };
        json!({"source_workflow_id": workflow, "source_task_id": task, "target_task_id": id, "linkage_type": "Success"})
    });
    json!({
        "workflow": {"id": first, "priority": "Medium"},
        "tasks": made.collect::<Vec<_>>(), "linkages": links.collect::<Vec<_>>(),
    })
}

#[tokio::test]
async fn a_workflows_changes_tell_versions_fields_tasks_and_linkages() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("history", 6);
    let told = tenant.add(Workflow {
        export: Some(export(100, &[("Get", "a"), ("Send", "a"), ("Old", "a")])),
        ..Workflow::named("Told")
    });
    let (id, first) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}/workflows/{told}/changes");
    let created = world.api.get(&path).await.expect(200)["items"][0].clone();
    assert_eq!((&created["kind"], &created["job_id"]), (&json!("created"), &first["id"]), "{created}");
    assert_eq!(
        created["tasks"],
        json!({
            "added": [], "removed": [], "renamed": [], "edited": [],
            "counts": {"added": 3, "removed": 0, "renamed": 0, "edited": 0},
        })
    );

    let version = || tenant.workflow(told).unwrap().active_version.unwrap().version;
    let before = version();
    let published = export(900, &[("Get", "a"), ("Send", "https://secret.example.com/token"), ("New", "b")]);
    tenant.edit(told, |workflow| workflow.export = Some(published));
    let job = world.sync(&id).await;

    assert_eq!(stats(&job), [0, 1, 6, 0, 7, 0], "{job}");
    let changes = world.api.get(&path).await.expect(200);
    let change = &changes["items"][0];
    assert_eq!((&change["kind"], &change["job_id"], &change["name"]), (&json!("updated"), &job["id"], &json!("Told")));
    assert_eq!(change["version"], json!({"before": before, "after": version()}), "{change}");
    let fields: Vec<_> =
        change["fields"].as_array().unwrap().iter().map(|field| field["field"].as_str().unwrap()).collect();
    assert!(fields.contains(&"active_version"), "{change}");
    assert_eq!(change["class_of"]["active_version"], "bookkeeping", "{change}");
    let callout = |name: &str| json!({"name": name, "action_type": "Callout"});
    let edits = json!({
        "added": [callout("New")], "removed": [callout("Old")],
        "renamed": [],
        "edited": [{
            "name": "Send", "action_type": "Callout", "fields": ["parameters.url"], "class": "logic",
            "class_of": {"parameters.url": "logic"},
        }],
        "counts": {"added": 1, "removed": 1, "renamed": 0, "edited": 1},
    });
    assert_eq!(change["tasks"], edits);
    let link = |to: &str| json!({"from": callout("Send"), "to": callout(to), "linkage_type": "Success"});
    assert_eq!(
        (&change["linkages"]["added"], &change["linkages"]["removed"]),
        (&json!([link("New")]), &json!([link("Old")]))
    );
    assert!(!changes.to_string().contains("secret.example.com"), "a definition's values are not shown");
    assert_eq!(changes["items"][1], created, "newest first");
    world.remove(&id).await;
}

#[tokio::test]
async fn history_goes_on_over_deletion_and_return() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("returns", 8);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let gone = tenant.workflow(tenant.ids()[0]).unwrap();
    let zuora_id = gone.id;
    tenant.remove(zuora_id);
    world.sync(&id).await;
    tenant.add(Workflow { name: "Back again".into(), ..gone });
    world.sync(&id).await;

    let changes = world.api.get(&format!("/v1/customers/{id}/workflows/{zuora_id}/changes")).await.expect(200);

    let kinds: Vec<_> =
        changes["items"].as_array().unwrap().iter().map(|change| change["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["created", "deleted", "created"]);
    let name = changes["items"][0]["fields"].as_array().unwrap().iter().find(|field| field["field"] == "name").unwrap();
    assert_eq!(name["after"], "Back again", "what is different since it was deleted");
    let page = world.api.get(&format!("/v1/customers/{id}/workflows/{zuora_id}/changes?limit=2")).await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = format!("/v1/customers/{id}/workflows/{zuora_id}/changes?limit=2&cursor={cursor}");
    assert_eq!(world.api.get(&rest).await.expect(200)["items"], json!([changes["items"][2]]));
    assert_eq!(world.api.get(&format!("/v1/customers/{id}/workflows/nobody/changes")).await.status, 404);
    world.remove(&id).await;
}

#[tokio::test]
async fn the_feed_tells_every_change_once_however_it_is_read() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("feed", 30);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}/changes");
    let (first, resume) = settled(&world, &format!("{path}?limit=7"), 30).await;
    assert_eq!((first.len(), ids(&first).len()), (30, 30), "each once, in pages of seven");
    assert!(first.is_sorted_by_key(|change| change["at"].as_str().unwrap().to_owned()), "oldest first");
    let workflows = tenant.ids();
    tenant.edit(workflows[3], |workflow| workflow.name = "Renamed".into());
    tenant.remove(workflows[4]);
    let added = tenant.add(Workflow::named("Added"));
    world.sync(&id).await;

    let (later, end) = settled(&world, &format!("{path}?limit=7&cursor={resume}"), 3).await;

    let told: BTreeSet<_> =
        later.iter().map(|change| (change["zuora_id"].as_str().unwrap(), change["kind"].as_str().unwrap())).collect();
    let (renamed, removed, added) = (workflows[3].to_string(), workflows[4].to_string(), added.to_string());
    let expected = [(renamed.as_str(), "updated"), (removed.as_str(), "deleted"), (added.as_str(), "created")];
    assert_eq!(told, expected.into());
    let (nothing, _) = read_on(&world, &format!("{path}?limit=7&cursor={end}")).await;
    assert!(nothing.is_empty(), "{nothing:?}");
    let (deleted, _) = read_on(&world, &format!("{path}?kind=deleted")).await;
    assert_eq!(ids(&deleted), [removed.as_str()].into());
    let since = later[0]["at"].as_str().unwrap();
    assert_eq!(read_on(&world, &format!("{path}?since={since}")).await.0, later);
    assert_eq!(
        world.api.get(&format!("{path}?kind=deleted&cursor={end}")).await.status,
        400,
        "another filter's cursor"
    );
    assert_eq!(world.api.get(&format!("{path}?kind=gone")).await.status, 400);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_running_syncs_changes_appear_when_its_run_is_over_so_that_a_reader_misses_none() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("late-writes", 12);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}/changes");
    let (_, resume) = settled(&world, &path, 12).await;
    for workflow in tenant.ids() {
        tenant.edit(workflow, |workflow| workflow.name.push('!'));
    }
    let hold = tenant.hold(Route::Export.workflow(*tenant.ids().last().unwrap()));
    let job = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;
    let own = |change: &Value| change["job_id"] == job.as_str();
    let first = tenant.ids()[0];
    let changes = format!("/v1/customers/{id}/workflows/{first}/changes");
    world
        .wait_until("the first is written", async || own(&world.api.get(&changes).await.expect(200)["items"][0]))
        .await;
    // Once the feed shows a later sync of another customer, it shows all that this one has written so far.
    let (other_zuora, other) = self::tenant("settles", 1);
    let (other_id, _) = world.create_and_sync(&other, &other_zuora.base_url()).await;
    settled(&world, &format!("/v1/customers/{other_id}/changes"), 1).await;

    let (early, place) = read_on(&world, &format!("{path}?cursor={resume}")).await;
    hold.release();
    world.wait_for_job(&job).await;

    assert!(early.is_empty(), "{early:?}");
    let (later, _) = settled(&world, &format!("{path}?cursor={place}"), 12).await;
    assert!(later.len() == 12 && later.iter().all(own), "{later:?}");
    for id in [&id, &other_id] {
        world.remove(id).await;
    }
}

#[tokio::test]
async fn what_was_not_stored_left_no_change_and_what_is_unchanged_neither() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("no-change", 10);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let edited = tenant.ids()[2];
    tenant.edit(edited, |workflow| workflow.name = "Edited".into());
    tenant.fault(Fault::export().workflow(edited).always().effect(Effect::TruncateJson));
    assert_eq!(world.sync(&id).await["stats"]["errors"], 1);
    tenant.clear_faults();
    let changes = format!("/v1/customers/{id}/workflows/{edited}/changes");
    assert_eq!(world.api.get(&changes).await.expect(200)["items"].as_array().unwrap().len(), 1);

    world.sync(&id).await;
    world.sync(&id).await;

    assert_eq!(world.api.get(&changes).await.expect(200)["items"].as_array().unwrap().len(), 2);
    let (all, _) = settled(&world, &format!("/v1/customers/{id}/changes"), 11).await;
    assert_eq!(all.len(), 11);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_cloned_version_of_any_shape_is_bookkeeping_that_lists_leave_out_and_a_moved_task_is_layout() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("meaning", 0);
    let of = |name: &str| Workflow { tasks: 7, shapes: Shape::ALL.into(), ..Workflow::named(name) };
    let (cloned, moved) = (
        tenant.add(of("Cloned")),
        tenant.add(Workflow { export: Some(export(100, &[("Get", "a"), ("Send", "a")])), ..Workflow::named("Moved") }),
    );
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.clone_version(cloned);
    let mut elsewhere = export(100, &[("Get", "a"), ("Send", "a")]);
    elsewhere["tasks"][1]["css"] = json!({"top": "90px"});
    tenant.alter(moved, |workflow| workflow.export = Some(elsewhere));
    world.let_a_day_pass(&id).await;

    let job = world.sync(&id).await;

    assert_eq!(stats(&job), [0, 2, 0, 0, 2, 0], "{job}");
    let changes = async |workflow: u64, query: &str| {
        let path = format!("/v1/customers/{id}/workflows/{workflow}/changes{query}");
        world.api.get(&path).await.expect(200)["items"].as_array().unwrap().clone()
    };
    for workflow in [cloned, moved] {
        assert_eq!(changes(workflow, "").await.len(), 1, "only its creation");
    }
    let clone = &changes(cloned, "?class=all").await[0];
    assert_eq!(
        (&clone["classes"], &clone["settings"]),
        (&json!(["bookkeeping"]), &json!(["workflow.version"])),
        "{clone}"
    );
    let none = json!({"added": 0, "removed": 0, "renamed": 0, "edited": 0});
    assert_eq!((&clone["tasks"]["counts"], &clone["linkages"]["counts"]), (&none, &none), "{clone}");
    let move_ = &changes(moved, "?class=layout,trigger").await[0];
    assert_eq!((&move_["classes"], &move_["tasks"]["edited"][0]["fields"]), (&json!(["layout"]), &json!(["css.top"])));
    let unknown = world.api.get(&format!("/v1/customers/{id}/changes?class=colour")).await;
    assert!(unknown.status == 400 && unknown.text.contains("class"), "{}", unknown.text);
    world.remove(&id).await;
}

#[tokio::test]
async fn the_newest_changes_come_first_and_those_of_one_sync_by_themselves() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("newest", 9);
    let (id, first) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let edited = tenant.ids()[4];
    tenant.edit(edited, |workflow| workflow.name = "Edited".into());
    let second = world.sync(&id).await;
    let read = async |query: &str| world.api.get(&format!("/v1/customers/{id}/changes{query}")).await.expect(200);

    let newest = read("?order=newest&limit=4").await;
    let items = newest["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["name"], &items[0]["job_id"]), (4, &json!("Edited"), &second["id"]));
    assert!(newest.get("resume_cursor").is_none(), "what is newest cannot be followed");
    let mut all = items.clone();
    let mut cursor = newest["next_cursor"].as_str().map(str::to_owned);
    while let Some(next) = cursor {
        let page = read(&format!("?order=newest&limit=4&cursor={next}")).await;
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        cursor = page["next_cursor"].as_str().map(str::to_owned);
    }
    assert_eq!((all.len(), ids(&all).len()), (10, 9));
    assert!(all.iter().rev().is_sorted_by_key(|change| change["at"].as_str().unwrap().to_owned()));
    for (job, count) in [(&first, 9), (&second, 1)] {
        let job = job["id"].as_str().unwrap();
        for order in ["newest", "oldest"] {
            let path = format!("/v1/customers/{id}/changes?job_id={job}&order={order}");
            world
                .wait_until("the sync's changes are told", async || {
                    world.api.get(&path).await.expect(200)["items"].as_array().unwrap().len() == count
                })
                .await;
        }
    }
    assert_eq!(read(&format!("?job_id=job_{}", "0".repeat(32))).await["items"], json!([]));
    world.remove(&id).await;
}

#[tokio::test]
async fn exports_that_differ_in_bytes_alone_are_rewritten_and_told_to_nobody() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("restless", 0);
    let restless = Restless { shuffle: true, nulls: true, crlf: true };
    for name in ["One", "Two", "Three"] {
        tenant.add(Workflow { tasks: 6, shapes: Shape::ALL.into(), restless, ..Workflow::named(name) });
    }
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    world.let_a_day_pass(&id).await;

    let job = world.sync(&id).await;

    assert_eq!((stats(&job), &job["stats"]["rewritten"]), ([0, 0, 3, 0, 3, 0], &json!(3)), "{job}");
    let (all, _) = settled(&world, &format!("/v1/customers/{id}/changes?class=all"), 3).await;
    assert_eq!(all.len(), 3, "the creations");
    world.remove(&id).await;
}

//! Workflows that cannot be exported, read or stored: each fails alone, keeps its old copy and is repaired later. And content
//! that is only unusual: it is stored exactly. Rows R19, R29, R30 and R43 of docs/reliability.md.

use std::{collections::HashMap, fs};

use serde_json::{Value, json};
use tests::simulator::{Effect, Fault, Reply, Route, Workflow};

use crate::{
    upstream::{create_unverified, listed, stats, tenant},
    world::World,
};

/// The peak memory of the syncing process in bytes, whatever Zuora sends: half of what the template gives it.
const MEMORY: u64 = 256 * 1024 * 1024;

/// The stored definitions of some workflows, as the API gives them.
async fn definitions(world: &World, customer: &str, workflows: &[u64]) -> Vec<String> {
    let mut texts = Vec::new();
    for workflow in workflows {
        let path = format!("/v1/customers/{customer}/workflows/{workflow}/definition");
        texts.push(world.api.get(&path).await.text);
    }
    texts
}

#[tokio::test]
async fn an_export_that_fails_in_any_way_fails_only_its_own_workflow() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("exports", 14);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let ways = [
        (Fault::export().status(500), "transient"),
        (Fault::export().html(502), "transient"),
        (Fault::export().effect(Effect::Reset), "transient"),
        (Fault::export().effect(Effect::TruncateBody), "transient"),
        (Fault::export().effect(Effect::TruncateJson), "transient"),
        (Fault::export().html(200), "transient"),
        (Fault::export().status(200).body(""), "transient"),
        (Fault::export().status(200).body(json!({"workflow": {}, "tasks": 7})), "transient"),
        (Fault::export().unsuccessful(53_100_020, "No"), "transient"),
        (Fault::export().status(400), "bug"),
        (Fault::export().effect(Effect::Huge(21_000_000)), "too_large"),
    ];
    let broken = tenant.ids()[..ways.len()].to_vec();
    let before = definitions(&world, &id, &broken).await;
    let sound = tenant.ids()[12];
    for workflow in broken.iter().chain([&sound]) {
        tenant.edit(*workflow, |workflow| workflow.tasks += 1);
    }
    tenant.remove(tenant.ids()[13]);
    let mut expected = HashMap::new();
    for (workflow, (fault, class)) in broken.iter().zip(ways) {
        tenant.fault(fault.workflow(*workflow).always());
        expected.insert(json!(workflow.to_string()), json!(class));
    }

    let job = world.sync(&id).await;

    // The listing was whole, so the deletion counts: it does not depend on exports.
    assert_eq!((&job["state"], stats(&job)), (&json!("incomplete"), [0, 1, 1, 1, 13, 11]), "{job}");
    let errors = job["errors"].as_array().unwrap().iter();
    let classes: HashMap<_, _> = errors.map(|error| (error["workflow_id"].clone(), error["class"].clone())).collect();
    assert_eq!(classes, expected);
    assert!(definitions(&world, &id, &broken).await == before, "an old copy was lost");
    tenant.clear_faults();
    assert_eq!(stats(&world.sync(&id).await), [0, 11, 2, 0, 13, 0], "and the next sync makes them good");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_workflow_that_vanishes_between_listing_and_export_keeps_its_last_copy() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("vanishing", 5);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let edited = tenant.ids()[2];
    let before = definitions(&world, &id, &[edited]).await;
    tenant.edit(edited, |workflow| workflow.name = "Edited, then removed".into());
    let hold = tenant.hold(Route::Export);
    let asked = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;
    tenant.remove(edited);
    hold.release();

    let job = world.wait_for_job(&asked).await;

    assert_eq!(job["stats"]["deleted"], 0, "{job}");
    assert!(definitions(&world, &id, &[edited]).await == before, "nothing better came, and the last copy went");
    assert_eq!(stats(&world.sync(&id).await), [0, 0, 4, 1, 4, 0]);
    assert!(definitions(&world, &id, &[edited]).await == before, "it is not kept with the deleted workflow");
    world.remove(&id).await;
}

#[tokio::test]
async fn strange_content_is_stored_to_the_letter() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("strange", 0);
    let names = [
        "x".repeat(10_000),
        "🧾🚀 naïve Zürich 請求書".to_owned(),
        "\u{202e}gnp.exe\u{202c} \u{200f}שלום".to_owned(),
        "<script>alert(1)</script><img src=x onerror=alert(1)>".to_owned(),
        "=HYPERLINK(\"http://evil.example\") ' -- ; DROP TABLE".to_owned(),
        "  spaces around\tand a\nline  ".to_owned(),
        "a \u{0} zero and a \u{7f}".to_owned(),
        String::new(),
    ];
    let named: Vec<(u64, &String)> = names.iter().map(|name| (tenant.add(Workflow::named(name)), name)).collect();
    let without_id = tenant.add(Workflow::named("without_id"));
    tenant.fault(listed(Fault::list().always(), move |items| {
        for item in items {
            item["futureField"] = json!({"nested": [1, null, "🧾"]});
            if item["id"] == without_id {
                item["name"] = Value::Null;
            }
        }
    }));

    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [9, 0, 0, 0, 9, 0]), "{job}");
    let workflows = world.workflows(&id).await;
    for (workflow, name) in named {
        let shown = world.api.get(&format!("/v1/customers/{id}/workflows/{workflow}")).await.expect(200);
        assert_eq!(shown["name"], name.as_str());
        assert_eq!(workflows[&workflow.to_string()]["name"], name.as_str());
    }
    assert_eq!(workflows[&without_id.to_string()]["name"], Value::Null);
    let item = world.item(&format!("CUSTOMER#{id}"), &format!("WORKFLOW#{without_id}")).await.unwrap();
    assert!(item["listed"].as_s().unwrap().contains(r#""futureField":{"nested":[1,null,"🧾"]}"#), "{item:?}");
    assert_eq!(stats(&world.sync(&id).await), [0, 0, 9, 0, 9, 0], "and is the same the next time");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_workflow_too_large_for_its_record_fails_alone_and_keeps_its_old_copy() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("swollen", 5);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let swollen = tenant.ids()[2];
    let path = format!("/v1/customers/{id}/workflows/{swollen}");
    let (before, definition) = (world.api.get(&path).await.expect(200), definitions(&world, &id, &[swollen]).await);
    tenant.edit(swollen, |workflow| workflow.description = Some("x".repeat(450_000)));
    tenant.edit(tenant.ids()[3], |workflow| workflow.name = "Changed too".into());

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("incomplete"), [0, 1, 3, 0, 5, 1]), "{job}");
    assert_eq!(
        (&job["errors"][0]["class"], &job["errors"][0]["workflow_id"]),
        (&json!("too_large"), &json!(swollen.to_string()))
    );
    assert_eq!(world.api.get(&path).await.expect(200)["description"], before["description"]);
    assert!(definitions(&world, &id, &[swollen]).await == definition, "the old definition was lost");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_definition_of_megabytes_comes_back_byte_for_byte_and_is_kept_whole_when_it_shrinks() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("megabytes", 2);
    let large = tenant.ids()[0];
    let noise: String = std::iter::repeat_with(fastrand_hex).take(100_000).collect();
    let export = json!({"workflow": {"id": large, "noise": noise}, "tasks": [], "linkages": []});
    tenant.alter(large, |workflow| workflow.export = Some(export.clone()));

    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [2, 0, 0, 0, 2, 0]), "{job}");
    let [stored] = &definitions(&world, &id, &[large]).await[..] else { panic!("one definition") };
    let original = export.to_string();
    assert!(*stored == original, "{} bytes of {}", stored.len(), original.len());
    let chunks = async || {
        let items = world.partition(&world.stack.table_name, &format!("CUSTOMER#{id}")).await;
        let prefix = format!("DEFINITION#{large}#");
        items.iter().filter(|item| item["SK"].as_s().unwrap().starts_with(&prefix)).count()
    };
    assert!(chunks().await >= 3, "{} chunks", chunks().await);
    tenant.edit(large, |workflow| workflow.export = None);
    assert_eq!(stats(&world.sync(&id).await), [0, 1, 1, 0, 2, 0]);
    assert!(chunks().await >= 4, "the old ones are kept");
    let path = format!("/v1/customers/{id}/workflows/{large}");
    let earlier = world.api.get(&format!("{path}/definitions")).await.expect(200)["items"][1].clone();
    let read = world.api.get(&format!("{path}/definition?hash={}", earlier["hash"].as_str().unwrap())).await;
    assert!(read.text == original, "{}: {} bytes of {}", read.status, read.text.len(), original.len());
    world.remove(&id).await;
}

fn fastrand_hex() -> String {
    format!("{:016x}", fastrand::u64(..))
}

#[tokio::test]
async fn an_answer_of_fifty_megabytes_is_cut_off_and_memory_stays_flat() {
    let world = World::connect().await;
    let plain = |_: &_, mut reply: Reply| {
        let mut body = reply.body.to_vec();
        body.resize(50_000_000, b' ');
        reply.body = body.into();
        reply.with_header("content-encoding", "identity")
    };
    for (way, fault) in [("bomb", Fault::list().effect(Effect::Huge(50_000_000))), ("plain", Fault::list().with(plain))]
    {
        let (simulator, tenant) = tenant(way, 3);
        tenant.fault(fault.always());
        let (id, job) = create_unverified(&world, &tenant, &simulator).await;

        let job = world.wait_for_job(&job).await;

        assert_eq!((&job["state"], &job["error"]["class"]), (&json!("failed"), &json!("too_large")), "{way}: {job}");
        // In pages of fifty, of ten, and a few of one: asking on would bring the same.
        assert_eq!(tenant.count(Route::List), 6, "{way}");
        world.remove(&id).await;
    }

    let (simulator, tenant) = tenant("exports of 15 MB", 8);
    tenant.fault(Fault::export().always().with(|_, mut reply: Reply| {
        // What Zuora refuses (a draft has no active version) stays as small as it is.
        if reply.status == 200 {
            let mut body = reply.body.to_vec();
            body.resize(15_000_000, b' ');
            reply.body = body.into();
        }
        reply
    }));
    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [8, 0, 0, 0, 8, 0]), "{job}");
    let peak = peak_memory(&world);
    assert!(peak.is_none_or(|peak| peak < MEMORY), "a sync process once took {peak:?} bytes");
    world.remove(&id).await;
}

/// The peak memory of all processes of this stack's `sync`, in bytes; none if the system does not report it.
fn peak_memory(world: &World) -> Option<u64> {
    let function = format!("AWS_LAMBDA_FUNCTION_NAME={}", world.stack.functions["sync"]);
    let endpoint = format!("AWS_ENDPOINT_URL={}", world.stack.emulator_url);
    let peak = |process: fs::DirEntry| {
        let environment = fs::read(process.path().join("environ")).ok()?;
        let has = |wanted: &String| environment.split(|byte| *byte == 0).any(|one| one == wanted.as_bytes());
        let status =
            fs::read_to_string(process.path().join("status")).ok().filter(|_| has(&function) && has(&endpoint))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
    };
    fs::read_dir("/proc").ok()?.filter_map(|process| peak(process.ok()?)).max()
}

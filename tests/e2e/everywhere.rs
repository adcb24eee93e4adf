//! The search through everything, and where-used: through the deployed stack.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::{aws::keys, domain::derived::VERSION};
use tests::simulator::{Route, Simulator, Tenant, Workflow};

use crate::{
    engine::{Death, Engine, LAMBDA, Wire},
    people::Person,
    world::{Api, World},
};

/// The kinds that read what definitions refer to, and texts.
const KINDS: [&str; 8] = ["text", "field", "object", "host", "email", "constant", "workflow", "action_type"];

/// A workflow whose only task has one reference of each kind, each with `mark` in it.
fn needles(name: &str, mark: &str) -> Workflow {
    let task = json!({
        "id": 700, "name": format!("Task {mark}"), "action_type": "Execute::WorkflowTask", "object": format!("Object{mark}"),
        "parameters": {
            "workflow_name": format!("Target {mark}"),
            "url": format!("https://{mark}.example.com/x"),
            "email": {"to": [format!("{mark}@example.com")]},
            "deep": [{"list": [{"raw_body": json!({"a": format!("{{{{ Data.Account.F{mark} }}}}")}).to_string()}]}],
            "headers": [{"key": "Authorization", "value": format!("Bearer secret{mark} {{{{ GlobalConstants.K{mark} }}}}")}],
            "oauth2": {"client_secret": format!("secret{mark}"), "client_id": "visible"},
        },
    });
    let kind = json!({"id": 701, "name": "Kind", "action_type": format!("Quantum::A{mark}"), "parameters": {}});
    let export = json!({"workflow": {"id": 1, "name": name}, "tasks": [task, kind], "linkages": []});
    Workflow { export: Some(export), ..Workflow::named(name) }
}

/// A mark that is in no other test's names.
fn mark() -> String {
    format!("m{}", uuid::Uuid::now_v7().simple())
}

async fn search(api: &Api, query: &str) -> Value {
    api.get(&format!("/v1/search?{query}")).await.expect(200)
}

fn texts<'a>(answer: &'a Value, field: &str) -> Vec<&'a str> {
    answer["items"].as_array().unwrap().iter().map(|item| item[field].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn what_is_planted_is_found_by_each_kind_and_a_secret_by_none() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("needles");
    let mark = mark();
    let workflow = tenant.add(needles(&format!("Name {mark}"), &mark));
    tenant.add(Workflow::named("Other"));
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    for kind in KINDS {
        let found = search(&world.api, &format!("q={}&kind={kind}&customer_id={id}", mark.to_uppercase())).await;
        let first = &found["items"][0];
        assert_eq!(
            (&found["complete"], &found["not_indexed"], &found["next_cursor"]),
            (&json!(true), &json!(0), &Value::Null),
            "{kind}: {found}"
        );
        assert_eq!(
            (&first["customer_id"], &first["workflow_id"]),
            (&json!(id), &json!(workflow.to_string())),
            "{kind}: {found}"
        );
        assert_eq!(
            (&first["found"], first["workflow_name"].as_str()),
            (&json!("workflow"), Some(format!("Name {mark}").as_str())),
            "{kind}"
        );
        assert!(first["task_id"] == "700" || first["task_id"] == "701", "{kind}: {found}");
        assert!(!found.to_string().contains(&format!("secret{mark}")), "{kind}: {found}");
    }
    let path = |kind: &str| format!("q={mark}&kind={kind}");
    assert_eq!(texts(&search(&world.api, &path("email")).await, "path"), ["parameters.email.to[0]"]);
    assert_eq!(texts(&search(&world.api, &path("field")).await, "path"), ["parameters.deep[0].list[0].raw_body.a"]);
    for (kind, q) in [
        ("field", format!("Data.Account.F{mark}")),
        ("field", format!("account.f{mark}")),
        ("constant", format!("GlobalConstants.K{mark}")),
    ] {
        assert_eq!(
            search(&world.api, &format!("q={q}&kind={kind}")).await["items"].as_array().unwrap().len(),
            1,
            "{q}"
        );
    }
    for kind in KINDS.into_iter().chain(["name"]) {
        let found = search(&world.api, &format!("q=secret{mark}&kind={kind}")).await;
        assert_eq!(found["items"], json!([]), "{kind}");
    }
    // Names and ids, by the same call.
    let by_name = search(&world.api, &format!("q=ame%20{mark}")).await;
    assert_eq!(
        (texts(&by_name, "workflow_id"), texts(&by_name, "found")),
        (vec![workflow.to_string().as_str()], vec!["workflow"])
    );
    let by_id = search(&world.api, &format!("q={workflow}&customer_id={id}")).await;
    assert_eq!(texts(&by_id, "workflow_id"), [workflow.to_string()]);
    assert_eq!(texts(&search(&world.api, &format!("q={id}")).await, "found"), ["customer"]);
    let job = world.jobs_of(&id).await[0]["id"].as_str().unwrap().to_owned();
    let by_job = search(&world.api, &format!("q={job}")).await;
    assert_eq!(
        (texts(&by_job, "found"), texts(&by_job, "job_id"), texts(&by_job, "customer_id")),
        (vec!["job"], vec![job.as_str()], vec![id.as_str()])
    );

    // What is deleted is found no more, and again when it is back.
    let copy = tenant.workflow(workflow).unwrap();
    tenant.remove(workflow);
    assert_eq!(world.sync(&id).await["stats"]["deleted"], 1);
    for kind in KINDS.into_iter().chain(["name"]) {
        assert_eq!(search(&world.api, &format!("q={mark}&kind={kind}")).await["items"], json!([]), "{kind}");
    }
    tenant.add(copy);
    world.sync(&id).await;
    assert_eq!(search(&world.api, &format!("q={mark}&kind=host")).await["items"].as_array().unwrap().len(), 1);
    world.remove(&id).await;
}

#[tokio::test]
async fn nobody_finds_anything_of_a_customer_that_was_not_granted() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let mark = mark();
    let (mut ids, mut jobs) = (Vec::new(), Vec::new());
    for at in 0..2 {
        let tenant = simulator.tenant(&format!("grants {at}"));
        tenant.add(needles(&format!("Name {mark}"), &mark));
        let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
        ids.push(id);
        jobs.push(job["id"].as_str().unwrap().to_owned());
    }
    let person = Person::join(&world, None).await;
    assert_eq!(person.api.get(&format!("/v1/search?q={mark}")).await.status, 403, "nothing is granted yet");

    // None of the two is granted with `view` first, then each, then both.
    for granted in [vec![], vec![0], vec![1], vec![0, 1]] {
        for (at, id) in ids.iter().enumerate() {
            person.grant(&world, id, &[if granted.contains(&at) { "view" } else { "view_any" }]).await;
        }
        let expected: BTreeSet<&str> = granted.iter().map(|at: &usize| ids[*at].as_str()).collect();
        for kind in KINDS.into_iter().chain(["name"]) {
            let found = search(&person.api, &format!("q={mark}&kind={kind}")).await;
            let seen: BTreeSet<_> = texts(&found, "customer_id").into_iter().collect();
            assert_eq!(seen, expected, "{kind}: {granted:?}");
        }
        for (at, (id, job)) in ids.iter().zip(&jobs).enumerate() {
            let sees = usize::from(granted.contains(&at));
            for query in [format!("q={job}"), format!("q={id}")] {
                assert_eq!(search(&person.api, &query).await["items"].as_array().unwrap().len(), sees, "{query}");
            }
            let narrowed = person.api.get(&format!("/v1/search?q={mark}&customer_id={id}")).await;
            assert_eq!(narrowed.status, if sees == 1 { 200 } else { 403 });
        }
    }
    let theirs = world.create_customer(&simulator.tenant("unseen"), &simulator.base_url()).await;
    let narrowed = person.api.get(&format!("/v1/search?q={mark}&customer_id={theirs}")).await;
    assert_eq!(narrowed.status, 404, "what may not be seen is not there");
    person.leave(&world).await;
    for id in ids.iter().chain([&theirs]) {
        world.remove(id).await;
    }
}

#[tokio::test]
async fn pages_go_on_where_they_ended_although_a_sync_replaces_every_definition_meanwhile() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("pages");
    let mark = mark();
    let ids: Vec<u64> = (0..12).map(|at| tenant.add(needles(&format!("W{at}"), &mark))).collect();
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    for (round, kind) in ["host", "text"].into_iter().enumerate() {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = search(&world.api, &format!("q={mark}.example&kind={kind}&limit=5{cursor}")).await;
            seen.extend(texts(&page, "workflow_id").into_iter().map(str::to_owned));
            let Some(next) = page["next_cursor"].as_str() else { break };
            if cursor.is_empty() {
                for workflow in &ids {
                    tenant.edit(*workflow, |workflow| {
                        let export = workflow.export.as_mut().unwrap();
                        export["tasks"][0]["parameters"]["round"] = json!(round);
                    });
                }
                assert_eq!(world.sync(&id).await["stats"]["updated"], 12);
            }
            cursor = format!("&cursor={next}");
        }
        let mut wanted: Vec<_> = ids.iter().map(u64::to_string).collect();
        wanted.sort();
        assert_eq!(seen, wanted, "{kind}: each once, in order");
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_search_is_named() {
    let world = World::connect().await;
    for (query, name, fix) in [
        ("", "q", "required"),
        ("q=ab", "q", "at least 3 characters"),
        ("q=48&kind=text", "q", "at least 3 characters"),
        ("q=Data.ab&kind=field", "q", "at least 3 characters"),
        ("q=abc&kind=secret", "kind", "Use"),
        ("q=abc&customer_id=x", "customer_id", "customer id"),
        ("q=abc&limit=0", "limit", "from 1"),
        ("q=abc&status=x", "status", "no such parameter"),
    ] {
        let answer = world.api.get(&format!("/v1/search?{query}")).await;
        let error = &answer.body["errors"][0];
        assert_eq!((answer.status, error["pointer"].as_str()), (400, Some(name)), "{query}: {}", answer.text);
        assert!(error["detail"].as_str().unwrap().contains(fix), "{query}: {error}");
    }
    let long = "x".repeat(201);
    assert_eq!(world.api.get(&format!("/v1/search?q={long}")).await.status, 400);
}

/// A workflow that runs another one by its id, by its name, or by a call.
fn caller(name: &str, parameters: &Value) -> Workflow {
    let task = json!({"id": 1, "name": "Run", "action_type": "Execute::WorkflowTask", "parameters": parameters});
    let export = json!({"workflow": {"id": 1}, "tasks": [task], "linkages": []});
    Workflow { export: Some(export), ..Workflow::named(name) }
}

#[tokio::test]
async fn a_workflow_tells_what_it_uses_and_who_uses_it() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("uses");
    let target = tenant.add(Workflow::named("Dunning"));
    let twins = [tenant.add(Workflow::named("Twin")), tenant.add(Workflow::named("TWIN"))];
    let by_id = tenant.add(caller("By id", &json!({"workflow_id": target.to_string()})));
    let by_name = tenant.add(caller("By name", &json!({"workflow_name": "dunning"})));
    let by_twin = tenant.add(caller("By twin", &json!({"workflow_name": "Twin"})));
    let call = format!("https://rest.zuora.com/workflows/{target}/run?key={{{{ GlobalConstants.Key }}}}");
    let by_call = tenant.add(caller("By call", &json!({"url": call, "workflow_id": "999"})));
    let files = json!([
        {"id": 101, "name": "Export", "action_type": "Export", "object": "Subscription"},
        {"id": 102, "name": "Each", "action_type": "Iterate", "object": "Subscription__101.csv.zip"},
    ]);
    let export = json!({"workflow": {"id": 1}, "tasks": files, "linkages": []});
    let with_files = tenant.add(Workflow { export: Some(export), ..Workflow::named("Files") });
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let get = async |workflow: u64, what: &str| {
        world.api.get(&format!("/v1/customers/{id}/workflows/{workflow}/{what}")).await.expect(200)
    };

    let used_by = get(target, "used-by").await;
    let mut users: Vec<_> = texts(&used_by, "workflow_id").into_iter().zip(texts(&used_by, "by")).collect();
    users.sort_unstable();
    let (one, two, three) = (by_id.to_string(), by_name.to_string(), by_call.to_string());
    let mut wanted = vec![(one.as_str(), "id"), (two.as_str(), "name"), (three.as_str(), "id")];
    wanted.sort_unstable();
    assert_eq!((users, &used_by["complete"], &used_by["not_indexed"]), (wanted, &json!(true), &json!(0)));
    assert!(used_by["items"].as_array().unwrap().iter().all(|item| item["ambiguous"] == false), "{used_by}");
    let of_twin = get(twins[0], "used-by").await;
    assert_eq!(texts(&of_twin, "workflow_id"), [by_twin.to_string()]);
    assert_eq!(of_twin["items"][0]["ambiguous"], true, "either may be meant");

    let uses = get(by_twin, "uses?kind=workflow").await;
    let named: BTreeSet<_> =
        texts(&json!({"items": uses["items"][0]["workflows"]}), "workflow_id").into_iter().map(str::to_owned).collect();
    assert_eq!((named, &uses["items"][0]["ambiguous"]), (twins.iter().map(u64::to_string).collect(), &json!(true)));
    let uses = get(by_call, "uses").await;
    let of = |kind: &str| {
        uses["items"].as_array().unwrap().iter().filter(|item| item["kind"] == kind).cloned().collect::<Vec<_>>()
    };
    assert_eq!(of("constant")[0]["value"], "globalconstants.key");
    assert_eq!(of("host")[0]["value"], "rest.zuora.com");
    let workflows = of("workflow");
    let found = |value: &str| &workflows.iter().find(|item| item["value"] == value).unwrap()["workflows"];
    assert_eq!(found(&target.to_string())[0]["workflow_name"], "Dunning");
    assert_eq!(found("999"), &json!([]), "it is not in the copy");
    let file = &get(with_files, "uses?kind=file").await["items"][0];
    assert_eq!((&file["made_by"], &file["task_name"]), (&json!("Export"), &json!("Each")));

    // A deleted workflow still tells what it used; nobody uses it by that.
    tenant.remove(by_id);
    world.sync(&id).await;
    assert_eq!(get(by_id, "uses?kind=workflow").await["items"][0]["value"], json!(target.to_string()));
    assert!(!texts(&get(target, "used-by").await, "workflow_id").contains(&one.as_str()));
    world.remove(&id).await;
}

/// Makes what is stored of a customer look as if an older version had stored it.
async fn forget_derived(world: &World, table: &str, customer: &str) {
    let partition = format!("CUSTOMER#{customer}");
    let query = world.dynamodb.query().table_name(table).key_condition_expression("PK = :pk");
    let query = query.expression_attribute_values(":pk", AttributeValue::S(partition.clone()));
    let mut items = Vec::new();
    let mut pages = query.into_paginator().send();
    while let Some(page) = pages.next().await {
        items.extend(page.unwrap().items.unwrap_or_default());
    }
    for mut item in items {
        let sort_key = item["SK"].as_s().unwrap().clone();
        if sort_key.starts_with("REFERENCES#") {
            let delete = world.dynamodb.delete_item().table_name(table).key("PK", item["PK"].clone());
            delete.key("SK", item["SK"].clone()).send().await.unwrap();
        } else if sort_key.starts_with("WORKFLOW#") || sort_key == "STATE" || sort_key == "SUMMARY" {
            item.remove("derived");
            item.remove("d");
            world.dynamodb.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_an_older_version_stored_is_derived_by_the_next_sync_without_an_export_and_said_to_be_missing_until_then()
{
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("older");
    let mark = mark();
    for at in 0..5 {
        tenant.add(needles(&format!("W{at}"), &mark));
    }
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    forget_derived(&world, &world.stack.table_name, &id).await;
    let query = format!("q={mark}&kind=host&customer_id={id}");

    let found = search(&world.api, &query).await;
    assert_eq!((&found["items"], &found["complete"], &found["not_indexed"]), (&json!([]), &json!(false), &json!(5)));
    let first = tenant.ids()[0];
    let uses = world.api.get(&format!("/v1/customers/{id}/workflows/{first}/uses?kind=host")).await.expect(200);
    assert_eq!(uses["items"].as_array().unwrap().len(), 1, "read from the definition");
    let text = search(&world.api, &format!("q={mark}.example&kind=text&customer_id={id}")).await;
    assert_eq!((text["items"].as_array().unwrap().len(), &text["complete"]), (5, &json!(true)));

    tenant.reset_requests();
    let stats = world.sync(&id).await["stats"].clone();
    assert_eq!((&stats["unchanged"], tenant.count(Route::Export)), (&json!(5), 0));
    let found = search(&world.api, &query).await;
    assert_eq!(
        (found["items"].as_array().unwrap().len(), &found["complete"], &found["not_indexed"]),
        (5, &json!(true), &json!(0))
    );
    world.remove(&id).await;
}

#[tokio::test]
async fn a_worker_may_die_at_any_call_while_it_derives_and_the_next_sync_finishes() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let simulator = Simulator::start();
    let tenant: Tenant = simulator.tenant("dying");
    tenant.seed(3);
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    engine.run(&first).await;
    assert_eq!(engine.customer(&customer).await.derived, VERSION, "a first sync leaves nothing to do");
    let derived = async || {
        let stored = engine.stored(&customer).await;
        let items = engine.partition(&customer).await;
        let keys: Vec<_> = items.iter().map(|item| item["SK"].as_s().unwrap().clone()).collect();
        stored
            .live()
            .iter()
            .all(|(id, copy)| copy.workflow.derived == VERSION && keys.contains(&keys::references(&customer, id).sk))
    };
    // How many calls a sync makes that derives all three.
    forget_derived(&world, &engine.data, customer.as_str()).await;
    let wire = Wire::sound();
    let job = engine.request_sync(&customer).await;
    engine.run_over(&engine.worker_over(&wire.sdk(&world.sdk)), &job, LAMBDA).await;
    assert!(derived().await);
    let calls = wire.calls().len();

    for at in (0..calls).rev().take(14) {
        forget_derived(&world, &engine.data, customer.as_str()).await;
        let job = engine.request_sync(&customer).await;
        let worker = engine.worker_over(&Wire::dying(Death::After(at)).sdk(&world.sdk));
        let _ = Box::pin(engine.deliver(&worker, &job.id, LAMBDA)).await;
        engine.let_time_pass(&job.id).await;
        let job = engine.run(&engine.job(&job.id).await).await;
        assert_eq!(job.stats.unchanged, 3, "{at}: {job:?}");
        assert!(derived().await, "{at}");
        assert_eq!(engine.customer(&customer).await.derived, VERSION, "{at}");
    }
    engine.stop().await;
}

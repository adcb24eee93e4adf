//! Two customers compared: by what is stored about them, for those only who may view both.

use serde_json::{Value, json};
use tests::simulator::{Simulator, Tenant, Workflow};

use crate::{
    damaged::turn_a_bit,
    people::Person,
    world::{Api, World},
};

const UNKNOWN: &str = "cus_00000000000000000000000000000000";

/// What one tenant calls otherwise than the other.
struct Names {
    first: u64,
    host: &'static str,
    mail: &'static str,
    constant: &'static str,
}

const LEFT: Names = Names { first: 100, host: "api.example.com", mail: "ops@example.com", constant: "Erp" };
const RIGHT: Names = Names { first: 900, host: "api.test.example", mail: "nobody@test.example", constant: "TestErp" };

/// An export of a workflow that calls a host, tells an address, and executes another workflow.
fn export(name: &str, Names { first, host, mail, constant }: &Names, executed: u64) -> Value {
    let task = |at: u64, name: &str, kind: &str, parameters: Value| json!({"id": first + at, "name": name, "action_type": kind, "parameters": parameters, "css": {"top": "1px"}});
    let token = format!("Bearer {{{{ GlobalConstants.{constant} }}}}");
    let link =
        json!({"source_workflow_id": first, "source_task_id": null, "target_task_id": first, "linkage_type": "Start"});
    json!({
        "workflow": {"id": first, "name": name, "priority": "Medium", "version": "0.0.1"},
        "tasks": [
            task(0, "Call", "Callout", json!({"url": format!("https://{host}/v1"), "token_text": token})),
            task(1, "Tell", "Email", json!({"email": {"to": mail}})),
            task(2, "Run", "Execute", json!({"workflow_id": executed})),
        ],
        "linkages": [link],
    })
}

fn add(tenant: &Tenant, name: &str, export: Value) -> u64 {
    tenant.add(Workflow { export: Some(export), ..Workflow::named(name) })
}

fn map() -> Value {
    json!({"hosts": {LEFT.host: RIGHT.host}, "emails": {LEFT.mail: RIGHT.mail}, "constants": {LEFT.constant: RIGHT.constant}})
}

/// All rows of a drift, in pages of so many, each as `state left>right edits`.
async fn drift(api: &Api, left: &str, right: &str, limit: usize) -> Vec<String> {
    let path = format!("/v1/customers/{left}/drift?against={right}&limit={limit}");
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("{path}{cursor}")).await.expect(200);
        assert!(page["left_synced_at"].is_string() && page["right_synced_at"].is_string(), "{page}");
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        rows.extend(items.iter().map(told));
        assert_eq!(page["complete"], page["next_cursor"].is_null());
        let Some(next) = page["next_cursor"].as_str() else { return rows };
        cursor = format!("&cursor={next}");
    }
}

fn told(row: &Value) -> String {
    let name = |side: &Value| side["name"].as_str().unwrap_or("-").to_owned();
    let candidates = row["candidates"].as_array().map(|all| all.iter().map(name).collect::<Vec<_>>().join(","));
    let right = candidates.map_or_else(|| name(&row["right"]), |names| format!("?{names}"));
    format!("{} {}>{right} {}", row["state"].as_str().unwrap(), name(&row["left"]), row["edits"])
}

#[tokio::test]
async fn two_workflows_are_compared_as_it_is_stored_about_their_customers_in_both_directions() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenants = ["prod", "sandbox"].map(|name| simulator.tenant(name));
    let told =
        [add(&tenants[0], "Told", export("Told", &LEFT, 48)), add(&tenants[1], "Told", export("Told", &RIGHT, 1048))];
    let (left, _) = world.create_and_sync(&tenants[0], &simulator.base_url()).await;
    let (right, _) = world.create_and_sync(&tenants[1], &simulator.base_url()).await;
    let (one, other) = (format!("{left}/{}", told[0]), format!("{right}/{}", told[1]));
    let compare = async |one: &str, other: &str| world.api.get(&format!("/v1/compare?left={one}&right={other}")).await;
    let path = format!("/v1/customers/{left}/compared-with");

    let found = compare(&one, &other).await.expect(200);
    assert_eq!((&found["ruled"], &found["classes"]), (&json!(false), &json!(["logic", "notification"])), "{found}");
    assert_eq!(found["tasks"]["edited"].as_array().unwrap().len(), 3);
    for (side, id, workflow) in [("left", &left, told[0]), ("right", &right, told[1])] {
        let side = &found[side];
        assert_eq!(
            (&side["customer_id"], &side["zuora_id"], &side["name"]),
            (&json!(id), &json!(workflow.to_string()), &json!("Told"))
        );
        assert!(side["hash"].is_string() && side["last_synced_at"].is_string(), "{side}");
    }
    assert_eq!(world.api.get(&path).await.status, 404);
    let body = json!({"customer_id": right, "links": [{"left": "48", "right": "1048"}], "map": map()});
    let put = world.api.put(&path, &body).await;
    let tag = put.headers["etag"].to_str().unwrap().to_owned();
    let stored = put.expect(200);
    assert_eq!(stored, json!({"customer_id": right, "links": body["links"], "ignore": [], "map": map()}));
    assert_eq!(world.api.get(&path).await.expect(200), stored);

    for (one, other) in [(&one, &other), (&other, &one)] {
        let found = compare(one, other).await.expect(200);
        assert_eq!((&found["ruled"], &found["classes"]), (&json!(true), &json!([])), "{found}");
    }
    // A workflow that is not linked with the other's is told.
    tenants[0]
        .edit(told[0], |workflow| workflow.export = Some(export("Told", &Names { host: RIGHT.host, ..LEFT }, 49)));
    world.sync(&left).await;
    let found = compare(&one, &other).await.expect(200);
    let edited = found["tasks"]["edited"].as_array().unwrap();
    assert_eq!(edited.len(), 1, "{found}");
    assert_eq!(
        (&edited[0]["edits"][0]["path"], &edited[0]["edits"][0]["before"]),
        (&json!("parameters.workflow_id"), &json!(49))
    );
    let ignoring = json!({"customer_id": right, "ignore": ["parameters.workflow_id"], "map": map()});
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    let conditional =
        async || world.api.raw("PUT".parse().unwrap(), &path, &headers, ignoring.to_string().into()).await;
    assert_eq!(conditional().await.status, 200);
    assert_eq!(conditional().await.status, 412, "it was replaced meanwhile");
    assert_eq!(compare(&one, &other).await.expect(200)["classes"], json!([]));

    let definitions = |id: &str, workflow: u64| format!("/v1/customers/{id}/workflows/{workflow}/definitions");
    let mine = world.api.get(&definitions(&left, told[0])).await.expect(200);
    let theirs = world.api.get(&definitions(&right, told[1])).await.expect(200);
    let (earlier, foreign) = (mine["items"][1]["hash"].as_str().unwrap(), theirs["items"][0]["hash"].as_str().unwrap());
    let found = compare(&format!("{one}@{earlier}"), &one).await.expect(200);
    assert_eq!((&found["left"]["hash"], &found["ruled"]), (&json!(earlier), &json!(false)));
    assert_eq!(found["tasks"]["edited"].as_array().unwrap().len(), 2, "{found}");
    assert_eq!(compare(&format!("{one}@{foreign}"), &other).await.status, 404, "a definition of another customer");
    assert_eq!(compare(&one, &format!("{right}/nobody")).await.status, 404);

    for (query, pointer, says) in [
        ("left=x".to_owned(), "left", "a slash and a workflow"),
        (format!("left={one}@x&right={other}"), "left", "the hash of a definition"),
        (format!("left={one}"), "right", "required"),
        (format!("left={one}&right={left}"), "right", "a slash and a workflow"),
        (format!("left={one}&right={other}&colour=red"), "colour", "no such parameter"),
    ] {
        let problem = world.api.get(&format!("/v1/compare?{query}")).await.expect(400);
        let error = &problem["errors"][0];
        assert_eq!(error["pointer"], pointer, "{problem}");
        assert!(error["detail"].as_str().unwrap().contains(says), "{problem}");
    }
    for (body, pointer) in [
        (json!({"customer_id": left}), "/customer_id"),
        (
            json!({"customer_id": right, "links": [{"left": "1", "right": "2"}, {"left": "3", "right": "2"}]}),
            "/links/1/right",
        ),
        (json!({"customer_id": right, "map": {"hosts": {"https://a.example": "b.example"}}}), "/map/hosts"),
        (json!({"customer_id": right, "map": {"colours": {}}}), "/map/colours"),
    ] {
        assert_eq!(world.api.put(&path, &body).await.expect(422)["errors"][0]["pointer"], pointer);
    }
    assert_eq!(world.api.delete(&path).await.status, 204);
    assert_eq!(world.api.delete(&path).await.status, 404);
    for id in [left, right] {
        world.remove(&id).await;
    }
}

#[tokio::test]
async fn whoever_may_not_view_both_customers_learns_nothing_of_the_other_one() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenants = ["mine", "theirs"].map(|name| simulator.tenant(name));
    let told =
        [add(&tenants[0], "Told", export("Told", &LEFT, 48)), add(&tenants[1], "Told", export("Told", &RIGHT, 48))];
    let (left, _) = world.create_and_sync(&tenants[0], &simulator.base_url()).await;
    let (right, _) = world.create_and_sync(&tenants[1], &simulator.base_url()).await;
    let stored = format!("/v1/customers/{left}/compared-with");
    world.api.put(&stored, &json!({"customer_id": right, "map": map()})).await.expect(200);
    let person = Person::join(&world, None).await;
    let api = &person.api;
    let paths = [
        format!("/v1/compare?left={left}/{}&right={right}/{}", told[0], told[1]),
        format!("/v1/compare?left={right}/{}&right={left}/{}", told[1], told[0]),
        format!("/v1/customers/{left}/drift?against={right}"),
        stored.clone(),
    ];
    let audited = async |api: &Api| -> Vec<Value> {
        let records = api.get(&format!("/v1/customers/{left}/audit?action=compared_with.put")).await.expect(200);
        records["items"].as_array().unwrap().clone()
    };

    for (granted, status) in [(vec![], 403), (vec![&left], 404), (vec![&right], 404), (vec![&left, &right], 200)] {
        world.api.delete(&format!("/v1/customers/{left}/grants/{}", person.sub)).await;
        world.api.delete(&format!("/v1/customers/{right}/grants/{}", person.sub)).await;
        for id in &granted {
            person.grant(&world, id, &["view", "update"]).await;
        }
        for path in &paths {
            let answer = api.get(path).await;
            assert_eq!(answer.status, status, "{granted:?} {path}: {}", answer.text);
            assert_eq!(answer.headers["cache-control"], "no-store");
            let hidden = if granted.contains(&&left) { &right } else { &left };
            if status == 404 && *path != stored {
                let unknown = api.get(&path.replace(hidden.as_str(), UNKNOWN)).await;
                assert_eq!((unknown.status, &unknown.body["detail"]), (404, &answer.body["detail"]), "{path}");
            }
        }
        if granted == [&left] {
            assert_eq!(audited(api).await, Vec::<Value>::new(), "the record names the other customer");
            assert_eq!(api.put(&stored, &json!({"customer_id": right})).await.status, 404);
            assert_eq!(api.delete(&stored).await.status, 404);
        }
    }
    let records = audited(api).await;
    let changed = &records[0]["changes"];
    assert_eq!(changed[0], json!({"field": "compared_with", "before": null, "after": right}), "{changed}");
    api.put(&stored, &json!({"customer_id": right, "ignore": ["css"]})).await.expect(200);
    person.grant(&world, &left, &["view"]).await;
    assert_eq!(api.put(&stored, &json!({"customer_id": right})).await.status, 403, "it takes the verb update");

    world.remove(&right).await;
    for path in &paths {
        assert_eq!(world.api.get(path).await.status, 404, "{path}");
    }
    world.remove(&left).await;
    let partition = format!("CUSTOMER#{left}");
    world
        .wait_until("the purge has removed all of it", async || {
            world.partition(&world.stack.table_name, &partition).await.is_empty()
        })
        .await;
    person.leave(&world).await;
}

#[tokio::test]
async fn the_workflows_of_two_customers_are_matched_by_link_and_name_page_by_page() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let [prod, sandbox, third] = ["prod", "sandbox", "third"].map(|name| simulator.tenant(name));
    let plain = |name: &str, names: &Names| export(name, names, 48);
    let same_names = Names { first: RIGHT.first, ..LEFT };
    let mut moved = plain("B moved", &same_names);
    moved["tasks"][0]["css"]["top"] = json!("2px");
    let mut edited = plain("C edited", &same_names);
    edited["tasks"][0]["parameters"]["url"] = json!("https://elsewhere.example");
    edited["workflow"]["priority"] = json!("High");
    edited["workflow"]["version"] = json!("9.9.9");
    let mut noted = plain("D noted", &same_names);
    noted["workflow"]["description"] = json!("Another one.");
    for name in ["A same", "B moved", "C edited", "D noted", "e CASE", "F only left", "G twin", "G twin"] {
        add(&prod, name, plain(name, &LEFT));
    }
    let damaged = add(&prod, "I damaged", plain("I damaged", &LEFT));
    let linked = add(&prod, "H here", plain("H", &LEFT));
    add(&sandbox, "A same", plain("A same", &same_names));
    add(&sandbox, "B moved", moved);
    add(&sandbox, "C edited", edited);
    add(&sandbox, "D noted", noted);
    add(&sandbox, "E case", plain("e CASE", &same_names));
    for name in ["G twin", "I damaged", "Z only right"] {
        add(&sandbox, name, plain(name, &same_names));
    }
    let there = add(&sandbox, "Y there", plain("H", &same_names));
    let (left, _) = world.create_and_sync(&prod, &simulator.base_url()).await;
    let (right, _) = world.create_and_sync(&sandbox, &simulator.base_url()).await;
    let (other, _) = world.create_and_sync(&third, &simulator.base_url()).await;
    turn_a_bit(&world, &left, damaged).await;
    let by_names = [
        "same A same>A same 0",
        "layout_only B moved>B moved 1",
        "differs C edited>C edited 2",
        "same D noted>D noted 0",
        "same e CASE>E case 0",
        "only_left F only left>- null",
        "ambiguous G twin>?G twin null",
        "ambiguous G twin>?G twin null",
        "only_left H here>- null",
        "unreadable I damaged>I damaged null",
        "only_right ->Y there null",
        "only_right ->Z only right null",
    ];

    let link = json!([{"left": linked.to_string(), "right": there.to_string()}]);
    let stored = format!("/v1/customers/{left}/compared-with");
    world.api.put(&stored, &json!({"customer_id": other, "links": link})).await.expect(200);
    for limit in [1, 5, 200] {
        assert_eq!(
            drift(&world.api, &left, &right, limit).await,
            by_names,
            "what is said of a third customer counts for it alone"
        );
    }
    world
        .api
        .put(&stored, &json!({"customer_id": right, "links": link, "ignore": ["parameters.url"]}))
        .await
        .expect(200);
    let mut by_link = by_names.map(str::to_owned).to_vec();
    by_link[2] = "differs C edited>C edited 1".to_owned();
    by_link[8] = "same H here>Y there 0".to_owned();
    by_link.remove(10);
    assert_eq!(drift(&world.api, &left, &right, 3).await, by_link);
    let backwards = drift(&world.api, &right, &left, 200).await;
    assert!(backwards.contains(&"same Y there>H here 0".to_owned()), "{backwards:?}");
    assert!(backwards.contains(&"ambiguous G twin>?G twin,G twin null".to_owned()), "{backwards:?}");
    assert!(backwards.contains(&"only_right ->F only left null".to_owned()), "{backwards:?}");

    let path = format!("/v1/customers/{left}/drift");
    let first = world.api.get(&format!("{path}?against={right}&limit=1")).await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let elsewhere = world.api.get(&format!("{path}?against={other}&cursor={cursor}")).await;
    assert_eq!((elsewhere.status, &elsewhere.body["type"]), (400, &json!("/problems/cursor-invalid")));
    for (query, says) in
        [("", "required"), ("?against=x", "a customer id"), (format!("?against={left}").as_str(), "another customer")]
    {
        let problem = world.api.get(&format!("{path}{query}")).await.expect(400);
        assert_eq!(problem["errors"][0]["pointer"], "against", "{problem}");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(says), "{problem}");
    }
    for id in [left, right, other] {
        world.remove(&id).await;
    }
}

#[tokio::test]
async fn a_page_ends_early_when_it_has_much_to_compare() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenants = ["large", "also large"].map(|name| simulator.tenant(name));
    for (tenant, names) in tenants.iter().zip([&LEFT, &RIGHT]) {
        for name in ["A", "B", "C"] {
            let mut export = export(name, names, 48);
            export["tasks"][0]["parameters"]["script"] =
                json!(format!("{}// {}", "a line of code;\n".repeat(250_000), names.host));
            add(tenant, name, export);
        }
    }
    let (left, _) = world.create_and_sync(&tenants[0], &simulator.base_url()).await;
    let (right, _) = world.create_and_sync(&tenants[1], &simulator.base_url()).await;
    let path = format!("/v1/customers/{left}/drift?against={right}");

    let first = world.api.get(&path).await.expect(200);
    assert!((1..3).contains(&first["items"].as_array().unwrap().len()) && first["complete"] == false, "{first}");
    let rows = drift(&world.api, &left, &right, 50).await;

    assert_eq!(rows, ["differs A>A 4", "differs B>B 4", "differs C>C 4"]);
    for id in [left, right] {
        world.remove(&id).await;
    }
}

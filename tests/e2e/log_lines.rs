//! Logs and metrics as the deployed functions write them: every line is found by the id that people see, and metrics are one
//! line an invocation.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    damaged::turn_a_bit,
    people::Person,
    upstream::tenant,
    world::{Answer, World},
};

/// The lines of one invocation, without those of Lambda itself.
struct Lines(Vec<Value>);

impl Lines {
    /// The invocation whose log tells of `id`, once it is there whole: its metrics are its last line.
    ///
    /// The emulator adds what a process writes after its answer was read to the log of its next invocation. So lines are looked for
    /// in each log that tells of the invocation; those of others are left out, and those that name none are not.
    async fn of(world: &World, function: &str, id: &str) -> Self {
        let group = &world.stack.log_groups[function];
        let found = async || {
            let log = world.log(group).await;
            let lines: Vec<(String, Value)> = log
                .into_iter()
                .filter(|(_, line)| line.starts_with('{'))
                .map(|(stream, line)| (stream, serde_json::from_str(&line).unwrap()))
                .collect();
            let (_, first) = lines.iter().find(|(_, line)| line.to_string().contains(id))?;
            let run = invocation(first)?;
            let is_of_it = |line: &Value| invocation(line) == Some(run);
            let streams: BTreeSet<&str> =
                lines.iter().filter(|(_, line)| is_of_it(line)).map(|(stream, _)| stream.as_str()).collect();
            let of_it = lines.iter().filter(|(stream, line)| {
                streams.contains(stream.as_str()) && invocation(line).is_none_or(|other| other == run)
            });
            let of_it: Vec<Value> = of_it.map(|(_, line)| line.clone()).collect();
            of_it.iter().any(|line| is_of_it(line) && !line["_aws"].is_null()).then_some(of_it)
        };
        world.wait_until(&format!("the log tells of {id}"), async || found().await.is_some()).await;
        Self(found().await.unwrap())
    }

    /// Those that tell something.
    fn told(&self) -> Vec<&Value> {
        self.0.iter().filter(|line| line["_aws"].is_null()).collect()
    }

    /// The one with the metrics.
    #[track_caller]
    fn metrics(&self) -> &Value {
        let metrics: Vec<_> = self.0.iter().filter(|line| !line["_aws"].is_null()).collect();
        let [one] = metrics[..] else { panic!("{metrics:?}") };
        one
    }
}

/// The invocation that a line names.
fn invocation(line: &Value) -> Option<&str> {
    line["request_id"].as_str().or_else(|| of_spans(line, "request_id").first().copied())
}

/// The values of a field in the spans around a line.
fn of_spans<'a>(line: &'a Value, field: &'a str) -> Vec<&'a str> {
    line["spans"].as_array().into_iter().flatten().filter_map(|span| span[field].as_str()).collect()
}

/// Asserts that the declared metrics are there, with the stack as their only dimension.
#[track_caller]
fn assert_embedded(world: &World, line: &Value, values: &Value) {
    let stack = world.stack.functions["schedule"].strip_suffix("-schedule").unwrap();
    let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
    let [directive] = &directives[..] else { panic!("{line}") };
    assert_eq!(directive["Namespace"], "ZuoraWorkflowManager");
    assert_eq!((&directive["Dimensions"], &line["Stack"]), (&json!([["Stack"]]), &json!(stack)), "{line}");
    let declared: Vec<_> = directive["Metrics"].as_array().unwrap().iter().map(|one| &one["Name"]).collect();
    for (name, value) in values.as_object().unwrap() {
        assert_eq!(&line[name], value, "{line}");
        assert!(declared.contains(&&json!(name)), "{line}");
    }
}

fn instance(answer: &Answer) -> &str {
    answer.body["instance"].as_str().unwrap()
}

#[tokio::test]
async fn every_line_of_a_request_has_the_id_that_its_caller_sees_and_one_of_a_job_the_jobs() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("told", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let workflow = tenant.ids()[1];
    turn_a_bit(&world, &id, workflow).await;

    let answer = world.api.get(&format!("/v1/customers/{id}/workflows/{workflow}/definition")).await;

    assert_eq!(answer.status, 503, "{}", answer.text);
    let request = instance(&answer);
    let lines = Lines::of(&world, "workflows", request).await;
    let told = lines.told();
    assert!(told.len() >= 2, "{told:?}");
    for line in told {
        assert_eq!(of_spans(line, "request_id"), [request], "{line}");
    }
    assert_eq!(lines.metrics()["request_id"], request);
    assert_embedded(&world, lines.metrics(), &json!({"DefinitionDamaged": 1}));

    let job = world.sync(&id).await;

    let job = job["id"].as_str().unwrap();
    let lines = Lines::of(&world, "sync", job).await;
    let told = lines.told();
    assert!(told.iter().any(|line| line["fields"]["message"] == "the job is succeeded"), "{told:?}");
    assert!(told.iter().any(|line| line["fields"]["workflow_id"].is_string()), "another one: {told:?}");
    let run = of_spans(told[0], "request_id")[0];
    for line in &told {
        assert_eq!((of_spans(line, "job_id"), of_spans(line, "customer_id")), (vec![job], vec![id.as_str()]), "{line}");
        assert_eq!(of_spans(line, "request_id"), [run], "{line}");
    }
    assert_eq!(lines.metrics()["request_id"], run);
    assert_embedded(&world, lines.metrics(), &json!({"SyncSucceeded": 1, "DefinitionDamaged": 1}));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_job_that_fails_for_good_and_an_attempt_that_is_refused_are_counted_where_they_happen() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("counted", 2);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let stranger = Person::join(&world, None).await;

    let refused = stranger.api.get(&format!("/v1/customers/{id}/workflows")).await;

    assert_eq!(refused.status, 403, "{}", refused.text);
    let lines = Lines::of(&world, "workflows", instance(&refused)).await;
    assert_embedded(&world, lines.metrics(), &json!({"RefusedAttempts": 1, "AuditWritten": 1}));
    tenant.set_secret("another-secret");
    tenant.revoke_tokens();

    let job = world.sync(&id).await;

    assert_eq!(job["state"], "failed", "{job}");
    let lines = Lines::of(&world, "sync", job["id"].as_str().unwrap()).await;
    let counted = json!({"SyncFailed": 1, "DeadLetters": 1, "DeadLettersConfig": 1});
    assert_embedded(&world, lines.metrics(), &counted);
    assert_eq!(lines.metrics()["SyncSucceeded"], Value::Null);
    // What was written of both arrives where it is relayed.
    for metric in ["AuditReceived", "DataReceived"] {
        let lines = Lines::of(&world, "relay", metric).await;
        assert!(lines.metrics()[metric].as_u64() > Some(0), "{}", lines.metrics());
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn a_tick_without_anybody_due_and_a_sweep_send_the_values_that_alarms_wait_for() {
    let world = World::connect().await;
    let metrics = async |task: &str| {
        let event = json!({"task": task, "time": "2020-01-01T00:00:00Z"});
        let (_, log) = world.invoke_and_log("schedule", &event).await;
        let lines = log.lines().filter(|line| line.starts_with('{'));
        Lines(lines.map(|line| serde_json::from_str(line).unwrap()).collect())
    };

    let tick = metrics("schedule").await;
    let sweep = metrics("sweep").await;

    let nothing = json!({
        "CustomersDue": 0, "SyncSucceeded": 0, "SyncIncomplete": 0, "SyncHeld": 0, "SyncFailed": 0, "TokensShort": 0,
        "AuditWritten": 0, "AuditReceived": 0, "DataReceived": 0,
    });
    assert_embedded(&world, tick.metrics(), &nothing);
    assert!(sweep.metrics()["OldestQueuedSeconds"].is_u64(), "{}", sweep.metrics());
}

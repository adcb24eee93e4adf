//! What one fallen function can do: with its role's own credentials it writes whatever it may, and still cannot have a client
//! secret sent elsewhere, give anybody rights, or have a customer destroyed. The table in docs/security.md names these tests.

use std::time::Duration;

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::AttributeValue};
use serde_json::json;
use shared::{
    app::dispatch::{Dispatcher, SyncRequest},
    aws::{
        customers::Customers,
        grants::{Grant, GrantStore},
        jobs::Jobs,
        queue::Sending,
        queues::Queues,
        table::{Table, Write},
    },
    clock,
    domain::{
        customer::{Customer, Status},
        ids::{CustomerId, UserId},
        job::{Job, Kind, Trigger},
        message::Message,
        policy::{Verb, Verbs},
    },
};
use tests::simulator::Simulator;

use crate::{people::Person, world::World};

/// A dispatcher with the rights of a function's role.
async fn fallen(world: &World, role: &str) -> Dispatcher {
    let sdk = world.assume(role).await;
    let data = Table::new(aws_sdk_dynamodb::Client::new(&sdk), &world.stack.table_name);
    let (jobs, questions) = (world.stack.job_queue_url.clone(), world.stack.question_queue_url.clone());
    Dispatcher::new(data, Queues::new(&aws_sdk_sqs::Client::new(&sdk), Queues { jobs, questions }))
}

/// Changes a stored customer behind the product's back.
async fn alter(by: &Dispatcher, id: &CustomerId, change: impl FnOnce(&mut Customer)) {
    let found = by.customers.get_any(id).await.unwrap().unwrap();
    let mut customer = found.value.clone();
    change(&mut customer);
    let mut writes = Customers::put(&mut customer, Some(&found)).unwrap();
    // What removes it from the lists, which not every role may.
    writes.retain(|write| !matches!(write, Write::Delete(..)));
    by.data.write(writes).await.unwrap();
}

#[tokio::test]
async fn no_role_that_writes_settings_can_have_a_stored_secret_sent_elsewhere_or_for_another_client() {
    let world = World::connect().await;
    let (home, elsewhere) = (Simulator::start(), Simulator::start());
    let changes: [fn(&mut Customer, &str); 2] = [
        |customer, elsewhere| customer.settings.zuora_base_url = elsewhere.to_owned(),
        |customer, _| customer.settings.zuora_client_id = "another".to_owned(),
    ];

    for role in ["customers", "jobs", "schedule"] {
        for change in changes {
            let tenant = home.tenant("robbed");
            let (id, _) = world.create_and_sync(&tenant, &home.base_url()).await;
            let id: CustomerId = id.parse().unwrap();
            let attacker = fallen(&world, role).await;

            alter(&attacker, &id, |customer| {
                change(customer, &elsewhere.base_url());
                // So that the cached token is of no use.
                customer.credential_version += 1;
            })
            .await;
            let request = SyncRequest::at_once(Trigger::Manual, None, clock::now());
            let job = attacker.request_sync(&id, &request).await.unwrap().job().id.to_string();
            let job = world.wait_for_job_state(&job, &["failed"]).await;

            assert_eq!(job["error"]["class"], "config", "{role}: {job}");
            let message = job["error"]["message"].as_str().unwrap();
            assert!(message.contains("for another base URL or client ID"), "{role}: {message}");
            assert_eq!((elsewhere.strangers().len(), home.strangers().len()), (0, 0), "{role}");
            world.remove(id.as_str()).await;
        }
    }
}

#[tokio::test]
async fn no_role_but_that_of_customers_can_grant_and_what_it_hides_from_the_lists_does_not_count() {
    let world = World::connect().await;
    let person = Person::join(&world, None).await;
    let user: UserId = person.sub.parse().unwrap();
    let grant = Grant {
        user,
        email: None,
        customer_id: None,
        verbs: Verbs::from([Verb::ViewAny, Verb::View, Verb::Delete]),
        granted_by: "nobody".to_owned(),
        granted_by_email: None,
        granted_at: clock::now(),
    };
    let Write::Put(item, _) = GrantStore::put(&grant).unwrap() else { unreachable!() };

    for role in ["customers", "workflows", "jobs", "sync", "schedule"] {
        let dynamodb = aws_sdk_dynamodb::Client::new(&world.assume(role).await);
        // As it used to be, among the data; there, and in its own table, as no list shows it.
        let mut hidden = (*item).clone();
        hidden.remove("GSI1PK");
        let put = |table: &str, item| dynamodb.put_item().table_name(table).set_item(Some(item)).send();
        let data = put(&world.stack.table_name, (*item).clone()).await;
        let secretly = put(&world.stack.grants_table_name, hidden).await;

        if role == "customers" {
            secretly.unwrap();
        } else {
            assert_eq!(secretly.unwrap_err().code(), Some("AccessDeniedException"), "{role}");
        }
        assert_eq!(person.api.get("/v1/customers").await.status, 403, "{role}");
        if data.is_ok() {
            let [pk, sk] = ["PK", "SK"].map(|name| item[name].clone());
            let delete = world.dynamodb.delete_item().table_name(&world.stack.table_name);
            delete.key("PK", pk).key("SK", sk).send().await.unwrap();
        }
    }
    let delete = world.dynamodb.delete_item().table_name(&world.stack.grants_table_name);
    delete.key("PK", item["PK"].clone()).key("SK", item["SK"].clone()).send().await.unwrap();
    person.leave(&world).await;
}

#[tokio::test]
async fn no_role_but_that_of_customers_can_have_a_customer_destroyed() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("doomed");
    tenant.seed(2);
    for role in ["jobs", "schedule"] {
        let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
        let id: CustomerId = id.parse().unwrap();
        let attacker = fallen(&world, role).await;
        let now = clock::now();
        let purge = Job::new(Kind::Purge, id.clone(), Trigger::Deleted, None, now, now);

        alter(&attacker, &id, |customer| customer.status = Status::Deleting).await;
        attacker.data.write(Jobs::put(&purge, 0).unwrap()).await.unwrap();
        let sending = Sending { kind: Kind::Purge, message: Message::to(&purge), delay: Duration::ZERO };
        attacker.queues.send(&sending).await.unwrap();
        let partition = format!("CUSTOMER#{id}");
        world
            .wait_until("the purge was given up", async || {
                let job = world.item(&partition, &format!("JOB#{}", purge.id)).await;
                job.is_some_and(|job| job["state"] == AttributeValue::S("failed".to_owned()))
            })
            .await;

        alter(&attacker, &id, |customer| customer.status = Status::Active).await;
        assert_eq!(
            world.partition(&world.stack.vault_table_name, &format!("CREDENTIALS#{id}")).await.len(),
            1,
            "{role}"
        );
        assert_eq!(world.workflows(id.as_str()).await.len(), 2, "{role}");
        let job = world.api.post(&format!("/v1/jobs/{}/retry", purge.id), &json!({})).await;
        assert!(job.status < 500, "{role}: {}", job.text);
        world.remove(id.as_str()).await;
    }
}

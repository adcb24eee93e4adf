//! The dashboard's counters always equal what is stored, and are corrected after a change from outside.

use std::time::Duration;

use crate::{
    engine::{Engine, context},
    upstream::tenant,
    world::World,
};
use shared::{
    app::{recount, redrive::Redrive},
    aws::{
        counts::Counts,
        keys,
        table::{Condition, key_of},
    },
    clock,
    domain::{
        counts::{Outcomes, Totals},
        job::State,
    },
};

const DAY: Duration = Duration::from_secs(86_400);

async fn kept(engine: &Engine) -> Totals {
    Counts::new(engine.worker.lifecycle.dispatcher.data.clone()).totals().await.unwrap()
}

/// Returns the counters, after asserting that they equal what is stored.
async fn right(engine: &Engine) -> Totals {
    let kept = kept(engine).await;
    assert_eq!(kept, recount::count(&engine.worker.lifecycle.dispatcher).await.unwrap());
    kept
}

#[tokio::test]
async fn the_numbers_are_right_at_every_station_of_a_customers_life() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (simulator, tenant) = tenant("counted", 30);
    let lifecycle = &engine.worker.lifecycle;
    let dispatcher = &lifecycle.dispatcher;
    let now = clock::now();

    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    assert_eq!(right(&engine).await, Totals { active: 1, never_synced: 1, queued: 1, ..Totals::default() });
    engine.run(&first).await;
    let synced = right(&engine).await;
    assert_eq!((synced.active, synced.never_synced, synced.queued, synced.workflows), (1, 0, 0, 30));
    for id in &tenant.ids()[..20] {
        tenant.remove(*id);
    }
    let held = engine.sync(&customer).await;
    let on_hold = right(&engine).await;
    assert_eq!((held.state, on_hold.held, on_hold.on_hold), (State::Held, 1, 1));
    let secret = tenant.client_secret();
    tenant.set_secret("another");
    tenant.revoke_tokens();
    let failed = engine.sync(&customer).await;
    assert_eq!((failed.state, right(&engine).await.failed), (State::Failed, 1));
    tenant.set_secret(&secret);
    let everything = Redrive { customers: None, class: None, before: None, limit: 10 };
    dispatcher.redrive(&lifecycle.dead_letters, &everything, |_| true, &context(&dispatcher.data)).await.unwrap();
    let redriven = right(&engine).await;
    assert_eq!((redriven.failed, redriven.queued), (0, 1));
    dispatcher.cancel(&failed.id, &context(&dispatcher.data)).await.unwrap();
    assert_eq!(right(&engine).await.queued, 0);
    let hours = Counts::new(dispatcher.data.clone()).outcomes(now).await.unwrap();
    let ended = hours.values().fold(Outcomes::default(), |sum, hour| sum.plus(hour));
    assert_eq!(ended, Outcomes { succeeded: 1, held: 1, failed: 1, cancelled: 1, ..Outcomes::default() });

    engine.request_sync(&customer).await;
    let purge = engine.delete_customer(&customer).await;
    assert_eq!(right(&engine).await, Totals { queued: 2, ..Totals::default() }, "its sync, and the purge");
    engine.deliver(&engine.worker, &purge, Duration::from_secs(900)).await.unwrap();
    assert_eq!(right(&engine).await, Totals::default(), "nothing is left of it");
    engine.stop().await;
}

#[tokio::test]
async fn numbers_that_went_wrong_are_set_right_by_two_counts_that_agree() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (simulator, tenant) = tenant("miscounted", 3);
    let dispatcher = &engine.worker.lifecycle.dispatcher;
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    engine.run(&first).await;
    let now = clock::now();
    let check = async |at| recount::run(dispatcher, at).await.unwrap();
    assert_eq!(check(now).await, None, "nothing is wrong");

    // As DynamoDB removes what has expired: past all transactions.
    let job = engine.request_sync(&customer).await;
    let key = keys::job(&customer, &job.id);
    let item = engine.partition(&customer).await.into_iter().find(|item| key_of(item) == key).unwrap();
    dispatcher.data.delete(&key).await.unwrap();
    assert_eq!(check(now.plus(DAY / 2)).await, None, "believed for a day");
    assert_eq!(check(now.plus(DAY)).await, None, "one count is none");
    dispatcher.data.put(item, &Condition::None).await.unwrap();
    assert_eq!(check(now.plus(DAY)).await, None, "the second does not agree");
    dispatcher.data.delete(&key).await.unwrap();

    let tomorrow = now.plus(DAY * 2);
    assert_eq!(check(tomorrow).await, None);
    assert_eq!(check(tomorrow).await, Some(Totals { queued: -1, ..Totals::default() }));
    assert_eq!(right(&engine).await.queued, 0);
    engine.stop().await;
}

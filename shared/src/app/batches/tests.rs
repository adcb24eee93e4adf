//! A batch over customers in memory: one at a time, each customer once.

use std::collections::BTreeSet;

use super::*;
use crate::{
    app::fixture::{AUDIT, Fixture, JOBS, now},
    aws::audit::RETENTION_DAYS,
    domain::batch::Asked,
};

/// Serves batches of at most three customers a minute.
fn service(fixture: &Fixture) -> BatchService {
    let data = fixture.dispatcher.data.clone();
    BatchService {
        dispatcher: fixture.dispatcher.clone(),
        trail: AuditTrail::new(data.beside(AUDIT), RETENTION_DAYS),
        budget: TokenBudget::new(data, 6),
    }
}

async fn serve(fixture: &Fixture, now: Timestamp) -> Option<Batch> {
    Box::pin(service(fixture).serve(now, Duration::from_secs(60))).await.unwrap()
}

#[tokio::test]
async fn one_batch_is_under_way_and_whoever_asks_meanwhile_gets_that_one() {
    let fixture = Fixture::new();
    fixture.customer().await;
    let rival = fixture.rival();
    let first = service(&rival).begin(&rival.context()).await.unwrap();
    fixture.cloud.is_overtaken_by(&rival.cloud);

    let second = service(&fixture).begin(&fixture.context()).await.unwrap();

    assert_eq!((&second.id, second.of), (&first.id, 1));
    assert_eq!(fixture.trail(), ["customer.sync"; 2]);
}

#[tokio::test]
async fn a_batch_asks_each_customer_once_in_rounds_of_what_people_may_cause_in_a_minute() {
    let fixture = Fixture::new();
    for _ in 0..8 {
        fixture.customer().await;
    }
    let batch = service(&fixture).begin(&fixture.context()).await.unwrap();
    let mut at = now();

    let first = serve(&fixture, at).await.unwrap();
    assert_eq!(first.asked.placed, service(&fixture).budget.for_people());
    assert!(serve(&fixture, at).await.is_none(), "the next round is due in a minute");
    while service(&fixture).get(&batch.id).await.unwrap().finished_at.is_none() {
        at = at.plus(ROUND);
        assert!(serve(&fixture, at).await.is_some());
    }

    assert_eq!(service(&fixture).get(&batch.id).await.unwrap().asked, Asked { placed: 8, ..Asked::default() });
    assert_eq!((fixture.jobs(), fixture.sent(JOBS).len(), fixture.trail().len()), (8, 8, 9));
    let tables = fixture.cloud.tables();
    let ids: BTreeSet<_> = tables.items(AUDIT).into_iter().map(|record| record["id"]["S"].to_string()).collect();
    assert_eq!(ids.len(), 9, "each record has an id of its own, by which it is listed and archived");
}

#[tokio::test]
async fn a_batch_that_was_stopped_before_it_was_saved_asks_nobody_twice() {
    let fixture = Fixture::new();
    for _ in 0..3 {
        fixture.customer().await;
    }
    let batch = service(&fixture).begin(&fixture.context()).await.unwrap();
    let request = SyncRequest { batch: Some(batch.id.clone()), ..SyncRequest::of(&fixture.context()) };
    for customer in fixture.dispatcher.customers.all().await.unwrap() {
        fixture.dispatcher.request_sync(&customer.id, &request).await.unwrap();
    }

    let served = serve(&fixture, now()).await.unwrap();

    assert_eq!((served.asked.placed, fixture.jobs(), fixture.sent(JOBS).len()), (3, 3, 3));
}

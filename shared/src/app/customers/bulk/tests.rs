//! Bulk actions: an outcome for each, one place for all, and syncs that begin over minutes.

use super::*;
use crate::app::{
    customers::tests::service,
    fixture::{Fixture, after},
};

async fn bulk(fixture: &Fixture, action: BulkAction, ids: &[&CustomerId]) -> Vec<Result<BulkOutcome, String>> {
    let ids = ids.iter().map(|id| (*id).clone()).collect();
    let results = Box::pin(service(fixture).bulk(action, ids, &fixture.context())).await.unwrap();
    results.into_iter().map(|(_, result)| result.map_err(|error| error.to_string())).collect()
}

#[tokio::test]
async fn each_customer_has_its_outcome_in_order_and_one_that_refuses_stops_nobody() {
    let fixture = Fixture::new();
    let (one, paused, other) = (fixture.customer().await, fixture.customer().await, fixture.customer().await);
    fixture.change(&paused.id, Customer::pause).await;
    let gone = CustomerId::new();

    let results = bulk(&fixture, BulkAction::Sync, &[&one.id, &paused.id, &gone, &other.id]).await;

    let job = async |customer: &Customer| fixture.stored(customer).await.sync_job_id;
    assert_eq!(results[0], Ok(BulkOutcome::Done(job(&one).await)));
    assert!(results[1].as_ref().is_err_and(|why| why.contains("paused")), "{results:?}");
    assert!(results[2].as_ref().is_err_and(|why| why.contains("not found")), "{results:?}");
    assert_eq!(results[3], Ok(BulkOutcome::Done(job(&other).await)));
    assert_eq!(fixture.trail(), ["customer.sync", "customer.sync"]);
}

#[tokio::test]
async fn what_is_so_already_is_left_alone_and_what_is_not_is_recorded() {
    let fixture = Fixture::new();
    let (one, paused) = (fixture.customer().await, fixture.customer().await);
    fixture.change(&paused.id, Customer::pause).await;
    let both = [&one.id, &paused.id];

    assert_eq!(
        bulk(&fixture, BulkAction::Pause, &both).await,
        [Ok(BulkOutcome::Done(None)), Ok(BulkOutcome::Unchanged(None))]
    );
    let resumed = bulk(&fixture, BulkAction::Resume, &both).await;
    assert!(resumed.iter().all(|result| matches!(result, Ok(BulkOutcome::Done(Some(_))))), "{resumed:?}");
    let monthly = BulkAction::SetFrequency(Frequency::Manual);
    assert_eq!(bulk(&fixture, monthly, &both).await, [const { Ok(BulkOutcome::Done(None)) }; 2]);
    assert_eq!(fixture.stored(&one).await.settings.sync_frequency, Frequency::Manual);
    assert_eq!(fixture.trail().len(), 5);
}

#[tokio::test]
async fn many_syncs_take_one_place_and_begin_over_minutes() {
    let fixture = Fixture::new();
    let mut customers = Vec::new();
    for _ in 0..40 {
        customers.push(fixture.customer().await);
    }
    let ids: Vec<_> = customers.iter().map(|customer| &customer.id).collect();

    bulk(&fixture, BulkAction::Sync, &ids).await;

    let people = usize::try_from(service(&fixture).token_budget.for_people()).unwrap();
    let mut begins = Vec::new();
    for customer in &customers {
        let job = fixture.find(&fixture.stored(customer).await.sync_job_id.unwrap()).await;
        begins.push(job.next_attempt_at.unwrap());
    }
    assert!(begins[..people].iter().all(|begin| *begin == after(0)));
    assert_eq!(begins[people], after(60));
}

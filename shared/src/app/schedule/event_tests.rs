//! The schedule's event over customers in memory.

use super::*;
use crate::{
    app::fixture::{Fixture, JOBS},
    clock,
    domain::{
        batch::Asked,
        customer::Customer,
        job::{SWEEP_GRACE, State},
    },
};

/// Two customers, an event's time at which both are due, and one more that is paused.
async fn due(fixture: &Fixture) -> (Vec<Customer>, Timestamp) {
    let customers = vec![fixture.customer().await, fixture.customer().await];
    let paused = fixture.customer().await;
    fixture.change(&paused.id, Customer::pause).await;
    let last = customers.iter().filter_map(|customer| customer.next_sync_at).max().unwrap();
    (customers, last)
}

async fn serve(fixture: &Fixture, time: Timestamp) -> Round {
    Box::pin(run(&fixture.dispatcher, time, clock::now())).await.unwrap()
}

#[tokio::test]
async fn an_event_queues_a_sync_of_everybody_who_is_due_and_the_same_event_again_of_nobody() {
    let fixture = Fixture::new();
    let (customers, time) = due(&fixture).await;

    let round = serve(&fixture, time).await;

    assert_eq!(round.asked, Asked { placed: 2, ..Asked::default() });
    assert_eq!(serve(&fixture, time).await, Round::default());
    for customer in customers {
        let job = fixture.find(&fixture.stored(&customer).await.sync_job_id.unwrap()).await;
        assert_eq!((job.state, job.trigger), (State::Queued, Trigger::Schedule));
    }
    assert_eq!((fixture.jobs(), fixture.sent(JOBS).len()), (2, 2));
}

#[tokio::test]
async fn an_event_whose_queue_refuses_says_so_and_the_sweeper_sends_what_it_stored() {
    let fixture = Fixture::new();
    let (_, time) = due(&fixture).await;
    fixture.cloud.refuse("SendMessage");

    assert_eq!(serve(&fixture, time).await.asked, Asked { failed: 2, ..Asked::default() });

    let later = fixture.rival();
    let at = clock::now().plus(SWEEP_GRACE);
    Box::pin(crate::app::sweep::run(&later.dispatcher, &later.lifecycle, at)).await.unwrap();
    assert_eq!((later.jobs(), later.sent(JOBS).len()), (2, 2));
}

#[tokio::test]
async fn an_event_without_time_leaves_everybody_due_for_the_next_one() {
    let fixture = Fixture::new();
    let (_, time) = due(&fixture).await;
    let long_ago = clock::now().minus(TIME);

    let round = Box::pin(run(&fixture.dispatcher, time, long_ago)).await.unwrap();

    assert_eq!((round.remaining, fixture.jobs()), (2, 0));
    assert_eq!(serve(&fixture, time).await.asked.placed, 2);
}

//! Dismissing: it ends what somebody had to act on, and is on record.

use super::*;
use crate::{
    app::fixture::{DEAD_LETTERS, Fixture, job, now},
    aws::{dead_letters::UnreadableLetter, queue::Queue},
    domain::{
        failure::{ErrorClass, Failure},
        job::Kind,
        message::Message,
    },
};

fn queue(fixture: &Fixture) -> Queue {
    fixture.lifecycle.dead_letters.clone()
}

#[tokio::test]
async fn a_dismissed_failure_needs_nobody_stays_in_the_history_and_leaves_the_queue() {
    let fixture = Fixture::new();
    let (_, failed) = fixture.syncing(|job| job.fail(Failure::new(ErrorClass::Config, "No."), now())).await;
    queue(&fixture).send_dead_letter(&Message::to(&failed), ErrorClass::Config).await.unwrap();

    for _ in 0..2 {
        let job = fixture.dispatcher.dismiss(&failed.id, &queue(&fixture), &fixture.context()).await.unwrap();
        assert!(!job.is_open_failure() && job.error.is_some());
        assert_eq!(job.dismissed.unwrap().actor, fixture.context().actor.sub);
    }

    assert_eq!(fixture.trail(), ["job.dismiss"]);
    assert_eq!(fixture.mail(DEAD_LETTERS).len(), 0);
}

#[tokio::test]
async fn what_has_not_failed_and_what_another_job_settled_is_not_dismissed() {
    let fixture = Fixture::new();
    let (customer, queued) = fixture.syncing(|_| {}).await;
    let mut settled = job(Kind::Sync, &customer);
    settled.fail(Failure::new(ErrorClass::Config, "No."), now());
    settled.supersede(queued.id.clone());
    fixture.store(&settled).await;

    for (job, why) in [(&queued, "nothing to dismiss"), (&settled, queued.id.as_str())] {
        let refused = fixture.dispatcher.dismiss(&job.id, &queue(&fixture), &fixture.context()).await.unwrap_err();
        assert!(matches!(&refused, AppError::Conflict(said) if said.contains(why)), "{refused:?}");
    }
    assert!(fixture.trail().is_empty());
}

#[tokio::test]
async fn an_unreadable_message_goes_from_the_list_and_from_the_queue_and_no_other_one_does() {
    let fixture = Fixture::new();
    for id in ["a", "b"] {
        let letter = UnreadableLetter::new(id, "No JSON.".to_owned(), "?", now());
        dead_letters::record(&fixture.dispatcher.data, &letter).await.unwrap();
        queue(&fixture).send_unreadable(id, "?", "No JSON.").await.unwrap();
    }
    let delete = async || fixture.dispatcher.delete_letter("a", &queue(&fixture), &fixture.context()).await;

    delete().await.unwrap();
    assert!(matches!(delete().await, Err(AppError::NotFound(_))));

    assert_eq!(fixture.trail(), ["dead_letter.delete"]);
    let left = fixture.mail(DEAD_LETTERS);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].attributes["message_id"]["StringValue"], "b");
}

//! The digest: what lies in its queue becomes one e-mail. See D-83.
//!
//! What must stay true: an event leaves the queue only after the e-mail that tells of it was published. So one that cannot be
//! sent is part of the next, and one may be told twice.

use std::time::Duration;

use lambda_runtime::Error;
use shared::{config::stack_name, domain::digest::Digest};

use crate::setup::State;

/// The most receives of one digest, of ten events each: what is left is part of the next one.
const ROUNDS: usize = 1000;
/// Longer than this function may run: no event is received twice in one digest.
const HIDDEN: Duration = Duration::from_secs(300);
/// With a wait an empty answer means that the queue is empty.
const WAIT: Duration = Duration::from_secs(1);

/// Sends the digest, if anything has happened. Returns the number of events that it was made of.
pub async fn send(state: &State) -> Result<usize, Error> {
    let mut digest = Digest::default();
    let mut receipts = Vec::new();
    for _ in 0..ROUNDS {
        let received = state.waiting.receive(HIDDEN, WAIT).await?;
        if received.is_empty() {
            break;
        }
        for event in received {
            digest.add(&event.body);
            receipts.push(event.receipt);
        }
    }
    if !digest.is_empty() {
        state.readers.publish(&digest.subject(&stack_name()), &digest.text(&state.panel)).await?;
    }
    for some in receipts.chunks(10) {
        state.waiting.delete(some).await?;
    }
    Ok(receipts.len())
}

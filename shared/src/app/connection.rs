//! Connection tests: do these credentials open this tenant, and may they list workflows?
//!
//! Always with a fresh token, never with a cached one, and always with one page of workflows: a token alone does not show
//! that the user's role may read them. Whatever page comes shows it; what is not Zuora's word blames neither credentials nor
//! role.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;

use super::{
    error::AppError,
    interruption::Interruption,
    lifecycle::Claimed,
    outcome::AttemptOutcome,
    sync::{Syncer, fresh_token, origin},
};
use crate::{
    aws::limits::{Permit, Share, TokenBudget},
    domain::{base_url::BaseUrl, time::Timestamp},
    zuora::{Meter, Session, Zuora, ZuoraError},
};

/// A person waits for the answer, so each request gets this long.
const PATIENCE: Duration = Duration::from_secs(5);

/// Credentials that nobody has stored yet.
pub struct Candidate<'a> {
    /// Zuora's REST origin.
    pub base: &'a BaseUrl,
    /// The OAuth client's id.
    pub client_id: &'a str,
    /// The OAuth client's secret.
    pub client_secret: &'a SecretString,
    /// Sent to Zuora as track id, to find the request in its logs.
    pub track_id: &'a str,
}

/// Tries credentials: a token and one page of workflows.
///
/// # Errors
/// `Connection` says what Zuora answered; `TooMany` when there is no place for a token request just now.
pub async fn check(
    zuora: &Zuora,
    budget: &TokenBudget,
    candidate: &Candidate<'_>,
    now: Timestamp,
) -> Result<(), AppError> {
    if let Permit::Exhausted(retry_after) = budget.take(Share::People, now).await? {
        return Err(AppError::TooMany { why: "There are too many token requests to Zuora just now.", retry_after });
    }
    let Candidate { base, client_id, client_secret, track_id } = candidate;
    let result = async {
        let token = zuora.token(base, client_id, client_secret, track_id, PATIENCE).await?;
        let session = Session::new((*base).clone(), token.access, *track_id).with_timeout(PATIENCE);
        zuora.check_listing(&session).await
    };
    // The token is new, so nobody will ask with another one.
    result.await.map_err(|error| AppError::Connection(Box::new(ZuoraError { kind: error.final_kind(), ..error })))
}

/// Runs a claimed connection test with the stored credentials.
pub async fn run(syncer: &Syncer, claimed: &Claimed, meter: &Arc<Meter>) -> AttemptOutcome {
    let Some(customer) = &claimed.customer else {
        return Interruption::Cancelled("the customer was deleted").into();
    };
    let result: Result<(), Interruption> = async {
        let base = origin(&syncer.policy, customer)?;
        let track_id = claimed.job.id.as_str();
        let token = fresh_token(syncer, customer, &base, Share::People, track_id, PATIENCE, meter).await?;
        let session = Session::new(base, token.access, track_id).with_timeout(PATIENCE);
        let session = session.with_meter(Arc::clone(meter));
        syncer.zuora.check_listing(&session).await?;
        Ok(())
    }
    .await;
    match result {
        Ok(()) => AttemptOutcome::Tested(None),
        Err(Interruption::Failed(failure)) => AttemptOutcome::Tested(Some(failure)),
        Err(Interruption::Wait(_, failure) | Interruption::Ours(failure)) => AttemptOutcome::Untested(failure),
        Err(stop @ Interruption::Cancelled(_)) => stop.into(),
    }
}

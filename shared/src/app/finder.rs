//! Finds the data center that a client belongs to: asks Zuora's listed hosts, one after the other, for a token and a page of
//! workflows. See D-87.
//!
//! What must stay true:
//! - A host that is hard to reach is never called the wrong one: only Zuora's own refusal of client id and secret is.
//! - A search ends within its time, also when every host hangs, and takes its token requests from the share of people.
//! - All hosts are asked, also after one accepted: a copied tenant has the client of its original.

use std::time::Duration;

use secrecy::SecretString;
use serde::Serialize;
use tokio::time::{Instant, sleep, timeout_at};
use utoipa::ToSchema;

use crate::{
    aws::{
        limits::{Permit, Share, TokenBudget},
        table::StoreError,
    },
    domain::{listed_hosts::ListedHost, time::Timestamp},
    zuora::{Session, Zuora, ZuoraError, ZuoraErrorKind},
};

/// The time of one search: less than API Gateway and the function's timeout leave it.
pub const PACE: Pace = Pace { each: Duration::from_secs(3), in_all: Duration::from_secs(20) };

/// How long a search may take.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The time for one host.
    pub each: Duration,
    /// The time for all of them. No attempt begins that could not end by then.
    pub in_all: Duration,
}

/// The client whose data center is searched for.
pub struct Client<'a> {
    /// The OAuth client's id.
    pub id: &'a str,
    /// The OAuth client's secret.
    pub secret: &'a SecretString,
    /// Sent to Zuora as track id, to find the requests in its logs.
    pub track_id: &'a str,
}

/// What a host said to the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HostResult {
    /// Zuora gave a token for them: this is the client's data center.
    Accepted,
    /// Zuora itself says that they are not valid there.
    Refused,
    /// No answer in time, or none that says anything about them: an outage, a limit, a proxy.
    Unreachable,
    /// The time or the places for token requests ran out before it.
    NotTried,
}

/// A host after the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried<'a> {
    /// The host.
    pub host: &'a ListedHost,
    /// What it said.
    pub result: HostResult,
    /// Of a host that accepted: whether workflows may be listed, if it said so.
    pub can_list: Option<bool>,
}

/// A search.
pub struct Finder<'a> {
    /// Asks.
    pub zuora: &'a Zuora,
    /// Places for token requests.
    pub budget: &'a TokenBudget,
    /// Its time.
    pub pace: Pace,
}

impl Finder<'_> {
    /// Tries the client at each host in this order, until all were tried or no more can be.
    pub async fn search<'h>(&self, hosts: Vec<&'h ListedHost>, client: &Client<'_>, now: Timestamp) -> Vec<Tried<'h>> {
        let began = Instant::now();
        let (mut tried, mut goes_on) = (Vec::with_capacity(hosts.len()), true);
        for host in hosts {
            goes_on = goes_on && self.acquire(began, now).await;
            let (result, can_list) = match goes_on {
                true => self.attempt(host, client, began + self.pace.in_all).await,
                false => (HostResult::NotTried, None),
            };
            tried.push(Tried { host, result, can_list });
        }
        tried
    }

    /// Takes a place for a token request, also one of a later slot if an attempt could still end in time then.
    async fn acquire(&self, began: Instant, now: Timestamp) -> bool {
        let latest = began + self.pace.in_all.saturating_sub(self.pace.each);
        while Instant::now() <= latest {
            let place = self.budget.take(Share::People, now.plus(began.elapsed()));
            match timeout_at(latest, place).await {
                Ok(Ok(Permit::Granted)) => return true,
                Ok(Ok(Permit::Exhausted(wait))) if Instant::now() + wait <= latest => sleep(wait).await,
                Ok(Ok(Permit::Exhausted(_))) | Err(_) => return false,
                Ok(Err(error)) => return stopped_by(&error),
            }
        }
        false
    }

    async fn attempt(&self, host: &ListedHost, client: &Client<'_>, end: Instant) -> (HostResult, Option<bool>) {
        let until = end.min(Instant::now() + self.pace.each);
        let Client { id, secret, track_id } = client;
        let token = self.zuora.token(&host.base, id, secret, track_id, until - Instant::now()).await;
        let token = match token {
            Ok(token) => token,
            Err(error) if is_refusal(&error) => return (HostResult::Refused, None),
            Err(_) => return (HostResult::Unreachable, None),
        };
        let session = Session::new(host.base.clone(), token.access, *track_id).with_timeout(self.pace.each);
        let can_list = match timeout_at(until, self.zuora.check_listing(&session)).await {
            Ok(Ok(())) => Some(true),
            Ok(Err(error)) if error.kind == ZuoraErrorKind::PermissionMissing => Some(false),
            // The token alone shows whose client it is; what the listing would have said is not known.
            Ok(Err(_)) | Err(_) => None,
        };
        (HostResult::Accepted, can_list)
    }
}

/// True if Zuora refused the credentials. A good status without a token has no provenance: it may be anybody's.
fn is_refusal(error: &ZuoraError) -> bool {
    error.kind == ZuoraErrorKind::InvalidCredentials && error.provenance.is_some()
}

/// What was tried before stays in the answer and in the audit.
fn stopped_by(error: &StoreError) -> bool {
    let error: &dyn std::error::Error = error;
    tracing::warn!(error, "a search ends early: no place for a token request could be taken");
    false
}

#[cfg(test)]
mod tests;

//! The context of a person's request: its actor, the permit for it, and its audit record. See D-24.
//!
//! What must stay true: what a person changes and the record that they did are one transaction. A request that changes
//! nothing, since it was done already, is recorded all the same. What a person causes at Zuora takes a place first, wherever
//! it comes from.

use super::error::AppError;
use crate::{
    aws::{
        audit::AuditTrail,
        limits::{Permit, RequestLimits},
        table::{StoreError, Table, Write},
        transaction::write_across,
    },
    domain::{
        actor::Actor,
        audit::{Action, AuditOutcome, Record},
        ids::{AuditId, CustomerId},
        time::Timestamp,
    },
    telemetry::{self, Metric},
};

/// A person's request.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The caller.
    pub actor: Actor,
    /// The request's id, sent to Zuora as track id.
    pub request_id: String,
    /// The present moment.
    pub now: Timestamp,
    /// The audit trail for its records.
    pub trail: AuditTrail,
}

/// A record on its way to the trail.
#[derive(Clone, Debug)]
pub struct Entry {
    trail: AuditTrail,
    record: Record,
}

impl RequestContext {
    /// Takes a place for what makes this program ask Zuora, now or in a job: of the caller, and of the customer if it is
    /// about one. However many jobs one request queues, it takes one.
    ///
    /// # Errors
    /// `TooMany` when the caller, or all callers together for this customer, asked for too much this minute.
    pub async fn acquire_permit(&self, limits: &RequestLimits, customer: Option<&CustomerId>) -> Result<(), AppError> {
        match limits.take(&self.actor.sub, customer, self.now).await? {
            Permit::Granted => Ok(()),
            Permit::Exhausted(retry_after) => {
                let why = "Too much was asked for within this minute that Zuora has to answer.";
                Err(AppError::TooMany { why, retry_after })
            }
        }
    }

    /// A record of what is done for this request, about nothing in particular yet.
    pub fn record(&self, action: Action) -> Record {
        Record::new(self.actor.clone(), action, self.request_id.clone(), self.now)
    }

    /// Writes a record of an attempt that was refused, unless one of the same minute tells of it already.
    ///
    /// # Errors
    /// As [`write_across`].
    pub async fn record_refusal(&self, record: Record) -> Result<(), StoreError> {
        let record = Record { outcome: AuditOutcome::Refused, ..record };
        match commit(Vec::new(), Some(&self.entry(record))).await {
            Err(StoreError::Conflict { .. }) => Ok(()),
            written => written,
        }
    }

    /// A record on its way.
    pub fn entry(&self, record: Record) -> Entry {
        Entry { trail: self.trail.clone(), record }
    }
}

impl Entry {
    /// Another record of the same request.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(Record) -> Record) -> Self {
        let record = Record { id: AuditId::new(), ..self.record.clone() };
        Self { trail: self.trail.clone(), record: change(record) }
    }
}

/// Writes all or nothing, with the record of it if a person asked.
///
/// # Errors
/// As [`write_across`].
pub async fn commit(mut parts: Vec<(&Table, Vec<Write>)>, entry: Option<&Entry>) -> Result<(), StoreError> {
    if let Some(Entry { trail, record }) = entry {
        parts.push((trail.table(), vec![trail.put(record)?]));
    }
    write_across(&parts).await?;
    if entry.is_some() {
        telemetry::count(Metric::AuditWritten);
    }
    Ok(())
}

//! Trying credentials, and sealing a new secret.
//!
//! What must stay true: whoever tries some leaves a record, whether Zuora takes them or not, with the client and the address and
//! never with the secret.

use secrecy::SecretString;

use super::{CustomerChange, CustomerService};
use crate::{
    app::{
        connection::{self, Candidate},
        context::{RequestContext, commit},
        error::AppError,
        finder::{Client, Finder, HostResult, PACE, Tried},
    },
    domain::{
        audit::{Action, Record},
        base_url::BaseUrl,
        customer::{Connection, Customer, Settings},
        invalid::Invalid,
        listed_hosts::ListedHost,
    },
};

/// A new secret as it will be stored.
pub(super) struct Sealed {
    /// The sealed secret.
    pub(super) ciphertext: Vec<u8>,
    /// The settings that it was sealed for.
    pub(super) settings: Settings,
    /// The outcome of trying it.
    pub(super) connection: Option<Connection>,
}

impl CustomerService {
    /// Tries credentials, and stores nothing but the record that somebody did.
    ///
    /// # Errors
    /// `TooMany`; `Connection` says what is wrong.
    pub async fn test(
        &self,
        base: &BaseUrl,
        client_id: &str,
        client_secret: &SecretString,
        context: &RequestContext,
    ) -> Result<Connection, AppError> {
        context.acquire_permit(&self.limits, None).await?;
        let attempt = context.record(Action::ConnectionTest);
        let connection = self.prove(base, client_id, client_secret, attempt.clone(), context).await?;
        commit(Vec::new(), Some(&context.entry(attempt.of_credentials(base, client_id)))).await?;
        Ok(connection)
    }

    /// Tries credentials at each of these hosts in turn, and stores nothing but one record of where they were sent.
    ///
    /// # Errors
    /// `TooMany`; store failures.
    pub async fn find<'h>(
        &self,
        hosts: Vec<&'h ListedHost>,
        client_id: &str,
        client_secret: &SecretString,
        context: &RequestContext,
    ) -> Result<Vec<Tried<'h>>, AppError> {
        context.acquire_permit(&self.limits, None).await?;
        let finder = Finder { zuora: &self.zuora, budget: &self.token_budget, pace: PACE };
        let client = Client { id: client_id, secret: client_secret, track_id: &context.request_id };
        let tried = finder.search(hosts, &client, context.now).await;
        let sent = tried.iter().filter(|tried| tried.result != HostResult::NotTried);
        let sent: Vec<_> = sent.map(|tried| &tried.host.base).collect();
        let record = context.record(Action::ConnectionTest).of_search(&sent, client_id);
        if tried.iter().any(|tried| tried.result == HostResult::Accepted) {
            commit(Vec::new(), Some(&context.entry(record))).await?;
        } else if !sent.is_empty() {
            context.record_refusal(record).await?;
        }
        Ok(tried)
    }

    /// Tries credentials for a creation or a change. If Zuora does not take them, `attempt` is recorded as refused.
    pub(super) async fn prove(
        &self,
        base: &BaseUrl,
        client_id: &str,
        client_secret: &SecretString,
        attempt: Record,
        context: &RequestContext,
    ) -> Result<Connection, AppError> {
        let candidate = Candidate { base, client_id, client_secret, track_id: &context.request_id };
        let checked = connection::check(&self.zuora, &self.token_budget, &candidate, context.now).await;
        if let Err(AppError::Connection(_)) = &checked {
            context.record_refusal(attempt.of_credentials(base, client_id)).await?;
        }
        checked.map(|()| Connection { ok: true, checked_at: context.now, error: None })
    }

    /// Seals a new secret for the settings that the change makes, after trying it if it shall be tried.
    pub(super) async fn sealed(
        &self,
        current: &Customer,
        change: &CustomerChange,
        secret: &SecretString,
        context: &RequestContext,
    ) -> Result<Sealed, AppError> {
        let settings = change.settings.clone().over(&current.settings);
        let mut connection = None;
        if change.verify {
            let attempt = context.record(Action::CustomerUpdate).about(current);
            let base = self.policy.parse(&settings.zuora_base_url);
            let base = base.map_err(|e| AppError::Invalid(Invalid::one("/zuora_base_url", e.to_string())))?;
            connection = Some(self.prove(&base, &settings.zuora_client_id, secret, attempt, context).await?);
        }
        let ciphertext = self.secrets.seal(&current.id, settings.destination(), secret).await?;
        Ok(Sealed { ciphertext, settings, connection })
    }
}

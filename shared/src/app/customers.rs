//! Creating, changing, pausing and deleting customers.
//!
//! What must stay true:
//! - Customer, sealed secret, first job: one transaction, or nothing; so are a change or a resumption and the sync it calls
//!   for. New credentials are proven before they are stored, unless the admin says otherwise.
//! - The secret goes in and never comes out: this side can seal, not open.
//! - A secret belongs to a base URL and a client ID: others need it entered again, or an edit could send it elsewhere.

mod bulk;
mod change;
mod credentials;
mod once;

use secrecy::SecretString;

pub use self::{
    bulk::{BulkAction, BulkOutcome},
    change::CustomerChange,
    once::CreatedOnce,
};
use self::{change::is_expected, credentials::Sealed, once::Created};
use super::{
    conflicts::retry_on_conflict,
    context::{RequestContext, commit},
    dispatch::{Dispatcher, SyncRequest},
    error::AppError,
};
use crate::{
    aws::{
        customers::Customers,
        grants::{Grant, GrantStore},
        idempotency::KeyClaim,
        jobs::Jobs,
        limits::{RequestLimits, TokenBudget},
        sealing::Sealer,
        table::Write,
        vault::{Credentials, Vault},
    },
    domain::{
        audit::{self, Action},
        base_url::{BaseUrl, BaseUrlPolicy},
        customer::{Customer, Settings, Status},
        ids::{CustomerId, JobId, UserId},
        invalid::Invalid,
        job::{Job, Kind, Trigger},
        policy::{Role, Target},
        precondition::Precondition,
        time::Timestamp,
    },
    zuora::Zuora,
};

/// The number of grants that go in the transaction of a deletion, which takes a hundred writes.
const MOST_GRANTS: usize = 80;

/// Admins' side of customers.
#[derive(Clone, Debug)]
pub struct CustomerService {
    /// Customers and jobs.
    pub dispatcher: Dispatcher,
    /// What users were granted on customers.
    pub grants: GrantStore,
    /// The table of sealed secrets.
    pub vault: Vault,
    /// Seals client secrets.
    pub secrets: Sealer,
    /// For connection tests.
    pub zuora: Zuora,
    /// The rule for base URLs.
    pub policy: BaseUrlPolicy,
    /// Places for token requests.
    pub token_budget: TokenBudget,
    /// Places for what people ask for.
    pub limits: RequestLimits,
}

/// A new customer, its credentials, and whether to try them first.
pub struct Creation {
    /// The settings.
    pub settings: Settings,
    /// The origin, parsed.
    pub base: BaseUrl,
    /// The client secret.
    pub secret: SecretString,
    /// True to try the credentials before anything is stored.
    pub verify: bool,
    /// The user who is to hold every verb on it: whoever creates it and is no super admin.
    pub creator: Option<UserId>,
}

impl CustomerService {
    /// Creates a customer and queues its first sync.
    ///
    /// # Errors
    /// `TooMany`; `Connection` when the credentials do not work, and nothing is stored then.
    pub async fn create(&self, new: Creation, context: &RequestContext) -> Result<Customer, AppError> {
        self.create_for(new, None, context).await
    }

    async fn create_for(
        &self,
        new: Creation,
        once: Option<&KeyClaim>,
        context: &RequestContext,
    ) -> Result<Customer, AppError> {
        context.acquire_permit(&self.limits, None).await?;
        let now = context.now;
        let connection = match new.verify {
            true => {
                let attempt = context.record(Action::CustomerCreate);
                Some(self.prove(&new.base, &new.settings.zuora_client_id, &new.secret, attempt, context).await?)
            }
            false => None,
        };
        let mut customer = Customer::new(new.settings, connection, now);
        let ciphertext = self.secrets.seal(&customer.id, customer.settings.destination(), &new.secret).await?;
        let actor = Some(context.actor.clone());
        let job = Job::new(Kind::Sync, customer.id.clone(), Trigger::Created, actor, now, now);
        customer.sync_job_id = Some(job.id.clone());
        let credentials = Credentials { ciphertext, secret_version: customer.credential_version };
        let mut record = context.record(Action::CustomerCreate).about(&customer).job(&job);
        record.changes = audit::differences(None, &customer);
        let mut data = Customers::put(&mut customer, None)?;
        data.extend(Jobs::put(&job, 0)?);
        let mut grants = Vec::new();
        if let Some(user) = new.creator {
            grants.push(GrantStore::put(&Grant {
                user,
                customer_id: Some(customer.id.clone()),
                verbs: Role::Admin.verbs(Target::One(&customer.id)),
                email: context.actor.email.clone(),
                granted_by: context.actor.sub.clone(),
                granted_by_email: context.actor.email.clone(),
                granted_at: now,
            })?);
        }
        if let Some(claim) = once {
            data.push(claim.done(&Created { id: customer.id.clone() }, now)?);
        }
        let writes = vec![
            (&self.dispatcher.data, data),
            (self.grants.table(), grants),
            (self.vault.table(), vec![Vault::put_credentials(&customer.id, &credentials)?]),
        ];
        commit(writes, Some(&context.entry(record))).await?;
        self.dispatcher.send(&job, now).await;
        Ok(customer)
    }

    /// Changes a customer. New credentials void the cached token and queue a sync.
    ///
    /// # Errors `NotFound`; `Stale` when it is not the expected entity tag; `Invalid` when another base URL or
    /// client ID comes without the secret; `TooMany` and `Connection` as for [`CustomerService::create`].
    pub async fn change(
        &self,
        id: &CustomerId,
        change: CustomerChange,
        context: &RequestContext,
    ) -> Result<Customer, AppError> {
        let current = self.dispatcher.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?.value;
        change.check(&current)?;
        if change.touches_credentials(&current) {
            context.acquire_permit(&self.limits, Some(id)).await?;
        }
        let sealed = match &change.secret {
            Some(secret) => Some(self.sealed(&current, &change, secret, context).await?),
            None => None,
        };
        self.store_change(id, &change, sealed, context).await
    }

    async fn store_change(
        &self,
        id: &CustomerId,
        change: &CustomerChange,
        sealed: Option<Sealed>,
        context: &RequestContext,
    ) -> Result<Customer, AppError> {
        let now = context.now;
        let (customer, due) = retry_on_conflict("customer", || async {
            let found = self.dispatcher.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?;
            // Somebody may have changed it meanwhile.
            change.check(&found.value)?;
            let mut customer = found.value.clone();
            let credentials_change = change.apply(&mut customer, now);
            let mut vault = Vec::new();
            if credentials_change {
                customer.credential_version += 1;
                customer.connection = sealed.as_ref().and_then(|sealed| sealed.connection.clone());
                customer.reset_failures();
                vault.push(Vault::forget_token(id));
            }
            if let Some(Sealed { ciphertext, settings, .. }) = &sealed {
                if settings.destination() != customer.settings.destination() {
                    // Somebody else's base URL must not get this secret, whatever `If-Match` allows.
                    return Err(AppError::Stale(found.value.entity_tag()));
                }
                customer.secret_updated_at = now;
                let credentials =
                    Credentials { ciphertext: ciphertext.clone(), secret_version: customer.credential_version };
                vault.push(Vault::put_credentials(id, &credentials)?);
            }
            let mut record = context.record(Action::CustomerUpdate).about(&customer);
            record.changes = audit::differences(Some(&found.value), &customer);
            let mut data = Vec::new();
            let due = match credentials_change && customer.is_syncable() {
                true => self.resync(&mut customer, Trigger::CredentialsChanged, now, &mut data, context).await?,
                false => None,
            };
            data.extend(Customers::put(&mut customer, Some(&found))?);
            let writes = vec![(&self.dispatcher.data, data), (self.vault.table(), vault)];
            commit(writes, Some(&context.entry(record))).await?;
            Ok((customer, due))
        })
        .await?;
        self.send_if_due(due, now).await;
        Ok(customer)
    }

    /// Adds the sync that a change of the customer calls for to what is written with it; returns its job, if a message is
    /// due then.
    async fn resync(
        &self,
        customer: &mut Customer,
        trigger: Trigger,
        begins: Timestamp,
        writes: &mut Vec<Write>,
        context: &RequestContext,
    ) -> Result<Option<Job>, AppError> {
        let asked = SyncRequest::at_once(trigger, Some(context.actor.clone()), context.now);
        let request = SyncRequest { due: begins, ..asked };
        let placing = self.dispatcher.prepare_sync(customer, &request).await?;
        writes.extend(placing.writes);
        Ok(placing.is_due.then(|| placing.requested.job().clone()))
    }

    async fn send_if_due(&self, due: Option<Job>, now: Timestamp) {
        if let Some(job) = due {
            self.dispatcher.send(&job, now).await;
        }
    }

    /// Pauses a customer, or resumes it and queues a sync.
    ///
    /// # Errors
    /// `NotFound`; `TooMany` for a resumption; store failures.
    pub async fn set_paused(
        &self,
        id: &CustomerId,
        paused: bool,
        context: &RequestContext,
    ) -> Result<Customer, AppError> {
        if !paused {
            context.acquire_permit(&self.limits, Some(id)).await?;
        }
        self.store_paused(id, paused, context.now, context).await
    }

    /// The same without a permit; a sync begins at `begins`.
    async fn store_paused(
        &self,
        id: &CustomerId,
        paused: bool,
        begins: Timestamp,
        context: &RequestContext,
    ) -> Result<Customer, AppError> {
        let action = if paused { Action::CustomerPause } else { Action::CustomerResume };
        let (customer, due) = retry_on_conflict("customer", || async {
            let found = self.dispatcher.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?;
            let mut customer = found.value.clone();
            if paused {
                customer.pause();
            } else {
                customer.resume(context.now);
            }
            customer.updated_at = context.now;
            let mut record = context.record(action).about(&customer);
            record.changes = audit::differences(Some(&found.value), &customer);
            let mut writes = Vec::new();
            let due = match paused {
                true => None,
                false => self.resync(&mut customer, Trigger::Manual, begins, &mut writes, context).await?,
            };
            writes.extend(Customers::put(&mut customer, Some(&found))?);
            self.dispatcher.commit(writes, Some(&context.entry(record))).await?;
            Ok((customer, due))
        })
        .await?;
        self.send_if_due(due, context.now).await;
        Ok(customer)
    }

    /// Deletes a customer: hidden at once, its secrets and grants destroyed in the same transaction, the rest by a purge job.
    /// Grants that do not fit into it, or come at the same moment, go right after it.
    ///
    /// # Errors
    /// `NotFound`; `Stale` when it is not the expected entity tag; `Invalid` when `confirm` is not the customer's name.
    pub async fn delete(
        &self,
        id: &CustomerId,
        expected: &Precondition,
        confirm: &str,
        context: &RequestContext,
    ) -> Result<JobId, AppError> {
        let now = context.now;
        let job = retry_on_conflict("customer", || async {
            let found = self.dispatcher.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?;
            let mut customer = found.value.clone();
            is_expected(&customer, expected)?;
            if customer.settings.name != confirm {
                return Err(AppError::Invalid(Invalid::one(
                    "confirm",
                    "Repeat the customer's name exactly: everything stored of it will be lost.",
                )));
            }
            customer.status = Status::Deleting;
            customer.next_sync_at = None;
            customer.updated_at = now;
            let job = Job::new(Kind::Purge, id.clone(), Trigger::Deleted, Some(context.actor.clone()), now, now);
            let mut data = Customers::put(&mut customer, Some(&found))?;
            data.extend(Jobs::put(&job, 0)?);
            let mut vault = Vault::destroy(id);
            vault.push(Vault::mark_deletion(id, now)?);
            let mut grants = self.grants.withdrawals(id).await?;
            grants.truncate(MOST_GRANTS);
            let writes =
                vec![(&self.dispatcher.data, data), (self.vault.table(), vault), (self.grants.table(), grants)];
            let record = context.record(Action::CustomerDelete).about(&customer).job(&job);
            commit(writes, Some(&context.entry(record))).await?;
            Ok(job)
        })
        .await?;
        if let Err(error) = self.grants.forget_customer(id).await {
            // They count for nothing: a customer that was deleted is hidden from everybody.
            let error: &dyn std::error::Error = &error;
            tracing::warn!(customer_id = %id, error, "grants on a deleted customer stay");
        }
        self.dispatcher.send(&job, now).await;
        Ok(job.id)
    }
}

#[cfg(test)]
mod tests;

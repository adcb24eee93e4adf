//! Granting verbs to users, and withdrawing them.

use std::collections::BTreeSet;

use super::{
    context::{RequestContext, commit},
    dispatch::Dispatcher,
    error::AppError,
};
use crate::{
    aws::{
        customers::Customers,
        grants::{Grant, GrantStore},
        table::StoreError,
        user_pool::UserPool,
    },
    domain::{
        actor::Actor,
        audit::{Action, Record},
        change::{BeforeAfter, FieldChange},
        ids::{CustomerId, UserId},
        invalid::Invalid,
        policy::{Verb, Verbs},
    },
};

/// Grants: who may do what with which customers.
#[derive(Clone, Debug)]
pub struct AccessService {
    /// Customers.
    pub dispatcher: Dispatcher,
    /// The grants.
    pub grants: GrantStore,
    /// The users to whom something can be granted.
    pub users: UserPool,
}

impl AccessService {
    /// Grants `verbs` to a user on one customer (none: on all), in place of what the user had there.
    ///
    /// # Errors
    /// `NotFound` when the customer is not there, or the user not in the pool; `Invalid` for verbs that cannot be granted there.
    pub async fn grant(
        &self,
        user: UserId,
        customer: Option<CustomerId>,
        verbs: Verbs,
        context: &RequestContext,
    ) -> Result<Grant, AppError> {
        check(customer.as_ref(), &verbs)?;
        let known = self.users.find(&user).await?.ok_or(AppError::NotFound("user"))?;
        let mut record = self.record(Action::GrantPut, &user, customer.as_ref(), context).await?;
        let before = self.grants.get(&user, customer.as_ref()).await?.map(|grant| text_of(&grant.verbs));
        let values = BeforeAfter { before, after: Some(text_of(&verbs)) };
        record.changes = vec![FieldChange { field: "verbs".to_owned(), values }];
        let Actor { sub, email } = context.actor.clone();
        let grant = Grant {
            user,
            email: known.email,
            customer_id: customer,
            verbs,
            granted_by: sub,
            granted_by_email: email,
            granted_at: context.now,
        };
        // Not after the customer was deleted: nobody would withdraw it.
        let there = grant.customer_id.as_ref().map(Customers::exists);
        let writes = vec![
            (self.grants.table(), vec![GrantStore::put(&grant)?]),
            (&self.dispatcher.data, there.into_iter().collect()),
        ];
        match commit(writes, Some(&context.entry(record))).await {
            Ok(()) => Ok(grant),
            Err(StoreError::Conflict { .. }) => Err(AppError::NotFound("customer")),
            Err(error) => Err(error.into()),
        }
    }

    /// Withdraws what a user was granted on one customer (none: on all).
    ///
    /// # Errors
    /// `NotFound` when there is no such grant.
    pub async fn withdraw(
        &self,
        user: &UserId,
        customer: Option<&CustomerId>,
        context: &RequestContext,
    ) -> Result<(), AppError> {
        let mut record = self.record(Action::GrantDelete, user, customer, context).await?;
        let found = self.grants.get(user, customer).await?.ok_or(AppError::NotFound("grant"))?;
        let values = BeforeAfter { before: Some(text_of(&found.verbs)), after: None };
        record.changes = vec![FieldChange { field: "verbs".to_owned(), values }];
        let writes = vec![(self.grants.table(), vec![GrantStore::delete(user, customer)])];
        match commit(writes, Some(&context.entry(record))).await {
            Err(StoreError::Conflict { .. }) => Err(AppError::NotFound("grant")),
            result => Ok(result?),
        }
    }

    /// The beginning of the record about a grant; makes sure that the customer is there.
    async fn record(
        &self,
        action: Action,
        user: &UserId,
        customer: Option<&CustomerId>,
        context: &RequestContext,
    ) -> Result<Record, AppError> {
        let mut record = context.record(action);
        if let Some(id) = customer {
            let found = self.dispatcher.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?;
            record = record.about(&found.value);
        }
        record.user = Some(user.to_string());
        Ok(record)
    }
}

fn check(customer: Option<&CustomerId>, verbs: &Verbs) -> Result<(), AppError> {
    let fault = if verbs.is_empty() {
        "Name at least one verb. To withdraw the grant, delete it."
    } else if customer.is_some() && verbs.contains(&Verb::Create) {
        "Nobody can create one customer that exists: grant create on all."
    } else {
        return Ok(());
    };
    Err(AppError::Invalid(Invalid::one("/verbs", fault)))
}

fn text_of(verbs: &BTreeSet<Verb>) -> String {
    let names = verbs.iter().filter_map(|verb| serde_json::to_value(verb).ok()?.as_str().map(str::to_owned));
    names.collect::<Vec<_>>().join(", ")
}

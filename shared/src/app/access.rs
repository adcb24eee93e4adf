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

/// Grants `verbs` to a user on one customer (none: on all), in place of what the user had there.
///
/// # Errors
/// `NotFound` when the customer is not there, or the user not in the pool; `Invalid` for verbs that cannot be granted there.
pub async fn grant(
    dispatcher: &Dispatcher,
    pool: &UserPool,
    user: UserId,
    customer: Option<CustomerId>,
    verbs: Verbs,
    context: &RequestContext,
) -> Result<Grant, AppError> {
    check(customer.as_ref(), &verbs)?;
    let known = pool.find(&user).await?.ok_or(AppError::NotFound("user"))?;
    let mut record = record(dispatcher, Action::GrantPut, &user, customer.as_ref(), context).await?;
    let before = dispatcher.grants.get(&user, customer.as_ref()).await?.map(|grant| text_of(&grant.verbs));
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
    let mut writes = vec![GrantStore::put(&grant)?];
    // Not after the customer was removed: nobody would withdraw it.
    writes.extend(grant.customer_id.as_ref().map(Customers::exists));
    match commit(vec![(&dispatcher.data, writes)], Some(&context.entry(record))).await {
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
    dispatcher: &Dispatcher,
    user: &UserId,
    customer: Option<&CustomerId>,
    context: &RequestContext,
) -> Result<(), AppError> {
    let mut record = record(dispatcher, Action::GrantDelete, user, customer, context).await?;
    let found = dispatcher.grants.get(user, customer).await?.ok_or(AppError::NotFound("grant"))?;
    let values = BeforeAfter { before: Some(text_of(&found.verbs)), after: None };
    record.changes = vec![FieldChange { field: "verbs".to_owned(), values }];
    match commit(vec![(&dispatcher.data, vec![GrantStore::delete(user, customer)])], Some(&context.entry(record))).await
    {
        Err(StoreError::Conflict { .. }) => Err(AppError::NotFound("grant")),
        result => Ok(result?),
    }
}

/// The beginning of the record about a grant; makes sure that the customer is there.
async fn record(
    dispatcher: &Dispatcher,
    action: Action,
    user: &UserId,
    customer: Option<&CustomerId>,
    context: &RequestContext,
) -> Result<Record, AppError> {
    let mut record = context.record(action);
    if let Some(id) = customer {
        let found = dispatcher.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?;
        record = record.about(&found.value);
    }
    record.user = Some(user.to_string());
    Ok(record)
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

//! What an admin changes of a customer: when it applies, and what it makes of the customer.

use secrecy::SecretString;

use crate::{
    app::error::AppError,
    domain::{
        base_url::BaseUrl,
        customer::{Customer, Environment},
        guard::LimitsChange,
        invalid::Invalid,
        precondition::Precondition,
        schedule::Frequency,
        time::Timestamp,
    },
};

/// What an admin changes; absent = stays.
pub struct Change {
    /// Which entity tag it was meant for.
    pub expected: Precondition,
    /// A new name.
    pub name: Option<String>,
    /// Another OAuth client.
    pub zuora_client_id: Option<String>,
    /// A new secret.
    pub secret: Option<SecretString>,
    /// Another origin.
    pub base: Option<BaseUrl>,
    /// Another environment.
    pub environment: Option<Environment>,
    /// Another frequency.
    pub sync_frequency: Option<Frequency>,
    /// Other limits of the delete guard.
    pub delete_guard: LimitsChange,
    /// Whether to try a new secret before anything is stored.
    pub verify: bool,
}

impl Change {
    pub(super) fn moves(&self, current: &Customer) -> bool {
        self.base.as_ref().is_some_and(|base| base.as_str() != current.zuora_base_url)
    }

    /// Whether it applies: to the entity tag it was meant for, and another base URL needs the secret again.
    pub(super) fn check(&self, current: &Customer) -> Result<(), AppError> {
        is_expected(current, &self.expected)?;
        if !self.moves(current) || self.secret.is_some() {
            return Ok(());
        }
        Err(AppError::Invalid(Invalid::one(
            "/zuora_client_secret",
            "Enter the client secret again when the base URL changes: a secret is never sent to another address than the one it was given for.",
        )))
    }

    /// Whether it makes the credentials other ones, which are then tried or synced with.
    pub(super) fn touches_credentials(&self, current: &Customer) -> bool {
        let other_client = self.zuora_client_id.as_ref().is_some_and(|id| *id != current.zuora_client_id);
        other_client || self.moves(current) || self.secret.is_some()
    }

    /// Applies what is set; says whether the credentials are other ones now.
    pub(super) fn apply(&self, customer: &mut Customer, now: Timestamp) -> bool {
        let credentials_change = self.touches_credentials(customer);
        if let Some(name) = &self.name {
            customer.name.clone_from(name);
        }
        if let Some(id) = &self.zuora_client_id {
            customer.zuora_client_id.clone_from(id);
        }
        if let Some(base) = &self.base {
            base.as_str().clone_into(&mut customer.zuora_base_url);
        }
        if let Some(environment) = self.environment {
            customer.environment = environment;
        }
        if let Some(frequency) = self.sync_frequency {
            customer.set_frequency(frequency, now);
        }
        customer.delete_guard = self.delete_guard.over(customer.delete_guard);
        customer.updated_at = now;
        credentials_change
    }
}

/// Whether the customer is still the entity tag that was meant.
pub(super) fn is_expected(customer: &Customer, expected: &Precondition) -> Result<(), AppError> {
    let entity_tag = customer.entity_tag();
    if expected.allows(&entity_tag) { Ok(()) } else { Err(AppError::Stale(entity_tag)) }
}

//! An admin's change of a customer: its precondition, and its effect on the customer.

use secrecy::SecretString;

use crate::{
    app::error::AppError,
    domain::{
        customer::{Customer, SettingsChange},
        invalid::Invalid,
        precondition::Precondition,
        time::Timestamp,
    },
};

/// An edit of a customer; what is absent stays.
pub struct CustomerChange {
    /// The entity tags that it was meant for.
    pub expected: Precondition,
    /// New settings.
    pub settings: SettingsChange,
    /// A new secret.
    pub secret: Option<SecretString>,
    /// True to try a new secret before anything is stored.
    pub verify: bool,
}

impl CustomerChange {
    /// Refuses it where it does not apply: to another entity tag than it was meant for, or to another destination without the
    /// secret.
    pub(super) fn check(&self, current: &Customer) -> Result<(), AppError> {
        is_expected(current, &self.expected)?;
        if !self.settings.leads_elsewhere(&current.settings) || self.secret.is_some() {
            return Ok(());
        }
        Err(AppError::Invalid(Invalid::one(
            "/zuora_client_secret",
            "Enter the client secret again when the base URL or the client ID changes: a secret is never used for others than those it was entered for.",
        )))
    }

    /// True if it makes the credentials other ones, which are then tried or synced with.
    pub(super) fn touches_credentials(&self, current: &Customer) -> bool {
        self.settings.leads_elsewhere(&current.settings) || self.secret.is_some()
    }

    /// Applies what is set; true if the credentials are other ones now.
    pub(super) fn apply(&self, customer: &mut Customer, now: Timestamp) -> bool {
        let credentials_change = self.touches_credentials(customer);
        customer.set(self.settings.clone().over(&customer.settings), now);
        customer.updated_at = now;
        credentials_change
    }
}

/// Succeeds if the customer still has an expected entity tag.
pub(super) fn is_expected(customer: &Customer, expected: &Precondition) -> Result<(), AppError> {
    let entity_tag = customer.entity_tag();
    if expected.allows(&entity_tag) { Ok(()) } else { Err(AppError::Stale(entity_tag)) }
}

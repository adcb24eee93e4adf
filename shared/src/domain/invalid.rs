//! Wrong input: every fault with the field it is in and how to mend it.

use std::fmt::Display;
use utoipa::ToSchema;

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, ToSchema)]
pub struct FieldError {
    /// A JSON pointer into the body (`/name`), or a parameter's name.
    pub pointer: String,
    /// What is wrong and how to mend it. Never repeats a value: it may be a secret.
    pub detail: String,
}

impl FieldError {
    /// A fault in a field.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// All faults of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invalid(pub Vec<FieldError>);

impl Invalid {
    /// One fault.
    pub fn one(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self(vec![FieldError::new(pointer, detail)])
    }

    /// Takes a parsed field, or notes its fault and goes on, so that all faults are told at once.
    pub fn check<T>(&mut self, pointer: &str, parsed: Result<T, impl Display>) -> Option<T> {
        parsed.map_err(|fault| self.0.push(FieldError::new(pointer, fault.to_string()))).ok()
    }
}

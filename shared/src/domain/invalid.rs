//! Invalid input: every fault with its field and how to correct it.

use std::fmt::Display;
use utoipa::ToSchema;

/// One invalid field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, ToSchema)]
pub struct FieldError {
    /// A JSON pointer into the body (`/name`), or a parameter's name.
    pub pointer: String,
    /// The fault and how to correct it. Never repeats a value: it may be a secret.
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

    /// Takes a parsed field, or records its fault and returns none, so that all faults are reported at once.
    pub fn check<T>(&mut self, pointer: &str, parsed: Result<T, impl Display>) -> Option<T> {
        parsed.map_err(|fault| self.0.push(FieldError::new(pointer, fault.to_string()))).ok()
    }
}

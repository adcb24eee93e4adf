//! Errors as clients see them: `application/problem+json` (RFC 9457) with a stable type.
//!
//! A problem is made by a handler and rendered by [`super::serve`], which adds the request id and writes the log line; the
//! cause goes only into that line.

use std::{fmt::Write as _, time::Duration};

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::{etag::etag, refusal::Refusal};
use crate::{
    app::error::AppError,
    aws::{sealing::SealError, table::StoreError},
    domain::invalid::{FieldError, Invalid},
    zuora::ZuoraErrorKind,
};

/// Every kind of problem. Slugs never change: clients match on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The body is not JSON.
    MalformedJson,
    /// A query or path parameter is wrong.
    InvalidParameter,
    /// The cursor was not made for this list.
    CursorInvalid,
    /// No valid ID token.
    Unauthenticated,
    /// The caller may not do this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// It does not apply in the present state.
    Conflict,
    /// The same request is being done.
    RequestInFlight,
    /// It was changed since the caller saw it.
    PreconditionFailed,
    /// The caller does not say what they saw.
    PreconditionRequired,
    /// The body or the answer is too large.
    TooLarge,
    /// The body is not sent as JSON.
    UnsupportedMediaType,
    /// Fields are wrong.
    ValidationFailed,
    /// The idempotency key belongs to another request.
    IdempotencyKeyReused,
    /// Zuora did not take the credentials.
    ZuoraCredentialsInvalid,
    /// Zuora's user may not read workflows.
    ZuoraPermissionMissing,
    /// Zuora could not be asked.
    ZuoraUnreachable,
    /// Come back later.
    TooManyRequests,
    /// A stored definition is not what was stored.
    DefinitionDamaged,
    /// Our fault.
    Internal,
    /// Passing trouble of ours.
    Unavailable,
}

impl ProblemKind {
    /// All kinds, in the order of the table in docs/api.md.
    pub const ALL: [Self; 22] = [
        Self::MalformedJson,
        Self::InvalidParameter,
        Self::CursorInvalid,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::RequestInFlight,
        Self::PreconditionFailed,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::ValidationFailed,
        Self::IdempotencyKeyReused,
        Self::ZuoraCredentialsInvalid,
        Self::ZuoraPermissionMissing,
        Self::ZuoraUnreachable,
        Self::PreconditionRequired,
        Self::TooManyRequests,
        Self::DefinitionDamaged,
        Self::Internal,
        Self::Unavailable,
    ];

    /// Slug, status and title.
    pub const fn parts(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::MalformedJson => ("malformed-json", StatusCode::BAD_REQUEST, "The body is not valid JSON"),
            Self::InvalidParameter => ("invalid-parameter", StatusCode::BAD_REQUEST, "A parameter is wrong"),
            Self::CursorInvalid => ("cursor-invalid", StatusCode::BAD_REQUEST, "The cursor is not valid here"),
            Self::Unauthenticated => ("unauthenticated", StatusCode::UNAUTHORIZED, "Sign in first"),
            Self::Forbidden => ("forbidden", StatusCode::FORBIDDEN, "You may not do this"),
            Self::NotFound => ("not-found", StatusCode::NOT_FOUND, "Not found"),
            Self::MethodNotAllowed => {
                ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "This path has no such method")
            }
            Self::Conflict => ("conflict", StatusCode::CONFLICT, "Not possible in the present state"),
            Self::RequestInFlight => ("request-in-flight", StatusCode::CONFLICT, "The same request is being done"),
            Self::PreconditionFailed => {
                ("precondition-failed", StatusCode::PRECONDITION_FAILED, "It was changed since you read it")
            }
            Self::PreconditionRequired => {
                ("precondition-required", StatusCode::PRECONDITION_REQUIRED, "Say which version you change")
            }
            Self::IdempotencyKeyReused => {
                ("idempotency-key-reused", StatusCode::UNPROCESSABLE_ENTITY, "The key belongs to another request")
            }
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "Too large"),
            Self::UnsupportedMediaType => {
                ("unsupported-media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send application/json")
            }
            Self::ValidationFailed => ("validation-failed", StatusCode::UNPROCESSABLE_ENTITY, "Fields are wrong"),
            Self::ZuoraCredentialsInvalid => {
                ("zuora-credentials-invalid", StatusCode::UNPROCESSABLE_ENTITY, "Zuora did not accept the credentials")
            }
            Self::ZuoraPermissionMissing => {
                ("zuora-permission-missing", StatusCode::UNPROCESSABLE_ENTITY, "Zuora denied access to workflows")
            }
            Self::ZuoraUnreachable => {
                ("zuora-unreachable", StatusCode::UNPROCESSABLE_ENTITY, "Zuora could not be asked")
            }
            Self::TooManyRequests => ("too-many-requests", StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            Self::DefinitionDamaged => {
                ("definition-damaged", StatusCode::SERVICE_UNAVAILABLE, "The stored definition is damaged")
            }
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
            Self::Unavailable => ("unavailable", StatusCode::SERVICE_UNAVAILABLE, "Not available right now"),
        }
    }
}

/// An error on its way to the client.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The kind of problem.
    pub kind: ProblemKind,
    detail: Box<str>,
    errors: Vec<FieldError>,
    parts: Option<u32>,
    next_step: Option<Box<str>>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Box<str>>,
    refusal: Option<Box<Refusal>>,
}

impl Problem {
    /// A problem with a sentence for the client.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into().into_boxed_str(),
            errors: Vec::new(),
            parts: None,
            next_step: None,
            headers: Vec::new(),
            cause: None,
            refusal: None,
        }
    }

    /// A wrong parameter.
    pub fn parameter(name: &str, detail: impl Into<String>) -> Self {
        let error = FieldError::new(name, detail);
        Self {
            errors: vec![error],
            ..Self::new(ProblemKind::InvalidParameter, format!("The parameter {name} is wrong."))
        }
    }

    /// Wrong fields.
    pub fn invalid(Invalid(errors): Invalid) -> Self {
        Self {
            errors,
            ..Self::new(ProblemKind::ValidationFailed, "Correct the fields named in errors and send it again.")
        }
    }

    /// Our fault: the client gets a fixed sentence, the log gets the cause.
    pub fn internal(cause: &dyn std::error::Error) -> Self {
        let detail = "The request failed on our side and was logged. Send the request id when you ask about it.";
        Self { cause: Some(chain(cause).into()), ..Self::new(ProblemKind::Internal, detail) }
    }

    /// Passing trouble: try again.
    pub fn unavailable(cause: &dyn std::error::Error) -> Self {
        let problem =
            Self::new(ProblemKind::Unavailable, "A service we depend on did not answer. Try again in a moment.");
        Self { cause: Some(chain(cause).into()), ..problem }.retry_after(Duration::from_secs(2))
    }

    /// The sentence for the client.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Says when to come back.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.headers.push((header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1))));
        self
    }

    /// Says in how many parts it can be had instead.
    #[must_use]
    pub fn in_parts(self, parts: usize) -> Self {
        Self { parts: u32::try_from(parts).ok(), ..self }
    }

    /// Marks it as the policy's answer.
    #[must_use]
    pub(super) fn refused(self, refusal: Refusal) -> Self {
        Self { refusal: Some(Box::new(refusal)), ..self }
    }

    /// The attempt that the policy refused; none if the problem is not the policy's.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_deref()
    }

    /// The cause, for the log.
    pub(super) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The body.
    pub(super) fn body(&self, request_id: &str) -> Value {
        let (slug, status, title) = self.kind.parts();
        let mut body = json!({
            "type": format!("/problems/{slug}"),
            "title": title,
            "status": status.as_u16(),
            "detail": self.detail,
            "instance": request_id,
        });
        if !self.errors.is_empty() {
            body["errors"] = json!(self.errors);
        }
        if let Some(parts) = self.parts {
            body["parts"] = json!(parts);
        }
        if let Some(next_step) = &self.next_step {
            body["next_step"] = json!(next_step);
        }
        body
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.parts().1.into_response();
        response.headers_mut().extend(self.headers.iter().cloned());
        response.extensions_mut().insert(self);
        response
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound(what) => Self::new(ProblemKind::NotFound, format!("There is no such {what}.")),
            AppError::Invalid(invalid) => Self::invalid(invalid),
            AppError::Conflict(why) => Self::new(ProblemKind::Conflict, why),
            AppError::Stale(entity_tag) => {
                let detail =
                    "Somebody changed it since you read it. Read it again, and send your change with the new ETag.";
                let mut problem = Self::new(ProblemKind::PreconditionFailed, detail);
                problem.headers.extend(etag(&entity_tag));
                problem
            }
            AppError::UnderWay => {
                let detail = "A request with this Idempotency-Key is being done. Repeat it in a moment for its answer.";
                Self::new(ProblemKind::RequestInFlight, detail).retry_after(Duration::from_secs(2))
            }
            AppError::KeyReused => {
                let detail =
                    "This Idempotency-Key was used for a request with another body. Use a new key for a new request.";
                Self::new(ProblemKind::IdempotencyKeyReused, detail)
            }
            AppError::TooMany { why, retry_after } => Self::new(
                ProblemKind::TooManyRequests,
                format!("{why} Try again after the seconds that Retry-After names."),
            )
            .retry_after(retry_after),
            AppError::Connection(error) => {
                let kind = match error.kind {
                    ZuoraErrorKind::InvalidCredentials => ProblemKind::ZuoraCredentialsInvalid,
                    ZuoraErrorKind::PermissionMissing => ProblemKind::ZuoraPermissionMissing,
                    _ => ProblemKind::ZuoraUnreachable,
                };
                let failure = error.failure();
                Self { next_step: Some(failure.next_step.into()), ..Self::new(kind, failure.message) }
            }
            AppError::Store(error) => Self::from(error),
            AppError::Queue(error) => Self::unavailable(&error),
            AppError::UserPool(error) => Self::unavailable(&error),
            AppError::Seal(error @ SealError::Unavailable(_)) => Self::unavailable(&error),
            AppError::Seal(error) => Self::internal(&error),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::unavailable(&error),
            StoreError::Conflict { .. } => Self::new(
                ProblemKind::Conflict,
                "Somebody else changed it at the same moment. Read it again, then retry.",
            ),
            StoreError::TooLarge | StoreError::Refused(_) | StoreError::Corrupt { .. } => Self::internal(&error),
        }
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::invalid(invalid)
    }
}

/// An error and all its causes on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_slug_and_an_error_status() {
        let slugs: std::collections::HashSet<_> = ProblemKind::ALL.iter().map(|kind| kind.parts().0).collect();

        assert_eq!(slugs.len(), ProblemKind::ALL.len());
        assert!(ProblemKind::ALL.iter().all(|kind| kind.parts().1.as_u16() >= 400));
    }

    #[test]
    fn a_cause_of_ours_is_for_the_log_only() {
        let error = StoreError::Refused("AccessDeniedException: arn:aws:iam::1:role/x".into());
        let problem = Problem::from(error);

        assert!(problem.cause().is_some_and(|cause| cause.contains("AccessDenied")));
        assert!(!problem.body("r").to_string().contains("AccessDenied"));
        assert_eq!(problem.body("r-1")["instance"], "r-1");
    }

    #[test]
    fn wrong_fields_are_named_by_pointer() {
        let body = Problem::from(Invalid::one("/name", "must not be empty")).body("r");

        assert_eq!(body["status"], 422);
        assert_eq!(body["errors"], json!([{"pointer": "/name", "detail": "must not be empty"}]));
    }
}

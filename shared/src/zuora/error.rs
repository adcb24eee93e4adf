//! What a call to Zuora can end in, told by what the caller can do about it.
//!
//! The text is for people and safe to store and show: `detail` has passed [`scrub`](super::scrub), and no address,
//! header or body is in it.

use std::{fmt, time::Duration};

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Exchanging the client's credentials for a token.
    Token,
    /// Reading one page of the listing.
    ListWorkflows,
    /// Reading one workflow.
    GetWorkflow,
    /// Reading a workflow's export.
    ExportWorkflow,
}

impl Operation {
    /// The name in logs and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "authentication",
            Self::ListWorkflows => "listing workflows",
            Self::GetWorkflow => "reading a workflow",
            Self::ExportWorkflow => "exporting a workflow",
        }
    }
}

/// The classes of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZuoraErrorKind {
    /// Zuora does not take the client's credentials, or this is not its data center.
    InvalidCredentials,
    /// The token is not taken (any more): get a new one, once.
    TokenRejected,
    /// The client is known; its user's role may not do this.
    PermissionMissing,
    /// Zuora asked for a wait: 429, or 503 with a `Retry-After`.
    RateLimited {
        /// For how long, if it said so.
        retry_after: Option<Duration>,
    },
    /// Something that passes: timeouts, resets, cut answers, 5xx.
    Transient,
    /// An answer that is not what was asked for; it proves nothing.
    Malformed,
    /// Zuora says that this does not exist.
    NotFound,
    /// The answer is over its bound.
    TooLarge,
    /// The base URL is refused, or leads to an address that is not public.
    AddressRefused,
    /// Any other refusal.
    Unexpected,
}

impl ZuoraErrorKind {
    const fn sentence(self) -> &'static str {
        match self {
            Self::InvalidCredentials => {
                "Invalid Zuora credentials: check the client ID, the client secret and the base URL (each data center and environment has its own)"
            }
            Self::TokenRejected => "Zuora did not accept the access token",
            Self::PermissionMissing => {
                "Zuora denied access: the role of the Zuora user who owns this OAuth client needs Workflow View Access (the Standard User role lacks it)"
            }
            Self::RateLimited { .. } => "Zuora asked us to wait: a request limit of this tenant is used up",
            Self::Transient => "Zuora could not be reached or did not answer properly for the moment",
            Self::Malformed => "Zuora's answer is not in the expected form",
            Self::NotFound => "Zuora has no such thing",
            Self::TooLarge => "Zuora's answer is larger than this installation takes",
            Self::AddressRefused => "the base URL leads to an address that is not allowed",
            Self::Unexpected => "Zuora refused the request",
        }
    }
}

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZuoraError {
    /// What the caller can do about it.
    pub kind: ZuoraErrorKind,
    /// What was being done.
    pub operation: Operation,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Zuora's id of the request, which its support asks for.
    pub request_id: Option<String>,
    /// What Zuora said or what went wrong, in at most 200 characters; may be empty.
    pub detail: String,
}

impl ZuoraError {
    /// Zuora itself says that there is no such page, version or workflow.
    pub const fn is_no(&self) -> bool {
        matches!(self.kind, ZuoraErrorKind::NotFound)
    }
}

impl fmt::Display for ZuoraError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.kind.sentence(), self.operation.as_str())?;
        if let Some(status) = self.status {
            write!(f, ", HTTP {status}")?;
        }
        if let Some(request_id) = &self.request_id {
            write!(f, ", Zuora request {request_id}")?;
        }
        f.write_str(")")?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

impl std::error::Error for ZuoraError {}

/// Returns what a status other than 2xx means for `operation`.
pub(super) fn kind_of(operation: Operation, status: u16, retry_after: Option<Duration>) -> ZuoraErrorKind {
    use ZuoraErrorKind as Kind;
    match (operation, status) {
        (Operation::Token, 400 | 401 | 403) => Kind::InvalidCredentials,
        (_, 401) => Kind::TokenRejected,
        (_, 403) => Kind::PermissionMissing,
        (_, 404) => Kind::NotFound,
        (_, 429) => Kind::RateLimited { retry_after },
        (_, 503) if retry_after.is_some() => Kind::RateLimited { retry_after },
        (_, 408 | 500..=599) => Kind::Transient,
        _ => Kind::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use super::{ZuoraErrorKind as Kind, *};

    #[test]
    fn every_status_has_one_meaning() {
        let wait = Some(Duration::from_secs(7));
        let (token, list) = (Operation::Token, Operation::ListWorkflows);
        for (operation, status, retry_after, kind) in [
            (token, 400, None, Kind::InvalidCredentials),
            (token, 401, None, Kind::InvalidCredentials),
            (token, 403, None, Kind::InvalidCredentials),
            (token, 404, None, Kind::NotFound),
            (token, 429, None, Kind::RateLimited { retry_after: None }),
            (token, 500, None, Kind::Transient),
            (list, 302, None, Kind::Unexpected),
            (list, 400, None, Kind::Unexpected),
            (list, 401, None, Kind::TokenRejected),
            (list, 403, None, Kind::PermissionMissing),
            (list, 404, None, Kind::NotFound),
            (list, 408, None, Kind::Transient),
            (list, 409, None, Kind::Unexpected),
            (list, 429, wait, Kind::RateLimited { retry_after: wait }),
            (list, 500, wait, Kind::Transient),
            (list, 502, None, Kind::Transient),
            (list, 503, None, Kind::Transient),
            (list, 503, wait, Kind::RateLimited { retry_after: wait }),
            (list, 504, None, Kind::Transient),
        ] {
            assert_eq!(kind_of(operation, status, retry_after), kind, "{operation:?} {status}");
        }
    }

    #[test]
    fn the_text_says_what_to_check() {
        let error = ZuoraError {
            kind: Kind::InvalidCredentials,
            operation: Operation::Token,
            status: Some(401),
            request_id: Some("r-1".to_owned()),
            detail: "invalid_client".to_owned(),
        };

        let text = error.to_string();

        for part in [
            "Invalid Zuora credentials",
            "client ID",
            "client secret",
            "base URL",
            "HTTP 401",
            "r-1",
            ": invalid_client",
        ] {
            assert!(text.contains(part), "{text}");
        }
        let denied = ZuoraError { kind: Kind::PermissionMissing, ..error }.to_string();
        assert!(denied.contains("role") && denied.contains("Workflow View Access"), "{denied}");
    }
}

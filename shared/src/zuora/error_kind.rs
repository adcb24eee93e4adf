//! The kinds of failure of a call to Zuora.

use std::time::Duration;

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZuoraErrorKind {
    /// Zuora does not accept the client's credentials, or they belong to another data center.
    InvalidCredentials,
    /// Zuora does not accept the token (any more). Some tenants now and then refuse a good one.
    TokenRejected,
    /// Zuora accepts the token, but the role of the client's user lacks the permission.
    PermissionMissing,
    /// Zuora asked for a wait: 429, or 503 with a `Retry-After`.
    RateLimited {
        /// The wait that it asked for, if any.
        retry_after: Option<Duration>,
    },
    /// A temporary fault: resets, cut responses, 5xx, responses that are not Zuora's.
    Transient,
    /// No complete response within the time limit of a request. It may be temporary too.
    TimedOut,
    /// A response that is not what was requested; it proves nothing.
    Malformed,
    /// Zuora itself says that the object does not exist.
    NotFound,
    /// Zuora itself says that it does not accept such a request.
    Rejected,
    /// The response exceeds its size limit.
    TooLarge,
    /// The base URL is refused, or resolves to an address that is not public.
    AddressRefused,
    /// Any other refusal.
    Unexpected,
}

impl ZuoraErrorKind {
    /// The sentence that explains it to people.
    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::InvalidCredentials => {
                "Invalid Zuora credentials: check the client ID, the client secret and the base URL (each data center and environment has its own)"
            }
            Self::TokenRejected => {
                "Zuora refuses access tokens that it issued; nothing wrong with the credentials is known"
            }
            Self::PermissionMissing => {
                "Zuora denied access: the role of the Zuora user who owns this OAuth client needs Workflow View Access (the Standard User role lacks it)"
            }
            Self::RateLimited { .. } => "Zuora asked us to wait: a request limit of this tenant is used up",
            Self::Transient | Self::TimedOut => "Zuora could not be reached or did not answer properly for the moment",
            Self::Malformed => "Zuora's answer is not in the expected form",
            Self::NotFound => "Zuora has no such thing",
            Self::Rejected => "Zuora does not take this request",
            Self::TooLarge => "Zuora's answer is larger than this installation takes",
            Self::AddressRefused => "the base URL leads to an address that is not allowed",
            Self::Unexpected => "Zuora refused the request",
        }
    }
}

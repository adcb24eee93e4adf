//! Errors of calls to Zuora, classified by what the caller can do about them.
//!
//! The text is for people and safe to store and show: `detail` has passed [`scrub`](super::scrub), and it contains no address,
//! header or body.

use std::{fmt, time::Duration};

use super::{error_kind::ZuoraErrorKind, provenance::Provenance};

/// The operation that a request is part of.
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
    /// The number of operations.
    pub(super) const COUNT: usize = 4;

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

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZuoraError {
    /// The kind of failure.
    pub kind: ZuoraErrorKind,
    /// The operation that failed.
    pub operation: Operation,
    /// The HTTP status, if there was a response.
    pub status: Option<u16>,
    /// The origin of the refusal; none if there was no response.
    pub provenance: Option<Provenance>,
    /// Zuora's id of the request, which Zuora's support needs.
    pub request_id: Option<String>,
    /// The text of the refusal or fault, at most 200 characters; may be empty.
    pub detail: String,
}

impl ZuoraError {
    /// True if Zuora itself says that there is no such page, version or workflow.
    pub const fn says_there_is_none(&self) -> bool {
        matches!(self.kind, ZuoraErrorKind::NotFound | ZuoraErrorKind::Rejected)
    }

    /// True if the same request with the same token may succeed a moment later. Some tenants refuse a good token one time in
    /// three. An export that hangs is not repeated at once: the run tries it later, after the others.
    pub(super) fn may_pass(&self) -> bool {
        match self.kind {
            ZuoraErrorKind::Transient | ZuoraErrorKind::TokenRejected => true,
            ZuoraErrorKind::TimedOut => self.operation != Operation::ExportWorkflow,
            _ => false,
        }
    }

    /// The kind after the last repetition: a refusal of the token that is not Zuora's own says nothing about the token.
    pub const fn final_kind(&self) -> ZuoraErrorKind {
        match (self.kind, self.provenance) {
            (ZuoraErrorKind::TokenRejected, Some(Provenance::Other)) => ZuoraErrorKind::Transient,
            (kind, _) => kind,
        }
    }
}

impl fmt::Display for ZuoraError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.final_kind().sentence(), self.operation.as_str())?;
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

/// Returns the meaning of a status other than 2xx for `operation`; `provenance` is the origin of the response.
pub(super) fn kind_of(
    operation: Operation,
    status: u16,
    provenance: Provenance,
    retry_after: Option<Duration>,
) -> ZuoraErrorKind {
    use ZuoraErrorKind as Kind;
    match (operation, status, provenance) {
        (_, 429, _) => Kind::RateLimited { retry_after },
        (_, 503, _) if retry_after.is_some() => Kind::RateLimited { retry_after },
        (_, 408 | 500..=599, _) => Kind::Transient,
        (Operation::Token, 400 | 401, Provenance::Zuora | Provenance::Object) => Kind::InvalidCredentials,
        (Operation::Token, 404, Provenance::Zuora | Provenance::Object) => Kind::NotFound,
        (Operation::Token, 403, _) => Kind::Transient,
        // Of any origin: trying another token does no harm.
        (Operation::ListWorkflows | Operation::GetWorkflow | Operation::ExportWorkflow, 401, _) => Kind::TokenRejected,
        (_, _, Provenance::Other) => Kind::Transient,
        (_, 403, _) => Kind::PermissionMissing,
        (_, 404, Provenance::Zuora) => Kind::NotFound,
        (_, 404, Provenance::Object) => Kind::Transient,
        (_, 400 | 422, Provenance::Zuora) => Kind::Rejected,
        _ => Kind::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use super::{ZuoraErrorKind as Kind, *};
    use crate::domain::failure::ErrorClass;

    fn error(operation: Operation, kind: Kind, provenance: Option<Provenance>) -> ZuoraError {
        ZuoraError {
            kind,
            operation,
            status: Some(401),
            provenance,
            request_id: Some("r-1".to_owned()),
            detail: String::new(),
        }
    }

    #[test]
    fn every_status_has_one_meaning_for_each_speaker() {
        let wait = Some(Duration::from_secs(7));
        let limited = |retry_after| Kind::RateLimited { retry_after };
        let (token, list) = (Operation::Token, Operation::ListWorkflows);
        // The meaning if Zuora says it, if some JSON object says it, and if anything else does.
        for (operation, status, retry_after, kinds) in [
            (token, 302, None, [Kind::Unexpected, Kind::Unexpected, Kind::Transient]),
            (token, 400, None, [Kind::InvalidCredentials, Kind::InvalidCredentials, Kind::Transient]),
            (token, 401, None, [Kind::InvalidCredentials, Kind::InvalidCredentials, Kind::Transient]),
            (token, 403, None, [Kind::Transient; 3]),
            (token, 404, None, [Kind::NotFound, Kind::NotFound, Kind::Transient]),
            (token, 429, None, [limited(None); 3]),
            (token, 500, None, [Kind::Transient; 3]),
            (list, 302, None, [Kind::Unexpected, Kind::Unexpected, Kind::Transient]),
            (list, 400, None, [Kind::Rejected, Kind::Unexpected, Kind::Transient]),
            (list, 401, None, [Kind::TokenRejected; 3]),
            (list, 403, None, [Kind::PermissionMissing, Kind::PermissionMissing, Kind::Transient]),
            (list, 404, None, [Kind::NotFound, Kind::Transient, Kind::Transient]),
            (list, 408, None, [Kind::Transient; 3]),
            (list, 409, None, [Kind::Unexpected, Kind::Unexpected, Kind::Transient]),
            (list, 422, None, [Kind::Rejected, Kind::Unexpected, Kind::Transient]),
            (list, 429, wait, [limited(wait); 3]),
            (list, 500, wait, [Kind::Transient; 3]),
            (list, 502, None, [Kind::Transient; 3]),
            (list, 503, None, [Kind::Transient; 3]),
            (list, 503, wait, [limited(wait); 3]),
            (list, 504, None, [Kind::Transient; 3]),
        ] {
            let said = [Provenance::Zuora, Provenance::Object, Provenance::Other]
                .map(|provenance| kind_of(operation, status, provenance, retry_after));
            assert_eq!(said, kinds, "{operation:?} {status}");
        }
    }

    #[test]
    fn a_rejected_token_blames_no_credentials_and_says_so_unless_it_was_rejected_on_the_way() {
        let rejected = |provenance| error(Operation::ListWorkflows, Kind::TokenRejected, Some(provenance)).failure();

        for provenance in [Provenance::Zuora, Provenance::Object] {
            let failure = rejected(provenance);
            assert_eq!(failure.class, ErrorClass::Transient);
            assert!(failure.message.contains("nothing wrong with the credentials is known"), "{}", failure.message);
            assert!(failure.next_step.contains("leave them as they are"), "{}", failure.next_step);
        }
        let failure = rejected(Provenance::Other);
        assert_eq!(failure.class, ErrorClass::Transient);
        assert!(!failure.message.contains("token") && !failure.next_step.contains("token"), "{failure:?}");
    }

    #[test]
    fn what_zuora_does_not_take_is_a_fault_of_ours_but_at_the_token_endpoint_one_of_the_address() {
        for kind in [Kind::Rejected, Kind::Unexpected] {
            assert_eq!(error(Operation::ListWorkflows, kind, None).class(), ErrorClass::Bug);
            assert_eq!(error(Operation::Token, kind, None).class(), ErrorClass::Config);
        }
    }

    #[test]
    fn the_text_says_what_to_check() {
        let error = ZuoraError {
            detail: "invalid_client".to_owned(),
            ..error(Operation::Token, Kind::InvalidCredentials, Some(Provenance::Object))
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

//! The ids that we make (prefixed `UUIDv7`, so that they sort by age) and the ids that Zuora makes.
//!
//! Every id is parsed before it is put into a table key: none can contain `#`, the separator of key parts.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::time::Timestamp;

/// The error for a text that is not an id of the expected kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected {0}")]
pub struct NotAnId(&'static str);

/// Defines a type for one kind of id, with its conversions; every one from text goes through its `FromStr`.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(into = "String", try_from = "String")]
        #[schema(value_type = String, pattern = $pattern)]
        pub struct $name(String);

        impl $name {
            /// The id as text for keys, messages and URLs.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! own_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $pattern:literal, $shape:literal) => {
        id!($(#[$doc])* $name, $pattern);

        impl $name {
            /// Makes a new id; later ids sort after earlier ones.
            #[expect(clippy::new_without_default, reason = "an id is made on purpose, never by default")]
            pub fn new() -> Self {
                Self(format!(concat!($prefix, "{}"), Uuid::now_v7().simple()))
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let digits = text.strip_prefix($prefix).ok_or(NotAnId($shape))?;
                let plain = digits.len() == 32 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                if plain { Ok(Self(text.to_owned())) } else { Err(NotAnId($shape)) }
            }
        }
    };
}

macro_rules! foreign_id {
    ($(#[$doc:meta])* $name:ident, $shape:literal) => {
        id!($(#[$doc])* $name, "^[A-Za-z0-9_-]{1,64}$");

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if is_plain(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId($shape)) }
            }
        }
    };
}

own_id!(
    /// The id of a customer (one Zuora tenant).
    CustomerId,
    "cus_",
    "^cus_[0-9a-f]{32}$",
    "a customer id: cus_ and 32 lower-case hex digits"
);
own_id!(
    /// The id of a job (one requested piece of work).
    JobId,
    "job_",
    "^job_[0-9a-f]{32}$",
    "a job id: job_ and 32 lower-case hex digits"
);
impl JobId {
    /// The moment at which the id was made.
    pub fn made_at(&self) -> Timestamp {
        let digits = self.0.rsplit('_').next().unwrap_or_default();
        // The first twelve digits of a UUIDv7 are the milliseconds (RFC 9562 section 5.7).
        let millis = digits.get(..12).and_then(|millis| i64::from_str_radix(millis, 16).ok());
        Timestamp::from_millis(millis.unwrap_or_default())
    }
}

own_id!(
    /// The id of a batch (a sync of all customers).
    BatchId,
    "bat_",
    "^bat_[0-9a-f]{32}$",
    "a batch id: bat_ and 32 lower-case hex digits"
);
own_id!(
    /// The id of an audit record.
    AuditId,
    "aud_",
    "^aud_[0-9a-f]{32}$",
    "an audit id: aud_ and 32 lower-case hex digits"
);
foreign_id!(
    /// A workflow's id at Zuora: digits in all published examples, kept open to other plain ids.
    WorkflowId,
    "a Zuora workflow id: up to 64 letters, digits, - or _"
);
foreign_id!(
    /// A user of the pool: the Cognito `sub`, a UUID.
    UserId,
    "a user's sub: up to 64 letters, digits, - or _"
);

/// True if a text consists of 1 to 64 letters, digits, `-` and `_`, so that it fits a URL's path and a table's key.
pub fn is_plain(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_id_parses_back_and_sorts_after_the_one_before() {
        let first = JobId::new();
        let second = JobId::new();

        assert_eq!(first.as_str().parse(), Ok(first.clone()));
        assert!(first < second);
    }

    #[test]
    fn an_id_of_letters_digits_dashes_and_underscores_is_usable() {
        for id in ["7", "8a-90_Z", "-", "_"] {
            assert!(is_plain(id), "{id}");
        }
    }

    #[test]
    fn an_id_of_another_kind_or_with_a_key_separator_is_refused() {
        for text in ["", "cus_", "job_0193", "cus_0193#PROFILE", &CustomerId::new().as_str().to_uppercase()] {
            assert!(text.parse::<CustomerId>().is_err(), "{text}");
        }
        assert!(JobId::new().as_str().parse::<CustomerId>().is_err());
        for text in ["", "12#34", "../1", "a b", &"9".repeat(65)] {
            assert!(text.parse::<WorkflowId>().is_err(), "{text}");
        }
        assert!("48".parse::<WorkflowId>().is_ok());
    }
}

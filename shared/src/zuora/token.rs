//! The response of `/oauth/token`, read with distrust.
//!
//! A JSON 200 without a usable token is a configuration error (some other server answered). An implausible lifetime is replaced
//! by a short one, so that a wrong guess costs a token request and not a failed run.

use std::time::Duration;

use secrecy::SecretString;

use super::{access::Access, wire::string};
use crate::domain::json::Json;

/// The lifetime assumed when that of the response is missing or implausible.
pub const CAUTIOUS_LIFETIME: Duration = Duration::from_secs(300);

/// The longest accepted lifetime: Zuora's tokens live an hour.
const LONGEST_LIFETIME: Duration = Duration::from_secs(3600);

/// A token that Zuora has just issued.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// The token, and what it was issued for.
    pub access: Access,
    /// The lifetime, counted from the response.
    pub expires_in: Duration,
}

impl IssuedToken {
    /// Parses the body of a 200 to a request with `client_secret`; none if it holds no usable token.
    pub(super) fn parse(body: &[u8], client_secret: &SecretString) -> Option<Self> {
        let body = Json::read(body).ok()?;
        let token = string(body.get("access_token")?)?;
        let usable = (1..=8192).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
        let lifetime = body.get("expires_in").filter(|lifetime| lifetime.is_number());
        let seconds = lifetime.and_then(|seconds| seconds.raw().parse::<f64>().ok()).filter(|seconds| *seconds >= 1.0);
        let expires_in = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds.floor()).ok());
        usable.then(|| Self {
            access: Access { token: token.into(), client_secret: client_secret.clone() },
            expires_in: expires_in.unwrap_or(CAUTIOUS_LIFETIME).min(LONGEST_LIFETIME),
        })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn parse(body: &[u8]) -> Option<IssuedToken> {
        IssuedToken::parse(body, &"secret".into())
    }

    #[test]
    fn an_odd_lifetime_becomes_a_short_one() {
        for (expires_in, seconds) in [
            (r#","expires_in":3599"#, 3599),
            (r#","expires_in":59.9"#, 59),
            (r#","expires_in":999999999"#, 3600),
            (r#","expires_in":1e300"#, 300),
            (r#","expires_in":1e400"#, 300),
            (r#","expires_in":0"#, 300),
            (r#","expires_in":-1"#, 300),
            (r#","expires_in":"3599""#, 300),
            (r#","expires_in":null"#, 300),
            ("", 300),
        ] {
            let token = parse(format!(r#"{{"access_token":"t"{expires_in}}}"#).as_bytes()).unwrap();

            assert_eq!(
                (token.access.token.expose_secret(), token.expires_in.as_secs()),
                ("t", seconds),
                "{expires_in}"
            );
        }
    }

    #[test]
    fn an_answer_without_a_usable_token_is_none() {
        for body in [
            "",
            "{}",
            "null",
            "<html>",
            r#"{"access_token":""}"#,
            r#"{"access_token":7}"#,
            r#"{"access_token":"a\r\nb"}"#,
        ] {
            assert!(parse(body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn a_token_is_never_printed() {
        let token = parse(br#"{"access_token":"s3cr3t"}"#).unwrap();

        assert!(!format!("{token:?}").contains("s3cr3t"));
    }
}

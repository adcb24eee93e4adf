//! `Idempotency-Key`: a request that may be repeated without being done twice.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::problem::Problem;

/// The longest key.
const MAX_KEY: usize = 255;

/// A request's key, if it has one.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        let key = value.to_str().ok().map(str::trim).filter(|key| (1..=MAX_KEY).contains(&key.len()));
        match (key, values.next()) {
            (Some(key), None) => Ok(Self(Some(key.to_owned()))),
            _ => Err(Problem::parameter(
                "Idempotency-Key",
                format!("Give one key of 1 to {MAX_KEY} visible ASCII characters, such as a new UUID."),
            )),
        }
    }
}

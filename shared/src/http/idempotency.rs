//! `Idempotency-Key`: a request that may be repeated without being done twice.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::problem::Problem;

/// The longest key.
const MAX_KEY: usize = 255;

/// A request's key, if it has one; or what is wrong with it.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub Result<Option<String>, Problem>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let Some(value) = values.next() else { return Ok(Self(Ok(None))) };
        let key = value.to_str().ok().map(str::trim).filter(|key| (1..=MAX_KEY).contains(&key.len()));
        Ok(Self(match (key, values.next()) {
            (Some(key), None) => Ok(Some(key.to_owned())),
            _ => Err(Problem::parameter(
                "Idempotency-Key",
                format!("Give one key of 1 to {MAX_KEY} visible ASCII characters, such as a new UUID."),
            )),
        }))
    }
}

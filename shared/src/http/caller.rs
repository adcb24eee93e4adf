//! The caller: the claims that API Gateway's authorizer took from the token, checked again.
//!
//! API Gateway verifies signature, issuer and expiry. It does not tell ID tokens from access tokens on every platform, and
//! nobody checks for which client a token was made: both are checked here. The groups come from the token itself
//! ([`IdToken`]).

use axum::extract::FromRequestParts;
use http::{HeaderMap, request::Parts};
use lambda_http::request::RequestContext as GatewayContext;
use serde_json::{Map, Value};

use super::{
    id_token::IdToken,
    problem::{Problem, ProblemKind},
    refusal::Refusal,
};
use crate::{
    app::context::RequestContext,
    domain::{
        audit::Action,
        ids::CustomerId,
        policy::{Caller, Decision, Grants, Target, Verb},
    },
};

/// Reads the caller, whose grants are not known yet, from API Gateway's request context and the token that it verified.
///
/// # Errors
/// `unauthenticated` without an ID token made for `audience`.
pub fn identify(gateway: Option<&GatewayContext>, headers: &HeaderMap, audience: &str) -> Result<Caller, Problem> {
    let claims = gateway
        .and_then(GatewayContext::authorizer)
        .and_then(|authorizer| authorizer.fields.get("claims"))
        .and_then(Value::as_object);
    let caller = claims.and_then(|claims| from_claims(claims, IdToken::read(headers)?, audience));
    caller.ok_or_else(|| {
        Problem::new(
            ProblemKind::Unauthenticated,
            "Send an ID token of this user pool's client as Authorization: Bearer.",
        )
    })
}

fn from_claims(claims: &Map<String, Value>, token: IdToken, audience: &str) -> Option<Caller> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let ours = text("token_use") == Some("id") && text("aud") == Some(audience) && token.agrees(claims);
    let sub = text("sub").filter(|sub| !sub.is_empty())?;
    let email = text("email").filter(|_| is_verified(claims)).map(str::to_owned);
    ours.then(|| Caller { sub: sub.to_owned(), email, groups: token.groups(claims), grants: Grants::default() })
}

/// True if the pool has verified the address: any other one is whatever its user says.
fn is_verified(claims: &Map<String, Value>) -> bool {
    claims.get("email_verified").is_some_and(|claim| matches!(claim, Value::Bool(true)) || claim == "true")
}

/// Whoever sent the request at hand, whether or not they may do anything; put there by [`super::serve`].
#[derive(Clone, Debug)]
pub struct SignedIn(pub Caller);

/// The caller of the request at hand, who may do something here at all. What exactly, the extractors of [`super::permit`] ask.
#[derive(Clone, Debug)]
pub struct CurrentUser(Caller);

impl CurrentUser {
    /// Takes the caller of a request that is about to do `action`.
    ///
    /// # Errors
    /// `unauthenticated`; `forbidden` for callers who were granted nothing, before anything else of the request is read.
    pub(super) fn for_action(parts: &Parts, action: Action) -> Result<Self, Problem> {
        let SignedIn(caller) = extension(parts)?;
        if caller.may_enter() { Ok(Self(caller)) } else { Err(forbidden(Refusal { customer: None, action })) }
    }

    /// The caller, with their grants.
    pub const fn caller(&self) -> &Caller {
        &self.0
    }

    /// True if the caller may do `verb` on a customer.
    pub fn can(&self, verb: Verb, customer: &CustomerId) -> bool {
        self.0.can(verb, Target::One(customer))
    }

    /// Asks the policy; `what` the path names is hidden along with a customer that the caller may not see.
    pub(super) fn decided(&self, verb: Verb, target: Target<'_>, what: &str, refusal: Refusal) -> Result<(), Problem> {
        match self.0.decide(verb, target) {
            Decision::Allow => Ok(()),
            Decision::Deny => Err(forbidden(refusal)),
            Decision::Hide => {
                Err(Problem::new(ProblemKind::NotFound, format!("There is no such {what}.")).refused(refusal))
            }
        }
    }
}

/// The 403 response.
fn forbidden(refusal: Refusal) -> Problem {
    Problem::new(ProblemKind::Forbidden, "Ask an administrator for access.").refused(refusal)
}

/// The value of type `T` that [`super::serve`] put beside the request.
fn extension<T: Clone + Send + Sync + 'static>(parts: &Parts) -> Result<T, Problem> {
    parts.extensions.get::<T>().cloned().ok_or_else(|| Problem::new(ProblemKind::Unauthenticated, "Sign in first."))
}

impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        extension(parts)
    }
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        extension(parts)
    }
}

#[cfg(test)]
mod tests {
    use http::header::AUTHORIZATION;
    use serde_json::json;

    use super::*;
    use crate::http::id_token::bearer;

    fn payload() -> Value {
        json!({"token_use": "id", "aud": "client", "sub": "s-1", "cognito:groups": ["super_admin"]})
    }

    /// The caller with a token of this payload, from which API Gateway took the same claims but for `change`.
    fn caller(payload: &Value, change: impl FnOnce(&mut Value)) -> Option<Caller> {
        let mut claims = payload.clone();
        claims["cognito:groups"] = json!("[super_admin]");
        change(&mut claims);
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer(payload).parse().unwrap())]);
        from_claims(claims.as_object().unwrap(), IdToken::read(&headers)?, "client")
    }

    #[test]
    fn an_id_token_for_this_client_is_a_caller() {
        let caller = caller(&payload(), |_| {}).unwrap();

        assert_eq!((caller.sub.as_str(), caller.groups), ("s-1", vec!["super_admin".to_owned()]));
    }

    #[test]
    fn an_address_counts_once_it_is_verified_however_the_platform_says_so() {
        let email = |verified: Value| {
            let claims = |claims: &mut Value| {
                claims["email"] = json!("ada@example.com");
                claims["email_verified"] = verified;
            };
            caller(&payload(), claims).unwrap().email
        };

        for (verified, shown) in
            [(json!(true), true), (json!("true"), true), (json!("false"), false), (json!(null), false)]
        {
            assert_eq!(email(verified).is_some(), shown);
        }
    }

    #[test]
    fn an_access_token_another_clients_token_and_a_nameless_one_are_nobody() {
        for (name, value) in [("token_use", json!("access")), ("aud", json!("other")), ("sub", json!(""))] {
            let mut payload = payload();
            payload[name] = value;
            assert_eq!(caller(&payload, |_| {}), None, "{name}");
        }
        for name in ["token_use", "aud", "sub"] {
            let mut payload = payload();
            payload.as_object_mut().unwrap().remove(name);
            assert_eq!(caller(&payload, |_| {}), None, "no {name}");
        }
        assert!(identify(None, &HeaderMap::new(), "client").is_err());
    }

    #[test]
    fn a_token_that_is_not_the_one_whose_claims_came_with_it_is_nobodys() {
        for (name, value) in [("sub", json!("s-2")), ("aud", json!("other")), ("token_use", json!("access"))] {
            assert_eq!(caller(&payload(), |claims| claims[name] = value), None, "{name}");
        }
    }
}

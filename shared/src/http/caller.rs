//! The caller: the claims that API Gateway's authorizer took from the token, checked again.
//!
//! API Gateway verifies signature, issuer and expiry. It does not tell ID tokens from access tokens on every platform, and
//! nobody checks for which client a token was made: both are checked here.

use axum::extract::FromRequestParts;
use http::request::Parts;
use lambda_http::request::RequestContext as GatewayContext;
use serde_json::{Map, Value};

use super::{
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

/// Reads the caller, whose grants are not known yet, from API Gateway's request context.
///
/// # Errors
/// `unauthenticated` without an ID token made for `audience`.
pub fn identify(gateway: Option<&GatewayContext>, audience: &str) -> Result<Caller, Problem> {
    let claims = gateway
        .and_then(GatewayContext::authorizer)
        .and_then(|authorizer| authorizer.fields.get("claims"))
        .and_then(Value::as_object);
    let caller = claims.and_then(|claims| from_claims(claims, audience));
    caller.ok_or_else(|| {
        Problem::new(
            ProblemKind::Unauthenticated,
            "Send an ID token of this user pool's client as Authorization: Bearer.",
        )
    })
}

fn from_claims(claims: &Map<String, Value>, audience: &str) -> Option<Caller> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let ours = text("token_use") == Some("id") && text("aud") == Some(audience);
    let sub = text("sub").filter(|sub| !sub.is_empty())?;
    let groups = claims.get("cognito:groups").map(groups).unwrap_or_default();
    let email = text("email").filter(|_| is_verified(claims)).map(str::to_owned);
    ours.then(|| Caller { sub: sub.to_owned(), email, groups, grants: Grants::default() })
}

/// True if the pool has verified the address: any other one is whatever its user says.
fn is_verified(claims: &Map<String, Value>) -> bool {
    claims.get("email_verified").is_some_and(|claim| matches!(claim, Value::Bool(true)) || claim == "true")
}

/// The groups claim arrives as `a,b`, `[a b]`, `[a, b]`, or a list, depending on the platform.
fn groups(claim: &Value) -> Vec<String> {
    match claim {
        Value::Array(groups) => groups.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(text) => {
            let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
            let names = inner.split([',', ' ']).map(|name| name.trim_matches('"'));
            names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
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
    use serde_json::json;

    use super::*;

    fn claims(change: impl FnOnce(&mut Map<String, Value>)) -> Map<String, Value> {
        let Value::Object(mut claims) =
            json!({"token_use": "id", "aud": "client", "sub": "s-1", "cognito:groups": "super_admin"})
        else {
            unreachable!()
        };
        change(&mut claims);
        claims
    }

    #[test]
    fn an_id_token_for_this_client_is_a_caller() {
        let caller = from_claims(&claims(|_| {}), "client").unwrap();

        assert_eq!((caller.sub.as_str(), caller.groups), ("s-1", vec!["super_admin".to_owned()]));
    }

    #[test]
    fn an_address_counts_once_it_is_verified_however_the_platform_says_so() {
        let email = |verified: Value| {
            let claims = claims(|c| {
                c.insert("email".into(), json!("ada@example.com"));
                c.insert("email_verified".into(), verified);
            });
            from_claims(&claims, "client").unwrap().email
        };

        for (verified, shown) in
            [(json!(true), true), (json!("true"), true), (json!("false"), false), (json!(null), false)]
        {
            assert_eq!(email(verified).is_some(), shown);
        }
    }

    #[test]
    fn an_access_token_another_clients_token_and_a_nameless_one_are_nobody() {
        let changes: [fn(&mut Map<String, Value>); 5] = [
            |c| drop(c.insert("token_use".into(), json!("access"))),
            |c| drop(c.remove("token_use")),
            |c| drop(c.insert("aud".into(), json!("other"))),
            |c| drop(c.remove("aud")),
            |c| drop(c.insert("sub".into(), json!(""))),
        ];
        for change in changes {
            assert_eq!(from_claims(&claims(change), "client"), None);
        }
        assert!(identify(None, "client").is_err());
    }

    #[test]
    fn the_groups_claim_is_read_in_every_form() {
        for form in [json!("a,b"), json!("[a b]"), json!("[a, b]"), json!(["a", "b"]), json!("[\"a\",\"b\"]")] {
            assert_eq!(groups(&form), ["a", "b"], "{form}");
        }
        assert!(groups(&json!("")).is_empty() && groups(&json!("[]")).is_empty() && groups(&json!(7)).is_empty());
    }
}

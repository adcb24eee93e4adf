//! The ID token of a request, read for the groups of its user.
//!
//! API Gateway has verified the token, but hands its list of groups on as one text, in which a group named `x,super_admin`
//! looks like two. See D-76.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, header::AUTHORIZATION};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The payload of an ID token.
#[derive(Debug, Deserialize)]
pub(super) struct IdToken {
    sub: String,
    aud: String,
    token_use: String,
    #[serde(default, rename = "cognito:groups")]
    groups: Vec<String>,
}

impl IdToken {
    /// Reads the payload of the token in `Authorization`; none without exactly one that can be read.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let (value, None) = (values.next()?.to_str().ok()?, values.next()) else { return None };
        let token = match value.split_at_checked(7) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer ") => token,
            _ => value,
        };
        let [_, payload, _] = token.trim().split('.').collect::<Vec<_>>().try_into().ok()?;
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }

    /// True if it is the token that the authorizer took these claims from.
    pub(super) fn agrees(&self, claims: &Map<String, Value>) -> bool {
        let own = [("sub", &self.sub), ("aud", &self.aud), ("token_use", &self.token_use)];
        own.into_iter().all(|(name, value)| claims.get(name).and_then(Value::as_str) == Some(value))
    }

    /// The names of its groups, as far as the authorizer's own text of them holds each: of two `Authorization` headers, one
    /// could be verified and the other one be read here.
    pub(super) fn groups(self, claims: &Map<String, Value>) -> Vec<String> {
        let verified = match claims.get("cognito:groups") {
            Some(Value::String(text)) => text.clone(),
            Some(list) => list.to_string(),
            None => String::new(),
        };
        self.groups.into_iter().filter(|name| verified.contains(name.as_str())).collect()
    }
}

/// The value of `Authorization` for a token with this payload.
#[cfg(test)]
pub(super) fn bearer(payload: &Value) -> String {
    format!("Bearer e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(payload.to_string()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (AUTHORIZATION, HeaderValue::from_str(value).unwrap())).collect()
    }

    fn payload() -> Value {
        json!({"sub": "s", "aud": "client", "token_use": "id", "cognito:groups": ["a"]})
    }

    #[test]
    fn a_token_is_read_with_and_without_its_scheme_and_only_if_it_is_the_only_one() {
        let token = bearer(&payload());
        for value in [token.as_str(), &token.replace("Bearer", "bearer"), &token["Bearer ".len()..]] {
            assert_eq!(
                IdToken::read(&headers(&[value])).map(|token| token.groups),
                Some(vec!["a".to_owned()]),
                "{value}"
            );
        }
        let twice = [token.as_str(), &token];
        for values in [&[][..], &twice, &["Bearer e30.e30.c2ln"], &["Bearer e30.%.c2ln"], &["Bearer"]] {
            assert!(IdToken::read(&headers(values)).is_none(), "{values:?}");
        }
    }

    #[test]
    fn a_token_whose_groups_are_no_list_of_names_or_come_twice_is_none() {
        for groups in [json!("super_admin"), json!([["super_admin"]]), json!({"super_admin": true}), json!(null)] {
            let mut odd = payload();
            odd["cognito:groups"] = groups;
            assert!(IdToken::read(&headers(&[&bearer(&odd)])).is_none(), "{odd}");
        }
        let twice = BASE64_URL_SAFE_NO_PAD.encode(
            r#"{"sub":"s","aud":"client","token_use":"id","cognito:groups":[],"cognito:groups":["super_admin"]}"#,
        );
        assert!(IdToken::read(&headers(&[&format!("Bearer e30.{twice}.c2ln")])).is_none());
    }

    #[test]
    fn a_group_counts_under_its_whole_name_and_only_if_the_authorizer_saw_it() {
        let groups = |list: Value, seen: Value| {
            let mut payload = payload();
            payload["cognito:groups"] = list;
            let claims = json!({"cognito:groups": seen});
            IdToken::read(&headers(&[&bearer(&payload)])).unwrap().groups(claims.as_object().unwrap())
        };

        for seen in [json!("a,b"), json!("[a b]"), json!("[a, b]"), json!(["a", "b"])] {
            assert_eq!(groups(json!(["a", "b"]), seen.clone()), ["a", "b"], "{seen}");
        }
        for odd in ["x,super_admin", "[super_admin", "super_admin]", "[super_admin]", "\"super_admin\"", ",super_admin"]
        {
            assert_eq!(groups(json!([odd]), json!(format!("[{odd}]"))), [odd]);
        }
        assert!(groups(json!(["super_admin"]), json!("operators")).is_empty());
        assert!(groups(json!(["super_admin"]), json!(null)).is_empty());
    }
}

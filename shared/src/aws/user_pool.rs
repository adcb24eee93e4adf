//! The users of the pool: searched by e-mail address for a grant, and looked up before one.
//!
//! One call of one operation, as [`super::signed_request`] sends it: see D-71.

use std::collections::HashMap;

use aws_config::SdkConfig;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::signed_request::{RequestError, SignedRequests};
use crate::domain::ids::UserId;

const LIST_USERS: &str = "AWSCognitoIdentityProviderService.ListUsers";
/// The number of users that a search names: more are found by typing more.
const MOST: u32 = 20;

/// The user pool did not answer, or refused.
#[derive(Debug, thiserror::Error)]
#[error("the user pool did not answer")]
pub struct UserPoolError(#[from] RequestError);

/// A user of the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    /// The Cognito `sub`, which grants name.
    pub id: UserId,
    /// The e-mail address, if there is a verified one.
    pub email: Option<String>,
    /// False for a user who cannot sign in.
    pub enabled: bool,
}

/// The user pool of the deployment.
#[derive(Clone, Debug)]
pub struct UserPool {
    requests: SignedRequests,
    id: String,
}

impl UserPool {
    /// The pool with this id.
    ///
    /// # Errors
    /// If no HTTP client can be built; that is a bug.
    pub fn new(sdk: &SdkConfig, id: impl Into<String>) -> Result<Self, UserPoolError> {
        Ok(Self { requests: SignedRequests::to("cognito-idp", sdk)?, id: id.into() })
    }

    /// Lists users whose e-mail address begins with a text, some of all for an empty one.
    ///
    /// # Errors
    /// [`UserPoolError`] if the pool cannot be asked.
    pub async fn search(&self, beginning: &str) -> Result<Vec<User>, UserPoolError> {
        let filter = (!beginning.is_empty()).then(|| format!("email ^= {}", quoted(beginning)));
        self.list(filter, MOST).await
    }

    /// Looks up one user.
    ///
    /// # Errors
    /// As [`UserPool::search`].
    pub async fn find(&self, id: &UserId) -> Result<Option<User>, UserPoolError> {
        let users = self.list(Some(format!("sub = {}", quoted(id.as_str()))), 1).await?;
        Ok(users.into_iter().find(|user| user.id == *id))
    }

    async fn list(&self, filter: Option<String>, limit: u32) -> Result<Vec<User>, UserPoolError> {
        let mut asked = json!({"UserPoolId": self.id, "Limit": limit});
        if let Some(filter) = filter {
            asked["Filter"] = filter.into();
        }
        let answer = self.requests.post_json(LIST_USERS, asked.to_string()).await?;
        let listed: Listed = serde_json::from_slice(&answer).map_err(|error| self.requests.failed(error))?;
        Ok(listed.users.into_iter().filter_map(Listing::read).collect())
    }
}

/// A text in a filter, whose quotes and backslashes are escaped.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The answer of `ListUsers`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    #[serde(default)]
    users: Vec<Listing>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listing {
    #[serde(default)]
    attributes: Vec<Attribute>,
    #[serde(default)]
    enabled: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    name: String,
    #[serde(default)]
    value: String,
}

impl Listing {
    fn read(self) -> Option<User> {
        let mut attributes: HashMap<_, _> = self.attributes.into_iter().map(|one| (one.name, one.value)).collect();
        let is_verified = attributes.get("email_verified").is_some_and(|value| value == "true");
        Some(User {
            id: attributes.remove("sub")?.parse().ok()?,
            email: attributes.remove("email").filter(|_| is_verified),
            enabled: self.enabled,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_leave_its_quotes() {
        assert_eq!(quoted(r#"a" or "b\"#), r#""a\" or \"b\\""#);
    }

    #[test]
    fn a_user_is_read_with_a_verified_address_only_and_one_without_an_id_is_left_out() {
        let answer = json!({"Users": [
            {"Enabled": true, "Attributes": [{"Name": "sub", "Value": "u-1"}, {"Name": "email", "Value": "ada@example.com"}, {"Name": "email_verified", "Value": "true"}]},
            {"Enabled": false, "Attributes": [{"Name": "sub", "Value": "u-2"}, {"Name": "email", "Value": "eve@example.com"}]},
            {"Enabled": true, "Attributes": []},
        ]});
        let listed: Listed = serde_json::from_value(answer).unwrap();

        let users: Vec<_> = listed.users.into_iter().filter_map(Listing::read).collect();
        let user = |id: &str, email: Option<&str>, enabled| User {
            id: id.parse().unwrap(),
            email: email.map(str::to_owned),
            enabled,
        };
        assert_eq!(users, [user("u-1", Some("ada@example.com"), true), user("u-2", None, false)]);
    }
}

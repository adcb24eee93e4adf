//! The users of the pool: searched by e-mail address for a grant, and looked up before one.
//!
//! One call, signed here and sent by `reqwest`: the SDK's crate for Cognito takes longer to build than the rest of this workspace
//! (D-71).

use std::{
    collections::HashMap,
    time::{Duration, UNIX_EPOCH},
};

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use reqwest::Client;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{clock, domain::ids::UserId, tls};

const LIST_USERS: &str = "AWSCognitoIdentityProviderService.ListUsers";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
const TIMEOUT: Duration = Duration::from_secs(5);
/// The number of users that a search names: more are found by typing more.
const MOST: u32 = 20;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The user pool did not answer, or refused.
#[derive(Debug, thiserror::Error)]
#[error("the user pool did not answer")]
pub struct UserPoolError(#[source] Cause);

fn failed(error: impl Into<Cause>) -> UserPoolError {
    UserPoolError(error.into())
}

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
    http: Client,
    credentials: Option<SharedCredentialsProvider>,
    region: String,
    url: String,
    id: String,
}

impl UserPool {
    /// The pool with this id.
    ///
    /// # Errors
    /// If no HTTP client can be built; that is a bug.
    pub fn new(sdk: &SdkConfig, id: impl Into<String>) -> Result<Self, UserPoolError> {
        let tls = tls::client_config().map_err(failed)?;
        let http = Client::builder().tls_backend_preconfigured(tls).no_proxy().timeout(TIMEOUT).build();
        let region = sdk.region().map(ToString::to_string).unwrap_or_default();
        let url =
            sdk.endpoint_url().map_or_else(|| format!("https://cognito-idp.{region}.amazonaws.com"), str::to_owned);
        Ok(Self {
            http: http.map_err(failed)?,
            credentials: sdk.credentials_provider(),
            region,
            url: format!("{}/", url.trim_end_matches('/')),
            id: id.into(),
        })
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
        let body = asked.to_string();
        let mut request =
            self.http.post(&self.url).header("content-type", CONTENT_TYPE).header("x-amz-target", LIST_USERS);
        for (name, value) in self.signature(&body).await? {
            request = request.header(name, value);
        }
        let answer = request.body(body).send().await.map_err(failed)?;
        let (status, text) = (answer.status(), answer.bytes().await.map_err(failed)?);
        if !status.is_success() {
            return Err(failed(format!("{status}: {}", String::from_utf8_lossy(&text))));
        }
        let listed: Listed = serde_json::from_slice(&text).map_err(failed)?;
        Ok(listed.users.into_iter().filter_map(Listing::read).collect())
    }

    /// The headers that sign a request.
    async fn signature(&self, body: &str) -> Result<Vec<(String, String)>, UserPoolError> {
        let provider = self.credentials.as_ref().ok_or_else(|| failed("no credentials"))?;
        let identity = provider.provide_credentials().await.map_err(failed)?.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("cognito-idp")
            .time(UNIX_EPOCH + Duration::from_millis(clock::now().millis().unsigned_abs()))
            .settings(SigningSettings::default())
            .build()
            .map_err(failed)?
            .into();
        let headers = [("content-type", CONTENT_TYPE), ("x-amz-target", LIST_USERS)];
        let body = SignableBody::Bytes(body.as_bytes());
        let request = SignableRequest::new("POST", &self.url, headers.into_iter(), body).map_err(failed)?;
        let (signed, _) = sign(request, &params).map_err(failed)?.into_parts();
        Ok(signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
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

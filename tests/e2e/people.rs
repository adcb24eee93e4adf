//! Users of the pool, for tests of rights: created as root, signed in as themselves, removed at the end.

use serde_json::{Value, json};

use crate::world::{Api, Stack, Tokens, World};

/// A user without grants.
pub struct Person {
    pub name: String,
    pub sub: String,
    pub tokens: Tokens,
    pub api: Api,
}

/// One call of Cognito, as root.
pub async fn cognito(world: &World, action: &str, body: Value) -> Value {
    world.call_as_root("cognito-idp", &format!("AWSCognitoIdentityProviderService.{action}"), &body).await
}

impl Person {
    /// Creates a user of the pool, in a group if one is given: the name, and the tokens.
    pub async fn sign_up(world: &World, group: Option<&str>) -> (String, Tokens) {
        let name = format!("person-{}", uuid::Uuid::now_v7().simple());
        let password = "Personal-1-password";
        let pool = &world.stack.user_pool_id;
        let attributes = json!([
            {"Name": "email", "Value": format!("{name}@example.com")},
            {"Name": "email_verified", "Value": "true"},
        ]);
        let user = json!({
            "UserPoolId": pool, "Username": name, "MessageAction": "SUPPRESS", "UserAttributes": attributes,
        });
        cognito(world, "AdminCreateUser", user).await;
        let password_of = json!({"UserPoolId": pool, "Username": name, "Password": password, "Permanent": true});
        cognito(world, "AdminSetUserPassword", password_of).await;
        if let Some(group) = group {
            cognito(world, "CreateGroup", json!({"UserPoolId": pool, "GroupName": group})).await;
            let membership = json!({"UserPoolId": pool, "Username": name, "GroupName": group});
            cognito(world, "AdminAddUserToGroup", membership).await;
        }
        let tokens = world.sign_in(&name, password).await;
        (name, tokens)
    }

    /// Creates a user who can use the API, in a group if one is given.
    pub async fn join(world: &World, group: Option<&str>) -> Self {
        let (name, tokens) = Self::sign_up(world, group).await;
        let api = world.api.with_token(Some(tokens.id.clone()));
        let me = api.get("/v1/me").await.expect(200);
        Self { name, sub: me["user"].as_str().unwrap().to_owned(), tokens, api }
    }

    /// Creates a user with verbs on one customer, or on `all`.
    pub async fn granted(world: &World, customer: &str, verbs: &[&str]) -> Self {
        let person = Self::join(world, None).await;
        person.grant(world, customer, verbs).await;
        person
    }

    /// Grants verbs, as the admin.
    pub async fn grant(&self, world: &World, customer: &str, verbs: &[&str]) -> Value {
        let path = format!("/v1/customers/{customer}/grants/{}", self.sub);
        world.api.put(&path, &json!({"verbs": verbs})).await.expect(200)
    }

    /// Removes the user, and the grants on all customers.
    pub async fn leave(self, world: &World) {
        world.api.delete(&format!("/v1/customers/all/grants/{}", self.sub)).await;
        cognito(world, "AdminDeleteUser", json!({"UserPoolId": world.stack.user_pool_id, "Username": self.name})).await;
    }
}

/// The admin, signed in through another client of the same pool: same signature, same issuer, another audience. Returns the
/// client too.
pub async fn through_another_client(world: &World) -> (String, Tokens) {
    let name = format!("other-{}", uuid::Uuid::now_v7().simple());
    let client = json!({
        "UserPoolId": world.stack.user_pool_id, "ClientName": name, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
    });
    let made = cognito(world, "CreateUserPoolClient", client).await;
    let id = made["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned();
    let stack = Stack { user_pool_client_id: id.clone(), ..world.stack.clone() };
    let other = World { stack, ..World::connect().await };
    (id, other.sign_in(&world.stack.username, &world.stack.password).await)
}

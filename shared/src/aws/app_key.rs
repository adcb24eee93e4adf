//! The app key: the random secret that signs cursors, made at deployment and kept in Secrets Manager.

use aws_sdk_secretsmanager::Client;
use secrecy::SecretString;

/// The app key could not be read: the process must not start without it.
#[derive(Debug, thiserror::Error)]
#[error("the app key could not be read from Secrets Manager")]
pub struct AppKeyError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Reads the app key.
///
/// # Errors
/// When Secrets Manager cannot be reached, refuses, or holds something shorter than 32 characters.
pub async fn load(client: &Client, secret_id: &str) -> Result<SecretString, AppKeyError> {
    let answer =
        client.get_secret_value().secret_id(secret_id).send().await.map_err(|error| AppKeyError(error.into()))?;
    match answer.secret_string {
        Some(key) if key.len() >= 32 => Ok(key.into()),
        _ => Err(AppKeyError("the secret is empty or too short".into())),
    }
}

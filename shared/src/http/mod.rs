//! The HTTP edge, shared by the functions behind API Gateway: who calls, what they sent, and what they get back.
//!
//! What must stay true: every route but the open ones needs an ID token of ours; every error is a problem (RFC 9457) that
//! shows no cause of ours; every request leaves exactly one log line.

pub mod body;
pub mod caller;
pub mod cursor;
pub mod list;
pub mod path;
pub mod problem;
pub mod query;
pub mod serve;

/// What the edge needs to know.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The user pool client that ID tokens must be made for.
    pub audience: std::sync::Arc<str>,
    /// Signs cursors.
    pub cursors: cursor::CursorKey,
}

impl Edge {
    /// Reads the app key and builds the edge.
    ///
    /// # Errors
    /// When the app key cannot be read: the process must not start without it.
    pub async fn load(
        sdk: &aws_config::SdkConfig,
        app_key_secret_id: &str,
        audience: &str,
    ) -> Result<Self, crate::aws::app_key::AppKeyError> {
        let key = crate::aws::app_key::load(&aws_sdk_secretsmanager::Client::new(sdk), app_key_secret_id).await?;
        Ok(Self { audience: audience.into(), cursors: cursor::CursorKey::new(key) })
    }
}

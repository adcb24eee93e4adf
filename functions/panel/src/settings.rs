//! What the panel has to know of its deployment.

use shared::config::{ConfigError, Settings};

/// Where users sign in, and as which client of the user pool.
#[derive(Clone, Debug)]
pub struct PanelSettings {
    /// The user pool's client.
    pub client_id: String,
    /// Who issues the tokens.
    pub issuer: String,
    /// Origin of the sign-in pages; none where they have the panel's own origin, as on the local stack.
    pub sign_in_url: Option<String>,
}

impl PanelSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// Names every variable that is missing.
    pub fn read() -> Result<Self, ConfigError> {
        let mut settings = Settings::from_env();
        let read = Self {
            client_id: settings.required("USER_POOL_CLIENT_ID"),
            issuer: settings.required("ISSUER"),
            sign_in_url: settings.optional("SIGN_IN_URL"),
        };
        settings.finish()?;
        Ok(read)
    }
}

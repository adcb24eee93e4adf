//! The panel's settings, which depend on the deployment.

use shared::config::{ConfigError, EnvSettings};

/// The sign-in of users, and the client of the user pool.
#[derive(Clone, Debug)]
pub struct PanelSettings {
    /// The user pool's client.
    pub client_id: String,
    /// The issuer of the tokens.
    pub issuer: String,
    /// Origin of the sign-in pages; none if they share the panel's origin, as on the local stack.
    pub sign_in_url: Option<String>,
}

impl PanelSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`ConfigError`] names every missing variable.
    pub fn read() -> Result<Self, ConfigError> {
        let mut settings = EnvSettings::from_env();
        let read = Self {
            client_id: settings.required("USER_POOL_CLIENT_ID"),
            issuer: settings.required("ISSUER"),
            sign_in_url: settings.optional("SIGN_IN_URL"),
        };
        settings.finish()?;
        Ok(read)
    }
}

//! What opens a tenant: an access token, with the client secret that it was issued for.
//!
//! Both were sent to the same server, which may repeat either in any later answer: so they stay together, also in the cache, and
//! no text of an answer is shown before both are taken out of it.

use secrecy::{ExposeSecret as _, SecretString};

/// An access token and its client secret.
#[derive(Clone, Debug)]
pub struct Access {
    /// The bearer token.
    pub token: SecretString,
    /// The client secret that the token was issued for.
    pub client_secret: SecretString,
}

impl Access {
    /// Both as one text, to be sealed.
    pub fn packed(&self) -> SecretString {
        serde_json::json!([self.token.expose_secret(), self.client_secret.expose_secret()]).to_string().into()
    }

    /// Reads the output of [`Access::packed`]; none for anything else.
    pub fn unpack(packed: &SecretString) -> Option<Self> {
        let (token, client_secret): (String, String) = serde_json::from_str(packed.expose_secret()).ok()?;
        Some(Self { token: token.into(), client_secret: client_secret.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_packed_and_unpacked_whole_and_nothing_else_is_taken_for_it() {
        let access = Access { token: "t\"0".into(), client_secret: "s,]".into() };

        let unpacked = Access::unpack(&access.packed()).unwrap();

        assert_eq!((unpacked.token.expose_secret(), unpacked.client_secret.expose_secret()), ("t\"0", "s,]"));
        for other in ["", "t0ken", "[\"t\"]", "[\"t\",\"s\",\"x\"]", "{}"] {
            assert!(Access::unpack(&other.into()).is_none(), "{other}");
        }
    }

    #[test]
    fn it_is_never_printed() {
        let access = Access { token: "t0ken".into(), client_secret: "s3cret".into() };

        let printed = format!("{access:?}");
        assert!(!printed.contains("t0ken") && !printed.contains("s3cret"), "{printed}");
    }
}

//! Secrets at rest: sealed with a KMS key, bound to the customer, the purpose, and the only place where they may be sent.
//!
//! What must stay true: ciphertext that is moved to another customer or another purpose does not open (encryption context); an
//! opened plaintext is accepted only if it is our versioned JSON, and only for the destination that it names. So whoever can
//! write a customer's settings, but cannot seal, cannot have the secret sent elsewhere. See D-73.

use std::collections::HashMap;

use aws_sdk_kms::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    primitives::Blob,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::domain::{customer::Destination, ids::CustomerId};

/// The purpose of a sealed value; part of the encryption context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A customer's OAuth client secret.
    ClientSecret,
    /// A cached access token.
    AccessToken,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecret => "client_secret",
            Self::AccessToken => "access_token",
        }
    }
}

/// The reason why a secret could not be sealed or opened. Never holds any part of the secret.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The value was not sealed for this customer and purpose, is damaged, or is not ours.
    #[error("the stored secret cannot be decrypted")]
    DecryptFailed,
    /// The value was sealed for another destination.
    #[error("the stored secret was entered for another base URL or client ID")]
    ForAnotherDestination,
    /// KMS throttled or could not be reached: trying again may help.
    #[error("the key service could not be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// KMS refused, or the key is disabled: an operator has to act.
    #[error("the key service refused")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The version of [`Plaintext`]. The one before did not name a destination; it is refused.
const VERSION: u8 = 2;

/// The plaintext: `{"v":2,"origin":"https://rest.zuora.com","client_id":"…","secret":"…"}`.
#[derive(Deserialize)]
struct Plaintext {
    v: u8,
    origin: String,
    client_id: String,
    secret: String,
}

/// Seals and opens values with one key, for one purpose.
#[derive(Clone, Debug)]
pub struct Sealer {
    client: Client,
    key_id: String,
    purpose: Purpose,
}

impl Sealer {
    /// A sealer with the key `key_id` for `purpose`.
    pub fn new(client: Client, key_id: impl Into<String>, purpose: Purpose) -> Self {
        Self { client, key_id: key_id.into(), purpose }
    }

    /// Encrypts a customer's secret, to be sent to `destination` and nowhere else.
    ///
    /// # Errors
    /// [`SealError::Unavailable`] and [`SealError::Refused`].
    pub async fn seal(
        &self,
        customer: &CustomerId,
        destination: Destination<'_>,
        secret: &SecretString,
    ) -> Result<Vec<u8>, SealError> {
        let Destination { origin, client_id } = destination;
        let secret = secret.expose_secret();
        let plaintext = serde_json::json!({"v": VERSION, "origin": origin, "client_id": client_id, "secret": secret});
        let answer = self
            .client
            .encrypt()
            .key_id(&self.key_id)
            .set_encryption_context(Some(self.context(customer)))
            .plaintext(Blob::new(plaintext.to_string()))
            .send()
            .await
            .map_err(classify)?;
        answer
            .ciphertext_blob
            .map(Blob::into_inner)
            .ok_or_else(|| SealError::Unavailable("the key service answered without ciphertext".into()))
    }

    /// Decrypts what [`Sealer::seal`] made for the same customer, purpose and destination.
    ///
    /// # Errors
    /// All of [`SealError`].
    pub async fn open(
        &self,
        customer: &CustomerId,
        destination: Destination<'_>,
        ciphertext: Vec<u8>,
    ) -> Result<SecretString, SealError> {
        if ciphertext.is_empty() {
            return Err(SealError::DecryptFailed);
        }
        let answer = self
            .client
            .decrypt()
            .key_id(&self.key_id)
            .set_encryption_context(Some(self.context(customer)))
            .ciphertext_blob(Blob::new(ciphertext))
            .send()
            .await
            .map_err(classify)?;
        let plaintext = answer.plaintext.unwrap_or_else(|| Blob::new(Vec::new()));
        open_envelope(plaintext.as_ref(), destination)
    }

    fn context(&self, customer: &CustomerId) -> HashMap<String, String> {
        HashMap::from([
            ("app".to_owned(), "zuora-workflow-manager".to_owned()),
            ("customer_id".to_owned(), customer.to_string()),
            ("purpose".to_owned(), self.purpose.as_str().to_owned()),
        ])
    }
}

fn open_envelope(plaintext: &[u8], destination: Destination<'_>) -> Result<SecretString, SealError> {
    // The parser's message could quote the plaintext, so it is dropped.
    let Ok(Plaintext { v: VERSION, origin, client_id, secret }) = serde_json::from_slice(plaintext) else {
        return Err(SealError::DecryptFailed);
    };
    let sealed_for = Destination { origin: &origin, client_id: &client_id };
    if sealed_for == destination { Ok(secret.into()) } else { Err(SealError::ForAnotherDestination) }
}

fn classify<E>(error: SdkError<E>) -> SealError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let SdkError::ServiceError(service) = &error else {
        return SealError::Unavailable(error.into());
    };
    let server_fault = service.raw().status().is_server_error();
    match service.err().code().unwrap_or_default() {
        "InvalidCiphertextException" | "IncorrectKeyException" => SealError::DecryptFailed,
        "ThrottlingException" | "KMSInternalException" | "DependencyTimeoutException" | "KeyUnavailableException" => {
            SealError::Unavailable(error.into())
        }
        _ if server_fault => SealError::Unavailable(error.into()),
        _ => SealError::Refused(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use proptest::prelude::*;

    use super::*;
    use crate::aws::mock_sdk;

    const HOME: Destination<'_> = Destination { origin: "https://rest.zuora.com", client_id: "id" };

    /// The outcome of opening, as text, when KMS responds with `status` and `answer`.
    async fn opened(status: u16, answer: serde_json::Value) -> String {
        let sdk = mock_sdk::sdk(move |_| (status, answer.clone()));
        let sealer = Sealer::new(Client::new(&sdk), "key", Purpose::ClientSecret);
        match sealer.open(&CustomerId::new(), HOME, b"ciphertext".to_vec()).await {
            Ok(secret) => secret.expose_secret().to_owned(),
            Err(error) => error.to_string(),
        }
    }

    fn refusal(code: &str) -> serde_json::Value {
        serde_json::json!({"__type": code, "message": "no"})
    }

    #[tokio::test]
    async fn what_is_moved_cut_or_altered_is_a_clean_error_and_trouble_of_the_key_service_is_told_apart() {
        let damaged = "the stored secret cannot be decrypted";
        let unreachable = "the key service could not be reached";
        let refused = "the key service refused";

        for (status, code, expected) in [
            (400, "InvalidCiphertextException", damaged),
            (400, "IncorrectKeyException", damaged),
            (400, "ThrottlingException", unreachable),
            (400, "KeyUnavailableException", unreachable),
            (500, "KMSInternalException", unreachable),
            (503, "Whatever", unreachable),
            (400, "AccessDeniedException", refused),
            (400, "DisabledException", refused),
            (400, "KMSInvalidStateException", refused),
        ] {
            assert_eq!(opened(status, refusal(code)).await, expected, "{code}");
        }
        // Opens, but is not ours: base64 of `{}`, of `not json`, and nothing at all.
        for plaintext in ["e30=", "bm90IGpzb24=", ""] {
            assert_eq!(opened(200, serde_json::json!({"Plaintext": plaintext})).await, damaged, "{plaintext}");
        }
    }

    #[tokio::test]
    async fn a_secret_opens_for_the_destination_that_it_was_sealed_for_and_for_no_other() {
        let sealed = |origin: &str, client_id: &str| {
            let envelope = serde_json::json!({"v": 2, "origin": origin, "client_id": client_id, "secret": "x"});
            serde_json::json!({"Plaintext": STANDARD.encode(envelope.to_string())})
        };
        let elsewhere = "the stored secret was entered for another base URL or client ID";

        assert_eq!(opened(200, sealed("https://rest.zuora.com", "id")).await, "x");
        assert_eq!(opened(200, sealed("https://rest.eu.zuora.com", "id")).await, elsewhere);
        assert_eq!(opened(200, sealed("https://rest.zuora.com", "another")).await, elsewhere);
    }

    #[tokio::test]
    async fn an_empty_ciphertext_is_not_even_sent() {
        let sdk = mock_sdk::sdk(|operation| panic!("{operation}"));
        let sealer = Sealer::new(Client::new(&sdk), "key", Purpose::ClientSecret);

        assert!(matches!(sealer.open(&CustomerId::new(), HOME, Vec::new()).await, Err(SealError::DecryptFailed)));
    }

    proptest! {
        #[test]
        fn an_envelope_of_another_version_or_shape_is_refused_without_quoting_it(
            v in 0..4_u8, secret in "[a-z]{12}", bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0..28_usize,
        ) {
            let Destination { origin, client_id } = HOME;
            let envelope = format!(r#"{{"v":{v},"origin":"{origin}","client_id":"{client_id}","secret":"{secret}"}}"#);
            let opened = open_envelope(envelope.as_bytes(), HOME);
            prop_assert_eq!(opened.ok().map(|opened| opened.expose_secret().to_owned()), (v == 2).then(|| secret.clone()));
            for foreign in [&bytes[..], &envelope.as_bytes()[..cut], secret.as_bytes()] {
                let text = format!("{:?}", open_envelope(foreign, HOME));
                prop_assert_eq!(&text, "Err(DecryptFailed)");
            }
        }
    }
}

//! The TLS settings of the HTTP clients that are not the AWS SDK's: the same stack and the same provider as the SDK, with the
//! roots compiled in, so that no disk is scanned at the start.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

/// Client settings that trust the public certificate authorities.
///
/// # Errors
/// If the provider has no protocol version in common with this program; that is a bug.
pub(crate) fn client_config() -> Result<ClientConfig, rustls::Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let mut tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(tls)
}

//! The one bucket of the product, whose objects nobody can change before their time. See D-82.
//!
//! What must stay true: the same object is the same bytes under the same key, so writing it again changes nothing.

use aws_config::SdkConfig;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use sha2::{Digest as _, Sha256};

use super::signed_request::{RequestError, SignedRequests};

/// A bucket to write to.
#[derive(Clone, Debug)]
pub struct Bucket {
    requests: SignedRequests,
    address: String,
}

impl Bucket {
    /// The bucket of this name.
    ///
    /// # Errors
    /// If no HTTP client can be built; that is a bug.
    pub fn new(sdk: &SdkConfig, name: &str) -> Result<Self, RequestError> {
        let requests = SignedRequests::to("s3", sdk)?;
        let address = match requests.endpoint() {
            Some(endpoint) => format!("{endpoint}/{name}"),
            None => format!("https://{name}.s3.{}.amazonaws.com", requests.region()),
        };
        Ok(Self { requests, address })
    }

    /// Stores an object of JSON. Its key needs no escaping in an address.
    ///
    /// # Errors
    /// [`RequestError`] if the bucket cannot be reached, or refuses.
    pub async fn put(&self, key: &str, json: String) -> Result<(), RequestError> {
        // A bucket with Object Lock takes no object without a checksum.
        let checksum = STANDARD.encode(Sha256::digest(&json));
        let headers = [("content-type", "application/json"), ("x-amz-checksum-sha256", checksum.as_str())];
        self.requests.send(Method::PUT, &format!("{}/{key}", self.address), &headers, json.into()).await?;
        Ok(())
    }
}

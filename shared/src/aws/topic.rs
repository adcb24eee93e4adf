//! One SNS topic, whose subscribers get e-mails.

use aws_config::SdkConfig;
use reqwest::Method;
use url::form_urlencoded::Serializer;

use super::signed_request::{RequestError, SignedRequests};

/// A topic to publish to.
#[derive(Clone, Debug)]
pub struct Topic {
    requests: SignedRequests,
    arn: String,
}

impl Topic {
    /// The topic of this ARN.
    ///
    /// # Errors
    /// If no HTTP client can be built; that is a bug.
    pub fn new(sdk: &SdkConfig, arn: impl Into<String>) -> Result<Self, RequestError> {
        Ok(Self { requests: SignedRequests::to("sns", sdk)?, arn: arn.into() })
    }

    /// Publishes a message. The subject is ASCII, one line, under 100 characters.
    ///
    /// # Errors
    /// [`RequestError`] if SNS cannot be reached, or refuses.
    pub async fn publish(&self, subject: &str, message: &str) -> Result<(), RequestError> {
        let fields = [
            ("Action", "Publish"),
            ("Version", "2010-03-31"),
            ("TopicArn", self.arn.as_str()),
            ("Subject", subject),
            ("Message", message),
        ];
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.requests.send(Method::POST, &format!("{}/", self.requests.address()), &headers, form.into()).await?;
        Ok(())
    }
}

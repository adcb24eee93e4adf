//! The AWS clients of a process: built once from one configuration and shared from then on.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};

/// Loads the SDK configuration: region, credentials and endpoint come from the environment, so no network is touched.
///
/// The behaviour version is pinned, so new defaults of the SDK apply only when we raise it.
pub async fn load() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::v2026_01_12()).timeout_config(timeouts()).retry_config(retries()).load().await
}

/// The timeouts of AWS calls, short enough that a request whose answer was lost is repeated within one API request.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(6))
        .operation_timeout(Duration::from_secs(20))
        .build()
}

/// The SDK's own retries: three attempts.
pub fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3)
}

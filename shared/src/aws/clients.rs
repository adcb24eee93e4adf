//! The AWS clients of a process: built once from one configuration, shared by reference ever after.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};

/// Loads the SDK configuration: region, credentials and endpoint come from the environment, so no network is touched.
///
/// The behaviour version is pinned: a change of the SDK's defaults is our decision.
pub async fn load() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::v2026_01_12()).timeout_config(timeouts()).retry_config(retries()).load().await
}

/// Short enough that a lost answer is asked for again inside one API request.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(6))
        .operation_timeout(Duration::from_secs(20))
        .build()
}

/// The SDK's own retries stay on: three attempts.
pub fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3)
}

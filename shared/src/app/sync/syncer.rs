//! The dependencies of a sync.

use std::time::Duration;

use super::deadlines;
use crate::{
    app::dispatch::Dispatcher,
    aws::{findings::AllFindings, limits::TokenBudget, sealing::Sealer, vault::Vault, workflows::Workflows},
    domain::base_url::BaseUrlPolicy,
    zuora::Zuora,
};

/// The dependencies of a sync.
#[derive(Clone, Debug)]
pub struct Syncer {
    /// Jobs and customers.
    pub dispatcher: Dispatcher,
    /// Stored workflows.
    pub workflows: Workflows,
    /// What the health check found of them.
    pub findings: AllFindings,
    /// Sealed secrets and tokens.
    pub vault: Vault,
    /// Opens client secrets.
    pub secrets: Sealer,
    /// Seals and opens access tokens.
    pub tokens: Sealer,
    /// Zuora.
    pub zuora: Zuora,
    /// The rule for base URLs.
    pub policy: BaseUrlPolicy,
    /// The permits for token requests.
    pub token_budget: TokenBudget,
    /// The largest number of concurrent requests to one tenant; see [`Limiter`](crate::zuora::Limiter).
    pub max_in_flight: usize,
    /// For how long replaced definitions are kept; none = they are removed.
    pub keep_definitions: Option<Duration>,
    /// The time for one request of a sync and its response.
    pub request_timeout: Duration,
}

impl Syncer {
    /// The time before its deadline from which a run starts nothing new.
    pub fn wind_down(&self) -> Duration {
        deadlines::wind_down(self.request_timeout)
    }
}

//! Name resolution that returns public addresses only.
//!
//! The connection is made to the very addresses that were checked, so a name that changes its answer between check and use
//! gains nothing. Hosts that the deployment lists itself may be private.

use std::{io, net::SocketAddr, net::ToSocketAddrs as _, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;
use crate::domain::base_url::BaseUrlPolicy;

/// Resolves a name; replaced in tests.
pub(super) type Lookup = Arc<dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync>;

/// The error for a name that resolves to no public address.
#[derive(Debug, thiserror::Error)]
#[error("the host has no public address")]
pub(super) struct AddressRefused;

pub(super) struct GuardedResolver {
    policy: BaseUrlPolicy,
    lookup: Lookup,
}

impl GuardedResolver {
    pub(super) fn new(policy: BaseUrlPolicy, lookup: Lookup) -> Self {
        Self { policy, lookup }
    }
}

/// The operating system's resolver.
pub(super) fn system_lookup() -> Lookup {
    Arc::new(|host| (host, 0).to_socket_addrs().map(Iterator::collect))
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let listed = self.policy.lists(name.as_str());
        let lookup = Arc::clone(&self.lookup);
        Box::pin(async move {
            let found = tokio::task::spawn_blocking(move || lookup(name.as_str())).await??;
            let allowed: Vec<_> = found.into_iter().filter(|address| listed || is_public(address.ip())).collect();
            if allowed.is_empty() {
                return Err(AddressRefused.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn resolve(policy: &str, host: &str, answer: &'static [&'static str]) -> Result<Vec<String>, String> {
        let lookup: Lookup =
            Arc::new(move |_| Ok(answer.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect()));
        let resolver = GuardedResolver::new(BaseUrlPolicy::new(policy).unwrap(), lookup);
        let found = resolver.resolve(host.parse().unwrap()).await.map_err(|error| error.to_string())?;
        Ok(found.map(|address| address.ip().to_string()).collect())
    }

    #[tokio::test]
    async fn private_addresses_are_left_out_and_a_name_with_nothing_else_is_refused() {
        assert_eq!(
            resolve("", "rest.zuora.com", &["10.0.0.1", "8.8.8.8", "::1"]).await,
            Ok(vec!["8.8.8.8".to_owned()])
        );
        assert_eq!(resolve("", "rest.zuora.com", &["169.254.169.254"]).await, Err(AddressRefused.to_string()));
        assert_eq!(resolve("", "rest.zuora.com", &[]).await, Err(AddressRefused.to_string()));
    }

    #[tokio::test]
    async fn a_host_that_the_deployment_listed_may_be_private() {
        let answer = resolve("https://zuora.internal.example", "zuora.internal.example", &["10.0.0.1"]).await;

        assert_eq!(answer, Ok(vec!["10.0.0.1".to_owned()]));
    }
}

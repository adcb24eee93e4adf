//! Zuora's data centers: the REST addresses that an admin may pick from.
//!
//! The list is what Zuora publishes, plus one preset from older guides, which says so. It is an offer, not the rule:
//! what is accepted is decided by [`BaseUrlPolicy`](super::base_url::BaseUrlPolicy).

use super::{base_url::BaseUrl, customer::Environment};

/// One REST address of Zuora.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct KnownHost {
    /// The address in the form that customers store.
    pub base_url: &'static str,
    /// Zuora's name for it.
    pub label: &'static str,
    /// Proposed when a customer picks this address.
    pub environment: Environment,
    /// True for the three choices shown first.
    pub preset: bool,
}

/// The presets first, then the rest of Zuora's list.
pub const KNOWN_HOSTS: &[KnownHost] = &[
    host("https://rest.zuora.com", "Production (US Cloud 2)", Environment::Production, true),
    host("https://rest.test.zuora.com", "Test (US Developer and Central Sandbox)", Environment::Test, true),
    host(
        "https://rest.sandbox.zuora.com",
        "Sandbox, as in older guides; not on Zuora's list",
        Environment::Sandbox,
        true,
    ),
    host("https://rest.na.zuora.com", "US Production Cloud 1", Environment::Production, false),
    host("https://rest.sandbox.na.zuora.com", "US API Sandbox Cloud 1", Environment::Sandbox, false),
    host("https://rest.apisandbox.zuora.com", "US API Sandbox Cloud 2", Environment::Sandbox, false),
    host("https://rest.eu.zuora.com", "EU Production", Environment::Production, false),
    host("https://rest.sandbox.eu.zuora.com", "EU API Sandbox", Environment::Sandbox, false),
    host("https://rest.test.eu.zuora.com", "EU Developer and Central Sandbox", Environment::Test, false),
    host("https://rest.ap.zuora.com", "APAC Production", Environment::Production, false),
    host("https://rest.test.ap.zuora.com", "APAC Developer and Central Sandbox", Environment::Test, false),
];

/// The environment that the list names for an address; production when it is not on the list.
pub fn environment_of(base: &BaseUrl) -> Environment {
    let listed = KNOWN_HOSTS.iter().find(|host| host.base_url == base.as_str());
    listed.map_or(Environment::Production, |host| host.environment)
}

const fn host(base_url: &'static str, label: &'static str, environment: Environment, preset: bool) -> KnownHost {
    KnownHost { base_url, label, environment, preset }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::base_url::BaseUrlPolicy;

    #[test]
    fn every_address_on_offer_is_accepted_unchanged() {
        let policy = BaseUrlPolicy::new("").unwrap();

        for host in KNOWN_HOSTS {
            assert_eq!(policy.parse(host.base_url).unwrap().as_str(), host.base_url);
        }
    }

    #[test]
    fn the_presets_are_production_test_and_sandbox() {
        let presets: Vec<_> = KNOWN_HOSTS.iter().filter(|host| host.preset).map(|host| host.environment).collect();

        assert_eq!(presets, [Environment::Production, Environment::Test, Environment::Sandbox]);
    }
}

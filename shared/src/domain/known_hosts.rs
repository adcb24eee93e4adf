//! Zuora's data centers: the REST addresses that an admin may pick from, and the addresses at which people sign in there.
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
    /// The hosts that a browser shows to people who are signed in there; each leads to this address alone.
    pub app_hosts: &'static [&'static str],
    /// False for what Zuora does not list. Nothing is sent there unless somebody enters that very address.
    pub on_zuoras_list: bool,
}

/// The presets first, then the rest of Zuora's list.
pub const KNOWN_HOSTS: &[KnownHost] = &[
    // The other app hosts are those of Zuora's page on data centers; these two are inferred from the address of this data
    // center's MCP server, `zuora.com`.
    host(
        "https://rest.zuora.com",
        "Production (US Cloud 2)",
        Environment::Production,
        true,
        &["www.zuora.com", "zuora.com"],
    ),
    host(
        "https://rest.test.zuora.com",
        "Test (US Developer and Central Sandbox)",
        Environment::Test,
        true,
        &["test.zuora.com"],
    ),
    KnownHost {
        on_zuoras_list: false,
        ..host(
            "https://rest.sandbox.zuora.com",
            "Sandbox, as in older guides; not on Zuora's list",
            Environment::Sandbox,
            true,
            &[],
        )
    },
    host("https://rest.na.zuora.com", "US Production Cloud 1", Environment::Production, false, &["na.zuora.com"]),
    host(
        "https://rest.sandbox.na.zuora.com",
        "US API Sandbox Cloud 1",
        Environment::Sandbox,
        false,
        &["sandbox.na.zuora.com"],
    ),
    host(
        "https://rest.apisandbox.zuora.com",
        "US API Sandbox Cloud 2",
        Environment::Sandbox,
        false,
        &["apisandbox.zuora.com"],
    ),
    host("https://rest.eu.zuora.com", "EU Production", Environment::Production, false, &["eu.zuora.com"]),
    host("https://rest.sandbox.eu.zuora.com", "EU API Sandbox", Environment::Sandbox, false, &["sandbox.eu.zuora.com"]),
    host(
        "https://rest.test.eu.zuora.com",
        "EU Developer and Central Sandbox",
        Environment::Test,
        false,
        &["test.eu.zuora.com"],
    ),
    host("https://rest.ap.zuora.com", "APAC Production", Environment::Production, false, &["ap.zuora.com"]),
    host(
        "https://rest.test.ap.zuora.com",
        "APAC Developer and Central Sandbox",
        Environment::Test,
        false,
        &["test.ap.zuora.com"],
    ),
];

/// The environment that the list names for an address; production when it is not on the list.
pub fn environment_of(base: &BaseUrl) -> Environment {
    let listed = KNOWN_HOSTS.iter().find(|host| host.base_url == base.as_str());
    listed.map_or(Environment::Production, |host| host.environment)
}

/// The REST address of the data center whose pages have this address in the browser, such as
/// `https://eu.zuora.com/platform/webapp`.
pub fn rest_address_of(shown: &str) -> Option<&'static str> {
    let shown = shown.trim().to_ascii_lowercase();
    let rest = shown.strip_prefix("https://").or_else(|| shown.strip_prefix("http://")).unwrap_or(&shown);
    let app_host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    KNOWN_HOSTS.iter().find(|host| host.app_hosts.contains(&app_host)).map(|host| host.base_url)
}

const fn host(
    base_url: &'static str,
    label: &'static str,
    environment: Environment,
    preset: bool,
    app_hosts: &'static [&'static str],
) -> KnownHost {
    KnownHost { base_url, label, environment, preset, app_hosts, on_zuoras_list: true }
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

    #[test]
    fn the_sandbox_of_older_guides_alone_is_not_on_zuoras_list() {
        let others: Vec<_> = KNOWN_HOSTS.iter().filter(|host| !host.on_zuoras_list).map(|host| host.base_url).collect();

        assert_eq!(others, ["https://rest.sandbox.zuora.com"]);
    }

    #[test]
    fn what_the_browser_shows_leads_to_one_rest_address() {
        for (shown, rest) in [
            ("https://eu.zuora.com/platform/webapp?x=1#y", Some("https://rest.eu.zuora.com")),
            (" HTTPS://ApiSandbox.zuora.com/", Some("https://rest.apisandbox.zuora.com")),
            ("http://test.zuora.com", Some("https://rest.test.zuora.com")),
            ("sandbox.na.zuora.com/apps", Some("https://rest.sandbox.na.zuora.com")),
            ("https://www.zuora.com/apps/Login.do", Some("https://rest.zuora.com")),
            ("https://one.zuora.com", None),
            ("https://rest.eu.zuora.com", None),
            ("https://eu.zuora.com.evil.io", None),
            ("https://evil.io/eu.zuora.com", None),
            ("https://user@eu.zuora.com", None),
            ("https://eu.zuora.com:444", None),
            ("", None),
        ] {
            assert_eq!(rest_address_of(shown), rest, "{shown}");
        }
        let mut app_hosts: Vec<_> = KNOWN_HOSTS.iter().flat_map(|host| host.app_hosts).collect();
        app_hosts.sort_unstable();
        assert!(app_hosts.windows(2).all(|pair| pair[0] != pair[1]), "{app_hosts:?}");
    }
}

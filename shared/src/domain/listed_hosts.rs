//! The hosts that a search for a client's data center tries. See D-87.
//!
//! What must stay true: they are Zuora's own listed ones and nothing else, neither the deployment's extra hosts nor an address
//! that Zuora does not list. Only a local stage has others in their place: the template sees to that.

use std::sync::Arc;

use super::{
    base_url::{BaseUrl, BaseUrlError, BaseUrlPolicy},
    customer::Environment,
    known_hosts::{KNOWN_HOSTS, environment_of},
};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedHost {
    /// Its origin.
    pub base: BaseUrl,
    /// Zuora's name for it; of a host in the place of Zuora's, its origin.
    pub label: String,
    environment: Environment,
    preset: bool,
}

/// All of them.
#[derive(Clone, Debug)]
pub struct ListedHosts(Arc<[ListedHost]>);

impl ListedHosts {
    /// Zuora's list.
    ///
    /// # Errors
    /// [`BaseUrlError`] if an address on it is not acceptable, which a test excludes.
    pub fn of_zuora() -> Result<Self, BaseUrlError> {
        let policy = BaseUrlPolicy::default();
        let listed = KNOWN_HOSTS.iter().filter(|host| host.on_zuoras_list).map(|host| {
            let base = policy.parse(host.base_url)?;
            let label = host.label.to_owned();
            Ok(ListedHost { base, label, environment: host.environment, preset: host.preset })
        });
        Ok(Self(listed.collect::<Result<_, _>>()?))
    }

    /// Comma-separated origins in the place of Zuora's, which `policy` has to accept.
    ///
    /// # Errors
    /// [`BaseUrlError`] says what is wrong with the first that it does not accept.
    pub fn replaced(origins: &str, policy: &BaseUrlPolicy) -> Result<Self, BaseUrlError> {
        let hosts = origins.split(',').map(|origin| {
            let base = policy.parse(origin.trim())?;
            let (label, environment) = (base.to_string(), environment_of(&base));
            Ok(ListedHost { base, label, environment, preset: false })
        });
        Ok(Self(hosts.collect::<Result<_, _>>()?))
    }

    /// True if this is the base URL of one of them, as they are written in answers.
    pub fn contains(&self, base_url: &str) -> bool {
        self.0.iter().any(|host| host.base.as_str() == base_url)
    }

    /// Those that are not in `skip`, the likely ones first: those of the environment, then the presets, then the rest.
    pub fn likely_first(&self, environment: Option<Environment>, skip: &[String]) -> Vec<&ListedHost> {
        let mut hosts: Vec<_> =
            self.0.iter().filter(|host| !skip.iter().any(|tried| tried == host.base.as_str())).collect();
        hosts.sort_by_key(|host| (environment != Some(host.environment), !host.preset));
        hosts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(environment: Option<Environment>, skip: &[&str]) -> Vec<String> {
        let skip: Vec<_> = skip.iter().map(ToString::to_string).collect();
        let hosts = ListedHosts::of_zuora().unwrap();
        hosts.likely_first(environment, &skip).iter().map(|host| host.base.to_string()).collect()
    }

    #[test]
    fn those_of_the_environment_come_first_then_the_presets_and_the_sandbox_of_older_guides_is_none_of_them() {
        let sandbox = order(Some(Environment::Sandbox), &[]);

        assert_eq!(
            sandbox[..5],
            [
                "https://rest.sandbox.na.zuora.com",
                "https://rest.apisandbox.zuora.com",
                "https://rest.sandbox.eu.zuora.com",
                "https://rest.zuora.com",
                "https://rest.test.zuora.com",
            ]
        );
        assert_eq!(sandbox.len(), 10);
        assert_eq!(
            order(None, &[])[..3],
            ["https://rest.zuora.com", "https://rest.test.zuora.com", "https://rest.na.zuora.com"]
        );
        assert!(!order(Some(Environment::Test), &[]).contains(&"https://rest.sandbox.zuora.com".to_owned()));
    }

    #[test]
    fn what_was_tried_is_left_out() {
        let rest = order(None, &["https://rest.zuora.com", "https://rest.eu.zuora.com"]);

        assert_eq!(rest.len(), 8);
        assert!(!rest.contains(&"https://rest.eu.zuora.com".to_owned()));
    }

    #[test]
    fn extra_hosts_of_the_deployment_are_no_part_of_zuoras_list() {
        let hosts = ListedHosts::of_zuora().unwrap();

        assert!(hosts.contains("https://rest.zuora.com") && !hosts.contains("https://zuora.internal.example"));
    }

    #[test]
    fn a_list_in_the_place_of_zuoras_keeps_its_order_and_holds_only_what_the_deployment_accepts() {
        let policy = BaseUrlPolicy::new("http://127.0.0.1:*").unwrap();

        let hosts = ListedHosts::replaced("http://127.0.0.1:2, http://127.0.0.1:1", &policy).unwrap();

        let order: Vec<_> = hosts.likely_first(None, &[]).iter().map(|host| host.label.as_str()).collect();
        assert_eq!(order, ["http://127.0.0.1:2", "http://127.0.0.1:1"]);
        assert_eq!(ListedHosts::replaced("http://10.0.0.1", &policy).unwrap_err(), BaseUrlError::IpAddress);
    }
}

//! Configuration: read once at the start, from one lookup, with every fault reported together.

use std::time::Duration;

use crate::domain::{base_url::BaseUrlPolicy, listed_hosts::ListedHosts};

/// The largest number of days that a setting may name: a hundred years.
const MOST_DAYS: u64 = 36_500;

/// The error for an environment that lacks settings of this function.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not usable: {}", .0.join("; "))]
pub struct ConfigError(Vec<String>);

/// The source of variables.
type Lookup<'a> = Box<dyn Fn(&str) -> Option<String> + 'a>;

/// Reads variables and collects the faults.
pub struct EnvSettings<'a> {
    lookup: Lookup<'a>,
    faults: Vec<String>,
}

impl<'a> EnvSettings<'a> {
    /// Settings from the process's environment.
    #[expect(clippy::disallowed_methods, reason = "this is the place the rule names")]
    pub fn from_env() -> Self {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Settings from any source; tests pass a map.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String> + 'a) -> Self {
        Self { lookup: Box::new(lookup), faults: Vec::new() }
    }

    /// Reads a variable that must be set.
    pub fn required(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.faults.push(format!("{name} is missing"));
            String::new()
        })
    }

    /// Reads a variable that may be absent or empty.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    /// Reads a whole number of at least one; `default` if the variable is absent.
    pub fn number(&mut self, name: &str, default: u64) -> u64 {
        let Some(text) = self.optional(name) else { return default };
        text.parse().ok().filter(|number| *number > 0).unwrap_or_else(|| {
            self.faults.push(format!("{name} is not a whole number above zero"));
            default
        })
    }

    /// Reads a number of days; `default` if the variable is absent, none if it is 0.
    pub fn days(&mut self, name: &str, default: u64) -> Option<Duration> {
        let days =
            self.optional(name).map_or(Some(default), |text| text.parse().ok().filter(|days| *days <= MOST_DAYS));
        let Some(days) = days else {
            self.faults.push(format!("{name} is not a whole number of days up to {MOST_DAYS}"));
            return None;
        };
        (days > 0).then(|| Duration::from_secs(days * 24 * 3600))
    }

    /// Reads the base URL policy with the deployment's extra hosts (`EXTRA_ZUORA_HOSTS`, may be empty).
    pub fn base_url_policy(&mut self) -> Option<BaseUrlPolicy> {
        let extra = (self.lookup)("EXTRA_ZUORA_HOSTS").unwrap_or_default();
        BaseUrlPolicy::new(&extra).map_err(|error| self.faults.push(format!("EXTRA_ZUORA_HOSTS: {error}"))).ok()
    }

    /// Reads the hosts that a search for a data center tries: Zuora's list, unless `LISTED_ZUORA_HOSTS` replaces it, as it may on
    /// local stages only.
    pub fn listed_hosts(&mut self, policy: &BaseUrlPolicy) -> Option<ListedHosts> {
        let hosts = match self.optional("LISTED_ZUORA_HOSTS") {
            Some(origins) => ListedHosts::replaced(&origins, policy),
            None => ListedHosts::of_zuora(),
        };
        hosts.map_err(|error| self.faults.push(format!("LISTED_ZUORA_HOSTS: {error}"))).ok()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`ConfigError`] names every variable that is missing or wrong.
    pub fn finish(self) -> Result<(), ConfigError> {
        if self.faults.is_empty() { Ok(()) } else { Err(ConfigError(self.faults)) }
    }
}

/// The stack's name, for metrics; `local` if none is set.
#[expect(clippy::disallowed_methods, reason = "this is the place the rule names")]
pub fn stack_name() -> String {
    std::env::var("STACK_NAME").unwrap_or_else(|_| "local".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_variable_is_named_at_once() {
        let mut settings = EnvSettings::from_lookup(|name| (name == "DATA_TABLE").then(|| "data".to_owned()));

        assert_eq!(settings.required("DATA_TABLE"), "data");
        settings.required("VAULT_TABLE");
        settings.required("JOB_QUEUE_URL");
        let error = settings.finish().unwrap_err().to_string();

        assert_eq!(error, "the configuration is not usable: VAULT_TABLE is missing; JOB_QUEUE_URL is missing");
    }

    #[test]
    fn a_number_of_days_may_be_absent_or_nought_and_nothing_else_but_a_number() {
        let mut settings = EnvSettings::from_lookup(|name| Some(name.to_owned()));
        let days = |days: u64| Some(Duration::from_secs(days * 24 * 3600));

        assert_eq!(
            ["7", "0", "", "36500"].map(|text| settings.days(text, 400)),
            [days(7), None, days(400), days(36_500)]
        );
        assert_eq!(["-1", "36501", "x"].map(|text| settings.days(text, 400)), [None; 3]);
        assert!(settings.finish().unwrap_err().to_string().contains("36501 is not a whole number of days up to 36500"));
    }

    #[test]
    fn a_bad_extra_host_is_a_fault_at_start() {
        let mut settings = EnvSettings::from_lookup(|_| Some("http://10.0.0.1".to_owned()));

        assert!(settings.base_url_policy().is_none());
        assert!(settings.finish().unwrap_err().to_string().contains("EXTRA_ZUORA_HOSTS"));
    }

    #[test]
    fn a_list_in_the_place_of_zuoras_that_the_policy_refuses_is_a_fault_at_start() {
        let mut settings = EnvSettings::from_lookup(|_| Some("http://127.0.0.1:1".to_owned()));

        assert!(settings.listed_hosts(&BaseUrlPolicy::default()).is_none());
        assert!(settings.finish().unwrap_err().to_string().contains("LISTED_ZUORA_HOSTS"));
    }

    #[test]
    fn without_a_list_in_its_place_a_search_tries_zuoras() {
        let mut settings = EnvSettings::from_lookup(|_| None);

        let hosts = settings.listed_hosts(&BaseUrlPolicy::default()).unwrap();

        assert!(hosts.contains("https://rest.eu.zuora.com"));
        settings.finish().unwrap();
    }
}

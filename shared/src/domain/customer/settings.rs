//! The settings of a customer, which people edit, as one type (D-68).
//!
//! What must stay true: whatever has to know every setting takes it from here. The entity tag, the differences in the audit
//! trail and the stored profile are made of the type's own fields, and [`SettingsChange::over`] does not compile without one
//! of them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::{base_url::BaseUrl, guard::Limits, guard::LimitsChange, schedule::Frequency};

/// The kind of a customer's Zuora environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Live business.
    Production,
    /// Pre-production.
    Test,
    /// A sandbox tenant.
    Sandbox,
    /// A developer's tenant.
    Development,
}

impl Environment {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Production, Self::Test, Self::Sandbox, Self::Development];

    /// The frequency that suits customers of such an environment; a proposal, never set by itself.
    pub const fn recommended_frequency(self) -> Frequency {
        match self {
            Self::Production => Frequency::Hourly,
            Self::Test | Self::Sandbox => Frequency::EveryTwoHours,
            Self::Development => Frequency::Manual,
        }
    }
}

/// The settings of a customer; its client secret is none of them, it lies in the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Settings {
    /// The organization's name.
    pub name: String,
    /// The id of the OAuth client at Zuora.
    pub zuora_client_id: String,
    /// Zuora's REST origin, normalized by the base URL policy.
    pub zuora_base_url: String,
    /// The kind of its environment.
    pub environment: Environment,
    /// The frequency of its syncs.
    pub sync_frequency: Frequency,
    /// The limits on the workflows that may vanish from its list at once. (Absent in items of older backups.)
    #[serde(default)]
    #[schema(required = true)]
    pub delete_guard: Limits,
    /// Words by which people group customers. (Absent in items of older backups, as are the next two.)
    #[serde(default)]
    #[schema(required = true)]
    pub tags: Vec<String>,
    /// The person or team that looks after it.
    #[serde(default)]
    #[schema(required = true)]
    pub owner: Option<String>,
    /// What people should know about it.
    #[serde(default)]
    #[schema(required = true)]
    pub notes: Option<String>,
}

/// Where a client secret is sent, together with what: it belongs to this pair and goes nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination<'a> {
    /// Zuora's REST origin.
    pub origin: &'a str,
    /// The id of the OAuth client.
    pub client_id: &'a str,
}

impl Settings {
    /// The destination of the customer's client secret.
    pub fn destination(&self) -> Destination<'_> {
        Destination { origin: &self.zuora_base_url, client_id: &self.zuora_client_id }
    }

    /// The settings as text: each by its path (`delete_guard.count`), nested ones one by one; empty for one that is not set.
    pub fn leaves(&self) -> Vec<(String, String)> {
        let mut leaves = Vec::new();
        collect("", &serde_json::json!(self), &mut leaves);
        leaves
    }
}

fn collect(path: &str, value: &Value, leaves: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(&path, value, leaves);
            }
        }
        Value::String(text) => leaves.push((path.to_owned(), text.clone())),
        Value::Null => leaves.push((path.to_owned(), String::new())),
        Value::Array(words) => {
            let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
            leaves.push((path.to_owned(), words.join(", ")));
        }
        other => leaves.push((path.to_owned(), other.to_string())),
    }
}

/// Settings to change, already validated; the absent ones stay.
#[derive(Clone, Debug, Default)]
pub struct SettingsChange {
    /// See [`Settings::name`].
    pub name: Option<String>,
    /// See [`Settings::zuora_client_id`].
    pub zuora_client_id: Option<String>,
    /// See [`Settings::zuora_base_url`].
    pub zuora_base_url: Option<BaseUrl>,
    /// See [`Settings::environment`].
    pub environment: Option<Environment>,
    /// See [`Settings::sync_frequency`].
    pub sync_frequency: Option<Frequency>,
    /// See [`Settings::delete_guard`].
    pub delete_guard: LimitsChange,
    /// See [`Settings::tags`].
    pub tags: Option<Vec<String>>,
    /// See [`Settings::owner`].
    pub owner: Option<Option<String>>,
    /// See [`Settings::notes`].
    pub notes: Option<Option<String>>,
}

impl SettingsChange {
    /// The settings with what is changed.
    #[must_use]
    pub fn over(self, current: &Settings) -> Settings {
        let Self {
            name,
            zuora_client_id,
            zuora_base_url,
            environment,
            sync_frequency,
            delete_guard,
            tags,
            owner,
            notes,
        } = self;
        let base_url = zuora_base_url.map(|base| base.as_str().to_owned());
        Settings {
            name: name.unwrap_or_else(|| current.name.clone()),
            zuora_client_id: zuora_client_id.unwrap_or_else(|| current.zuora_client_id.clone()),
            zuora_base_url: base_url.unwrap_or_else(|| current.zuora_base_url.clone()),
            environment: environment.unwrap_or(current.environment),
            sync_frequency: sync_frequency.unwrap_or(current.sync_frequency),
            delete_guard: delete_guard.over(current.delete_guard),
            tags: tags.unwrap_or_else(|| current.tags.clone()),
            owner: owner.unwrap_or_else(|| current.owner.clone()),
            notes: notes.unwrap_or_else(|| current.notes.clone()),
        }
    }

    /// True if it names another OAuth client, or another origin.
    pub fn leads_elsewhere(&self, current: &Settings) -> bool {
        self.clone().over(current).destination() != current.destination()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::base_url::BaseUrlPolicy;

    fn settings() -> Settings {
        Settings {
            name: "Acme".into(),
            zuora_client_id: "id".into(),
            zuora_base_url: "https://rest.zuora.com".into(),
            environment: Environment::Production,
            sync_frequency: Frequency::Hourly,
            delete_guard: Limits { count: 5, percent: 20 },
            tags: vec!["emea".into()],
            owner: None,
            notes: Some("Ask Ann.".into()),
        }
    }

    #[test]
    fn a_change_of_everything_changes_every_setting_and_one_of_nothing_none() {
        let everything = SettingsChange {
            name: Some("Other".into()),
            zuora_client_id: Some("other".into()),
            zuora_base_url: BaseUrlPolicy::new("").unwrap().parse("https://rest.eu.zuora.com").ok(),
            environment: Some(Environment::Test),
            sync_frequency: Some(Frequency::Manual),
            delete_guard: LimitsChange { count: Some(6), percent: Some(21) },
            tags: Some(vec!["apac".into(), "gold".into()]),
            owner: Some(Some("Ben".into())),
            notes: Some(None),
        };

        let (before, after) = (settings().leaves(), everything.over(&settings()).leaves());
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.0, after.0);
            assert_ne!(before.1, after.1, "{}", before.0);
        }
        assert_eq!(SettingsChange::default().over(&settings()), settings());
    }

    #[test]
    fn the_help_explains_every_setting() {
        let help = include_str!("../../../../docs/help.md");
        for name in serde_json::json!(settings()).as_object().unwrap().keys() {
            assert!(help.contains(&format!("| `{name}` |")), "{name}");
        }
    }

    #[test]
    fn leaves_are_texts_by_path() {
        let leaves = settings().leaves();

        assert!(leaves.contains(&("delete_guard.percent".into(), "20".into())));
        assert!(leaves.contains(&("sync_frequency".into(), "hourly".into())));
        assert!(leaves.contains(&("tags".into(), "emea".into())) && leaves.contains(&("owner".into(), String::new())));
    }
}

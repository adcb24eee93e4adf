//! Who did what: the record of every change that a person made, and of every attempt that was refused.
//!
//! What must stay true: a record never holds a secret's value, only that it was replaced; and it names its customer also
//! when that one is long gone.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    change::{BeforeAfter, FieldChange},
    customer::Customer,
    ids::{AuditId, CustomerId, JobId},
    job::Job,
    time::Timestamp,
};

/// What somebody did, or tried to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Action {
    /// A customer was created.
    #[serde(rename = "customer.create")]
    CustomerCreate,
    /// A customer's settings or credentials were changed.
    #[serde(rename = "customer.update")]
    CustomerUpdate,
    /// A customer was paused.
    #[serde(rename = "customer.pause")]
    CustomerPause,
    /// A customer was resumed.
    #[serde(rename = "customer.resume")]
    CustomerResume,
    /// A customer was deleted.
    #[serde(rename = "customer.delete")]
    CustomerDelete,
    /// A sync was asked for.
    #[serde(rename = "customer.sync")]
    CustomerSync,
    /// A connection test was asked for.
    #[serde(rename = "customer.test")]
    CustomerTest,
    /// A failed job was started anew.
    #[serde(rename = "job.retry")]
    JobRetry,
    /// A dead letter's job was started anew, with others.
    #[serde(rename = "job.redrive")]
    JobRedrive,
    /// A job was cancelled.
    #[serde(rename = "job.cancel")]
    JobCancel,
    /// What a job held back was approved.
    #[serde(rename = "job.approve_deletions")]
    JobApproveDeletions,
    /// A user was granted verbs.
    #[serde(rename = "grant.put")]
    GrantPut,
    /// A user's grant was withdrawn.
    #[serde(rename = "grant.delete")]
    GrantDelete,
    /// Something was to be read. Only recorded when it was refused.
    #[serde(rename = "read")]
    Read,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditOutcome)]
pub enum AuditOutcome {
    /// It was done.
    Done,
    /// The caller was not allowed to.
    Refused,
}

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditRecord)]
pub struct Record {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who: the Cognito `sub`.
    pub actor: String,
    /// What.
    pub action: Action,
    /// Whether it was done.
    pub outcome: AuditOutcome,
    /// With which customer, if with one.
    pub customer_id: Option<CustomerId>,
    /// The customer's name then.
    pub customer_name: Option<String>,
    /// With which job, or the job that it led to.
    pub job_id: Option<JobId>,
    /// Whose grant, if it was about one.
    pub user: Option<String>,
    /// The fields that were set, with their values before and after; a secret's are never there.
    pub changes: Vec<FieldChange>,
    /// The request's id: what the log line and the answer name too.
    pub request_id: String,
}

impl Record {
    /// A record of something done, about nothing in particular yet.
    pub fn new(actor: String, action: Action, request_id: String, at: Timestamp) -> Self {
        Self {
            id: AuditId::new(),
            at,
            actor,
            action,
            outcome: AuditOutcome::Done,
            customer_id: None,
            customer_name: None,
            job_id: None,
            user: None,
            changes: Vec::new(),
            request_id,
        }
    }

    /// The customer it is about.
    #[must_use]
    pub fn about(mut self, customer: &Customer) -> Self {
        self.customer_id = Some(customer.id.clone());
        self.customer_name = Some(customer.name.clone());
        self
    }

    /// The job it is about, and so whose.
    #[must_use]
    pub fn job(mut self, job: &Job) -> Self {
        self.job_id = Some(job.id.clone());
        self.customer_id = Some(job.customer_id.clone());
        self
    }
}

/// What an admin sees of a customer that differs between two moments; all of it when there was none before.
///
/// The version of the credentials says that a secret was replaced: of the secret itself nothing is known here.
pub fn differences(before: Option<&Customer>, after: &Customer) -> Vec<FieldChange> {
    let shown = |customer: &Customer| {
        let word = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let guard = customer.delete_guard;
        [
            ("name", customer.name.clone()),
            ("zuora_client_id", customer.zuora_client_id.clone()),
            ("zuora_base_url", customer.zuora_base_url.clone()),
            ("environment", word(serde_json::json!(customer.environment))),
            ("sync_frequency", word(serde_json::json!(customer.sync_frequency))),
            ("delete_guard.count", guard.count.to_string()),
            ("delete_guard.percent", guard.percent.to_string()),
            ("status", word(serde_json::json!(customer.status))),
        ]
    };
    let old: Vec<Option<String>> = match before {
        Some(before) => shown(before).into_iter().map(|(_, value)| Some(value)).collect(),
        None => vec![None; shown(after).len()],
    };
    let mut changes: Vec<FieldChange> = shown(after)
        .into_iter()
        .zip(old)
        .filter(|((_, after), before)| Some(after) != before.as_ref())
        .map(|((field, after), before)| FieldChange {
            field: field.to_owned(),
            values: BeforeAfter { before, after: Some(after) },
        })
        .collect();
    if before.is_none_or(|before| before.secret_updated_at != after.secret_updated_at) {
        changes.push(FieldChange { field: "zuora_client_secret".to_owned(), values: BeforeAfter::default() });
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::customer::{Environment, NewCustomer};

    fn customer() -> Customer {
        let new = NewCustomer {
            name: "Acme".into(),
            zuora_client_id: "id".into(),
            zuora_base_url: "https://rest.zuora.com".into(),
            environment: Environment::Production,
            sync_frequency: crate::domain::schedule::Frequency::Hourly,
            delete_guard: crate::domain::guard::Limits::default(),
        };
        Customer::new(new, None, Timestamp::EPOCH)
    }

    fn told(changes: &[FieldChange]) -> Vec<(&str, Option<&str>, Option<&str>)> {
        let mut told = Vec::new();
        for FieldChange { field, values } in changes {
            told.push((field.as_str(), values.before.as_deref(), values.after.as_deref()));
        }
        told
    }

    #[test]
    fn a_new_customer_is_told_with_all_its_settings_but_no_secret() {
        let changes = differences(None, &customer());

        assert_eq!(changes.len(), 9);
        assert!(told(&changes).contains(&("sync_frequency", None, Some("hourly"))));
        assert_eq!(told(&changes).last(), Some(&("zuora_client_secret", None, None)));
    }

    #[test]
    fn only_what_differs_is_told_and_a_secret_without_its_value() {
        let before = customer();
        let mut after = before.clone();
        after.name = "Acme Corp".into();
        after.workflows_count = 7;
        assert_eq!(told(&differences(Some(&before), &after)), [("name", Some("Acme"), Some("Acme Corp"))]);

        let mut after = before.clone();
        after.secret_updated_at = Timestamp::from_millis(1);
        assert_eq!(told(&differences(Some(&before), &after)), [("zuora_client_secret", None, None)]);
        assert_eq!(differences(Some(&before), &before), []);
    }
}

//! The audit record of every change that a person made, and of every attempt that was refused.
//!
//! What must stay true: a record never holds a secret's value, only that it was replaced; and it names its customer also
//! when that one is long gone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    actor::Actor,
    base_url::BaseUrl,
    change::{BeforeAfter, FieldChange},
    compared_with::{ComparedWith, Words},
    customer::Customer,
    ids::{AuditId, CustomerId, JobId},
    job::Job,
    text,
    time::Timestamp,
};

/// The field that names the customer with which another one is compared.
const COMPARED_WITH: &str = "compared_with";
/// The characters of a value that a record shows.
const MOST_SHOWN: usize = 500;

/// An action that somebody did or tried to do.
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
    /// Credentials that are not stored were tried.
    #[serde(rename = "connection.test")]
    ConnectionTest,
    /// A failed job was started anew.
    #[serde(rename = "job.retry")]
    JobRetry,
    /// A dead letter's job was started anew, with others.
    #[serde(rename = "job.redrive")]
    JobRedrive,
    /// A job was cancelled.
    #[serde(rename = "job.cancel")]
    JobCancel,
    /// The held deletions of a job were approved.
    #[serde(rename = "job.approve_deletions")]
    JobApproveDeletions,
    /// A failed job was dismissed.
    #[serde(rename = "job.dismiss")]
    JobDismiss,
    /// An unreadable message was removed.
    #[serde(rename = "dead_letter.delete")]
    DeadLetterDelete,
    /// A user was granted verbs.
    #[serde(rename = "grant.put")]
    GrantPut,
    /// A user's grant was withdrawn.
    #[serde(rename = "grant.delete")]
    GrantDelete,
    /// Findings were said to be meant so.
    #[serde(rename = "finding.suppress")]
    FindingSuppress,
    /// That was taken back.
    #[serde(rename = "finding.unsuppress")]
    FindingUnsuppress,
    /// It was said with which customer another one is compared.
    #[serde(rename = "compared_with.put")]
    ComparedWithPut,
    /// That was taken back.
    #[serde(rename = "compared_with.delete")]
    ComparedWithDelete,
    /// Something was read. Only recorded if it was refused.
    #[serde(rename = "read")]
    Read,
}

impl Action {
    /// True if it is about who may do what, which only super admins may know.
    pub const fn is_about_grants(self) -> bool {
        matches!(self, Self::GrantPut | Self::GrantDelete)
    }
}

/// The result of the action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditOutcome)]
pub enum AuditOutcome {
    /// It was done.
    Done,
    /// The caller was not allowed to, or Zuora did not take the credentials.
    Refused,
}

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditRecord)]
pub struct Record {
    /// Its id.
    pub id: AuditId,
    /// The time of the action.
    pub at: Timestamp,
    /// The Cognito `sub` of the user who acted.
    pub actor: String,
    /// Their e-mail address at the time, if it was verified. (Absent in older records.)
    #[serde(default)]
    pub actor_email: Option<String>,
    /// The action.
    pub action: Action,
    /// Its result: done, or refused.
    pub outcome: AuditOutcome,
    /// The id of the customer it was about, if it was about one.
    pub customer_id: Option<CustomerId>,
    /// The name of that customer at the time.
    pub customer_name: Option<String>,
    /// The id of the job it was about, or of the job that it led to.
    pub job_id: Option<JobId>,
    /// The user whose grant it was about, if it was about one.
    pub user: Option<String>,
    /// The fields that were set, with their values before and after; a secret's are never there.
    pub changes: Vec<FieldChange>,
    /// The request's id: what the log line and the answer name too.
    pub request_id: String,
}

impl Record {
    /// A record of something done, about nothing in particular yet.
    pub fn new(actor: Actor, action: Action, request_id: String, at: Timestamp) -> Self {
        Self {
            id: AuditId::new(),
            at,
            actor: actor.sub,
            actor_email: actor.email,
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

    /// The customers that it names beside the one that it is about: with which that one is, or was, compared.
    pub fn others(&self) -> impl Iterator<Item = CustomerId> {
        let named = self.changes.iter().filter(|change| change.field == COMPARED_WITH);
        let values = named.flat_map(|change| [&change.values.before, &change.values.after]);
        values.flatten().filter_map(|id| id.parse().ok())
    }

    /// The customer it is about.
    #[must_use]
    pub fn about(mut self, customer: &Customer) -> Self {
        self.customer_id = Some(customer.id.clone());
        self.customer_name = Some(customer.settings.name.clone());
        self
    }

    /// The credentials that were tried: which client, and where; never the secret.
    #[must_use]
    pub fn of_credentials(self, base: &BaseUrl, client_id: &str) -> Self {
        self.of_search(&[base], client_id)
    }

    /// The same where several addresses were tried, one after the other.
    #[must_use]
    pub fn of_search(mut self, tried: &[&BaseUrl], client_id: &str) -> Self {
        let addresses: Vec<_> = tried.iter().map(|base| base.as_str()).collect();
        let tried = [("zuora_base_url", addresses.join(", ")), ("zuora_client_id", client_id.to_owned())];
        self.changes.extend(tried.map(|(field, value)| FieldChange {
            field: field.to_owned(),
            values: BeforeAfter { before: None, after: Some(value) },
        }));
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

/// The settings and the status of a customer that differ between two moments; all of them when there was none before.
///
/// A secret that was replaced is named without any value: nothing of it is known here.
pub fn differences(before: Option<&Customer>, after: &Customer) -> Vec<FieldChange> {
    let old: BTreeMap<String, String> = before.map(leaves).unwrap_or_default().into_iter().collect();
    let mut changes = Vec::new();
    for (field, value) in leaves(after) {
        let before = old.get(&field).cloned();
        // A new customer leaves out what it does not set.
        if before.clone().unwrap_or_default() != value {
            let values = BeforeAfter { before: before.as_deref().map(shown), after: Some(shown(&value)) };
            changes.push(FieldChange { field, values });
        }
    }
    if before.is_none_or(|before| before.secret_updated_at != after.secret_updated_at) {
        changes.push(FieldChange { field: "zuora_client_secret".to_owned(), values: BeforeAfter::default() });
    }
    changes
}

/// What differs between two settings of a comparison, either of which may be absent; links and words are counted.
pub fn compared_differences(before: Option<&ComparedWith>, after: Option<&ComparedWith>) -> Vec<FieldChange> {
    let told = |compared: &ComparedWith| {
        let Words { hosts, emails, constants } = &compared.map;
        let words = hosts.len() + emails.len() + constants.len();
        let (links, ignore) = (compared.links.len().to_string(), shown(&compared.ignore.join(", ")));
        [
            (COMPARED_WITH, compared.customer_id.to_string()),
            ("links", links),
            ("ignore", ignore),
            ("map", words.to_string()),
        ]
    };
    let (before, after) = (before.map(told), after.map(told));
    let fields = before.as_ref().or(after.as_ref()).into_iter().flatten().map(|(field, _)| *field);
    let changes = fields.enumerate().map(|(at, field)| {
        let value = |told: &Option<[(&str, String); 4]>| told.as_ref().map(|told| told[at].1.clone());
        FieldChange { field: field.to_owned(), values: BeforeAfter { before: value(&before), after: value(&after) } }
    });
    changes.filter(|change| change.values.before != change.values.after).collect()
}

/// A value as the trail keeps it: notes may be long.
fn shown(value: &str) -> String {
    text::cut(value, MOST_SHOWN)
}

fn leaves(customer: &Customer) -> Vec<(String, String)> {
    let mut leaves = customer.settings.leaves();
    leaves.push(("status".to_owned(), customer.status.as_str().to_owned()));
    leaves
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::customer::tests::customer;

    fn told(changes: &[FieldChange]) -> Vec<(&str, Option<&str>, Option<&str>)> {
        let mut told = Vec::new();
        for FieldChange { field, values } in changes {
            told.push((field.as_str(), values.before.as_deref(), values.after.as_deref()));
        }
        told
    }

    #[test]
    fn a_new_customer_is_told_with_all_its_settings_but_no_secret() {
        let changes = differences(None, &customer(Timestamp::EPOCH));

        let set = customer(Timestamp::EPOCH).settings.leaves().into_iter().filter(|(_, value)| !value.is_empty());
        assert_eq!(changes.len(), set.count() + 2, "the status and the secret too");
        assert!(told(&changes).contains(&("sync_frequency", None, Some("hourly"))));
        assert_eq!(told(&changes).last(), Some(&("zuora_client_secret", None, None)));
    }

    #[test]
    fn only_what_differs_is_told_and_a_secret_without_its_value() {
        let before = customer(Timestamp::EPOCH);
        let mut after = before.clone();
        after.settings.name = "Acme Corp".into();
        after.workflows_count = 7;
        assert_eq!(told(&differences(Some(&before), &after)), [("name", Some("Acme Corporation"), Some("Acme Corp"))]);

        let mut after = before.clone();
        after.secret_updated_at = Timestamp::from_millis(1);
        assert_eq!(told(&differences(Some(&before), &after)), [("zuora_client_secret", None, None)]);
        assert_eq!(differences(Some(&before), &before), []);
    }
}

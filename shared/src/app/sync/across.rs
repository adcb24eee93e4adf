//! Judges the workflows of a customer by the rules that look at others (`domain/findings/across.rs`), once a sync has stored what
//! changed.
//!
//! What must stay true:
//! - Nothing is read where nothing changed. What is not finished is finished by the next sync, which compares again.
//! - What came or went is told, but not of a first sync, and not when the rules have changed.

use std::collections::{BTreeMap, BTreeSet};

use super::{listing::Listing, run::SyncRun};
use crate::{
    app::interruption::Interruption,
    aws::findings::{AT_ONCE, Across, FindingsOf, OfCustomer},
    clock,
    domain::{
        derived::VERSION,
        findings::{Finding, Member, News, RULES_VERSION, RuleId, Turned, across},
        ids::WorkflowId,
        json::Json,
        listed_workflow::ListedWorkflow,
    },
};

/// The most workflows whose findings one run writes.
const MOST: usize = 1_000;

impl SyncRun<'_> {
    /// Judges them; returns false if something is left to do. A failure of it is none of the sync's.
    pub(super) async fn judge_across(&self, listing: &Listing, unchanged: bool) -> bool {
        if unchanged {
            return true;
        }
        if self.is_late() {
            return false;
        }
        match self.in_time(Box::pin(self.judge_all(listing))).await {
            Some(Ok(all)) => all,
            Some(Err(error)) => {
                tracing::warn!(customer_id = %self.customer.id, ?error, "findings across workflows are not complete");
                false
            }
            None => false,
        }
    }

    async fn judge_all(&self, listing: &Listing) -> Result<bool, Interruption> {
        let findings = &self.syncer.findings;
        let OfCustomer { mut links, across: mut stored } = findings.of_customer(&self.customer.id).await?;
        let mut members = Vec::with_capacity(listing.items.len());
        for item in &listing.items {
            let listed = listing.pages.read(item.item_ref).map_err(|error| Interruption::bug(&error))?;
            members.push(Member { links: links.remove(&listed.zuora_id), ..member(listed) });
        }
        // What is stored and not listed may still be there: nobody has proved its absence.
        members.extend(links.into_iter().map(|(id, links)| Member {
            id,
            name: None,
            is_inactive: false,
            versions: Vec::new(),
            links: Some(links),
        }));
        let mut found = across(&members);
        let names: BTreeMap<&WorkflowId, Option<&str>> =
            members.iter().map(|member| (&member.id, member.name.as_deref())).collect();
        let concerned: BTreeSet<WorkflowId> = found.keys().chain(stored.keys()).cloned().collect();
        let mut differing = Vec::new();
        for id in concerned {
            let (items, old) = (found.remove(&id).unwrap_or_default(), stored.remove(&id));
            if is_as_stored(&items, old.as_ref()) {
                continue;
            }
            let name = names.get(&id).copied().flatten();
            let news = self.news(&id, name, &items, old.as_ref());
            differing.push(Across { name: name.map(str::to_owned), id, items, news });
        }
        for some in differing.chunks(AT_ONCE).take(MOST / AT_ONCE) {
            if self.is_late() {
                return Ok(false);
            }
            self.check_wanted_throttled().await?;
            findings.put_across(&self.customer.id, some).await?;
        }
        Ok(differing.len() <= MOST)
    }

    /// What came or went, if that is to be told.
    fn news(&self, id: &WorkflowId, name: Option<&str>, new: &[Finding], old: Option<&FindingsOf>) -> Option<News> {
        let is_first = self.customer.last_complete_sync_at.is_none();
        if is_first || self.customer.derived != VERSION {
            return None;
        }
        let rules = |findings: &[Finding]| findings.iter().map(|finding| finding.rule).collect::<BTreeSet<RuleId>>();
        let findings = Turned::between(&old.map(|old| old.findings.rules()).unwrap_or_default(), &rules(new));
        let (zuora_id, name, job_id) = (id.clone(), name.map(str::to_owned), self.job.id.clone());
        (!findings.is_empty()).then(|| News { zuora_id, name, at: clock::now(), job_id, first_sync: false, findings })
    }
}

/// True if nothing has to be written.
fn is_as_stored(new: &[Finding], old: Option<&FindingsOf>) -> bool {
    match old {
        Some(old) => old.rules_version == RULES_VERSION && old.findings.items == new,
        None => new.is_empty(),
    }
}

fn member(listed: ListedWorkflow) -> Member {
    let raw = Json::read(listed.raw.as_bytes()).ok();
    let get = |name: &str| raw.and_then(|raw| raw.get(name));
    // Zuora documents one spelling and sends the other.
    let inactive = ["latest_inactive_versions", "latest_inactive_verisons"].into_iter().filter_map(get);
    let versions = get("active_version").into_iter().chain(inactive.flat_map(Json::items));
    let versions = versions.filter_map(|version| version.get("id").and_then(Json::text)).collect();
    let is_inactive = listed.status.as_deref() == Some("Inactive");
    Member { id: listed.zuora_id, name: listed.name, is_inactive, versions, links: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_workflow_is_known_by_its_id_its_name_and_the_ids_of_its_versions() {
        let listed = br#"{"id":48,"name":"Dunning","status":"Inactive","active_version":{"id":1},
            "latest_inactive_verisons":[{"id":"2"}],"latest_inactive_versions":[{"id":3},{"version":"x"}]}"#;
        let member = member(ListedWorkflow::parse(listed).unwrap());

        assert_eq!((member.id.as_str(), member.name.as_deref(), member.is_inactive), ("48", Some("Dunning"), true));
        assert_eq!(member.versions, ["1", "3", "2"]);
    }
}

//! Events of findings that came or went, from the record of a change, or from that of news about a workflow that did not change.

use serde::Serialize;

use super::{Event, EventKind, Identity};
use crate::domain::{
    change::Change,
    findings::{Level, News, RuleId, Turned},
    ids::{CustomerId, JobId, WorkflowId},
    time::Timestamp,
};

#[derive(Serialize)]
struct Told<'a> {
    job_id: &'a JobId,
    zuora_id: &'a WorkflowId,
    #[serde(skip_serializing_if = "Option::is_none")]
    workflow_name: Option<&'a str>,
    rule: RuleId,
    level: Level,
    title: &'static str,
}

/// The events of a change; none of a first sync, where everything is new.
pub fn of_findings(customer: &CustomerId, change: &Change, panel: &str) -> Vec<Event> {
    let Change { zuora_id, at, job_id, name, findings, first_sync, .. } = change;
    if *first_sync { Vec::new() } else { tell(customer, zuora_id, name.as_deref(), *at, job_id, findings, panel) }
}

/// The events of news.
pub fn of_news(customer: &CustomerId, news: &News, panel: &str) -> Vec<Event> {
    let News { zuora_id, at, job_id, name, findings, .. } = news;
    tell(customer, zuora_id, name.as_deref(), *at, job_id, findings, panel)
}

fn tell(
    customer: &CustomerId,
    zuora_id: &WorkflowId,
    workflow_name: Option<&str>,
    at: Timestamp,
    job_id: &JobId,
    findings: &Turned,
    panel: &str,
) -> Vec<Event> {
    let raised = findings.raised.iter().map(|rule| (EventKind::FindingRaised, *rule));
    let resolved = findings.resolved.iter().map(|rule| (EventKind::FindingResolved, *rule));
    let event = |(kind, rule): (EventKind, RuleId)| {
        let id = format!("{customer}/{at}/{zuora_id}/{rule}");
        let identity = Identity { kind, id, at, customer_id: customer, customer_name: None };
        let (level, title) = (rule.rule().level, rule.rule().title);
        let about = Told { job_id, zuora_id, workflow_name, rule, level, title };
        identity.event(format!("{panel}#/customers/{customer}/workflows/{zuora_id}"), about)
    };
    raised.chain(resolved).map(event).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(raised: &[RuleId], resolved: &[RuleId]) -> News {
        News {
            zuora_id: "1201".parse().unwrap(),
            name: Some("Billing".to_owned()),
            at: Timestamp::EPOCH,
            job_id: JobId::new(),
            first_sync: false,
            findings: Turned { raised: raised.to_vec(), resolved: resolved.to_vec() },
        }
    }

    #[test]
    fn each_rule_that_came_or_went_is_an_event_of_its_own_with_an_id_of_its_own() {
        let events = of_news(&CustomerId::new(), &news(&[RuleId::S1, RuleId::R14], &[RuleId::G1]), "https://p/");
        let told: Vec<_> = events
            .iter()
            .map(|event| {
                (event.kind.as_str(), event.detail["rule"].as_str().unwrap(), event.detail["level"].as_str().unwrap())
            })
            .collect();
        let ids: std::collections::BTreeSet<_> = events.iter().map(|event| event.detail["id"].to_string()).collect();

        assert_eq!(
            told,
            [
                ("Finding Raised", "S1", "error"),
                ("Finding Raised", "R14", "error"),
                ("Finding Resolved", "G1", "warning")
            ]
        );
        assert_eq!(ids.len(), 3);
        assert!(of_news(&CustomerId::new(), &news(&[], &[]), "").is_empty());
    }
}

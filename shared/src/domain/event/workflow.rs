//! Events of a workflow, from the record of a change.

use serde::Serialize;

use super::{Event, EventKind, Identity};
use crate::domain::{
    change::{Change, ChangeKind, EditCounts},
    comparison::Class,
    ids::{CustomerId, JobId, WorkflowId},
};

#[derive(Serialize)]
struct Changed<'a> {
    job_id: &'a JobId,
    zuora_id: &'a WorkflowId,
    #[serde(skip_serializing_if = "Option::is_none")]
    workflow_name: Option<&'a str>,
    change: ChangeKind,
    classes: &'a [Class],
    definition_changed: bool,
    counts: Counts,
}

/// The numbers of what differs.
#[derive(Serialize)]
struct Counts {
    fields: u64,
    tasks: EditCounts,
    linkages: EditCounts,
    settings: u64,
}

/// The event of a change; none for what a customer's first sync stored, where everything is new.
pub fn of_change(customer: &CustomerId, change: &Change, panel: &str) -> Option<Event> {
    if change.first_sync {
        return None;
    }
    let Change { zuora_id, at, .. } = change;
    let kind = match change.kind {
        ChangeKind::Created | ChangeKind::Updated => EventKind::WorkflowChanged,
        ChangeKind::Deleted => EventKind::WorkflowDeleted,
    };
    let id = format!("{customer}/{at}/{zuora_id}");
    let identity = Identity { kind, id, at: *at, customer_id: customer, customer_name: None };
    let about = Changed {
        job_id: &change.job_id,
        zuora_id,
        workflow_name: change.name.as_deref(),
        change: change.kind,
        classes: &change.classes,
        definition_changed: change.definition_changed,
        counts: Counts {
            fields: change.fields_count,
            tasks: change.tasks.as_ref().map(|edits| edits.counts).unwrap_or_default(),
            linkages: change.linkages.as_ref().map(|edits| edits.counts).unwrap_or_default(),
            settings: change.settings_count,
        },
    };
    Some(identity.event(format!("{panel}#/customers/{customer}/workflows/{zuora_id}"), about))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::time::Timestamp;

    fn change(kind: &str) -> Change {
        let fields = json!([{"field": "description", "before": "ann@example.com", "after": "a value"}]);
        serde_json::from_value(json!({
            "zuora_id": "1201", "name": "Billing", "kind": kind, "at": "2026-01-31T08:00:00.000Z", "job_id": JobId::new(),
            "version": {"before": null, "after": "3"}, "fields": fields, "fields_count": 1, "classes": ["notification"], "definition_changed": true,
            "tasks": {
                "added": [], "removed": [], "edited": [{"name": "a task", "action_type": "Email", "fields": ["a parameter"]}],
                "counts": {"added": 0, "removed": 0, "renamed": 0, "edited": 1},
            },
            "linkages": null, "settings": ["a setting"], "settings_count": 2,
        }))
        .unwrap()
    }

    #[test]
    fn a_change_and_a_deletion_are_told_with_counts_and_without_values() {
        let customer = CustomerId::new();
        let change = change("updated");
        let event = of_change(&customer, &change, "https://panel.example.com/").unwrap();

        let none = json!({"added": 0, "removed": 0, "renamed": 0, "edited": 0});
        let expected = json!({
            "schema_version": 1, "id": format!("{customer}/2026-01-31T08:00:00.000Z/1201"),
            "at": "2026-01-31T08:00:00.000Z", "customer_id": customer, "job_id": change.job_id, "zuora_id": "1201",
            "link": format!("https://panel.example.com/#/customers/{customer}/workflows/1201"),
            "workflow_name": "Billing", "change": "updated", "classes": ["notification"], "definition_changed": true,
            "counts": {
                "fields": 1, "tasks": {"added": 0, "removed": 0, "renamed": 0, "edited": 1}, "linkages": none, "settings": 2,
            },
        });
        assert_eq!((event.kind, event.detail), (EventKind::WorkflowChanged, expected));
        assert_eq!(event.at, "2026-01-31T08:00:00.000Z".parse::<Timestamp>().unwrap());
    }

    #[test]
    fn a_new_workflow_is_a_change_unless_everything_is_new() {
        let told = |change: &Change| of_change(&CustomerId::new(), change, "").map(|event| event.kind);

        assert_eq!(told(&change("created")), Some(EventKind::WorkflowChanged));
        assert_eq!(told(&change("deleted")), Some(EventKind::WorkflowDeleted));
        assert_eq!(told(&Change { first_sync: true, ..change("created") }), None);
    }
}

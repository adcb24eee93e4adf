//! What an edit is about, decided by the path of its field alone.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an edit is about, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// What the workflow does.
    Logic,
    /// What starts it, and when.
    Trigger,
    /// Whom it tells, and what.
    Notification,
    /// Where its parts stand on the canvas.
    Layout,
    /// Versions, descriptions, tags: nothing that it does.
    Bookkeeping,
}

impl Class {
    /// All classes, the most important first.
    pub const ALL: [Self; 5] = [Self::Logic, Self::Trigger, Self::Notification, Self::Layout, Self::Bookkeeping];
    /// The classes that readers see who do not ask for others.
    pub const SHOWN: [Self; 3] = [Self::Logic, Self::Trigger, Self::Notification];

    /// The class of a task's field; `kind` is the task's.
    pub fn of_task_field(kind: &str, path: &str) -> Self {
        match first(path) {
            "css" | "internal_group" => Self::Layout,
            "tags" | "notes" | "description" => Self::Bookkeeping,
            "parameters" if kind == "Email" || kind.starts_with("Notifications::") => Self::Notification,
            _ => Self::Logic,
        }
    }

    /// The class of a linkage as a whole: one without a task at its start is a trigger.
    pub const fn of_linkage(starts: bool) -> Self {
        if starts { Self::Trigger } else { Self::Logic }
    }

    /// The class of a linkage's field, if it is not the linkage's own.
    pub fn of_linkage_field(path: &str) -> Option<Self> {
        matches!(first(path), "internal_group" | "css").then_some(Self::Layout)
    }

    /// The class of a field outside tasks and linkages.
    pub fn of_setting(path: &str) -> Self {
        let Some((part, field)) = path.split_once('.') else { return Self::Logic };
        match (part, first(field)) {
            ("workflow", "css") => Self::Layout,
            ("workflow", "notifications") => Self::Notification,
            ("workflow", field) if field.ends_with("_trigger") => Self::Trigger,
            ("workflow", "interval" | "timezone") => Self::Trigger,
            ("workflow", "parameters") => match field.split('.').nth(1) {
                Some("event_triggers" | "event_parameters" | "fields") => Self::Trigger,
                _ => Self::Logic,
            },
            (
                "workflow",
                "version" | "description" | "data" | "notes" | "solution_id" | "extension_id" | "workflow_tags",
            )
            | ("workflow_definition", "description" | "category") => Self::Bookkeeping,
            _ => Self::Logic,
        }
    }

    /// The class of a field of Zuora's listing. A field that Zuora adds there says nothing that the definition does not.
    pub fn of_listed_field(name: &str) -> Self {
        match name {
            "name" | "priority" => Self::Logic,
            "status" | "interval" | "timezone" => Self::Trigger,
            name if name.ends_with("Trigger") => Self::Trigger,
            _ => Self::Bookkeeping,
        }
    }
}

fn first(path: &str) -> &str {
    path.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_classified_by_its_path_and_logic_by_default() {
        for (kind, path, class) in [
            ("Callout", "parameters.url", Class::Logic),
            ("Callout", "css.top", Class::Layout),
            ("Callout", "tags", Class::Bookkeeping),
            ("Email", "parameters.email.to", Class::Notification),
            ("Notifications::SMS", "parameters.text", Class::Notification),
            ("Email", "object", Class::Logic),
            ("Callout", "brand_new", Class::Logic),
        ] {
            assert_eq!(Class::of_task_field(kind, path), class, "{path}");
        }
        for (path, class) in [
            ("workflow.css.top", Class::Layout),
            ("workflow.notifications.emails", Class::Notification),
            ("workflow.scheduled_trigger", Class::Trigger),
            ("workflow.interval", Class::Trigger),
            ("workflow.parameters.event_triggers", Class::Trigger),
            ("workflow.parameters.other", Class::Logic),
            ("workflow.version", Class::Bookkeeping),
            ("workflow.priority", Class::Logic),
            ("workflow_definition.category", Class::Bookkeeping),
            ("brand_new", Class::Logic),
        ] {
            assert_eq!(Class::of_setting(path), class, "{path}");
        }
        for (name, class) in [
            ("name", Class::Logic),
            ("status", Class::Trigger),
            ("calloutTrigger", Class::Trigger),
            ("updatedAt", Class::Bookkeeping),
            ("active_version", Class::Bookkeeping),
        ] {
            assert_eq!(Class::of_listed_field(name), class, "{name}");
        }
    }
}

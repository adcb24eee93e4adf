//! The names by which people know the parts of a definition.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::parts::{End, Side};
use crate::domain::text;

/// The identity of a task within a definition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct TaskName {
    /// The task's name.
    pub name: Option<String>,
    /// The task's kind, such as `Callout`.
    pub action_type: Option<String>,
    /// The number among the tasks of the same name and kind, from 1, in the order of the export; absent if there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub number: Option<u64>,
    /// True for the end of a linkage whose task is not in the export.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub missing: bool,
}

/// The identity of a linkage within a definition, and its type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct LinkageName {
    /// The task at its start; absent if it starts the workflow.
    pub from: Option<TaskName>,
    /// The task at its end.
    pub to: Option<TaskName>,
    /// `Start`, `Success`, `Failure` ...
    pub linkage_type: Option<String>,
}

/// A part with another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Renamed<N> {
    /// The old name.
    pub from: N,
    /// The new name.
    pub to: N,
}

impl TaskName {
    /// The name with texts of at most `longest` characters.
    #[must_use]
    pub fn cut(&self, longest: usize) -> Self {
        let cut = |text: &Option<String>| text.as_deref().map(|text| text::cut(text, longest));
        Self { name: cut(&self.name), action_type: cut(&self.action_type), ..self.clone() }
    }
}

impl LinkageName {
    /// The name with texts of at most `longest` characters.
    #[must_use]
    pub fn cut(&self, longest: usize) -> Self {
        let end = |end: &Option<TaskName>| end.as_ref().map(|task| task.cut(longest));
        let linkage_type = self.linkage_type.as_deref().map(|text| text::cut(text, longest));
        Self { from: end(&self.from), to: end(&self.to), linkage_type }
    }
}

impl Side<'_> {
    /// The name of the task at a position.
    pub fn task_name(&self, at: usize) -> TaskName {
        let task = &self.tasks[at];
        let number = (task.twins > 1).then_some(task.number);
        TaskName { name: task.name.clone(), action_type: task.action_type.clone(), number, missing: false }
    }

    /// The name of the linkage at a position.
    pub fn linkage_name(&self, at: usize) -> LinkageName {
        let linkage = &self.linkages[at];
        let name = |end: &End| match end {
            End::Start => None,
            End::Task(at) => Some(self.task_name(*at)),
            End::Missing(_) => Some(TaskName { missing: true, ..TaskName::default() }),
        };
        LinkageName { from: name(&linkage.from), to: name(&linkage.to), linkage_type: linkage.linkage_type.clone() }
    }
}

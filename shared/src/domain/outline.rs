//! An export as far as a comparison needs it: of each part its name and a hash of each field.
//!
//! Zuora gives tasks new ids with every version, so a task is known by its name and kind, and a linkage by the tasks at its ends.
//! No value of a definition is kept here: a task's settings may hold what a change record should not show.

use std::{collections::HashMap, fmt::Debug};
use utoipa::ToSchema;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use sha2::{Digest, Sha256};

use super::{
    definition::{DefinitionError, NOT_A_LINKAGE, NOT_A_TASK, Sections},
    listed::{canonical, text},
};

/// Fields that change with every version, or with every run, and mean nothing.
const NUMBERED: [&str; 11] = [
    "id",
    "task_id",
    "workflow_id",
    "original_task_id",
    "original_workflow_id",
    "source_workflow_id",
    "source_task_id",
    "target_task_id",
    "started_at",
    "finished_at",
    "task_summary",
];

/// What a task is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct TaskName {
    /// Its name.
    pub name: Option<String>,
    /// Its kind, such as `Callout`.
    pub action_type: Option<String>,
}

/// What a linkage is known by, and its type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct LinkageName {
    /// The task that it leaves; none where it starts the workflow.
    pub from: Option<TaskName>,
    /// The task that it reaches.
    pub to: Option<TaskName>,
    /// `Start`, `Success`, `Failure` ...
    pub linkage_type: Option<String>,
}

/// A field and the hash of its value.
pub type Field = (String, [u8; 16]);

/// One task or linkage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<N> {
    /// What it is known by.
    pub name: N,
    /// Its fields by name, without what only numbers it.
    pub fields: Vec<Field>,
}

/// A whole export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// The tasks, in the export's order.
    pub tasks: Vec<Part<TaskName>>,
    /// The linkages.
    pub linkages: Vec<Part<LinkageName>>,
    /// Everything else: the fields of `workflow` (`workflow.priority`), and the export's other parts.
    pub settings: Vec<Field>,
}

impl Outline {
    /// Reads an export. What this accepts, [`super::definition::Definition::parse`] accepts, and the other way round.
    ///
    /// # Errors
    /// As [`super::definition::Definition::parse`].
    pub fn parse(export: &[u8]) -> Result<Self, DefinitionError> {
        let sections = Sections::of(export)?;
        let mut outline = Self::default();
        let mut names = HashMap::new();
        for task in &sections.tasks {
            let task = object(task).ok_or(NOT_A_TASK)?;
            let id = task.get("id").and_then(text).filter(|id| !id.is_empty()).ok_or(NOT_A_TASK)?;
            let get = |key: &str| task.get(key).and_then(text);
            let name = TaskName { name: get("name"), action_type: get("action_type") };
            names.insert(id, name.clone());
            outline.tasks.push(Part { name, fields: fields("", task) });
        }
        for linkage in &sections.linkages {
            let linkage = object(linkage).ok_or(NOT_A_LINKAGE)?;
            let end = |key: &str| linkage.get(key).and_then(text).and_then(|id| names.get(&id).cloned());
            let linkage_type = linkage.get("linkage_type").and_then(text);
            let name = LinkageName { from: end("source_task_id"), to: end("target_task_id"), linkage_type };
            outline.linkages.push(Part { name, fields: fields("", linkage) });
        }
        for (name, part) in sections.rest {
            match object(part) {
                Some(workflow) if name == "workflow" => outline.settings.extend(fields("workflow.", workflow)),
                _ => outline.settings.push((name, hash(part.get()))),
            }
        }
        Ok(outline)
    }
}

/// The names of fields that differ between two parts, in order.
pub fn differing(old: &[Field], new: &[Field]) -> Vec<String> {
    let (old, new) = (by_name(old), by_name(new));
    let mut names: Vec<&String> =
        old.keys().chain(new.keys()).filter(|name| old.get(*name) != new.get(*name)).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().cloned().collect()
}

fn by_name(fields: &[Field]) -> HashMap<String, [u8; 16]> {
    fields.iter().cloned().collect()
}

fn object(part: &RawValue) -> Option<Map<String, Value>> {
    serde_json::from_str(part.get()).ok()
}

/// Each field with its hash; those of `parameters` one by one, since that is where a task's work is described.
fn fields(prefix: &str, object: Map<String, Value>) -> Vec<Field> {
    let mut fields = Vec::with_capacity(object.len());
    for (name, value) in object {
        match value {
            _ if NUMBERED.contains(&name.as_str()) => {}
            Value::Object(parameters) if name == "parameters" => {
                let inner = parameters
                    .iter()
                    .map(|(key, value)| (format!("{prefix}parameters.{key}"), hash(&canonical(value))));
                fields.extend(inner);
            }
            value => fields.push((format!("{prefix}{name}"), hash(&canonical(&value)))),
        }
    }
    fields.sort_unstable();
    fields
}

fn hash(text: &str) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&Sha256::digest(text)[..16]);
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::definition::Definition;

    const EXPORT: &str = r#"{"workflow":{"id":7,"priority":"High","css":{}},"workflow_definition":{"name":"n"},
        "tasks":[{"id":1,"name":"Get","action_type":"Query","parameters":{"where":"x","z":[1]},"task_id":null},
            {"id":"2","name":"Call","action_type":"Callout","parameters":null,"task_id":1}],
        "linkages":[{"source_workflow_id":7,"source_task_id":null,"target_task_id":1,"linkage_type":"Start"},
            {"source_task_id":1,"target_task_id":"2","linkage_type":"Success"}]}"#;

    fn names(fields: &[Field]) -> Vec<&str> {
        fields.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn parts_are_known_by_names_and_their_ids_do_not_count() {
        let outline = Outline::parse(EXPORT.as_bytes()).unwrap();

        let [get, call] = &outline.tasks[..] else { panic!("two tasks") };
        assert_eq!(names(&get.fields), ["action_type", "name", "parameters.where", "parameters.z"]);
        assert_eq!(names(&call.fields), ["action_type", "name", "parameters"]);
        let [start, success] = &outline.linkages[..] else { panic!("two linkages") };
        assert_eq!((&start.name.from, &start.name.to), (&None, &Some(get.name.clone())));
        assert_eq!((&success.name.from, &success.name.to), (&Some(get.name.clone()), &Some(call.name.clone())));
        assert_eq!(names(&outline.settings), ["workflow.css", "workflow.priority", "workflow_definition"]);
        let renumbered = EXPORT.replace(":1,", ":801,").replace("\"2\"", "802").replace(":7,", ":900,");
        assert_eq!(Outline::parse(renumbered.as_bytes()).unwrap(), outline);
    }

    #[test]
    fn differing_fields_are_named_also_when_one_side_lacks_them() {
        let field = |name: &str, n: u8| (name.to_owned(), [n; 16]);

        let old = [field("a", 1), field("b", 1), field("gone", 1)];
        let new = [field("a", 1), field("b", 2), field("new", 1)];
        assert_eq!(differing(&old, &new), ["b", "gone", "new"]);
    }

    proptest! {
        #[test]
        fn it_accepts_exactly_what_a_definition_accepts(bytes in prop::collection::vec(any::<u8>(), 0..256), cut in 0..1000_usize) {
            for export in [&bytes[..], &EXPORT.as_bytes()[..cut.min(EXPORT.len())]] {
                prop_assert_eq!(Outline::parse(export).is_ok(), Definition::parse(export).is_ok());
            }
        }

        #[test]
        fn it_accepts_exactly_what_a_definition_accepts_also_with_odd_parts(
            task in prop::sample::select(vec!["7", "{}", "null", r#"{"id":""}"#, r#"{"id":1}"#, r#"{"id":"a","name":[]}"#, r#"{"id":{}}"#]),
            linkages in prop::sample::select(vec!["7", "[]", "null", "[7]", "[{}]", r#"[{"target_task_id":[]}]"#]),
        ) {
            let export = format!(r#"{{"workflow":{{}},"tasks":[{task}],"linkages":{linkages}}}"#);
            prop_assert_eq!(Outline::parse(export.as_bytes()).is_ok(), Definition::parse(export.as_bytes()).is_ok());
        }
    }
}

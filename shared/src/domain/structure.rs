//! The structure of an export for comparisons: of each part its name and a digest of each field.
//!
//! Zuora gives tasks new ids with every version, so a task is identified by its name and kind, and a linkage by the tasks at
//! its ends. No value of a definition is kept here: a task's settings may hold something that a change record must not show.
//! Whatever a definition holds, its structure and the tables of a comparison stay within [`BUDGET`]: a definition with more
//! parts and fields has none.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};
use utoipa::ToSchema;

use serde::{Deserialize, Serialize};

use super::{
    definition::Definition,
    json::{Digest, Json},
};

/// Fields that change with every version or with every run, without meaning.
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

/// The largest size of a structure in bytes: ten thousand tasks with thirty fields each, as the largest export may have, take
/// three quarters of it.
const BUDGET: usize = 40_000_000;
/// The bytes for a part, here and in the tables of a comparison.
const A_PART: usize = 400;
/// The bytes for a field besides its name.
const A_FIELD: usize = 80;

/// The identity of a task within a definition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct TaskName {
    /// The task's name.
    pub name: Option<String>,
    /// The task's kind, such as `Callout`.
    pub action_type: Option<String>,
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

/// A field and the digest of its value.
pub type Field = (String, Digest);

/// One task or linkage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<N> {
    /// Its name.
    pub name: N,
    /// Its fields by name, without those that only number it.
    pub fields: Vec<Field>,
}

/// The structure of a whole export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Structure {
    /// The tasks, in the export's order.
    pub tasks: Vec<Part<TaskName>>,
    /// The linkages.
    pub linkages: Vec<Part<LinkageName>>,
    /// Everything else: the fields of `workflow` (`workflow.priority`), and the other members of the export.
    pub settings: Vec<Field>,
}

/// The size of an export: all that is recorded of a new one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// The number of tasks.
    pub tasks: u64,
    /// The number of linkages.
    pub linkages: u64,
    /// The number of other fields in a structure.
    pub settings: u64,
}

impl Extent {
    /// Counts the parts of a definition without keeping any.
    pub fn of(definition: &Definition<'_>) -> Self {
        let (tasks, linkages) = (definition.tasks.len() as u64, definition.linkages.len() as u64);
        Self { tasks, linkages, settings: definition.others + count_fields(definition.workflow) }
    }
}

fn count_fields(object: Json<'_>) -> u64 {
    let fields = object.members().filter(|(name, _)| !NUMBERED.contains(&name.as_ref()));
    let parts = fields.map(|(name, value)| match name.as_ref() {
        "parameters" if value.is_object() => value.members().count() as u64,
        _ => 1,
    });
    parts.sum()
}

impl Structure {
    /// The structure of a definition; none if it would exceed [`BUDGET`].
    pub fn of(definition: &Definition<'_>) -> Option<Self> {
        Self::within(Budget(BUDGET), definition)
    }

    fn within(mut budget: Budget, definition: &Definition<'_>) -> Option<Self> {
        let mut structure = Self::default();
        let mut names = HashMap::new();
        for task in definition.tasks.iter() {
            let get = |key: &str| task.get(key).and_then(Json::text);
            let (id, name) = (get("id"), TaskName { name: get("name"), action_type: get("action_type") });
            budget.part(name.bytes() + id.as_ref().map_or(0, String::len))?;
            names.extend(id.map(|id| (id, name.clone())));
            structure.tasks.push(Part { name, fields: fields(&mut budget, "", task)? });
        }
        for linkage in definition.linkages.iter() {
            let end = |key: &str| linkage.get(key).and_then(Json::text).and_then(|id| names.get(&id));
            let (from, to) = (end("source_task_id"), end("target_task_id"));
            let linkage_type = linkage.get("linkage_type").and_then(Json::text);
            let known_by = [from, to].into_iter().flatten().map(TaskName::bytes).sum::<usize>();
            budget.part(known_by + linkage_type.as_ref().map_or(0, String::len))?;
            let name = LinkageName { from: from.cloned(), to: to.cloned(), linkage_type };
            structure.linkages.push(Part { name, fields: fields(&mut budget, "", linkage)? });
        }
        for (name, part) in last_of_each(&mut budget, "", definition.rest())? {
            match name.as_ref() {
                "workflow" => structure.settings.extend(fields(&mut budget, "workflow.", part)?),
                name => structure.settings.push((name.to_owned(), part.digest())),
            }
        }
        Some(structure)
    }
}

impl TaskName {
    fn bytes(&self) -> usize {
        [&self.name, &self.action_type].into_iter().flatten().map(String::len).sum()
    }
}

/// The bytes that a structure may still take.
struct Budget(usize);

impl Budget {
    /// Takes the cost of a part whose name has `known_by` bytes. Names are kept here, with the names of the tasks, and while
    /// two structures are compared.
    fn part(&mut self, known_by: usize) -> Option<()> {
        self.spend(A_PART + 3 * known_by)
    }

    fn field(&mut self, prefix: &str, name: &str) -> Option<()> {
        self.spend(A_FIELD + prefix.len() + name.len())
    }

    fn spend(&mut self, bytes: usize) -> Option<()> {
        self.0 = self.0.checked_sub(bytes)?;
        Some(())
    }
}

/// The names of the fields that differ between two parts, in order.
pub fn differing(old: &[Field], new: &[Field]) -> Vec<String> {
    let (old, new) = (by_name(old), by_name(new));
    let mut names: Vec<&String> =
        old.keys().chain(new.keys()).filter(|name| old.get(*name) != new.get(*name)).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().cloned().collect()
}

fn by_name(fields: &[Field]) -> HashMap<String, Digest> {
    fields.iter().cloned().collect()
}

/// The digest of each field; those of `parameters` one by one, since they describe the task's work.
fn fields(budget: &mut Budget, prefix: &str, object: Json<'_>) -> Option<Vec<Field>> {
    let numbers = |name: &str| NUMBERED.contains(&name);
    let members = last_of_each(budget, prefix, object.members().filter(|(name, _)| !numbers(name)))?;
    let mut fields = Vec::with_capacity(members.len());
    for (name, value) in members {
        if name == "parameters" && value.is_object() {
            let prefix = format!("{prefix}parameters.");
            let inner = last_of_each(budget, &prefix, value.members())?;
            fields.extend(inner.iter().map(|(key, value)| (format!("{prefix}{key}"), value.digest())));
        } else {
            fields.push((format!("{prefix}{name}"), value.digest()));
        }
    }
    fields.sort_unstable();
    Some(fields)
}

/// The members by name; of a repeated key the last one.
fn last_of_each<'a>(
    budget: &mut Budget,
    prefix: &str,
    members: impl Iterator<Item = (Cow<'a, str>, Json<'a>)>,
) -> Option<BTreeMap<Cow<'a, str>, Json<'a>>> {
    let mut last = BTreeMap::new();
    for (name, value) in members {
        budget.field(prefix, &name)?;
        last.insert(name, value);
    }
    Some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPORT: &str = r#"{"workflow":{"id":7,"priority":"High","css":{}},"workflow_definition":{"name":"n"},
        "tasks":[{"id":1,"name":"Get","action_type":"Query","parameters":{"where":"x","z":[1]},"task_id":null},
            {"id":"2","name":"Call","action_type":"Callout","parameters":null,"task_id":1}],
        "linkages":[{"source_workflow_id":7,"source_task_id":null,"target_task_id":1,"linkage_type":"Start"},
            {"source_task_id":1,"target_task_id":"2","linkage_type":"Success"}]}"#;

    fn structure(export: &str) -> Structure {
        Structure::of(&Definition::parse(export.as_bytes()).unwrap()).unwrap()
    }

    fn names(fields: &[Field]) -> Vec<&str> {
        fields.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn the_extent_of_an_export_counts_what_its_outline_names() {
        let definition = Definition::parse(EXPORT.as_bytes()).unwrap();
        let (structure, extent) = (Structure::of(&definition).unwrap(), Extent::of(&definition));

        let named =
            [structure.tasks.len(), structure.linkages.len(), structure.settings.len()].map(|count| count as u64);
        assert_eq!([extent.tasks, extent.linkages, extent.settings], named);
    }

    #[test]
    fn parts_are_known_by_names_and_their_ids_do_not_count() {
        let read = structure(EXPORT);

        let [get, call] = &read.tasks[..] else { panic!("two tasks") };
        assert_eq!(names(&get.fields), ["action_type", "name", "parameters.where", "parameters.z"]);
        assert_eq!(names(&call.fields), ["action_type", "name", "parameters"]);
        let [start, success] = &read.linkages[..] else { panic!("two linkages") };
        assert_eq!((&start.name.from, &start.name.to), (&None, &Some(get.name.clone())));
        assert_eq!((&success.name.from, &success.name.to), (&Some(get.name.clone()), &Some(call.name.clone())));
        assert_eq!(names(&read.settings), ["workflow.css", "workflow.priority", "workflow_definition"]);
        let renumbered = EXPORT.replace(":1,", ":801,").replace("\"2\"", "802").replace(":7,", ":900,");
        assert_eq!(structure(&renumbered), read);
    }

    #[test]
    fn the_order_of_keys_and_white_space_are_no_difference_and_a_repeated_key_counts_once() {
        let with = |definition: &str, task: &str| {
            structure(&format!(r#"{{"workflow":{{"a":1,"b":2}},"tasks":[{task}],"workflow_definition":{definition}}}"#))
        };
        let base = with(r#"{"x":1,"y":[2]}"#, r#"{"id":1,"name":"b","parameters":{"k":2}}"#);

        assert_eq!(
            with(r#"{ "y" : [2], "x" : 1 }"#, r#"{"parameters":{"k":1,"k":2},"name":"a","name":"b","id":1}"#),
            base
        );
        assert_ne!(with(r#"{"x":1.0,"y":[2]}"#, r#"{"id":1,"name":"b","parameters":{"k":2}}"#), base);
    }

    #[test]
    fn differing_fields_are_named_also_when_one_side_lacks_them() {
        let field = |name: &str, n: u8| (name.to_owned(), [n; 16]);

        let old = [field("a", 1), field("b", 1), field("gone", 1)];
        let new = [field("a", 1), field("b", 2), field("new", 1)];
        assert_eq!(differing(&old, &new), ["b", "gone", "new"]);
    }
    #[test]
    fn a_definition_of_too_many_parts_or_fields_or_of_too_long_names_has_no_outline() {
        let has_one = |tasks: &str, linkages: &str| {
            let export = format!(r#"{{"workflow":{{}},"tasks":[{tasks}],"linkages":[{linkages}]}}"#);
            Structure::within(Budget(10_000), &Definition::parse(export.as_bytes()).unwrap()).is_some()
        };
        let many = |part: &str, count: usize| vec![part; count].join(",");
        let named = |name: &str| format!(r#"{{"id":1,"name":"{name}"}}"#);
        let with = |fields: &str| format!(r#"{{"id":1,{fields}}}"#);
        let set = |parameters: &str| with(&format!(r#""parameters":{{{parameters}}}"#));
        let between = r#"{"source_task_id":1,"target_task_id":1}"#;

        assert!(has_one(&many(r#"{"id":1}"#, 20), ""));
        assert!(!has_one(&many(r#"{"id":1}"#, 30), ""));
        assert!(has_one("", &many("{}", 20)));
        assert!(!has_one("", &many("{}", 30)));
        let [few, too_many] = [80, 120].map(|count| many(r#""a":1"#, count));
        assert!(has_one(&with(&few), "") && has_one(&set(&few), ""));
        assert!(!has_one(&with(&too_many), "") && !has_one(&set(&too_many), ""));
        assert!(has_one(&named(&"n".repeat(3_000)), ""));
        assert!(!has_one(&named(&"n".repeat(3_500)), ""));
        assert!(has_one(&named(&"n".repeat(500)), between));
        assert!(!has_one(&named(&"n".repeat(500)), &many(between, 3)));
    }
}

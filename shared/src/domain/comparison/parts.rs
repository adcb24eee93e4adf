//! The parts of a definition as a comparison needs them: tasks, linkages with their ends resolved, and settings.

use std::collections::{BTreeMap, HashMap};

use super::{
    MAX_PARTS,
    fields::{Field, fields},
};
use crate::domain::{definition::Definition, json::Json};

/// A task.
#[derive(Clone, Debug)]
pub struct Task<'a> {
    /// Its JSON.
    pub json: Json<'a>,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its kind.
    pub action_type: Option<String>,
    /// Its number among the tasks of the same name and kind, from 1.
    pub(super) number: u64,
    /// How many tasks of that name and kind there are.
    pub(super) twins: u64,
}

/// One end of a linkage.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum End {
    /// No task: the linkage starts the workflow.
    Start,
    /// The task at this position.
    Task(usize),
    /// A task with this id that is not in the export.
    Missing(String),
}

/// A linkage.
#[derive(Clone, Debug)]
pub struct Linkage<'a> {
    /// Its JSON.
    pub json: Json<'a>,
    /// Its type.
    pub linkage_type: Option<String>,
    pub(super) from: End,
    pub(super) to: End,
}

/// One of two definitions that are compared.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    /// The tasks, in the export's order.
    pub tasks: Vec<Task<'a>>,
    /// The linkages, in the export's order.
    pub linkages: Vec<Linkage<'a>>,
    definition: Option<Definition<'a>>,
}

impl<'a> Side<'a> {
    /// The parts of a definition; none if there are too many.
    pub(super) fn read(definition: Option<&Definition<'a>>) -> Option<Self> {
        let Some(definition) = definition else {
            return Some(Self { tasks: Vec::new(), linkages: Vec::new(), definition: None });
        };
        if definition.tasks.len() + definition.linkages.len() > MAX_PARTS {
            return None;
        }
        let mut tasks: Vec<Task<'a>> = definition.tasks.iter().map(task).collect();
        number(&mut tasks);
        let positions: HashMap<&str, usize> =
            tasks.iter().enumerate().map(|(at, task)| (task.id.as_str(), at)).collect();
        let end = |linkage: Json<'a>, key: &str| match linkage.get(key).and_then(Json::text) {
            None => End::Start,
            Some(id) => positions.get(id.as_str()).map_or(End::Missing(id), |at| End::Task(*at)),
        };
        let linkages = definition.linkages.iter().map(|json| Linkage {
            json,
            linkage_type: json.get("linkage_type").and_then(Json::text),
            from: end(json, "source_task_id"),
            to: end(json, "target_task_id"),
        });
        let linkages = linkages.collect();
        Some(Self { tasks, linkages, definition: Some(*definition) })
    }

    /// The fields outside tasks and linkages.
    pub fn settings(&self) -> Vec<Field<'a>> {
        self.definition.as_ref().map(settings).unwrap_or_default()
    }
}

/// The fields of a definition outside tasks and linkages, of a repeated key the last.
pub(super) fn settings<'a>(definition: &Definition<'a>) -> Vec<Field<'a>> {
    let rest: BTreeMap<_, _> = definition.rest().collect();
    rest.into_iter().flat_map(|(name, value)| fields(&name, value)).collect()
}

fn task(json: Json<'_>) -> Task<'_> {
    let get = |key: &str| json.get(key).and_then(Json::text);
    let (id, name, action_type) = (get("id").unwrap_or_default(), get("name"), get("action_type"));
    Task { json, id, name, action_type, number: 1, twins: 1 }
}

/// Numbers the tasks of the same name and kind.
fn number(tasks: &mut [Task<'_>]) {
    let mut counts: HashMap<(Option<String>, Option<String>), u64> = HashMap::new();
    for task in &mut *tasks {
        let count = counts.entry((task.name.clone(), task.action_type.clone())).or_default();
        *count += 1;
        task.number = *count;
    }
    for task in tasks {
        let known = (task.name.clone(), task.action_type.clone());
        task.twins = counts.get(&known).copied().unwrap_or(1);
    }
}

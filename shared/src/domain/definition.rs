//! A workflow's export: its tasks and linkages, and how its bytes are stored.
//!
//! The export is the only copy of the tasks, so an export without them is malformed and must not replace a good one. The same
//! code reads what is stored and what is shown: whatever was stored can be shown. Nothing here panics, whatever the bytes are,
//! and an export takes no more memory than its bytes, however many parts it has: parts are located again on every access.

mod scalars;
mod secrecy;
mod stored;
mod task;
mod texts;

use std::borrow::Cow;

pub use self::{
    scalars::{Scalar, scalars},
    secrecy::{gives_away, is_private_key, is_secret_header},
    stored::{MAX_CHUNK, compress, content_hash, restore, unpack},
    task::Task,
    texts::{Text, authority, holds_secret, places, texts},
};
use super::json::{Json, NotJson, items, members};

/// The reason why bytes are no definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// Not an export: no JSON, or no object with a workflow and a list of tasks. Says what is wrong and where.
    #[error("malformed export: {0}")]
    Malformed(String),
    /// Stored chunks that do not add up to the stored bytes.
    #[error("the stored definition is damaged")]
    Damaged,
    /// The compressor failed.
    #[error("the definition could not be compressed")]
    NotCompressed,
}

/// A parsed export; its parts are still text.
#[derive(Clone, Copy, Debug)]
pub struct Definition<'a> {
    /// The tasks, in the export's order. Each is an object with an id.
    pub tasks: Objects<'a>,
    /// The edges between them.
    pub linkages: Objects<'a>,
    /// The object `workflow`.
    pub workflow: Json<'a>,
    export: &'a [u8],
}

/// The objects of a list.
#[derive(Clone, Copy, Debug)]
pub struct Objects<'a> {
    list: &'a [u8],
    count: usize,
}

impl<'a> Definition<'a> {
    /// Parses an export.
    ///
    /// # Errors
    /// `Malformed` if the workflow or the list of tasks is missing, or has the wrong type.
    pub fn parse(export: &'a [u8]) -> Result<Self, DefinitionError> {
        Self::of_members(export, members(export))
    }

    /// Parses an export that is cut into its members already.
    ///
    /// # Errors
    /// As [`Definition::parse`].
    pub fn of_members<N: AsRef<str>>(
        export: &'a [u8],
        members: impl Iterator<Item = Result<(N, &'a [u8]), NotJson>>,
    ) -> Result<Self, DefinitionError> {
        let (mut tasks, mut linkages, mut workflow) = (None, None, None);
        for member in members {
            let (name, part) = member.map_err(|why| at("it", &why))?;
            match name.as_ref() {
                "tasks" => tasks = Some(part),
                "linkages" => linkages = Some(part),
                name => {
                    let part = Json::read(part).map_err(|why| at(name, &why))?;
                    if name == "workflow" {
                        workflow = Some(part);
                    }
                }
            }
        }
        let tasks = tasks.ok_or_else(|| malformed("it has no list of tasks"))?;
        let tasks = Objects::read("task", tasks, |task| task::id(task).is_none().then_some("it has no id"))?;
        let linkages = linkages.filter(|linkages| *linkages != b"null").unwrap_or(b"[]");
        let linkages = Objects::read("linkage", linkages, |_| None)?;
        let workflow = workflow.filter(|workflow| workflow.is_object());
        let workflow = workflow.ok_or_else(|| malformed("it has no workflow"))?;
        Ok(Self { tasks, linkages, workflow, export })
    }

    /// All members but the two lists, the object `workflow` included, in the export's order, repeated keys included.
    pub fn rest(&self) -> impl Iterator<Item = (Cow<'a, str>, Json<'a>)> {
        Json::validated(self.export).members().filter(|(name, _)| !matches!(name.as_ref(), "tasks" | "linkages"))
    }

    /// True if an event at Zuora starts the workflow: the listing does not always say so, the export does.
    pub fn has_event_trigger(&self) -> bool {
        let events = self.workflow.get("parameters").and_then(|parameters| parameters.get("event_triggers"));
        self.workflow.get("event_trigger").is_some_and(super::listed_workflow::is_set)
            || events.is_some_and(|events| events.items().next().is_some())
    }
}

impl<'a> Objects<'a> {
    /// Validates each item. One that is no object or has a `fault` is named by its position, from 1.
    fn read(
        name: &str,
        list: &'a [u8],
        fault: impl Fn(Json<'a>) -> Option<&'static str>,
    ) -> Result<Self, DefinitionError> {
        let mut count = 0;
        for item in items(list) {
            let item = item.map_err(|why| at(&format!("its list of {name}s"), &why))?;
            count += 1;
            let item = Json::read(item).map_err(|why| at(&format!("{name} {count}"), &why))?;
            let fault = if item.is_object() { fault(item) } else { Some("it is not an object") };
            if let Some(fault) = fault {
                return Err(malformed(&format!("{name} {count}: {fault}")));
            }
        }
        Ok(Self { list, count })
    }

    /// The number of objects.
    pub const fn len(self) -> usize {
        self.count
    }

    /// True if there are none.
    pub const fn is_empty(self) -> bool {
        self.count == 0
    }

    /// The objects in order.
    pub fn iter(self) -> impl Iterator<Item = Json<'a>> {
        Json::validated(self.list).items()
    }
}

fn at(place: &str, why: &NotJson) -> DefinitionError {
    malformed(&format!("{place}: {why}"))
}

fn malformed(what: &str) -> DefinitionError {
    DefinitionError::Malformed(what.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{comparison::Comparison, json::tests::any_json, workflow::DefinitionRef};

    const EXPORT: &str = r#"{"workflow":{"id":286,"name":"Call Echo"},
        "tasks":[{"id":849,"name":"Call Echo"},{"id":"850","task_id":849}],
        "linkages":[{"source_workflow_id":286,"source_task_id":null,"target_task_id":849,"linkage_type":"Start"}],
        "workflow_definition":{"name":"Call Echo"}}"#;

    #[test]
    fn an_export_is_taken_apart_into_its_parts_as_they_came() {
        for mark in ["", "\u{feff}"] {
            let export = format!("{mark}{EXPORT}");
            let definition = Definition::parse(export.as_bytes()).unwrap();

            assert_eq!(
                definition.tasks.iter().map(|task| task.raw()).collect::<Vec<_>>(),
                [r#"{"id":849,"name":"Call Echo"}"#, r#"{"id":"850","task_id":849}"#]
            );
            assert_eq!(definition.linkages.len(), 1);
            let rest: Vec<_> = definition.rest().map(|(name, _)| name).collect();
            assert_eq!(rest, ["workflow", "workflow_definition"]);
        }
    }

    #[test]
    fn an_export_that_does_not_hold_its_tasks_is_malformed_and_it_is_said_where() {
        for (export, place) in [
            ("", "it: it ends early"),
            ("null", "it: `{` is missing at byte 0"),
            ("[]", "it: "),
            ("<html></html>", "it: "),
            ("{}", "no list of tasks"),
            (r#"{"tasks":[],"linkages":[]}"#, "no workflow"),
            (r#"{"workflow":null,"tasks":[]}"#, "no workflow"),
            (r#"{"workflow":[],"tasks":[]}"#, "no workflow"),
            (r#"{"workflow":{},"linkages":[]}"#, "no list of tasks"),
            (r#"{"workflow":{},"tasks":null}"#, "its list of tasks: "),
            (r#"{"workflow":{},"tasks":{}}"#, "its list of tasks: "),
            (r#"{"workflow":{},"tasks":[{"id":1},7]}"#, "task 2: it is not an object"),
            (r#"{"workflow":{},"tasks":[{"id":1},{"id":2},{}]}"#, "task 3: it has no id"),
            (r#"{"workflow":{},"tasks":[{"id":1},{"id":2,"x":01}]}"#, "task 2: invalid number"),
            (r#"{"workflow":{},"tasks":[],"linkages":7}"#, "its list of linkages: "),
            (r#"{"workflow":{},"tasks":[],"linkages":[{},[null,1,2,"Success"]]}"#, "linkage 2: it is not an object"),
            (r#"{"workflow":{},"tasks":[],"data":tru}"#, "data: it ends early"),
            (r#"{"workflow":{},"tasks":[{"id":1}]"#, "it: it ends early"),
            (r#"{"workflow":{},"tasks":[]} {}"#, "it: more than one value"),
            (r#"{"success":false,"reasons":[]}"#, "no list of tasks"),
        ] {
            match Definition::parse(export.as_bytes()) {
                Err(DefinitionError::Malformed(why)) => assert!(why.contains(place), "{export}: {why}"),
                other => panic!("{export}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_workflow_without_tasks_or_linkages_is_sound() {
        for export in [
            r#"{"workflow":{},"tasks":[],"linkages":[]}"#,
            r#"{"workflow":{},"tasks":[],"linkages":null}"#,
            r#"{"workflow":{},"tasks":[]}"#,
        ] {
            let definition = Definition::parse(export.as_bytes()).unwrap();
            assert_eq!((definition.tasks.len(), definition.linkages.len()), (0, 0));
        }
    }

    #[test]
    fn an_event_trigger_is_told_by_its_flag_or_by_its_events() {
        for (workflow, event) in [
            (r#"{"event_trigger":true}"#, true),
            (r#"{"event_trigger":"true"}"#, true),
            (r#"{"parameters":{"event_triggers":["InvoicePosted"]}}"#, true),
            (r#"{"event_trigger":false,"parameters":{"event_triggers":[]}}"#, false),
            (r#"{"event_trigger":null,"parameters":"x"}"#, false),
            ("{}", false),
        ] {
            let export = format!(r#"{{"workflow":{workflow},"tasks":[]}}"#);
            assert_eq!(Definition::parse(export.as_bytes()).unwrap().has_event_trigger(), event, "{workflow}");
        }
    }

    /// Returns true if an export can be stored; then its bytes must be restored, and every field must be shown.
    fn assert_shown(export: &str) -> bool {
        let Ok(definition) = Definition::parse(export.as_bytes()) else { return false };
        let chunks = compress(export.as_bytes()).unwrap();
        let bytes = export.len() as u64;
        let wanted =
            DefinitionRef { hash: content_hash(export.as_bytes()), chunks: chunks.len() as u32, bytes, origin: None };
        assert!(restore(chunks, &wanted).unwrap() == export.as_bytes(), "the bytes come back");
        let comparison = Comparison::of(Some(&definition), Some(&definition));
        assert!(comparison.is_none_or(|comparison| comparison.is_empty()), "a definition equals itself");
        for task in definition.tasks.iter() {
            let shown = serde_json::to_string(&Task::read(task)).unwrap();
            let shown = Json::read(shown.as_bytes()).unwrap();
            for (name, value) in task.members().collect::<BTreeMap<_, _>>() {
                let found =
                    [Some(shown), shown.get("other")].into_iter().flatten().any(|place| place.get(&name).is_some());
                assert!(found || value.is_null(), "{name} of {}", task.raw());
            }
        }
        true
    }

    #[test]
    fn a_task_a_thousand_levels_deep_and_one_of_twenty_megabytes_are_stored_and_shown() {
        let deep = format!(r#"{}7{}"#, "[{\"a\":".repeat(1_000), "}]".repeat(1_000));
        let large = format!(r#""{}""#, "0123456789abcde\\n".repeat(1_200_000));
        for parameters in [deep, large] {
            assert!(assert_shown(&format!(r#"{{"workflow":{{}},"tasks":[{{"id":1,"parameters":{parameters}}}]}}"#)));
        }
    }

    proptest! {
        #[test]
        fn whatever_is_stored_can_be_shown(
            fields in prop::collection::vec((prop::sample::select(vec!["id", "name", "tags", "parameters", "concurrent_limit", "other", "x", "task_id"]), any_json()), 0..8),
            linkages in any_json(), other in any_json(), mark in prop::sample::select(vec!["", "\u{feff}"]),
        ) {
            let fields: String = fields.iter().map(|(name, value)| format!(r#","{name}":{value}"#)).collect();
            let export = |linkages: &str, fields: &str| format!(
                r#"{mark}{{"linkages":{linkages},"workflow":{{"id":1}},"x":{other},"tasks":[{{"id":1{fields}}}]}}"#
            );
            assert_shown(&export(&linkages, &fields));
            prop_assert!(assert_shown(&export("[]", &fields.replace(r#""id":"#, r#""no id":"#))), "a sound one is stored");
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..512), cut in 0..1000_usize) {
            let _ = Definition::parse(&bytes);
            let _ = Definition::parse(&EXPORT.as_bytes()[..cut.min(EXPORT.len())]);
        }
    }
}

//! What a definition refers to: fields and objects, hosts and addresses, constants, other workflows, files. Search and
//! where-used read this instead of definitions.
//!
//! What must stay true:
//! - Of a secret only the names of constants in it are taken, never a part of its value ([`texts`] says what is a secret).
//! - It is bounded, whatever the definition is: at most [`MOST`] references and [`MOST_BYTES`] bytes. What has no room is left
//!   out, and `complete` says so.
//! - It depends on the definition's bytes alone. A change of what is found raises [`super::derived::VERSION`].

mod objects;
mod packed;
mod scan;

use std::{borrow::Cow, collections::HashSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::objects::is_object;
use super::{
    definition::{Definition, Text, texts},
    json::Json,
    name::folded,
    text,
};

/// The most references of a workflow.
const MOST: usize = 1_000;
/// The most bytes of all of them: an item of the table holds 400 KB.
const MOST_BYTES: usize = 200_000;
/// The most characters of a value, a path or a name.
const LONGEST: usize = 200;
/// The characters of a snippet before the place, and from it on.
const AROUND: (usize, usize) = (30, 60);
/// The task that runs another workflow, and its parameters that name it.
const EXECUTE: &str = "Execute::WorkflowTask";
const BY_ID: &str = "workflow_id";
const BY_NAME: &str = "workflow_name";
/// The fields of a task that queries or writes objects: by object and field, or as pairs in a list.
const FIELDS: &str = "parameters.fields.";
const PAIR: [&str; 2] = ["object_name", "field_name"];

/// A kind of reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReferenceKind)]
pub enum Kind {
    /// The kind of work of a task.
    ActionType,
    /// A constant of the tenant, as `globalconstants.name`.
    Constant,
    /// A literal e-mail address.
    Email,
    /// A field of a Zuora object, as `account.name`.
    Field,
    /// A file that a task makes, as `subscription__101`.
    File,
    /// The host of a literal URL.
    Host,
    /// A Zuora object.
    Object,
    /// Another workflow, by its id or its name.
    Workflow,
}

/// One reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// What it refers to.
    #[serde(rename = "k")]
    pub kind: Kind,
    /// Its name, folded.
    #[serde(rename = "v")]
    pub value: String,
    /// The task by its place in [`References::tasks`]; none for the workflow itself.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub task: Option<usize>,
    /// The path in the task, or in the export.
    #[serde(rename = "p")]
    pub path: String,
    /// The text around it; empty in a secret.
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    pub snippet: String,
}

/// The id and the name of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskName(pub String, pub Option<String>);

/// The references of one definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct References {
    /// False if something had no room.
    #[serde(rename = "c")]
    pub complete: bool,
    /// The tasks that have references, or make files.
    #[serde(rename = "t")]
    pub tasks: Vec<TaskName>,
    /// The references, in the order of the export.
    #[serde(rename = "r")]
    pub all: Vec<Reference>,
}

impl Default for References {
    fn default() -> Self {
        Self { complete: true, tasks: Vec::new(), all: Vec::new() }
    }
}

impl Reference {
    /// True if it names a workflow by its name, not by its id.
    pub fn is_by_name(&self) -> bool {
        self.kind == Kind::Workflow && last(&self.path) == BY_NAME
    }

    /// The id of the task that makes this file.
    pub fn maker(&self) -> Option<&str> {
        self.value.rsplit_once("__").map(|(_, id)| id).filter(|_| self.kind == Kind::File)
    }
}

impl Kind {
    /// The form in which a text is looked for among references of this kind. Liquid may write `Data.` before a field.
    pub fn needle(self, text: &str) -> String {
        let text = folded(text.trim());
        match self {
            Self::Field | Self::Object => text.strip_prefix("data.").map_or(text.clone(), str::to_owned),
            _ => text,
        }
    }
}

impl References {
    /// The references of a definition.
    pub fn of(definition: &Definition<'_>) -> Self {
        let mut collector = Collector::default();
        for task in definition.tasks.iter() {
            collector.task(task);
        }
        for (name, part) in definition.rest() {
            collector.task = None;
            collector.part(&name, part, false);
        }
        collector.references
    }

    /// The task of a reference.
    pub fn task(&self, reference: &Reference) -> Option<&TaskName> {
        self.tasks.get(reference.task?)
    }

    /// The task with this id.
    pub fn task_called(&self, id: &str) -> Option<&TaskName> {
        self.tasks.iter().find(|task| task.0 == id)
    }
}

/// The text around a place, on one line.
pub(super) fn snippet(text: &str, at: usize) -> String {
    let at = text.floor_char_boundary(at.min(text.len()));
    let back = text[..at].char_indices().rev().nth(AROUND.0 - 1).map_or(0, |(at, _)| at);
    let end = text[at..].char_indices().nth(AROUND.1).map_or(text.len(), |(end, _)| at + end);
    let line = text[back..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let (before, behind) = (if back > 0 { "\u{2026}" } else { "" }, if end < text.len() { "\u{2026}" } else { "" });
    format!("{before}{line}{behind}")
}

/// The last name of a path, without its place in a list.
fn last(path: &str) -> &str {
    let name = path.rsplit('.').next().unwrap_or_default();
    name.split('[').next().unwrap_or_default()
}

fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// The references found so far.
#[derive(Default)]
struct Collector {
    references: References,
    seen: HashSet<(Kind, String, Option<usize>)>,
    bytes: usize,
    task: Option<usize>,
    /// One half of a pair of object and field, with the path of both.
    half: Option<(String, usize, String)>,
}

impl Collector {
    fn task(&mut self, task: Json<'_>) {
        let found = task.pick(["id", "name", "action_type"]);
        let [id, name, action] = found.map(|found| found.and_then(Json::text).map(|text| text::cut(&text, LONGEST)));
        let name = TaskName(id.unwrap_or_default(), name);
        self.bytes += name.0.len() + name.1.as_ref().map_or(0, String::len) + 8;
        if self.bytes > MOST_BYTES {
            self.references.complete = false;
            return;
        }
        self.task = Some(self.references.tasks.len());
        self.references.tasks.push(name);
        self.part("", task, action.is_some_and(|action| action == EXECUTE));
    }

    fn part(&mut self, prefix: &str, value: Json<'_>, executes: bool) {
        texts(prefix, value, &mut |found| self.text(&found, executes));
    }

    fn text(&mut self, found: &Text<'_>, executes: bool) {
        let Text { path, text, is_secret } = *found;
        for (_, names) in scan::constants(text) {
            let name = names.join(".");
            // What stands around it may be a part of the secret.
            self.add(Kind::Constant, &name, path, || if is_secret { String::new() } else { name.clone() });
        }
        if is_secret {
            return;
        }
        self.add_by_place(path, text, executes);
        for (at, host) in scan::hosts(text) {
            self.add(Kind::Host, host, path, || snippet(text, at));
        }
        for (at, email) in scan::emails(text) {
            self.add(Kind::Email, email, path, || snippet(text, at));
        }
        for (at, names) in scan::chains(text, is_object) {
            if is_object(names[0]) {
                self.add(Kind::Object, names[0], path, || snippet(text, at));
            }
            if names.len() > 1 && !matches!(names[0], "Files" | "GlobalConstants" | "Credentials") {
                self.add(Kind::Field, &names.join("."), path, || snippet(text, at));
            }
        }
        for (at, file, _) in scan::files(text) {
            self.add(Kind::File, file, path, || snippet(text, at));
        }
        for (at, id) in scan::runs(text) {
            self.add(Kind::Workflow, id, path, || snippet(text, at));
        }
    }

    /// References that are known by the place of their text.
    fn add_by_place(&mut self, path: &str, text: &str, executes: bool) {
        let name = last(path);
        match path {
            "action_type" => self.add(Kind::ActionType, text, path, String::new),
            "object" if scan::files(text).next().is_none() => self.add(Kind::Object, text, path, String::new),
            _ => {}
        }
        if let Some((object, field)) = path.strip_prefix(FIELDS).and_then(|path| path.split_once('.'))
            && text != "false"
        {
            self.add(Kind::Object, object, path, String::new);
            self.add(Kind::Field, &format!("{object}.{field}"), path, || text::cut(text, AROUND.1));
        }
        if executes && (name == BY_ID || name == BY_NAME) && !text.contains("{{") {
            self.add(Kind::Workflow, text, path, || text::cut(text, AROUND.1));
        }
        if matches!(name, "host" | "hostname") || name.ends_with("_host") {
            let host = text.trim();
            if scan::is_host(host) {
                self.add(Kind::Host, host, path, || host.to_owned());
            }
        }
        if let Some(half) = PAIR.iter().position(|part| *part == name) {
            self.add_pair(path, half, text);
        }
    }

    fn add_pair(&mut self, path: &str, half: usize, text: &str) {
        match self.half.take() {
            Some((of, other, first)) if of == parent(path) && other != half => {
                let (object, field) = if half == 1 { (first.as_str(), text) } else { (text, first.as_str()) };
                if !object.is_empty() && !field.is_empty() {
                    self.add(Kind::Object, object, path, String::new);
                    self.add(Kind::Field, &format!("{object}.{field}"), path, String::new);
                }
            }
            _ => self.half = Some((parent(path).to_owned(), half, text.to_owned())),
        }
    }

    /// Adds a reference, the first of its kind and value in its task.
    fn add(&mut self, kind: Kind, value: &str, path: &str, snippet: impl FnOnce() -> String) {
        let value = folded(&cut(value.trim()));
        if value.is_empty() || self.seen.contains(&(kind, value.clone(), self.task)) {
            return;
        }
        let reference = Reference { kind, value, task: self.task, path: cut(path).into_owned(), snippet: snippet() };
        // Everything twice, for what JSON writes as two characters, and what stands around it.
        let bytes = 2 * (reference.value.len() + reference.path.len() + reference.snippet.len()) + 60;
        if self.references.all.len() == MOST || self.bytes + bytes > MOST_BYTES {
            self.references.complete = false;
            return;
        }
        self.bytes += bytes;
        self.seen.insert((kind, reference.value.clone(), self.task));
        self.references.all.push(reference);
    }
}

fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Borrowed(&text[..end]),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests;

//! The record of what a sync changed about one workflow; it remains when the copy has moved on. See D-46.
//!
//! What must stay true: a record always fits an item of the table, and two hundred fit one response. Its lists are cut, its
//! counts are not. It shows values only of what Zuora lists, never of a definition, whose settings may hold secrets.

mod listed;

use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

use serde::{Deserialize, Serialize};

use super::{
    comparison::{Class, Comparison, Extent, FieldEdit, LinkageName, PartEdits, Renamed, TaskName},
    findings::Turned,
    ids::{JobId, WorkflowId},
    text,
    time::Timestamp,
    workflow::Workflow,
};

/// The number of entries that each list of a record names.
pub const NAMED: usize = 50;
/// The number of fields that an edited part names.
const FIELDS_OF_A_PART: usize = 20;
/// The longest text of a record, in characters.
const LONGEST: usize = 200;
/// The size in bytes of JSON from which a record shortens its lists: two hundred records have to fit one response of Lambda's
/// (6 MB).
const LARGEST: usize = 20_000;
/// The numbers of entries to which its lists are shortened, in turn, until it fits.
const SHORTER: [usize; 3] = [20, 5, 0];

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Stored for the first time, or listed again after a deletion.
    Created,
    /// The listing or the definition changed.
    Updated,
    /// Confirmed as deleted at Zuora.
    Deleted,
}

/// One change of one workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// The workflow's Zuora id.
    pub zuora_id: WorkflowId,
    /// The workflow's name after the change.
    pub name: Option<String>,
    /// The kind of the change.
    pub kind: ChangeKind,
    /// The moment at which the sync stored it.
    pub at: Timestamp,
    /// The sync that made the change.
    pub job_id: JobId,
    /// True if the customer had never been synced completely: then everything is new. (Absent in older records.)
    #[serde(default)]
    pub first_sync: bool,
    /// The active version before and after.
    pub version: BeforeAfter,
    /// The hash of the definition before and after. (Both absent in older records.)
    #[serde(default)]
    pub definition: BeforeAfter,
    /// The listed fields that changed, by name; the first fifty.
    pub fields: Vec<FieldChange>,
    /// The number of all listed fields that changed. (Absent in records of older backups.)
    #[serde(default)]
    pub fields_count: u64,
    /// What the changes are about, the most important first; empty in records of older versions. A workflow that came or went
    /// is `logic`.
    #[serde(default)]
    pub classes: Vec<Class>,
    /// What the change of each of `fields` and `settings` is about, by its name. (Absent in records of older versions.)
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub class_of: BTreeMap<String, Class>,
    /// True if the definition changed its meaning.
    pub definition_changed: bool,
    /// The tasks that changed, matched by name and kind; absent if the definition is the same or the two could not be compared.
    pub tasks: Option<Edits<TaskName>>,
    /// The linkages that changed, matched by the tasks at their ends.
    pub linkages: Option<Edits<LinkageName>>,
    /// All other changes in the definition, such as `workflow.priority`; the first fifty.
    pub settings: Vec<String>,
    /// The number of all other changes in the definition. (Absent in records of older backups.)
    #[serde(default)]
    pub settings_count: u64,
    /// The rules of the health check that the change has the workflow break, and those that it mends. (Absent in records of
    /// older backups.)
    #[serde(default)]
    pub findings: Turned,
}

/// A value before and after a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BeforeAfter {
    /// The old value; absent if there was none.
    pub before: Option<String>,
    /// The new value; absent if there is none.
    pub after: Option<String>,
}

/// One listed field that changed. Long values are cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    /// Zuora's name of the field.
    pub field: String,
    /// The value before and after; values other than texts are shown as JSON.
    #[serde(flatten)]
    pub values: BeforeAfter,
}

/// Tasks or linkages that were added, removed, renamed or edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Edits<N> {
    /// The first fifty that were added.
    pub added: Vec<N>,
    /// The first fifty that were removed.
    pub removed: Vec<N>,
    /// The first fifty that have another name. (Absent in records of older versions.)
    #[serde(default = "Vec::new")]
    pub renamed: Vec<Renamed<N>>,
    /// The first fifty that were edited, with the fields that differ, by the new name.
    pub edited: Vec<Edited<N>>,
    /// The numbers of all.
    pub counts: EditCounts,
}

/// The numbers of tasks or linkages that were added, removed and edited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditCounts {
    /// Added.
    pub added: u64,
    /// Removed.
    pub removed: u64,
    /// Renamed. (Absent in records of older versions.)
    #[serde(default)]
    pub renamed: u64,
    /// Edited.
    pub edited: u64,
}

/// A task or linkage with other contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Edited<N> {
    /// Its name.
    #[serde(flatten)]
    pub name: N,
    /// The fields that differ, such as `parameters.email.to`.
    pub fields: Vec<String>,
    /// The most important class among the edits. (Absent in records of older versions.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub class: Option<Class>,
    /// What the edit of each of `fields` is about, by its path. (Absent in records of older versions.)
    #[serde(default = "BTreeMap::new", skip_serializing_if = "BTreeMap::is_empty")]
    pub class_of: BTreeMap<String, Class>,
}

/// The differences between two definitions, as far as a record holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionEdits {
    tasks: Edits<TaskName>,
    linkages: Edits<LinkageName>,
    settings: BTreeMap<String, Class>,
    settings_count: u64,
    classes: BTreeSet<Class>,
}

/// The comparison of the two definitions of a workflow that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Definitions {
    /// They mean the same.
    Same,
    /// There was none before. All of the new one is new, and a first sync reports thousands of them, so only its size is given.
    New(Extent),
    /// They differ; an absent definition counts as empty.
    Differ(Box<DefinitionEdits>),
    /// They differ in an unknown way: the old one is unreadable, or one has too many parts to compare.
    Incomparable,
}

impl Change {
    /// The difference between a stored workflow and the one that was just stored in its place.
    pub fn between(old: Option<&Workflow>, new: &Workflow, definitions: Definitions) -> Self {
        let created = old.is_none_or(|old| old.deleted_at.is_some());
        let kind = if created { ChangeKind::Created } else { ChangeKind::Updated };
        let mut change = Self::of(new, kind);
        change.version.after.clone_from(&new.version);
        let mut classes = BTreeSet::new();
        if let Some(old) = old {
            change.version.before.clone_from(&old.version);
            let fields = listed::changes(&old.listed, &new.listed);
            let class_of = |edit: &FieldChange| Class::of_listed_field(&edit.field);
            classes.extend(fields.iter().map(class_of));
            change.fields_count = fields.len() as u64;
            change.fields = fields.into_iter().take(NAMED).collect();
            change.class_of.extend(change.fields.iter().map(|edit| (edit.field.clone(), class_of(edit))));
        }
        change.definition = BeforeAfter { before: old.and_then(hash), after: hash(new) };
        change.definition_changed = definitions != Definitions::Same;
        match definitions {
            Definitions::Same => {}
            Definitions::New(extent) => change.count(extent),
            Definitions::Differ(edits) => {
                let edits = *edits;
                classes.extend(&edits.classes);
                change.tasks = Some(edits.tasks);
                change.linkages = Some(edits.linkages);
                change.settings = edits.settings.keys().cloned().collect();
                change.class_of.extend(edits.settings);
                change.settings_count = edits.settings_count;
            }
            Definitions::Incomparable => {
                classes.insert(Class::Logic);
            }
        }
        if created {
            classes.insert(Class::Logic);
        }
        change.classes = classes.into_iter().collect();
        change.fit()
    }

    /// The record that a workflow was marked as deleted.
    pub fn deleted(workflow: &Workflow) -> Self {
        let mut change = Self::of(workflow, ChangeKind::Deleted);
        change.classes = vec![Class::Logic];
        change.version.before.clone_from(&workflow.version);
        change.definition.before = hash(workflow);
        change.fit()
    }

    fn of(workflow: &Workflow, kind: ChangeKind) -> Self {
        Self {
            zuora_id: workflow.zuora_id.clone(),
            name: workflow.name.as_deref().map(cut),
            kind,
            at: workflow.written_at,
            job_id: workflow.last_change.job_id.clone(),
            first_sync: false,
            version: BeforeAfter::default(),
            definition: BeforeAfter::default(),
            fields: Vec::new(),
            fields_count: 0,
            classes: Vec::new(),
            class_of: BTreeMap::new(),
            definition_changed: false,
            tasks: None,
            linkages: None,
            settings: Vec::new(),
            settings_count: 0,
            findings: Turned::default(),
        }
    }

    fn count(&mut self, extent: Extent) {
        self.tasks = Some(Edits::added(extent.tasks));
        self.linkages = Some(Edits::added(extent.linkages));
        self.settings_count = extent.settings;
    }

    /// True if it is about one of these. A record of an older version, which does not say, is about everything.
    pub fn is_about(&self, classes: &[Class]) -> bool {
        self.classes.is_empty() || self.classes.iter().any(|class| classes.contains(class))
    }

    /// Keeps the first `named` entries of each list.
    fn shorten(&mut self, named: usize) {
        self.fields.truncate(named);
        self.settings.truncate(named);
        let names: BTreeSet<_> = self.fields.iter().map(|edit| &edit.field).chain(&self.settings).collect();
        self.class_of.retain(|name, _| names.contains(name));
        if let Some(tasks) = &mut self.tasks {
            tasks.shorten(named);
        }
        if let Some(linkages) = &mut self.linkages {
            linkages.shorten(named);
        }
    }

    fn fit(mut self) -> Self {
        for version in [&mut self.version.before, &mut self.version.after] {
            *version = version.as_deref().map(cut);
        }
        for named in SHORTER {
            if serde_json::to_string(&self).map_or(0, |json| json.len()) > LARGEST {
                self.shorten(named);
            }
        }
        self
    }
}

impl DefinitionEdits {
    /// The differences that a comparison found.
    pub fn of(comparison: &Comparison<'_>) -> Self {
        let Comparison { old, new, .. } = comparison;
        let cut_task = |name: TaskName| name.cut(LONGEST);
        let cut_linkage = |name: LinkageName| name.cut(LONGEST);
        Self {
            tasks: Edits::of(&comparison.tasks, |at| cut_task(old.task_name(at)), |at| cut_task(new.task_name(at))),
            linkages: Edits::of(
                &comparison.linkages,
                |at| cut_linkage(old.linkage_name(at)),
                |at| cut_linkage(new.linkage_name(at)),
            ),
            settings: class_of(comparison.settings.iter().take(NAMED)),
            settings_count: comparison.settings_count,
            classes: comparison.classes.clone(),
        }
    }
}

impl<N> Edits<N> {
    fn of(edits: &PartEdits, old: impl Fn(usize) -> N, new: impl Fn(usize) -> N) -> Self {
        let edited = edits.edited.iter().take(NAMED).map(|edit| {
            let class_of = class_of(edit.fields.iter().take(FIELDS_OF_A_PART));
            let fields = class_of.keys().cloned().collect();
            Edited { name: new(edit.new), fields, class: Some(edit.class), class_of }
        });
        let renamed = edits.renamed.iter().take(NAMED).map(|(from, to)| Renamed { from: old(*from), to: new(*to) });
        Self {
            added: edits.added.iter().take(NAMED).map(|at| new(*at)).collect(),
            removed: edits.removed.iter().take(NAMED).map(|at| old(*at)).collect(),
            renamed: renamed.collect(),
            edited: edited.collect(),
            counts: EditCounts {
                added: edits.added.len() as u64,
                removed: edits.removed.len() as u64,
                renamed: edits.renamed.len() as u64,
                edited: edits.edited.len() as u64,
            },
        }
    }

    /// The counts for `added` new parts, none of which is named.
    fn added(added: u64) -> Self {
        let counts = EditCounts { added, ..EditCounts::default() };
        Self { added: Vec::new(), removed: Vec::new(), renamed: Vec::new(), edited: Vec::new(), counts }
    }

    fn shorten(&mut self, named: usize) {
        self.added.truncate(named);
        self.removed.truncate(named);
        self.renamed.truncate(named);
        self.edited.truncate(named);
    }
}

/// The hash of a workflow's definition.
fn hash(workflow: &Workflow) -> Option<String> {
    workflow.definition.as_ref().map(|definition| definition.hash.clone())
}

/// The class of each edit, by its path.
fn class_of<'a>(edits: impl Iterator<Item = &'a FieldEdit>) -> BTreeMap<String, Class> {
    edits.map(|edit| (cut(&edit.path), edit.class)).collect()
}

fn cut(text: &str) -> String {
    text::cut(text, LONGEST)
}

#[cfg(test)]
mod tests;

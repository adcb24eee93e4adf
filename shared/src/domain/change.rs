//! The record of what a sync changed about one workflow; it remains when the copy has moved on. See D-46.
//!
//! What must stay true: a record always fits an item of the table, and two hundred fit one response. Its lists are cut, its
//! counts are not. It shows values only of what Zuora lists, never of a definition, whose settings may hold secrets.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    hash::Hash,
};
use utoipa::ToSchema;

use serde::{Deserialize, Serialize};

use super::{
    ids::{JobId, WorkflowId},
    json::Json,
    structure::{self, Extent, Field, LinkageName, Part, Structure, TaskName},
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
/// The number of equal characters shown before the first difference of two long values.
const CONTEXT: usize = 20;
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
    /// The listed fields that changed, by name; the first fifty.
    pub fields: Vec<FieldChange>,
    /// The number of all listed fields that changed. (Absent in records of older backups.)
    #[serde(default)]
    pub fields_count: u64,
    /// True if the definition changed.
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

/// Tasks or linkages that were added, removed or edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Edits<N> {
    /// The first fifty that were added.
    pub added: Vec<N>,
    /// The first fifty that were removed.
    pub removed: Vec<N>,
    /// The first fifty that were edited, with the fields that differ.
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
    /// Edited.
    pub edited: u64,
}

/// A task or linkage with other contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Edited<N> {
    /// Its name.
    #[serde(flatten)]
    pub name: N,
    /// The fields that differ, such as `parameters.url`.
    pub fields: Vec<String>,
}

/// The comparison of the two definitions of a workflow that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Definitions {
    /// They are the same.
    Same,
    /// There was none before. All of the new one is new, and a first sync reports thousands of them, so only its size is given.
    New(Extent),
    /// They differ; an absent definition counts as empty.
    Differ {
        /// The structure of the definition that was stored before.
        old: Structure,
        /// The structure of the definition that is stored now.
        new: Structure,
    },
    /// They differ in an unknown way: the old one is unreadable, or one has too many parts to compare.
    Incomparable,
}

impl Change {
    /// The difference between a stored workflow and the one that was just stored in its place.
    pub fn between(old: Option<&Workflow>, new: &Workflow, definitions: &Definitions) -> Self {
        let created = old.is_none_or(|old| old.deleted_at.is_some());
        let kind = if created { ChangeKind::Created } else { ChangeKind::Updated };
        let mut change = Self::of(new, kind);
        change.version.after.clone_from(&new.version);
        if let Some(old) = old {
            change.version.before.clone_from(&old.version);
            let fields = listed_changes(&old.listed, &new.listed);
            change.fields_count = fields.len() as u64;
            change.fields = fields.into_iter().take(NAMED).collect();
        }
        change.definition_changed = *definitions != Definitions::Same;
        match definitions {
            Definitions::New(extent) => change.count(*extent),
            Definitions::Differ { old, new } => change.compare(old, new),
            Definitions::Same | Definitions::Incomparable => {}
        }
        change.fit()
    }

    /// The record that a workflow was marked as deleted.
    pub fn deleted(workflow: &Workflow) -> Self {
        let mut change = Self::of(workflow, ChangeKind::Deleted);
        change.version.before.clone_from(&workflow.version);
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
            fields: Vec::new(),
            fields_count: 0,
            definition_changed: false,
            tasks: None,
            linkages: None,
            settings: Vec::new(),
            settings_count: 0,
        }
    }

    fn count(&mut self, extent: Extent) {
        self.tasks = Some(Edits::added(extent.tasks));
        self.linkages = Some(Edits::added(extent.linkages));
        self.settings_count = extent.settings;
    }

    fn compare(&mut self, old: &Structure, new: &Structure) {
        self.tasks = Some(edits(&old.tasks, &new.tasks, Clone::clone, TaskName::cut));
        let ends = |name: &LinkageName| (name.from.clone(), name.to.clone());
        self.linkages = Some(edits(&old.linkages, &new.linkages, ends, LinkageName::cut));
        let settings = structure::differing(&old.settings, &new.settings);
        self.settings_count = settings.len() as u64;
        self.settings = settings.into_iter().take(NAMED).map(|name| cut(&name)).collect();
    }

    /// Keeps the first `named` entries of each list.
    fn shorten(&mut self, named: usize) {
        self.fields.truncate(named);
        self.settings.truncate(named);
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

impl<N> Edits<N> {
    /// The counts for `added` new parts, none of which is named.
    const fn added(added: u64) -> Self {
        let counts = EditCounts { added, removed: 0, edited: 0 };
        Self { added: Vec::new(), removed: Vec::new(), edited: Vec::new(), counts }
    }

    fn shorten(&mut self, named: usize) {
        self.added.truncate(named);
        self.removed.truncate(named);
        self.edited.truncate(named);
    }
}

impl TaskName {
    fn cut(&self) -> Self {
        Self { name: self.name.as_deref().map(cut), action_type: self.action_type.as_deref().map(cut) }
    }
}

impl LinkageName {
    fn cut(&self) -> Self {
        Self {
            from: self.from.as_ref().map(TaskName::cut),
            to: self.to.as_ref().map(TaskName::cut),
            linkage_type: self.linkage_type.as_deref().map(cut),
        }
    }
}

/// The listed fields that differ, unknown ones included.
fn listed_changes(old: &str, new: &str) -> Vec<FieldChange> {
    let (old, new) = (listed_fields(old), listed_fields(new));
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    names
        .into_iter()
        .filter(|name| old.get(*name).map(|value| value.digest()) != new.get(*name).map(|value| value.digest()))
        .map(|name| FieldChange {
            field: cut(name),
            values: told_apart(old.get(name).copied(), new.get(name).copied()),
        })
        .collect()
}

fn listed_fields(listed: &str) -> BTreeMap<Cow<'_, str>, Json<'_>> {
    Json::read(listed.as_bytes()).map(|listed| listed.members().collect()).unwrap_or_default()
}

/// A value in the form of a record; none for `null`.
fn rendered(value: Json<'_>) -> Option<String> {
    if value.is_null() { None } else { Some(value.text().unwrap_or_else(|| value.raw().to_owned())) }
}

/// Two values that differ, each cut so that the difference shows: a long common beginning is left out.
fn told_apart(before: Option<Json<'_>>, after: Option<Json<'_>>) -> BeforeAfter {
    let (before, after) = (before.and_then(rendered), after.and_then(rendered));
    let same = match (&before, &after) {
        (Some(before), Some(after)) => before.chars().zip(after.chars()).take_while(|(old, new)| old == new).count(),
        _ => 0,
    };
    let from = |text: String| match text.char_indices().nth(same.saturating_sub(CONTEXT)) {
        Some((start, _)) if same >= LONGEST => cut(&format!("\u{2026}{}", &text[start..])),
        _ => cut(&text),
    };
    BeforeAfter { before: before.map(from), after: after.map(from) }
}

fn cut(text: &str) -> String {
    text::cut(text, LONGEST)
}

/// Compares two lists of parts. Several parts may have the same key: equal ones are matched first, then the rest in order.
fn edits<N, K: Eq + Hash>(
    old: &[Part<N>],
    new: &[Part<N>],
    key: impl Fn(&N) -> K,
    render: impl Fn(&N) -> N,
) -> Edits<N> {
    let mut left: Vec<bool> = vec![true; old.len()];
    let mut equal: HashMap<(K, &[Field]), VecDeque<usize>> = HashMap::new();
    for (at, part) in old.iter().enumerate() {
        equal.entry((key(&part.name), part.fields.as_slice())).or_default().push_back(at);
    }
    let mut changed = Vec::new();
    for part in new {
        match equal.get_mut(&(key(&part.name), part.fields.as_slice())).and_then(VecDeque::pop_front) {
            Some(at) => left[at] = false,
            None => changed.push(part),
        }
    }
    let mut akin: HashMap<K, VecDeque<usize>> = HashMap::new();
    for (at, part) in old.iter().enumerate().filter(|(at, _)| left[*at]) {
        akin.entry(key(&part.name)).or_default().push_back(at);
    }
    let mut edits = Edits { added: Vec::new(), removed: Vec::new(), edited: Vec::new(), counts: EditCounts::default() };
    for part in changed {
        match akin.get_mut(&key(&part.name)).and_then(VecDeque::pop_front) {
            Some(at) => {
                left[at] = false;
                edits.counts.edited += 1;
                let names = structure::differing(&old[at].fields, &part.fields);
                let fields = names.iter().take(FIELDS_OF_A_PART).map(|name| cut(name)).collect();
                push(&mut edits.edited, || Edited { name: render(&part.name), fields });
            }
            None => {
                edits.counts.added += 1;
                push(&mut edits.added, || render(&part.name));
            }
        }
    }
    for (part, _) in old.iter().zip(left).filter(|(_, left)| *left) {
        edits.counts.removed += 1;
        push(&mut edits.removed, || render(&part.name));
    }
    edits
}

/// Adds an entry, unless the list is long enough.
fn push<T>(list: &mut Vec<T>, entry: impl FnOnce() -> T) {
    if list.len() < NAMED {
        list.push(entry());
    }
}

#[cfg(test)]
mod tests;

//! What a sync changed about one workflow: the record that stays when the copy has moved on. See D-46.
//!
//! What must stay true: a record always fits an item of the table, and two hundred one answer. Its lists are cut, its counts are not; and it shows values only of
//! what Zuora lists, never of a definition, whose settings may hold secrets.

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

/// How many entries each list of a record names.
pub const NAMED: usize = 50;
/// How many fields an edited part names.
const FIELDS_OF_A_PART: usize = 20;
/// The longest text of a record, in characters.
const LONGEST: usize = 200;
/// How many characters of what two long values begin with are shown before the first difference.
const CONTEXT: usize = 20;
/// A record that is larger in JSON shortens its lists: two hundred of them have to fit one answer of Lambda's (6 MB).
const LARGEST: usize = 20_000;
/// How many entries its lists keep then, in turn, until it fits.
const SHORTER: [usize; 3] = [20, 5, 0];

/// What happened to the workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Stored for the first time, or back after a deletion.
    Created,
    /// Its listing or its definition changed.
    Updated,
    /// Confirmed gone at Zuora.
    Deleted,
}

/// One change of one workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// The workflow's Zuora id.
    pub zuora_id: WorkflowId,
    /// Its name then.
    pub name: Option<String>,
    /// What happened.
    pub kind: ChangeKind,
    /// When the sync wrote it.
    pub at: Timestamp,
    /// That sync.
    pub job_id: JobId,
    /// The active version before and after.
    pub version: BeforeAfter,
    /// Listed fields that changed, by name; the first fifty.
    pub fields: Vec<FieldChange>,
    /// How many there are in all. (Absent in records of older backups.)
    #[serde(default)]
    pub fields_count: u64,
    /// Whether the definition is another one.
    pub definition_changed: bool,
    /// Tasks, matched by name and kind; none if the definition is the same or the two could not be compared.
    pub tasks: Option<Edits<TaskName>>,
    /// Linkages, matched by the tasks at their ends.
    pub linkages: Option<Edits<LinkageName>>,
    /// What else changed in the definition, such as `workflow.priority`; the first fifty.
    pub settings: Vec<String>,
    /// How many there are in all. (Absent in records of older backups.)
    #[serde(default)]
    pub settings_count: u64,
}

/// A value before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BeforeAfter {
    /// None when there was none.
    pub before: Option<String>,
    /// None when there is none.
    pub after: Option<String>,
}

/// One listed field that changed. Longer values are cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    /// Zuora's name of it.
    pub field: String,
    /// Its value before and after, what is no text as JSON.
    #[serde(flatten)]
    pub values: BeforeAfter,
}

/// Parts that came, went, or stayed with other contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Edits<N> {
    /// The first fifty that are new.
    pub added: Vec<N>,
    /// The first fifty that are gone.
    pub removed: Vec<N>,
    /// The first fifty that stayed, and what is different about them.
    pub edited: Vec<Edited<N>>,
    /// How many of each there are in all.
    pub counts: EditCounts,
}

/// How many parts came, went or were edited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditCounts {
    /// New.
    pub added: u64,
    /// Gone.
    pub removed: u64,
    /// With other contents.
    pub edited: u64,
}

/// A part with other contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Edited<N> {
    /// Which.
    #[serde(flatten)]
    pub name: N,
    /// The fields that differ, such as `parameters.url`.
    pub fields: Vec<String>,
}

/// The two definitions of a workflow that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Definitions {
    /// They are the same.
    Same,
    /// There was none. What is new is new as a whole, and a first sync tells thousands: its extent says it.
    New(Extent),
    /// They differ; what there is not counts as empty.
    Differ {
        /// What was stored before.
        old: Structure,
        /// What is stored now.
        new: Structure,
    },
    /// They differ, and that is all that can be said: the old one cannot be read any more, or one has too many parts to compare.
    Incomparable,
}

impl Change {
    /// What differs between what was stored and what was just stored in its place.
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

    /// That a workflow was marked as deleted.
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
    /// So many that are new, none of them named.
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

/// The listed fields that differ, unknown ones too.
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

/// A value as a record shows it; `null` is none.
fn shown(value: Json<'_>) -> Option<String> {
    if value.is_null() { None } else { Some(value.text().unwrap_or_else(|| value.raw().to_owned())) }
}

/// Two values that differ, each cut so that the difference is seen: what both begin with is left out where it is long.
fn told_apart(before: Option<Json<'_>>, after: Option<Json<'_>>) -> BeforeAfter {
    let (before, after) = (before.and_then(shown), after.and_then(shown));
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

/// Compares two lists of parts. Several may have the same key: equal ones are taken for the same first, then the rest in order.
fn edits<N, K: Eq + Hash>(
    old: &[Part<N>],
    new: &[Part<N>],
    key: impl Fn(&N) -> K,
    shown: impl Fn(&N) -> N,
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
                push(&mut edits.edited, || Edited { name: shown(&part.name), fields });
            }
            None => {
                edits.counts.added += 1;
                push(&mut edits.added, || shown(&part.name));
            }
        }
    }
    for (part, _) in old.iter().zip(left).filter(|(_, left)| *left) {
        edits.counts.removed += 1;
        push(&mut edits.removed, || shown(&part.name));
    }
    edits
}

/// Names one more, unless the list is long enough.
fn push<T>(list: &mut Vec<T>, entry: impl FnOnce() -> T) {
    if list.len() < NAMED {
        list.push(entry());
    }
}

#[cfg(test)]
mod tests;

//! The comparison of two definitions of a workflow by their meaning: what a person would call a change. See D-89.
//!
//! Zuora gives tasks new ids with every version, writes the same value in several ways and lists nothing in a fixed order, so
//! bytes say little. What must stay true:
//! - What has no meaning is no edit: the [`normal`] form names each such difference, and [`fields`] the fields that only number
//!   a part or come from a run.
//! - Everything else is one, of a [`Class`] that says what it is about. A field that nobody has classified is logic.
//! - Tasks are [paired](pairing) first; linkages and texts that name tasks are compared through the pairs.
//! - Whatever the definitions hold, time and memory are bounded: parts without number are not compared at all
//!   ([`MAX_PARTS`]), a part with fields without number is compared less finely ([`fields`]).

pub mod class;
mod extent;
mod fields;
mod names;
mod normal;
mod pairing;
mod parts;
mod rules;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

pub use self::{
    class::Class,
    extent::Extent,
    fields::{Field, fields},
    names::{LinkageName, Renamed, TaskName},
    parts::{Linkage, Side, Task},
    rules::{Rules, Translation, is_word},
    values::{DefinitionDiff, PartDiff, PartDiffs, ValueEdit},
};
use self::{normal::NormalForm, pairing::pair, parts::End};
use super::{definition::Definition, json::Digest};

/// The largest number of tasks and linkages of a definition that is compared.
pub const MAX_PARTS: usize = 100_000;
/// The largest number of edited fields that one comparison names; the classes of the others are known all the same.
const MAX_NAMED: usize = 100_000;

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldEdit {
    /// Its path, such as `parameters.email.to`.
    pub path: String,
    /// What it is about.
    pub class: Class,
}

/// A part that differs, by its positions in the two definitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartEdit {
    /// The position in the old definition.
    pub old: usize,
    /// The position in the new one.
    pub new: usize,
    /// The fields that differ, by path; not all, if there are very many.
    pub fields: Vec<FieldEdit>,
    /// The most important class among all of them.
    pub class: Class,
}

/// The differences between the tasks, or the linkages, of two definitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartEdits {
    /// The positions of new parts in the new definition.
    pub added: Vec<usize>,
    /// The positions of removed parts in the old definition.
    pub removed: Vec<usize>,
    /// The positions, old and new, of tasks with another name.
    pub renamed: Vec<(usize, usize)>,
    /// The parts with other fields, in the order of the new definition.
    pub edited: Vec<PartEdit>,
}

/// The differences between two definitions.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// The old definition.
    pub old: Side<'a>,
    /// The new definition.
    pub new: Side<'a>,
    /// The tasks that differ.
    pub tasks: PartEdits,
    /// The linkages that differ.
    pub linkages: PartEdits,
    /// The other fields that differ: those of `workflow` (`workflow.priority`), and the other members of an export.
    pub settings: Vec<FieldEdit>,
    /// The number of other fields that differ.
    pub settings_count: u64,
    /// What the differences are about; empty if there are none.
    pub classes: BTreeSet<Class>,
    forms: (NormalForm<'a>, NormalForm<'a>),
}

/// The rules of two definitions of one workflow.
static NO_RULES: Rules = Rules::NONE;

impl<'a> Comparison<'a> {
    /// Compares two definitions of one workflow; an absent one is empty. None if one of them has too many parts.
    pub fn of(old: Option<&Definition<'a>>, new: Option<&Definition<'a>>) -> Option<Self> {
        Self::under(&NO_RULES, old, new)
    }

    /// Compares two definitions under rules, as [`Comparison::of`] does without any.
    pub fn under(rules: &'a Rules, old: Option<&Definition<'a>>, new: Option<&Definition<'a>>) -> Option<Self> {
        let (old, new) = (Side::read(old)?, Side::read(new)?);
        let pairs = pair(&old, &new, rules);
        let tokens = pairs.tokens(&old, &new);
        let forms =
            (NormalForm::naming(&old, &tokens.0, rules.of_old()), NormalForm::naming(&new, &tokens.1, rules.of_new()));
        let mut comparison = Self {
            old,
            new,
            tasks: PartEdits::default(),
            linkages: PartEdits::default(),
            settings: Vec::new(),
            settings_count: 0,
            classes: [].into(),
            forms,
        };
        let mut room = MAX_NAMED;
        comparison.compare_tasks(&pairs, &mut room);
        comparison.compare_linkages(&tokens, &mut room);
        comparison.compare_settings(&mut room);
        Some(comparison)
    }

    /// True if the two definitions mean the same.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// The number of parts and fields that differ, those that are bookkeeping left out.
    pub fn edits(&self) -> usize {
        let count = |edits: &[FieldEdit]| edits.iter().filter(|edit| edit.class != Class::Bookkeeping).count();
        let of_parts = |edits: &PartEdits| {
            let fields: usize = edits.edited.iter().map(|part| count(&part.fields)).sum();
            edits.added.len() + edits.removed.len() + edits.renamed.len() + fields
        };
        of_parts(&self.tasks) + of_parts(&self.linkages) + count(&self.settings)
    }

    fn compare_tasks(&mut self, pairs: &pairing::Pairs, room: &mut usize) {
        let Self { old, new, forms, .. } = &self;
        let mut edits = PartEdits { removed: pairs.removed(), ..PartEdits::default() };
        let mut classes = Vec::new();
        for (at, task) in new.tasks.iter().enumerate() {
            let Some(before) = pairs.old_of(at) else {
                edits.added.push(at);
                continue;
            };
            let was = &old.tasks[before];
            if was.name != task.name {
                edits.renamed.push((before, at));
            }
            let kind = task.action_type.as_deref().unwrap_or_default();
            let (was, is) = (forms.0.digests(&fields("", was.json)), forms.1.digests(&fields("", task.json)));
            let class = |path: &str| (path != "name").then(|| Class::of_task_field(kind, path));
            let differing = differing(&was, &is, class);
            edits.edited.extend(part_edit(before, at, differing, room));
        }
        if !(edits.added.is_empty() && edits.removed.is_empty() && edits.renamed.is_empty()) {
            classes.push(Class::Logic);
        }
        classes.extend(edits.edited.iter().map(|edit| edit.class));
        self.classes.extend(classes);
        self.tasks = edits;
    }

    /// A linkage is known by the tasks at its ends; one that starts the workflow also by its type, since several events may
    /// start the same task. Equal ones are matched first, the rest in order.
    fn compare_linkages(&mut self, tokens: &(Vec<String>, Vec<String>), room: &mut usize) {
        let Self { old, new, forms, .. } = &self;
        let (before, after) = (keyed(old, &tokens.0, &forms.0), keyed(new, &tokens.1, &forms.1));
        let mut equal: HashMap<_, VecDeque<usize>> = HashMap::new();
        before.iter().enumerate().for_each(|(at, linkage)| equal.entry(linkage).or_default().push_back(at));
        let mut left = vec![true; before.len()];
        let mut changed = Vec::new();
        for (at, linkage) in after.iter().enumerate() {
            match equal.get_mut(linkage).and_then(VecDeque::pop_front) {
                Some(same) => left[same] = false,
                None => changed.push(at),
            }
        }
        let mut akin: HashMap<LinkageKey<'_>, VecDeque<usize>> = HashMap::new();
        for (at, (key, _)) in before.iter().enumerate().filter(|(at, _)| left[*at]) {
            akin.entry(*key).or_default().push_back(at);
        }
        let mut edits = PartEdits::default();
        let mut classes = Vec::new();
        for at in changed {
            let class = Class::of_linkage(new.linkages[at].from == End::Start);
            let Some(was) = akin.get_mut(&after[at].0).and_then(VecDeque::pop_front) else {
                edits.added.push(at);
                classes.push(class);
                continue;
            };
            left[was] = false;
            let differing =
                differing(&before[was].1, &after[at].1, |path| Some(Class::of_linkage_field(path).unwrap_or(class)));
            edits.edited.extend(part_edit(was, at, differing, room));
        }
        for at in (0..left.len()).filter(|at| left[*at]) {
            edits.removed.push(at);
            classes.push(Class::of_linkage(old.linkages[at].from == End::Start));
        }
        classes.extend(edits.edited.iter().map(|edit| edit.class));
        self.classes.extend(classes);
        self.linkages = edits;
    }

    fn compare_settings(&mut self, room: &mut usize) {
        let (old, new) = (self.forms.0.digests(&self.old.settings()), self.forms.1.digests(&self.new.settings()));
        let mut differing = differing(&old, &new, |path| Some(Class::of_setting(path)));
        self.settings_count = differing.len() as u64;
        self.classes.extend(differing.iter().map(|edit| edit.class));
        differing.truncate(*room);
        self.settings = differing;
    }
}

/// The edit of a part; none if no field differs.
fn part_edit(old: usize, new: usize, mut fields: Vec<FieldEdit>, room: &mut usize) -> Option<PartEdit> {
    let class = fields.iter().map(|field| field.class).min()?;
    fields.truncate(*room);
    *room -= fields.len();
    Some(PartEdit { old, new, fields, class })
}

/// The fields that differ, by path; `class` leaves out those that do not count.
fn differing(
    old: &BTreeMap<String, Digest>,
    new: &BTreeMap<String, Digest>,
    class: impl Fn(&str) -> Option<Class>,
) -> Vec<FieldEdit> {
    let paths: BTreeSet<_> = old.keys().chain(new.keys()).filter(|path| old.get(*path) != new.get(*path)).collect();
    paths.into_iter().filter_map(|path| class(path).map(|class| FieldEdit { path: path.clone(), class })).collect()
}

/// Each linkage by its key, and the digests of its fields.
fn keyed<'t>(
    side: &'t Side<'_>,
    tokens: &'t [String],
    form: &NormalForm<'_>,
) -> Vec<(LinkageKey<'t>, BTreeMap<String, Digest>)> {
    let linkages = side.linkages.iter();
    linkages.map(|linkage| (linkage_key(linkage, tokens), form.digests(&fields("", linkage.json)))).collect()
}

/// The ends of a linkage by the tokens of their tasks, and the type of one that starts the workflow.
type LinkageKey<'t> = [(&'static str, &'t str); 3];

fn linkage_key<'t>(linkage: &'t Linkage<'_>, tokens: &'t [String]) -> LinkageKey<'t> {
    let end = |end: &'t End| match end {
        End::Start => ("start", ""),
        End::Task(at) => ("task", tokens[*at].as_str()),
        End::Missing(id) => ("missing", id.as_str()),
    };
    let starts = linkage.from == End::Start;
    let kind = linkage.linkage_type.as_deref().filter(|_| starts).unwrap_or_default();
    [end(&linkage.from), end(&linkage.to), ("type", kind)]
}

#[cfg(test)]
mod tests;

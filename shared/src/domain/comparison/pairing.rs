//! Which task of an old definition is which task of a new one.
//!
//! Ids say nothing between versions, and names need not be unique. So tasks are paired by ever weaker signs: a name and kind
//! that both sides have once; for like-named tasks their settings and their surroundings, taken ever smaller; at last a task
//! that is gone and a new one of the same kind that is like it, which was renamed. Once two of several equal tasks are a pair,
//! those that hang on them in the same way are paired next, so that of two equal branches each stays together.
//!
//! What must stay true: new ids and another order of the same definition make the same pairs, and the work grows with the
//! number of parts only.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::Hash,
};

use sha2::{Digest as _, Sha256};

use super::{
    fields::fields,
    normal::NormalForm,
    parts::{End, Side, Task},
    rules::{Rules, SideRules},
};
use crate::domain::json::Digest;

/// The number of steps around a task that its surroundings reach.
const STEPS: usize = 6;

/// The pairs of two definitions.
#[derive(Debug)]
pub(super) struct Pairs {
    new_of: Vec<Option<usize>>,
    old_of: Vec<Option<usize>>,
}

/// Finds the pairs.
pub(super) fn pair(old: &Side<'_>, new: &Side<'_>, rules: &Rules) -> Pairs {
    let mut matching = Matching { old: Tasks::new(old, rules.of_old()), new: Tasks::new(new, rules.of_new()) };
    matching.pair_unique();
    if matching.old.has_unpaired() && matching.new.has_unpaired() {
        matching.pair_twins();
        matching.pair_renamed();
    }
    Pairs { new_of: matching.old.partners, old_of: matching.new.partners }
}

impl Pairs {
    /// The old task of a new one.
    pub(super) fn old_of(&self, new: usize) -> Option<usize> {
        self.old_of[new]
    }

    /// The old tasks without a partner, in order.
    pub(super) fn removed(&self) -> Vec<usize> {
        (0..self.new_of.len()).filter(|at| self.new_of[*at].is_none()).collect()
    }

    /// A token for each task, old and new: the two of a pair have the same one, and no other task has it. It is the task's name,
    /// since paths show it.
    pub(super) fn tokens(&self, old: &Side<'_>, new: &Side<'_>) -> (Vec<String>, Vec<String>) {
        let mut taken: HashMap<String, u64> = HashMap::new();
        let mut token = |task: &Task<'_>| {
            let name = task.name.clone().unwrap_or_default();
            let count = taken.entry(name.clone()).or_default();
            *count += 1;
            // No name ends like this one.
            if *count == 1 { name } else { format!("{name}\u{a0}#{count}") }
        };
        let after: Vec<String> = new.tasks.iter().map(&mut token).collect();
        let before = old.tasks.iter().zip(&self.new_of);
        let before = before.map(|(task, new)| new.map_or_else(|| token(task), |new| after[new].clone()));
        (before.collect(), after)
    }
}

/// A linkage as its task sees it: its direction, its type, and the task at its other end.
type Hold = (char, Option<String>, usize);

/// The tasks of one side.
struct Tasks<'s, 'a> {
    side: &'s Side<'a>,
    rules: SideRules<'s>,
    partners: Vec<Option<usize>>,
    holds: Vec<Vec<Hold>>,
    /// The digest of each task's kind and settings, without its name and ids.
    settings: Vec<Digest>,
}

struct Matching<'s, 'a> {
    old: Tasks<'s, 'a>,
    new: Tasks<'s, 'a>,
}

impl<'s, 'a> Tasks<'s, 'a> {
    fn new(side: &'s Side<'a>, rules: SideRules<'s>) -> Self {
        Self { side, rules, partners: vec![None; side.tasks.len()], holds: Vec::new(), settings: Vec::new() }
    }

    fn task(&self, at: usize) -> &'s Task<'a> {
        &self.side.tasks[at]
    }

    fn key(&self, at: usize) -> (Option<&'s str>, Option<&'s str>) {
        let task = self.task(at);
        (task.name.as_deref(), task.action_type.as_deref())
    }

    /// The digests of a task's fields besides its name and kind.
    fn digests(&self, at: usize) -> BTreeMap<String, Digest> {
        let mut digests = NormalForm::under(self.rules).digests(&fields("", self.task(at).json));
        digests.retain(|path, _| !["name", "action_type"].contains(&path.as_str()));
        digests
    }

    fn has_unpaired(&self) -> bool {
        self.partners.contains(&None)
    }

    fn unpaired(&self) -> Vec<usize> {
        (0..self.partners.len()).filter(|at| self.partners[*at].is_none()).collect()
    }

    /// Takes the first task that has no partner.
    fn next_free(&self, waiting: &mut VecDeque<usize>) -> Option<usize> {
        std::iter::from_fn(|| waiting.pop_front()).find(|at| self.partners[*at].is_none())
    }

    /// Reads what only like-named and renamed tasks are told apart by.
    fn look_closer(&mut self) {
        // No task has a name yet in the names of files.
        let form = NormalForm::naming(self.side, &vec![String::new(); self.side.tasks.len()], self.rules);
        self.settings = self.side.tasks.iter().map(|task| settings(task, &form)).collect();
        self.holds = vec![Vec::new(); self.side.tasks.len()];
        for linkage in &self.side.linkages {
            let kind = &linkage.linkage_type;
            match (&linkage.from, &linkage.to) {
                (End::Task(from), End::Task(to)) => {
                    self.holds[*from].push(('>', kind.clone(), *to));
                    self.holds[*to].push(('<', kind.clone(), *from));
                }
                (_, End::Task(to)) => self.holds[*to].push(('^', kind.clone(), *to)),
                _ => {}
            }
        }
    }

    /// The labels of all tasks by the size of the surroundings that they cover, from none on. A task that has a partner is
    /// known by the pair; `pair` numbers it.
    fn labels(&self, pair: impl Fn(usize) -> Option<usize>) -> Vec<Vec<Digest>> {
        let first = (0..self.side.tasks.len()).map(|at| match pair(at) {
            Some(pair) => hash(&("pair", pair)),
            None => hash(&(self.key(at), self.settings[at])),
        });
        let mut labels = vec![first.collect::<Vec<_>>()];
        for _ in 0..STEPS {
            let known = &labels[labels.len() - 1];
            let wider = self.holds.iter().enumerate().map(|(at, holds)| {
                let mut around: Vec<_> =
                    holds.iter().map(|(direction, kind, other)| (*direction, kind, known[*other])).collect();
                around.sort_unstable();
                hash(&(known[at], around))
            });
            labels.push(wider.collect());
        }
        labels
    }

    /// The pairs that a task is linked with, and how; none if there are none. `pair` numbers them.
    fn place(&self, at: usize, pair: impl Fn(usize) -> Option<usize>) -> Option<Vec<(char, Option<String>, usize)>> {
        let known = self.holds[at].iter().filter_map(|(direction, kind, other)| {
            let other = if *direction == '^' { Some(usize::MAX) } else { pair(*other) };
            Some((*direction, kind.clone(), other?))
        });
        let mut place: Vec<_> = known.collect();
        place.sort_unstable();
        (!place.is_empty()).then_some(place)
    }

    fn place_in_old(&self, at: usize) -> Option<Vec<(char, Option<String>, usize)>> {
        self.place(at, |other| self.partners[other])
    }

    fn place_in_new(&self, at: usize) -> Option<Vec<(char, Option<String>, usize)>> {
        self.place(at, |other| self.partners[other].map(|_| other))
    }
}

impl Matching<'_, '_> {
    fn join(&mut self, old: usize, new: usize) {
        self.old.partners[old] = Some(new);
        self.new.partners[new] = Some(old);
    }

    /// Pairs tasks whose name and kind both sides have once.
    fn pair_unique(&mut self) {
        let only = |tasks: &Tasks<'_, '_>| -> HashMap<_, usize> {
            let unique = (0..tasks.side.tasks.len()).filter(|at| tasks.task(*at).twins == 1);
            unique.map(|at| (owned(tasks.key(at)), at)).collect()
        };
        let before = only(&self.old);
        for (key, new) in only(&self.new) {
            if let Some(old) = before.get(&key) {
                self.join(*old, new);
            }
        }
    }

    /// Pairs like-named tasks.
    fn pair_twins(&mut self) {
        self.old.look_closer();
        self.new.look_closer();
        let before = self.old.labels(|at| self.old.partners[at]);
        let after = self.new.labels(|at| self.new.partners[at].map(|_| at));
        for (before, after) in before.iter().zip(&after).rev() {
            self.pair_labelled(before, after);
        }
        self.pair_by(
            |old, at| Some((owned(old.key(at)), old.task(at).id.clone())),
            |new, at| Some((owned(new.key(at)), new.task(at).id.clone())),
            false,
        );
        self.pair_by(
            |old, at| Some((owned(old.key(at)), old.place_in_old(at)?)),
            |new, at| Some((owned(new.key(at)), new.place_in_new(at)?)),
            false,
        );
        self.pair_by(|old, at| Some(owned(old.key(at))), |new, at| Some(owned(new.key(at))), false);
    }

    /// Pairs a task that is gone with a new one that is like it but for the name.
    fn pair_renamed(&mut self) {
        let kind = |tasks: &Tasks<'_, '_>, at: usize| tasks.task(at).action_type.clone();
        self.pair_by(
            |old, at| Some((old.settings[at], old.place_in_old(at)?)),
            |new, at| Some((new.settings[at], new.place_in_new(at)?)),
            false,
        );
        self.pair_by(|old, at| Some(old.settings[at]), |new, at| Some(new.settings[at]), false);
        self.pair_by(
            |old, at| Some((kind(old, at), old.task(at).id.clone())),
            |new, at| Some((kind(new, at), new.task(at).id.clone())),
            true,
        );
        self.pair_by(
            |old, at| Some((kind(old, at), old.place_in_old(at)?)),
            |new, at| Some((kind(new, at), new.place_in_new(at)?)),
            true,
        );
    }

    /// Pairs tasks without a partner that have the same sign, in order; if `alike`, only those with half of their fields in
    /// common.
    fn pair_by<K: Eq + Hash>(
        &mut self,
        old_sign: impl Fn(&Tasks<'_, '_>, usize) -> Option<K>,
        new_sign: impl Fn(&Tasks<'_, '_>, usize) -> Option<K>,
        alike: bool,
    ) {
        let mut waiting: HashMap<K, VecDeque<usize>> = HashMap::new();
        for old in self.old.unpaired() {
            if let Some(sign) = old_sign(&self.old, old) {
                waiting.entry(sign).or_default().push_back(old);
            }
        }
        let signs: Vec<_> = self.new.unpaired().into_iter().map(|new| (new, new_sign(&self.new, new))).collect();
        for (new, sign) in signs {
            let Some(same) = sign.and_then(|sign| waiting.get_mut(&sign)) else { continue };
            let Some(old) = same.front().copied() else { continue };
            if !alike || are_alike(&self.old.digests(old), &self.new.digests(new)) {
                same.pop_front();
                self.join(old, new);
            }
        }
    }

    /// Pairs tasks of the same label: first labels that both sides have once, then equal ones with what hangs on them.
    fn pair_labelled(&mut self, before: &[Digest], after: &[Digest]) {
        let by_label = |tasks: &Tasks<'_, '_>, labels: &[Digest]| {
            let mut at: HashMap<Digest, VecDeque<usize>> = HashMap::new();
            tasks.unpaired().into_iter().for_each(|task| at.entry(labels[task]).or_default().push_back(task));
            at
        };
        let (old, mut new) = (by_label(&self.old, before), by_label(&self.new, after));
        let has_one = |label| old.get(label).is_some_and(|tasks| tasks.len() == 1);
        let (single, several): (Vec<_>, Vec<_>) = self.old.unpaired().into_iter().partition(|at| has_one(&before[*at]));
        for at in single.into_iter().chain(several) {
            if self.old.partners[at].is_some() {
                continue;
            }
            if let Some(new) = new.get_mut(&before[at]).and_then(|same| self.new.next_free(same)) {
                self.join(at, new);
                self.follow((at, new), before, after);
            }
        }
    }

    /// Pairs what hangs on the two of a pair in the same way and has the same label, and so on.
    fn follow(&mut self, pair: (usize, usize), before: &[Digest], after: &[Digest]) {
        let mut followed = vec![pair];
        while let Some((old, new)) = followed.pop() {
            let mut ends: HashMap<(char, Option<String>, Digest), VecDeque<usize>> = HashMap::new();
            for (direction, kind, end) in &self.new.holds[new] {
                if self.new.partners[*end].is_none() {
                    ends.entry((*direction, kind.clone(), after[*end])).or_default().push_back(*end);
                }
            }
            for (direction, kind, end) in self.old.holds[old].clone() {
                if self.old.partners[end].is_some() {
                    continue;
                }
                let same = ends.get_mut(&(direction, kind, before[end]));
                if let Some(new) = same.and_then(|ends| self.new.next_free(ends)) {
                    self.join(end, new);
                    followed.push((end, new));
                }
            }
        }
    }
}

fn owned((name, kind): (Option<&str>, Option<&str>)) -> (Option<String>, Option<String>) {
    (name.map(str::to_owned), kind.map(str::to_owned))
}

fn settings(task: &Task<'_>, form: &NormalForm<'_>) -> Digest {
    let mut digests = form.digests(&fields("", task.json));
    digests.remove("name");
    hash(&digests)
}

/// True if half of the fields of two tasks are equal, besides their kind.
fn are_alike(old: &BTreeMap<String, Digest>, new: &BTreeMap<String, Digest>) -> bool {
    let equal = old.iter().filter(|(path, digest)| new.get(*path) == Some(digest)).count();
    equal * 2 >= old.len().max(new.len())
}

/// The digest of a value that has a text of its own.
fn hash(value: &impl std::fmt::Debug) -> Digest {
    let mut digest = [0; 16];
    digest.copy_from_slice(&Sha256::digest(format!("{value:?}"))[..16]);
    digest
}

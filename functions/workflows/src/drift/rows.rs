//! The rows of a drift: a workflow, its match at the other customer, and how far the two are from each other.

use std::{collections::BTreeMap, time::Duration};

use shared::{
    aws::{
        budget::Budget,
        index::{Found, Position},
    },
    clock,
    domain::{
        compared_with::Relation,
        comparison::{Class, Comparison},
        customer::Customer,
        definition::Definition,
        ids::WorkflowId,
        namesakes::{Match, match_of},
        time::Timestamp,
        workflow::Workflow,
    },
    http::problem::{Problem, ProblemKind},
};

use super::{DriftRow, DriftState};
use crate::{definition, setup::App};

/// The most workflows of one name that are looked at, and that are shown as candidates.
const NAMESAKES: usize = 10;
/// The text of all definitions that one request compares, in kilobytes: the pair that exceeds it is the last one.
const TEXT: usize = 16 * 1024;
/// The time after which no more rows are added: the function has 25 seconds.
const TIME: Duration = Duration::from_secs(8);

/// Two customers whose workflows are compared, and what the request may still read.
pub(super) struct Pair<'a> {
    app: &'a App,
    left: Customer,
    right: Customer,
    relation: Relation,
    /// The linked workflows, by the right one.
    lefts: BTreeMap<WorkflowId, WorkflowId>,
    records: Budget,
    text: Budget,
    until: Timestamp,
}

/// What a customer has for a workflow of the other one.
enum Other {
    None,
    One(Box<Workflow>),
    Several(Vec<Workflow>),
}

impl<'a> Pair<'a> {
    pub(super) fn new(app: &'a App, left: Customer, right: Customer, relation: Relation) -> Self {
        let lefts = relation.links.iter().map(|(left, right)| (right.clone(), left.clone())).collect();
        let (records, text) = (Budget::default(), Budget::of(TEXT));
        Self { app, left, right, relation, lefts, records, text, until: clock::now().plus(TIME) }
    }

    /// True if nothing more should be read.
    pub(super) fn is_spent(&self) -> bool {
        self.records.is_spent() || self.text.is_spent() || clock::now() > self.until
    }

    /// Lists the workflows of one of the two by name.
    pub(super) async fn list(
        &self,
        is_right: bool,
        after: Option<&Position>,
        limit: usize,
    ) -> Result<Found<Workflow>, Problem> {
        let customer = if is_right { &self.right } else { &self.left };
        let is_there = |workflow: &Workflow| workflow.deleted_at.is_none();
        Ok(self.app.workflows.list(&customer.id, "", after, limit, &self.records, is_there).await?)
    }

    /// The row of a workflow of the left customer.
    pub(super) async fn row_of_left(&self, left: Workflow) -> Result<DriftRow, Problem> {
        let other = match self.relation.links.get(&left.zuora_id) {
            Some(linked) => self.linked(&self.right, linked).await?,
            None => self.namesake(&left, false).await?,
        };
        match other {
            Other::None => Ok(DriftRow::one(DriftState::OnlyLeft, Some(&left), None)),
            Other::One(right) => self.compared(&left, &right).await,
            Other::Several(rights) => {
                let row = DriftRow::one(DriftState::Ambiguous, Some(&left), None);
                Ok(DriftRow { candidates: rights.iter().map(Into::into).collect(), ..row })
            }
        }
    }

    /// The row of a workflow of the right customer; none if it is in the row of another one, or may be.
    pub(super) async fn row_of_right(&self, right: Workflow) -> Result<Option<DriftRow>, Problem> {
        let other = match self.lefts.get(&right.zuora_id) {
            Some(linked) => self.linked(&self.left, linked).await?,
            None => self.namesake(&right, true).await?,
        };
        Ok(matches!(other, Other::None).then(|| DriftRow::one(DriftState::OnlyRight, None, Some(&right))))
    }

    /// The workflow that a link names, if it is there.
    async fn linked(&self, customer: &Customer, id: &WorkflowId) -> Result<Other, Problem> {
        self.records.spend_units(1);
        let found = self.app.workflows.get(&customer.id, id).await?.map(|found| found.value);
        let there = found.filter(|workflow| workflow.deleted_at.is_none());
        Ok(there.map_or(Other::None, |workflow| Other::One(Box::new(workflow))))
    }

    /// The match of a workflow that is not linked, among those that are not linked either.
    async fn namesake(&self, workflow: &Workflow, is_right: bool) -> Result<Other, Problem> {
        let Some(name) = workflow.name.as_deref().filter(|name| !name.is_empty()) else { return Ok(Other::None) };
        let (lefts, rights) = tokio::try_join!(
            self.app.workflows.named(&self.left.id, name, NAMESAKES, &self.records),
            self.app.workflows.named(&self.right.id, name, NAMESAKES, &self.records),
        )?;
        let are_more = lefts.1 || rights.1;
        let (mut lefts, mut rights) = (lefts.0, rights.0);
        lefts.retain(|left| !self.relation.links.contains_key(&left.zuora_id));
        rights.retain(|right| !self.lefts.contains_key(&right.zuora_id));
        let (own, mut others) = if is_right { (rights, lefts) } else { (lefts, rights) };
        if others.is_empty() {
            return Ok(Other::None);
        }
        let at = own.iter().position(|one| one.zuora_id == workflow.zuora_id);
        // It is not among the first of many, or was renamed just now: then the names do not say which is meant.
        let Some(at) = at.filter(|_| !are_more) else { return Ok(Other::Several(others)) };
        let found = match_of(at, &names(&own), &names(&others));
        Ok(match found {
            Match::None => Other::None,
            Match::One(other) => Other::One(Box::new(others.swap_remove(other))),
            Match::Several(several) => {
                let mut at = 0..;
                others.retain(|_| at.next().is_some_and(|at| several.contains(&at)));
                Other::Several(others)
            }
        })
    }

    async fn compared(&self, left: &Workflow, right: &Workflow) -> Result<DriftRow, Problem> {
        let row = |state| DriftRow::one(state, Some(left), Some(right));
        let (Some(old), Some(new)) = (&left.definition, &right.definition) else {
            return Ok(row(DriftState::Unreadable));
        };
        if old.hash == new.hash && self.relation.rules.keep_equals() {
            return Ok(DriftRow { edits: Some(0), ..row(DriftState::Same) });
        }
        self.text.spend_units(usize::try_from((old.bytes + new.bytes).div_ceil(1024)).unwrap_or(TEXT));
        let (old, new) =
            tokio::join!(definition::read(self.app, &self.left, left), definition::read(self.app, &self.right, right),);
        let (Some((old, old_hash)), Some((new, new_hash))) = (unless_damaged(old)?, unless_damaged(new)?) else {
            return Ok(row(DriftState::Unreadable));
        };
        let (Ok(old), Ok(new)) = (Definition::parse(&old), Definition::parse(&new)) else {
            return Ok(row(DriftState::Unreadable));
        };
        let Some(found) = Comparison::under(&self.relation.rules, Some(&old), Some(&new)) else {
            return Ok(row(DriftState::Unreadable));
        };
        let classes: Vec<Class> = found.classes.iter().copied().collect();
        let mut row = DriftRow { edits: Some(found.edits()), ..row(state(&classes)) };
        row.classes = classes;
        // A sync may have stored another one meanwhile: the hashes are those of what was compared.
        for (side, hash) in [(&mut row.left, old_hash), (&mut row.right, new_hash)] {
            side.iter_mut().for_each(|side| side.hash = Some(hash.clone()));
        }
        Ok(row)
    }
}

fn names(workflows: &[Workflow]) -> Vec<&str> {
    workflows.iter().map(|workflow| workflow.name.as_deref().unwrap_or_default()).collect()
}

/// The state of two workflows whose differences are of these classes.
fn state(classes: &[Class]) -> DriftState {
    let are_only = |those: &[Class]| classes.iter().all(|class| those.contains(class));
    if are_only(&[Class::Bookkeeping]) {
        DriftState::Same
    } else if are_only(&[Class::Bookkeeping, Class::Layout]) {
        DriftState::LayoutOnly
    } else {
        DriftState::Differs
    }
}

fn unless_damaged<T>(read: Result<Option<T>, Problem>) -> Result<Option<T>, Problem> {
    match read {
        Err(problem) if problem.kind == ProblemKind::DefinitionDamaged => Ok(None),
        read => read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bookkeeping_alone_is_the_same_and_layout_is_told_apart() {
        assert_eq!(state(&[]), DriftState::Same);
        assert_eq!(state(&[Class::Bookkeeping]), DriftState::Same);
        assert_eq!(state(&[Class::Layout, Class::Bookkeeping]), DriftState::LayoutOnly);
        for class in [Class::Logic, Class::Trigger, Class::Notification] {
            assert_eq!(state(&[class, Class::Layout]), DriftState::Differs);
        }
    }
}

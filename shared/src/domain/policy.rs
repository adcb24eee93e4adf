//! The access policy: the one place that decides, default deny. See D-26 and D-30.
//!
//! What must stay true:
//! - A super admin may do everything. Everybody else may do what was granted: verbs on one customer, or on all of them.
//! - A customer on which a caller holds no verb does not exist for that caller ([`Decision::Hide`]); what is only not
//!   allowed is refused.
//! - Whoever may change something may see it: every verb on customers that exist includes `view_any`, and all but that one
//!   `view`.

use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

use serde::{Deserialize, Serialize};

use super::{actor::Actor, ids::CustomerId};

/// The group that may do everything.
pub const SUPER_ADMIN: &str = "super_admin";

/// An authenticated user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The Cognito `sub`: the id that stays.
    pub sub: String,
    /// The verified e-mail address.
    pub email: Option<String>,
    /// The groups of the user pool.
    pub groups: Vec<String>,
    /// The grants of the user.
    pub grants: Grants,
}

/// The grants of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// On all customers, those to come too.
    pub all: Verbs,
    /// On single customers.
    pub customers: BTreeMap<CustomerId, Verbs>,
}

/// A set of verbs.
pub type Verbs = BTreeSet<Verb>;

/// A permission that is granted on customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// See in lists that a customer exists.
    #[serde(alias = "viewAny")]
    ViewAny,
    /// See one customer and what belongs to it.
    View,
    /// Create customers; only ever granted on all.
    Create,
    /// Change, pause and resume a customer.
    Update,
    /// Delete a customer.
    Delete,
    /// Sync, test, retry, cancel, redrive.
    Sync,
    /// Let go what a guard held back.
    Approve,
    /// Grant verbs, and see who was granted which. Never granted itself: only a super admin holds it.
    #[serde(skip)]
    Grant,
}

impl Verb {
    /// The verbs that can be granted.
    pub const GRANTABLE: [Self; 7] =
        [Self::ViewAny, Self::View, Self::Create, Self::Update, Self::Delete, Self::Sync, Self::Approve];

    /// The verb as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ViewAny => "view_any",
            Self::View => "view",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Sync => "sync",
            Self::Approve => "approve",
            Self::Grant => "grant",
        }
    }
}

/// A usual set of verbs, for people who grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees everything, changes nothing.
    Viewer,
    /// Sees everything, syncs, and approves deletions.
    Operator,
    /// Everything that can be granted there.
    Admin,
}

impl Role {
    const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// Its verbs on a target.
    pub fn verbs(self, target: Target<'_>) -> Verbs {
        match self {
            Self::Viewer => [Verb::ViewAny, Verb::View].into(),
            Self::Operator => [Verb::ViewAny, Verb::View, Verb::Sync, Verb::Approve].into(),
            // Nobody can create one customer that exists.
            Self::Admin => {
                Verb::GRANTABLE.into_iter().filter(|verb| *verb != Verb::Create || target == Target::All).collect()
            }
        }
    }

    /// The role whose verbs these are, if there is one.
    pub fn of(verbs: &Verbs, target: Target<'_>) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.verbs(target) == *verbs)
    }
}

/// The policy's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Allow,
    /// Refuse.
    Deny,
    /// Answer as if there were no such customer.
    Hide,
}

/// The scope of a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// One customer.
    One(&'a CustomerId),
    /// All of them at once, or none yet.
    All,
}

impl Caller {
    /// The caller as the person behind a change.
    pub fn actor(&self) -> Actor {
        Actor { sub: self.sub.clone(), email: self.email.clone() }
    }

    /// True if the caller may do everything.
    pub fn is_super_admin(&self) -> bool {
        self.groups.iter().any(|group| group == SUPER_ADMIN)
    }

    /// True if the caller may do anything at all; asked before a request is even read.
    pub fn may_enter(&self) -> bool {
        self.is_super_admin() || !self.grants.all.is_empty() || self.grants.customers.values().any(|v| !v.is_empty())
    }

    /// Decides whether the caller may do `verb`.
    pub fn decide(&self, verb: Verb, target: Target<'_>) -> Decision {
        if self.is_super_admin() {
            return Decision::Allow;
        }
        let held = self.verbs(target);
        let holds = match verb {
            Verb::ViewAny => sees(&held),
            Verb::View => held.iter().any(|held| shows_one(*held)),
            Verb::Create | Verb::Update | Verb::Delete | Verb::Sync | Verb::Approve => held.contains(&verb),
            Verb::Grant => false,
        };
        match (holds, target) {
            (true, _) => Decision::Allow,
            (false, Target::One(_)) if !sees(&held) => Decision::Hide,
            (false, Target::One(_) | Target::All) => Decision::Deny,
        }
    }

    /// Returns true if the caller may do `verb`.
    pub fn can(&self, verb: Verb, target: Target<'_>) -> bool {
        self.decide(verb, target) == Decision::Allow
    }

    /// The only customers on which the caller may do `verb`; none where it may be done on all, those to come too.
    pub fn only(&self, verb: Verb) -> Option<BTreeSet<CustomerId>> {
        if self.can(verb, Target::All) {
            return None;
        }
        let granted = self.grants.customers.keys();
        Some(granted.filter(|customer| self.can(verb, Target::One(customer))).cloned().collect())
    }

    /// The granted verbs that count for a target.
    pub fn verbs(&self, target: Target<'_>) -> Verbs {
        let mut held = self.grants.all.clone();
        if let Target::One(customer) = target {
            held.extend(self.grants.customers.get(customer).into_iter().flatten());
        }
        held
    }
}

/// True if the customer shows in lists for a holder of these verbs.
fn sees(held: &Verbs) -> bool {
    held.iter().any(|verb| match verb {
        Verb::ViewAny | Verb::View | Verb::Update | Verb::Delete | Verb::Sync | Verb::Approve => true,
        Verb::Create | Verb::Grant => false,
    })
}

/// True if a verb includes the sight of a customer's details.
const fn shows_one(verb: Verb) -> bool {
    match verb {
        Verb::View | Verb::Update | Verb::Delete | Verb::Sync | Verb::Approve => true,
        Verb::ViewAny | Verb::Create | Verb::Grant => false,
    }
}

#[cfg(test)]
mod tests;

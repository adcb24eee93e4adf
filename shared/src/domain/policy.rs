//! Who may do what: the one place that decides, default deny.
//!
//! Today only members of `super_admin` may do anything; grants per customer will be a further input here and nowhere else.

use super::ids::CustomerId;

/// The group that may do everything.
pub const SUPER_ADMIN: &str = "super_admin";

/// An authenticated user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The Cognito `sub`: the id that stays.
    pub sub: String,
    /// The groups of the user pool.
    pub groups: Vec<String>,
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// See that customers exist, and lists across them.
    ViewAny,
    /// See one customer and what belongs to it.
    View,
    /// Create customers.
    Create,
    /// Change a customer.
    Update,
    /// Delete a customer.
    Delete,
    /// Sync, test, retry, cancel, redrive.
    Sync,
    /// Let go what a guard held back.
    Approve,
}

impl Verb {
    /// All verbs.
    pub const ALL: [Self; 7] =
        [Self::ViewAny, Self::View, Self::Create, Self::Update, Self::Delete, Self::Sync, Self::Approve];
}

/// The policy's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Allow,
    /// Refuse.
    Deny,
}

/// Decides whether `caller` may ask at all; asked before a request is even read.
pub fn admit(caller: &Caller) -> Decision {
    if is_super_admin(caller) { Decision::Allow } else { Decision::Deny }
}

/// Decides whether `caller` may do `verb`, on one customer or (none) in general.
pub fn decide(caller: &Caller, verb: Verb, _customer: Option<&CustomerId>) -> Decision {
    let of_super_admin = match verb {
        Verb::ViewAny | Verb::View | Verb::Create | Verb::Update | Verb::Delete | Verb::Sync | Verb::Approve => {
            Decision::Allow
        }
    };
    if is_super_admin(caller) { of_super_admin } else { Decision::Deny }
}

fn is_super_admin(caller: &Caller) -> bool {
    caller.groups.iter().any(|group| group == SUPER_ADMIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_super_admin_may_do_anything() {
        let customer = CustomerId::new();
        let cases: [(&[&str], Decision); 5] = [
            (&["super_admin"], Decision::Allow),
            (&["others", "super_admin"], Decision::Allow),
            (&[], Decision::Deny),
            (&["super_admins"], Decision::Deny),
            (&["Super_Admin"], Decision::Deny),
        ];
        for (groups, decision) in cases {
            let caller = Caller { sub: "s".into(), groups: groups.iter().map(ToString::to_string).collect() };
            assert_eq!(admit(&caller), decision, "{groups:?}");
            for verb in Verb::ALL {
                for customer in [None, Some(&customer)] {
                    assert_eq!(decide(&caller, verb, customer), decision, "{groups:?} {verb:?}");
                }
            }
        }
    }
}

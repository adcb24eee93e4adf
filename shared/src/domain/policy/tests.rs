//! Every combination of verb, grant and target.

use super::*;

const EVERY: [Verb; 8] =
    [Verb::ViewAny, Verb::View, Verb::Create, Verb::Update, Verb::Delete, Verb::Sync, Verb::Approve, Verb::Grant];

fn caller(groups: &[&str], grants: Grants) -> Caller {
    Caller { sub: "s".into(), email: None, groups: groups.iter().map(ToString::to_string).collect(), grants }
}

/// Every set of verbs that can be granted.
fn every_set() -> impl Iterator<Item = Verbs> {
    (0..1_u32 << Verb::GRANTABLE.len()).map(|bits| {
        Verb::GRANTABLE.into_iter().enumerate().filter(|(n, _)| bits & (1 << n) != 0).map(|(_, verb)| verb).collect()
    })
}

/// The rules again, as a table: which granted verbs allow a verb.
fn allowing(verb: Verb) -> &'static [Verb] {
    match verb {
        Verb::ViewAny => &[Verb::ViewAny, Verb::View, Verb::Update, Verb::Delete, Verb::Sync, Verb::Approve],
        Verb::View => &[Verb::View, Verb::Update, Verb::Delete, Verb::Sync, Verb::Approve],
        Verb::Create => &[Verb::Create],
        Verb::Update => &[Verb::Update],
        Verb::Delete => &[Verb::Delete],
        Verb::Sync => &[Verb::Sync],
        Verb::Approve => &[Verb::Approve],
        Verb::Grant => &[],
    }
}

#[test]
fn only_the_group_itself_makes_a_super_admin() {
    let customer = CustomerId::new();
    for (groups, is_one) in [
        (&["super_admin"][..], true),
        (&["others", "super_admin"], true),
        (&[], false),
        (&["super_admins"], false),
        (&["Super_Admin"], false),
    ] {
        let caller = caller(groups, Grants::default());
        assert_eq!(caller.may_enter(), is_one, "{groups:?}");
        for verb in EVERY {
            let [one, all] = [Target::One(&customer), Target::All].map(|target| caller.decide(verb, target));
            let expected = if is_one { [Decision::Allow, Decision::Allow] } else { [Decision::Hide, Decision::Deny] };
            assert_eq!([one, all], expected, "{groups:?} {verb:?}");
        }
    }
}

#[test]
fn a_grant_on_one_customer_counts_for_it_alone() {
    let (mine, other) = (CustomerId::new(), CustomerId::new());
    for held in every_set() {
        let customers = BTreeMap::from([(mine.clone(), held.clone())]);
        let caller = caller(&[], Grants { customers, ..Grants::default() });
        assert_eq!(caller.may_enter(), !held.is_empty());
        let visible = allowing(Verb::ViewAny).iter().any(|verb| held.contains(verb));
        for verb in EVERY {
            let expected = match (allowing(verb).iter().any(|allowing| held.contains(allowing)), visible) {
                (true, _) => Decision::Allow,
                (false, true) => Decision::Deny,
                (false, false) => Decision::Hide,
            };
            assert_eq!(caller.decide(verb, Target::One(&mine)), expected, "{held:?} {verb:?}");
            assert_eq!(caller.decide(verb, Target::One(&other)), Decision::Hide, "{held:?} {verb:?}");
            assert_eq!(caller.decide(verb, Target::All), Decision::Deny, "{held:?} {verb:?}");
        }
    }
}

#[test]
fn a_grant_on_all_counts_for_each_and_adds_to_what_was_granted_on_one() {
    let (mine, other) = (CustomerId::new(), CustomerId::new());
    for held in every_set() {
        let customers = BTreeMap::from([(mine.clone(), Verbs::from([Verb::Approve]))]);
        let caller = caller(&[], Grants { all: held.clone(), customers });
        for verb in EVERY {
            let allows = |held: &Verbs| allowing(verb).iter().any(|allowing| held.contains(allowing));
            assert_eq!(caller.decide(verb, Target::All) == Decision::Allow, allows(&held), "{held:?} {verb:?}");
            assert_eq!(caller.decide(verb, Target::One(&other)) == Decision::Allow, allows(&held), "{held:?} {verb:?}");
            let with_approve = held.iter().copied().chain([Verb::Approve]).collect();
            let on_mine = caller.decide(verb, Target::One(&mine));
            assert_eq!(on_mine == Decision::Allow, allows(&with_approve), "{held:?} {verb:?}");
            assert_ne!(on_mine, Decision::Hide, "what one may approve is never hidden");
        }
    }
}

#[test]
fn verbs_are_named_as_in_the_api_and_the_right_to_grant_has_no_name() {
    let names = serde_json::to_string(&Verb::GRANTABLE).unwrap();

    assert_eq!(names, r#"["view_any","view","create","update","delete","sync","approve"]"#);
    assert_eq!(serde_json::from_str::<Verb>(r#""viewAny""#).unwrap(), Verb::ViewAny);
    for name in ["grant", "Grant", "*", ""] {
        assert!(serde_json::from_value::<Verb>(name.into()).is_err(), "{name}");
    }
}

#[test]
fn the_customers_that_a_caller_may_see_are_named_unless_they_are_all() {
    let [seen, synced, listed] = [(); 3].map(|()| CustomerId::new());
    let on = |customer: &CustomerId, verb| (customer.clone(), Verbs::from([verb]));
    let customers = BTreeMap::from([on(&seen, Verb::View), on(&synced, Verb::Sync), on(&listed, Verb::ViewAny)]);
    let of = |groups: &[&str], all: &[Verb]| {
        caller(groups, Grants { all: all.iter().copied().collect(), customers: customers.clone() })
    };

    let few = of(&[], &[]);
    assert_eq!(few.only(Verb::View), Some([seen, synced.clone()].into()), "who syncs it may view it");
    assert_eq!(few.only(Verb::Sync), Some([synced].into()));
    assert_eq!(of(&[], &[Verb::View]).only(Verb::View), None);
    assert_eq!(of(&[SUPER_ADMIN], &[]).only(Verb::Sync), None);
    assert_eq!(caller(&[], Grants::default()).only(Verb::View), Some(BTreeSet::new()));
}

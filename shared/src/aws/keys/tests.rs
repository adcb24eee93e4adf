//! The items that share a partition, and their order in it.

use super::*;

#[test]
fn a_customers_items_share_its_partition_and_the_partition_ends_with_the_id() {
    let customer = CustomerId::new();
    let workflow_id = "48".parse().unwrap();

    for key in [
        profile(&customer),
        state(&customer),
        summary(&customer),
        lock(&customer),
        workflow(&customer, &workflow_id),
        definition_chunk(&customer, &workflow_id, "abc", 0),
        job(&customer, &JobId::new()),
        held_list(&customer, &JobId::new()),
        change(&customer, Timestamp::EPOCH, &workflow_id),
    ] {
        assert_eq!(key.pk, customer_partition(&customer));
        assert!(key.pk.ends_with(customer.as_str()));
    }
}

#[test]
fn the_chunks_of_one_workflow_sort_in_order_and_apart_from_other_workflows() {
    let customer = CustomerId::new();
    let chunk = |id: &str, n| definition_chunk(&customer, &id.parse().unwrap(), "h", n).sk;

    assert!(chunk("48", 2) < chunk("48", 10));
    assert!(!chunk("480", 0).starts_with("DEFINITION#48#"));
}

#[test]
fn changes_sort_by_time_and_a_moment_parts_them() {
    let (customer, id) = (CustomerId::new(), "48".parse().unwrap());
    let change = |at: i64| change(&customer, Timestamp::from_millis(at), &id).sk;
    let moment = |at: i64| changes_before(Timestamp::from_millis(at));

    assert!(change(999) < change(1000) && change(1000) < change(10_000));
    assert!(change(999) < moment(1000) && moment(1000) < change(1000));
}

#[test]
fn a_name_is_cut_at_a_character() {
    let key = |name: &str| workflow_by_name(&CustomerId::new(), Some(name), &"48".parse().unwrap()).sk;

    assert_eq!(key(&format!("x{}", "É".repeat(150))), format!("x{}#48", "é".repeat(99)));
    assert_eq!(key("ACME Corp"), "acme corp#48");
}

fn are_keys(keys: &SortKeys, key: &str) -> bool {
    match keys {
        SortKeys::Prefix(prefix) => key.starts_with(prefix),
        SortKeys::Between(from, to) => (from.as_str()..=to.as_str()).contains(&key),
    }
}

#[test]
fn a_name_leads_to_its_keys_the_old_ones_included_and_not_to_longer_names() {
    let key = |name: &str| workflow_by_name(&CustomerId::new(), Some(name), &"48".parse().unwrap()).sk;

    for (name, same) in [("Acme", "ACME"), ("Chambéry", "Chambe\u{301}ry"), ("Straße", "STRASSE"), ("ΟΔΟΣ", "οδος")]
    {
        assert!(are_keys(&named(name), &key(same)) && are_keys(&named(same), &key(name)), "{name}");
        assert!(are_keys(&named(name), &format!("{}#48", name.to_lowercase())), "{name}, as older versions wrote it");
    }
    assert!(!are_keys(&named("Acme"), &key("Acme 2")) && !are_keys(&named("Acme 2"), &key("Acme")));
}

#[test]
fn a_beginning_leads_to_the_keys_of_its_names_the_old_ones_included() {
    let holds = |beginning: &str, key: &str| are_keys(&names(beginning), key);
    let customer = CustomerId::new();
    let new = |name: &str| customer_by_name(name, &customer).sk;
    let old = |name: &str| format!("{}#{customer}", name.to_lowercase());

    for (name, beginning) in [
        ("Chambéry", "CHAMBE\u{301}"),
        ("Chambe\u{301}ry", "chambéry"),
        ("Straße 7", "STRASS"),
        ("Straße 7", "straße 7"),
        ("ΟΔΟΣ", "οδοσ"),
        ("Acme", ""),
        (&"é".repeat(150), &"É".repeat(120)),
    ] {
        assert!(holds(beginning, &new(name)), "{name}, {beginning}");
    }
    for name in ["Acme", "Chambéry", "Chambe\u{301}ry", "Straße 7", "ΟΔΟΣ"] {
        assert!(holds(name, &old(name)), "{name}");
    }
    assert!(!holds("acme", &new("Bolt")) && !holds("straße", &new("Subway")));
}

#[test]
fn what_is_behind_a_workflow_is_everything_of_the_others_and_nothing_of_its_own() {
    let customer = CustomerId::new();
    let id = |id: &str| id.parse::<WorkflowId>().unwrap();
    let ids = ["48", "48-1", "480", "48a", "5", "_"].map(id);
    let is_in = |keys: &SortKeys, sort_key: &str| match keys {
        SortKeys::Between(from, to) => from.as_str() <= sort_key && sort_key <= to.as_str(),
        SortKeys::Prefix(prefix) => panic!("{prefix}"),
    };
    for (at, one) in ids.iter().enumerate() {
        for (of, other) in ids.iter().enumerate() {
            let keys = [
                (references_after(Some(one)), references_after(None), references(&customer, other)),
                (chunks_after(Some(one)), chunks_after(None), definition_chunk(&customer, other, "ffff", 3)),
            ];
            for (behind, all, key) in keys {
                assert_eq!((is_in(&behind, &key.sk), is_in(&all, &key.sk)), (of > at, true), "{key:?} behind {one}");
            }
        }
    }
    assert_eq!(referring("REFERENCES#48"), Some(id("48")));
    assert_eq!(definition_of("DEFINITION#48#ab#0001"), Some((id("48"), "ab")));
}

//! The same definition at two tenants, compared under the rules that say what differs between these on purpose.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    super::{Rules, Translation},
    generated::{mixed, plans},
    told_under,
};

fn map(pairs: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    pairs.iter().map(|(left, right)| ((*left).to_owned(), (*right).to_owned())).collect()
}

fn translation() -> Translation {
    Translation {
        words: map(&[("api.example.com", "api.test.example"), ("ops@example.com", "nobody@test.example")]),
        constants: map(&[("Erp", "TestErp")]),
        workflows: map(&[("48", "1048"), ("49", "1049")]),
    }
}

/// Gives every task what one tenant calls otherwise than the other.
fn with_names(mut export: Value, [host, mail, constant, one, other]: [&str; 5]) -> Value {
    for (at, task) in export["tasks"].as_array_mut().unwrap().iter_mut().enumerate() {
        // Like-named tasks differ in nothing else.
        let workflow = if at % 2 == 0 { one } else { other };
        task["parameters"]["address"] = json!(format!("https://{host}/v{}", at % 3));
        task["parameters"]["email"] =
            json!({"to": format!("{mail}, x@y.example"), "deep": {"list": [{"a": {"cc": mail}}]}});
        task["parameters"]["script"] = json!(format!("{{{{ GlobalConstants.{constant} }}}}\r\n"));
        task["parameters"]["workflow_id"] = json!(workflow);
        task["parameters"]["more"] = json!({"workflow_ids": [one, other]});
    }
    export["workflow"]["notifications"] = json!({"emails": [mail]});
    export
}

/// Gives every task a name of its own, so that edits leave no doubt which is which.
fn named_apart(mut export: Value) -> Value {
    for (at, task) in export["tasks"].as_array_mut().unwrap().iter_mut().enumerate() {
        task["name"] = json!(format!("T{at}"));
    }
    export
}

const LEFT: [&str; 5] = ["api.example.com", "ops@example.com", "Erp", "48", "49"];
const RIGHT: [&str; 5] = ["api.test.example", "nobody@test.example", "TestErp", "1048", "1049"];

fn told_of(rules: &Rules, old: &Value, new: &Value) -> Vec<String> {
    told_under(rules, &old.to_string(), &new.to_string())
}

proptest! {
    #[test]
    fn what_is_mapped_and_renumbered_is_the_same_in_both_directions(
        plan in plans(), order in prop::collection::vec(any::<u64>(), 1..12),
    ) {
        let left = with_names(plan.export(|at| at as u64 + 1), LEFT);
        let right = mixed(with_names(plan.export(|at| at as u64 + 901), RIGHT), &order);
        let forward = Rules { old: translation(), ..Rules::NONE };
        let backward = Rules { new: translation(), ..Rules::NONE };

        prop_assert_eq!(told_of(&forward, &left, &right), Vec::<String>::new());
        prop_assert_eq!(told_of(&backward, &right, &left), Vec::<String>::new());
        prop_assert!(!told_of(&Rules::NONE, &left, &right).is_empty());
        prop_assert!(!told_of(&backward, &left, &right).is_empty(), "each map is for one of the two");
    }

    #[test]
    fn an_ignored_path_is_no_edit_and_nothing_else_is_lost(
        plan in plans(), at in any::<prop::sample::Index>(), ignored in 0..5_usize,
    ) {
        let [old, mut new] = [1, 901].map(|first| named_apart(plan.export(|at| at as u64 + first)));
        let task = &mut new["tasks"][at.index(plan.size())];
        task["parameters"]["deep"] = json!({"file": "new", "more": 1});
        task["parameters"]["deeper"] = json!("new");
        task["css"]["top"] = json!("elsewhere");
        new["linkages"][0]["css"] = json!({"left": "1px"});
        new["workflow"]["priority"] = json!("Low");
        let (path, edits) = [
            ("parameters.deep", vec!["parameters.deep.file", "parameters.deep.more"]),
            ("parameters.deeper", vec!["parameters.deeper"]),
            ("css", vec!["css.top", "css.left"]),
            ("workflow.priority", vec!["workflow.priority"]),
            ("parameters.de", vec![]),
        ][ignored].clone();
        let rules = Rules { ignore: vec![path.to_owned()], ..Rules::NONE };
        let edits_of = |lines: &[String]| -> Vec<String> {
            let words = lines.iter().flat_map(|line| line.split([' ', '[', ',', ']']));
            let mut paths: Vec<_> = words.filter(|word| word.contains('.') || *word == "css").map(str::to_owned).collect();
            paths.sort_unstable();
            paths
        };

        let all = edits_of(&told_of(&Rules::NONE, &old, &new));
        let left: Vec<_> = all.iter().filter(|path| !edits.contains(&path.as_str())).cloned().collect();

        prop_assert_eq!(all.len(), 6, "{:?}", all);
        prop_assert_eq!(edits_of(&told_of(&rules, &old, &new)), left);
    }
}

#[test]
fn a_workflow_that_is_not_linked_is_compared_by_its_id() {
    let export = |id: Value| {
        json!({"workflow": {"id": 1}, "linkages": [], "tasks": [
            {"id": 1, "name": "a", "action_type": "Execute", "parameters": {"workflow_id": id}},
        ]})
    };
    let rules = Rules { old: translation(), ..Rules::NONE };
    let told = |left: Value, right: Value| told_of(&rules, &export(left), &export(right));

    assert_eq!(told(json!(48), json!("1048")), Vec::<String>::new(), "a number or a text");
    assert_eq!(told(json!(50), json!(50)), Vec::<String>::new());
    for (left, right) in [(json!(48), json!(48)), (json!(48), json!(1049)), (json!(50), json!(1050))] {
        assert_eq!(told(left, right), ["~ task a [parameters.workflow_id Logic]"]);
    }
    assert_eq!(told(json!({"a": 1}), json!({"a": 2})), ["~ task a [parameters.workflow_id.a Logic]"]);
}

#[test]
fn two_that_are_equal_are_not_the_same_if_one_should_be_called_otherwise() {
    let export = json!({"workflow": {"id": 1}, "linkages": [], "tasks": [
        {"id": 1, "name": "a", "action_type": "Callout", "parameters": {"url": "https://api.example.com"}},
    ]});
    let rules = Rules { old: translation(), ..Rules::NONE };

    assert_eq!(told_of(&rules, &export, &export), ["~ task a [parameters.url Logic]"]);
    assert!(!rules.keep_equals() && Rules { ignore: vec!["css".into()], ..Rules::NONE }.keep_equals());
}

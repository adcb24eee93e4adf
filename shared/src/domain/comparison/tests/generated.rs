//! Rules that hold for every definition, tried on generated ones.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::told_of;

/// A definition before its tasks have ids: names and kinds from few, so that many are alike, settings that name other tasks'
/// files, a tree of linkages with some more.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    tasks: Vec<(u8, u8, Option<usize>)>,
    links: Vec<(usize, usize, u8)>,
}

pub(super) fn plans() -> impl Strategy<Value = Plan> {
    (1..12_usize).prop_flat_map(|count| {
        let task = (0..4_u8, 0..3_u8, prop::option::of(0..count));
        let links = prop::collection::vec((0..count, 0..count, 0..3_u8), 0..6);
        (prop::collection::vec(task, count), links).prop_map(|(tasks, more)| {
            let tree = (1..tasks.len()).map(|at| ((at - 1) / 2, at, (at % 3) as u8));
            Plan { links: tree.chain(more).collect(), tasks }
        })
    })
}

impl Plan {
    /// The number of tasks.
    pub(super) fn size(&self) -> usize {
        self.tasks.len()
    }

    /// The export in which the tasks have these ids.
    pub(super) fn export(&self, id: impl Fn(usize) -> u64) -> Value {
        let tasks = self.tasks.iter().enumerate().map(|(at, (name, setting, file))| {
            let file = file.map(|of| format!("Invoice__{}.csv", id(of)));
            json!({
                "id": id(at), "name": format!("T{name}"), "action_type": if name % 2 == 0 { "Callout" } else { "Email" },
                "parameters": {"url": format!("u{setting}"), "deep": {"file": file}, "list": ["a", setting]},
                "css": {"top": format!("{}px", at)}, "task_id": id(0),
            })
        });
        let links = self.links.iter().map(|(from, to, kind)| {
            json!({"source_task_id": id(*from), "target_task_id": id(*to), "linkage_type": format!("L{kind}")})
        });
        let start =
            json!({"source_workflow_id": 1, "source_task_id": null, "target_task_id": id(0), "linkage_type": "Start"});
        json!({
            "workflow": {"id": id(0), "version": "1", "merge_task_ids": [id(0)]},
            "tasks": tasks.collect::<Vec<_>>(), "linkages": links.chain([start]).collect::<Vec<_>>(),
        })
    }
}

/// The same export with its tasks and linkages in another order.
pub(super) fn mixed(mut export: Value, order: &[u64]) -> Value {
    for list in ["tasks", "linkages"] {
        let list = export[list].as_array_mut().unwrap();
        let mut keyed: Vec<_> =
            list.drain(..).enumerate().map(|(at, part)| (order[at % order.len()] ^ at as u64, part)).collect();
        keyed.sort_by_key(|(key, _)| *key);
        list.extend(keyed.into_iter().map(|(_, part)| part));
    }
    export
}

proptest! {
    #[test]
    fn new_ids_and_another_order_are_no_edit(
        plan in plans(), ids in prop::collection::vec(1..1_000_000_u64, 12), order in prop::collection::vec(any::<u64>(), 1..12),
    ) {
        let unique = |at: usize| ids[at] * 100 + at as u64;
        let old = plan.export(|at| at as u64 + 1);

        prop_assert_eq!(told_of(&old, &mixed(plan.export(unique), &order)), Vec::<String>::new());
    }

    #[test]
    fn one_edit_of_one_task_is_told_as_that_edit(plan in plans(), at in any::<prop::sample::Index>(), field in 0..4_usize) {
        let old = plan.export(|at| at as u64 + 1);
        let mut new = plan.export(|at| at as u64 + 901);
        let at = at.index(plan.tasks.len());
        let task = &mut new["tasks"][at];
        let is_mail = task["action_type"] == "Email";
        let class = if is_mail { "Notification" } else { "Logic" };
        let expected = match field {
            0 => { task["parameters"]["url"] = json!("new"); format!("parameters.url {class}") }
            1 => { task["parameters"]["more"] = json!({"a": 1}); format!("parameters.more.a {class}") }
            2 => { task["css"]["top"] = json!("elsewhere"); "css.top Layout".to_owned() }
            _ => { task["tags"] = json!(["new"]); "tags Bookkeeping".to_owned() }
        };

        let lines = told_of(&old, &new);

        prop_assert_eq!(lines.len(), 1, "{:?}", lines);
        prop_assert!(lines[0].starts_with("~ task ") && lines[0].ends_with(&format!("[{expected}]")), "{:?}", lines);
    }

    #[test]
    fn a_setting_that_differs_is_told_with_its_class(plan in plans(), which in 0..4_usize) {
        let old = plan.export(|at| at as u64 + 1);
        let mut new = plan.export(|at| at as u64 + 901);
        let (field, class) = [("interval", "Trigger"), ("notifications", "Notification"), ("css", "Layout"), ("priority", "Logic")][which];
        new["workflow"][field] = json!("new");

        prop_assert_eq!(told_of(&old, &new), [format!("~ workflow.{field} {class}")]);
    }

    #[test]
    fn a_comparison_read_backwards_says_the_opposite(one in plans(), other in plans()) {
        let (one, other) = (one.export(|at| at as u64 + 1), other.export(|at| at as u64 + 901));
        let count = |lines: &[String], sign: &str| lines.iter().filter(|line| line.starts_with(sign)).count();

        let (there, back) = (told_of(&one, &other), told_of(&other, &one));

        let tasks = |export: &Value| export["tasks"].as_array().unwrap().len();
        prop_assert_eq!(tasks(&one) + count(&there, "+ task"), tasks(&other) + count(&there, "- task"));
        prop_assert_eq!(count(&there, "+ task"), count(&back, "- task"));
        prop_assert_eq!(count(&there, "= task"), count(&back, "= task"));
    }
}

//! What two definitions make of a comparison: the shapes that Zuora sends, and rules that hold for all.

mod generated;
mod shapes;
mod tenants;

use serde_json::Value;

use super::{Comparison, Rules};
use crate::domain::definition::Definition;

/// The lines in which a test tells a comparison: `+ task Get`, `~ task Send [parameters.url logic]`.
fn told(old: &str, new: &str) -> Vec<String> {
    told_under(&Rules::NONE, old, new)
}

fn told_under(rules: &Rules, old: &str, new: &str) -> Vec<String> {
    let [old, new] = [old, new].map(|export| Definition::parse(export.as_bytes()).unwrap());
    let found = Comparison::under(rules, Some(&old), Some(&new)).unwrap();
    let fields = |fields: &[super::FieldEdit]| {
        let fields: Vec<_> = fields.iter().map(|field| format!("{} {:?}", field.path, field.class)).collect();
        fields.join(", ")
    };
    let task = |side: &super::Side<'_>, at: usize| {
        let name = side.task_name(at);
        let number = name.number.map_or_else(String::new, |number| format!(" #{number}"));
        name.name.unwrap_or_default() + &number
    };
    let linkage = |side: &super::Side<'_>, at: usize| {
        let name = side.linkage_name(at);
        let end = |end: Option<super::TaskName>| match end {
            None => "start".to_owned(),
            Some(end) if end.missing => "missing".to_owned(),
            Some(end) => {
                let number = end.number.map_or_else(String::new, |number| format!(" #{number}"));
                end.name.unwrap_or_default() + &number
            }
        };
        format!("{} -{}-> {}", end(name.from), name.linkage_type.unwrap_or_default(), end(name.to))
    };
    let (old, new) = (&found.old, &found.new);
    let mut lines = Vec::new();
    let mut parts = |kind: &str, edits: &super::PartEdits, name: &dyn Fn(&super::Side<'_>, usize) -> String| {
        lines.extend(edits.added.iter().map(|at| format!("+ {kind} {}", name(new, *at))));
        lines.extend(edits.removed.iter().map(|at| format!("- {kind} {}", name(old, *at))));
        let renamed = edits.renamed.iter();
        lines.extend(renamed.map(|(from, to)| format!("= {kind} {} > {}", name(old, *from), name(new, *to))));
        lines.extend(
            edits.edited.iter().map(|edit| format!("~ {kind} {} [{}]", name(new, edit.new), fields(&edit.fields))),
        );
    };
    parts("task", &found.tasks, &task);
    parts("linkage", &found.linkages, &linkage);
    lines.extend(found.settings.iter().map(|edit| format!("~ {} {:?}", edit.path, edit.class)));
    assert_eq!(found.is_empty(), lines.is_empty(), "what is told has a class");
    lines
}

fn told_of(old: &Value, new: &Value) -> Vec<String> {
    told(&old.to_string(), &new.to_string())
}

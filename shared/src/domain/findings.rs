//! The health check: what is wrong with a definition, or may become so. See D-92.
//!
//! Zuora's own linter judges what somebody wrote, before it is imported; these rules judge what runs already. What must stay
//! true:
//! - A finding names a rule, a task and a path, never a value: it is shown, stored and told where the definition is not.
//! - A rule that is not sure is silent: a false finding costs more trust than ten true ones win.
//! - Nothing recurses, nothing panics whatever the bytes are, and every text is read a fixed number of times.
//!
//! The rules are a table ([`RULES`]); each has an id that is never given to another one. Whoever stores findings stores
//! [`RULES_VERSION`] with them: a finding that a new version makes does not mean that the workflow got worse.

mod across;
mod addresses;
mod cases;
mod cron;
mod environment;
mod graph;
mod links;
mod literals;
mod news;
mod reliability;
mod report;
mod rules;
mod secrets;
mod suppression;
mod time_zones;
mod transport;
mod triggers;

use super::{
    definition::{Definition, Scalar, scalars},
    json::Json,
};
use report::Report;

pub use self::{
    across::{Member, across},
    links::Links,
    news::{News, Turned},
    report::{Finding, Findings, TaskRef},
    rules::{Level, Needs, RULES, RULES_VERSION, Rule, RuleId},
    suppression::Suppression,
};

/// Judges a definition by every rule that needs no other workflow.
pub fn check(definition: &Definition<'_>) -> Findings {
    let mut report = Report::default();
    triggers::check(definition.workflow, &mut report);
    visit("workflow", definition.workflow, &mut report);
    for task in definition.tasks.iter() {
        report.enter(task);
        transport::check_task(task, &mut report);
        visit("", task, &mut report);
    }
    report.leave();
    graph::check(definition, &mut report);
    report.into_findings()
}

/// Shows every text of a part to the rules about single values.
fn visit(prefix: &str, part: Json<'_>, report: &mut Report<'_>) {
    scalars(prefix, part, |scalar| {
        let Some(text) = scalar.value.shown() else { return };
        let field = Field::new(&scalar, &text);
        secrets::check(&field, report);
        transport::check(&field, report);
        environment::check(&field, report);
        reliability::check(&field, report);
    });
}

/// A scalar of the definition, as the rules see it.
struct Field<'f> {
    /// Its path, such as `parameters.headers[0].value`.
    path: &'f str,
    /// The last name in the path, in lower case: the list's for an item of a list.
    name: String,
    text: &'f str,
    in_secret_field: bool,
}

impl<'f> Field<'f> {
    fn new(scalar: &Scalar<'f, '_>, text: &'f str) -> Self {
        let path = scalar.path;
        let name = path.rsplit('.').next().unwrap_or_default();
        let name = name.split('[').next().unwrap_or_default().to_ascii_lowercase();
        Self { path, name, text, in_secret_field: scalar.in_secret_field }
    }

    /// True for a switch that is on.
    fn is_on(&self) -> bool {
        self.text == "true"
    }
}

/// The text of a member, unless it is blank.
fn filled(object: Json<'_>, name: &str) -> Option<String> {
    object.get(name).and_then(Json::text).filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests;

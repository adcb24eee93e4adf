//! What a definition says of other workflows: those that it executes, and what it is when another one executes it. Stored with
//! its findings, so that [`super::across()`] reads no definition.

use serde::{Deserialize, Serialize};

use super::{filled, literals::has_template, report::TaskRef};
use crate::domain::{definition::Definition, json::Json, listed_workflow::is_set, text};

/// The tasks of a workflow that are kept: no real one executes as many others.
const MOST: usize = 50;
/// The largest number of characters of a target.
const LONGEST: usize = 200;

/// What a definition says of other workflows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// The tasks that execute a workflow which is written into them.
    pub executes: Vec<Execute>,
    /// True if it has a response formatter.
    pub has_formatter: bool,
    /// True if it waits for an approval or a delay.
    pub waits: bool,
}

/// A task that executes a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execute {
    /// The task.
    pub task: TaskRef,
    /// The workflow: its id, or else its name.
    pub target: String,
    /// True if that is its name.
    pub by_name: bool,
    /// True if the task waits for the end.
    pub awaits: bool,
    /// True if it takes the answer of the last response formatter.
    pub wants_formatter: bool,
}

impl Links {
    /// Reads them.
    pub fn of(definition: &Definition<'_>) -> Self {
        let mut links = Self::default();
        for task in definition.tasks.iter() {
            match task.get("action_type").and_then(Json::text).as_deref() {
                Some("Execute::WorkflowTask") if links.executes.len() < MOST => {
                    links.executes.extend(Execute::of(task));
                }
                Some("Logic::ResponseFormatter") => links.has_formatter = true,
                Some("Approval" | "Delay") => links.waits = true,
                _ => {}
            }
        }
        links
    }
}

impl Execute {
    /// None where the workflow comes from a template.
    fn of(task: Json<'_>) -> Option<Self> {
        let parameters = task.get("parameters")?;
        let by_id = filled(parameters, "workflow_id");
        let (target, by_name) = match by_id {
            Some(id) => (id, false),
            None => (filled(parameters, "workflow_name")?, true),
        };
        let awaits = parameters.get("enable_polling").is_some_and(is_set);
        let answer = parameters.get("target_workflow_response").and_then(Json::text);
        let wants_formatter = awaits && answer.is_some_and(|answer| answer == "last_response_formatter");
        let target = text::cut(target.trim(), LONGEST);
        (!has_template(&target)).then(|| Self { task: TaskRef::of(task), target, by_name, awaits, wants_formatter })
    }

    /// The path of the target in the task.
    pub(super) const fn path(&self) -> &'static str {
        if self.by_name { "parameters.workflow_name" } else { "parameters.workflow_id" }
    }
}

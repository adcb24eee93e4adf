//! The table of rules.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The version of the rule set: raised whenever a rule is added or judges otherwise. Stored findings are then made again, and
/// what appears or goes by that is no event.
pub const RULES_VERSION: u32 = 1;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingLevel)]
pub enum Level {
    /// It fails when it runs, or gives a secret away.
    Error,
    /// It works, and will not some day, or elsewhere.
    Warning,
    /// Worth knowing.
    Info,
}

/// The id of a rule. Ids are never taken back nor given to another rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "the table below says what each one is")]
pub enum RuleId {
    S1,
    S2,
    S4,
    S5,
    S6,
    S7,
    E1,
    E2,
    E3,
    G1,
    G2,
    G3,
    G6,
    G8,
    T2,
    T3,
    T5,
    R4,
    R9,
    R14,
    H5,
}

/// What a rule needs beside the definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// The address of the customer that has the workflow.
    Customer,
    /// The customer's other workflows.
    Others,
}

/// One rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// The level of its findings; of some rules single findings are milder, or worse.
    pub level: Level,
    /// What it needs beside the definition.
    pub needs: Needs,
    /// What is wrong.
    pub title: &'static str,
    /// Why that is wrong.
    pub why: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    /// Where that is known from.
    pub source: &'static str,
}

impl RuleId {
    /// The rule.
    pub const fn rule(self) -> &'static Rule {
        &RULES[self as usize]
    }
}

/// The error for a text that is no rule's id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected the id of a rule, such as S1")]
pub struct NotARule;

impl FromStr for RuleId {
    type Err = NotARule;

    fn from_str(text: &str) -> Result<Self, NotARule> {
        RULES.iter().map(|rule| rule.id).find(|id| id.to_string() == text).ok_or(NotARule)
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

use self::{
    Level::{Error, Info, Warning},
    Needs::{Customer, Nothing, Others},
};

/// Zuora's tools for workflows, where the rules of its own linter stand.
const TOOLS: &str = "github.com/zuora/zuora-coding-agent";
/// Zuora's documentation.
const DOCS: &str = "docs.zuora.com";
/// What anybody who keeps workflows knows.
const PRACTICE: &str = "practice";

/// Every rule, in the order of the ids.
pub const RULES: [Rule; 21] = [
    Rule {
        id: RuleId::S1,
        level: Error,
        needs: Nothing,
        title: "A credential is written into the task",
        why: "Whoever may see the workflow, its exports or its backups can use it.",
        remedy: "Keep it in a global constant, or in an OAuth provider of the tenant, refer to that, and replace the credential.",
        source: DOCS,
    },
    Rule {
        id: RuleId::S2,
        level: Error,
        needs: Nothing,
        title: "A header holds a credential",
        why: "Whoever may see the workflow, its exports or its backups can use it.",
        remedy: "Use the task's authorization, or a global constant in the header, and replace the credential.",
        source: TOOLS,
    },
    Rule {
        id: RuleId::S4,
        level: Warning,
        needs: Nothing,
        title: "The other side's certificate is not verified",
        why: "Anybody on the way can read and alter what is sent.",
        remedy: "Let the other side have a valid certificate, and switch skip_ssl_cert_verification off.",
        source: TOOLS,
    },
    Rule {
        id: RuleId::S5,
        level: Warning,
        needs: Nothing,
        title: "An address without encryption",
        why: "Anybody on the way can read and alter what is sent.",
        remedy: "Use the https:// address.",
        source: PRACTICE,
    },
    Rule {
        id: RuleId::S6,
        level: Error,
        needs: Nothing,
        title: "An address holds a credential",
        why: "Addresses are logged by everybody on the way.",
        remedy: "Send it in the task's authorization instead, and replace the credential.",
        source: PRACTICE,
    },
    Rule {
        id: RuleId::S7,
        level: Error,
        needs: Nothing,
        title: "An upload by FTP",
        why: "Zuora no longer supports FTP (since 2025.Q1.0.0), and FTP sends passwords in clear text.",
        remedy: "Use an upload by SFTP.",
        source: DOCS,
    },
    Rule {
        id: RuleId::E1,
        level: Warning,
        needs: Nothing,
        title: "The id of an object is written into the task",
        why: "Another tenant has the object under another id, or not at all.",
        remedy: "Find the object by its number or name, or keep the id in a global constant.",
        source: PRACTICE,
    },
    Rule {
        id: RuleId::E2,
        level: Warning,
        needs: Customer,
        title: "The address of a Zuora data center is written into the task",
        why: "In another tenant it leads to this one. An error where it leads to another data center than the customer's.",
        remedy: "Use a Zuora call with the tenant's own address, such as {{ Credentials.zuora.rest_endpoint }}.",
        source: PRACTICE,
    },
    Rule {
        id: RuleId::E3,
        level: Info,
        needs: Nothing,
        title: "A saved OAuth provider",
        why: "The provider is known to this tenant only: the workflow cannot be imported elsewhere as it is.",
        remedy: "Create the provider in the other tenant before the workflow is imported, and pick it there.",
        source: TOOLS,
    },
    Rule {
        id: RuleId::G1,
        level: Warning,
        needs: Nothing,
        title: "A task that is never reached",
        why: "No path leads to it from where the workflow starts.",
        remedy: "Link it, or remove it.",
        source: TOOLS,
    },
    Rule {
        id: RuleId::G2,
        level: Error,
        needs: Nothing,
        title: "The workflow starts no task",
        why: "It has tasks, but no linkage from its start: it ends at once.",
        remedy: "Link the start to the first task.",
        source: TOOLS,
    },
    Rule {
        id: RuleId::G3,
        level: Error,
        needs: Nothing,
        title: "A linkage that does not join two parts",
        why: "A task at one of its ends is not there, or it has no start, or two.",
        remedy: "Remove the linkage in Zuora and draw it again.",
        source: TOOLS,
    },
    Rule {
        id: RuleId::G6,
        level: Error,
        needs: Nothing,
        title: "A case and its branch do not fit",
        why: "A branch whose case has no condition is never taken. A warning where a condition has no branch: then nothing follows.",
        remedy: "Give each branch of the Case task its condition, and each condition its branch.",
        source: TOOLS,
    },
    Rule {
        id: RuleId::G8,
        level: Warning,
        needs: Nothing,
        title: "A linkage that is there twice",
        why: "The task behind it may run twice.",
        remedy: "Remove one of the two.",
        source: TOOLS,
    },
    Rule {
        id: RuleId::T2,
        level: Error,
        needs: Nothing,
        title: "A schedule that cannot be read",
        why: "The workflow is scheduled without a cron expression of five or six parts and a time zone that Zuora knows.",
        remedy: "Set the schedule and its time zone anew in the workflow's settings.",
        source: TOOLS,
    },
    Rule {
        id: RuleId::T3,
        level: Info,
        needs: Nothing,
        title: "A schedule that is switched off",
        why: "The workflow has a cron expression, but is not scheduled: perhaps somebody forgot to switch it on again.",
        remedy: "Switch the schedule on, or clear it.",
        source: PRACTICE,
    },
    Rule {
        id: RuleId::T5,
        level: Error,
        needs: Nothing,
        title: "A scheduled workflow that asks for input",
        why: "A required input has no default: nobody is there to give it when the schedule starts the workflow.",
        remedy: "Give the input a default, or make it optional.",
        source: TOOLS,
    },
    Rule {
        id: RuleId::R4,
        level: Warning,
        needs: Nothing,
        title: "A task's validation is switched off",
        why: "Errors in the task's settings stay hidden until it runs.",
        remedy: "Switch disable_validation off, and correct what Zuora then reports.",
        source: TOOLS,
    },
    Rule {
        id: RuleId::R9,
        level: Error,
        needs: Nothing,
        title: "A Zuora address with /v1 twice",
        why: "There is no such address: Zuora answers 404.",
        remedy: "Remove one /v1 from the address: {{ Credentials.zuora.rest_endpoint }} ends with it.",
        source: TOOLS,
    },
    Rule {
        id: RuleId::R14,
        level: Error,
        needs: Others,
        title: "It executes a workflow that cannot do its part",
        why: "The workflow is inactive; or its answer is awaited, and it has no response formatter, or waits for an approval or a delay itself. A warning where there is no such workflow in the copy.",
        remedy: "Activate the workflow that is executed, or execute another one; give it a response formatter, or take its last task's answer.",
        source: DOCS,
    },
    Rule {
        id: RuleId::H5,
        level: Info,
        needs: Others,
        title: "Another workflow of the tenant has the same name",
        why: "Whoever looks for it by its name, as an Execute task or a comparison with another tenant does, may find the other one.",
        remedy: "Rename one of the two.",
        source: PRACTICE,
    },
];

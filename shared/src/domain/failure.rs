//! The reason why a job did not simply succeed: a class that decides what happens next, a sentence, and a next step.
//!
//! The class is the contract: [`ErrorClass::is_permanent`] alone decides between another attempt and a dead letter, and the class
//! is a filter of the API. Messages are for people.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The class of a failure: it decides between another attempt and a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// The customer's settings are wrong: credentials, base URL.
    Config,
    /// Zuora accepts the user, but the user's role may not read workflows.
    Permission,
    /// Zuora asked us to wait.
    RateLimit,
    /// The network, Zuora or AWS failed temporarily.
    Transient,
    /// A guard held the result.
    Guard,
    /// The tenant or one definition exceeds a limit.
    TooLarge,
    /// The job's message or its worker was lost, more than once.
    Lost,
    /// The job was no longer needed: this is no failure.
    Cancelled,
    /// A defect of this product.
    Bug,
}

impl ErrorClass {
    /// Every class, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::Config,
        Self::Permission,
        Self::RateLimit,
        Self::Transient,
        Self::Guard,
        Self::TooLarge,
        Self::Lost,
        Self::Cancelled,
        Self::Bug,
    ];

    /// True if another attempt is pointless without a change by a person.
    pub const fn is_permanent(self) -> bool {
        match self {
            Self::Config | Self::Permission | Self::TooLarge | Self::Lost | Self::Guard | Self::Cancelled => true,
            Self::RateLimit | Self::Transient | Self::Bug => false,
        }
    }

    /// True if three of these in a row take the customer off the schedule until an admin acts.
    pub const fn needs_attention(self) -> bool {
        matches!(self, Self::Config | Self::Permission)
    }

    /// The name in the API, in logs and in message attributes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Permission => "permission",
            Self::RateLimit => "rate_limit",
            Self::Transient => "transient",
            Self::Guard => "guard",
            Self::TooLarge => "too_large",
            Self::Lost => "lost",
            Self::Cancelled => "cancelled",
            Self::Bug => "bug",
        }
    }

    /// The next step for a person once no further attempt follows by itself.
    pub const fn last_step(self) -> &'static str {
        match self {
            Self::RateLimit => {
                "Wait until Zuora's limit allows more requests, or let other programs that use the tenant make fewer. Then retry the job, or wait for the next scheduled sync."
            }
            Self::Transient => {
                "Look at trust.zuora.com for an outage of Zuora; if only this installation is affected, at its way to the internet (VPC, NAT, firewall, proxy). Then retry the job, or wait for the next scheduled sync."
            }
            other => other.next_step(),
        }
    }

    /// The next step for a person: one text for each class, wherever it is shown.
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::Config => {
                "Check three things: the client id (compare it with the OAuth client at Zuora), the client secret (enter it again if in doubt; was a new client made, or its user deactivated?), and the base URL (the data center and environment in which the client was made). Save what was wrong, which queues a sync, or retry the job."
            }
            Self::Permission => {
                "Give the Zuora user who owns this OAuth client a role with Workflow View Access and API access (if the list works and exports are denied, Workflow Manage Access too), then retry the job."
            }
            Self::RateLimit => "Nothing to do: the job goes on by itself when Zuora's limit allows it.",
            Self::Transient => "Nothing to do: it is tried again by itself.",
            Self::Guard => {
                "Compare with Zuora. Nothing was deleted, and each sync looks again. If the workflows are really gone, approve their deletion; if not, check the base URL and the role of the Zuora user."
            }
            Self::TooLarge => {
                "Tell whoever runs this installation the job id: the tenant, or one of its workflows, is over a bound."
            }
            Self::Lost => "Retry the job. If it is lost again, look for crashes in the log of the sync function.",
            Self::Cancelled => "Nothing to do.",
            Self::Bug => "Tell whoever runs this installation the job id; the log of the sync function has the cause.",
        }
    }
}

/// A failure as the API shows it: class, message, next step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Failure {
    /// The class of the failure.
    pub class: ErrorClass,
    /// One sentence for people; never holds a secret.
    pub message: String,
    /// The next step for a person.
    pub next_step: String,
}

impl Failure {
    /// A failure with the usual next step of its class.
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), next_step: class.next_step().to_owned() }
    }

    /// The same after the last attempt; advice that is not the usual one of its class stays.
    #[must_use]
    pub fn for_good(self) -> Self {
        if self.next_step != self.class.next_step() {
            return self;
        }
        Self { next_step: self.class.last_step().to_owned(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_decides_retry_or_dead_letter() {
        let permanent: Vec<_> = ErrorClass::ALL.into_iter().filter(|class| class.is_permanent()).collect();

        assert_eq!(
            permanent,
            [
                ErrorClass::Config,
                ErrorClass::Permission,
                ErrorClass::Guard,
                ErrorClass::TooLarge,
                ErrorClass::Lost,
                ErrorClass::Cancelled
            ]
        );
    }

    #[test]
    fn the_name_of_a_class_is_its_name_in_json() {
        for class in ErrorClass::ALL {
            assert_eq!(serde_json::to_string(&class).unwrap(), format!("\"{}\"", class.as_str()));
        }
    }

    #[test]
    fn the_help_gives_the_same_advice_for_every_class() {
        let help = include_str!("../../../docs/help.md");
        for class in ErrorClass::ALL {
            let mut rows = help.lines().filter(|line| line.starts_with(&format!("| `{}` |", class.as_str())));
            let advice = [class.next_step(), class.last_step()];
            assert!(rows.any(|row| advice.iter().all(|step| row.contains(step))), "{}", class.as_str());
        }
    }

    #[test]
    fn what_failed_for_good_is_not_said_to_be_tried_again() {
        for class in ErrorClass::ALL {
            assert!(!Failure::new(class, "x").for_good().next_step.contains("by itself"), "{}", class.as_str());
        }
        let own = Failure { next_step: "Leave them.".into(), ..Failure::new(ErrorClass::Transient, "x") };
        assert_eq!(own.clone().for_good(), own);
    }

    #[test]
    fn every_class_has_a_next_step_of_its_own_in_sentences() {
        let steps: std::collections::HashSet<_> =
            ErrorClass::ALL.into_iter().map(|class| Failure::new(class, "x").next_step).collect();

        assert_eq!(steps.len(), ErrorClass::ALL.len());
        for step in steps {
            assert!(step.ends_with('.') && step.contains(' '), "{step}");
        }
    }
}

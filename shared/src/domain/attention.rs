//! The causes for which customers need a person: each has a name of a few words, a next step, and what mends it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    customer::{Health, HealthState},
    failure::ErrorClass,
    policy::Verb,
};

/// The cause of a need: the health of a customer, and the class of the failure behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The customer's health.
    pub health: HealthState,
    /// The class of the failure, if one is known.
    pub class: Option<ErrorClass>,
}

impl From<&Health> for Cause {
    fn from(health: &Health) -> Self {
        Self { health: health.state, class: health.class }
    }
}

/// An action that may end the need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Read what the job held back, and approve it if it is right.
    Review,
    /// Correct the credentials or the address.
    EditCredentials,
    /// Try the stored credentials.
    TestConnection,
    /// Start the failed jobs anew.
    Redrive,
    /// Ask for a sync.
    Sync,
}

impl Remedy {
    /// The verb that it needs on the customer.
    pub const fn verb(self) -> Verb {
        match self {
            Self::Review => Verb::View,
            Self::EditCredentials => Verb::Update,
            Self::TestConnection | Self::Redrive | Self::Sync => Verb::Sync,
        }
    }
}

impl Cause {
    /// The name of the cause.
    pub const fn name(self) -> &'static str {
        match (self.health, self.class) {
            (HealthState::Held, _) => "Changes wait for an approval",
            (HealthState::Stale, _) => "No complete sync for two intervals",
            (HealthState::Incomplete, _) => "The last sync left something out",
            (_, Some(ErrorClass::Config)) => "Invalid credentials or address",
            (_, Some(ErrorClass::Permission)) => "The Zuora user may not read workflows",
            (_, Some(ErrorClass::RateLimit)) => "Zuora's request limit is used up",
            (_, Some(ErrorClass::Transient)) => "Zuora cannot be reached",
            (_, Some(ErrorClass::TooLarge)) => "Over a limit of this installation",
            (_, Some(ErrorClass::Lost)) => "The sync was lost",
            (_, Some(ErrorClass::Bug)) => "A defect of this product",
            _ => "The last sync failed",
        }
    }

    /// The next step for a person.
    pub const fn next_step(self) -> &'static str {
        match (self.health, self.class) {
            (HealthState::Held, _) => ErrorClass::Guard.next_step(),
            (HealthState::Stale, _) => {
                "Look at the customer's jobs: is a sync under way, and does it get on? If there is none, ask for one; if the schedule asks for none, tell whoever runs this installation."
            }
            (HealthState::Failing, Some(class)) => class.last_step(),
            (_, Some(class)) => class.next_step(),
            _ => "Open the last job: it names what was left out, and why.",
        }
    }

    /// The actions that may end it, the most likely one first; none for what goes on by itself and for a customer that needs
    /// nobody.
    pub const fn remedies(self) -> &'static [Remedy] {
        use Remedy::{EditCredentials, Redrive, Review, Sync, TestConnection};
        match (self.health, self.class) {
            (HealthState::Held, _) => &[Review],
            (HealthState::Failing, Some(ErrorClass::Config)) => &[EditCredentials, TestConnection],
            (HealthState::Failing, Some(ErrorClass::Permission)) => &[TestConnection, Redrive],
            (HealthState::Failing, _) => &[Redrive],
            (HealthState::Incomplete | HealthState::Stale, _) => &[Sync],
            (HealthState::Waiting | HealthState::NeverSynced | HealthState::Paused | HealthState::Ok, _) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_a_short_name_and_a_next_step_in_sentences() {
        for health in HealthState::ALL.into_iter().filter(|health| health.needs_person()) {
            for class in ErrorClass::ALL.into_iter().map(Some).chain([None]) {
                let cause = Cause { health, class };
                assert!(cause.name().split(' ').count() <= 7, "{}", cause.name());
                assert!(cause.next_step().ends_with('.'), "{}", cause.next_step());
                let mends = !cause.remedies().is_empty();
                assert_eq!(mends, health != HealthState::Waiting, "what waits goes on by itself");
            }
        }
    }
}

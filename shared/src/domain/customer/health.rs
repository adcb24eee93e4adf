//! The health of a customer: what is wrong with its copy, since when, and why. See D-69.
//!
//! What must stay true: it is decided here and nowhere else, from the customer alone, and stored with the customer. So every list,
//! counter, filter and alarm says the same. What time alone changes is decided again whenever the customer is written, and by
//! the sweeper.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Customer, Status};
use crate::domain::{
    failure::{ErrorClass, Failure},
    ids::JobId,
    job::{Job, Kind, State},
    time::Timestamp,
};

/// The time that a sync may wait for Zuora before somebody should know.
const WAITS_UNNOTICED: Duration = Duration::from_secs(15 * 60);
/// The intervals without a complete sync after which a copy is out of date.
const INTERVALS: u32 = 2;

/// The shortest interval between syncs: a sync that the schedule asks for ends within it, unless something is wrong.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(3600);

/// The state of a customer's copy; those that need a person come first, the worst of them first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthState {
    /// Deletions, or the sync of another tenant, wait for an approval.
    Held,
    /// The last sync failed.
    Failing,
    /// The last sync left something out.
    Incomplete,
    /// No sync has been complete for two intervals; never for a manual customer.
    Stale,
    /// A sync has been waiting for Zuora for more than 15 minutes.
    Waiting,
    /// No sync has ended yet.
    NeverSynced,
    /// An admin has paused it.
    Paused,
    /// The copy is complete and up to date.
    #[default]
    Ok,
}

impl HealthState {
    /// Every state, in order.
    pub const ALL: [Self; 8] = [
        Self::Held,
        Self::Failing,
        Self::Incomplete,
        Self::Stale,
        Self::Waiting,
        Self::NeverSynced,
        Self::Paused,
        Self::Ok,
    ];

    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Failing => "failing",
            Self::Incomplete => "incomplete",
            Self::Stale => "stale",
            Self::Waiting => "waiting",
            Self::NeverSynced => "never_synced",
            Self::Paused => "paused",
            Self::Ok => "ok",
        }
    }

    /// True if a person should look at the customer.
    pub const fn needs_person(self) -> bool {
        matches!(self, Self::Held | Self::Failing | Self::Incomplete | Self::Stale | Self::Waiting)
    }
}

/// The health of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = HealthFacts)]
pub struct Health {
    /// Its state.
    pub state: HealthState,
    /// The time since which it is in this state.
    pub since: Option<Timestamp>,
    /// The time at which it becomes stale if no sync is complete before, or at which a waiting sync goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The class of the failure that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<ErrorClass>,
    /// The reason, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The job that found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_id: Option<JobId>,
}

/// A failure or hold as the customer remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The class of the job's failure.
    pub class: ErrorClass,
    /// Its sentence.
    pub reason: String,
    /// The job.
    pub job_id: JobId,
}

/// A sync that waits for Zuora.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// The time since which it has been waiting without getting anywhere.
    pub since: Timestamp,
    /// The time at which it goes on.
    pub until: Option<Timestamp>,
    /// The reason.
    #[serde(flatten)]
    pub trouble: Trouble,
}

impl Trouble {
    /// The trouble of a job; none if it has no failure.
    pub fn of(job: &Job) -> Option<Self> {
        let Failure { class, message, .. } = job.error.clone()?;
        Some(Self { class, reason: message, job_id: job.id.clone() })
    }
}

impl Wait {
    /// The wait of a job; none if it does not wait.
    pub fn of(job: &Job) -> Option<Self> {
        let since = job.waiting_since.filter(|_| job.state == State::Waiting)?;
        Some(Self { since, until: job.next_attempt_at, trouble: Trouble::of(job)? })
    }
}

impl Job {
    /// True if it has been under way for so long that its customer's health may have changed meanwhile.
    pub fn takes_long(&self, now: Timestamp) -> bool {
        let waits = self.waiting_since.is_some_and(|since| since.plus(WAITS_UNNOTICED) <= now);
        self.kind == Kind::Sync && (waits || self.created_at.plus(SHORTEST_INTERVAL) <= now)
    }
}

impl Customer {
    /// Decides its health again.
    pub fn examine(&mut self, now: Timestamp) {
        let found = self.health_at(now);
        let before = self.health.take();
        let since = before.filter(|before| before.state == found.state).and_then(|before| before.since);
        self.health = Some(Health { since: since.or(found.since).or(Some(now)), ..found });
    }

    /// True if time alone has changed its health since it was stored.
    pub fn is_health_outdated(&self, now: Timestamp) -> bool {
        self.health_state() != self.health_at(now).state
    }

    /// The stored state of its health.
    pub fn health_state(&self) -> HealthState {
        self.health.as_ref().map(|health| health.state).unwrap_or_default()
    }

    fn health_at(&self, now: Timestamp) -> Health {
        let of = |state| Health { state, ..Health::default() };
        let because = |state, trouble: Option<&Trouble>| Health {
            class: trouble.map(|trouble| trouble.class),
            reason: trouble.map(|trouble| trouble.reason.clone()),
            job_id: trouble.map(|trouble| trouble.job_id.clone()),
            ..of(state)
        };
        let ended_as = self.last_sync.as_ref().map(|last| last.state);
        let trouble = self.trouble.as_ref();
        let late = self.stale_at();
        if self.status == Status::Paused {
            return of(HealthState::Paused);
        }
        if let Some(held) = &self.held_job_id {
            let found = because(HealthState::Held, trouble.filter(|trouble| trouble.job_id == *held));
            return Health { job_id: Some(held.clone()), ..found };
        }
        match (ended_as, trouble) {
            (Some(State::Failed), Some(trouble)) => return because(HealthState::Failing, Some(trouble)),
            _ if self.status == Status::NeedsAttention => return because(HealthState::Failing, trouble),
            (Some(State::Incomplete), trouble) => {
                let found = because(HealthState::Incomplete, trouble);
                return Health { job_id: self.last_sync.as_ref().map(|last| last.job_id.clone()), ..found };
            }
            _ => {}
        }
        if late.is_some_and(|late| late <= now) {
            return Health { since: late, ..of(HealthState::Stale) };
        }
        if let Some(wait) = self.wait.as_ref().filter(|wait| wait.since.plus(WAITS_UNNOTICED) <= now) {
            let found = because(HealthState::Waiting, Some(&wait.trouble));
            return Health { since: Some(wait.since), until: wait.until, ..found };
        }
        let state = if ended_as.is_none() { HealthState::NeverSynced } else { HealthState::Ok };
        Health { until: late, ..of(state) }
    }

    /// The time at which its copy is out of date if no sync is complete before; none for a manual customer.
    fn stale_at(&self) -> Option<Timestamp> {
        let interval = self.settings.sync_frequency.interval()?;
        Some(self.last_complete_sync_at.unwrap_or(self.created_at).plus(interval * INTERVALS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{customer::tests::customer, job::Trigger, schedule::Frequency};

    const MINUTE: Duration = Duration::from_secs(60);
    const START: Timestamp = Timestamp::EPOCH;

    fn at(minutes: u32) -> Timestamp {
        START.plus(MINUTE * minutes)
    }

    fn job() -> Job {
        Job::new(Kind::Sync, customer(START).id, Trigger::Schedule, None, START, START)
    }

    /// A job that ended like this, with a failure of that class.
    fn ended(state: State, class: Option<ErrorClass>) -> Job {
        let error = class.map(|class| Failure::new(class, "Why."));
        Job { state, error, ..job() }
    }

    /// A customer whose first sync was complete.
    fn synced() -> Customer {
        let mut customer = customer(START);
        customer.record(&ended(State::Succeeded, None), START);
        customer.last_complete_sync_at = Some(START);
        customer.examine(START);
        customer
    }

    fn examined(customer: &mut Customer, now: Timestamp) -> (HealthState, Option<Timestamp>) {
        customer.examine(now);
        (customer.health_state(), customer.health.as_ref().and_then(|health| health.since))
    }

    #[test]
    fn a_new_customer_was_never_synced_and_one_whose_sync_was_complete_is_well() {
        let mut new = customer(START);
        assert_eq!(examined(&mut new, at(1)), (HealthState::NeverSynced, Some(at(1))));
        assert_eq!(examined(&mut synced(), at(119)), (HealthState::Ok, Some(START)));
    }

    #[test]
    fn the_first_of_all_that_applies_is_the_state() {
        let mut customer = synced();
        customer.wait = Some(Wait { since: START, until: None, trouble: trouble() });
        assert_eq!(examined(&mut customer, at(20)).0, HealthState::Waiting);
        assert_eq!(examined(&mut customer, at(120)).0, HealthState::Stale);
        customer.record(&ended(State::Incomplete, Some(ErrorClass::Transient)), at(121));
        assert_eq!(examined(&mut customer, at(121)).0, HealthState::Incomplete);
        customer.record(&ended(State::Failed, Some(ErrorClass::Config)), at(122));
        assert_eq!(examined(&mut customer, at(122)).0, HealthState::Failing);
        customer.record(&ended(State::Held, Some(ErrorClass::Guard)), at(123));
        assert_eq!(examined(&mut customer, at(123)).0, HealthState::Held);
        customer.pause();
        assert_eq!(examined(&mut customer, at(124)).0, HealthState::Paused);
    }

    fn trouble() -> Trouble {
        Trouble { class: ErrorClass::RateLimit, reason: "Wait.".into(), job_id: JobId::new() }
    }

    #[test]
    fn one_failure_is_enough_whoever_asked_for_the_sync_and_it_says_why_and_since_when() {
        let mut customer = synced();
        let failed = ended(State::Failed, Some(ErrorClass::Config));
        customer.record(&failed, at(1));
        assert_eq!(examined(&mut customer, at(1)), (HealthState::Failing, Some(at(1))));
        let again = ended(State::Failed, Some(ErrorClass::Permission));
        customer.record(&again, at(61));
        assert_eq!(examined(&mut customer, at(61)), (HealthState::Failing, Some(at(1))), "since the first one");

        let health = customer.health.unwrap();
        assert_eq!((health.class, health.job_id), (Some(ErrorClass::Permission), Some(again.id)));
        assert_eq!(health.reason.as_deref(), Some("Why."));
    }

    #[test]
    fn only_a_success_new_credentials_or_a_passed_test_forgive_a_failure() {
        let forgiven = |forgive: fn(&mut Customer)| {
            let mut customer = synced();
            customer.record(&ended(State::Failed, Some(ErrorClass::Config)), at(1));
            forgive(&mut customer);
            examined(&mut customer, at(2)).0
        };

        assert_eq!(forgiven(|customer| customer.record(&ended(State::Succeeded, None), at(2))), HealthState::Ok);
        assert_eq!(forgiven(Customer::reset_failures), HealthState::Ok, "new credentials");
        assert_eq!(forgiven(|customer| customer.record_test(None, at(2))), HealthState::Ok);
        let refused = Some(Failure::new(ErrorClass::Config, "No."));
        for nothing in [forgiven(|_| {}), forgiven(|customer| customer.record(&ended(State::Cancelled, None), at(2)))] {
            assert_eq!(nothing, HealthState::Failing);
        }
        let mut customer = synced();
        customer.record(&ended(State::Failed, Some(ErrorClass::Config)), at(1));
        customer.record_test(refused, at(2));
        assert_eq!(examined(&mut customer, at(2)).0, HealthState::Failing);
        customer.pause();
        customer.resume(at(3));
        assert_eq!(examined(&mut customer, at(3)).0, HealthState::Failing);
    }

    #[test]
    fn a_copy_is_out_of_date_two_intervals_after_the_last_complete_sync_unless_it_is_made_by_hand() {
        let state = |frequency, minutes| {
            let mut customer = synced();
            customer.settings.sync_frequency = frequency;
            examined(&mut customer, at(minutes))
        };

        assert_eq!(state(Frequency::Hourly, 119).0, HealthState::Ok);
        assert_eq!(state(Frequency::Hourly, 125), (HealthState::Stale, Some(at(120))));
        assert_eq!(state(Frequency::EveryTwoHours, 239).0, HealthState::Ok);
        assert_eq!(state(Frequency::EveryTwoHours, 240).0, HealthState::Stale);
        assert_eq!(state(Frequency::Manual, 1_000_000).0, HealthState::Ok);
    }

    #[test]
    fn time_alone_makes_a_stored_health_outdated() {
        let mut customer = synced();
        let waits = Job { waiting_since: Some(START), ..ended(State::Waiting, Some(ErrorClass::RateLimit)) };
        customer.waits(&waits);
        customer.examine(START);

        assert_eq!([14, 15].map(|minutes| customer.is_health_outdated(at(minutes))), [false, true]);
        customer.record(&ended(State::Succeeded, None), at(16));
        customer.examine(at(16));
        assert_eq!([119, 120].map(|minutes| customer.is_health_outdated(at(minutes))), [false, true]);
    }

    #[test]
    fn each_name_is_its_name_in_json_and_the_order_is_that_of_need() {
        for state in HealthState::ALL {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{}\"", state.as_str()));
        }
        assert!(HealthState::ALL.is_sorted() && HealthState::ALL.is_sorted_by_key(|state| !state.needs_person()));
    }
}

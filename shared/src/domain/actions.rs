//! Actions that apply to a customer or a job in its present state: the rules by which the use cases refuse, and by which
//! the API names the actions that it offers (D-67).
//!
//! What must stay true: an action that is offered is not refused, as long as nothing changes between the answer and the
//! request. One that is not offered is refused, or has been done already.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    customer::Status,
    ids::JobId,
    job::{Job, Kind, State},
    policy::{Caller, Target, Verb},
    time::Timestamp,
};

/// An action on a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerAction {
    /// Change its settings or credentials.
    Update,
    /// Keep it from being synced.
    Pause,
    /// Let it be synced again.
    Resume,
    /// Remove it and everything stored of it.
    Delete,
    /// Sync it now.
    Sync,
    /// See what a sync would do.
    DryRun,
    /// Try its stored credentials.
    TestConnection,
    /// Start its failed jobs anew.
    Redrive,
}

impl CustomerAction {
    const ALL: [Self; 8] = [
        Self::Update,
        Self::Pause,
        Self::Resume,
        Self::Delete,
        Self::Sync,
        Self::DryRun,
        Self::TestConnection,
        Self::Redrive,
    ];

    /// The verb that it needs.
    pub const fn verb(self) -> Verb {
        match self {
            Self::Update | Self::Pause | Self::Resume => Verb::Update,
            Self::Delete => Verb::Delete,
            Self::Sync | Self::DryRun | Self::TestConnection | Self::Redrive => Verb::Sync,
        }
    }
}

/// An action of a caller that is about no single customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallerAction {
    /// Create customers.
    CreateCustomer,
    /// Try credentials that are not stored.
    TestCredentials,
    /// Sync all customers.
    SyncAll,
    /// Start failed jobs of several customers anew.
    Redrive,
    /// Sync, pause, resume or reschedule several customers.
    BulkCustomers,
    /// Grant verbs, and see who was granted which.
    Grant,
}

impl Caller {
    /// The actions that the caller may do.
    pub fn actions(&self) -> impl Iterator<Item = CallerAction> {
        let on_all = |verb| self.can(verb, Target::All);
        let on_some = |verb| self.only(verb).is_none_or(|customers| !customers.is_empty());
        let may = move |action: &CallerAction| match action {
            CallerAction::CreateCustomer | CallerAction::TestCredentials => on_all(Verb::Create),
            CallerAction::SyncAll => on_all(Verb::Sync),
            CallerAction::Redrive => on_some(Verb::Sync),
            CallerAction::BulkCustomers => on_some(Verb::Sync) || on_some(Verb::Update),
            CallerAction::Grant => on_all(Verb::Grant),
        };
        use CallerAction::{BulkCustomers, CreateCustomer, Grant, Redrive, SyncAll, TestCredentials};
        [CreateCustomer, TestCredentials, SyncAll, Redrive, BulkCustomers, Grant].into_iter().filter(may)
    }
}

/// The reason for refusing an action: a sentence that names the alternative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub String);

impl Refused {
    /// The refusal of a retry while another sync is under way.
    pub fn for_sync(other: &JobId) -> Self {
        Self(format!("Another sync of this customer is under way: {other}."))
    }
}

const PAUSED: &str = "The customer is paused. Resume it first.";

impl Status {
    /// Refuses what does not apply to a customer of this status.
    ///
    /// # Errors
    /// [`Refused`] while it is paused: nothing that would sync it is done.
    pub fn check(self, action: CustomerAction) -> Result<(), Refused> {
        match (self, action) {
            (Self::Paused, CustomerAction::Sync | CustomerAction::DryRun | CustomerAction::Redrive) => {
                Err(Refused(PAUSED.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// The actions that apply to a customer of this status.
    pub fn actions(self) -> impl Iterator<Item = CustomerAction> {
        let is_done = move |action| match action {
            CustomerAction::Pause => self == Self::Paused,
            CustomerAction::Resume => self != Self::Paused,
            _ => false,
        };
        CustomerAction::ALL.into_iter().filter(move |action| !is_done(*action) && self.check(*action).is_ok())
    }
}

/// An action on a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobAction {
    /// Start it anew, under the same id.
    Retry,
    /// Stop it.
    Cancel,
    /// Let the deletions go that it held back.
    ApproveDeletions,
    /// Say that nothing has to be done about its failure.
    Dismiss,
}

impl JobAction {
    const ALL: [Self; 4] = [Self::Retry, Self::Cancel, Self::ApproveDeletions, Self::Dismiss];

    /// The verb that it needs on the job's customer.
    pub const fn verb(self) -> Verb {
        match self {
            Self::Retry | Self::Cancel | Self::Dismiss => Verb::Sync,
            Self::ApproveDeletions => Verb::Approve,
        }
    }
}

/// The facts about a customer that decide which actions its jobs allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    /// Its status: active or paused.
    pub status: Status,
    /// The start of the last sync whose listing was complete and raised no doubt.
    pub undoubted_at: Option<Timestamp>,
    /// The sync that is queued, waiting or running.
    pub active: Option<(JobId, State)>,
}

impl Situation {
    /// The situation of a customer with the `sync` that it names as its own, which counts until it ends.
    pub fn new(status: Status, undoubted_at: Option<Timestamp>, sync: Option<&Job>) -> Self {
        let active = sync.filter(|job| !job.state.is_ended()).map(|job| (job.id.clone(), job.state));
        Self { status, undoubted_at, active }
    }
}

impl Job {
    /// Refuses what does not apply to the job; `customer` is none where the customer is gone, and for jobs that need none of it.
    ///
    /// # Errors
    /// [`Refused`], with the reason.
    pub fn check(&self, action: JobAction, customer: Option<&Situation>) -> Result<(), Refused> {
        match action {
            JobAction::Retry => self.check_retry(customer),
            JobAction::Cancel => self.check_cancel(),
            JobAction::ApproveDeletions => self.check_approval(customer),
            JobAction::Dismiss => self.check_dismissal(),
        }
        .map_err(Refused)
    }

    /// The actions that apply to the job.
    pub fn actions(&self, customer: Option<&Situation>) -> impl Iterator<Item = JobAction> {
        let is_done = |action| match action {
            JobAction::Cancel => self.cancel_requested,
            JobAction::ApproveDeletions => !self.awaits_approval(),
            JobAction::Dismiss => self.dismissed.is_some(),
            JobAction::Retry => false,
        };
        JobAction::ALL.into_iter().filter(move |action| !is_done(*action) && self.check(*action, customer).is_ok())
    }

    /// The reason for which the job, which failed, cannot be retried now. None for a question, which is asked again instead.
    pub fn retry_refused(&self, customer: Option<&Situation>) -> Option<String> {
        let is_asked = self.state == State::Failed && !self.kind.is_question();
        is_asked.then(|| self.check_retry(customer).err()).flatten()
    }

    /// True if the [`Situation`] of its customer decides what can be done with it.
    pub fn depends_on_customer(&self) -> bool {
        self.kind == Kind::Sync && (self.state == State::Failed || self.awaits_approval())
    }

    fn check_retry(&self, customer: Option<&Situation>) -> Result<(), String> {
        if self.kind.is_question() {
            return Err("A connection test or a dry run is not retried: ask for another one.".to_owned());
        }
        if self.state != State::Failed {
            return Err(format!("The job is {}, not failed.", self.state.as_str()));
        }
        match customer {
            _ if self.kind == Kind::Purge => Ok(()),
            None => Err("The customer is gone.".to_owned()),
            Some(Situation { status: Status::Paused, .. }) => Err(PAUSED.to_owned()),
            Some(Situation { active: Some((other, _)), .. }) => Err(Refused::for_sync(other).0),
            Some(_) => Ok(()),
        }
    }

    fn check_cancel(&self) -> Result<(), String> {
        match (self.kind, self.state) {
            (Kind::Purge, _) => Err("The removal of a customer cannot be cancelled.".to_owned()),
            (_, State::Queued | State::Waiting) | (Kind::Sync | Kind::Plan, State::Running) => Ok(()),
            (Kind::Test, State::Running) => Err("A connection test is over in a few seconds.".to_owned()),
            (_, state) => Err(format!("The job is {}: there is nothing to cancel.", state.as_str())),
        }
    }

    fn check_dismissal(&self) -> Result<(), String> {
        match &self.superseded_by {
            _ if self.kind == Kind::Purge => Err("The removal of a customer has to be finished: retry it.".to_owned()),
            _ if self.is_open_failure() || self.dismissed.is_some() => Ok(()),
            Some(other) if self.state == State::Failed => Err(format!("Another job settled it already: {other}.")),
            _ => Err(format!("The job is {}: there is nothing to dismiss.", self.state.as_str())),
        }
    }

    fn check_approval(&self, customer: Option<&Situation>) -> Result<(), String> {
        let Some(held) = self.held.as_ref().filter(|_| self.state == State::Held) else {
            return Err(format!("The job is {}: it holds nothing back.", self.state.as_str()));
        };
        if self.kind == Kind::Plan {
            return Err("A dry run deletes nothing. Ask for a sync, then approve what it holds back.".to_owned());
        }
        if held.approved.is_some() {
            return Ok(());
        }
        let Some(Situation { status, undoubted_at, active }) = customer else {
            return Err("The customer is gone.".to_owned());
        };
        if undoubted_at.is_some_and(|undoubted| self.started_at.is_some_and(|held| undoubted > held)) {
            return Err("A later sync was complete: nothing is held any more.".to_owned());
        }
        match (status, active) {
            (Status::Paused, _) => Err(PAUSED.to_owned()),
            (_, Some((_, State::Running))) => {
                Err("A sync of this customer is running. Approve when it has ended.".to_owned())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;

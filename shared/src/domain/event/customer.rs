//! Events of a customer, from its state before and after one write of it.

use serde::{Deserialize, Serialize};

use super::{Event, EventKind, Identity};
use crate::domain::{
    customer::{Connection, Health, HealthState, LastSync, Status, Trouble},
    failure::ErrorClass,
    ids::{CustomerId, JobId},
    job::State,
    stats::Stats,
    time::Timestamp,
};

/// The part of a stored customer that its events are made of.
#[derive(Clone, Debug, Deserialize)]
pub struct CustomerSeen {
    id: CustomerId,
    /// The number of the write that stored it.
    rev: u64,
    /// (Absent in items of older versions, as are all that may be.)
    #[serde(default)]
    name: Option<String>,
    status: Status,
    #[serde(default)]
    connection: Option<Connection>,
    #[serde(default)]
    last_sync: Option<LastSync>,
    #[serde(default)]
    trouble: Option<Trouble>,
    #[serde(default)]
    health: Option<Health>,
}

impl CustomerSeen {
    fn health_state(&self) -> HealthState {
        self.health.as_ref().map(|health| health.state).unwrap_or_default()
    }

    fn has_failed(&self) -> bool {
        self.last_sync.as_ref().is_some_and(|last| last.state != State::Succeeded)
    }

    /// The time at which Zuora refused its credentials, if it has not accepted any since.
    fn refused_at(&self) -> Option<Timestamp> {
        let connection = self.connection.as_ref()?;
        let class = connection.error.as_ref()?.class;
        (!connection.ok && class == ErrorClass::Config).then_some(connection.checked_at)
    }
}

#[derive(Serialize)]
struct Sync<'a> {
    job_id: &'a JobId,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<ErrorClass>,
    counts: Stats,
}

#[derive(Serialize)]
struct Attention<'a> {
    health: HealthState,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<ErrorClass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_id: Option<&'a JobId>,
}

#[derive(Serialize)]
struct Refusal {
    class: ErrorClass,
}

/// The events of one write of a customer. One that appears is new, or restored: nothing has happened to it.
pub fn of_customer(before: &CustomerSeen, after: &CustomerSeen, panel: &str) -> Vec<Event> {
    if after.status == Status::Deleting {
        return Vec::new();
    }
    let customer_link = || format!("{panel}#/customers/{}", after.id);
    let identity = |kind: EventKind, at| Identity {
        kind,
        id: format!("{}/{}/{}", after.id, after.rev, kind.as_str().to_lowercase().replace(' ', "-")),
        at,
        customer_id: &after.id,
        customer_name: after.name.as_deref(),
    };
    let mut events = Vec::new();
    if let (Some(kind), Some(last)) = (kind_of_sync(before, after), &after.last_sync) {
        let trouble = after.trouble.as_ref().filter(|trouble| trouble.job_id == last.job_id);
        let class = trouble.map(|trouble| trouble.class);
        let link = format!("{panel}#/jobs/{}", last.job_id);
        let about = Sync { job_id: &last.job_id, class, counts: last.stats };
        events.push(identity(kind, last.finished_at).event(link, about));
    }
    if let Some(health) = &after.health
        && health.state.needs_person()
        && health.state != before.health_state()
        && let Some(since) = health.since
    {
        let about = Attention { health: health.state, class: health.class, job_id: health.job_id.as_ref() };
        events.push(identity(EventKind::CustomerNeedsAttention, since).event(customer_link(), about));
    }
    if let Some(at) = after.refused_at().filter(|_| before.refused_at().is_none()) {
        let about = Refusal { class: ErrorClass::Config };
        events.push(identity(EventKind::CredentialsRefused, at).event(customer_link(), about));
    }
    events
}

/// The kind of event that the end of a sync is; none if no sync ended, or one as usual.
fn kind_of_sync(before: &CustomerSeen, after: &CustomerSeen) -> Option<EventKind> {
    let ended = after.last_sync.as_ref().filter(|_| after.last_sync != before.last_sync)?;
    match ended.state {
        State::Failed => Some(EventKind::SyncFailed),
        State::Held => Some(EventKind::SyncHeld),
        State::Succeeded if before.has_failed() || before.health_state().needs_person() => {
            Some(EventKind::SyncRecovered)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{
        customer::{Customer, tests::customer},
        failure::Failure,
        job::{Job, Kind, Trigger},
    };

    const PANEL: &str = "https://panel.example.com/";
    const START: Timestamp = Timestamp::EPOCH;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn seen(customer: &Customer, rev: u64) -> CustomerSeen {
        let mut stored = json!(customer);
        stored["rev"] = rev.into();
        serde_json::from_value(stored).unwrap()
    }

    /// A change of a customer, and the kinds of its events.
    fn told(customer: &mut Customer, now: Timestamp, change: impl FnOnce(&mut Customer)) -> Vec<EventKind> {
        let before = seen(customer, 6);
        change(customer);
        customer.examine(now);
        of_customer(&before, &seen(customer, 7), PANEL).into_iter().map(|event| event.kind).collect()
    }

    fn ended(customer: &Customer, state: State, class: Option<ErrorClass>) -> Job {
        let job = Job::new(Kind::Sync, customer.id.clone(), Trigger::Schedule, None, START, START);
        Job { state, error: class.map(|class| Failure::new(class, "Zuora said ann@example.com.")), ..job }
    }

    fn sync(customer: &mut Customer, now: Timestamp, state: State, class: Option<ErrorClass>) -> Vec<EventKind> {
        let job = ended(customer, state, class);
        told(customer, now, |customer| {
            customer.record(&job, now);
            if state == State::Succeeded {
                customer.resolve_doubt(Some(now));
                customer.last_complete_sync_at = Some(now);
            }
        })
    }

    fn synced() -> Customer {
        let mut customer = customer(START);
        customer.examine(START);
        assert_eq!(sync(&mut customer, at(1), State::Succeeded, None), [], "a first sync is nothing to tell");
        customer
    }

    #[test]
    fn a_failure_a_hold_and_the_way_back_are_told_and_what_goes_well_is_not() {
        use EventKind::*;
        let mut customer = synced();

        assert_eq!(sync(&mut customer, at(2), State::Succeeded, None), []);
        let failed = sync(&mut customer, at(3), State::Failed, Some(ErrorClass::Transient));
        assert_eq!(failed, [SyncFailed, CustomerNeedsAttention]);
        assert_eq!(sync(&mut customer, at(4), State::Failed, Some(ErrorClass::Transient)), [SyncFailed]);
        assert_eq!(sync(&mut customer, at(5), State::Succeeded, None), [SyncRecovered]);
        let held = sync(&mut customer, at(6), State::Held, Some(ErrorClass::Guard));
        assert_eq!(held, [SyncHeld, CustomerNeedsAttention]);
        assert_eq!(sync(&mut customer, at(7), State::Succeeded, None), [SyncRecovered]);
        assert_eq!(told(&mut customer, at(8), |customer| customer.workflows_count = 9), []);
    }

    #[test]
    fn refused_credentials_are_told_once_until_some_are_accepted() {
        use EventKind::*;
        let mut customer = synced();
        let refused = || Some(Failure::new(ErrorClass::Config, "No."));

        assert_eq!(told(&mut customer, at(2), |customer| customer.record_test(refused(), at(2))), [CredentialsRefused]);
        let failed = sync(&mut customer, at(3), State::Failed, Some(ErrorClass::Config));
        assert_eq!(failed, [SyncFailed, CustomerNeedsAttention]);
        // The failure is forgiven before the sync: it was one all the same.
        assert_eq!(told(&mut customer, at(4), |customer| customer.record_test(None, at(4))), []);
        assert_eq!(sync(&mut customer, at(5), State::Succeeded, None), [SyncRecovered]);
        let again = sync(&mut customer, at(6), State::Failed, Some(ErrorClass::Config));
        assert_eq!(again, [SyncFailed, CustomerNeedsAttention, CredentialsRefused]);
    }

    #[test]
    fn what_only_time_has_changed_is_told_and_a_pause_or_deletion_is_not() {
        let mut customer = synced();
        assert_eq!(told(&mut customer, at(7300), |_| {}), [EventKind::CustomerNeedsAttention], "stale");
        assert_eq!(told(&mut customer, at(7400), |_| {}), []);
        assert_eq!(told(&mut customer, at(7500), Customer::pause), []);

        let mut customer = synced();
        let job = ended(&customer, State::Failed, Some(ErrorClass::Config));
        let deleted = told(&mut customer, at(2), |customer| {
            customer.record(&job, at(2));
            customer.status = Status::Deleting;
        });
        assert_eq!(deleted, []);
    }

    #[test]
    fn an_event_is_the_same_when_it_is_made_again_and_holds_no_message_of_zuoras() {
        let mut customer = synced();
        let before = seen(&customer, 6);
        let job = ended(&customer, State::Failed, Some(ErrorClass::Permission));
        customer.record(&job, at(9));
        customer.examine(at(9));
        let after = seen(&customer, 7);

        let events = of_customer(&before, &after, PANEL);
        assert_eq!(of_customer(&before, &after, PANEL), events);
        let id = &customer.id;
        let counts =
            json!({"created": 0, "updated": 0, "unchanged": 0, "rewritten": 0, "deleted": 0, "total": 0, "errors": 0});
        let common = |kind: &str, link: String| {
            json!({
                "schema_version": 1, "id": format!("{id}/7/{kind}"), "at": at(9), "customer_id": id,
                "customer_name": "Acme Corporation", "link": link, "class": "permission", "job_id": job.id,
            })
        };
        let mut failed = common("sync-failed", format!("{PANEL}#/jobs/{}", job.id));
        failed["counts"] = counts;
        let mut attention = common("customer-needs-attention", format!("{PANEL}#/customers/{id}"));
        attention["health"] = "failing".into();
        assert_eq!(events.into_iter().map(|event| event.detail).collect::<Vec<_>>(), [failed, attention]);
    }

    #[test]
    fn a_customer_as_an_older_version_stored_it_is_read() {
        let old = json!({"id": customer(START).id, "rev": 1, "status": "active"});
        let old: CustomerSeen = serde_json::from_value(old).unwrap();

        assert_eq!(of_customer(&old, &old, PANEL), []);
    }
}

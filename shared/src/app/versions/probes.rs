//! What the program does with all customers at once. Each probe says what it reached: of whom it showed or did something.

use std::{collections::BTreeSet, time::Duration};

use super::{Version, key};
use crate::{
    app::{
        batches::BatchService,
        dispatch::SyncRequest,
        fixture::{AUDIT, DATA, Fixture, GRANTS, JOBS},
        lifecycle::Claim,
        outcome::{AttemptOutcome, Report},
        recount,
        redrive::Redrive,
        schedule, sweep,
    },
    aws::{
        audit::{AuditSelection, AuditTrail},
        budget::Budget,
        dead_letters,
        grants::GrantStore,
        jobs::JobSelection,
        keys,
        limits::TokenBudget,
        workflows::Workflows,
    },
    clock,
    domain::{
        ids::{CustomerId, UserId, WorkflowId},
        job::{SWEEP_GRACE, State, Traffic, Trigger},
        message::Message,
        time::Timestamp,
    },
};

/// What was reached, in words that contain the ids of it.
pub(super) type Reached = BTreeSet<String>;

/// What a probe came to; if it failed, why.
pub(super) type Outcome = Result<Reached, String>;

/// The probes, by name.
pub(super) const PROBES: [&str; 8] = ["lists", "access", "schedule", "sweeper", "redrive", "batch", "recount", "sync"];

/// One program over the tables of a version, some of which a newer version wrote.
pub(super) struct Probe<'a> {
    pub(super) fixture: Fixture,
    pub(super) version: &'a Version,
}

fn failed(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}

impl Probe<'_> {
    pub(super) async fn run(&self, name: &str) -> Outcome {
        match name {
            "lists" => self.lists().await,
            "access" => self.access().await,
            "schedule" => self.schedule().await,
            "sweeper" => self.sweeper().await,
            "redrive" => self.redrive().await,
            "batch" => self.batch().await,
            "recount" => {
                recount::run(&self.fixture.dispatcher, self.later()).await.map(|_| Reached::new()).map_err(failed)
            }
            _ => self.sync().await,
        }
    }

    /// A moment at which everybody is due and whatever is silent has been so for long.
    fn later(&self) -> Timestamp {
        self.version.written_at().plus(Duration::from_secs(7200)).plus(SWEEP_GRACE)
    }

    async fn lists(&self) -> Outcome {
        let dispatcher = &self.fixture.dispatcher;
        let mut reached = Reached::new();
        let customers = dispatcher.customers.all().await.map_err(failed)?;
        let workflows = Workflows::new(dispatcher.data.clone());
        for customer in &customers {
            reached.insert(format!("customer {}", customer.id));
            let found =
                workflows.list(&customer.id, "", None, 200, &Budget::default(), |_| true).await.map_err(failed)?;
            reached.extend(found.items.iter().map(|(workflow, _)| format!("{} {}", customer.id, workflow.zuora_id)));
            let names = workflows.names_of(&customer.id, &self.workflows_of(&customer.id)).await.map_err(failed)?;
            reached.extend(names.keys().map(|workflow| format!("name of {} {workflow}", customer.id)));
        }
        for state in State::ALL {
            let selection = JobSelection::in_state(state);
            let found = dispatcher.jobs.list(&selection, 200, &Budget::default(), |_| true).await.map_err(failed)?;
            reached.extend(found.jobs.iter().map(|job| format!("{} {}", job.customer_id, job.id)));
        }
        let found = dispatcher.awaiting_approval(customers.iter()).await.map_err(failed)?;
        reached.extend(found.iter().map(|job| format!("awaits approval: {} {}", job.customer_id, job.id)));
        let found = dispatcher.dead_letters(&all(), None, 100, |_| true).await.map_err(failed)?;
        reached.extend(found.jobs.iter().map(|job| format!("failed: {} {}", job.customer_id, job.id)));
        let now = self.version.written_at();
        let found = dead_letters::list(&dispatcher.data, None, 50, &Budget::default(), now).await.map_err(failed)?;
        reached.extend(found.items.iter().map(|(letter, _)| format!("letter {}", letter.message_id)));
        let trail = AuditTrail::new(dispatcher.data.beside(AUDIT), 400);
        let found =
            trail.list(AuditSelection::default(), None, 200, &Budget::default(), |_| true).await.map_err(failed)?;
        reached.extend(found.items.iter().map(|(record, _)| format!("audit {}", record.id)));
        Ok(reached)
    }

    /// The ids of a customer's workflows, readable or not.
    fn workflows_of(&self, customer: &CustomerId) -> Vec<WorkflowId> {
        let keys = self.version.tables.items(DATA).into_iter().map(key);
        let of_customer = keys.filter(|key| key.pk == keys::customer_partition(customer));
        of_customer.filter_map(|key| key.sk.strip_prefix(keys::WORKFLOW_PREFIX)?.parse().ok()).collect()
    }

    async fn access(&self) -> Outcome {
        let grants = GrantStore::new(self.fixture.dispatcher.data.beside(GRANTS));
        let mut reached = Reached::new();
        for item in self.version.tables.items(GRANTS) {
            let user: UserId = item["user"]["S"].as_str().unwrap().parse().unwrap();
            let held = grants.of_user(&user).await.map_err(failed)?;
            reached.extend(held.all.iter().map(|verb| format!("{user} {}", verb.as_str())));
            for (customer, verbs) in &held.customers {
                reached.extend(verbs.iter().map(|verb| format!("{user} {customer} {}", verb.as_str())));
            }
            let customer = item["customer_id"]["S"].as_str().map(|id| id.parse().unwrap());
            let listed = grants.on_customer(customer.as_ref()).await.map_err(failed)?;
            reached.extend(listed.iter().map(|grant| format!("listed: {} {}", grant.user, grant.verbs.len())));
        }
        Ok(reached)
    }

    async fn schedule(&self) -> Outcome {
        let dispatcher = &self.fixture.dispatcher;
        let round = Box::pin(schedule::run(dispatcher, self.later(), clock::now())).await.map_err(failed)?;
        if round.asked.failed > 0 {
            return Err(format!("{round:?}"));
        }
        Ok(self.sent())
    }

    async fn sweeper(&self) -> Outcome {
        self.announce_failures().await;
        let Fixture { dispatcher, lifecycle, .. } = &self.fixture;
        let swept = Box::pin(sweep::run(dispatcher, lifecycle, self.later())).await.map_err(failed)?;
        if swept.failed > 0 {
            return Err(format!("{swept:?}"));
        }
        Ok(self.sent())
    }

    async fn redrive(&self) -> Outcome {
        self.announce_failures().await;
        let Fixture { dispatcher, lifecycle, .. } = &self.fixture;
        let redriven = dispatcher.redrive(&lifecycle.dead_letters, &all(), |_| true, &self.fixture.context()).await;
        redriven.map_err(failed)?;
        Ok(self.sent())
    }

    async fn batch(&self) -> Outcome {
        let Fixture { dispatcher, .. } = &self.fixture;
        let budget = TokenBudget::new(dispatcher.data.clone(), 100_000);
        let service = BatchService { dispatcher: dispatcher.clone(), trail: self.fixture.context().trail, budget };
        let served = Box::pin(service.serve(self.later(), Duration::from_secs(60))).await.map_err(failed)?;
        if served.is_none_or(|batch| batch.asked.failed > 0 || batch.finished_at.is_none()) {
            return Err("it is not served to its end".to_owned());
        }
        Ok(self.sent())
    }

    /// A whole sync of some customers, each of which can have one.
    async fn sync(&self) -> Outcome {
        let customers = self.fixture.dispatcher.customers.all().await.map_err(failed)?;
        let mut reached = Reached::new();
        for customer in customers.iter().filter(|customer| customer.status.is_syncable()).take(3) {
            // Its own record may be the newer one.
            if Box::pin(self.sync_one(&customer.id)).await.is_ok_and(|state| state == State::Succeeded) {
                reached.insert(format!("synced {}", customer.id));
            }
        }
        Ok(reached)
    }

    async fn sync_one(&self, customer: &CustomerId) -> Result<State, String> {
        let Fixture { dispatcher, lifecycle, .. } = &self.fixture;
        let now = self.later();
        let request = SyncRequest::at_once(Trigger::Manual, None, now);
        let job = dispatcher.request_sync(customer, &request).await.map_err(failed)?.job().clone();
        let claim =
            lifecycle.claim(&Message::to(&job), now, now.plus(Duration::from_secs(900))).await.map_err(failed)?;
        let Claim::Ours(claimed) = claim else { return Err(format!("{claim:?}")) };
        let done = AttemptOutcome::Ended(Report { undoubted: true, ..Report::default() });
        let ended = lifecycle.finish_attempt(&claimed, done, &Traffic::default(), now).await.map_err(failed)?;
        ended.map(|job| job.state).ok_or_else(|| "no longer ours".to_owned())
    }

    /// The dead letters of the failed jobs, as their workers sent them.
    async fn announce_failures(&self) {
        let whole = self.version.fixture();
        let selection = JobSelection::in_state(State::Failed);
        let jobs = whole.dispatcher.jobs.list(&selection, 100, &Budget::default(), |_| true).await.unwrap().jobs;
        for job in jobs.iter().filter(|job| job.dead_lettered_at.is_some()) {
            let class = job.error.as_ref().unwrap().class;
            self.fixture.lifecycle.dead_letters.send_dead_letter(&Message::to(job), class).await.unwrap();
        }
    }

    fn sent(&self) -> Reached {
        self.fixture.mail(JOBS).into_iter().map(|mail| customer_in(&mail.body)).collect()
    }
}

fn customer_in(body: &str) -> String {
    let Message::JobV1 { customer_id, .. } = Message::parse(body).unwrap();
    format!("sent {customer_id}")
}

fn all() -> Redrive {
    Redrive { customers: None, class: None, before: None, limit: 100 }
}

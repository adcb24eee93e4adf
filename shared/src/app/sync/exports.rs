//! Exports what is new, changed or due for its daily look, several at a time, and hands each to the store.
//!
//! What must stay true:
//! - A failed export changes nothing and is counted, and the next sync finds that workflow changed again, because its fingerprint stayed
//!   old. A few broken workflows do not keep the others from being stored, and those that hang are taken again after all others.
//! - Everything under way (exports, writes, the question whether Zuora still lists) is polled in one set: whoever waits for a place for its
//!   request waits beside those that hold one, so nobody waits for ever.
//! - What is under way when the run has to stop is waited for: a write that was abandoned might be done and not be counted.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    mem,
};

use futures::{StreamExt, stream::FuturesUnordered};

use super::{
    Run, Stop,
    listing::Listing,
    plan::{Plan, Task},
    series::{Round, Series, Then},
    tally::Tally,
    upstream::{Refusal, concerns_the_run},
};
use crate::{
    domain::{diff::Stored, failure::Failure, ids::WorkflowId, job::WorkflowError, stats::Outcome, time::Timestamp},
    zuora::{Export, Version, ZuoraErrorKind},
};

/// Writes under way: enough that no export waits for the table, few enough that little is held in memory.
const WRITES: usize = 8;
/// How often the run asks whether it is still wanted.
const CHECK_EVERY: usize = 25;

/// What became of one workflow.
pub(super) enum Done {
    Stored {
        outcome: Outcome,
        tasks: u64,
    },
    /// This workflow failed; the flag says whether Zuora's state may be why.
    Failed(Failure, Suspect),
    /// Zuora did not answer in time.
    Hung(Failure),
    OutOfTime,
}

/// What a failed export says about Zuora as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Suspect {
    /// Nothing: it answered, only not well.
    Nothing,
    /// It may be down.
    Outage,
    /// The user's role may not export at all.
    Permission,
}

/// What Zuora answered: an export, none, or no.
enum Answer {
    Export(Option<Export>),
    Not(Done),
}

/// What is under way.
enum Work<'t> {
    Ask(Task<'t>, Round),
    Store(Task<'t>, Option<Export>),
    /// Failures raised doubts: does Zuora still list?
    Doubt,
}

/// What came of it.
enum Came<'t> {
    Answered(Task<'t>, Result<Answer, Stop>),
    Stored(Task<'t>, Result<Done, Stop>),
    Listed(Result<(), Stop>),
}

/// What the loop over the answers keeps in mind.
struct Exporting<'t, 'r> {
    tally: &'r mut Tally,
    series: Series,
    /// To be asked for in this round.
    queue: VecDeque<Task<'t>>,
    /// Not answered in time in the first round.
    hung: Vec<(Task<'t>, Failure)>,
    /// Not dealt with yet, with the moments of their looks.
    open: HashMap<WorkflowId, Option<Timestamp>>,
    failed_looks: Vec<WorkflowId>,
    asked: usize,
    storing: usize,
    /// Whether it is being found out if Zuora is down: nothing new is asked for meanwhile.
    in_doubt: bool,
    done: usize,
}

impl Run<'_> {
    /// Brings every planned workflow up to date. However it ends, the tally holds what was done by then.
    pub(super) async fn store(
        &self,
        listing: &Listing,
        plan: Plan<'_>,
        heads: &[Stored],
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        tally.stats = plan.stats;
        self.watch.planned(plan.tasks.len());
        let worked = heads.iter().any(|head| head.definition.is_some());
        let mut exporting = Exporting {
            tally,
            series: Series::new(worked),
            open: plan.tasks.iter().map(|task| (task.id.clone(), task.look)).collect(),
            queue: plan.tasks.into(),
            hung: Vec::new(),
            failed_looks: Vec::new(),
            asked: 0,
            storing: 0,
            in_doubt: false,
            done: 0,
        };
        let result = self.store_in_two_rounds(listing, &mut exporting).await;
        let Exporting { tally, open, mut failed_looks, .. } = exporting;
        let failed: HashSet<_> = tally.failed_workflows.iter().collect();
        let mut skipped = Vec::new();
        for (id, look) in &open {
            match look {
                Some(_) if failed.contains(id) => failed_looks.push(id.clone()),
                Some(moment) => skipped.push((id.clone(), *moment)),
                None => {}
            }
        }
        if !listing.complete {
            skipped.extend(self.unseen_looks(listing, heads));
        }
        tally.looks = self.customer.looks.after(self.started_at, &skipped, failed_looks);
        tally.left_undone = if tally.broken_off { open.into_keys().collect() } else { Vec::new() };
        result
    }

    /// The looks that are due at workflows which a broken listing did not show.
    fn unseen_looks(&self, listing: &Listing, heads: &[Stored]) -> Vec<(WorkflowId, Timestamp)> {
        let seen: HashSet<_> = listing.seen();
        let unseen = heads.iter().filter(|head| head.deleted_at.is_none() && !seen.contains(&head.zuora_id));
        let due = |id: &WorkflowId| self.customer.looks.due_since(id, self.started_at);
        unseen.filter_map(|head| Some((head.zuora_id.clone(), due(&head.zuora_id)?))).collect()
    }

    async fn store_in_two_rounds<'t>(&self, listing: &Listing, exporting: &mut Exporting<'t, '_>) -> Result<(), Stop> {
        self.store_each(Round::First, listing, exporting).await?;
        let hung = mem::take(&mut exporting.hung);
        if !exporting.is_over() {
            exporting.queue = hung.iter().map(|(task, _)| *task).collect();
            self.store_each(Round::Last, listing, exporting).await?;
        }
        // Each of them was asked for, once or twice.
        let broken_off = exporting.tally.broken_off;
        for (task, failure) in hung {
            if broken_off && exporting.open.contains_key(task.id) {
                exporting.count_error(task.id, failure);
            }
        }
        Ok(())
    }

    async fn store_each<'t>(
        &self,
        round: Round,
        listing: &Listing,
        exporting: &mut Exporting<'t, '_>,
    ) -> Result<(), Stop> {
        let mut under_way = FuturesUnordered::new();
        let mut end = Ok(());
        loop {
            while end.is_ok() && exporting.has_room(self.upstream.limit()) {
                let Some(task) = exporting.queue.pop_front() else { break };
                if self.is_late() {
                    exporting.tally.out_of_time = true;
                    break;
                }
                exporting.asked += 1;
                under_way.push(self.work(Work::Ask(task, round), listing));
            }
            let Some(result) = under_way.next().await else {
                return end;
            };
            let then = match result {
                Came::Answered(task, Ok(Answer::Export(export))) if end.is_ok() => {
                    exporting.answered(export.as_ref());
                    under_way.push(self.work(Work::Store(task, export), listing));
                    Ok(Then::GoOn)
                }
                Came::Answered(task, answer) => {
                    exporting.asked -= 1;
                    self.take(&task, round, answer.map(Answer::or_out_of_time), end.is_ok(), exporting).await
                }
                Came::Stored(task, done) => {
                    exporting.storing -= 1;
                    self.take(&task, round, done, end.is_ok(), exporting).await
                }
                Came::Listed(listed) => {
                    exporting.in_doubt = false;
                    listed.map(|()| Then::GoOn)
                }
            };
            match then {
                Ok(then) if end.is_ok() && exporting.heeds(then) => {
                    under_way.push(self.work(Work::Doubt, listing));
                }
                Err(stop) if end.is_ok() => end = Err(stop),
                _ => {}
            }
        }
    }

    async fn work<'t>(&self, work: Work<'t>, listing: &Listing) -> Came<'t> {
        match work {
            Work::Ask(task, round) => Came::Answered(task, self.ask_for(task.id, round).await),
            Work::Store(task, export) => Came::Stored(task, self.store_one(&task, listing, export).await),
            Work::Doubt => Came::Listed(self.upstream.page(1).await.map(drop).map_err(Stop::from)),
        }
    }

    /// Counts what became of one workflow, and looks up now and then. What follows from it, if the run `goes_on`.
    async fn take<'t>(
        &self,
        task: &Task<'t>,
        round: Round,
        done: Result<Done, Stop>,
        goes_on: bool,
        exporting: &mut Exporting<'t, '_>,
    ) -> Result<Then, Stop> {
        let mut then = Then::GoOn;
        match done? {
            Done::OutOfTime => {
                exporting.tally.out_of_time = true;
                return Ok(then);
            }
            Done::Stored { outcome, tasks } => {
                exporting.tally.stats.count(outcome);
                exporting.tally.counts.set(task.id, tasks);
                exporting.close(task.id);
            }
            Done::Failed(failure, suspect) => {
                then = exporting.series.failed(suspect);
                if then == Then::Denied && goes_on {
                    return Err(Stop::Failed(failure));
                }
                exporting.count_error(task.id, failure);
            }
            Done::Hung(failure) => {
                then = exporting.series.hung(round);
                if round == Round::First {
                    exporting.tally.failed_workflows.push(task.id.clone());
                    exporting.hung.push((*task, failure));
                    return Ok(then);
                }
                exporting.count_error(task.id, failure);
            }
        }
        self.watch.one_done();
        exporting.done += 1;
        match goes_on {
            false => {}
            true if exporting.done.is_multiple_of(CHECK_EVERY) => self.check_wanted().await?,
            true => self.check_wanted_at_times().await?,
        }
        Ok(then)
    }

    /// The active version's export; the latest one's when none is active; none when Zuora has none at all.
    async fn ask_for(&self, id: &WorkflowId, round: Round) -> Result<Answer, Stop> {
        let patience = round.patience(self.syncer.request_timeout);
        match self.upstream.export(id, Version::Active, patience).await {
            // It is not published whether "no active version" is a 404 or a 400.
            Err(Refusal::Zuora(error)) if error.says_there_is_none() => {}
            Err(refusal) => return self.judge(refusal).map(Answer::Not),
            Ok(export) => return Ok(Answer::Export(Some(export))),
        }
        match self.upstream.export(id, Version::Latest, patience).await {
            Err(Refusal::Zuora(error)) if error.kind == ZuoraErrorKind::NotFound => Ok(Answer::Export(None)),
            Err(refusal) => self.judge(refusal).map(Answer::Not),
            Ok(export) => Ok(Answer::Export(Some(export))),
        }
    }

    /// Whether a failed export is the workflow's problem or the run's.
    fn judge(&self, refusal: Refusal) -> Result<Done, Stop> {
        match refusal {
            Refusal::Stop(stop) => Err(stop),
            Refusal::Zuora(error) if concerns_the_run(error.kind) => Err(error.into()),
            // It was the run that had no time.
            Refusal::Zuora(error) if error.kind == ZuoraErrorKind::TimedOut && self.upstream.is_out_of_time() => {
                Ok(Done::OutOfTime)
            }
            Refusal::Zuora(error) => Ok(match error.kind {
                ZuoraErrorKind::TimedOut => Done::Hung(error.failure()),
                ZuoraErrorKind::Transient => Done::Failed(error.failure(), Suspect::Outage),
                ZuoraErrorKind::PermissionMissing => Done::Failed(error.failure(), Suspect::Permission),
                _ => Done::Failed(error.failure(), Suspect::Nothing),
            }),
        }
    }
}

impl Answer {
    /// What became of a workflow whose export will not be stored any more in this run.
    fn or_out_of_time(self) -> Done {
        match self {
            Self::Export(_) => Done::OutOfTime,
            Self::Not(done) => done,
        }
    }
}

impl Exporting<'_, '_> {
    /// Whether nothing more is asked for in this run.
    const fn is_over(&self) -> bool {
        self.tally.out_of_time || self.tally.broken_off
    }

    const fn has_room(&self, limit: usize) -> bool {
        !self.is_over() && !self.in_doubt && self.asked < limit && self.asked + self.storing < limit + WRITES
    }

    fn answered(&mut self, export: Option<&Export>) {
        if export.is_some() {
            self.series.answered();
        }
        self.asked -= 1;
        self.storing += 1;
    }

    /// Does what follows; whether Zuora is to be asked for the list.
    fn heeds(&mut self, then: Then) -> bool {
        match then {
            Then::GoOn | Then::Denied => return false,
            Then::BreakOff => {
                self.tally.broken_off = true;
                return false;
            }
            Then::Mix => fastrand::shuffle(self.queue.make_contiguous()),
            Then::AskForTheList => {}
        }
        !mem::replace(&mut self.in_doubt, true)
    }

    fn count_error(&mut self, id: &WorkflowId, Failure { class, message, .. }: Failure) {
        self.tally.stats.count(Outcome::Error);
        self.tally.errors.push(WorkflowError { workflow_id: Some(id.clone()), class, message });
        self.tally.failed_workflows.push(id.clone());
        let look = self.close(id);
        self.failed_looks.extend(look.map(|_| id.clone()));
    }

    /// A workflow is dealt with; the moment of its look.
    fn close(&mut self, id: &WorkflowId) -> Option<Timestamp> {
        self.open.remove(id).flatten()
    }
}

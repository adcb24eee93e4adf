//! Exports workflows that are new, changed or due for reverification, several at a time, and has them stored, several together.
//! See D-44.
//!
//! What must stay true:
//! - A failed export changes nothing and is counted, and the next sync exports that workflow again, because its stored
//!   fingerprint is still the old one. A few broken workflows do not keep the others from being stored, and those that hang are
//!   tried again after all others.
//! - All work in progress (exports, writes, the checks that Zuora still lists and that the run is still wanted) is polled in
//!   one set: a request that waits for a permit is polled with those that hold one, so nothing waits for ever.
//! - Work in progress is awaited when the run has to stop: an abandoned write might be done and not be counted.

use std::{collections::HashSet, mem};

use futures::{StreamExt, stream::FuturesUnordered};

use super::{
    circuit_breaker::{ExportRound, Then},
    exporting::{Answer, Came, Exporting, Sorted, Work},
    listing::Listing,
    result::{Done, Suspect},
    run::SyncRun,
    totals::RunTotals,
    upstream::{UpstreamError, concerns_the_run},
    worklist::{Task, Worklist},
};
use crate::{
    app::interruption::Interruption,
    clock,
    domain::{diff::Head, ids::WorkflowId, time::Timestamp},
    zuora::{Version, ZuoraErrorKind},
};

impl SyncRun<'_> {
    /// Updates every planned workflow. However it ends, the totals hold what was done by then.
    pub(super) async fn store(
        &self,
        listing: &Listing,
        plan: Worklist<'_>,
        heads: &[Head],
        totals: &mut RunTotals,
    ) -> Result<(), Interruption> {
        totals.stats = plan.stats;
        self.heartbeat.planned(plan.tasks.len());
        let worked = heads.iter().any(|head| head.definition.is_some());
        let mut exporting = Exporting::new(totals, plan.tasks, worked);
        let result = self.store_in_two_rounds(listing, &mut exporting).await;
        let Exporting { totals, open, mut failed_reverifications, .. } = exporting;
        let failed: HashSet<_> = totals.failed_workflows.iter().collect();
        let mut skipped = Vec::new();
        for (id, reverify) in &open {
            match reverify {
                Some(_) if failed.contains(id) => failed_reverifications.push(id.clone()),
                Some(moment) => skipped.push((id.clone(), *moment)),
                None => {}
            }
        }
        if !listing.complete {
            skipped.extend(self.unseen_reverifications(listing, heads));
        }
        totals.reverification = self.customer.reverification.after(self.started_at, &skipped, failed_reverifications);
        totals.left_undone = if totals.broken_off { open.into_keys().collect() } else { Vec::new() };
        result
    }

    /// The reverifications that are due for workflows which an incomplete listing did not show.
    fn unseen_reverifications(&self, listing: &Listing, heads: &[Head]) -> Vec<(WorkflowId, Timestamp)> {
        let seen: HashSet<_> = listing.seen();
        let unseen = heads.iter().filter(|head| head.deleted_at.is_none() && !seen.contains(&head.zuora_id));
        let due = |id: &WorkflowId| self.customer.reverification.due_since(id, self.started_at);
        unseen.filter_map(|head| Some((head.zuora_id.clone(), due(&head.zuora_id)?))).collect()
    }

    async fn store_in_two_rounds<'t>(
        &self,
        listing: &Listing,
        exporting: &mut Exporting<'t, '_>,
    ) -> Result<(), Interruption> {
        self.store_each(ExportRound::First, listing, exporting).await?;
        let hung = mem::take(&mut exporting.hung);
        if !exporting.is_over() {
            exporting.queue = hung.iter().map(|(task, _)| *task).collect();
            self.store_each(ExportRound::Last, listing, exporting).await?;
        }
        // Each of them was requested once or twice.
        let broken_off = exporting.totals.broken_off;
        for (task, failure) in hung {
            if broken_off && exporting.open.contains_key(task.id) {
                exporting.count_error(task.id, failure);
            }
        }
        Ok(())
    }

    async fn store_each<'t>(
        &self,
        round: ExportRound,
        listing: &Listing,
        exporting: &mut Exporting<'t, '_>,
    ) -> Result<(), Interruption> {
        let mut under_way = FuturesUnordered::new();
        let mut end = Ok(());
        loop {
            while end.is_ok() && exporting.has_room(self.upstream.limit()) {
                let Some(task) = exporting.queue.pop_front() else { break };
                if self.is_late() {
                    exporting.totals.out_of_time = true;
                    break;
                }
                exporting.asked += 1;
                under_way.push(self.work(Work::Ask(task, round), listing));
            }
            if let Some(together) = exporting.write_queue.next() {
                under_way.push(self.work(Work::Write(together), listing));
            }
            let Some(came) = under_way.next().await else {
                return end;
            };
            let dealt_with = match exporting.sort(came, end.is_ok()) {
                Sorted::Next(work) => {
                    under_way.push(self.work(work, listing));
                    continue;
                }
                Sorted::Done(done) => done,
                Sorted::Answered(answer) => {
                    end = end.and(answer);
                    continue;
                }
            };
            for (task, done) in dealt_with {
                match self.take(&task, round, done, end.is_ok(), exporting) {
                    Ok(then) if end.is_ok() && exporting.apply(then) => {
                        under_way.push(self.work(Work::Doubt, listing));
                    }
                    Err(interruption) if end.is_ok() => end = Err(interruption),
                    _ => {}
                }
            }
            if end.is_ok() && exporting.starts_check(self.heartbeat.is_check_due(clock::now())) {
                under_way.push(self.work(Work::CheckWanted, listing));
            }
        }
    }

    async fn work<'t>(&self, work: Work<'t>, listing: &Listing) -> Came<'t> {
        match work {
            Work::Ask(task, round) => Came::Answered(task, self.ask_for(task.id, round).await),
            Work::Prepare(task, export) => Came::Prepared(task, self.prepare(task, listing, export).await),
            Work::Write(together) => Came::Written(self.write(together).await),
            Work::CheckWanted => Came::Checked(self.check_wanted().await),
            Work::Doubt => Came::Listed(self.upstream.page(1).await.map(drop).map_err(Interruption::from)),
        }
    }

    /// Counts the result for one workflow and returns the consequence; `goes_on` is true if the run continues.
    fn take<'t>(
        &self,
        task: &Task<'t>,
        round: ExportRound,
        done: Result<Done, Interruption>,
        goes_on: bool,
        exporting: &mut Exporting<'t, '_>,
    ) -> Result<Then, Interruption> {
        let mut then = Then::GoOn;
        match done? {
            Done::OutOfTime => {
                exporting.totals.out_of_time = true;
                return Ok(then);
            }
            Done::Stored { outcome, tasks, rewritten } => {
                exporting.totals.stats.count(outcome);
                exporting.totals.stats.rewritten += u64::from(rewritten);
                exporting.totals.counts.set(task.id, tasks);
                exporting.close(task.id);
            }
            Done::Failed(failure, suspect) => {
                then = exporting.breaker.failed(suspect);
                if then == Then::Denied && goes_on {
                    return Err(Interruption::Failed(failure));
                }
                exporting.count_error(task.id, failure);
            }
            Done::Hung(failure) => {
                then = exporting.breaker.hung(round);
                if round == ExportRound::First {
                    exporting.totals.failed_workflows.push(task.id.clone());
                    exporting.hung.push((*task, failure));
                    return Ok(then);
                }
                exporting.count_error(task.id, failure);
            }
        }
        self.heartbeat.one_done();
        exporting.done += 1;
        Ok(then)
    }

    /// Requests the export of the active version, or of the latest one if none is active; none if Zuora has none at all.
    async fn ask_for(&self, id: &WorkflowId, round: ExportRound) -> Result<Answer, Interruption> {
        let patience = round.patience(self.syncer.request_timeout);
        match self.upstream.export(id, Version::Active, patience).await {
            // Zuora does not document if "no active version" is a 404 or a 400.
            Err(UpstreamError::Zuora(error)) if error.says_there_is_none() => {}
            Err(refusal) => return self.judge(refusal).map(Answer::Not),
            Ok(export) => return Ok(Answer::Export(Some(export))),
        }
        match self.upstream.export(id, Version::Latest, patience).await {
            Err(UpstreamError::Zuora(error)) if error.kind == ZuoraErrorKind::NotFound => Ok(Answer::Export(None)),
            Err(refusal) => self.judge(refusal).map(Answer::Not),
            Ok(export) => Ok(Answer::Export(Some(export))),
        }
    }

    /// Decides if a failed export concerns only the workflow, or the whole run.
    fn judge(&self, refusal: UpstreamError) -> Result<Done, Interruption> {
        match refusal {
            UpstreamError::Interruption(interruption) => Err(interruption),
            UpstreamError::Zuora(error) if concerns_the_run(error.kind) => Err(error.into()),
            // The time-out is the run's own.
            UpstreamError::Zuora(error) if error.kind == ZuoraErrorKind::TimedOut && self.upstream.is_out_of_time() => {
                Ok(Done::OutOfTime)
            }
            UpstreamError::Zuora(error) => Ok(match error.kind {
                ZuoraErrorKind::TimedOut => Done::Hung(error.failure()),
                ZuoraErrorKind::Transient => Done::Failed(error.failure(), Suspect::Outage),
                ZuoraErrorKind::PermissionMissing => Done::Failed(error.failure(), Suspect::Permission),
                _ => Done::Failed(error.failure(), Suspect::Nothing),
            }),
        }
    }
}

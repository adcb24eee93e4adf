//! The steps of a run, in their order, for a sync and for a dry run.

use std::mem;

use super::{
    listing::Listing,
    report::{broken_off_failure, conclude},
    run::SyncRun,
    snapshot::Snapshot,
    totals::RunTotals,
    worklist::{self, Worklist},
};
use crate::{
    app::{
        interruption::Interruption,
        outcome::{AttemptOutcome, Report},
    },
    clock,
    domain::{
        diff,
        guard::{self, Verdict},
        job::{HeldKind, Kind},
    },
};

impl SyncRun<'_> {
    /// Runs all steps; the outcome says how the run ended.
    pub(super) async fn go(&self) -> AttemptOutcome {
        let snapshot = match self.in_time(Box::pin(self.snapshot())).await {
            Some(Ok(snapshot)) => snapshot,
            Some(Err(interruption)) => return interruption.into(),
            None => return Interruption::listing_too_slow().into(),
        };
        let Snapshot { listing, heads, unchanged, allowed } = &snapshot;
        // Nothing is missing from an unchanged copy, and nothing has to be compared.
        let live: Vec<guard::StoredWorkflow> = heads
            .iter()
            .filter(|head| !unchanged && head.deleted_at.is_none())
            .map(|head| guard::StoredWorkflow { id: head.zuora_id.clone(), created_at: head.created_at.clone() })
            .collect();
        if allowed.kind != Some(HeldKind::DifferentTenant)
            && let Some(hold) = guard::is_different_tenant(&live, &listing.identities())
        {
            return AttemptOutcome::Ended(Report { hold: Some(hold), ..Report::default() });
        }
        let reverification = &self.customer.reverification;
        let plan = match unchanged {
            true => Worklist::of_unchanged(listing, heads, reverification, self.job, self.started_at),
            false => Worklist::of(listing, heads, reverification, self.job, self.started_at),
        };
        let seen = listing.seen();
        let gone = self.deleted_of_late(heads);
        let verdict = guard::judge(&live, &seen, self.customer.settings.delete_guard, gone, &allowed.workflows);
        if self.job.kind == Kind::Plan {
            return self.dry_run(listing, &plan, verdict).await.unwrap_or_else(AttemptOutcome::from);
        }
        // Until here nothing is done: a run that stops now leaves the results of an earlier run as they are.
        if let Err(interruption) = self.prepare_writes(heads, *unchanged).await {
            return interruption.into();
        }
        let mut totals = RunTotals::new(self.counts(&snapshot), reverification.clone());
        let worked = async {
            self.store(listing, plan, heads, &mut totals).await?;
            // Workflows that could not be exported now are among the pending reverifications.
            self.syncer.dispatcher.damaged.forget(&self.customer.id, &self.damaged).await?;
            if let (true, false, Verdict::Confirm(missing)) = (listing.complete, totals.out_of_time, &verdict) {
                self.write_tombstones(missing, heads, &seen, allowed, &mut totals).await?;
                self.forget_old(heads, &seen).await?;
            }
            Ok::<_, Interruption>(())
        };
        match self.in_time(Box::pin(worked)).await {
            Some(Ok(())) => {}
            Some(Err(stop)) => return AttemptOutcome::Stopped { stop, so_far: totals.report() },
            // The next run finds what was being written, and counts it as this job's work.
            None => totals.out_of_time = true,
        }
        if totals.out_of_time {
            return AttemptOutcome::GoOn(listing.count_unreadable(totals.report()));
        }
        let left_out = totals.counts.stored().filter(|id| !seen.contains(id)).cloned();
        let left_out = left_out.chain(mem::take(&mut totals.left_undone)).collect();
        let broken_off = totals.broken_off;
        let derived = self.derive_rest(heads).await;
        let is_sure = listing.complete && matches!(verdict, Verdict::Confirm(_));
        let judged = is_sure && self.judge_across(listing, *unchanged).await;
        let mut report = conclude(listing, verdict, left_out, Report { derived, ..totals.report() });
        if broken_off && report.hold.is_none() {
            report.failure = Some(broken_off_failure(report.stats.errors));
        }
        // The next sync compares again, and goes on with what is left to judge.
        report.listing_digest = report.listing_digest.filter(|_| judged);
        AttemptOutcome::Ended(report)
    }

    async fn prepare_writes(&self, heads: &[diff::Head], unchanged: bool) -> Result<(), Interruption> {
        self.check_wanted().await?;
        if unchanged { Ok(()) } else { self.remove_orphans(heads).await }
    }

    /// The number of workflows deleted within the guard's memory without an approval.
    fn deleted_of_late(&self, heads: &[diff::Head]) -> usize {
        let now = clock::now();
        let of_late = |head: &&diff::Head| head.deleted_at.is_some_and(|at| at.plus(guard::MEMORY) > now);
        heads.iter().filter(of_late).filter(|head| !head.deletion_approved).count()
    }

    /// A dry run: reports what a sync would do, without exporting or writing anything.
    async fn dry_run(
        &self,
        listing: &Listing,
        plan: &Worklist<'_>,
        verdict: Verdict,
    ) -> Result<AttemptOutcome, Interruption> {
        let (stats, mut preview) = plan.dry_run();
        let mut report = Report { stats, ..Report::default() };
        if let (true, Verdict::Confirm(missing)) = (listing.complete, &verdict) {
            let gone = self.confirm_gone(missing).await?;
            report.stats.deleted = gone.len() as u64;
            preview.deleted = worklist::named(&gone);
        }
        report.plan = Some(preview);
        Ok(AttemptOutcome::Ended(conclude(listing, verdict, Vec::new(), report)))
    }
}

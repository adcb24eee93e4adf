//! Conclusions from the exports of a run as a whole: Zuora is down, this user may not export, or Zuora does not answer in time.
//! See D-8 and D-34.
//!
//! This is pure logic: it receives the result of each export, and returns the consequence. An export is first requested with a
//! third of a request's time; one that hangs is tried again after all others, with the whole time. So ten workflows that hang
//! cost ten short waits, and the sound ones are stored meanwhile.

use std::time::Duration;

use super::result::Suspect;

/// The number of failures in a row that raise the question whether Zuora is down or the workflows are broken; as many more
/// raise it again.
const FAILURES_IN_A_ROW: usize = 5;
/// The number of exports in a row that hang after which the rest is shuffled: such workflows may be listed together.
const HUNG_TOGETHER: usize = 10;
/// The number of exports in a row that hang after which Zuora counts as not exporting for the moment.
const HUNG_IN_A_ROW: usize = 30;
/// The number of exports that hang for the whole time of a request after which the rest of those that hung before is skipped.
const TIMED_OUT: usize = 10;

/// The round in which an export is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExportRound {
    /// The first: all of them in turn.
    First,
    /// The last: those that hung in the first.
    Last,
}

impl ExportRound {
    /// The time that an export may take, of a request's time.
    pub(super) fn patience(self, request: Duration) -> Duration {
        match self {
            Self::First => request / 3,
            Self::Last => request,
        }
    }
}

/// The consequence of an export that did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// None.
    GoOn,
    /// Check that Zuora still lists.
    AskForTheList,
    /// The same, and shuffle the rest.
    Mix,
    /// The user may not export: the run has failed.
    Denied,
    /// Zuora does not export for the moment: request no more.
    BreakOff,
}

/// The results of a run's exports so far.
#[derive(Debug, Default)]
pub(super) struct CircuitBreaker {
    in_a_row: usize,
    hung_in_a_row: usize,
    timed_out: usize,
    /// True if an export was ever read from this tenant: then the role may export, and a denial concerns one workflow.
    worked: bool,
}

impl CircuitBreaker {
    /// The state before the first export of a run; `worked` is true if an export was ever read from this tenant.
    pub(super) fn new(worked: bool) -> Self {
        Self { worked, ..Self::default() }
    }

    /// Records an export.
    pub(super) const fn answered(&mut self) {
        (self.in_a_row, self.hung_in_a_row, self.worked) = (0, 0, true);
    }

    /// Records a response that is no export.
    pub(super) const fn failed(&mut self, suspect: Suspect) -> Then {
        self.hung_in_a_row = 0;
        match suspect {
            Suspect::Nothing => {
                self.in_a_row = 0;
                Then::GoOn
            }
            Suspect::Permission if self.in_a_row + 1 >= FAILURES_IN_A_ROW && !self.worked => Then::Denied,
            Suspect::Permission | Suspect::Outage => self.one_more_in_a_row(),
        }
    }

    /// Records that Zuora did not answer in time.
    pub(super) const fn hung(&mut self, round: ExportRound) -> Then {
        self.hung_in_a_row += 1;
        if matches!(round, ExportRound::Last) {
            self.timed_out += 1;
        }
        if self.timed_out >= TIMED_OUT || self.hung_in_a_row >= HUNG_IN_A_ROW {
            return Then::BreakOff;
        }
        let then = self.one_more_in_a_row();
        if self.hung_in_a_row.is_multiple_of(HUNG_TOGETHER) { Then::Mix } else { then }
    }

    const fn one_more_in_a_row(&mut self) -> Then {
        self.in_a_row += 1;
        if self.in_a_row.is_multiple_of(FAILURES_IN_A_ROW) { Then::AskForTheList } else { Then::GoOn }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The consequences of `times` exports in a row that hang.
    fn hang(breaker: &mut CircuitBreaker, round: ExportRound, times: usize) -> Vec<Then> {
        (0..times).map(|_| breaker.hung(round)).collect()
    }

    #[test]
    fn every_fifth_failure_in_a_row_raises_the_question_whether_zuora_is_down() {
        let mut breaker = CircuitBreaker::new(true);
        for row in 0..3 {
            for nth in 1..=5 {
                let expected = if nth == 5 { Then::AskForTheList } else { Then::GoOn };
                assert_eq!(breaker.failed(Suspect::Outage), expected, "{row} {nth}");
            }
        }
        breaker.failed(Suspect::Outage);
        assert_eq!(breaker.failed(Suspect::Nothing), Then::GoOn);
        let after: Vec<_> = (0..4).map(|_| breaker.failed(Suspect::Outage)).collect();
        assert_eq!(after, [Then::GoOn; 4], "a row of its own");
    }

    #[test]
    fn five_refusals_are_the_users_role_only_if_no_export_was_ever_read() {
        let refused = |breaker: &mut CircuitBreaker| (0..5).map(|_| breaker.failed(Suspect::Permission)).last();

        assert_eq!(refused(&mut CircuitBreaker::new(false)), Some(Then::Denied));
        assert_eq!(refused(&mut CircuitBreaker::new(true)), Some(Then::AskForTheList));
        let mut breaker = CircuitBreaker::new(false);
        breaker.answered();
        assert_eq!(refused(&mut breaker), Some(Then::AskForTheList));
    }

    #[test]
    fn exports_that_hang_together_are_mixed_with_the_others_and_thirty_in_a_row_are_enough() {
        let mut breaker = CircuitBreaker::new(true);
        let then = hang(&mut breaker, ExportRound::First, 30);

        assert_eq!(
            (then[4], then[9], then[14], then[19]),
            (Then::AskForTheList, Then::Mix, Then::AskForTheList, Then::Mix)
        );
        assert_eq!((then[28], then[29]), (Then::GoOn, Then::BreakOff));
    }

    #[test]
    fn exports_that_hang_among_sound_ones_never_break_the_first_round_off() {
        let mut breaker = CircuitBreaker::new(true);
        for _ in 0..1000 {
            assert!(!hang(&mut breaker, ExportRound::First, 12).contains(&Then::BreakOff));
            breaker.answered();
        }
    }

    #[test]
    fn ten_that_hang_for_the_whole_time_break_the_last_round_off_also_with_answers_between() {
        let mut breaker = CircuitBreaker::new(true);
        hang(&mut breaker, ExportRound::First, 12);
        for _ in 0..9 {
            assert_ne!(breaker.hung(ExportRound::Last), Then::BreakOff);
            breaker.answered();
        }
        assert_eq!(breaker.hung(ExportRound::Last), Then::BreakOff);
    }

    #[test]
    fn the_first_time_takes_a_third_of_the_last() {
        let request = Duration::from_secs(30);

        assert_eq!(ExportRound::First.patience(request), Duration::from_secs(10));
        assert_eq!(ExportRound::Last.patience(request), request);
    }
}

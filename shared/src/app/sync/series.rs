//! What the exports of a run say together: is Zuora down, may this user export at all, does it answer in time?
//! See D-8 and D-34.
//!
//! Pure: it is told what became of each export, and says what follows. An export is asked for with a third of a request's time first;
//! one that hangs is taken again after all others, with the whole time. So ten workflows that hang cost ten short waits, and the
//! sound ones are stored meanwhile.

use std::time::Duration;

use super::exporting::Suspect;

/// So many failures in a row raise the question whether Zuora is down or the workflows are odd; and so many more raise it again.
const FAILURES_IN_A_ROW: usize = 5;
/// After so many in a row that hung, what is left is taken in another order: such workflows may stand together.
const HUNG_TOGETHER: usize = 10;
/// After so many in a row, Zuora is taken not to export for the moment.
const HUNG_IN_A_ROW: usize = 30;
/// After so many that hung for the whole time of a request, the others that hung before are left alone.
const TIMED_OUT: usize = 10;

/// Which time it is that an export is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Round {
    /// All of them, one after the other.
    First,
    /// Those that hung in the first.
    Last,
}

impl Round {
    /// What an export may take of a request's time.
    pub(super) fn patience(self, request: Duration) -> Duration {
        match self {
            Self::First => request / 3,
            Self::Last => request,
        }
    }
}

/// What follows from an export that was not answered well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// Nothing.
    GoOn,
    /// Ask whether Zuora still lists.
    AskForTheList,
    /// The same, and take the rest in another order.
    Mix,
    /// The user may not export: the run has failed.
    Denied,
    /// Zuora does not export for the moment: ask for no more.
    BreakOff,
}

/// The exports of a run so far.
#[derive(Debug, Default)]
pub(super) struct Series {
    in_a_row: usize,
    hung_in_a_row: usize,
    timed_out: usize,
    /// At least one export was ever read from this tenant: then the role may export, and it is a workflow that is denied.
    worked: bool,
}

impl Series {
    /// Before the first export of a run; whether any was ever read from this tenant.
    pub(super) fn new(worked: bool) -> Self {
        Self { worked, ..Self::default() }
    }

    /// Zuora answered with an export.
    pub(super) const fn answered(&mut self) {
        (self.in_a_row, self.hung_in_a_row, self.worked) = (0, 0, true);
    }

    /// Zuora answered, but not with an export.
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

    /// Zuora did not answer in time.
    pub(super) const fn hung(&mut self, round: Round) -> Then {
        self.hung_in_a_row += 1;
        if matches!(round, Round::Last) {
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

    /// What follows from each of so many that hang.
    fn hang(series: &mut Series, round: Round, times: usize) -> Vec<Then> {
        (0..times).map(|_| series.hung(round)).collect()
    }

    #[test]
    fn every_fifth_failure_in_a_row_raises_the_question_whether_zuora_is_down() {
        let mut series = Series::new(true);
        for row in 0..3 {
            for nth in 1..=5 {
                let expected = if nth == 5 { Then::AskForTheList } else { Then::GoOn };
                assert_eq!(series.failed(Suspect::Outage), expected, "{row} {nth}");
            }
        }
        series.failed(Suspect::Outage);
        assert_eq!(series.failed(Suspect::Nothing), Then::GoOn);
        let after: Vec<_> = (0..4).map(|_| series.failed(Suspect::Outage)).collect();
        assert_eq!(after, [Then::GoOn; 4], "a row of its own");
    }

    #[test]
    fn five_refusals_are_the_users_role_only_if_no_export_was_ever_read() {
        let refused = |series: &mut Series| (0..5).map(|_| series.failed(Suspect::Permission)).last();

        assert_eq!(refused(&mut Series::new(false)), Some(Then::Denied));
        assert_eq!(refused(&mut Series::new(true)), Some(Then::AskForTheList));
        let mut series = Series::new(false);
        series.answered();
        assert_eq!(refused(&mut series), Some(Then::AskForTheList));
    }

    #[test]
    fn exports_that_hang_together_are_mixed_with_the_others_and_thirty_in_a_row_are_enough() {
        let mut series = Series::new(true);
        let then = hang(&mut series, Round::First, 30);

        assert_eq!(
            (then[4], then[9], then[14], then[19]),
            (Then::AskForTheList, Then::Mix, Then::AskForTheList, Then::Mix)
        );
        assert_eq!((then[28], then[29]), (Then::GoOn, Then::BreakOff));
    }

    #[test]
    fn exports_that_hang_among_sound_ones_never_break_the_first_round_off() {
        let mut series = Series::new(true);
        for _ in 0..1000 {
            assert!(!hang(&mut series, Round::First, 12).contains(&Then::BreakOff));
            series.answered();
        }
    }

    #[test]
    fn ten_that_hang_for_the_whole_time_break_the_last_round_off_also_with_answers_between() {
        let mut series = Series::new(true);
        hang(&mut series, Round::First, 12);
        for _ in 0..9 {
            assert_ne!(series.hung(Round::Last), Then::BreakOff);
            series.answered();
        }
        assert_eq!(series.hung(Round::Last), Then::BreakOff);
    }

    #[test]
    fn the_first_time_takes_a_third_of_the_last() {
        let request = Duration::from_secs(30);

        assert_eq!(Round::First.patience(request), Duration::from_secs(10));
        assert_eq!(Round::Last.patience(request), request);
    }
}

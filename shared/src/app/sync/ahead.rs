//! How many pages of the listing are asked for at the same time.
//!
//! At seconds a page, a large tenant is listed in one run only if many are in flight, also when nothing is stored yet that says how many
//! there are; and a page behind the end is a request in vain. So as many are asked for as the stored count promises, and behind that
//! half as many as were read, as long as the last one announces another.

/// Of the pages read so far, so many let one more be asked for ahead.
const READ_FOR_ONE_AHEAD: usize = 2;

/// What was read so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    pub(super) pages: usize,
    /// Whether the last of them announces another.
    pub(super) announces: bool,
}

/// How many pages may be in flight, of `limit`; whether the next one is `promised` by what is stored.
pub(super) fn pages_at_once(read: Read, promised: bool, limit: usize) -> usize {
    match read {
        Read { pages: 0, .. } => 1,
        _ if promised => limit,
        Read { pages, announces: true } => limit.min(pages / READ_FOR_ONE_AHEAD).max(1),
        Read { .. } => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_once(pages: usize, promised: bool) -> usize {
        pages_at_once(Read { pages, announces: true }, promised, 12)
    }

    #[test]
    fn the_first_page_is_asked_for_alone_and_then_all_that_are_promised_at_once() {
        assert_eq!((at_once(0, true), at_once(1, true), at_once(300, true)), (1, 12, 12));
    }

    #[test]
    fn without_a_promise_the_more_pages_were_read_the_more_are_asked_for_ahead() {
        let ahead: Vec<_> = (1..=9).map(|pages| at_once(pages, false)).collect();

        assert_eq!(ahead, [1, 1, 1, 2, 2, 3, 3, 4, 4]);
        assert_eq!((at_once(24, false), at_once(400, false)), (12, 12));
    }

    #[test]
    fn behind_a_page_that_announces_no_other_one_is_asked_for() {
        assert_eq!(pages_at_once(Read { pages: 30, announces: false }, false, 12), 1);
    }
}

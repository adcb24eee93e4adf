//! The number of pages of the listing to request at the same time.
//!
//! At seconds a page, a large tenant can be listed in one run only with many requests in flight, even in its first sync, when
//! no stored count tells its size; and a page beyond the end is a wasted request. So the run requests as many pages as the
//! stored count promises, and beyond that half as many as it has read, as long as the last one announces another.

/// The number of pages that have to be read for each page requested ahead.
const READ_FOR_ONE_AHEAD: usize = 2;

/// The pages read so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    pub(super) pages: usize,
    /// True if the last of them announces another.
    pub(super) announces: bool,
}

/// The number of pages that may be in flight, at most `limit`; `promised` is true if the next one lies within the stored count.
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

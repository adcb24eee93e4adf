//! How long a job pauses: after a failure that may pass, and when it is asked to wait again and again.

use std::time::Duration;

const BACKOFF_BASE: Duration = Duration::from_secs(20);
const FIRST_WAIT: Duration = Duration::from_secs(1);
const CAP: Duration = Duration::from_secs(900);

/// Full jitter over a doubling ceiling: jobs that failed together do not come back together. `roll(n)` returns a random number
/// below `n`.
pub(super) fn backoff(attempts: u32, roll: impl FnOnce(u64) -> u64) -> Duration {
    let ceiling = doubled(BACKOFF_BASE, attempts.saturating_sub(1));
    Duration::from_secs(roll(ceiling.as_secs() + 1))
}

/// The shortest wait after so many in a row: who says "come back at once" every time is not asked every second for ever.
pub(super) fn shortest_wait(waits: u32) -> Duration {
    doubled(FIRST_WAIT, waits)
}

fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1 << times.min(16)).min(CAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_doubles_up_to_a_quarter_of_an_hour_and_is_fully_jittered() {
        let ceilings: Vec<_> = (1..=8).map(|n| backoff(n, |below| below - 1).as_secs()).collect();

        assert_eq!(ceilings, [20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(backoff(3, |_| 0), Duration::ZERO);
    }

    #[test]
    fn the_shortest_wait_doubles_from_a_second_up_to_a_quarter_of_an_hour() {
        let seconds: Vec<_> = (0..12).map(|n| shortest_wait(n).as_secs()).collect();

        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(shortest_wait(u32::MAX), CAP);
    }
}

//! A lost race is run again: somebody wrote first, so read again and decide again.

use super::error::AppError;
use crate::aws::table::StoreError;

/// The number of attempts before the item is reported as unavailable.
const RACES: u32 = 8;

/// Does `attempt` until nobody writes between its reading and its writing.
///
/// # Errors
/// Those of `attempt` but [`StoreError::Conflict`]; [`StoreError::Unavailable`] where `what` is being changed all the time.
pub(crate) async fn retry_on_conflict<T, F: Future<Output = Result<T, AppError>>>(
    what: &'static str,
    attempt: impl Fn() -> F,
) -> Result<T, AppError> {
    for _ in 0..RACES {
        // On the heap: an attempt is most of what the future around it would hold.
        match Box::pin(attempt()).await {
            Err(AppError::Store(StoreError::Conflict { .. })) => {}
            result => return result,
        }
    }
    Err(AppError::Store(StoreError::Unavailable(format!("the {what} is being changed all the time").into())))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    async fn run(races_lost: u32) -> (Result<u32, AppError>, u32) {
        let lost = Cell::new(0);
        let result = retry_on_conflict("job", || async {
            if lost.get() < races_lost {
                lost.set(lost.get() + 1);
                return Err(StoreError::Conflict { failed: vec![0] }.into());
            }
            Ok(7)
        });
        (result.await, lost.get())
    }

    #[tokio::test]
    async fn a_lost_race_is_run_again_and_not_for_ever() {
        assert!(matches!(run(7).await, (Ok(7), 7)));
        assert!(matches!(run(9).await, (Err(AppError::Store(StoreError::Unavailable(_))), 8)));
    }

    #[tokio::test]
    async fn any_other_failure_is_the_end() {
        let result: Result<(), _> = retry_on_conflict("job", || async { Err(AppError::NotFound("job")) }).await;

        assert!(matches!(result, Err(AppError::NotFound("job"))));
    }
}

//! Customers whose health changes by time alone: their copy becomes out of date, or their sync has waited too long. See D-69.
//!
//! Both happen only while a sync is under way: whenever one ends or the schedule asks for one, the customer is written, and its
//! health decided again. So only the customers of jobs that take long are read.

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::AT_ONCE;
use crate::{
    app::{conflicts::retry_on_conflict, dispatch::Dispatcher, error::AppError},
    aws::customers::Customers,
    domain::{customer::Customer, ids::CustomerId, time::Timestamp},
};

/// The customers that are held in memory at a time: after an outage thousands may be late.
const IN_MEMORY: usize = 100;

/// Decides the health of these customers again, and stores it where it has changed.
///
/// # Errors
/// Store failures: the next sweep tries again.
pub(super) async fn examine(dispatcher: &Dispatcher, ids: &[CustomerId], now: Timestamp) -> Result<(), AppError> {
    for some in ids.chunks(IN_MEMORY) {
        let customers = dispatcher.customers.get_all(some).await?;
        let outdated = customers.into_iter().filter(|customer| customer.is_health_outdated(now));
        let writes = outdated.map(|customer: Customer| async move { store(dispatcher, &customer.id).await });
        stream::iter(writes).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    }
    Ok(())
}

async fn store(dispatcher: &Dispatcher, id: &CustomerId) -> Result<(), AppError> {
    retry_on_conflict("customer", || async {
        let Some(found) = dispatcher.customers.get(id).await? else { return Ok(()) };
        let mut customer = found.value.clone();
        Ok(dispatcher.data.write(Customers::put(&mut customer, Some(&found))?).await?)
    })
    .await
}

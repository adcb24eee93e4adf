//! A sync of every customer, because somebody asked.

use std::time::Duration;

use futures::TryStreamExt as _;

use super::{
    asking::Asking,
    dispatch::{Dispatcher, SyncRequest},
    error::AppError,
    many::{Asked, ask_each},
};

/// How long one request asks: API Gateway waits for half a minute at most.
const TIME: Duration = Duration::from_secs(15);

/// Asks for a sync of every customer that is not paused, as far as the time goes. Those whose sync is under way come last, so that who
/// asks again gets on.
///
/// # Errors
/// When the customers cannot be read to the end; what was asked for by then is under way.
pub async fn run(dispatcher: &Dispatcher, asking: &Asking) -> Result<Asked, AppError> {
    let request = SyncRequest::of(asking);
    let until = asking.now.plus(TIME);
    let mut asked = Asked::default();
    let customers = dispatcher.customers.each().map_ok(|customer| customer.id);
    ask_each(dispatcher, customers, &request, until, &mut asked).await?;
    Ok(asked)
}

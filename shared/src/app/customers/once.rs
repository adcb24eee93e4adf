//! Creating a customer once, however often the request arrives. See D-77.

use serde::{Deserialize, Serialize};

use super::{Creation, CustomerService};
use crate::{
    app::{context::RequestContext, error::AppError},
    aws::{idempotency::Begun, table::StoreError},
    domain::{customer::Customer, ids::CustomerId},
};

/// The customer of an idempotency key.
pub struct CreatedOnce {
    /// The customer, as it is now.
    pub customer: Customer,
    /// True if an earlier request created it: the caller may have lost the right to see it since then.
    pub is_repeated: bool,
}

/// What is kept under an idempotency key: no more than the id, so that nothing of the customer outlives it there. (Older records
/// hold the customer as it was.)
#[derive(Serialize, Deserialize)]
pub(super) struct Created {
    pub(super) id: CustomerId,
}

impl CustomerService {
    /// Creates a customer at most once under an idempotency key; `fingerprint` names the request without giving it away.
    ///
    /// # Errors
    /// As [`CustomerService::create`]; `UnderWay` and `KeyReused`; `NotFound` if the customer is gone meanwhile.
    pub async fn create_once(
        &self,
        new: Creation,
        key: &str,
        fingerprint: String,
        context: &RequestContext,
    ) -> Result<CreatedOnce, AppError> {
        let once = &self.dispatcher.idempotency;
        let claim = match once.begin(&context.actor.sub, key, fingerprint, context.now).await? {
            Begun::New(claim) => claim,
            Begun::Done(Created { id }) => {
                let found = self.dispatcher.customers.get(&id).await?.ok_or(AppError::NotFound("customer"))?;
                return Ok(CreatedOnce { customer: found.value, is_repeated: true });
            }
            Begun::UnderWay => return Err(AppError::UnderWay),
            Begun::Other => return Err(AppError::KeyReused),
        };
        let created = self.create_for(new, Some(&claim), context).await;
        // If the answer of the transaction was lost, the customer may be there: the claim stays until that is certain.
        if let Err(error) = &created
            && !matches!(error, AppError::Store(StoreError::Unavailable(_)))
        {
            once.give_up(claim).await?;
        }
        Ok(CreatedOnce { customer: created?, is_repeated: false })
    }
}

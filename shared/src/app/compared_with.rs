//! Saying with which customer another one is compared, and how.
//!
//! What must stay true: to whoever may not view the other customer, and when that one is deleted, it is as if nothing had been
//! said.

use super::{
    conflicts::retry_on_conflict,
    context::{RequestContext, commit},
    dispatch::Dispatcher,
    error::AppError,
};
use crate::{
    aws::{
        compared_with::Comparisons,
        customers::Customers,
        table::{Stored, Write},
    },
    domain::{
        audit::{Action, compared_differences},
        compared_with::ComparedWith,
        customer::Customer,
        ids::CustomerId,
        invalid::Invalid,
        precondition::Precondition,
    },
};

/// What is refused when there is nothing.
const NOTHING: AppError = AppError::NotFound("comparison");

/// Comparisons of customers.
#[derive(Clone, Debug)]
pub struct ComparisonService {
    /// Customers.
    pub dispatcher: Dispatcher,
    /// What is stored about pairs of them.
    pub comparisons: Comparisons,
}

/// What is stored, as one caller may know it.
struct Known {
    left: Customer,
    /// The number of the item's last write; 0 if there is none.
    rev: u64,
    stored: Option<ComparedWith>,
}

impl ComparisonService {
    /// Reads with which customer another one is compared; `sees` knows which ones the caller may view.
    ///
    /// # Errors
    /// `NotFound` when the caller can know of none.
    pub async fn get(&self, left: &CustomerId, sees: impl Fn(&CustomerId) -> bool) -> Result<ComparedWith, AppError> {
        self.known(left, &sees).await?.stored.ok_or(NOTHING)
    }

    /// Says with which customer, which the caller may view, another one is compared, in place of what was said before.
    ///
    /// # Errors
    /// `NotFound` when one of the two is not there; `Invalid`; `Stale` when what was said is not as expected.
    pub async fn put(
        &self,
        left: &CustomerId,
        compared: ComparedWith,
        expected: &Precondition,
        sees: impl Fn(&CustomerId) -> bool,
        context: &RequestContext,
    ) -> Result<ComparedWith, AppError> {
        if compared.customer_id == *left {
            let fault = "A customer is not compared with itself. Name another one.";
            return Err(AppError::Invalid(Invalid::one("/customer_id", fault)));
        }
        compared.validate().map_err(AppError::Invalid)?;
        retry_on_conflict("comparison", || async {
            let known = self.known(left, &sees).await?;
            check(known.stored.as_ref(), expected)?;
            self.customer(&compared.customer_id).await?;
            let there = [left, &compared.customer_id].map(Customers::exists);
            let writes = [Comparisons::put(left, &compared, known.rev)?].into_iter().chain(there).collect();
            self.write(Action::ComparedWithPut, &known, Some(&compared), writes, context).await
        })
        .await?;
        Ok(compared)
    }

    /// Takes it back.
    ///
    /// # Errors
    /// `NotFound` when the caller can know of nothing; `Stale` when it is not as expected.
    pub async fn delete(
        &self,
        left: &CustomerId,
        expected: &Precondition,
        sees: impl Fn(&CustomerId) -> bool,
        context: &RequestContext,
    ) -> Result<(), AppError> {
        retry_on_conflict("comparison", || async {
            let known = self.known(left, &sees).await?;
            let stored = known.stored.as_ref().ok_or(NOTHING)?;
            check(Some(stored), expected)?;
            let writes = vec![Comparisons::delete(left, known.rev)];
            self.write(Action::ComparedWithDelete, &known, None, writes, context).await
        })
        .await
    }

    async fn known(&self, left: &CustomerId, sees: &impl Fn(&CustomerId) -> bool) -> Result<Known, AppError> {
        let (left, found) = (self.customer(left).await?, self.comparisons.get(left).await?);
        let Some(Stored { value, rev }) = found else { return Ok(Known { left, rev: 0, stored: None }) };
        let is_there = sees(&value.customer_id) && self.dispatcher.customers.get(&value.customer_id).await?.is_some();
        Ok(Known { left, rev, stored: is_there.then_some(value) })
    }

    async fn customer(&self, id: &CustomerId) -> Result<Customer, AppError> {
        Ok(self.dispatcher.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?.value)
    }

    async fn write(
        &self,
        action: Action,
        before: &Known,
        after: Option<&ComparedWith>,
        writes: Vec<Write>,
        context: &RequestContext,
    ) -> Result<(), AppError> {
        let mut record = context.record(action).about(&before.left);
        record.changes = compared_differences(before.stored.as_ref(), after);
        Ok(commit(vec![(&self.dispatcher.data, writes)], Some(&context.entry(record))).await?)
    }
}

fn check(stored: Option<&ComparedWith>, expected: &Precondition) -> Result<(), AppError> {
    let tag = stored.map(ComparedWith::entity_tag).unwrap_or_default();
    if expected.allows(&tag) { Ok(()) } else { Err(AppError::Stale(tag)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::app::fixture::Fixture;

    struct Two {
        fixture: Fixture,
        service: ComparisonService,
        left: CustomerId,
        right: CustomerId,
    }

    impl Two {
        async fn new() -> Self {
            let fixture = Fixture::new();
            let (left, right) = (fixture.customer().await.id, fixture.customer().await.id);
            let dispatcher = fixture.dispatcher.clone();
            let service = ComparisonService { comparisons: Comparisons::new(dispatcher.data.clone()), dispatcher };
            Self { fixture, service, left, right }
        }

        fn with(&self, ignore: &str) -> ComparedWith {
            serde_json::from_value(json!({"customer_id": self.right, "ignore": [ignore]})).unwrap()
        }

        async fn put(&self, compared: ComparedWith, expected: &Precondition) -> Result<ComparedWith, AppError> {
            self.service.put(&self.left, compared, expected, |_| true, &self.fixture.context()).await
        }

        async fn delete(&self, expected: &Precondition, sees: bool) -> Result<(), AppError> {
            self.service.delete(&self.left, expected, |_| sees, &self.fixture.context()).await
        }

        async fn get(&self, sees: bool) -> Option<ComparedWith> {
            match self.service.get(&self.left, |_| sees).await {
                Err(AppError::NotFound("comparison")) => None,
                found => Some(found.unwrap()),
            }
        }
    }

    #[tokio::test]
    async fn what_is_said_is_read_replaced_and_taken_back_on_record() {
        let two = Two::new().await;
        assert_eq!(two.get(true).await, None);

        let first = two.put(two.with("css"), &Precondition::Any).await.unwrap();
        assert_eq!(two.get(true).await.as_ref(), Some(&first));
        let second = two.put(two.with("notes"), &Precondition::OneOf(vec![first.entity_tag()])).await.unwrap();
        let stale = Precondition::OneOf(vec![first.entity_tag()]);
        for result in [two.put(two.with("x"), &stale).await.err(), two.delete(&stale, true).await.err()] {
            assert!(matches!(result, Some(AppError::Stale(tag)) if tag == second.entity_tag()));
        }
        two.delete(&Precondition::Any, true).await.unwrap();

        assert_eq!(two.get(true).await, None);
        assert!(matches!(two.delete(&Precondition::Any, true).await, Err(AppError::NotFound("comparison"))));
        assert_eq!(two.fixture.trail(), ["compared_with.put", "compared_with.put", "compared_with.delete"]);
    }

    #[tokio::test]
    async fn to_whoever_may_not_view_the_other_it_is_as_if_nothing_had_been_said() {
        let two = Two::new().await;
        two.put(two.with("css"), &Precondition::Any).await.unwrap();

        assert_eq!(two.get(false).await, None);
        assert!(matches!(two.delete(&Precondition::Any, false).await, Err(AppError::NotFound("comparison"))));
        assert!(two.get(true).await.is_some(), "it is still there");
        let third = two.fixture.customer().await.id;
        let compared: ComparedWith = serde_json::from_value(json!({"customer_id": third})).unwrap();
        let seen = |id: &CustomerId| *id == third;
        two.service.put(&two.left, compared, &Precondition::Any, seen, &two.fixture.context()).await.unwrap();
        assert_eq!(two.get(true).await.unwrap().customer_id, third);
    }

    #[tokio::test]
    async fn nobody_is_compared_with_themselves_or_with_who_is_not_there() {
        let two = Two::new().await;
        let with = |id: &CustomerId| -> ComparedWith { serde_json::from_value(json!({"customer_id": id})).unwrap() };

        assert!(matches!(two.put(with(&two.left), &Precondition::Any).await, Err(AppError::Invalid(_))));
        let nobody = two.put(with(&CustomerId::new()), &Precondition::Any).await;
        assert!(matches!(nobody, Err(AppError::NotFound("customer"))));
        assert!(two.fixture.trail().is_empty());
    }
}

//! Permission in a handler's signature (D-66): an extractor parses the id in the path, asks the policy, and says how a
//! refused attempt is recorded.
//!
//! What must stay true:
//! - A handler whose parameter is one of these cannot run for a caller who may not do its [`Operation`], and cannot forget
//!   to ask.
//! - It is the first parameter that reads the request: a caller who may not do something learns nothing of what is wrong
//!   with the rest.
//! - An operation's verb, the action under which its attempts are recorded, and the problems of its own stand once, at
//!   [`operation!`], beside its handler; the API's description (`docs/openapi.json`) is made from them.

use std::{collections::BTreeSet, marker::PhantomData};

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use serde_json::{Value, json};

use super::{
    caller::CurrentUser,
    path::Ids,
    problem::{Problem, ProblemKind},
    refusal::Refusal,
};
use crate::{
    app::error::AppError,
    aws::jobs::Jobs,
    domain::{
        audit::Action,
        ids::{CustomerId, JobId},
        job::Job,
        policy::{Target, Verb},
    },
};

/// The effect of the same request when it arrives twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Nothing is changed by it at all.
    Safe,
    /// The second one finds the work of the first done, or under way, and answers the same.
    Idempotent,
    /// The same under an `Idempotency-Key`; without one it is done twice.
    WithKey,
    /// The second one is refused: it no longer applies.
    Refused,
}

impl Repeat {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Idempotent => "idempotent",
            Self::WithKey => "idempotent with an Idempotency-Key",
            Self::Refused => "refused when repeated",
        }
    }
}

/// One thing that callers may do, or be refused. Declared by [`operation!`].
pub trait Operation: Send + Sync + 'static {
    /// The verb that the caller needs.
    const VERB: Verb;
    /// The action that a refused attempt is recorded as.
    const ACTION: Action;
    /// The effect of a repeated request.
    const REPEAT: Repeat;
    /// The problems that it answers beside those of asking for permission and of reading a request.
    const PROBLEMS: &'static [ProblemKind];

    /// Describes the operation for `docs/openapi.json`: verb, repetition, the slugs of its own problems.
    fn described() -> Value {
        let slugs: Vec<_> = Self::PROBLEMS.iter().map(|kind| kind.parts().0).collect();
        json!({"verb": Self::VERB.as_str(), "repeat": Self::REPEAT.as_str(), "problems": slugs})
    }
}

/// Declares an [`Operation`]: its name, verb, audit action and [`Repeat`], and the problems of its own.
///
/// `operation!(SyncCustomer: Sync, CustomerSync, Idempotent; Conflict, TooManyRequests);` is the type `SyncCustomer` for
/// `On<SyncCustomer>`.
#[macro_export]
macro_rules! operation {
    ($name:ident: $verb:ident, $action:ident, $repeat:ident $(; $($problem:ident),+)?) => {
        #[doc = concat!("The operation `", stringify!($name), "`.")]
        #[derive(Debug)]
        pub struct $name;

        impl $crate::http::permit::Operation for $name {
            const VERB: $crate::domain::policy::Verb = $crate::domain::policy::Verb::$verb;
            const ACTION: $crate::domain::audit::Action = $crate::domain::audit::Action::$action;
            const REPEAT: $crate::http::permit::Repeat = $crate::http::permit::Repeat::$repeat;
            const PROBLEMS: &'static [$crate::http::problem::ProblemKind] = &[$($($crate::http::problem::ProblemKind::$problem),+)?];
        }
    };
}

/// Permission to do `O` on the customer that the path names.
#[derive(Debug)]
pub struct On<O> {
    /// The customer.
    pub customer: CustomerId,
    /// The caller.
    pub user: CurrentUser,
    operation: PhantomData<O>,
}

impl<S: Send + Sync, O: Operation> FromRequestParts<S> for On<O> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let user = CurrentUser::for_action(parts, O::ACTION)?;
        let customer = Ids::from_request_parts(parts, state).await?.get("customer_id", "customer")?;
        user.may(O::VERB, &customer, "customer", O::ACTION)?;
        Ok(Self { customer, user, operation: PhantomData })
    }
}

/// Permission to do `O` on all customers at once, those to come included.
#[derive(Debug)]
pub struct OnAll<O> {
    /// The caller.
    pub user: CurrentUser,
    operation: PhantomData<O>,
}

impl<S: Send + Sync, O: Operation> FromRequestParts<S> for OnAll<O> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let user = CurrentUser::for_action(parts, O::ACTION)?;
        user.may_on_all(O::VERB, O::ACTION)?;
        Ok(Self { user, operation: PhantomData })
    }
}

/// Permission to do `O` on the customer that the path names, or on all where it says `all`.
#[derive(Debug)]
pub struct OnOneOrAll<O> {
    /// The customer; none for all.
    pub customer: Option<CustomerId>,
    operation: PhantomData<O>,
}

impl<S: Send + Sync, O: Operation> FromRequestParts<S> for OnOneOrAll<O> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let customer = if Ids::from_request_parts(parts, state).await?.is("customer_id", "all") {
            OnAll::<O>::from_request_parts(parts, state).await?;
            None
        } else {
            Some(On::<O>::from_request_parts(parts, state).await?.customer)
        };
        Ok(Self { customer, operation: PhantomData })
    }
}

/// Permission to do `O` with the job that the path names, that is, on its customer.
#[derive(Debug)]
pub struct OfJob<O> {
    /// The job, as it was when the request came.
    pub job: Job,
    /// The caller.
    pub user: CurrentUser,
    operation: PhantomData<O>,
}

impl<S: Send + Sync, O: Operation> FromRequestParts<S> for OfJob<O>
where
    Jobs: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let user = CurrentUser::for_action(parts, O::ACTION)?;
        let id: JobId = Ids::from_request_parts(parts, state).await?.get("job_id", "job")?;
        let job = Jobs::from_ref(state).find(&id).await?.ok_or(AppError::NotFound("job"))?.value;
        user.may(O::VERB, &job.customer_id, "job", O::ACTION)?;
        Ok(Self { job, user, operation: PhantomData })
    }
}

/// Permission to do `O` with those customers on which the caller may: what a list may show, and what a request for many may
/// touch.
#[derive(Debug)]
pub struct Among<O> {
    /// The caller.
    pub user: CurrentUser,
    operation: PhantomData<O>,
}

impl<S: Send + Sync, O: Operation> FromRequestParts<S> for Among<O> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self { user: CurrentUser::for_action(parts, O::ACTION)?, operation: PhantomData })
    }
}

impl<O: Operation> Among<O> {
    /// True if the customer is one of them.
    pub fn includes(&self, customer: &CustomerId) -> bool {
        self.user.can(O::VERB, customer)
    }

    /// True if all customers are among them, those to come included.
    pub fn includes_all(&self) -> bool {
        self.user.caller().can(O::VERB, Target::All)
    }

    /// The customers by their ids; none where that is all of them.
    pub fn only(&self) -> Option<BTreeSet<CustomerId>> {
        self.user.caller().only(O::VERB)
    }

    /// Makes sure that all of these are among them.
    ///
    /// # Errors
    /// `forbidden` or `not-found` for the first that is not.
    pub fn check(&self, customers: &[CustomerId]) -> Result<(), Problem> {
        customers.iter().try_for_each(|customer| self.user.may(O::VERB, customer, "customer", O::ACTION))
    }

    /// The same, narrowed to the one that the request names, if it names one.
    ///
    /// # Errors
    /// `forbidden` or `not-found` where the named one is not among them.
    pub fn narrowed(&self, named: Option<&CustomerId>) -> Result<Option<BTreeSet<CustomerId>>, Problem> {
        let Some(customer) = named else { return Ok(self.only()) };
        self.user.may(O::VERB, customer, "customer", O::ACTION)?;
        Ok(Some([customer.clone()].into()))
    }
}

impl CurrentUser {
    fn may(&self, verb: Verb, customer: &CustomerId, what: &str, action: Action) -> Result<(), Problem> {
        let refusal = Refusal { customer: Some(customer.clone()), action };
        self.decided(verb, Target::One(customer), what, refusal)
    }

    fn may_on_all(&self, verb: Verb, action: Action) -> Result<(), Problem> {
        self.decided(verb, Target::All, "customer", Refusal { customer: None, action })
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, extract::Request, routing::get};
    use http::StatusCode;
    use tower::ServiceExt;

    use super::*;
    use crate::{
        domain::policy::{Caller, Grants, Verbs},
        http::caller::SignedIn,
    };

    operation!(Rename: Update, CustomerUpdate, Idempotent; Conflict);
    operation!(Browse: View, Read, Safe);

    const CUSTOMER: &str = "cus_0193a1b2c3d4e5f60718293a4b5c6d7e";

    fn app() -> Router {
        Router::new()
            .route("/customers/{customer_id}", get(|on: On<Rename>| async move { on.customer.to_string() }))
            .route("/customers", get(|_: OnAll<Rename>| async {}))
            .route("/grants/{customer_id}", get(|on: OnOneOrAll<Rename>| async move { format!("{:?}", on.customer) }))
            .route("/things", get(|among: Among<Browse>| async move { format!("{:?}", among.only()) }))
    }

    async fn ask(path: &str, verbs: &[Verb]) -> (StatusCode, Option<Refusal>) {
        let customer: CustomerId = CUSTOMER.parse().unwrap();
        let verbs: Verbs = verbs.iter().copied().collect();
        let grants = Grants { customers: [(customer, verbs)].into(), ..Grants::default() };
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        request.extensions_mut().insert(SignedIn(Caller { sub: "s".into(), email: None, groups: Vec::new(), grants }));
        let response = app().oneshot(request).await.unwrap();
        let refusal = response.extensions().get::<Problem>().and_then(|problem| problem.refusal().cloned());
        (response.status(), refusal)
    }

    #[tokio::test]
    async fn a_verb_on_the_customer_opens_the_operation_and_another_one_is_refused_under_its_name() {
        let path = format!("/customers/{CUSTOMER}");

        assert_eq!(ask(&path, &[Verb::Update]).await, (StatusCode::OK, None));
        let refusal = Refusal { customer: CUSTOMER.parse().ok(), action: Action::CustomerUpdate };
        assert_eq!(ask(&path, &[Verb::View]).await, (StatusCode::FORBIDDEN, Some(refusal)));
    }

    #[tokio::test]
    async fn who_may_not_see_a_customer_gets_the_answer_for_one_that_is_not_there() {
        let other = "/customers/cus_0193a1b2c3d4e5f60718293a4b5c6d7f";

        let (status, refusal) = ask(other, &[Verb::Update]).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(refusal.is_some(), "the attempt is recorded all the same");
        assert_eq!(ask("/customers/nobody", &[Verb::Update]).await, (StatusCode::NOT_FOUND, None));
    }

    #[tokio::test]
    async fn all_customers_need_the_verb_on_all_also_where_a_path_says_all() {
        let refusal = Some(Refusal { customer: None, action: Action::CustomerUpdate });

        assert_eq!(ask("/customers", &[Verb::Update]).await, (StatusCode::FORBIDDEN, refusal.clone()));
        assert_eq!(ask("/grants/all", &[Verb::Update]).await, (StatusCode::FORBIDDEN, refusal));
        assert_eq!(ask(&format!("/grants/{CUSTOMER}"), &[Verb::Update]).await.0, StatusCode::OK);
    }

    #[tokio::test]
    async fn a_caller_without_any_grant_is_refused_whatever_it_is() {
        for path in ["/customers/nobody", "/customers", "/things"] {
            let (status, refusal) = ask(path, &[]).await;
            assert_eq!((status, refusal.is_some()), (StatusCode::FORBIDDEN, true), "{path}");
        }
        assert_eq!(ask("/things", &[Verb::View]).await.0, StatusCode::OK);
    }

    #[test]
    fn an_operation_describes_itself() {
        assert_eq!(Rename::described(), json!({"verb": "update", "repeat": "idempotent", "problems": ["conflict"]}));
    }
}

//! `GET /v1/dead-letters` and `POST /v1/dead-letters/redrive`

use axum::{Json, extract::State as Shared};
use serde::{Deserialize, Serialize};
use shared::{
    app::{
        asking::Asking,
        retry::{Redrive, Redriven},
    },
    aws::dead_letters,
    clock,
    domain::{
        failure::ErrorClass,
        ids::{CustomerId, JobId},
        invalid::Invalid,
        policy::{Decision, Scope, Verb},
        time::Timestamp,
    },
    http::{
        body::{OptionalJson, present, whole},
        caller::Known,
        cursor::Scope as Bound,
        problem::Problem,
        query::{Limit, ValidQuery},
    },
};
use utoipa::{IntoParams, ToSchema};

use crate::{json::DeadLetterJson, setup::State};

/// The most jobs that one call redrives, to stay within its time.
const MAX_REDRIVE: usize = 200;

/// The filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// How many items at most.
    #[serde(default)]
    #[param(nullable = false, value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
    #[param(nullable = false)]
    customer_id: Option<CustomerId>,
    #[param(nullable = false)]
    error_class: Option<ErrorClass>,
}

/// Dead letters, and how many messages lie in the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLetters {
    items: Vec<DeadLetterJson>,
    /// Where the next page begins; none on the last one. Redriving does not depend on what is shown.
    next_cursor: Option<String>,
    /// About how many messages the dead-letter queue holds; only told to who may view all customers.
    depth: Option<u64>,
}

/// Lists dead letters without receiving them, which would hide them: jobs first, newest first, then unreadable messages.
#[utoipa::path(
    get,
    path = "/v1/dead-letters",
    tag = "dead letters",
    params(Filter),
    responses((status = 200, description = "Done.", body = DeadLetters)),
)]
pub async fn list_dead_letters(
    Shared(state): Shared<State>,
    known: Known,
    filter: ValidQuery<Filter>,
) -> Result<Json<DeadLetters>, Problem> {
    let filter = filter.0?;
    if let Some(customer) = &filter.customer_id {
        known.may(Verb::View, customer)?;
    }
    // Nobody knows whose an unreadable message is, nor how many of those in the queue are the caller's.
    let of_all = known.0.decide(Verb::View, Scope::All) == Decision::Allow;
    let limit = filter.limit.0;
    let text = format!("{:?}", (&filter.customer_id, filter.error_class));
    let scope = Bound { caller: &known.0.sub, route: "/v1/dead-letters", filter: &text };
    let after = state.edge.cursors.open(&scope, filter.cursor.as_deref(), |text| Some(After::parse(text)))?;
    let wanted = Redrive { customer: filter.customer_id, class: filter.error_class, before: None, limit };
    let (before, seen) = match after {
        Some(After::Job(job)) => (Some(job), None),
        Some(After::Message(id)) => (None, Some(id)),
        None => (None, None),
    };
    let (jobs, mut more) = match &seen {
        // The jobs came before the messages.
        Some(_) => (Vec::new(), false),
        None => state.dispatcher.dead_letters(&wanted, before, |customer| known.can(Verb::View, customer)).await?,
    };
    let mut items: Vec<DeadLetterJson> = jobs.into_iter().map(DeadLetterJson::from).collect();
    if !more && of_all && wanted.customer.is_none() && wanted.class.is_none() {
        let mut unreadable = dead_letters::list(&state.dispatcher.data, clock::now()).await?;
        unreadable.retain(|letter| seen.as_ref().is_none_or(|seen| letter.message_id < *seen));
        let room = limit - items.len();
        more = unreadable.len() > room;
        items.extend(unreadable.into_iter().rev().take(room).map(DeadLetterJson::Unreadable));
    }
    let last = items.last().filter(|_| more).map(DeadLetterJson::id);
    let next_cursor = last.map(|position| state.edge.cursors.seal(&scope, position));
    let depth = match of_all {
        true => Some(state.dead_letters.depth().await.map_err(|error| Problem::unavailable(&error))?),
        false => None,
    };
    Ok(Json(DeadLetters { items, next_cursor, depth }))
}

/// What the page before ended with.
enum After {
    Job(JobId),
    Message(String),
}

impl After {
    fn parse(id: &str) -> Self {
        id.parse().map_or_else(|_| Self::Message(id.to_owned()), Self::Job)
    }
}

/// Which dead letters to redrive; all of them unless told. A `null` is refused: it must not widen the filter to everything.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedriveRequest {
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    customer_id: Option<CustomerId>,
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    error_class: Option<ErrorClass>,
    /// Only those given up before this moment.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    older_than: Option<Timestamp>,
    #[schema(nullable = false, minimum = 1, maximum = 200)]
    #[serde(default, deserialize_with = "whole")]
    limit: Option<u64>,
}

/// Starts the failed jobs behind dead letters anew, those of customers that the caller may sync, and clears the queue of letters whose job moved on.
#[utoipa::path(
    post,
    path = "/v1/dead-letters/redrive",
    tag = "dead letters",
    request_body = Option<RedriveRequest>,
    responses((status = 200, description = "Done.", body = Redriven)),
)]
pub async fn redrive_dead_letters(
    Shared(state): Shared<State>,
    known: Known,
    asking: Asking,
    body: OptionalJson<RedriveRequest>,
) -> Result<Json<Redriven>, Problem> {
    let body = body.0?;
    if let Some(customer) = &body.customer_id {
        known.may(Verb::Sync, customer)?;
    }
    let limit = body.limit.map_or(MAX_REDRIVE, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    if !(1..=MAX_REDRIVE).contains(&limit) {
        return Err(Invalid::one("/limit", format!("Use a whole number from 1 to {MAX_REDRIVE}.")).into());
    }
    asking.take_place(&state.limits, body.customer_id.as_ref()).await?;
    let wanted = Redrive { customer: body.customer_id, class: body.error_class, before: body.older_than, limit };
    let may = |customer: &CustomerId| known.can(Verb::Sync, customer);
    Ok(Json(state.dispatcher.redrive(&state.dead_letters, &wanted, may, &asking).await?))
}

//! `GET /v1/dead-letters`, `POST /v1/dead-letters/redrive` and `DELETE /v1/dead-letters/{message_id}`

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    app::{
        context::RequestContext,
        redrive::{Redrive, Redriven},
    },
    aws::{
        budget::Budget,
        dead_letters::{self, UnreadableLetter},
        index::Position,
        jobs::Listed,
    },
    clock,
    domain::{
        failure::ErrorClass,
        ids::{CustomerId, JobId},
        invalid::Invalid,
        policy::Target,
        time::Timestamp,
    },
    http::{
        body::{OptionalJson, present, whole},
        paging::{Paged, Paging},
        path::Ids,
        permit::{Among, OnAll, Operation as _},
        problem::Problem,
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    json::{DeadLetterJson, UnreadableAction},
    setup::App,
};

/// The most jobs that one call redrives, to stay within its time.
const MAX_REDRIVE: usize = 200;

/// The filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    #[param(nullable = false)]
    customer_id: Option<CustomerId>,
    #[param(nullable = false)]
    error_class: Option<ErrorClass>,
}

/// A page of dead letters, and the depth of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLetters {
    items: Vec<DeadLetterJson>,
    /// The cursor of the next page; null on the last one. Redriving does not depend on the pages read.
    next_cursor: Option<String>,
    /// The approximate number of messages in the dead-letter queue; null for callers who may not view all customers.
    depth: Option<u64>,
}

operation!(ListDeadLetters: View, Read, Safe; NotFound);

/// Lists dead letters without receiving them, which would hide them: jobs first, newest first, then unreadable messages.
#[utoipa::path(
    get,
    path = "/v1/dead-letters",
    tag = "dead letters",
    params(Paging, Filter),
    responses((status = 200, description = "A page of dead letters.", body = DeadLetters)),
    extensions(("x-operation" = json!(ListDeadLetters::described()))),
)]
pub async fn list_dead_letters(
    State(app): State<App>,
    among: Among<ListDeadLetters>,
    paged: Paged<Filter>,
) -> Result<Json<DeadLetters>, Problem> {
    let Filter { customer_id, error_class } = &paged.filter;
    let customers = among.narrowed(customer_id.as_ref())?;
    // Nobody knows whose an unreadable message is, nor how many of those in the queue are the caller's.
    let of_all = among.includes_all();
    let limit = paged.limit();
    let after = paged.begin(After::parse)?.unwrap_or(After::Job(None));
    let shows_unreadable = of_all && customer_id.is_none() && error_class.is_none();
    let wanted = Redrive { customers, class: *error_class, before: None, limit };
    let may = |customer: &CustomerId| among.includes(customer);
    // The jobs come before the messages.
    let (Listed { jobs, next }, seen) = match after {
        After::Job(before) => (app.dispatcher.dead_letters(&wanted, before, limit, may).await?, None),
        After::Message(seen) => (Listed::default(), seen),
    };
    let mut next = next.map(|next| After::Job(Some(next)));
    let jobs = app.offered(jobs, &among.user).await?;
    let mut items: Vec<_> = jobs.into_iter().map(|(job, offer)| DeadLetterJson::of_job(job, offer)).collect();
    if next.is_none() && shows_unreadable {
        let (letters, more) = unreadable(&app, seen.as_ref(), limit - items.len()).await?;
        let may_delete = among.user.caller().can(DeleteDeadLetter::VERB, Target::All);
        let actions = || may_delete.then_some(UnreadableAction::Delete).into_iter().collect();
        items.extend(letters.into_iter().map(|letter| DeadLetterJson::unreadable(letter, actions())));
        next = more;
    }
    let next_cursor = next.map(|next| paged.cursor(&next.text()));
    let depth = match of_all {
        true => Some(app.dead_letters.depth().await.map_err(|error| Problem::unavailable(&error))?),
        false => None,
    };
    Ok(Json(DeadLetters { items, next_cursor, depth }))
}

/// Returns as many unreadable messages as there is room for, and the position of the next page.
async fn unreadable(
    app: &App,
    seen: Option<&Position>,
    room: usize,
) -> Result<(Vec<UnreadableLetter>, Option<After>), Problem> {
    // Without any room it is still to be known whether there are some.
    let found = dead_letters::list(&app.dispatcher.data, seen, room.max(1), &Budget::default(), clock::now()).await?;
    let (letters, next) = found.into_items();
    if room == 0 && !letters.is_empty() {
        return Ok((Vec::new(), Some(After::Message(None))));
    }
    Ok((letters, next.map(|next| After::Message(Some(next)))))
}

/// The end of the previous pages: a job, or, behind all jobs, a position among the messages.
enum After {
    Job(Option<JobId>),
    Message(Option<Position>),
}

/// The prefix of a cursor's text that is a position among the messages.
const MESSAGES: &str = "messages ";

impl After {
    fn text(&self) -> String {
        match self {
            Self::Job(job) => job.as_ref().map(ToString::to_string).unwrap_or_default(),
            Self::Message(seen) => format!("{MESSAGES}{}", seen.as_ref().map(Position::as_str).unwrap_or_default()),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix(MESSAGES) {
            Some("") => Some(Self::Message(None)),
            Some(seen) => Some(Self::Message(Some(Position::parse(seen).ok()?))),
            None => Some(Self::Job(Some(text.parse().ok()?))),
        }
    }
}

/// The dead letters to redrive; an empty body means all of them. A `null` is refused: it must not widen the filter to
/// everything.
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

operation!(RedriveDeadLetters: Sync, JobRedrive, Idempotent; NotFound, TooManyRequests);

/// Starts the failed jobs behind dead letters anew, those of customers that the caller may sync, and clears the queue of
/// letters whose job moved on.
#[utoipa::path(
    post,
    path = "/v1/dead-letters/redrive",
    tag = "dead letters",
    request_body = Option<RedriveRequest>,
    responses((status = 200, description = "The jobs that were started anew, and those that were not.", body = Redriven)),
    extensions(("x-operation" = json!(RedriveDeadLetters::described()))),
)]
pub async fn redrive_dead_letters(
    State(app): State<App>,
    among: Among<RedriveDeadLetters>,
    context: RequestContext,
    OptionalJson(body): OptionalJson<RedriveRequest>,
) -> Result<Json<Redriven>, Problem> {
    let customers = among.narrowed(body.customer_id.as_ref())?;
    let limit = body.limit.map_or(MAX_REDRIVE, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    if !(1..=MAX_REDRIVE).contains(&limit) {
        return Err(Invalid::one("/limit", format!("Use a whole number from 1 to {MAX_REDRIVE}.")).into());
    }
    context.acquire_permit(&app.limits, body.customer_id.as_ref()).await?;
    let wanted = Redrive { customers, class: body.error_class, before: body.older_than, limit };
    let may = |customer: &CustomerId| among.includes(customer);
    Ok(Json(app.dispatcher.redrive(&app.dead_letters, &wanted, may, &context).await?))
}

operation!(DeleteDeadLetter: Sync, DeadLetterDelete, Refused);

/// Removes a message that nobody could read. Failed jobs are dismissed instead.
#[utoipa::path(
    delete,
    path = "/v1/dead-letters/{message_id}",
    tag = "dead letters",
    params(("message_id" = String, Path)),
    responses((status = 204, description = "The message is gone.")),
    extensions(("x-operation" = json!(DeleteDeadLetter::described()))),
)]
pub async fn delete_dead_letter(
    State(app): State<App>,
    _on: OnAll<DeleteDeadLetter>,
    ids: Ids,
    context: RequestContext,
) -> Result<StatusCode, Problem> {
    let id: String = ids.get("message_id", "dead letter")?;
    app.dispatcher.delete_letter(&id, &app.dead_letters, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `POST /v1/customers/{customer_id}/sync` and `POST /v1/sync`

use axum::{Json, extract::State as Shared};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::{
    app::{
        dispatch::{Requested, SyncRequest},
        sync_all,
    },
    clock,
    domain::{ids::CustomerId, job::Trigger, policy::Verb},
    http::{
        caller::Known,
        path::Ids,
        problem::Problem,
        query::{ValidQuery, flag},
    },
};

use crate::setup::State;

/// How to sync.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct How {
    /// Plan and report, write nothing.
    #[serde(default, deserialize_with = "flag")]
    dry_run: bool,
}

/// Asks for a sync: a new job, the one that waits already, or one more after the one that runs. A dry run is always a job of its own.
pub async fn sync_customer(
    Shared(state): Shared<State>,
    known: Known,
    ids: Ids,
    ValidQuery(how): ValidQuery<How>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id: CustomerId = ids.get("customer_id", "customer")?;
    known.may(Verb::Sync, Some(&id))?;
    if how.dry_run {
        let job = state.desk.dispatcher.request_dry_run(&id, Some(known.0.sub), clock::now()).await?;
        return Ok((StatusCode::ACCEPTED, Json(json!({"job_id": job.id, "state": job.state, "follow_up": false}))));
    }
    let request = SyncRequest::at_once(Trigger::Manual, Some(known.0.sub), clock::now());
    let requested = state.desk.dispatcher.request_sync(&id, &request).await?;
    let job = requested.job();
    let follow_up = matches!(requested, Requested::Follows(_));
    Ok((StatusCode::ACCEPTED, Json(json!({"job_id": job.id, "state": job.state, "follow_up": follow_up}))))
}

/// Asks for a sync of every customer.
pub async fn sync_all(
    Shared(state): Shared<State>,
    known: Known,
) -> Result<(StatusCode, Json<sync_all::Asked>), Problem> {
    known.may(Verb::Sync, None)?;
    let asked = sync_all::run(&state.desk.dispatcher, known.0.sub, clock::now()).await?;
    Ok((StatusCode::ACCEPTED, Json(asked)))
}

//! `GET /v1/users`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use shared::{
    app::error::AppError,
    aws::user_pool::User,
    http::{
        permit::{OnAll, Operation as _},
        problem::Problem,
        query::ValidQuery,
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use crate::setup::App;

/// The search.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UserSearch {
    /// The beginning of an e-mail address; some of all users without it.
    #[param(nullable = false, max_length = 200)]
    q: Option<String>,
}

/// Users of the pool.
#[derive(Debug, Serialize, ToSchema)]
pub struct Users {
    /// The first twenty; type more of the address to find others.
    items: Vec<User>,
}

operation!(ListUsers: Grant, Read, Safe);

/// Finds the users to whom something can be granted.
#[utoipa::path(
    get,
    path = "/v1/users",
    tag = "access",
    params(UserSearch),
    responses((status = 200, description = "Users.", body = Users)),
    extensions(("x-operation" = json!(ListUsers::described()))),
)]
pub async fn list_users(
    State(app): State<App>,
    _on: OnAll<ListUsers>,
    ValidQuery(search): ValidQuery<UserSearch>,
) -> Result<Json<Users>, Problem> {
    let q = search.q.unwrap_or_default();
    if q.chars().count() > 200 {
        return Err(Problem::parameter("q", "Use at most 200 characters."));
    }
    let items = app.access.users.search(q.trim()).await.map_err(AppError::from)?;
    Ok(Json(Users { items }))
}

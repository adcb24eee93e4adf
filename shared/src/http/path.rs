//! Ids in paths. Something that is no id names nothing, so it is answered like an id that is not there.

use std::{collections::HashMap, str::FromStr};

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

use super::problem::{Problem, ProblemKind};

/// The path parameters by name.
#[derive(Clone, Debug)]
pub struct Ids(HashMap<String, String>);

impl Ids {
    /// The id in the parameter `name`, which is that of a `what`.
    ///
    /// # Errors
    /// `not-found` when it is no such id.
    pub fn get<T: FromStr>(&self, name: &str, what: &str) -> Result<T, Problem> {
        let id = self.0.get(name).and_then(|text| text.parse().ok());
        id.ok_or_else(|| Problem::new(ProblemKind::NotFound, format!("There is no such {what}.")))
    }

    /// True if the parameter `name` equals `word`.
    pub fn is(&self, name: &str, word: &str) -> bool {
        self.0.get(name).is_some_and(|text| text == word)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ids {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
        path.map(|Path(ids)| Self(ids)).map_err(|_| Problem::new(ProblemKind::NotFound, "There is no such path."))
    }
}

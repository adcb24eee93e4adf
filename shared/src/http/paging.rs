//! Pages of lists: `limit` and `cursor` of the request beside the filters, and `{"items":[],"next_cursor":null,"total":n?}`
//! as the answer.
//!
//! What must stay true: a cursor is good only for the caller, the path and the filters it was made for. They are taken from
//! the request as it was sent, so a new filter is part of that by itself.

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use lambda_http::RequestExt;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

use super::{
    Edge,
    caller::SignedIn,
    cursor::{CursorKey, CursorScope},
    problem::Problem,
    query,
};
use crate::aws::index::Position;

/// The items of a page unless the request says otherwise.
const USUAL: usize = 50;
/// The most items of a page.
const MOST: usize = 200;

/// The page to return.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// The most items of a page.
    #[serde(default, deserialize_with = "limit")]
    #[param(nullable = false, value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    let limit = String::deserialize(deserializer)?.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.map(Some).ok_or_else(|| serde::de::Error::custom("expected a whole number from 1 to 200"))
}

/// A request for a page of a list that has the filters `F`, whose type should deny unknown fields and read every field from text.
#[derive(Debug)]
pub struct Paged<F> {
    /// The filters.
    pub filter: F,
    paging: Paging,
    caller: String,
    path: String,
    /// The parameters but those of [`Paging`], by name.
    filters: String,
    cursors: CursorKey,
}

impl<S: Send + Sync, F: DeserializeOwned> FromRequestParts<S> for Paged<F>
where
    Edge: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let SignedIn(caller) = SignedIn::from_request_parts(parts, state).await?;
        let pairs = parts.query_string_parameters();
        let (paging, mut rest): (Vec<_>, Vec<_>) =
            pairs.iter().partition(|(name, _)| ["limit", "cursor"].contains(name));
        let filter = query::parse(rest.iter().copied())?;
        rest.sort_unstable();
        Ok(Self {
            filter,
            paging: query::parse(paging.into_iter())?,
            caller: caller.sub,
            path: parts.uri.path().to_owned(),
            filters: format!("{rest:?}"),
            cursors: Edge::from_ref(state).cursors,
        })
    }
}

impl<F> Paged<F> {
    /// The most items of this page.
    pub fn limit(&self) -> usize {
        self.paging.limit.unwrap_or(USUAL)
    }

    /// The most items of this page, if the request says so.
    pub const fn asked_limit(&self) -> Option<usize> {
        self.paging.limit
    }

    /// Binds the cursors to one more text, such as the version of what is read in pages.
    #[must_use]
    pub fn of_version(mut self, version: &str) -> Self {
        self.filters.push_str(version);
        self
    }

    /// Reads where the page begins; none for the first one. `parse` knows the form of a position.
    ///
    /// # Errors
    /// `cursor-invalid` when the cursor was not made by [`Paged::cursor`] for this caller, path and filters.
    pub fn begin<T>(&self, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        self.cursors.open(&self.scope(), self.paging.cursor.as_deref(), parse)
    }

    /// The same for positions in an index.
    ///
    /// # Errors
    /// As [`Paged::begin`].
    pub fn begin_at(&self) -> Result<Option<Position>, Problem> {
        self.begin(|text| Position::parse(text).ok())
    }

    /// Makes the cursor of a position.
    pub fn cursor(&self, position: &str) -> String {
        self.cursors.seal(&self.scope(), position)
    }

    /// The page: its items, and the position of the next one.
    pub fn page<T>(&self, items: Vec<T>, next: Option<&str>) -> List<T> {
        List { items, next_cursor: next.map(|position| self.cursor(position)), total: None }
    }

    fn scope(&self) -> CursorScope<'_> {
        CursorScope { caller: &self.caller, route: &self.path, filter: &self.filters }
    }
}

/// The filters of a list that has none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// The number of items over all pages, where it is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl<T> List<T> {
    /// All there is, on one page.
    pub const fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None, total: None }
    }

    /// The same, with the number of items on all pages.
    #[must_use]
    pub fn of_total(self, total: usize) -> Self {
        Self { total: Some(total as u64), ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use http::Request;

    use super::*;
    use crate::domain::policy::{Caller, Grants};

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        name: Option<String>,
        kind: Option<String>,
    }

    #[derive(Clone)]
    struct App(Edge);

    impl FromRef<App> for Edge {
        fn from_ref(app: &App) -> Self {
            app.0.clone()
        }
    }

    async fn read(caller: &str, uri: &str) -> Result<Paged<Filter>, String> {
        let mut parameters: HashMap<String, Vec<String>> = HashMap::new();
        let query = uri.split_once('?').map_or("", |(_, query)| query);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            parameters.entry(name.to_owned()).or_default().push(value.to_owned());
        }
        let (mut parts, ()) = Request::get(uri).body(()).unwrap().into_parts();
        parts = parts.with_query_string_parameters(parameters);
        parts.extensions.insert(SignedIn(Caller {
            sub: caller.into(),
            email: None,
            groups: Vec::new(),
            grants: Grants::default(),
        }));
        let paged = Paged::from_request_parts(&mut parts, &App(Edge::for_tests())).await;
        paged.map_err(|problem| problem.body("r").to_string())
    }

    fn begins(paged: &Paged<Filter>) -> Result<Option<String>, ()> {
        paged.begin(|text| Some(text.to_owned())).map_err(drop)
    }

    #[tokio::test]
    async fn filters_and_page_are_read_apart_and_strictly() {
        let paged = read("s", "/v1/things?limit=7&name=a").await.unwrap();
        assert_eq!((paged.limit(), paged.filter), (7, Filter { name: Some("a".into()), kind: None }));
        assert_eq!(read("s", "/v1/things").await.unwrap().limit(), 50);

        for wrong in ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "colour=red", "name=a&name=b"] {
            assert!(read("s", &format!("/v1/things?{wrong}")).await.is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_cursor_is_good_for_the_same_list_in_any_page_size_and_order_of_parameters() {
        let cursor = read("s", "/v1/things?name=a&kind=b&limit=7").await.unwrap().cursor("seventh");

        let same = read("s", &format!("/v1/things?limit=9&kind=b&name=a&cursor={cursor}")).await.unwrap();
        assert_eq!(begins(&same), Ok(Some("seventh".to_owned())));
        for (caller, list) in [
            ("t", "/v1/things?name=a&kind=b"),
            ("s", "/v1/others?name=a&kind=b"),
            ("s", "/v1/things?name=a"),
            ("s", "/v1/things?name=a&kind=c"),
        ] {
            let separator = if list.contains('?') { '&' } else { '?' };
            let other = read(caller, &format!("{list}{separator}cursor={cursor}")).await.unwrap();
            assert_eq!(begins(&other), Err(()), "{caller} {list}");
        }
        assert_eq!(begins(&same.of_version("2")), Err(()), "another version");
    }
}

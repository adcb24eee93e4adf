//! A complete request, and the selector with which faults and holds choose requests.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

/// The Zuora operations that the simulator knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// `POST /oauth/token`
    Token,
    /// `GET /workflows`
    List,
    /// `GET /workflows/{id}`
    Get,
    /// `GET /workflows/{id}/export`
    Export,
    /// Any other; answered with 404.
    Other,
}

impl Route {
    /// Selects this page of the list only.
    pub fn page(self, page: u32) -> Only {
        Only { page: Some(page), ..self.into() }
    }

    /// Selects this workflow only.
    pub fn workflow(self, id: u64) -> Only {
        Only { workflow_id: Some(id), ..self.into() }
    }
}

/// A selection of requests. A field that is `None` matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Only {
    /// The operation.
    pub route: Option<Route>,
    /// The requested page; a list request without one asks for page 1.
    pub page: Option<u32>,
    /// The workflow in the path.
    pub workflow_id: Option<u64>,
    /// The requested `version`, word for word (`latest`, `0.0.2`).
    pub version: Option<String>,
    /// The name under which the simulator was addressed (`localhost`), without the port.
    pub host: Option<String>,
}

impl Only {
    pub(super) fn matches(&self, asked: &Asked) -> bool {
        self.route.is_none_or(|route| route == asked.route)
            && self.page.is_none_or(|page| asked.page == Some(page))
            && self.workflow_id.is_none_or(|id| asked.workflow_id == Some(id))
            && self.version.as_ref().is_none_or(|version| asked.version.as_ref() == Some(version))
            && self.host.as_deref().is_none_or(|host| asked.host() == Some(host))
    }
}

impl From<Route> for Only {
    fn from(route: Route) -> Self {
        Self { route: Some(route), ..Self::default() }
    }
}

/// One complete request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The operation, from method and path.
    pub route: Route,
    /// The requested page; `None` on other routes than the list.
    pub page: Option<u32>,
    /// The requested page length, before it is cut to the maximum.
    pub page_length: Option<u32>,
    /// The workflow in the path.
    pub workflow_id: Option<u64>,
    /// The `version` parameter.
    pub version: Option<String>,
    /// The `name` parameter.
    pub name: Option<String>,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Asked {
    pub(super) async fn read(request: Request<Incoming>) -> Result<Self, hyper::Error> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let path = head.uri.path().to_owned();
        let parameter = |name: &str| {
            let query = head.uri.query().unwrap_or_default().as_bytes();
            form_urlencoded::parse(query).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let number = |name: &str| parameter(name).and_then(|value| value.parse().ok());
        let (route, workflow_id) = route(&head.method, &path);
        Ok(Self {
            route,
            page: (route == Route::List).then(|| number("page").unwrap_or(1).max(1)),
            page_length: number("page_length"),
            workflow_id,
            version: parameter("version"),
            name: parameter("name"),
            method: head.method,
            path,
            headers: head.headers,
            body,
        })
    }

    /// A header's value, if it is present and readable.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn host(&self) -> Option<&str> {
        self.header(header::HOST.as_str())?.split(':').next()
    }

    /// A field of the form in the body.
    pub(super) fn form(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(&self.body).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    pub(super) fn bearer(&self) -> Option<&str> {
        self.header(header::AUTHORIZATION.as_str())?.strip_prefix("Bearer ")
    }

    pub(super) fn accepts_gzip(&self) -> bool {
        self.header(header::ACCEPT_ENCODING.as_str()).is_some_and(|value| value.contains("gzip"))
    }
}

fn route(method: &Method, path: &str) -> (Route, Option<u64>) {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let id = segments.get(1).and_then(|id| id.parse().ok());
    match (method.as_str(), segments.as_slice(), id) {
        ("POST", ["oauth", "token"], _) => (Route::Token, None),
        ("GET", ["workflows"], _) => (Route::List, None),
        ("GET", ["workflows", _], Some(_)) => (Route::Get, id),
        ("GET", ["workflows", _, "export"], Some(_)) => (Route::Export, id),
        _ => (Route::Other, None),
    }
}

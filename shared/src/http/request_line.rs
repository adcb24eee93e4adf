//! The one line that a request leaves in the log: which route, how it ended, how long it took. Never a path, a query or a body.

use axum::{
    extract::{MatchedPath, Request},
    response::Response,
};
use http::Method;
use lambda_http::request::RequestContext;

use super::problem::Problem;
use crate::{clock, domain::time::Timestamp};

/// A request that began.
pub(super) struct RequestLine {
    pub(super) started: Timestamp,
    pub(super) method: Method,
    /// Such as `/v1/customers/{customer_id}`; `unknown` if there is none.
    pub(super) route: String,
    pub(super) request_id: String,
}

/// The caller and the object of a request, as far as they are known.
#[derive(Default)]
pub(super) struct About<'a> {
    pub(super) caller: Option<&'a str>,
    pub(super) customer_id: Option<&'a str>,
    pub(super) job_id: Option<&'a str>,
}

impl RequestLine {
    pub(super) fn begin(request: &Request, path: Option<&MatchedPath>) -> Self {
        Self {
            started: clock::now(),
            method: request.method().clone(),
            route: path.map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned()),
            request_id: request_id(request.extensions().get::<RequestContext>()),
        }
    }

    /// Writes the line.
    pub(super) fn write(&self, response: &Response, problem: Option<&Problem>, about: &About<'_>) {
        let Self { method, route, .. } = self;
        let About { caller, customer_id, job_id } = about;
        let status = response.status();
        let (slug, cause) = (problem.map(|problem| problem.kind.parts().0), problem.and_then(Problem::cause));
        let duration_ms = self.started.millis_until(clock::now());
        let outcome = if status.is_server_error() {
            "failed"
        } else if status.is_client_error() {
            "refused"
        } else {
            "done"
        };
        if status.is_server_error() {
            tracing::error!(%method, route, status = status.as_u16(), outcome, caller, customer_id, job_id, problem = slug, error = cause, duration_ms, "{method} {route} failed");
        } else {
            tracing::info!(%method, route, status = status.as_u16(), outcome, caller, customer_id, job_id, problem = slug, duration_ms, "{method} {route}");
        }
    }
}

/// The id that API Gateway gave the request.
pub(super) fn request_id(context: Option<&RequestContext>) -> String {
    match context {
        Some(RequestContext::ApiGatewayV1(context)) => context.request_id.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

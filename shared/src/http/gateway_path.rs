//! The path as API Gateway and as this program read it: they must agree, or whoever filters or logs in front sees another
//! request than the one that runs.
//!
//! An encoded `?` or `#` in an id, decoded on the way, would end the path here and not there.

use axum::extract::{RawPathParams, Request};
use lambda_http::{RequestExt as _, request::RequestContext};

/// True if API Gateway found the same route, with the same values in its parameters.
pub(super) fn agrees(request: &Request, route: &str, params: &RawPathParams) -> bool {
    let Some(RequestContext::ApiGatewayV1(gateway)) = request.extensions().get() else { return true };
    let is_route = gateway.resource_path.as_deref().is_none_or(|resource| resource == route);
    let theirs = request.path_parameters();
    is_route
        && !request.raw_http_path().contains(['?', '#'])
        && params.iter().all(|(name, value)| theirs.first(name) == Some(value))
}

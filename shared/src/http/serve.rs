//! The frame of every request: authentication, the request id, a time limit, problems, headers, one log line.

use std::{convert::Infallible, panic::AssertUnwindSafe, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, RawPathParams, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{FutureExt, stream};
use http::{HeaderName, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, Collected};
use lambda_http::{Request as LambdaRequest, request::RequestContext as GatewayContext, tower::util::MapRequest};

use super::{
    Edge, base_path,
    caller::{SignedIn, identify},
    gateway_path,
    problem::{Problem, ProblemKind},
    refusal_audit,
    request_line::{About, RequestLine, request_id},
    response_size::{MOST, too_large, weight},
};
use crate::{
    app::context::RequestContext,
    config::EnvSettings,
    domain::{
        json::{BYTE_ORDER_MARK, without_mark},
        policy::Caller,
    },
    lambda::invocation,
};

/// API Gateway gives up after 29 s and the function after 25: this answers before both.
const TIME_LIMIT: Duration = Duration::from_secs(24);
/// The paths that need no token.
const OPEN: [&str; 2] = ["/health", "/openapi.json"];

/// Answers requests until Lambda ends the process.
///
/// # Errors
/// When the runtime API is gone.
pub async fn serve(router: Router, edge: Edge) -> Result<(), lambda_http::Error> {
    run(surround(router, edge)).await
}

/// The same for a router that is surrounded already.
///
/// # Errors
/// When the runtime API is gone.
pub async fn run(router: Router) -> Result<(), lambda_http::Error> {
    let base = EnvSettings::from_env().optional("BASE_PATH");
    lambda_http::run(under(base, router)).await
}

/// The router for requests that may come under the base path of a domain.
fn under(
    base: Option<String>,
    router: Router,
) -> MapRequest<Router, impl FnMut(LambdaRequest) -> LambdaRequest + Clone> {
    MapRequest::new(router, move |mut request: LambdaRequest| {
        if let Some(base) = &base {
            *request.uri_mut() = base_path::strip(request.uri().clone(), base);
        }
        request
    })
}

/// The router with all that surrounds a request.
pub fn surround(router: Router, edge: Edge) -> Router {
    router
        .fallback(unknown)
        .layer(middleware::from_fn_with_state(edge, around))
        .layer(middleware::from_fn(in_its_invocation))
}

/// The same for what everybody may read: nobody is asked who they are.
pub fn surround_open(router: Router) -> Router {
    router.fallback(unknown).layer(middleware::from_fn(around_open)).layer(middleware::from_fn(in_its_invocation))
}

/// API Gateway's id of a request is on every line about it: people see it as the problem's `instance`.
async fn in_its_invocation(request: Request, next: Next) -> Response {
    let id = request_id(request.extensions().get::<GatewayContext>());
    invocation::run(&id, next.run(request)).await
}

async fn unknown() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no such path.")
}

async fn around_open(path: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let line = RequestLine::begin(&request, path.as_ref());
    let (response, problem) = finish(bounded(limited(next.run(request)).await).await, &line.request_id);
    line.write(&response, problem.as_ref(), &About::default());
    response
}

async fn around(
    State(edge): State<Edge>,
    path: Option<MatchedPath>,
    params: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    let line = RequestLine::begin(&request, path.as_ref());
    let (route, request_id) = (line.route.clone(), line.request_id.clone());
    let gateway = request.extensions().get::<GatewayContext>();
    let caller = identify(gateway, request.headers(), &edge.audience);
    let actor = caller.as_ref().map(Caller::actor).ok();
    let context = actor.clone().map(|actor| RequestContext {
        actor,
        request_id: request_id.clone(),
        now: line.started,
        trail: edge.trail.clone(),
    });
    let response = if !gateway_path::agrees(&request, &route, &params) {
        unknown().await.into_response()
    } else if OPEN.contains(&route.as_str()) {
        limited(next.run(request)).await
    } else {
        match with_grants(&edge, caller).await {
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                if let Some(context) = &context {
                    request.extensions_mut().insert(context.clone());
                }
                limited(next.run(request)).await
            }
            Err(problem) => problem.into_response(),
        }
    };
    let param = |wanted: &str| params.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
    let (response, problem) = finish(bounded(response).await, &request_id);
    if let (Some(context), Some(refusal)) = (&context, problem.as_ref().and_then(Problem::refusal)) {
        refusal_audit::record(&edge, context, refusal).await;
    }
    let about = About {
        caller: actor.as_ref().map(|actor| actor.sub.as_str()),
        customer_id: param("customer_id"),
        job_id: param("job_id"),
    };
    line.write(&response, problem.as_ref(), &about);
    response
}

/// The caller with their grants.
async fn with_grants(edge: &Edge, caller: Result<Caller, Problem>) -> Result<SignedIn, Problem> {
    let mut caller = caller?;
    // A `sub` that is no user's id was granted nothing.
    if let (false, Ok(user)) = (caller.is_super_admin(), caller.sub.parse()) {
        caller.grants = edge.grants.of_user(&user).await?;
    }
    Ok(SignedIn(caller))
}

/// Runs a handler within the time limit; a panic or a late answer is a problem, not a lost connection.
async fn limited(handler: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(TIME_LIMIT, AssertUnwindSafe(handler).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Problem::internal(&Fault("the handler panicked")).into_response(),
        Err(_) => Problem::unavailable(&Fault("the handler took too long")).into_response(),
    }
}

/// Measures an answer as it will be sent: Lambda would replace what is too large by an error that says nothing.
async fn bounded(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    match body.collect().await.map(Collected::to_bytes) {
        Ok(body) if weight(&body) > MOST => too_large(weight(&body)).into_response(),
        Ok(body) if without_mark(&body).len() == body.len() => Response::from_parts(head, body.into()),
        Ok(body) => {
            // `lambda_http` takes a byte order mark off when it makes text of a body: this one gets another, and a length
            // that is not told here cannot be a wrong one afterwards.
            head.headers.remove(header::CONTENT_LENGTH);
            let marked = [Bytes::from_static(BYTE_ORDER_MARK), body].map(Ok::<_, Infallible>);
            Response::from_parts(head, Body::from_stream(stream::iter(marked)))
        }
        Err(error) => Problem::internal(&error).into_response(),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Fault(&'static str);

/// Renders the problem, if there is one, and adds the headers of every answer; what a handler says of caching and content stays.
fn finish(mut response: Response, request_id: &str) -> (Response, Option<Problem>) {
    let status = response.status();
    let mut problem = response.extensions_mut().remove::<Problem>();
    // What axum itself refuses has no problem yet; its Allow header stays.
    if problem.is_none() && status == StatusCode::METHOD_NOT_ALLOWED {
        problem = Some(Problem::new(ProblemKind::MethodNotAllowed, "See the Allow header for what this path takes."));
    }
    if let Some(problem) = &problem {
        let headers = std::mem::take(response.headers_mut());
        response = (status, problem.body(request_id).to_string()).into_response();
        response.headers_mut().extend(headers);
        let media_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    let fixed: [(HeaderName, &'static str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", id);
    }
    (response, problem)
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use super::*;
    use crate::{
        http::{id_token::bearer, permit::OnAll},
        operation,
    };

    operation!(See: View, Read, Safe);

    fn app() -> Router {
        let seen = |_: OnAll<See>| async { "seen" };
        let router = Router::new()
            .route("/health", get(async || "ok"))
            .route("/v1/things/{customer_id}", get(seen))
            .route("/v1/me", get(async |SignedIn(caller): SignedIn| axum::Json(caller.sub)))
            .route("/v1/panics", get(async |_: OnAll<See>| -> &'static str { panic!("with a secret") }));
        surround(router, Edge::for_tests())
    }

    async fn ask(method: &str, path: &str, payload: Value) -> (StatusCode, http::HeaderMap, Value) {
        let params = path.strip_prefix("/v1/things/").map(|id| json!({"customer_id": id}));
        let resource = if params.is_some() { "/v1/things/{customer_id}" } else { path };
        ask_by(method, path, (resource, params), payload).await
    }

    /// A request as API Gateway hands it over: for a route with parameters, with a token of this payload.
    fn event(method: &str, path: &str, (resource, params): (&str, Option<Value>), payload: &Value) -> Value {
        let mut claims = payload.clone();
        claims["cognito:groups"] = json!(payload["cognito:groups"].to_string());
        json!({
            "resource": path, "path": path, "httpMethod": method, "multiValueHeaders": {},
            "headers": {"host": "x", "authorization": bearer(payload)}, "pathParameters": params,
            "requestContext": {
                "accountId": "1", "apiId": "a", "resourceId": "r", "stage": "$default", "requestId": "req-1", "identity": {},
                "resourcePath": resource, "httpMethod": method, "authorizer": {"claims": claims}
            },
            "isBase64Encoded": false
        })
    }

    /// Asks for a path that API Gateway took for a route.
    async fn ask_by(
        method: &str,
        path: &str,
        route: (&str, Option<Value>),
        payload: Value,
    ) -> (StatusCode, http::HeaderMap, Value) {
        let event = event(method, path, route, &payload);
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        let response = app().oneshot(request.map(|body| Body::from(body.to_vec()))).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 100_000).await.unwrap();
        (
            parts.status,
            parts.headers,
            serde_json::from_slice(&body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&body))),
        )
    }

    fn admin() -> Value {
        json!({"token_use": "id", "aud": "client", "sub": "s", "cognito:groups": ["super_admin"]})
    }

    #[tokio::test]
    async fn only_the_open_paths_work_without_a_token() {
        assert_eq!(ask("GET", "/health", json!({})).await.0, StatusCode::OK);

        let (status, headers, body) = ask("GET", "/v1/things/1", json!({})).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(headers["content-type"], "application/problem+json");
        assert_eq!((&body["type"], &body["instance"]), (&json!("/problems/unauthenticated"), &json!("req-1")));
    }

    #[tokio::test]
    async fn a_caller_who_was_granted_nothing_is_forbidden_everything_but_to_ask_who_they_are() {
        let nobody = json!({"token_use": "id", "aud": "client", "sub": "s"});

        assert_eq!(ask("GET", "/v1/panics", nobody.clone()).await.0, StatusCode::FORBIDDEN);
        assert_eq!(ask("GET", "/v1/me", nobody).await.2, json!("s"));
    }

    #[tokio::test]
    async fn a_caller_in_no_group_is_forbidden_and_an_admin_gets_an_answer() {
        let nobody = json!({"token_use": "id", "aud": "client", "sub": "s"});

        assert_eq!(ask("GET", "/v1/things/1", nobody).await.0, StatusCode::FORBIDDEN);
        let (status, headers, body) = ask("GET", "/v1/things/1", admin()).await;
        assert_eq!((status, body), (StatusCode::OK, json!("seen")));
        assert_eq!(
            (&headers["x-request-id"], &headers["cache-control"]),
            (&"req-1".parse().unwrap(), &"no-store".parse().unwrap())
        );
    }

    #[tokio::test]
    async fn what_does_not_exist_is_a_problem_too() {
        let (status, headers, body) = ask("DELETE", "/v1/things/1", admin()).await;
        assert_eq!((status, &body["type"]), (StatusCode::METHOD_NOT_ALLOWED, &json!("/problems/method-not-allowed")));
        assert!(headers["allow"].to_str().unwrap().contains("GET"));

        let (status, _, body) = ask("GET", "/v1/nothing", admin()).await;
        assert_eq!((status, &body["type"]), (StatusCode::NOT_FOUND, &json!("/problems/not-found")));
    }

    #[tokio::test]
    async fn what_api_gateway_took_for_another_route_or_another_id_is_not_there() {
        let params = |id: &str| Some(json!({"customer_id": id}));
        let route = "/v1/things/{customer_id}";
        assert_eq!(ask_by("GET", "/v1/things/1", (route, params("1")), admin()).await.0, StatusCode::OK);

        for (path, resource, seen) in [
            ("/v1/things/1", "/v1/things/{customer_id}/parts", params("1")),
            ("/v1/things/1", route, params("2")),
            ("/v1/things/1", route, None),
            ("/v1/things/1?x", route, params("1?x")),
            ("/v1/things/1#x", route, params("1#x")),
            ("/v1/things/1?", route, params("1")),
            ("/v1/things/%31", route, params("%31")),
        ] {
            let (status, _, body) = ask_by("GET", path, (resource, seen), admin()).await;
            assert_eq!((status, &body["type"]), (StatusCode::NOT_FOUND, &json!("/problems/not-found")), "{path}");
        }
    }

    #[tokio::test]
    async fn a_request_under_the_domains_base_path_meets_its_route() {
        let route = ("/v1/things/{customer_id}", Some(json!({"customer_id": "1"})));
        let event = event("GET", "/zwm/v1/things/1", route, &admin());
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();

        let response = under(Some("zwm".to_owned()), app()).oneshot(request).await.unwrap();

        assert_eq!(response.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn a_panic_is_answered_without_its_text() {
        let (status, _, body) = ask("GET", "/v1/panics", admin()).await;

        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!body.to_string().contains("secret"), "{body}");
    }
}

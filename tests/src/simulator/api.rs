//! Zuora's side: the true answer of each operation.

use serde_json::json;

use super::{Asked, Effect, Reply, Route, Tenant, export::export, list::list};

/// The true answer; faults that concern lists are already applied to a list.
pub(super) fn answer(tenant: Option<&Tenant>, asked: &Asked, effect: &Effect) -> Reply {
    if asked.route == Route::Token {
        return token(tenant, asked);
    }
    let Some(tenant) = tenant.filter(|tenant| asked.bearer().is_some_and(|token| tenant.admits(token))) else {
        let reason = json!({ "code": 90_000_011, "message": "this resource is protected, please sign in first" });
        return Reply::json(401, &json!({ "success": false, "reasons": [reason] }));
    };
    match (asked.route, asked.workflow_id) {
        (Route::List, _) => list(tenant, asked, effect),
        (Route::Get, Some(id)) => get(tenant, id),
        (Route::Export, Some(id)) => export_of(tenant, id, asked.version.as_deref()),
        _ => Reply::json(404, &json!({ "message": "no Route matched with those values" })),
    }
}

fn token(tenant: Option<&Tenant>, asked: &Asked) -> Reply {
    let refuse =
        |status, error, description| Reply::json(status, &json!({ "error": error, "error_description": description }));
    let form = "application/x-www-form-urlencoded";
    if !asked.header("content-type").is_some_and(|value| value.starts_with(form)) {
        return refuse(400, "invalid_request", "the body must be a form");
    }
    if asked.form("grant_type").as_deref() != Some("client_credentials") {
        return refuse(400, "unsupported_grant_type", "only client_credentials");
    }
    let Some(tenant) = tenant.filter(|tenant| asked.form("client_secret") == Some(tenant.client_secret())) else {
        return refuse(401, "invalid_client", "Bad client credentials");
    };
    let (access_token, expires_in) = tenant.issue_token();
    let client = tenant.client_id();
    let body = json!({
        "access_token": access_token,
        "token_type": "bearer",
        "expires_in": expires_in,
        "scope": format!("user.{} entity.{client} service.echo.read platform.write tenant.7", client.replace('-', "")),
        "jti": super::tenant::uuid().replace('-', ""),
    });
    Reply::json(200, &body)
}

fn get(tenant: &Tenant, id: u64) -> Reply {
    match tenant.workflow(id) {
        Some(workflow) => Reply::json(200, &workflow.detail()),
        None => unknown_workflow(),
    }
}

fn export_of(tenant: &Tenant, id: u64, version: Option<&str>) -> Reply {
    let Some(workflow) = tenant.take_export(id) else {
        return unknown_workflow();
    };
    let number = |text: &str| text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if let Some(asked) = version.filter(|asked| *asked != "latest" && !number(asked)) {
        return invalid(400, &format!("The input of version '{asked}' is invalid."));
    }
    match workflow.version(version) {
        Some(found) => Reply::text(200, "application/json", export(&workflow, found)),
        None => invalid(404, &format!("Workflow version '{}' is not found.", version.unwrap_or("active"))),
    }
}

fn unknown_workflow() -> Reply {
    Reply::json(404, &json!({ "errors": ["Invalid ID / Multiple objects returned for this request"] }))
}

/// A 400 or 404 in Zuora's shape. The inner status is always 400, even in a 404: that is how Zuora documents it.
pub(super) fn invalid(status: u16, title: &str) -> Reply {
    Reply::json(status, &json!({ "errors": [{ "status": 400, "code": "invalid", "title": title }] }))
}

//! `POST /v1/customers`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use shared::{
    app::{
        context::RequestContext,
        customers::{CreatedOnce, Creation},
        error::AppError,
    },
    domain::{
        base_url::BaseUrlPolicy, customer::Settings, guard::Limits, invalid::Invalid, known_hosts::environment_of,
        policy::Verb, schedule::Frequency,
    },
    http::{
        body::NamedJson,
        idempotency::IdempotencyKey,
        permit::{OnAll, Operation as _},
        problem::Problem,
    },
    operation,
};

use super::{
    json::{CustomerJson, with_warnings},
    look_alikes::warn_of_look_alikes,
    request::{CustomerRequest, Entered, NewCustomerRequest},
};
use crate::setup::App;

/// The customer that a body describes; what it does not say is as usual.
fn creation(body: CustomerRequest, policy: &BaseUrlPolicy) -> Result<Creation, Invalid> {
    let missing = body.missing();
    let Entered { settings, secret, verify } = body.validate(policy)?;
    let (Some(base), Some(secret), true) = (settings.zuora_base_url.clone(), secret, missing.0.is_empty()) else {
        return Err(missing);
    };
    let usual = Settings {
        name: String::new(),
        zuora_client_id: String::new(),
        zuora_base_url: String::new(),
        environment: environment_of(&base),
        sync_frequency: Frequency::default(),
        delete_guard: Limits::default(),
        tags: Vec::new(),
        owner: None,
        notes: None,
    };
    Ok(Creation { settings: settings.over(&usual), base, secret, verify, creator: None })
}

operation!(
    CreateCustomer: Create, CustomerCreate, WithKey;
    NotFound, RequestInFlight, IdempotencyKeyReused, TooManyRequests,
    ZuoraCredentialsInvalid, ZuoraPermissionMissing, ZuoraUnreachable
);

/// Creates a customer, after its credentials were proven, and queues its first sync.
#[utoipa::path(
    post,
    path = "/v1/customers",
    tag = "customers",
    params(
        (
            "Idempotency-Key" = Option<String>,
            Header,
            description = "May be repeated under the same key for 24 hours: the customer is created once.",
            min_length = 1,
            max_length = 255,
            pattern = "^[\\x21-\\x7E]([\\x20-\\x7E]*[\\x21-\\x7E])?$",
        ),
    ),
    request_body = NewCustomerRequest,
    responses(
        (
            status = 201,
            description = "The new customer.",
            body = CustomerJson,
            headers(("ETag" = String), ("Location" = String)),
        ),
    ),
    extensions(("x-operation" = json!(CreateCustomer::described()))),
)]
pub async fn create_customer(
    State(app): State<App>,
    on: OnAll<CreateCustomer>,
    context: RequestContext,
    key: IdempotencyKey,
    NamedJson { body, fingerprint }: NamedJson<CustomerRequest>,
) -> Result<Response, Problem> {
    let mut creation = creation(body, &app.service.policy)?;
    // The creator may work with it; a super admin may anyway.
    let caller = on.user.caller();
    creation.creator = caller.sub.parse().ok().filter(|_| !caller.is_super_admin());
    let customer = match key.0 {
        Some(key) => {
            let CreatedOnce { customer, is_repeated } =
                app.service.create_once(creation, &key, fingerprint, &context).await?;
            if is_repeated && !on.user.can(Verb::View, &customer.id) {
                return Err(AppError::NotFound("customer").into());
            }
            customer
        }
        None => app.service.create(creation, &context).await?,
    };
    let location = format!("/v1/customers/{}", customer.id);
    let warnings = warn_of_look_alikes(&app, &on.user, &customer).await;
    let answer = with_warnings(customer, &on.user, warnings);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], answer).into_response())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared::domain::customer::Environment;

    use super::*;

    fn validate(change: &Value) -> Result<Creation, Vec<String>> {
        let mut body = json!({
            "name": "Acme Corporation", "zuora_client_id": "id", "zuora_client_secret": "s", "zuora_base_url": "https://rest.test.zuora.com"
        });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let request: CustomerRequest = serde_json::from_value(body).unwrap();
        creation(request, &BaseUrlPolicy::new("").unwrap())
            .map_err(|Invalid(errors)| errors.into_iter().map(|e| e.pointer).collect())
    }

    #[test]
    fn defaults_are_hourly_verified_and_the_environment_of_the_host() {
        let creation = validate(&json!({})).unwrap_or_else(|_| panic!("valid"));

        assert!(creation.verify);
        assert_eq!(creation.settings.sync_frequency, Frequency::Hourly);
        assert_eq!(creation.settings.environment, Environment::Test);
    }

    #[test]
    fn every_field_that_a_new_customer_needs_and_lacks_is_named() {
        let without =
            json!({"name": null, "zuora_client_id": null, "zuora_client_secret": null, "zuora_base_url": null});

        let fields = validate(&without).err().unwrap();
        assert_eq!(fields, ["/name", "/zuora_client_id", "/zuora_client_secret", "/zuora_base_url"]);
    }

    #[test]
    fn all_wrong_fields_are_named_at_once() {
        let wrong = json!({"delete_guard": {"count": 0, "percent": 51}, "name": " ", "zuora_client_id": "a\u{0}", "zuora_client_secret": "****", "zuora_base_url": "http://x"});

        let fields = validate(&wrong).err().unwrap();
        assert_eq!(
            fields,
            [
                "/name",
                "/zuora_client_id",
                "/zuora_client_secret",
                "/zuora_base_url",
                "/delete_guard/count",
                "/delete_guard/percent"
            ]
        );
    }
}

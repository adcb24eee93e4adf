//! The body in which people enter a customer, for creating one and for changing one.

use secrecy::SecretString;
use serde::Deserialize;
use shared::{
    domain::{
        base_url::BaseUrlPolicy,
        customer::{Environment, SettingsChange},
        invalid::Invalid,
        name::folded,
        schedule::Frequency,
        text::{self, TextError},
    },
    http::body::present,
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::{
    delete_guard::DeleteGuardRequest,
    fields::{self, MAX_CLIENT_ID, MAX_NAME, MAX_NOTES, MAX_OWNER, MAX_SECRET, MAX_TAG, MAX_TAGS},
};

/// Settings and credentials of a customer; what is absent stays. Not `Debug`: it may hold a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerChange)]
pub struct CustomerRequest {
    #[schema(schema_with = fields::name)]
    #[serde(default, deserialize_with = "present")]
    name: Option<String>,
    #[schema(schema_with = fields::client_id)]
    #[serde(default, deserialize_with = "present")]
    zuora_client_id: Option<String>,
    #[schema(schema_with = fields::client_secret)]
    #[serde(default, deserialize_with = "present")]
    zuora_client_secret: Option<String>,
    #[schema(schema_with = fields::base_url)]
    #[serde(default, deserialize_with = "present")]
    zuora_base_url: Option<String>,
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    environment: Option<Environment>,
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    sync_frequency: Option<Frequency>,
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    delete_guard: Option<DeleteGuardRequest>,
    #[schema(schema_with = fields::tags)]
    #[serde(default, deserialize_with = "present")]
    tags: Option<Vec<String>>,
    #[schema(schema_with = fields::owner)]
    #[serde(default, deserialize_with = "present")]
    owner: Option<Option<String>>,
    #[schema(schema_with = fields::notes)]
    #[serde(default, deserialize_with = "present")]
    notes: Option<Option<String>>,
    /// False to store credentials without trying them at Zuora first.
    #[schema(nullable = false, default = true)]
    #[serde(default, deserialize_with = "present")]
    verify: Option<bool>,
}

/// The validated content of a body.
pub struct Entered {
    /// The settings.
    pub settings: SettingsChange,
    /// The client secret.
    pub secret: Option<SecretString>,
    /// True to try new credentials before anything is stored.
    pub verify: bool,
}

/// The fields that a new customer cannot do without.
const REQUIRED: [&str; 4] = ["name", "zuora_client_id", "zuora_client_secret", "zuora_base_url"];

impl CustomerRequest {
    /// Names the fields that a new customer needs and this body lacks.
    pub fn missing(&self) -> Invalid {
        let given = [&self.name, &self.zuora_client_id, &self.zuora_client_secret, &self.zuora_base_url];
        let mut invalid = Invalid::default();
        for (name, _) in REQUIRED.iter().zip(given).filter(|(_, given)| given.is_none()) {
            invalid.check::<()>(&format!("/{name}"), Err("This field is required."));
        }
        invalid
    }

    /// Checks every field.
    ///
    /// # Errors
    /// All faults, each with its field.
    pub fn validate(self, policy: &BaseUrlPolicy) -> Result<Entered, Invalid> {
        let Self {
            name,
            zuora_client_id,
            zuora_client_secret,
            zuora_base_url,
            environment,
            sync_frequency,
            delete_guard,
            tags,
            owner,
            notes,
            verify,
        } = self;
        let mut invalid = Invalid::default();
        let name = name.and_then(|name| invalid.check("/name", text::line(&name, MAX_NAME)));
        let zuora_client_id =
            zuora_client_id.and_then(|id| invalid.check("/zuora_client_id", text::line(&id, MAX_CLIENT_ID)));
        if let Some(secret) = &zuora_client_secret {
            invalid.check("/zuora_client_secret", text::secret(secret, MAX_SECRET));
        }
        let zuora_base_url = zuora_base_url.and_then(|url| invalid.check("/zuora_base_url", policy.parse(&url)));
        let delete_guard = delete_guard.unwrap_or_default().validate(&mut invalid);
        let tags = tags.map(|tags| distinct(&tags, &mut invalid));
        let owner = owner.map(|owner| invalid.check("/owner", optional(owner, |owner| text::line(owner, MAX_OWNER))));
        let notes = notes.map(|notes| invalid.check("/notes", optional(notes, |notes| text::lines(notes, MAX_NOTES))));
        if !invalid.0.is_empty() {
            return Err(invalid);
        }
        let settings = SettingsChange {
            name,
            zuora_client_id,
            zuora_base_url,
            environment,
            sync_frequency,
            delete_guard,
            tags,
            owner: owner.flatten(),
            notes: notes.flatten(),
        };
        Ok(Entered { settings, secret: zuora_client_secret.map(Into::into), verify: verify.unwrap_or(true) })
    }
}

/// Checks a field that may be null.
fn optional(
    value: Option<String>,
    check: impl FnOnce(&str) -> Result<String, TextError>,
) -> Result<Option<String>, TextError> {
    value.map(|value| check(&value)).transpose()
}

/// Checks tags; two that are written alike are one.
fn distinct(tags: &[String], invalid: &mut Invalid) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for (at, tag) in tags.iter().enumerate() {
        let Some(tag) = invalid.check(&format!("/tags/{at}"), text::line(tag, MAX_TAG)) else { continue };
        if kept.iter().all(|other| folded(other) != folded(&tag)) {
            kept.push(tag);
        }
    }
    if kept.len() > MAX_TAGS {
        invalid.check::<()>("/tags", Err(format!("Use at most {MAX_TAGS} tags.")));
    }
    kept
}

/// The description of the same body where it makes a customer: four fields are required.
pub struct NewCustomerRequest;

impl PartialSchema for NewCustomerRequest {
    fn schema() -> RefOr<Schema> {
        let mut schema = CustomerRequest::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.required = REQUIRED.map(str::to_owned).to_vec();
            object.description = Some("Settings and credentials of a new customer.".to_owned());
        }
        schema
    }
}

impl ToSchema for NewCustomerRequest {
    fn name() -> std::borrow::Cow<'static, str> {
        "NewCustomer".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        CustomerRequest::schemas(schemas);
    }
}
